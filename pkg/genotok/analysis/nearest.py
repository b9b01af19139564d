"""What lies closest to a region that hits nothing."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids

_SHIFT = 33  # bits; coordinates stay below 2^32


class Nearest(NamedTuple):
    """For each query the closest row and the bases between them; -1 and -1 where its chromosome has no row."""

    rows: Ids
    distances: NDArray[np.int64]


class Neighbours:
    """The (m,) rows of a universe in order of their ends, and of their starts, on each chromosome: 24 bytes a row.

    Made once, asked for any number of windows.
    """

    def __init__(self, *, codes: Ids, starts: NDArray[Any], ends: NDArray[Any]) -> None:
        self._starts, self._ends = starts, ends
        self._by_end, self._end_keys = _sorted(codes, ends)
        self._by_start, self._start_keys = _sorted(codes, starts)

    def find(self, *, codes: Ids, starts: NDArray[Any], ends: NDArray[Any]) -> Nearest:
        """Find, for each of (q,) queries that overlaps no row, the closest row on its chromosome.

        Of two equally close rows the one before the query wins; code -1 is a chromosome without rows.
        """
        rows = np.full(len(codes), -1, dtype=np.int32)
        distances = np.full(len(codes), -1, dtype=np.int64)
        first, last = (np.searchsorted(self._end_keys, _keys(codes + step, 0)) for step in (0, 1))
        asked = np.flatnonzero((codes >= 0) & (last > first))
        if asked.size:
            bounds = first[asked], last[asked] - 1
            rows[asked], distances[asked] = self._compare(codes[asked], starts[asked], ends[asked], *bounds)
        return Nearest(rows, distances)

    def _compare(
        self, codes: Ids, starts: NDArray[Any], ends: NDArray[Any], first: NDArray[np.intp], last: NDArray[np.intp]
    ) -> Nearest:
        """Compare the last row that ends before each query with the first that starts behind it.

        The chromosome's rows have the places ``first`` to ``last`` in both orders.
        """
        before = np.searchsorted(self._end_keys, _keys(codes, starts), side="right") - 1
        behind = np.searchsorted(self._start_keys, _keys(codes, ends), side="left")
        left, right = self._by_end[np.clip(before, first, last)], self._by_start[np.clip(behind, first, last)]
        far = np.int64(2**62)
        to_left = np.where(before >= first, starts.astype(np.int64) - self._ends[left], far)
        to_right = np.where(behind <= last, self._starts[right] - ends.astype(np.int64), far)
        distances = np.minimum(to_left, to_right)
        rows = np.where(to_left <= to_right, left, right)
        return Nearest(rows, np.where(distances == far, 0, np.maximum(distances, 0)))


def _keys(codes: Ids, positions: Any) -> NDArray[np.int64]:
    """Order positions by chromosome: (n,) int64."""
    return (codes.astype(np.int64) << _SHIFT) + np.asarray(positions, dtype=np.int64)


def _sorted(codes: Ids, positions: NDArray[Any]) -> tuple[Ids, NDArray[np.int64]]:
    """Return the rows in order of chromosome and position, earlier rows first among equals, and their keys."""
    keys = _keys(codes, positions)
    order = np.argsort(keys, kind="stable")
    return order.astype(np.int32), keys[order]
