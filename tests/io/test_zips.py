"""Arrays in a zip: what is written is read back, and no memory is taken for what a damaged file claims."""

import io
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.io import zips
from genotok.io.zips import read_npz, write_npz

ARRAYS = {
    "ids": np.array(["a", "bc"]),
    "none": np.zeros((0, 4), dtype="<f4"),
    "rows": np.arange(12, dtype="<i8").reshape(3, 4),
    "one": np.array(2.5),
}


def packed(arrays=ARRAYS, **options):
    file = io.BytesIO()
    write_npz(file, arrays, **options)
    return file.getvalue()


def archive_of(member, *, name="x.npy", kind=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        archive.writestr(name, member)
    return file.getvalue()


def header(shape, kind="<f8"):
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": kind, "fortran_order": False, "shape": shape})
    return file.getvalue()


@pytest.mark.parametrize("options", [{}, {"packed": True}, {"packed": True, "level": 1}])
def test_what_is_written_is_read_back_here_and_by_numpy(options):
    data = packed(**options)
    mine = read_npz(io.BytesIO(data))
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        for found in (mine, archive):
            assert set(found) == set(ARRAYS)
            for name, array in ARRAYS.items():
                assert found[name].dtype == array.dtype
                assert np.array_equal(found[name], array)


def test_what_numpy_writes_is_read():
    file = io.BytesIO()
    np.savez_compressed(file, **ARRAYS, turned=np.asfortranarray(ARRAYS["rows"]))
    found = read_npz(file)
    assert np.array_equal(found["turned"], ARRAYS["rows"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive_of(header((10**12,)) + bytes(64)), "x.npy is not as large as its header says"),
        (archive_of(header((-8, -1)) + bytes(8)), "x.npy is not as large as its header says"),
        (archive_of(header((4,)) + bytes(64)), "x.npy is not as large as its header says"),
        (archive_of(header((1,), "|O") + bytes(8)), "x.npy holds objects, not numbers"),
        (archive_of(b"no array"), "magic string is not correct"),
        (b"PK", "File is not a zip file"),
        (packed()[:-30], "File is not a zip file"),
    ],
)
def test_sizes_are_checked_before_memory_is_taken(data, message):
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=message):
            read_npz(io.BytesIO(data))
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_arrays_are_no_larger_than_a_file_can_hold(monkeypatch):
    """A file that unpacks to a thousand times its size is refused, unless that is little."""
    data = archive_of(header((10**6,), "u1") + bytes(10**6))
    assert not read_npz(io.BytesIO(data))["x"].any()
    monkeypatch.setattr(zips, "_ROOM", 10**5)
    with pytest.raises(ValueError, match="its arrays are larger than such a file can hold"):
        read_npz(io.BytesIO(data))


WHOLE = packed(packed=True)


@given(st.data())
def test_edited_bytes_give_arrays_or_a_value_error(data):
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))
    with suppress(ValueError):
        read_npz(io.BytesIO(bytes(damaged)))
