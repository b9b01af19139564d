"""Real files, and the choices of a page beside the words of the command line that mean the same."""

import gzip
from pathlib import Path

import pytest

OVERLAPS = Path(__file__).parents[1] / "fixtures" / "overlaps"
UNIVERSE = OVERLAPS / "ensembl_regulatory.hg38.chr21-22.bed.gz"
QUERY = OVERLAPS / "ctcf.hg38.chr21-22.bed.gz"
OTHER = OVERLAPS / "test_big.hg38.chr21-22.bed.gz"
PARQUET = pytest.param("parquet", marks=pytest.mark.native)  # its library is no part of Pyodide's core
KINDS = ["jsonl", "tsv", "bed", PARQUET, "npz", "gtok"]
CHOICES = {
    "plain": ({}, []),
    "unk": ({"unmatched": "unk"}, ["--unmatched", "unk"]),
    "sort": ({"sort": True}, ["--sort"]),
    "skip": ({"invalid": "skip"}, ["--invalid", "skip"]),
    "rename": ({"rename": "auto"}, ["--rename-chroms", "auto"]),
    "pairs": ({"rename": {"22": "chr22"}}, ["--rename-chroms", "22=chr22"]),
}


def query_of(choice):
    """A real file; without ``chr`` where renaming is tried, with a bad line where skipping is."""
    text = gzip.decompress(QUERY.read_bytes())
    text = text.replace(b"chr", b"") if choice in ("rename", "pairs") else text
    return text + b"chr21\t9\t5\n" if choice in ("skip", "keep") else text
