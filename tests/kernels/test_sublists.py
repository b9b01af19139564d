"""The parts of a universe: every place in exactly one, few parts, and none that makes queries wade."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.pyramid import running_max
from genotok.kernels.sublists import (
    MAX_CLASSES,
    MAX_SUBLISTS,
    containment_sublists,
    length_classes,
    windows_are_long,
)


@st.composite
def sorted_rows(draw):
    rows = draw(st.lists(st.tuples(st.integers(0, 300), st.integers(-5, 300) | st.integers(0, 2**32 - 1)), max_size=80))
    rows = sorted((start, start + length) for start, length in rows)
    return tuple(np.array([row[side] for row in rows], dtype=np.int64) for side in (0, 1))


@given(rows=sorted_rows())
def test_each_place_is_in_one_length_class_ascending(rows):
    starts, ends = rows
    classes = length_classes(starts=starts, ends=ends)
    assert sorted(np.concatenate([np.empty(0, np.int32), *classes]).tolist()) == list(range(len(starts)))
    assert len(classes) <= MAX_CLASSES
    for places in classes:
        assert np.all(np.diff(places) > 0)
        lengths = np.maximum((ends - starts)[places], 1)
        assert lengths.max() < 8 * 8 * lengths.min()  # within a factor of 8 of each other, at class borders


@given(rows=sorted_rows())
def test_each_place_is_in_one_containment_list_ascending(rows):
    lists = containment_sublists(rows[1])
    assert sorted(np.concatenate([np.empty(0, np.int32), *lists]).tolist()) == list(range(len(rows[1])))
    assert len(lists) <= MAX_SUBLISTS
    assert all(np.all(np.diff(places) > 0) for places in lists)


def outlasted(ends, row):
    """Count the followers among the next 19 that end before a row does."""
    return sum(ends[row] > end for end in ends[row + 1 : row + 20])


@given(rows=sorted_rows())
def test_the_first_containment_list_keeps_the_rows_that_outlast_fewer_than_ten_followers(rows):
    ends = rows[1].tolist()
    lists = containment_sublists(rows[1])
    stay = [row for row in range(len(ends)) if outlasted(ends, row) < 10]
    if len(lists) > 1:
        assert lists[0].tolist() == stay
    elif lists:
        assert stay in ([], list(range(len(ends))))


@given(rows=sorted_rows())
def test_windows_are_long_when_they_hold_much_more_than_they_yield(rows):
    starts, ends = rows
    if not len(starts):
        return
    reach = running_max(ends)
    window = [row - sum(end <= starts[row] for end in reach) for row in range(len(starts))]
    depth = [max(row - sum(end <= starts[row] for end in ends), 0) for row in range(len(starts))]
    assert windows_are_long(starts=starts, ends=ends, reach=reach) == (sum(window) > 4 * (sum(depth) + len(starts)))


@pytest.mark.parametrize(("short_rows", "are_long"), [(0, False), (10, False), (14, False), (18, True), (40, True)])
def test_one_long_row_over_enough_short_ones_makes_windows_long(short_rows, are_long):
    starts = np.concatenate([[0], 10 * np.arange(short_rows, dtype=np.int64)])
    ends = np.concatenate([[10 * short_rows + 10], starts[1:] + 5]).astype(np.int64)
    assert windows_are_long(starts=starts, ends=ends, reach=running_max(ends)) == are_long
