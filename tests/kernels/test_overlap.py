"""Overlap search on one line of coordinates: the answer, whatever the engine and its guards do."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok.errors import CapacityError
from genotok.kernels import guide, overlap
from genotok.kernels.overlap import OverlapIndex, build_index, count_overlaps, find_overlaps
from genotok.kernels.ragged import offsets_of
from strategies import queries, scales, spans

ENGINES = ("bits", "ailist")


@st.composite
def lines_and_queries(draw):
    """Rows of one chromosome, ties and repeats welcome, and queries around their borders."""
    scale = draw(scales(kept=True))
    rows = [("line", *span) for span in draw(st.lists(spans(scale, kept=True), min_size=1, max_size=60))]
    asked = [("line", *row[1:]) for row in draw(queries(rows, kept=True))]
    return rows, asked


def columns(rows):
    starts, ends = (np.array([row[column] for row in rows], dtype=np.int64) for column in (1, 2))
    return starts, ends


def search(rows, asked, engine, fan_out=16, short_window=64):
    starts, ends = columns(rows)
    index = build_index(starts=starts, ends=ends, engine=engine, fan_out=fan_out)
    query_starts, query_ends = columns(asked)
    offsets, found, _ = find_overlaps(
        index, query_starts=query_starts, query_ends=query_ends, short_window=short_window
    )
    assert offsets.dtype == np.int64
    assert found.dtype == np.int32
    return [found[begin:end].tolist() for begin, end in pairwise(offsets)]


@pytest.mark.parametrize("engine", ENGINES)
@given(case=lines_and_queries())
def test_hits_are_the_rows_that_the_predicate_names_by_start_end_and_row(engine, case):
    rows, asked = case
    assert search(rows, asked, engine) == oracles.encode(rows, asked)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("fan_out", "short_window"), [(2, 0), (2, 1), (16, 0), (3, 5)])
@given(case=lines_and_queries())
def test_the_pyramid_finds_what_a_scan_of_the_window_finds(engine, fan_out, short_window, case):
    rows, asked = case
    assert search(rows, asked, engine, fan_out, short_window) == oracles.encode(rows, asked)


@pytest.mark.parametrize("short_window", [0, 64])
@given(case=lines_and_queries())
def test_length_classes_change_no_answer(short_window, case):
    rows, asked = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "windows_are_long", lambda **_: True)
        assert search(rows, asked, "bits", 2, short_window) == oracles.encode(rows, asked)


@pytest.mark.parametrize("engine", ENGINES)
@given(case=lines_and_queries(), rows_at_once=st.integers(1, 4), candidates=st.integers(1, 8))
def test_batches_and_their_parts_change_no_answer(engine, case, rows_at_once, candidates):
    rows, asked = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "BATCH_ROWS", rows_at_once)
        patch.setattr(overlap, "MAX_CANDIDATES", candidates)
        assert search(rows, asked, engine, 2, 2) == oracles.encode(rows, asked)


@pytest.mark.parametrize("engine", ENGINES)
@given(case=lines_and_queries())
def test_searching_instead_of_stepping_changes_no_answer(engine, case):
    rows, asked = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "_STEPS", 0)
        patch.setattr(guide, "_STEPS", 0)
        assert search(rows, asked, engine) == oracles.encode(rows, asked)


def test_many_unsorted_queries_come_back_in_input_order():
    random = np.random.default_rng(7)
    starts = np.sort(random.integers(0, 50_000, 3_000))
    index = build_index(starts=starts, ends=starts + random.integers(1, 200, 3_000))
    asked = random.integers(0, 50_000, 10_000)
    offsets, rows, _ = find_overlaps(index, query_starts=asked, query_ends=asked + 30)
    order = np.argsort(asked, kind="stable")
    sorted_offsets, sorted_rows, _ = find_overlaps(index, query_starts=asked[order], query_ends=asked[order] + 30)
    assert np.array_equal(np.diff(offsets)[order], np.diff(sorted_offsets))
    for place, query in enumerate(order[:200]):
        expected = sorted_rows[sorted_offsets[place] : sorted_offsets[place + 1]]
        assert np.array_equal(rows[offsets[query] : offsets[query + 1]], expected)


def test_rows_and_queries_far_out_are_found_all_the_same():
    random = np.random.default_rng(8)
    far = 2**61
    starts = np.sort(random.integers(far, far + 9_000, 500))
    index = build_index(starts=starts, ends=starts + 20)
    asked = random.integers(far, far + 9_000, 5_000)
    offsets, rows, _ = find_overlaps(index, query_starts=asked, query_ends=asked + 10)
    hit = (starts[None, :] < asked[:, None] + 10) & (starts[None, :] + 20 > asked[:, None])
    assert np.array_equal(offsets, offsets_of(hit.sum(axis=1, dtype=np.int64)))
    assert np.array_equal(rows, np.nonzero(hit)[1])


def test_an_index_of_no_rows_has_no_hits():
    nothing = np.empty(0, np.int64)
    for engine in ENGINES:
        index = build_index(starts=nothing, ends=nothing, engine=engine)
        offsets, rows, comparisons = find_overlaps(index, query_starts=np.array([1, 2]), query_ends=np.array([5, 9]))
        assert (offsets.tolist(), rows.tolist(), comparisons) == ([0, 0, 0], [], 0)


def test_no_queries_give_one_offset():
    index = build_index(starts=np.array([1]), ends=np.array([5]))
    offsets, rows, _ = find_overlaps(index, query_starts=np.empty(0, np.int64), query_ends=np.empty(0, np.int64))
    assert (offsets.tolist(), rows.tolist()) == ([0], [])


def test_rows_sorted_already_are_not_copied():
    starts, ends = np.array([1, 5, 9]), np.array([4, 6, 12])
    index = build_index(starts=starts, ends=ends)
    assert index.order is None
    assert index.lists[0].starts is starts
    assert index.lists[0].reach is index.lists[0].ends is ends


@given(case=lines_and_queries())
def test_the_count_of_proper_rows_and_queries_is_exact(case):
    rows, asked = ([row for row in part if row[1] < row[2]] for part in case)
    if not rows:
        return
    starts, ends = columns(rows)
    query_starts, query_ends = columns(asked)
    for engine in ENGINES:
        index: OverlapIndex = build_index(starts=starts, ends=ends, engine=engine)
        total = count_overlaps(index, query_starts=query_starts, query_ends=query_ends)
        assert total == sum(map(len, oracles.encode(rows, asked)))


def test_a_result_beyond_32_bit_ids_is_refused_by_its_count(monkeypatch):
    monkeypatch.setattr(overlap, "MAX_IDS", 1_000)
    monkeypatch.setattr(overlap, "_COUNT_FROM", 100)
    monkeypatch.setattr(overlap, "BATCH_ROWS", 4)
    index = build_index(starts=np.zeros(60, np.int64), ends=np.full(60, 9, dtype=np.int64))
    twenty = np.arange(1, 2, dtype=np.int64).repeat(20)
    message = r"^1,200 tokens exceed the 1,000 of one result; split the input$"
    with pytest.raises(CapacityError, match=message):
        find_overlaps(index, query_starts=twenty, query_ends=twenty + 1)
    offsets, _, _ = find_overlaps(index, query_starts=twenty[:16], query_ends=twenty[:16] + 1)
    assert offsets[-1] == 960
