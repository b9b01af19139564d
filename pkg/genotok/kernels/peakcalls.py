"""Peaks called on a track of bins: which of its maxima count, the runs they cover, and which runs meet others."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Places
from genotok.kernels.coverage import Spans, join_spans
from genotok.kernels.peaks import find_maxima, half_widths, prominences
from genotok.kernels.smoothing import smooth


class Maxima(NamedTuple):
    """The local maxima of a track of n values, ascending; all (p,).

    ``widths`` are taken at half of the ``prominences``, between bins by a straight line.
    """

    places: Places
    heights: NDArray[np.float64]
    prominences: NDArray[np.float64]
    widths: NDArray[np.float64]


def measure_maxima(track: NDArray[Any]) -> Maxima:
    """Find all maxima of a track, and how far they stand out, as scipy does."""
    values = track.astype(np.float64)
    places = find_maxima(values)
    stand_out = prominences(values, places)
    return Maxima(places, values[places], stand_out, half_widths(values, places, stand_out).widths)


def smooth_track(track: NDArray[Any], sigma: float) -> NDArray[np.float64]:
    """Smooth a track by a Gaussian; ``sigma`` 0 leaves it as it is."""
    return smooth(track, sigma) if sigma else track.astype(np.float64)


def select_maxima(
    maxima: Maxima, *, height: float, distance: int, prominence: float, min_width: float = 1.0, max_width: float
) -> Maxima:
    """Choose maxima as high as ``height``, then by distance, then by prominence and width: scipy's order.

    Of maxima less than ``distance`` apart the higher one stays, of equally high ones the last.
    """
    high = _take(maxima, maxima.heights >= height)
    apart = _take(high, keep_highest(places=high.places, heights=high.heights, distance=distance))
    wide = (apart.widths >= min_width) & (apart.widths <= max_width)
    return _take(apart, wide & (apart.prominences >= prominence))


def _take(maxima: Maxima, chosen: Flags) -> Maxima:
    return Maxima(maxima.places[chosen], maxima.heights[chosen], maxima.prominences[chosen], maxima.widths[chosen])


def keep_highest(*, places: Places, heights: NDArray[np.float64], distance: int) -> Flags:
    """Flag what stays of (p,) ascending places if the highest first removes all that are less than ``distance`` away.

    In rounds: what is higher than all around it stays, and what is near to it goes.
    """
    ranks = np.empty(len(places), dtype=np.intp)
    ranks[np.argsort(heights, kind="stable")] = np.arange(len(places), dtype=np.intp)
    kept = np.zeros(len(places), dtype=np.bool_)
    left = np.arange(len(places), dtype=np.intp)
    while len(left):
        here = places[left]
        is_highest = ~_is_beaten(here, ranks[left], distance)
        kept[left[is_highest]] = True
        winners = here[is_highest]
        following = np.searchsorted(winners, here)
        behind = winners[np.minimum(following, len(winners) - 1)] - here
        before = here - winners[np.maximum(following - 1, 0)]
        left = left[(np.abs(behind) >= distance) & (np.abs(before) >= distance) & ~is_highest]
    return kept


def _is_beaten(places: Places, ranks: Places, distance: int) -> Flags:
    """Flag the places with one of higher rank less than ``distance`` away."""
    beaten = np.zeros(len(places), dtype=np.bool_)
    for step in range(1, len(places)):
        near = places[step:] - places[:-step] < distance
        if not near.any():
            break
        rises = ranks[step:] > ranks[:-step]
        beaten[:-step] |= near & rises
        beaten[step:] |= near & ~rises
    return beaten


def runs_of_peaks(peaks: Maxima, n_bins: int) -> Spans:
    """Return the bins within half a width of each peak, both ends rounded outwards and included, as maximal runs."""
    starts = np.floor(peaks.places - peaks.widths / 2).astype(np.int64)
    ends = np.ceil(peaks.places + peaks.widths / 2).astype(np.int64) + 1
    return join_spans(starts=np.maximum(starts, 0), ends=np.minimum(ends, n_bins))


def runs_of_flags(flags: Flags) -> Spans:
    """Return the maximal runs of True."""
    steps = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    edges = np.flatnonzero(steps).astype(np.int64)
    return Spans(edges[::2], edges[1::2])


def flags_of_runs(runs: Spans, n_bins: int) -> Flags:
    """Flag the bins of ascending, disjoint runs: (n_bins,)."""
    steps = np.zeros(n_bins + 1, dtype=np.int8)
    steps[runs.starts] += 1
    steps[runs.ends] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).astype(np.bool_)


def count_meeting(runs: Spans, others: Spans) -> int:
    """Count the runs that share a bin with one of the others; both are ascending and disjoint."""
    first: Coords = np.searchsorted(others.ends, runs.starts, side="right")
    last: Coords = np.searchsorted(others.starts, runs.ends, side="left")
    return int(np.count_nonzero(last > first))
