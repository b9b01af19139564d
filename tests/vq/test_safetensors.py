"""Safetensors: what goes in comes out, the library agrees, and a damaged file is refused by array and cause."""

import json
import random
import tracemalloc
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import BundleError
from genotok.io.safetensors import MAX_HEADER, read_safetensors, write_safetensors

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
ARRAYS = st.dictionaries(
    st.text(max_size=12).filter("__metadata__".__ne__), st.tuples(SHAPES, st.sampled_from(["f2", "f4"]))
)
FUZZED = 4_000


def fill(shape, kind="f4", seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(kind)


def packed(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(shape=(2,), begin=0, end=8, dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


@given(ARRAYS)
def test_arrays_come_back(wanted):
    """Names, types, shapes and every number, in their order; no array owns its bytes, so none can be changed."""
    arrays = {name: fill(shape, kind, seed) for seed, (name, (shape, kind)) in enumerate(wanted.items())}
    again = read_safetensors(write_safetensors(arrays))
    assert list(again) == list(arrays)
    for name, array in arrays.items():
        assert again[name].dtype == array.dtype
        assert np.array_equal(again[name], array)
        assert again[name].shape == array.shape
        assert not again[name].flags.writeable


def test_names_may_hold_anything():
    """Brackets, quotes and backslashes in names are no nesting."""
    arrays = {"[[[[{{{{": fill((2,)), '\\"[[[[': fill((1,)), "é\n": fill(())}
    assert list(read_safetensors(write_safetensors(arrays))) == list(arrays)


def test_a_large_header_of_quotes_is_refused_at_once():
    """Time grows with the size alone: a MiB of quotes that end no name takes no second."""
    begin = perf_counter()
    for text in (b'"' + b'\\"' * 500_000, b'"' * 1_000_000, b"\\" * 1_000_000, b"[]" * 500_000):
        with pytest.raises(BundleError, match="its header is not JSON"):
            read_safetensors(packed(text))
    assert perf_counter() - begin < 10


def test_what_is_stored_is_rows_after_rows():
    """An array that lies otherwise in memory is stored as it reads."""
    array = fill((3, 4)).T
    assert np.array_equal(read_safetensors(write_safetensors({"a": array}))["a"], array)


def test_equal_arrays_have_equal_bytes():
    """The format by its definition: header length, JSON padded to 8 bytes, numbers."""
    text = b'{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}'
    numbers = b"\x00\x3c\x00\xc0" + b"\x00\x00\x80\x3f"
    padded = text + b" " * (-len(text) % 8)
    arrays = {"a": np.array([1, -2], np.float16), "b": np.array(1, np.float32)}
    assert write_safetensors(arrays) == len(padded).to_bytes(8, "little") + padded + numbers


@pytest.mark.native  # the library is not there in a tab
def test_the_library_reads_and_writes_the_same():
    """safetensors.numpy opens our bytes, and we open its, metadata and all."""
    from safetensors.numpy import load, save

    arrays = {"b.weight": fill((3, 4)), "a": fill((5,), "f2"), "empty": fill((0, 2)), "one": fill(())}
    for mine, its in (
        (arrays, load(write_safetensors(arrays))),
        (arrays, read_safetensors(save(arrays, metadata={"format": "pt"}))),
    ):
        assert set(mine) == set(its)
        for name, array in mine.items():
            assert np.array_equal(its[name], array)
            assert its[name].dtype == array.dtype


def test_a_file_is_read_by_its_path(tmp_path):
    """And the path stands in messages."""
    path = tmp_path / "model.safetensors"
    data = write_safetensors({"a": fill((2,))})
    path.write_bytes(data)
    assert list(read_safetensors(path)) == ["a"]
    path.write_bytes(data[:-1])
    with pytest.raises(BundleError, match=r"model\.safetensors, array a: float32 of shape \(2,\) in the bytes 0 to 8"):
        read_safetensors(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "m: a header of 0 bytes in a file of 0; copy or make the file again"),
        (b"\x02\0\0\0", "m: a header of 2 bytes in a file of 4"),
        (packed({"a": entry()})[:20], "m: a header of [0-9]+ bytes in a file of 20"),
        (b"\xff" * 8 + b"{}", "m: a header of 18,446,744,073,709,551,615 bytes in a file of 10"),
        (packed(b" " * (MAX_HEADER + 1)), "m: a header of 1,048,577 bytes, expected at most 1,048,576"),
        (packed(b"{"), "m: its header is not JSON"),
        (packed(b"{}\xff"), "m: its header is not JSON"),
        (packed(b"[" * 200_000), "m: its header nests too deeply"),
        (packed(b'{"a":[[],[[],[[]]]]}'), "m: its header nests too deeply"),
        (packed(b'{"a":{"shape":[' + b"9" * 5000 + b"]}}"), "m: its header is not JSON"),
        (packed(b"[]"), "m: its header is no JSON object"),
        (packed(b'{"a":1,"a":1}'), "m, array a: its name stands twice"),
        (packed(b'{"a":{"shape":[],"shape":[]}}'), "m, array shape: its name stands twice"),
        (packed({"a": 1}), "m, array a: its entry does not hold dtype, shape and data_offsets"),
        (packed({"a": entry() | {"more": 1}}, bytes(8)), "m, array a: its entry does not hold dtype"),
        (packed({"a": entry(dtype="F64")}, bytes(8)), "m, array a: dtype F64; only F16 and F32 are read"),
        (packed({"a": entry(dtype="BF16")}, bytes(8)), "m, array a: dtype BF16; only F16 and F32 are read"),
        (packed({"a": entry(dtype="I8")}, bytes(8)), "m, array a: dtype I8; only F16 and F32 are read"),
        (packed({"a": entry(dtype=["F32"])}, bytes(8)), r'm, array a: dtype \["F32"\]; only F16 and F32'),
        (packed({"a": entry(shape=[-2])}, bytes(8)), r"m, array a: shape \[-2\]; up to 8 whole numbers"),
        (packed({"a": entry(shape=[2.0])}, bytes(8)), r"m, array a: shape \[2.0\]; up to 8 whole numbers"),
        (packed({"a": entry(shape=[True, 2])}, bytes(8)), r"m, array a: shape \[true, 2\]; up to 8 whole numbers"),
        (packed({"a": entry(shape=[1] * 8 + [2])}, bytes(8)), "m, array a: shape .*; up to 8 whole numbers"),
        (packed({"a": entry(shape=[2**70])}, bytes(8)), "m, array a: shape .*; up to 8 whole numbers"),
        (packed({"a": entry() | {"shape": 2}}, bytes(8)), "m, array a: shape 2; up to 8 whole numbers"),
        (
            packed({"a": entry() | {"data_offsets": [0]}}, bytes(8)),
            r"m, array a: data_offsets \[0\]; two whole numbers",
        ),
        (packed({"a": entry(end=-1)}, bytes(8)), r"m, array a: data_offsets \[0, -1\]; two whole numbers"),
        (
            packed({"a": entry(begin=8, end=0)}, bytes(8)),
            "m, array a: .* in the bytes 8 to 0, expected 8 bytes from 0 on",
        ),
        (
            packed({"a": entry(shape=[3])}, bytes(12)),
            r"m, array a: float32 of shape \(3,\) in the bytes 0 to 8, expected 12",
        ),
        (
            packed({"a": entry(dtype="F16")}, bytes(8)),
            r"m, array a: float16 of shape \(2,\) in the bytes 0 to 8, expected 4",
        ),
        (packed({"a": entry()}, bytes(7)), "m, array a: .* expected 8 bytes from 0 on, of 7"),
        (
            packed({"a": entry(shape=[2**40, 2**40], end=2**62)}),
            "m, array a: .* in the bytes 0 to 4,611,686,018,427,387,904",
        ),
        (packed({"a": entry(begin=4, end=12)}, bytes(12)), "m, array a: .* 4 to 12, expected 8 bytes from 0 on, of 12"),
        (
            packed({"a": entry(), "b": entry(begin=4, end=12)}, bytes(12)),
            "m, array b: .* 4 to 12, expected 8 bytes from 8 on",
        ),
        (
            packed({"a": entry(), "b": entry()}, bytes(8)),
            "m, array b: .* in the bytes 0 to 8, expected 8 bytes from 8 on",
        ),
        (
            packed({"a": entry(begin=8, end=16), "b": entry()}, bytes(16)),
            "m, array a: .* 8 to 16, expected 8 bytes from 0",
        ),
        (packed({"a": entry()}, bytes(9)), "m: 1 bytes behind the last array"),
        (packed({}, bytes(4)), "m: 4 bytes behind the last array"),
        (packed({"\ud800" * 99: 1}), r'm, array "(\\ud800)+.*\.\.: its entry does not hold dtype'),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused(data, message):
    """Naming the file, the array if there is one, what was found, and what to do."""
    with pytest.raises(BundleError, match=f"^{message}"):
        read_safetensors(data, "m")


@pytest.mark.parametrize("array", [np.zeros(2), np.zeros(2, np.int8), np.array([None]), np.zeros(2, "c8")])
def test_other_types_are_not_written(array):
    """Only float16 and float32, as they are read."""
    with pytest.raises(BundleError, match=r"array x: .* is not written; float16 and float32 are"):
        write_safetensors({"x": array})


def test_a_reserved_name_is_not_written():
    """The format keeps one name for itself."""
    with pytest.raises(BundleError, match=r"array __metadata__: .* is not written; .* choose another name"):
        write_safetensors({"__metadata__": np.zeros(2, np.float32)})


@pytest.mark.native  # the dice of tests/fuzz are not there in a tab
def test_damaged_files_are_read_or_refused_and_take_little_memory():
    """4,000 files with bytes changed, put in, cut out: arrays or a BundleError, and never four times the file."""
    from fuzz.mutate import mutate

    arrays = {f"blocks.{n}.weight": fill((n, 7), "f2" if n % 2 else "f4", n) for n in range(9)}
    valid, dice = write_safetensors(arrays), random.Random(5)
    size = int.from_bytes(valid[:8], "little") + 8
    refused = peak = 0
    tracemalloc.start()
    for number in range(FUZZED):
        damaged = mutate(valid, dice)
        if number % 2:  # the header alone: most bytes are numbers, which may be any
            damaged = mutate(valid[:size], dice) + valid[size:]
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        try:
            found = read_safetensors(damaged)
            assert sum(array.nbytes for array in found.values()) <= len(damaged)
        except BundleError:
            refused += 1
        peak = max(peak, tracemalloc.get_traced_memory()[1] - before - 4 * len(damaged))
    tracemalloc.stop()
    assert FUZZED // 4 < refused < FUZZED
    assert peak <= 16_384  # what Python's own objects take beside
