"""Weighted k-means: a few vectors that stand for many rows, in sums whose order no machine changes."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Places
from genotok.kernels.draws import draw_words

Rows: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.uint16]
Nearest: TypeAlias = Callable[[Rows], tuple[Codes, NDArray[np.float32]]]

ROUNDS = 12
_FILLS = 8  # times that cells which are empty at the end are moved
_BLOCK = 2**16  # scores at once: they stay in the cache


class Cells(NamedTuple):
    """K ``vectors`` float32 (K, D), the ``codes`` uint16 (n,) of all rows, and the ``distortions`` float64 (r + 1,).

    A distortion is the sum of weight times squared distance, before the first round and after each.
    """

    vectors: Rows
    codes: Codes
    distortions: NDArray[np.float64]


def cluster_rows(
    rows: Rows,
    weights: Weights,
    *,
    start: Rows,
    rounds: int = ROUNDS,
    nearest: Nearest | None = None,
    stored_as: Any = np.float32,
    progress: Callable[[int], None] = lambda _: None,
) -> Cells:
    """Move K vectors to the weighted means of the rows that are nearest to them, ``rounds`` times.

    ``rows`` (n, D), ``weights`` (n,) not negative, ``start`` (K, D) with K at most 65,534. Means are float64, rounded
    to ``stored_as``; an empty cell takes the row that adds most to the distortion. Ties go to the lowest code. The
    distortion never rises, but for that rounding. ``nearest`` may be a faster form of `nearest_rows`.

    >>> rows = np.array([[0.0], [1.0], [9.0]], np.float32)
    >>> cells = cluster_rows(rows, np.array([3.0, 1.0, 1.0]), start=rows[:2])
    >>> cells.vectors.ravel().tolist(), cells.codes.tolist(), cells.distortions[[0, 1, -1]].tolist()
    ([0.25, 9.0], [0, 0, 1], [64.0, 17.0, 0.75])
    """
    find = nearest or (lambda vectors: nearest_rows(rows, vectors))
    norms = np.square(rows, dtype=np.float64).sum(axis=1, dtype=np.float64)
    vectors = start.astype(stored_as).astype(np.float32)
    codes, costs = _assign(find, vectors, norms, weights)
    distortions = [costs.sum(dtype=np.float64)]
    for done in range(rounds):
        means, totals = _means(rows, weights, codes, len(vectors))
        vectors = np.where(totals[:, None] > 0, means, vectors).astype(stored_as).astype(np.float32)
        _move_empty(vectors, totals, rows, costs)
        codes, costs = _assign(find, vectors, norms, weights)
        distortions.append(costs.sum(dtype=np.float64))
        progress(done + 1)
    for _ in range(_FILLS):
        totals = np.bincount(codes, weights, len(vectors)).astype(np.float64)
        if not _move_empty(vectors, totals, rows, costs, stored_as):
            break
        codes, costs = _assign(find, vectors, norms, weights)
        distortions[-1] = costs.sum(dtype=np.float64)
    return Cells(vectors, codes, np.array(distortions))


def nearest_rows(rows: Rows, vectors: Rows) -> tuple[Codes, NDArray[np.float32]]:
    """Find the nearest of K vectors for each of n rows: its number, and half its squared norm less their product.

    Returns uint16 (n,) and float32 (n,). Sums run over the columns one by one, so all machines agree to the bit.
    """
    columns = np.ascontiguousarray(vectors.T, dtype=np.float64)  # (D, K)
    halves = np.square(columns).sum(axis=0, dtype=np.float64) / 2
    codes, least = np.empty(len(rows), np.uint16), np.empty(len(rows), np.float32)
    step = max(_BLOCK // len(vectors), 1)
    for at in range(0, len(rows), step):
        block = rows[at : at + step].astype(np.float64)
        scores = np.broadcast_to(halves, (len(block), len(vectors))).copy()
        for column, values in enumerate(columns):
            scores -= block[:, column, None] * values
        best = scores.argmin(axis=1)
        codes[at : at + step] = best
        least[at : at + step] = scores[np.arange(len(block), dtype=np.intp), best]
    return codes, least


def draw_rows(weights: Weights, count: int, seed: int) -> Places:
    """Draw so many different places, each as likely as its weight; ascending. No place of weight 0 is drawn.

    >>> draw_rows(np.array([1.0, 0, 1, 1]), 3, seed=0).tolist()
    [0, 2, 3]
    """
    uniform = (draw_words(len(weights), seed) >> np.uint64(11)).astype(np.float64) / 2**53
    with np.errstate(divide="ignore"):
        waits = -np.log1p(-uniform) / weights  # who comes first, if each comes at the rate of its weight
    waits[weights <= 0] = np.inf
    drawn: Places = np.sort(np.argpartition(waits, count - 1)[:count])
    return drawn


def parents_of(
    vectors: Rows, usage: Weights, count: int, *, rounds: int = ROUNDS, seed: int = 0, stored_as: Any = np.float32
) -> Cells:
    """Group K vectors into ``count`` cells by their usage: the ``codes`` are the parent of each vector.

    Codes that are never used weigh as a millionth of all, so that they too may start a cell.
    """
    weights = np.maximum(usage, max(float(usage.sum(dtype=np.float64)), 1.0) * 1e-6 / len(usage))
    start = vectors[draw_rows(weights, count, seed)]
    return cluster_rows(vectors, weights, start=start, rounds=rounds, stored_as=stored_as)


def _assign(find: Nearest, vectors: Rows, norms: Weights, weights: Weights) -> tuple[Codes, NDArray[np.float64]]:
    """Return the code of each row, and what it adds to the distortion."""
    codes, scores = find(vectors)
    return codes, weights * np.maximum(norms + 2 * scores.astype(np.float64), 0)


def _means(rows: Rows, weights: Weights, codes: Codes, n_cells: int) -> tuple[NDArray[np.float64], Weights]:
    """Return the weighted mean of each cell, float64 (K, D), and its weight (K,)."""
    totals = np.bincount(codes, weights, n_cells).astype(np.float64)
    sums = np.empty((n_cells, rows.shape[1]))
    for column in range(rows.shape[1]):
        sums[:, column] = np.bincount(codes, weights * rows[:, column], n_cells).astype(np.float64)
    return sums / np.where(totals > 0, totals, 1)[:, None], totals


def _move_empty(
    vectors: Rows, totals: Weights, rows: Rows, costs: NDArray[np.float64], stored_as: Any = np.float32
) -> int:
    """Put each vector without rows on a row that costs much; returns how many could be put."""
    empty = np.flatnonzero(totals == 0)
    if not empty.size:
        return 0
    dearest = np.argsort(-costs, kind="stable")[: len(empty)]
    dearest = dearest[costs[dearest] > 0]
    vectors[empty[: len(dearest)]] = rows[dearest].astype(stored_as)
    return len(dearest)
