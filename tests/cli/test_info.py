"""`genotok info`: what a path holds."""

import json
import re

import pytest

from cli.desk import DIGEST
from genotok import IntervalTokenizer


def test_a_universe_in_words(desk):
    """Counts, digest, ids, specials, widths, repeated rows and chromosomes."""
    desk.write("v.bed", "# made by hand\nchr1\t10\t20\nchr1\t15\t30\nchr1\t30\t40\nchr2\t5\t9\nchr1\t10\t20\n")
    found = desk.here("info", "v.bed")
    assert found.code == 0
    text, note = re.subn(r"  note      v.bed: 1 repeated row [^\n]*\n", "", found.out.decode())
    assert note == 1
    assert text == (
        "v.bed: universe of 4 regions on 2 chromosomes\n"
        f"  sha256    {DIGEST}\n"
        "  ids       0 to 10; the last 7 are special\n"
        "  special   unk <unk> 4, pad <pad> 5, mask <mask> 6, cls <cls> 7, eos <eos> 8, bos <bos> 9, sep <sep> 10\n"
        "  widths    least 4, 5% 4, 25% 4, median 10, 75% 10, 95% 15, most 15; 39 bp in all\n"
        "  file      6 lines, 68 bytes\n"
        "  skipped   1 comment, 1 duplicate\n"
        "  repeated  1 row; ids keep the first appearance\n"
        "  chroms\n"
        "               3  chr1\n"
        "               1  chr2\n"
    )


def test_a_universe_in_json(desk):
    """The same as plain values; a saved folder gives its settings and special tokens too."""
    found = json.loads(desk.here("info", "--json", "u.bed").out)
    assert found["kind"] == "universe"
    assert (found["regions"], found["sha256"], found["vocab_size"], found["bases"]) == (4, DIGEST, 11, 39)
    assert found["chroms"] == {"chr1": 3, "chr2": 1}
    assert found["widths"] == {"0": 4, "0.05": 4, "0.25": 4, "0.5": 10, "0.75": 10, "0.95": 15, "1": 15}
    tokenizer = IntervalTokenizer.from_bed(desk.folder / "u.bed", {"unk": "[UNK]"}, sort=True)
    tokenizer.save_pretrained(desk.folder / "model")
    saved = json.loads(desk.here("info", "--json", "model").out)
    assert saved["special_tokens"]["unk"] == "[UNK]"
    assert saved["config"]["sort"] is True
    assert saved["sha256"] == DIGEST


@pytest.mark.parametrize("kind", ["jsonl", "tsv", "bed", "parquet", "npz", "gtok"])
def test_token_files(desk, kind):
    """Documents, tokens and, where the format keeps them, regions; a .bed file with ids is told from a universe."""
    desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", f"t.{kind}")
    found = json.loads(desk.here("info", "--json", f"t.{kind}").out)
    assert {name: found[name] for name in ("kind", "format", "documents", "tokens", "distinct", "largest_id")} == {
        "kind": "tokens",
        "format": kind,
        "documents": 1,
        "tokens": 3,
        "distinct": 3,
        "largest_id": 3,
    }
    assert found["regions"] == (3 if kind in ("tsv", "bed") else None)
    assert found["regions_hit"] == (2 if kind in ("tsv", "bed") else None)
    assert (found["meta"] or {}).get("universe_sha256") == (DIGEST if kind in ("parquet", "npz") else None)


def test_token_files_in_words(desk):
    """A glance tells the counts and, of an .npz file, the universe."""
    desk.here("tokenize", "-u", "u.bed", "q.bed", "-o", "t.npz", "--rows")
    desk.here("tokenize", "-u", "u.bed", "q.bed", "u.bed", "-o", "two.jsonl")
    several = desk.here("info", "two.jsonl").out.decode()
    assert "  tokens    a document: least 3, 5% 3, 25% 3, median 3, 75% 6, 95% 6, most 6\n" in several
    size = (desk.folder / "t.npz").stat().st_size
    assert desk.here("info", "t.npz").out.decode() == (
        f"t.npz: 1 document, 3 tokens (npz, {size:,} bytes)\n"
        "  ids       3 distinct, largest 3\n"
        "  regions   3, 2 of them with tokens\n"
        f"  universe  sha256 {DIGEST}, 11 ids\n"
        "  options   invalid error, rename_chroms None, rows True, sort False, unmatched drop\n"
    )


def test_what_is_neither_is_an_error(desk):
    """A missing path, a foreign file and a damaged token file end with 1."""
    desk.write("x.gtok", "GTOK")
    for name, message in (
        ("gone.bed", "error: gone.bed: no such file; check the path\n"),
        ("x.gtok", "error: x.gtok: 4 bytes are too few for a .gtok file; was it copied whole?\n"),
    ):
        found = desk.here("info", name)
        assert (found.code, found.out, found.err) == (1, b"", message)


def test_a_file_that_names_no_universe(desk):
    """What a token file does not tell is left out, not made up."""
    assert desk.here("tokenize", "-q", "-u", "u.bed", "q.bed", "-o", "t.gtok").code == 0
    assert desk.here("convert", "-q", "t.gtok", "t.npz").code == 0
    told = desk.here("info", "t.npz").out.decode()
    assert "3 distinct, largest 3" in told
    assert "universe" not in told
    assert "None" not in told
    assert "options" not in told
