"""Depth by borders alone: each kernel against bases counted one by one."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.coverage import (
    NO_STEPS,
    Spans,
    add_steps,
    bases_within,
    depths_of,
    join_spans,
    nearest_distances,
    spans_where,
    steps_of,
)

places = st.integers(0, 40)
spans = st.lists(st.tuples(places, places).map(sorted), max_size=12)


def columns(rows):
    array = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return {"starts": array[:, 0], "ends": array[:, 1]}


def bases_of(rows):
    return {base for start, end in rows for base in range(start, end)}


def rows_of(found):
    return list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))


@given(spans, st.integers(0, 5))
def test_spans_are_joined_over_gaps_and_nothing_else_changes(rows, gap):
    """What is joined covers the same bases and the gaps of at most so many; spans that stay apart leave more."""
    found = rows_of(join_spans(**columns(rows), gap=gap))
    bases = sorted(bases_of(rows))
    filled = {base for one, two in pairwise(bases) if two - one - 1 <= gap for base in range(one, two)}
    assert bases_of(found) == filled | set(bases)
    assert all(two[0] - one[1] > gap for one, two in pairwise(found))


def test_reversed_spans_cover_nothing():
    assert rows_of(join_spans(**columns([(9, 2), (5, 5), (3, 4)]))) == [(3, 4)]


@given(st.lists(spans, max_size=6))
def test_depths_are_the_numbers_of_files(files):
    """Steps added in any order say, for each base, how many files cover it; none is superfluous."""
    total = NO_STEPS
    for rows in files:
        total = add_steps(total, steps_of(join_spans(**columns(rows))))
    assert np.all(np.diff(total.positions) > 0)
    assert np.all(total.changes != 0)
    depths = depths_of(total)
    assert not len(depths) or depths[-1] == 0
    for base in range(42):
        at = int(np.searchsorted(total.positions, base, side="right")) - 1
        assert (depths[at] if at >= 0 else 0) == sum(base in bases_of(rows) for rows in files)


@given(spans)
def test_flagged_segments_become_maximal_spans(rows):
    """From the depth of one file, the segments of depth 1 are its joined spans again."""
    joined = join_spans(**columns(rows))
    steps = steps_of(joined)
    assert rows_of(spans_where(steps.positions, depths_of(steps) > 0)) == rows_of(joined)


@given(spans, spans)
def test_shared_bases_are_counted(one, two):
    first, second = join_spans(**columns(one)), join_spans(**columns(two))
    assert bases_within(first, second) == bases_within(second, first) == len(bases_of(one) & bases_of(two))
    assert bases_within(first, Spans(first.starts[:0], first.ends[:0])) == 0


@given(st.lists(places, min_size=1), st.lists(places))
def test_the_nearest_anchor_is_the_nearest(anchors, asked):
    found = nearest_distances(np.unique(np.array(anchors, dtype=np.int64)), np.array(asked, dtype=np.int64))
    assert found.tolist() == [min(abs(place - anchor) for anchor in anchors) for place in asked]
