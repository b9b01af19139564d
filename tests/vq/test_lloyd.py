"""Weighted k-means: nearest by plain loops, a distortion that is what it says, and no cell without rows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import windowcells
from genotok.kernels.bases import encode_letters
from genotok.kernels.lloyd import cluster_rows, draw_rows, nearest_rows, parents_of
from genotok.kernels.windowcells import nearest_windows, place_weights, tally_windows, window_vectors

SEEDS = st.integers(0, 2**32 - 1)


def eighths(random, *shape):
    """Numbers whose products and sums float32 holds exactly, so that ties are ties."""
    return (random.integers(-16, 17, shape) / 8).astype(np.float32)


def nearest_by_loops(rows, vectors):
    """The lowest code of the least distance, and half its squared norm less the product."""
    scores = [[sum(v * v for v in vector) / 2 - sum(map(float.__mul__, row, vector)) for vector in vectors.tolist()]
              for row in rows.tolist()]  # fmt: skip
    return [row.index(min(row)) for row in scores], [min(row) for row in scores]


def letters(number, window):
    return "".join("ACGT"[number >> 2 * (window - 1 - place) & 3] for place in range(window))


@given(SEEDS, st.integers(0, 30), st.integers(1, 9), st.integers(1, 4))
def test_nearest_is_the_lowest_code_of_least_distance(seed, n, size, width):
    random = np.random.default_rng(seed)
    rows, vectors = eighths(random, n, width), eighths(random, size, width)
    codes, scores = nearest_rows(rows, vectors)
    assert (codes.tolist(), scores.tolist()) == nearest_by_loops(rows, vectors)


@pytest.mark.parametrize("block", [1, 64, 2**20])
@given(SEEDS, st.integers(1, 5), st.integers(1, 9), st.sampled_from([1.0, 2.0]), st.booleans())
def test_windows_find_the_code_that_their_rows_find(block, seed, window, size, scale, has_coarse):
    """Also less the vectors of a coarser level, and for some of the windows only."""
    random = np.random.default_rng(seed)
    numbers = np.flatnonzero(random.random(4**window) < random.choice([0.1, 1.0])).astype(np.int64)
    weights, vectors = eighths(random, window), eighths(random, size, 4 * window)
    coarse = eighths(random, 3, 4 * window)
    codes = random.integers(0, 3, len(numbers)).astype(np.uint16)
    rows = np.float32(scale) * window_vectors(numbers, weights)
    less = [(codes, coarse.astype(float) @ vectors.T.astype(float))] if has_coarse else []
    if has_coarse:
        rows -= coarse[codes]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windowcells, "_SCORES", block)
        found = nearest_windows(numbers, vectors, weights, scale=scale, less=less)
    for mine, its in zip(found, nearest_rows(rows, vectors), strict=True):
        assert mine.tolist() == its.tolist()


@given(SEEDS, st.integers(1, 6))
def test_a_window_is_a_weighted_one_hot_row(seed, window):
    random = np.random.default_rng(seed)
    weights = random.random(window).astype(np.float32)
    number = int(random.integers(4**window))
    expected = [
        weight if base == letter else 0
        for weight, letter in zip(weights, letters(number, window), strict=True)
        for base in "ACGT"
    ]
    assert window_vectors(np.array([number]), weights)[0].tolist() == expected


@pytest.mark.parametrize("sigma", [0.7, 2.5, math.inf])
def test_places_weigh_by_a_bell_around_the_middle(sigma):
    expected = [math.exp(-(((place - 3.5) / sigma) ** 2) / 2) for place in range(8)]
    assert place_weights(8, sigma) == pytest.approx(expected)


@pytest.mark.parametrize("block", [3, 2**17])
@given(st.text("ACGTN", max_size=60), st.integers(1, 10))
def test_windows_are_counted_as_strings_are(block, text, window):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windowcells, "_BASES", block)
        counts = tally_windows(encode_letters(np.frombuffer(text.encode(), np.uint8)), window)
    pieces = [text[at : at + window] for at in range(len(text) - window + 1)]
    known = [each for each in pieces if "N" not in each]
    assert counts.sum() == len(known)
    for number in np.flatnonzero(counts).tolist():
        assert counts[number] == known.count(letters(number, window))


@given(SEEDS, st.integers(2, 8))
def test_the_distortion_is_weight_times_squared_distance_and_never_rises(seed, size):
    random = np.random.default_rng(seed)
    rows = random.normal(size=(60, 3)).astype(np.float32)
    weights = random.integers(0, 9, 60).astype(np.float64)
    cells = cluster_rows(rows, weights, start=rows[:size], rounds=6)
    gaps = rows[:, None].astype(float) - cells.vectors[None]
    squares = (gaps**2).sum(axis=2)
    assert cells.distortions[-1] == pytest.approx((weights * squares.min(axis=1)).sum(), rel=1e-4, abs=1e-4)
    assert np.all(np.diff(cells.distortions) <= 1e-4 * cells.distortions[0])
    assert (squares[np.arange(60), cells.codes] <= squares.min(axis=1) + 1e-5).all()


@given(SEEDS, st.integers(2, 12))
def test_no_cell_is_left_empty_though_all_begin_at_one_place(seed, size):
    rows = np.random.default_rng(seed).normal(size=(40, 2)).astype(np.float32)
    cells = cluster_rows(rows, np.ones(40), start=np.zeros((size, 2), np.float32), rounds=3)
    assert set(cells.codes.tolist()) == set(range(size))


def test_no_round_leaves_the_start_and_rounding_is_as_asked_for():
    rows = np.array([[0.1], [0.9]], np.float32)
    cells = cluster_rows(rows, np.ones(2), start=rows, rounds=0, stored_as=np.float16)
    assert cells.vectors.tolist() == rows.astype(np.float16).astype(np.float32).tolist()
    assert len(cells.distortions) == 1


@given(SEEDS, st.integers(1, 20))
def test_places_are_drawn_once_and_only_those_with_weight(seed, count):
    weights = np.array([0.0, 1, 2, 3, 0] * 8)
    drawn = draw_rows(weights, min(count, 24), seed).tolist()
    assert drawn == sorted(set(drawn))
    assert len(drawn) == min(count, 24)
    assert all(weights[each] > 0 for each in drawn)


def test_a_place_is_drawn_as_often_as_it_weighs():
    weights = np.array([1.0, 3.0, 4.0])
    first = np.bincount([int(draw_rows(weights, 1, seed)[0]) for seed in range(2000)], minlength=3) / 2000
    assert first == pytest.approx([1 / 8, 3 / 8, 1 / 2], abs=0.03)


def test_every_code_has_a_parent_and_every_parent_a_code():
    """Codes that lie together have one parent; a code that is never used has one too."""
    vectors = np.array([[0, 0], [0, 1], [9, 0], [9, 1], [0, 0.5]], np.float32)
    parents = parents_of(vectors, np.array([5.0, 1, 2, 2, 0]), 2).codes.tolist()
    assert parents[0] == parents[1] == parents[4]
    assert parents[2] == parents[3] != parents[0]
    assert set(parents) == {0, 1}
