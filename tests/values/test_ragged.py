"""The ragged shape: ids + offsets, and rows made and taken apart without a loop."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import InputError
from genotok.kernels import ragged as kernel
from genotok.kernels.ragged import (
    concat_ragged,
    expand_ranges,
    offsets_of,
    repeat_runs,
    rows_of,
    take_by_runs,
    take_rows,
)
from genotok.values.ragged import RaggedIds

ragged_lists = st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=5), max_size=8)


def ragged_of(lists):
    ids = np.array([value for row in lists for value in row], dtype=np.int32)
    return RaggedIds(ids, offsets_of(np.array([len(row) for row in lists], dtype=np.int64)))


@given(lists=ragged_lists)
def test_lists_go_in_and_come_out(lists):
    ragged = ragged_of(lists)
    assert ragged.to_lists() == lists
    assert len(ragged) == len(lists)
    assert [row.tolist() for row in ragged] == lists
    assert ragged.counts().tolist() == [len(row) for row in lists]
    assert ragged.rows().tolist() == [index for index, row in enumerate(lists) for _ in row]
    assert ragged.unique().tolist() == sorted({value for row in lists for value in row})
    assert (ragged.ids.dtype, ragged.offsets.dtype, ragged.rows().dtype) == (np.int32, np.int64, np.int32)


@given(lists=ragged_lists)
def test_a_row_is_reached_from_either_end(lists):
    ragged = ragged_of(lists)
    for index, row in enumerate(lists):
        assert ragged.row(index).tolist() == ragged.row(index - len(lists)).tolist() == row
    for index in (len(lists), -len(lists) - 1):
        with pytest.raises(IndexError, match="out of range"):
            ragged.row(index)


@given(pieces=st.lists(ragged_lists, max_size=4))
def test_pieces_join_row_after_row(pieces):
    joined = RaggedIds.concat([ragged_of(piece) for piece in pieces])
    assert joined.to_lists() == [row for piece in pieces for row in piece]


def test_the_tokens_of_sorted_rows_name_their_input_rows():
    ragged = RaggedIds(np.array([7, 8, 9], np.int32), np.array([0, 2, 2, 3]), order=np.array([2, 0, 1]))
    assert ragged.rows().tolist() == [2, 2, 1]
    with pytest.raises(InputError, match="sorted pieces can't be joined; sort the whole"):
        RaggedIds.concat([ragged, ragged])


@pytest.mark.parametrize("offsets", [[], [1, 3], [0, 2], [0, 4], [0, 2, 1, 3]])
def test_offsets_that_do_not_fit_are_refused(offsets):
    message = r"^\d offsets do not cut 3 ids into rows; offsets start at 0, never fall, and end at the number of ids$"
    with pytest.raises(InputError, match=message):
        RaggedIds(np.array([1, 2, 3], np.int32), np.array(offsets, np.int64))


def test_ragged_ids_compare_by_value_and_are_read_only():
    one, two = ragged_of([[1], [2, 3]]), ragged_of([[1], [2, 3]])
    assert one == two
    assert one != ragged_of([[1, 2], [3]])
    assert one != ragged_of([[1], [2, 4]])
    assert one != [[1], [2, 3]]
    for array in (one.ids, one.offsets, one.row(1), one.rows(), one.counts(), one.unique()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)
    assert pickle.loads(pickle.dumps(one)) == one


@given(rows=st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 5)), max_size=9))
def test_expanded_ranges_count_up_from_each_start(rows):
    first = np.array([row[0] for row in rows], dtype=np.int64)
    counts = np.array([row[1] for row in rows], dtype=np.int64)
    assert expand_ranges(first, counts).tolist() == [value for at, n in rows for value in range(at, at + n)]


@given(lists=ragged_lists, data=st.data())
def test_rows_are_taken_whole_in_any_order(lists, data):
    if not lists:
        return
    ragged = ragged_of(lists)
    wanted = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=6))
    rows = np.array(wanted, dtype=np.int64)
    offsets, values = take_rows(offsets=ragged.offsets, values=ragged.ids, rows=rows)
    assert RaggedIds(values, offsets).to_lists() == [lists[row] for row in wanted]


def test_ragged_kernels_join_and_name_rows():
    offsets, values = concat_ragged([np.array([0, 1]), np.array([0, 0, 2])], [np.array([5]), np.array([6, 7])])
    assert (offsets.tolist(), values.tolist()) == ([0, 1, 1, 3], [5, 6, 7])
    assert rows_of(offsets).tolist() == [0, 2, 2]


@given(runs=st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 5)), max_size=9), long_run=st.integers(1, 4))
def test_runs_are_repeated_and_looked_up_whatever_their_length(runs, long_run):
    values, counts = (np.array([run[side] for run in runs], dtype=np.int32) for side in (0, 1))
    expected = [value for value, count in runs for _ in range(count)]
    table = np.array([7, 5, 3, 1, 9], dtype=np.int64)  # the last one is read by -1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_LONG_RUN", long_run)
        codes = repeat_runs(values, counts)
        found, again = take_by_runs(codes, table, table.astype(np.int32))
    assert (codes.dtype, codes.tolist()) == (np.int32, expected)
    assert (found.dtype, found.tolist()) == (np.int64, table[codes].tolist())
    assert again.tolist() == found.tolist()
