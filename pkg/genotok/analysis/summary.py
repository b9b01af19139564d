"""Counts that describe a tokenized file: by chromosome, by width of the regions, by frequency of the tokens."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids

MAX_POINTS = 400


class WidthClasses(NamedTuple):
    """Class ``i`` holds the widths ``edges[i] <= width < edges[i + 1]`` in bp; int64 (k + 1,), counts int32 (k,)."""

    edges: NDArray[np.int64]
    regions: Ids
    hits: Ids


class RankFrequency(NamedTuple):
    """How often the token of each rank occurs, at <= 400 log-spaced ranks from 1: both int32 (p,)."""

    ranks: Ids
    frequencies: Ids


class Line(NamedTuple):
    """A straight line."""

    slope: float
    intercept: float


def sum_by_chrom(codes: Ids, weights: NDArray[Any] | None, n_chroms: int) -> Ids:
    """Add (n,) weights, or count rows, by chromosome code; rows of no chromosome are left out: int32 (n_chroms,)."""
    known = codes >= 0
    if weights is None:
        return np.bincount(codes[known], minlength=n_chroms).astype(np.int32)
    return np.bincount(codes[known], weights=weights[known], minlength=n_chroms).astype(np.int32)  # exact below 2^53


def class_widths(widths: NDArray[np.int64], hit: NDArray[np.bool_], classes: int) -> WidthClasses:
    """Part (n,) widths into at most ``classes`` classes of about equal ratio; ``hit`` flags the rows with a token.

    Widths below 1 bp share a class of their own, which starts at 0.
    """
    edges = width_edges(widths, classes)
    return WidthClasses(edges, count_widths(widths, edges), count_widths(widths[hit], edges))


def count_widths(widths: NDArray[np.int64], edges: NDArray[np.int64]) -> Ids:
    """Count (n,) widths in the classes between (k + 1,) edges; the outer classes take what lies beyond: int32 (k,)."""
    places = np.clip(np.searchsorted(edges, widths, side="right") - 1, 0, len(edges) - 2)
    return np.bincount(places, minlength=len(edges) - 1).astype(np.int32)


def width_edges(widths: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Return the edges of at most ``classes`` classes of about equal ratio, as in `class_widths`: int64 (k + 1,)."""
    if not widths.size:
        return np.array([0, 1], dtype=np.int64)
    low, high = max(int(widths.min()), 1), max(int(widths.max()), 0) + 1
    lead = [0] if widths.min() < 1 else []
    if high <= low:
        return np.array([0, 1], dtype=np.int64)
    steps = np.rint(np.geomspace(low, high, max(classes - len(lead), 1) + 1)).astype(np.int64)
    steps[0], steps[-1] = low, high
    return np.concatenate([np.array(lead, dtype=np.int64), np.unique(steps)])


def rank_frequency(ids: Ids, points: int = MAX_POINTS) -> RankFrequency:
    """Order the distinct ids by how often they occur, and read the curve at log-spaced ranks."""
    counts = np.sort(np.bincount(ids).astype(np.int64)) if ids.size else np.empty(0, np.int64)
    counts = counts[np.searchsorted(counts, 1) :][::-1]
    if not counts.size:
        return RankFrequency(np.empty(0, np.int32), np.empty(0, np.int32))
    ranks = np.unique(np.rint(np.geomspace(1, len(counts), min(points, len(counts)))).astype(np.int32))
    return RankFrequency(ranks, counts[ranks - 1].astype(np.int32))


def fit_zipf(curve: RankFrequency) -> Line | None:
    """Fit log10 frequency = intercept + slope * log10 rank by least squares; None for fewer than three ranks."""
    if len(curve.ranks) < 3:
        return None
    x, y = np.log10(curve.ranks.astype(np.float64)), np.log10(curve.frequencies.astype(np.float64))
    dx = x - x.mean(dtype=np.float64)
    slope = float((dx * (y - y.mean(dtype=np.float64))).sum(dtype=np.float64) / (dx * dx).sum(dtype=np.float64))
    return Line(slope, float(y.mean(dtype=np.float64) - slope * x.mean(dtype=np.float64)))


def count_distinct(ids: Ids, vocab_size: int) -> int:
    """Count the different ids among (t,) ids below ``vocab_size``."""
    seen = np.zeros(vocab_size, dtype=np.bool_)
    seen[ids] = True
    return int(np.count_nonzero(seen))
