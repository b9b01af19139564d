import gzip
import io
import json
import os

import numpy as np
import pytest

from cli.desk import DIGEST, PEAKS
from genotok import read_gtok, read_tokens
from genotok.cli.tokenize import FORMATS as OFFERED
from genotok.export.writers import FORMATS

GOLDEN = {
    "jsonl": b'{"id":"q.bed","input_ids":[0,1,3]}\n',
    "tsv": b"document\tchrom\tstart\tend\tids\n"
    b"q.bed\tchr1\t18\t19\t0,1\nq.bed\tchr1\t90\t95\t.\nq.bed\tchr2\t0\t6\t3\n",
    "bed": b"chr1\t18\t19\tp1\t0,1\tchr1:10-20,chr1:15-30\nchr1\t90\t95\tp2\t.\t.\nchr2\t0\t6\tp3\t3\tchr2:5-9\n",
    "gtok": bytes.fromhex("47544f4b01000001000300"),
}


def test_formats_on_offer_are_those_that_exist():
    """The command lists the formats without loading them, so the two lists must agree."""
    assert OFFERED == FORMATS


@pytest.mark.parametrize("kind", GOLDEN)
def test_output_has_these_bytes(desk, kind):
    """The same bytes go to standard output and into a file that is named by its format."""
    shown = desk.here("tokenize", "-u", "u.bed", "q.bed", "--format", kind)
    assert (shown.code, shown.out) == (0, GOLDEN[kind])
    filed = desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", f"made/t.{kind}")
    assert (filed.code, filed.out) == (0, b"")
    assert (desk.folder / f"made/t.{kind}").read_bytes() == GOLDEN[kind]


def test_npz_holds_documents_rows_and_how_it_was_made(desk):
    """All inputs in one file; its meta says the universe and the choices, and not the engine."""
    desk.write("r.bed", "chr1\t0\t100\n")
    args = ("tokenize", "-u", "u.bed", "q.bed", "r.bed", "--rows", "--rename-chroms", "1=chr1", "-o")
    assert desk.here(*args, "t.npz").code == 0
    arrays = np.load(desk.folder / "t.npz")
    assert arrays["names"].tolist() == ["q.bed", "r.bed"]
    assert arrays["ids"].tolist() == [0, 1, 3, 0, 1, 2]
    meta = json.loads(arrays["meta"].tobytes())
    assert meta["universe_sha256"] == DIGEST
    assert meta["options"] == {
        "invalid": "error",
        "rename_chroms": {"1": "chr1"},
        "rows": True,
        "sort": False,
        "unmatched": "drop",
    }
    assert desk.here(*args, "a.npz", "--engine", "ailist").code == 0
    assert (desk.folder / "a.npz").read_bytes() == (desk.folder / "t.npz").read_bytes()
    shown = desk.here(*args[:-1], "--format", "npz")
    assert shown.out == (desk.folder / "t.npz").read_bytes()


def test_rows_add_offsets(desk):
    """--rows keeps in jsonl which ids belong to which region."""
    shown = desk.here("tokenize", "-u", "u.bed", "q.bed", "--rows")
    assert shown.out == b'{"id":"q.bed","input_ids":[0,1,3],"offsets":[0,2,2,3]}\n'


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ([], [3, 2, 0]),
        (["--sort"], [0, 2, 3]),
        (["--unmatched", "unk"], [3, 4, 2, 0]),
        (["--engine", "ailist"], [3, 2, 0]),
        (["--sort", "--unmatched", "unk"], [0, 2, 4, 3]),
    ],
)
def test_policies_change_the_ids(desk, options, ids):
    """Order and misses follow the options."""
    desk.write("m.bed", "chr2\t5\t9\nchr10\t1\t2\nchr1\t30\t40\nchr1\t0\t12\n")
    shown = desk.here("tokenize", "-u", "u.bed", "m.bed", *options)
    assert json.loads(shown.out)["input_ids"] == ids


def test_sorted_bed_lines_stay_whole(desk):
    """With --sort each line moves with its columns."""
    desk.write("m.bed", "chr2\t5\t9\tlast\nchr1\t30\t40\tsecond\nchr1\t0\t12\tfirst\n")
    shown = desk.here("tokenize", "-u", "u.bed", "m.bed", "--sort", "--format", "bed")
    assert [line.split(b"\t")[3] for line in shown.out.splitlines()] == [b"first", b"second", b"last"]


def test_misses_as_errors_are_counted_over_the_whole_file(desk):
    """--unmatched error names the number of misses and their first lines, also when the file comes in many pieces."""
    rows = 120_000
    desk.write("big.bed", "".join(f"chr1\t{10 + at % 5}\t{20 + at % 5}\n" for at in range(rows)) + "chr9\t1\t2\n" * 7)
    shown = desk.here("tokenize", "-u", "u.bed", "big.bed", "--unmatched", "error")
    assert shown.code == 1
    assert shown.out == b""
    assert f"7 of {rows + 7:,} regions hit nothing (big.bed:{rows + 1} chr9:1-2, " in shown.err
    assert shown.err.count("\n") == 1


def test_pieces_do_not_show(desk):
    """A file of many pieces gives the ids and the report of its rows, whatever the block size."""
    rows = 150_000
    text = "".join(f"chr{1 + at % 3}\t{at % 50}\t{at % 50 + 3}\n" for at in range(rows))
    desk.write("big.bed", text)
    desk.write("big.bed.gz", gzip.compress(text.encode(), 1))
    from genotok import IntervalTokenizer

    ids = IntervalTokenizer(desk.folder / "u.bed").encode(desk.folder / "big.bed")
    for name in ("big.bed", "big.bed.gz"):
        shown = desk.here("tokenize", "-u", "u.bed", name, "-o", "t.gtok", "--report", "json")
        assert read_gtok(desk.folder / "t.gtok").tolist() == ids
        document = json.loads(shown.err)["documents"][0]
        assert document["load"]["rows"] == document["encode"]["regions"] == rows
        assert document["encode"]["tokens"] == len(ids)
        assert document["encode"]["unknown_chroms"] == {"chr3": rows // 3}


def test_documents_without_hits_are_unk(desk):
    """A file that hits nothing is [unk] in flat formats; an empty one is an error unless --keep-empty."""
    desk.write("far.bed", "chr9\t1\t2\n")
    desk.write("empty.bed", "# nothing\n")
    assert desk.here("tokenize", "-u", "u.bed", "far.bed").out == b'{"id":"far.bed","input_ids":[4]}\n'
    refused = desk.here("tokenize", "-u", "u.bed", "empty.bed")
    assert (refused.code, refused.out) == (1, b"")
    assert refused.err == "error: empty.bed: no regions; 1 line, all comment; give at least one row\n"
    kept = desk.here("tokenize", "-u", "u.bed", "empty.bed", "--keep-empty")
    assert (kept.code, kept.out) == (0, b'{"id":"empty.bed","input_ids":[4]}\n')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chr1\tHAVANA\tgene\t5\t9\t.\t+\t.\tID=g\n", "x.bed: the file is GFF or GTF; run: gzip -cdf FILE | awk "),
        ("##fileformat=VCFv4.2\nchr1\t9\t.\tA\tG\t.\t.\t.\n", "x.bed: the file is VCF; run: bcftools query -f "),
        (">chr1\nACGT\n", "x.bed: the file is FASTA: sequences, not regions; give BED lines"),
        (
            "chr1:1-9\n",
            "x.bed:1: 1 column; write chr1<TAB>100<TAB>200 for chr1:100-200, or paste such lines into the page",
        ),
    ],
)
@pytest.mark.parametrize("place", ["input", "universe"])
def test_another_format_is_named_in_the_words_of_the_page(desk, text, words, place):
    """One line, exit code 1, and nothing written; for a universe too."""
    desk.write("x.bed", text)
    files = ("u.bed", "x.bed") if place == "input" else ("x.bed", "u.bed")
    refused = desk.here("tokenize", "-u", *files)
    assert (refused.code, refused.out) == (1, b"")
    assert refused.err.startswith(f"error: {words}")
    assert refused.err.count("\n") == 1


def test_standard_input_is_a_document(desk):
    """- reads standard input, plain or compressed."""
    for data in (PEAKS.encode(), gzip.compress(PEAKS.encode())):
        shown = desk.apart("tokenize", "-u", "u.bed", "-", stdin=data)
        assert (shown.code, shown.out) == (0, b'{"id":"stdin","input_ids":[0,1,3]}\n')
        assert shown.err.startswith("<stdin>: 3 regions, 2 hit (66.7 %), 3 tokens\n")


def test_standard_input_among_files(desk):
    """It may stand among files, and more jobs do not change the bytes."""
    names = desk.write_many(3)
    one = desk.apart("tokenize", "-u", "u.bed", names[0], "-", *names[1:], stdin=PEAKS.encode())
    four = desk.apart("tokenize", "-u", "u.bed", names[0], "-", *names[1:], "--jobs", "4", stdin=PEAKS.encode())
    assert one.out == four.out
    assert [json.loads(line)["id"] for line in one.out.splitlines()][1] == "stdin"


def test_lists_of_inputs(desk):
    """--from-file adds the paths of a file, blank and # lines aside; - is a list from standard input."""
    names = desk.write_many(3)
    desk.write("list.txt", f"\ufeff# my inputs\r\n{names[0]}\r\n\n{names[1]}\n")  # as Windows writes it
    shown = desk.here("tokenize", "-u", "u.bed", names[2], "--from-file", "list.txt")
    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == ["d2/f002.bed", "d0/f000.bed", "d1/f001.bed"]
    piped = desk.apart("tokenize", "-u", "u.bed", "--from-file", "-", stdin="\n".join(names).encode())
    assert len(piped.out.splitlines()) == 3


def test_file_names_that_are_no_text(desk):
    """Any name that a file system takes can be tokenized, listed, and told from others in every format."""
    name = os.fsdecode(b"in/\xff\xe9.bed")
    desk.write(name, PEAKS)
    desk.write("list.txt", os.fsencode(f"q.bed\r\n{name}\n"))
    for ending in ("tsv", "jsonl", "npz"):
        done = desk.here("tokenize", "-q", "-u", "u.bed", "--from-file", "list.txt", "-o", f"t.{ending}")
        assert (done.code, done.err) == (0, "")
        assert read_tokens(desk.folder / f"t.{ending}").names == ("q.bed", name)
    assert b"\nin/\\udcff\\udce9.bed\tchr1\t18\t19\t0,1\n" in (desk.folder / "t.tsv").read_bytes()


def test_renaming(desk):
    """auto spells names as the universe does, pairs say how; either is recorded in report and manifest."""
    desk.write("ens.bed", "1\t18\t19\nMT\t1\t2\n2\t0\t6\n")
    plain = desk.here("tokenize", "-u", "u.bed", "ens.bed")
    assert json.loads(plain.out)["input_ids"] == [4]
    assert "cure     --rename-chroms auto reads 1 as chr1, 2 as chr2\n" in plain.err
    auto = desk.here("tokenize", "-u", "u.bed", "ens.bed", "--rename-chroms", "auto")
    assert json.loads(auto.out)["input_ids"] == [0, 1, 3]
    assert "renamed  1 -> chr1, 2 -> chr2\n" in auto.err
    pairs = desk.here("tokenize", "-u", "u.bed", "ens.bed", "--rename-chroms", "1=chr1,MT=chrM")
    assert json.loads(pairs.out)["input_ids"] == [0, 1]
    assert desk.here("tokenize", "-u", "u.bed", "ens.bed", "--rename-chroms", "auto", "-o", "out/").code == 0
    line = json.loads((desk.folder / "out/manifest.jsonl").read_text())
    assert line["renamed"] == {"1": "chr1", "2": "chr2"}
    kept = desk.here("tokenize", "-u", "u.bed", "ens.bed", "--rename-chroms", "auto", "--format", "bed")
    assert kept.out.startswith(b"1\t18\t19\t0,1\t"), "the input line stays as it was"


def test_saved_folders_bring_their_settings(desk):
    """A folder's special tokens and settings hold unless an option says otherwise."""
    from genotok import IntervalTokenizer

    tok = IntervalTokenizer.from_bed(desk.folder / "u.bed", {"unk": "[UNK]"}, unmatched="unk", sort=True)
    tok.save_pretrained(desk.folder / "model")
    desk.write("m.bed", "chr2\t5\t9\nchr1\t0\t12\nchr1\t90\t91\n")
    assert json.loads(desk.here("tokenize", "-u", "model", "m.bed").out)["input_ids"] == [0, 4, 3]
    shown = desk.here("tokenize", "-u", "model", "m.bed", "--no-sort", "--unmatched", "drop")
    assert json.loads(shown.out)["input_ids"] == [3, 0]
    shown = desk.here("tokenize", "-u", "model/tokenizer.toml", "m.bed", "--format", "bed")
    assert b"chr1\t90\t91\t4\t[UNK]\n" in shown.out


def test_invalid_rows(desk):
    """Bad rows are an error with their line, or skipped and counted, or kept."""
    desk.write("bad.bed", "chr1\t18\t12\nchr1\t18\t19\nchr1\tx\t19\n")
    refused = desk.here("tokenize", "-u", "u.bed", "bad.bed")
    assert refused.code == 1
    message = "error: bad.bed:1: end 12 precedes start 18; BED lists start first; --invalid keep keeps such rows\n"
    assert refused.err == message
    skipped = desk.here("tokenize", "-u", "u.bed", "bad.bed", "--invalid", "skip")
    assert (skipped.code, json.loads(skipped.out)["input_ids"]) == (0, [0, 1])
    assert "skipped  2 of 3 lines: 1 reversed (line 1), 1 unreadable (line 3)\n" in skipped.err
    strict = desk.here("tokenize", "-u", "u.bed", "bad.bed", "--invalid", "skip", "--strict")
    assert (strict.code, strict.out) == (3, skipped.out)
    desk.write("fine.bed", "# comments are no fault\nchr1\t18\t19\n")
    assert desk.here("tokenize", "-u", "u.bed", "fine.bed", "--invalid", "skip", "--strict").code == 0
    desk.write("kept.bed", "chr1\t18\t12\n")
    kept = desk.here("tokenize", "-u", "u.bed", "kept.bed", "--invalid", "keep")
    assert json.loads(kept.out)["input_ids"] == [0]


def test_documents_are_named_below_their_common_folder(desk):
    """Names do not depend on where the folder is, and equal file names stay apart."""
    desk.write("data/a/x.bed", PEAKS)
    desk.write("data/b/x.bed", PEAKS)
    for names in (["data/a/x.bed", "data/b/x.bed"], [str(desk.folder / "data/a/x.bed"), "data/b/../b/x.bed"]):
        shown = desk.here("tokenize", "-u", "u.bed", *names)
        assert [json.loads(line)["id"] for line in shown.out.splitlines()] == ["a/x.bed", "b/x.bed"]


def test_reading_back_what_was_written(desk):
    """read_tokens of every output gives the same ids."""
    for kind in FORMATS:
        desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", f"t.{kind}")
        assert read_tokens(desk.folder / f"t.{kind}")[0].ids.tolist() == [0, 1, 3]


def test_pipes_and_devices_are_written_to_not_replaced(desk):
    """An output that is a named pipe gets the bytes and stays a pipe."""
    import os
    import threading

    os.mkfifo(desk.folder / "pipe")
    got = io.BytesIO()
    reader = threading.Thread(target=lambda: got.write((desk.folder / "pipe").read_bytes()))
    reader.start()
    assert desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", "pipe", "--format", "gtok").code == 0
    reader.join()
    assert got.getvalue() == GOLDEN["gtok"]
    assert (desk.folder / "pipe").is_fifo()
