"""Windows of one width become runs of bases, so that what overlaps counts once; and how many lie over each base."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets

_TOGETHER = 2**16  # windows of several rows that are joined at once


class Runs(NamedTuple):
    """Disjoint runs of bases ``[starts[i], ends[i])`` of some rows, int32, ascending within a row.

    Row ``rows.start + i`` has the runs ``offsets[i]`` to ``offsets[i + 1]``.
    """

    rows: slice
    starts: Ids
    ends: Ids
    offsets: Offsets


def iter_runs(*, starts: Ids, offsets: Offsets, widths: Ids) -> Iterator[Runs]:
    """Join the windows of each row that overlap or touch, some rows at a time.

    ``starts`` int32 are ragged over r rows by ``offsets`` (r + 1,), ascending within a row; a window of row ``i`` is
    ``widths[i]`` wide.
    """
    row, last = 0, len(widths)
    while row < last:
        full = int(np.searchsorted(offsets, offsets[row] + _TOGETHER, side="right")) - 1
        end = min(max(full, row + 1), last)
        yield _join(starts, offsets, widths, row, end)
        row = end


def _join(starts: Ids, offsets: Offsets, widths: Ids, row: int, end: int) -> Runs:
    begin, finish = int(offsets[row]), int(offsets[end])
    here = starts[begin:finish]
    if not len(here):
        return Runs(slice(row, end), here, here, np.zeros(end - row + 1, dtype=np.int64))
    counts = np.diff(offsets[row : end + 1]).astype(np.intp)
    wide = widths[row] if end == row + 1 else np.repeat(widths[row:end], counts)
    stops = here + wide
    fresh = np.empty(len(here) + 1, dtype=np.bool_)
    np.greater(here[1:], stops[:-1], out=fresh[1:-1])
    borders = offsets[row : end + 1] - begin
    fresh[borders] = True
    edges = np.flatnonzero(fresh)
    runs = np.searchsorted(edges, borders) if end > row + 1 else np.array([0, len(edges) - 1])
    return Runs(slice(row, end), here.take(edges[:-1]), stops.take(edges[1:] - 1), runs.astype(np.int64))


def count_cover(runs: Iterator[Runs], n: int) -> NDArray[np.int32]:
    """Count the rows over each of n bases: int32 (n,); what passes the end is cut off."""
    steps = np.zeros(n + 1, dtype=np.int32)
    for each in runs:
        np.add.at(steps, each.starts.astype(np.intp, copy=False), np.int32(1))
        np.subtract.at(steps, np.minimum(each.ends, n).astype(np.intp, copy=False), np.int32(1))
    return np.cumsum(steps[:n], dtype=np.int32, out=steps[:n])
