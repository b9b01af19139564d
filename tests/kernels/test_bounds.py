"""What the guards promise, counted in comparisons: no universe makes a query wade."""

import math

import numpy as np
import pytest

from genotok.kernels.overlap import SHORT_WINDOW, build_index, find_overlaps
from genotok.kernels.pyramid import FAN_OUT
from genotok.kernels.sublists import MAX_CLASSES, MAX_SUBLISTS

CHROMOSOME = 250_000_000
QUERIES = 200
ENGINES = ("bits", "ailist")


def disjoint_rows(count):
    starts = np.arange(count, dtype=np.int64) * (CHROMOSOME // count)
    return starts, starts + 300


def with_chromosome_long_rows(count):
    """Many short rows, and 24 that span the whole chromosome."""
    starts, ends = disjoint_rows(count)
    return np.concatenate([np.arange(24), starts]), np.concatenate([CHROMOSOME - np.arange(24), ends])


def nested_rows(count):
    """Each row inside the one before."""
    steps = np.arange(count, dtype=np.int64)
    return steps, 2 * count + 1 - steps


def equal_rows(count):
    """One row many times over, among as many that lie apart."""
    starts, ends = disjoint_rows(count)
    return np.concatenate([np.full(count, 999), starts]), np.concatenate([np.full(count, 1_000), ends])


def one_row_over_everything(count):
    starts, ends = disjoint_rows(count)
    return np.concatenate([[0], starts]), np.concatenate([[CHROMOSOME], ends])


def staircase_of_long_rows(count):
    """Every hundredth row reaches a hundred rows ahead."""
    starts, ends = disjoint_rows(count)
    ends[::100] = starts[::100] + 100 * (CHROMOSOME // count)
    return starts, ends


UNIVERSES = [with_chromosome_long_rows, nested_rows, equal_rows, one_row_over_everything, staircase_of_long_rows]


def ask(rows, engine, seed=3):
    """Search short queries all over the rows; returns (hits per query, comparisons, lists, answers are right)."""
    starts, ends = (column.astype(np.int64) for column in rows)
    index = build_index(starts=starts, ends=ends, engine=engine)
    places = np.random.default_rng(seed).integers(0, int(ends.max()), QUERIES)
    offsets, found, comparisons = find_overlaps(index, query_starts=places, query_ends=places + 200)
    for query in range(0, QUERIES, 19):
        expected = np.flatnonzero((starts < places[query] + 200) & (ends > places[query]))
        assert np.array_equal(np.sort(found[offsets[query] : offsets[query + 1]]), expected)
    return np.diff(offsets), comparisons, index.lists


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("universe", UNIVERSES)
def test_comparisons_stay_within_the_promised_bound(universe, engine):
    hits, comparisons, lists = ask(universe(100_000), engine)
    bound = 0
    for each in lists:
        levels = math.ceil(math.log(max(len(each.ends), 2), FAN_OUT)) + 1
        bound += np.maximum(SHORT_WINDOW, FAN_OUT * levels * (hits + 2)).sum(dtype=np.int64)
    assert comparisons <= bound


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("universe", UNIVERSES)
def test_ten_times_the_rows_cost_a_query_little_more(universe, engine):
    costs = []
    for count in (10_000, 100_000):
        hits, comparisons, _ = ask(universe(count), engine)
        costs.append(comparisons / (QUERIES + hits.sum(dtype=np.int64)))
    assert costs[1] <= 2 * costs[0] + SHORT_WINDOW


@pytest.mark.parametrize("engine", ENGINES)
def test_chromosome_long_rows_cost_each_query_a_handful_of_comparisons(engine):
    hits, comparisons, lists = ask(with_chromosome_long_rows(100_000), engine)
    assert hits.min() >= 20
    assert comparisons <= QUERIES * (2 * SHORT_WINDOW + FAN_OUT * 4)
    assert 2 <= len(lists) <= MAX_CLASSES


@pytest.mark.parametrize("engine", ENGINES)
def test_disjoint_rows_are_found_without_one_comparison(engine):
    hits, comparisons, lists = ask(disjoint_rows(100_000), engine)
    assert hits.sum(dtype=np.int64) > 0
    assert comparisons == 0
    assert len(lists) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hundred_thousand_nested_rows_fill_few_lists(engine):
    _, _, lists = ask(nested_rows(100_000), engine)
    assert len(lists) <= (MAX_SUBLISTS if engine == "ailist" else MAX_CLASSES)
    assert sum(len(each.starts) for each in lists) == 100_000


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rim_of_nested_rows_costs_no_more_than_the_few_rows_that_reach_it(engine):
    starts, ends = nested_rows(100_000)
    index = build_index(starts=starts, ends=ends, engine=engine)
    rim = np.concatenate([np.arange(100), 200_000 - np.arange(100)])
    offsets, _, comparisons = find_overlaps(index, query_starts=rim, query_ends=rim + 1)
    assert offsets[-1] <= 100 * 101
    assert comparisons <= len(index.lists) * FAN_OUT * 6 * (offsets[-1] + 2 * len(rim))
    assert comparisons <= 100 * offsets[-1]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_query_that_hits_everything_pays_for_its_hits_only(engine):
    starts, ends = nested_rows(20_000)
    index = build_index(starts=starts, ends=ends, engine=engine)
    offsets, _, comparisons = find_overlaps(index, query_starts=np.array([20_000]), query_ends=np.array([20_001]))
    assert offsets[-1] == 20_000
    assert comparisons <= 20_000 * (1 + 1 / FAN_OUT + 1 / FAN_OUT**2) * 1.2
