"""Barcodes are numbered by first appearance, whatever their hashes; lists of them are read as they stand."""

import gzip
import io
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import FragmentError, InputError
from genotok.io.barcodes import BarcodeTable, read_barcodes
from genotok.kernels.fields import hash_words

NAMES = st.lists(st.text("ACGT-", min_size=1, max_size=20) | st.sampled_from(["AC", "CA", "AAAACCCCGGGG"]), max_size=40)


def crowded(*, words, lengths):
    """A hash that tells next to nothing."""
    return hash_words(words=words, lengths=lengths) & np.uint64(3)


def look_up(table, names):
    text = b"\t" * 8 + "\t".join(names).encode()
    ends = 8 + np.cumsum([len(name) + 1 for name in names], dtype=np.int64) - 1
    starts = ends - np.array([len(name) for name in names], dtype=np.int64)
    return table.codes_of(text, starts, ends).tolist()


@pytest.mark.parametrize("hashing", [hash_words, crowded])
@given(names=NAMES, cut=st.integers(0, 40))
def test_codes_follow_first_appearance(hashing, names, cut):
    """Two blocks are numbered as one, and hashes that collide change nothing."""
    table = BarcodeTable(hashing=hashing)
    codes = [code for part in (names[:cut], names[cut:]) if part for code in look_up(table, part)]
    distinct = list(dict.fromkeys(names))
    assert codes == [distinct.index(name) for name in names]
    assert table.names().tolist() == distinct


@pytest.mark.parametrize("hashing", [hash_words, crowded])
@given(names=NAMES, only=NAMES)
def test_a_list_fixes_the_codes(hashing, names, only):
    only = list(dict.fromkeys(only))
    table = BarcodeTable(only, hashing=hashing)
    codes = look_up(table, names) if names else []
    assert codes == [only.index(name) if name in only else -1 for name in names]
    assert table.names().tolist() == only


def test_many_new_barcodes_in_one_block_keep_their_order():
    """More barcodes than are looked at together, each seen again later."""
    names = [f"{number:b}" for number in range(20_000)]
    table = BarcodeTable()
    assert look_up(table, names + names[::-1]) == [*range(20_000), *reversed(range(20_000))]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_list_is_read_line_by_line(pack, tmp_path):
    path = tmp_path / "barcodes.tsv"
    path.write_bytes(pack("\ufeffAAAC-1\r\n\r\nCCGT-1\tcell 2\nAAAC-1\n".encode()))
    assert read_barcodes(path) == ["AAAC-1", "CCGT-1"]
    assert read_barcodes(io.BytesIO(path.read_bytes())) == ["AAAC-1", "CCGT-1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\n \n", "no barcode is in the file; list one a line"),
        (b"AA\nC C\n", r"b\.tsv:2: barcode 'C C' holds a blank; list one a line"),
        (b"\xff\xfe\x80", "the file is no text; list one barcode a line"),
        (gzip.compress(b"AA", mtime=0)[:-4], "the gzip stream is cut at byte"),
    ],
)
def test_a_bad_list_is_refused(content, message, tmp_path):
    path = tmp_path / "b.tsv"
    path.write_bytes(content)
    with pytest.raises(FragmentError, match=message):
        read_barcodes(path)


@pytest.mark.parametrize("values", [["AA", ""], ["A A"], ["AA", 3]])
def test_what_is_no_barcode_is_refused(values):
    with pytest.raises(InputError, match=r"barcodes\[\d\]: .* is no barcode; give texts without blanks"):
        read_barcodes(values)


def test_a_number_is_no_collection():
    with pytest.raises(InputError, match="barcodes is int; give texts, or a file with one a line"):
        read_barcodes(3)


def test_a_table_is_no_collection():
    """Its column names would be, and every cell would stay empty."""
    with pytest.raises(InputError, match="SimpleNamespace is a table; give its column of barcodes"):
        read_barcodes(SimpleNamespace(columns=["barcode"]))


def test_repeats_in_a_collection_are_dropped():
    assert read_barcodes(iter(["CC", "AA", "CC"])) == ["CC", "AA"]
