"""Counts the numbers before a needle among ascending ones: a guess from a table and a few steps, not a search."""

from typing import NamedTuple

import numpy as np

from genotok.arrays import Coords, Ids, Places

_STEPS = 2  # from a guess, one by one; a needle in a crowd is searched for after all


class Guide(NamedTuple):
    """A table over (m,) ascending numbers, which are parted into buckets of ``2**shift`` from bucket ``low`` on.

    ``table[b]`` counts the numbers in the buckets before ``low + b``: int32 (k + 1,), where ``2 * m <= k <= 4 * m + 1``
    unless the numbers span less.
    """

    table: Ids
    low: int
    shift: int


def build_guide(numbers: Coords) -> Guide:
    """Lay out a table over (m,) ascending numbers."""
    if not len(numbers):
        return Guide(np.zeros(1, np.int32), 0, 0)
    first, last = int(numbers[0]), int(numbers[-1])
    shift = max(((last - first) // len(numbers)).bit_length() - 2, 0)
    low = first >> shift
    buckets = (numbers >> shift) - low
    table = np.zeros((last >> shift) - low + 2, dtype=np.int32)
    np.cumsum(np.bincount(buckets).astype(np.int32), dtype=np.int32, out=table[1:])
    return Guide(table, low, shift)


def count_before(guide: Guide, numbers: Coords, needles: Coords) -> Places:
    """Count, for each of (n,) needles, the numbers that are smaller: intp (n,), as ``searchsorted`` from the left.

    The numbers of a needle's bucket are stepped over one by one, for all needles together. Memory is walked through in
    the order of the needles: those nearly in order find all they need in the cache, and none jumps about in halves.
    """
    buckets = needles >> guide.shift
    buckets -= guide.low
    np.clip(buckets, 0, len(guide.table) - 1, out=buckets)  # before they are narrowed: far ones would come round
    counts = guide.table[buckets.astype(np.intp)].astype(np.intp, copy=False)
    if not len(numbers):
        return counts
    for _ in range(_STEPS):
        counts += numbers.take(counts, mode="clip") < needles
    crowded = np.flatnonzero(numbers.take(counts, mode="clip") < needles)  # or past the last number
    counts[crowded] = np.searchsorted(numbers, needles[crowded])
    return counts
