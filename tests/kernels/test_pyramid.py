"""Block maxima: what a walk down the levels finds is what a plain scan finds, at its promised price."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.pyramid import build_pyramid, running_max, search_pyramid

values = st.lists(st.integers(0, 50), min_size=1, max_size=70).map(lambda items: np.array(items, dtype=np.int64))


@pytest.mark.parametrize("fan_out", [2, 3, 16])
@given(ends=values, data=st.data())
def test_the_walk_finds_every_place_of_the_window_that_reaches_behind_the_query(fan_out, ends, data):
    reach = np.maximum.accumulate(ends)
    query_starts = np.array(data.draw(st.lists(st.integers(0, 50), max_size=9)), dtype=np.int64)
    first = np.searchsorted(reach, query_starts, side="right")
    last = np.array([data.draw(st.integers(int(begin), len(ends))) for begin in first], dtype=np.int64)
    levels = build_pyramid(ends, fan_out)
    queries, places, comparisons = search_pyramid(
        levels=levels, query_starts=query_starts, first=first, last=last, fan_out=fan_out
    )
    expected = [
        (query, place)
        for query in range(len(query_starts))
        for place in range(first[query], last[query])
        if ends[place] > query_starts[query]
    ]
    assert list(zip(queries.tolist(), places.tolist(), strict=True)) == expected
    assert comparisons <= fan_out * len(levels) * (len(expected) + 2 * len(query_starts))


@given(ends=values, fan_out=st.integers(2, 16))
def test_each_level_holds_the_maxima_of_the_blocks_below(ends, fan_out):
    levels = build_pyramid(ends, fan_out)
    assert levels[0] is ends
    assert len(levels[-1]) <= fan_out
    for below, above in pairwise(levels):
        assert above.tolist() == [max(below[at : at + fan_out]) for at in range(0, len(below), fan_out)]


@given(ends=values)
def test_a_running_maximum_that_never_falls_is_the_array_itself(ends):
    reach = running_max(ends)
    assert reach.tolist() == np.maximum.accumulate(ends).tolist()
    assert (reach is ends) == (sorted(ends) == ends.tolist())
