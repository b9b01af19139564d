"""Chromosome sizes as UCSC and samtools write them."""

from io import BytesIO

import pytest

from genotok.errors import BedError, EmptyFileError
from genotok.io.chromsizes import read_chrom_sizes


def test_sizes_and_fasta_indices_are_read():
    """Two columns or five, TABs or blanks, comments and blank lines between, CRLF."""
    text = b"# hg38\nchr1\t248956422\r\n\nchrM 16569\nchr2\t242193529\t112\t70\t71\n"
    assert read_chrom_sizes(BytesIO(text)) == {"chr1": 248956422, "chrM": 16569, "chr2": 242193529}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"chr1\n", "line 1: no chromosome and its size; lines are name TAB size"),
        (b"chr1\t5\nchr2\t1.5\n", ":2: no chromosome and its size"),
        (b"chr1\t0\n", "no chromosome and its size"),
        (b"chr1\t-5\n", "no chromosome and its size"),
        (b"chr1\t99999999999\n", "no chromosome and its size"),
        (b"\xff\t5\n", "no chromosome and its size"),
        (b"chr1\t5\nchr1\t6\n", ":2: chr1 has another size further up; keep one of them"),
    ],
)
def test_other_lines_are_refused(text, message, tmp_path):
    path = tmp_path / "x.sizes"
    path.write_bytes(text)
    with pytest.raises(BedError, match=message.replace("line 1", "x.sizes:1")):
        read_chrom_sizes(path)


def test_a_size_given_twice_alike_is_one():
    assert read_chrom_sizes(BytesIO(b"chr1\t5\nchr1\t5\n")) == {"chr1": 5}


def test_an_empty_file_is_refused():
    with pytest.raises(EmptyFileError, match="there is no chromosome in it"):
        read_chrom_sizes(BytesIO(b"#\n\n"))
