"""Values that hold over stretches of a contig: written out base by base, or averaged over bins."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.ragged import repeat_runs


def write_out(
    *, starts: Coords, ends: Coords, values: NDArray[np.float32], begin: int, finish: int
) -> NDArray[np.float32]:
    """Return the value of each base from ``begin`` to ``finish``: float32 (finish - begin,), 0 where there is none.

    Stretches ``[starts[i], ends[i])`` are ascending, disjoint and not empty; (s,) each.
    """
    first = int(np.searchsorted(ends, begin, side="right"))
    last = max(int(np.searchsorted(starts, finish, side="left")), first)
    lefts, rights = np.maximum(starts[first:last], begin), np.minimum(ends[first:last], finish)
    edges = np.empty(2 * (last - first) + 2, dtype=np.int64)
    edges[0], edges[-1], edges[1:-1:2], edges[2:-1:2] = begin, finish, lefts, rights
    levels = np.zeros(len(edges) - 1, dtype=np.float32)
    levels[1::2] = values[first:last]
    return repeat_runs(levels, np.diff(edges))


def mean_in_bins(*, starts: Coords, ends: Coords, values: NDArray[Any], boundaries: Coords) -> NDArray[np.float64]:
    """Return the mean value of the bases of each bin: float64 (b,); bases without a stretch count as 0.

    ``boundaries`` (b + 1,) ascend strictly. Sums are cumulative over the stretches, so that a bin's is one difference.
    """
    widths = np.diff(boundaries)
    if not len(starts):
        return np.zeros(len(widths))
    sums = np.zeros(len(starts) + 1)
    np.cumsum(values * (ends - starts), dtype=np.float64, out=sums[1:])
    begun = np.searchsorted(starts, boundaries)  # stretches that start before a boundary
    last = np.maximum(begun - 1, 0)
    beyond = np.maximum(ends[last] - boundaries, 0) * values[last].astype(np.float64)
    below = np.where(begun > 0, sums[begun] - beyond, 0.0)
    means: NDArray[np.float64] = np.diff(below) / widths
    return means


def mean_of_bases(values: NDArray[Any], boundaries: Coords) -> NDArray[np.float64]:
    """Return the mean of each bin of (n,) values, which begin at the first of ``boundaries`` and end at the last."""
    if len(boundaries) < 2:
        return np.zeros(0)
    places = (boundaries[:-1] - boundaries[0]).astype(np.intp)
    means: NDArray[np.float64] = np.add.reduceat(values, places, dtype=np.float64) / np.diff(boundaries)
    return means
