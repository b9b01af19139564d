"""`genotok universe`: BED files in, the regions that enough of them cover out."""

import gzip
import json
import os
import random
import re
import threading
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import oracles
from genotok import Universe
from genotok.values.names import natural_key

pytestmark = pytest.mark.native
GENIML = Path(__file__).parents[1] / "fixtures" / "geniml"

FILES = {
    "a.bed": "chr1\t0\t100\nchr1\t50\t60\nchr2\t10\t40\n",
    "b.bed": "# second\nchr1\t50\t150\nchrX\t5\t9\n",
    "c.bed": "chr1\t90\t120\nchr2\t20\t30\nchr10\t7\t8\n",
}


@pytest.fixture
def three(desk):
    for name, text in FILES.items():
        desk.write(name, text)
    return desk


def test_the_report_tells_how_it_fits(three):
    """Regions to the file; what was asked, covered, chosen and found again to stderr."""
    found = three.here("universe", *FILES, "-o", "u.bed", "--cutoff", "2")
    assert (found.code, found.out) == (0, b"")
    assert (three.folder / "u.bed").read_text() == "chr1\t50\t120\nchr2\t20\t30\n"
    assert found.err == (
        "u.bed: 2 regions on 2 chromosomes, from 3 files\n"
        "  depth     at least 2 of 3 files (cut-off 2); the deepest base has 3\n"
        "  bases     80 bp; any input covers 185 bp (43.2 %)\n"
        "  widths    least 10, 5% 10, 25% 10, median 10, 75% 70, 95% 70, most 70\n"
        "  rows      6 of 8 hit a region (75.0 %)\n"
        "  inside    61.8 % of the bases of an input, on the whole\n"
        "  borders   25% 0 bp, median 10 bp, 75% 30 bp, 95% 60 bp from the nearest start or end of a region\n"
    )


def test_the_report_in_json(three):
    """The same as plain values, with every input; a file that ends in .json gets it unasked."""
    assert three.here("universe", *FILES, "-o", "u.bed", "--cutoff", "2", "--report-file", "r.json", "-q").code == 0
    found = json.loads((three.folder / "r.json").read_text())
    assert found["universe"]["regions"] == 2
    assert found["universe"]["sha256"] == Universe.from_bed(three.folder / "u.bed").digest
    assert found["rules"]["depths"] == dict.fromkeys(["chr1", "chr10", "chr2", "chrX"], 2)
    assert found["inputs"]["fit"]["hit"] == 6
    assert [each["input"] for each in found["documents"]] == list(FILES)
    assert found["documents"][1]["load"]["skipped"] == {"comment": 1}
    assert found["documents"][1]["fit"]["rows"] == 2
    shown = three.here("universe", *FILES, "-o", "u.bed", "--cutoff", "2", "--report", "json")
    assert json.loads(shown.err) == found


def test_every_option_against_the_definition(desk):
    """Random files, through the command: cut-offs, gaps, widths and orders as counting bases has it."""
    draw = random.Random(7)
    sets, names = [], []
    for number in range(5):
        rows = []
        for _ in range(60):
            start = draw.randrange(400)
            rows.append((draw.choice(["chr2", "chr10", "chrX", "chrUn"]), start, start + draw.randrange(30)))
        sets.append(rows)
        names.append(f"f{number}.bed")
        desk.write(names[-1], "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in rows))
    depths = oracles.depths(sets)
    choices = (("2", 2, 0, 0, "natural"), ("50%", 3, 3, 10, "text"), ("0.2", 1, 9, 40, "natural"))
    for cutoff, needed, merge, width, order in choices:
        bases = [base for base, depth in depths.items() if depth >= needed]
        expected = oracles.runs(bases, merge=merge, min_width=width)
        expected.sort(key=lambda row: (natural_key(row[0]) if order == "natural" else row[0], row[1]))
        args = ("--cutoff", cutoff, "--merge", str(merge), "--min-width", str(width), "--order", order)
        found = desk.here("universe", *names, "-q", *args)
        assert found.out.decode() == "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in expected)


def test_jobs_change_nothing(three):
    """Bytes, report and picture are the same for one process and for three."""
    for jobs in ("1", "3"):
        args = ("-o", f"u{jobs}.bed.gz", "--picture", "u.svg", "--report-file", "r.json", "--jobs", jobs, "-q")
        done = three.apart("universe", *FILES, *args)
        assert (done.code, done.err) == (0, "")
        for name in ("u.svg", "r.json"):
            text = (three.folder / name).read_text().replace(f"u{jobs}.bed.gz", "u")
            three.write(f"{jobs}.{name}", text)
    assert (three.folder / "u1.bed.gz").read_bytes() == (three.folder / "u3.bed.gz").read_bytes()
    for name in ("u.svg", "r.json"):
        assert (three.folder / f"1.{name}").read_text() == (three.folder / f"3.{name}").read_text()


def test_an_error_in_a_worker_is_one_line(three):
    three.write("bad.bed", "chr1\t9\t5\n")
    done = three.apart("universe", *FILES, "bad.bed", "--jobs", "2")
    assert (done.code, done.out) == (1, b"")
    assert done.err == (
        "error: bad.bed:1: end 5 precedes start 9; BED lists start first; --invalid keep keeps such rows\n"
    )


def test_standard_input_and_pipes_are_inputs(three):
    """They are read once, and still held against the universe; each counts as one file."""
    found = three.apart("universe", "-", "a.bed", "--cutoff", "2", stdin=FILES["c.bed"].encode())
    assert (found.code, found.out) == (0, b"chr1\t90\t100\nchr2\t20\t30\n")
    assert "rows      4 of 6 hit" in found.err
    os.mkfifo(three.folder / "pipe")
    threading.Thread(target=(three.folder / "pipe").write_text, args=(FILES["c.bed"],)).start()
    assert three.here("universe", "pipe", "a.bed", "--cutoff", "2").out == found.out


def test_gzip_in_and_out(three):
    """Inputs by content, output by name; the archive has no time in it."""
    three.write("a.bed", gzip.compress(FILES["a.bed"].encode()))
    for name in ("u.bed.gz", "again.bed.gz"):
        assert three.here("universe", *FILES, "-q", "-o", name, "--cutoff", "1").code == 0
    packed = (three.folder / "u.bed.gz").read_bytes()
    assert packed == (three.folder / "again.bed.gz").read_bytes()
    assert gzip.decompress(packed) == b"chr1\t0\t150\nchr2\t10\t40\nchr10\t7\t8\nchrX\t5\t9\n"


def test_the_mean_goes_by_the_lengths(three):
    """Total depth by length: of the largest end by default, of chrom.sizes where there is one, of an assembly."""
    assert three.here("universe", *FILES, "-q").out.startswith(b"chr1\t50\t120\n"), "230 by 150 is 1.53"
    three.write("long.bed", "chr1\t0\t100\nchr1\t0\t100\n")
    three.write("other.bed", "chr1\t0\t100\n")
    three.write("third.bed", "chr1\t50\t100\n")
    args = ("universe", "long.bed", "other.bed", "third.bed", "-q")
    assert three.here(*args).out == b"chr1\t50\t100\n", "250 by 100 is 2.5"
    three.write("x.sizes", "chr1\t125\n")
    assert three.here(*args, "--chrom-sizes", "x.sizes").out == b"chr1\t0\t100\n", "250 by 125 is 2"
    assert three.here(*args, "--chrom-sizes", "hg38").out == b"chr1\t0\t100\n"
    three.write("x.sizes", "chr1\t99\n")
    refused = three.here(*args, "--chrom-sizes", "x.sizes")
    assert refused.code == 1
    assert "a row ends at 100, and chr1 has 99 bases by the chromosome sizes; are they of the same" in refused.err
    assert "no such file" in three.here(*args, "--chrom-sizes", "gone.sizes").err


def test_the_picture_is_whole_svg(three):
    """It parses, names itself, and shows each input; odd names do no harm."""
    three.write('<odd> & "name".bed', FILES["a.bed"])
    assert three.here("universe", *FILES, '<odd> & "name".bed', "--picture", "u.svg", "-o", "u.bed", "-q").code == 0
    root = ET.fromstring((three.folder / "u.svg").read_text())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"u.bed", "a.bed", '<odd> & "name".bed', "Bases that a cut-off keeps", "How far borders move"} <= set(words)
    assert not re.search(r"nan|inf(?!o)", (three.folder / "u.svg").read_text().split("</style>")[1])


def test_many_inputs_are_drawn_as_curves(desk):
    names = desk.write_many(30)
    assert desk.here("universe", *names, "--picture", "u.svg", "-o", "u.bed", "-q").code == 0
    assert "inputs, from the poorest" in (desk.folder / "u.svg").read_text()


@pytest.mark.parametrize("rows", ["chr1\t5\t6\n", "chr1\t0\t4000000000\n"])
def test_the_least_and_the_most_are_drawn(desk, rows):
    """One base in one file, and a region of nearly all that coordinates allow."""
    desk.write("one.bed", rows)
    done = desk.here("universe", "one.bed", "--invalid", "keep", "--picture", "u.svg", "-o", "u.bed")
    assert done.code == 0
    assert "note      there is one input; a consensus needs several" in done.err
    ET.fromstring((desk.folder / "u.svg").read_text())


def test_names_that_nobody_shares_are_noted(three):
    """A file that spells chromosomes another way adds nothing to any depth: it is told, with what it may mean."""
    three.write("d.bed", "1\t0\t100\n2\t10\t40\n")
    found = three.here("universe", *FILES, "d.bed", "-o", "u.bed", "--cutoff", "2")
    assert (
        "note      d.bed shares no chromosome name with the other inputs; does it mean chr1, chr2, ..?\n" in found.err
    )
    assert "poor      d.bed: 0.0 % of 2 rows hit\n" in found.err


def test_bad_rows_are_skipped_only_if_asked_and_told(three):
    three.write("bad.bed", "chr1\t9\t5\nchr1\t3\t3\nchr1\t60\t70\n")
    assert three.here("universe", *FILES, "bad.bed").code == 1
    found = three.here("universe", *FILES, "bad.bed", "--invalid", "skip", "-o", "u.bed")
    assert found.code == 0
    assert "skipped   bad.bed: 1 of 3 lines: 1 reversed (line 1)\n" in found.err
    assert "empty     1 row without a base, which cover nothing\n" in found.err


def test_an_empty_file_counts_if_asked(three):
    three.write("none.bed", "# nothing\n")
    assert "none.bed" in three.here("universe", *FILES, "none.bed").err
    found = three.here("universe", *FILES, "none.bed", "--keep-empty", "--cutoff", "0.5", "-q")
    assert found.out == b"chr1\t50\t120\nchr2\t20\t30\n", "half of four files are two"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--cutoff", "0"], "'0' is no cut-off; write mean, a number of files as 3, or a share of them as 0.5 or 50%"),
        (["--cutoff", "101%"], "'101%' is no cut-off"),
        (["--cutoff", "half"], "'half' is no cut-off"),
        (["--cutoff", "-1"], "'-1' is no cut-off"),
        (["--cutoff", "nan"], "'nan' is no cut-off"),
        (["--merge", "-1"], "'--merge'"),
        (["-o", "a.bed"], "a.bed is both input and output"),
        (["-o", "."], "'.' is a folder; name a file in it"),
        (["-o", "http://x/u.bed"], "http://x/u.bed is a URL, and output goes to files"),
        (["-o", "u.gtu"], "'u.gtu' promises another format than BED; end it in .bed or .bed.gz"),
        (["--picture", "u.png"], "--picture u.png promises another format than SVG; end it in .svg"),
        (["--picture", "a.bed"], "a.bed is both input and --picture"),
        (["--report-file", "a.bed"], "a.bed is both input and --report-file"),
        (["--picture", "x.svg", "--report-file", "x.svg"], "x.svg is both --picture and --report-file"),
    ],
)
def test_usage_errors(three, args, message):
    found = three.here("universe", *FILES, *args)
    assert (found.code, found.out) == (2, b"")
    assert message in found.err
    assert (three.folder / "a.bed").read_text() == FILES["a.bed"]


def test_no_input_and_nothing_left(three):
    assert "no input; name BED files" in three.here("universe").err
    found = three.here("universe", *FILES, "--cutoff", "9" * 30, "-q")
    assert (found.code, found.err[:24]) == (1, "error: no base is left; ")
    found = three.here("universe", *FILES, "--cutoff", "4", "-o", "new.bed")
    assert found.code == 1
    assert found.err == ("error: no base is left; no base is covered by more than 3 of 3 files; lower the cut-off\n")
    assert not (three.folder / "new.bed").exists()


def test_the_universe_tokenizes_its_inputs(three):
    """What comes out is what -u takes."""
    three.here("universe", *FILES, "-q", "--cutoff", "2", "-o", "u.bed.gz")
    assert three.here("tokenize", "-q", "-u", "u.bed.gz", "a.bed").out == b'{"id":"a.bed","input_ids":[0,0,1]}\n'


def test_the_most_likely_regions_with_soft_borders(desk):
    """--method ml writes BED9 with the core as the thick part, as geniml does; -u takes it, jobs change nothing."""
    desk.write("x.sizes", "chr1\t90000\nchr2\t60000\n")
    inputs = sorted(map(str, GENIML.glob("[0-9].bed")))
    args = ("universe", *inputs, "--method", "ml", "--chrom-sizes", "x.sizes")
    found = desk.here(*args, "-o", "u.bed", "--picture", "u.svg")
    assert found.code == 0
    assert (desk.folder / "u.bed").read_text() == (GENIML / "ml.bed").read_text()
    assert "  method    the most likely regions; starts, and ends, count for 25 bp on either side\n" in found.err
    assert 'class="strong">cut-off' not in (desk.folder / "u.svg").read_text()
    told = desk.apart(*args, "--jobs", "2", "--report", "json")
    assert told.out == (GENIML / "ml.bed").read_bytes()
    assert json.loads(told.err)["rules"] == {
        "method": "ml",
        "cutoff": None,
        "depths": None,
        "smooth": 25,
        "merge": 0,
        "min_width": 0,
        "order": "natural",
        "sizes_given": 2,
    }
    assert desk.here("tokenize", "-q", "-u", "u.bed", inputs[0]).code == 0
    for wrong in (["--cutoff", "2"], ["--merge", "5"]):
        assert f"{wrong[0]} goes with --method cutoff" in desk.here(*args, *wrong).err
    assert "--smooth goes with --method ml" in desk.here("universe", *inputs, "--smooth", "5").err
