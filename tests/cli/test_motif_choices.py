"""genotok motif by choice: what to do with bad motifs, versions and hits; and what needed a decision is noted."""

import gzip
import json

import pytest

from cli.motifdesk import BLOCK, made
from cli.test_motif import bytes_of
from genotok import read_motifs

pytestmark = pytest.mark.native

ROWS = "A [9 0 0]\nC [0 9 0]\nG [0 0 9]\nT [0 0 0]\n"
SET = f">MA1.1 a\n{ROWS}>MA1.2 a\n{ROWS}>M3 c\n{ROWS.replace('A [9', 'A [-9')}"
LEARN = ("--motifs", "motifs.npz", "--min-count", "2", "--block", BLOCK)
ODD = ">empty\n>one\nACGU\nRacgt\n>unknown\n" + "N" * 60 + "\n>dot\nA\n"


@pytest.fixture
def world(desk):
    for path in made().iterdir():
        (desk.folder / path.name).symlink_to(path)
    desk.write("set.jaspar", SET)
    desk.write("odd.fa", ODD)
    return desk


@pytest.mark.parametrize(
    "words",
    [
        ("list", "set.jaspar"),
        ("convert", "set.jaspar", "x.npz"),
        ("scan", "more.fa", "--motifs", "set.jaspar", "-o", "x.tsv"),
        ("fit", "more.fa", "--motifs", "set.jaspar", "-o", "x/", "--min-count", "1"),
    ],
)
def test_bad_motifs_and_versions_of_one_are_refused_or_taken_as_asked(world, words):
    """Wherever motifs are read, with the same options; what is left out is told."""
    first = world.here("motif", *words)
    assert first.code == 1
    assert "set.jaspar:6: motif MA1.2 is another version of MA1.1 at line 1" in first.err
    second = world.here("motif", *words, "--versions", "all")
    assert second.code == 1
    assert "set.jaspar:11: motif M3: column 1 holds -9, which is negative" in second.err
    third = world.here("motif", *words, "--versions", "all", "--invalid", "skip")
    assert third.code == (3 if words[0] == "convert" else 0), third.err
    assert "note: 1 motif left out: negative\n" in third.err


def test_a_set_is_converted_with_what_was_chosen(world):
    world.here("motif", "convert", "set.jaspar", "x.npz", "--versions", "all", "--invalid", "skip")
    assert read_motifs(world.folder / "x.npz").ids == ("MA1.1", "MA1.2")


def test_ends_of_hits_may_be_the_last_base(world):
    """They teach the same as the half-open ones; strays are refused, or counted."""
    world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q", "-o", "hits.tsv")
    rows = [line.split("\t") for line in (world.folder / "hits.tsv").read_text().splitlines()]
    last = ["\t".join([*row[:2], str(int(row[2]) - 1), *row[3:]]) for row in rows]
    world.write("last.tsv", "\n".join(last) + "\n")
    words = ["motif", "fit", "genome.fa.gz", "-o", "h/", *LEARN, "--hits", "last.tsv"]
    refused = world.here(*words)
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "last.tsv:1: the hit is 5 wide, its motif 6; --end-inclusive takes ends for the last base" in refused.err
    assert world.here(*words, "--end-inclusive", "-q").code == 0
    assert bytes_of(world.folder / "h") == bytes_of(world.folder / "model")
    world.write("stray.tsv", (world.folder / "hits.tsv").read_text() + "chrZ\t5\t16\tMA0002.2\t900\t200\t+\n")
    skipped = world.here(*words[:-1], "stray.tsv", "--invalid", "skip")
    assert f"{len(rows):,} hits of {len(rows) + 1:,} lines; 1 on other contigs\n" in skipped.err
    assert bytes_of(world.folder / "h") == bytes_of(world.folder / "model")


def test_weak_hits_are_left_out_and_counted(world):
    world.here("motif", "scan", "genome.fa.gz", "--motifs", "motifs.npz", "-q", "-o", "hits.tsv")
    rows = [line.split("\t") for line in (world.folder / "hits.tsv").read_text().splitlines()]
    words = ["motif", "fit", "genome.fa.gz", "-o", "h/", *LEARN, "--hits", "hits.tsv"]
    for option, column, least in (("--min-score", 4, 900), ("--min-log10p", 5, 400)):
        strong = sum(int(row[column]) >= least for row in rows)
        told = json.loads(world.here(*words, option, least, "--report", "json").err)["hits"]
        assert told == {"lines": len(rows), "kept": strong, "skipped": {"weak": len(rows) - strong}}
    for option in (("--min-score", "1"), ("--end-inclusive",)):
        refused = world.here("motif", "fit", "more.fa", "-o", "h/", *option)
        assert refused.code == 2
        assert f"{option[0]} is of --hits" in refused.err


def test_what_needed_a_decision_is_noted(world):
    """Letters that are no bases, U, and records without any, by every command that reads DNA."""
    notes = ["empty has no bases", "U was read as T, 1 times", "unknown letters: N 60, R 1"]
    for words in (
        ("scan", "--motifs", "motifs.npz", "-o", "x.tsv"),
        ("encode", "-t", "model", "-o", "x.bed"),
        ("fit", *LEARN, "-o", "m/"),
    ):
        told = json.loads(world.here("motif", *words, "odd.fa", "--report", "json").err)["notes"]
        assert told == notes
    rows = [line.split("\t") for line in (world.folder / "x.bed").read_text().splitlines()]
    assert [row[:4] for row in rows if row[0] == "unknown"] == [
        ["unknown", str(start), str(min(start + 25, 60)), "<gap>"] for start in (0, 25, 50)
    ]
    assert [row[1:3] for row in rows if row[0] == "dot"] == [["0", "1"]]
    assert not [row for row in rows if row[0] == "empty"]


def test_line_ends_case_and_packing_change_no_token(world):
    text = gzip.decompress((world.folder / "genome.fa.gz").read_bytes())
    wanted = world.here("motif", "encode", "-t", "model", "genome.fa.gz", "-q").out
    world.write("windows.fa", text.replace(b"\n", b"\r\n"))
    world.write("old.fa", text.replace(b"\n", b"\r"))
    world.write("members.fa", gzip.compress(text[:9000]) + gzip.compress(text[9000:]))
    world.write("lower.fa", b"\n".join(line if line[:1] == b">" else line.lower() for line in text.split(b"\n")))
    for name in ("windows.fa", "old.fa", "members.fa", "lower.fa"):
        assert world.here("motif", "encode", "-t", "model", name, "-q").out == wanted


def test_motifs_that_a_reader_completed_are_noted(world):
    head = "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF M1\nletter-probability matrix: alength= 4 w= 5\n"
    world.write("x.meme", head + "1 0 0 0\n" * 5)
    world.write("x.transfac", "AC  M1\nP0 T G C A\n01 1 2 3 9\n")
    assert "note: motifs without nsites are taken as of 20 sites" in world.here("motif", "list", "x.meme").err
    assert "note: the last record lacks its //" in world.here("motif", "convert", "x.transfac", "x.jaspar").err
    assert (world.folder / "x.jaspar").read_text().splitlines()[1] == "A  [ 9 ]"


def test_what_of_a_track_or_of_known_peaks_is_left_out_is_told(world):
    """Rows on contigs of no known length, without a number, and known peaks where there are no bins."""
    world.write("sizes", "chrA\t20000\n")
    world.write("signal.bdg", "chrA\t0\t500\t1\nchrA\t500\t800\t40\nchrA\t800\t900\tnan\nchrU\t1\t5\t3\n")
    world.write("known.bed", "chrA\t500\t800\nchrU\t1\t5\nchrV\t1\t5\n")
    wanted = [
        "left out: 1 row on 1 contig (chrU) whose length is not known",
        "1 row without a number, taken as 0",
        "left out: 2 regions of known.bed on 2 contigs (chrU, chrV) without bins",
    ]
    words = ["signal.bdg", "--truth", "known.bed", "--chrom-sizes", "sizes"]
    assert json.loads(world.here("motif", "peaks", *words, "--report", "json").err)["notes"] == wanted
    swept = world.here("motif", "sweep", *words, "--grid", "sigma=1", "--grid", "height=0.5").err
    assert [line.removeprefix("note: ") for line in swept.splitlines()[:3]] == wanted
    world.write("none.bed", "")
    done = world.here("motif", "peaks", "signal.bdg", "--truth", "none.bed")
    assert (done.code, done.out) == (1, b"")
