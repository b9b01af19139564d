"""`genotok convert`: from any token format to any other."""

import re

import pytest

from genotok.export.writers import FORMATS


@pytest.fixture
def tokens(desk):
    """A desk with the same document in every format."""
    for kind in FORMATS:
        assert desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", f"q.bed.{kind}").code == 0
    return desk


@pytest.mark.parametrize("old", FORMATS)
@pytest.mark.parametrize("new", ["jsonl", "gtok", "npz", "parquet"])
def test_flat_formats_come_from_any(tokens, old, new):
    """Ids alone need no universe; the bytes are those of tokenizing, up to what a file without rows or digest lacks."""
    found = tokens.here("convert", f"q.bed.{old}", f"made/q.bed.{new}", "--no-rows")
    assert (found.code, found.out) == (0, b"")
    assert found.err == f"q.bed.{old}: 1 document, 3 tokens; written to made/q.bed.{new}\n"
    same = (tokens.folder / f"made/q.bed.{new}").read_bytes() == (tokens.folder / f"q.bed.{new}").read_bytes()
    assert same == (new in ("jsonl", "gtok") or old in ("npz", "parquet"))  # which alone name the universe


def test_rows_come_along_unless_left_out(tokens):
    """tsv -> jsonl keeps the rows; jsonl without rows has none to give."""
    assert tokens.here("convert", "q.bed.tsv", "-", "--format", "jsonl").out == (
        b'{"id":"q.bed","input_ids":[0,1,3],"offsets":[0,2,2,3]}\n'
    )
    tokens.here("convert", "q.bed.tsv", "rows.npz")
    assert b'"offsets":[0,2,2,3]' in tokens.here("convert", "rows.npz", "-", "--format", "jsonl").out
    refused = tokens.here("convert", "q.bed.gtok", "t.npz", "--rows")
    assert refused.code == 2
    assert "q.bed.gtok does not tell which ids belong to which region; leave --rows out" in refused.err


def test_lines_keep_their_regions_or_take_the_tokens_own(tokens):
    """From tsv and bed the query regions are known; from flat ids each token becomes a line of its own region."""
    assert tokens.here("convert", "q.bed.bed", "-", "--format", "tsv").out == (tokens.folder / "q.bed.tsv").read_bytes()
    lines = tokens.here("convert", "q.bed.tsv", "-", "--format", "bed", "-u", "u.bed").out
    assert lines == b"chr1\t18\t19\t0,1\tchr1:10-20,chr1:15-30\nchr1\t90\t95\t.\t.\nchr2\t0\t6\t3\tchr2:5-9\n"
    own = b"chr1\t10\t20\t0\tchr1:10-20\nchr1\t15\t30\t1\tchr1:15-30\nchr2\t5\t9\t3\tchr2:5-9\n"
    for kind in ("jsonl", "parquet", "npz", "gtok"):
        assert tokens.here("convert", f"q.bed.{kind}", "-", "--format", "bed", "-u", "u.bed").out == own
    again = tokens.here("convert", "q.bed.bed", "-", "--format", "bed", "-u", "u.bed")
    assert again.out == (tokens.folder / "q.bed.bed").read_bytes()


def test_documents_without_hits(tokens):
    """[unk] passes between flat formats; from lines it needs the universe, and gives no line."""
    tokens.write("far.bed", "chr9\t1\t2\n")
    for kind in ("tsv", "gtok"):
        tokens.here("tokenize", "-u", "u.bed", "far.bed", "-o", f"far.bed.{kind}")
    assert tokens.here("convert", "far.bed.gtok", "-", "--format", "jsonl").out == b'{"id":"far.bed","input_ids":[4]}\n'
    refused = tokens.here("convert", "far.bed.tsv", "far.jsonl")
    assert refused.code == 1
    message = "error: document 'far.bed' has no token, and which id says so is not known; give the universe\n"
    assert refused.err == message
    assert not (tokens.folder / "far.jsonl").exists()
    args = ("convert", "far.bed.tsv", "-", "--format", "jsonl", "--no-rows", "-u", "u.bed")
    assert tokens.here(*args).out == b'{"id":"far.bed","input_ids":[4]}\n'
    assert tokens.here("convert", "far.bed.gtok", "-", "--format", "bed", "-u", "u.bed").out == b""


def test_the_universe_is_checked(tokens):
    """A file that names its universe, or the tokens' texts, is not read with another one."""
    tokens.write("v.bed", "chr2\t5\t9\nchr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\n")
    for kind, message in (
        ("npz", "error: q.bed.npz: made with universe b502b5806ce7.., not with "),
        ("bed", "error: q.bed.bed:1: the texts are not those of this universe; give the universe that made it\n"),
    ):
        found = tokens.here("convert", f"q.bed.{kind}", "t.tsv", "-u", "v.bed")
        assert found.code == 1
        assert found.err.startswith(message)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("q.bed.jsonl", "t.bed"), "a .bed file holds texts, which only the universe knows; add -u"),
        (("q.bed.tsv", "t.bed"), "a .bed file holds texts, which only the universe knows; add -u"),
        (("q.bed.gtok", "t.tsv"), "a .tsv file holds regions, which only the universe knows; add -u"),
        (("q.bed.npz", "out/"), "'out/' is no file; end it in the format's name, as out.jsonl"),
        (("q.bed.npz", "t.txt"), "'t.txt' tells no format"),
        (("q.bed.npz", "q.bed.npz"), "q.bed.npz is both input and output"),
        (("m.npz", "t.jsonl"), "m.npz is a cell x token matrix; for lists of ids make it without --matrix"),
        (("-", "t.jsonl"), "standard input has no name whose ending tells its format; name the file"),
        (("", "t.jsonl"), "input: the name is empty; is a variable not set?"),
        (("gone.npz", "t.jsonl"), "File 'gone.npz' does not exist"),
        (("two.jsonl", "t.gtok"), "a .gtok file holds one document, and two.jsonl has 2"),
    ],
)
def test_wrong_usage_is_2_and_one_line(tokens, args, message):
    """What can't be converted says what is missing."""
    tokens.here("tokenize", "-u", "u.bed", "q.bed", "u.bed", "-o", "two.jsonl")
    tokens.write("f.tsv", "chr1\t18\t19\tAAAC-1\n")
    tokens.here("fragments", "-u", "u.bed", "f.tsv", "-o", "m.npz", "--matrix")
    found = tokens.here("convert", *args)
    assert found.code == 2
    assert re.fullmatch(r"error: [^\n]*\n", found.err)
    assert message in found.err
