"""Block maxima over row ends, so that a long window costs what it yields and not what it spans."""

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.kernels.ragged import expand_ranges

FAN_OUT = 16


def running_max(ends: Coords) -> Coords:
    """Return the running maximum; the very same array if it never falls."""
    if np.all(ends[1:] >= ends[:-1]):
        return ends
    return np.maximum.accumulate(ends)


def build_pyramid(ends: Coords, fan_out: int = FAN_OUT) -> tuple[Coords, ...]:
    """Stack the maxima of ever larger blocks over ``ends``: level 0 is ``ends``, the last has at most ``fan_out``."""
    levels = [ends]
    while len(levels[-1]) > fan_out:
        below = levels[-1]
        borders = np.arange(0, len(below), fan_out, dtype=np.intp)
        levels.append(np.maximum.reduceat(below, borders))
    return tuple(levels)


def search_pyramid(
    *, levels: tuple[Coords, ...], query_starts: Coords, first: Coords, last: Coords, fan_out: int = FAN_OUT
) -> tuple[Ids, Coords, int]:
    """List the places in ``[first[i], last[i])`` whose end lies behind ``query_starts[i]``.

    No place before ``first[i]`` may end behind the query's start (it is cut off by the running maximum). Returns (t,)
    query numbers, (t,) places, ascending by both, and the number of comparisons made.
    """
    top = len(levels) - 1
    size = fan_out**top
    begin, counts = first // size, np.maximum(-(-last // size) - first // size, 0)
    queries = np.repeat(np.arange(len(first), dtype=np.int32), counts.astype(np.intp))
    blocks = expand_ranges(begin, counts)
    comparisons = 0
    for level in range(top, -1, -1):
        comparisons += len(blocks)
        keep = levels[level][blocks] > query_starts[queries]
        queries, blocks = queries[keep], blocks[keep]
        if level:
            size //= fan_out
            begin = np.maximum(blocks * fan_out, first[queries] // size)
            finish = np.minimum((blocks + 1) * fan_out, -(-last[queries] // size))
            counts = np.maximum(finish - begin, 0)
            queries = np.repeat(queries, counts.astype(np.intp))
            blocks = expand_ranges(begin, counts)
    return queries, blocks, comparisons
