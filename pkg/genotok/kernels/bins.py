"""Bins between the flanks of the peaks of a coverage track, and long ones cut into pieces."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.peaks import find_maxima, half_widths, prominences
from genotok.kernels.ragged import expand_ranges
from genotok.kernels.smoothing import smooth


def find_boundaries(
    track: NDArray[Any], *, sigma: float = 3.0, min_width: float = 5.0, window: int | None = None
) -> Coords:
    """Return the flanks of all peaks of a track of n bases, rounded down, and both its ends: ascending, distinct.

    A peak counts if the smoothed track is at least ``min_width`` wide at half of its prominence; lows are sought within
    ``window`` samples around it, if that is given. The flanks bound the peaks' insides and the stretches between alike.
    """
    n = len(track)
    smoothed = smooth(track, sigma)
    peaks = find_maxima(smoothed)
    _, lefts, rights = measured = half_widths(smoothed, peaks, prominences(smoothed, peaks, window))
    wide = np.flatnonzero(measured.widths >= min_width)
    is_boundary = np.zeros(n + 1, dtype=np.bool_)
    for flanks in (lefts, rights):
        is_boundary[flanks.take(wide).astype(np.intp)] = True
    is_boundary[[0, n]] = True
    return np.flatnonzero(is_boundary).astype(np.int64)


def split_bins(boundaries: Coords, *, longest: int = 50, step: int = 25) -> Coords:
    """Cut every bin longer than ``longest`` at each ``step`` from its left; the last piece is 1 to ``step`` long."""
    widths = np.diff(boundaries)
    pieces = np.where(widths > longest, -(-widths // step), 1)
    cuts = expand_ranges(np.zeros(len(pieces), dtype=np.int64), pieces) * step
    cuts += np.repeat(boundaries[:-1], pieces.astype(np.intp))
    return np.append(cuts, boundaries[-1:])


def flag_gaps(codes: Codes, boundaries: Coords) -> Flags:
    """Tell which bins hold no known base: bool (b,)."""
    if len(boundaries) < 2:
        return np.zeros(0, dtype=np.bool_)
    return ~np.logical_or.reduceat(codes != UNKNOWN, boundaries[:-1].astype(np.intp))
