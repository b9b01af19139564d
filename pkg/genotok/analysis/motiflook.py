"""What a picture or a table shows of bins of motifs: the strongest member of each, coverage by stretches, shares."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Ids
from genotok.values.csr import CsrMatrix

NOBODY = -1
_EASE = 1e-9  # as in `kernels.sets`: an exact half counts


def lead_members(values: CsrMatrix, *, least: float, left_out: Flags) -> Ids:
    """Return the column of each row's highest value that is at least ``least``: int32 (b,), -1 where there is none.

    The first of equal ones leads; the flagged columns (c,) never do.

    >>> matrix = CsrMatrix(np.array([0, 2, 2, 3]), np.array([0, 2, 1]), np.array([0.6, 0.9, 0.2]), (3, 3))
    >>> lead_members(matrix, least=0.5, left_out=np.array([False, False, False])).tolist()
    [2, -1, -1]
    """
    leads = np.full(len(values), NOBODY, dtype=np.int32)
    strong = np.flatnonzero((values.data >= least - _EASE) & ~left_out[values.indices])
    rows = np.searchsorted(values.indptr, strong, side="right") - 1
    order = np.lexsort((strong, -values.data[strong], rows))
    heads = np.flatnonzero(np.diff(rows, prepend=-1))  # rows ascend, as `strong` does
    leads[rows[heads]] = values.indices[strong[order[heads]]]
    return leads


def count_members(values: CsrMatrix, *, least: float) -> Ids:
    """Count the values of each row that are at least ``least``: int32 (b,)."""
    strong = np.flatnonzero(values.data >= least - _EASE)
    return np.diff(np.searchsorted(strong, values.indptr)).astype(np.int32)


def rank_leads(leads: Ids) -> Ids:
    """Return who leads any bin, those that lead most first, of equal ones the first by number: int32.

    >>> rank_leads(np.array([4, -1, 2, 7, 7], dtype=np.int32)).tolist()
    [7, 2, 4]
    """
    counts = np.bincount(leads[leads >= 0]).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    return order[counts[order] > 0].astype(np.int32)


class Stretches(NamedTuple):
    """Coverage by stretches of a sequence: where each begins, int32 (k,), its mean and its maximum, float32 (k,)."""

    starts: Ids
    means: NDArray[np.float32]
    peaks: NDArray[np.float32]


def cover_stretches(cover: NDArray[np.int32], most: int) -> Stretches:
    """Sum up coverage (n,) in at most ``most`` stretches of equal length, the last maybe shorter.

    >>> cover_stretches(np.array([1, 3, 2], dtype=np.int32), 2).means.tolist()
    [2.0, 2.0]
    """
    wide = max(-(-len(cover) // most), 1)
    starts = np.arange(0, len(cover), wide, dtype=np.int32)
    if not len(starts):
        nothing = np.zeros(0, dtype=np.float32)
        return Stretches(starts, nothing, nothing)
    places = starts.astype(np.intp)
    lengths = np.diff(np.append(starts, len(cover)))
    sums = np.add.reduceat(cover, places, dtype=np.int64)
    peaks = np.maximum.reduceat(cover, places)
    return Stretches(starts, (sums / lengths).astype(np.float32), peaks.astype(np.float32))


class Present(NamedTuple):
    """Features in one bin, the fullest first: their numbers int32, covered bases int32, shares of their length."""

    features: Ids
    bases: Ids
    shares: NDArray[np.float32]


def features_in(counts: CsrMatrix, row: int, lengths: Ids) -> Present:
    """List the features of one row of counts by falling share; of equal ones the first."""
    begin, end = counts.indptr[row], counts.indptr[row + 1]
    features, bases = counts.indices[begin:end], counts.data[begin:end].astype(np.int32)
    shares = bases / lengths[features].astype(np.float64)
    order = np.lexsort((features, -shares))
    return Present(features[order], bases[order], shares[order].astype(np.float32))


def in_sight(boundaries: Coords, first: int, last: int) -> slice:
    """Return the bins that share a base with ``[first, last)``.

    >>> in_sight(np.array([0, 10, 30, 40]), 10, 31)
    slice(1, 3, None)
    """
    begin = int(np.searchsorted(boundaries, first, side="right")) - 1
    end = int(np.searchsorted(boundaries, last, side="left"))
    return slice(max(begin, 0), min(max(end, begin), len(boundaries) - 1))
