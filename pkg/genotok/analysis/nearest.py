"""What lies closest to a region that hits nothing."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids


class Nearest(NamedTuple):
    """For each query the closest row and the bases between them; -1 and -1 where its chromosome has no row."""

    rows: Ids
    distances: NDArray[np.int64]


def find_nearest(
    *,
    codes: Ids,
    starts: NDArray[Any],
    ends: NDArray[Any],
    query_codes: Ids,
    query_starts: NDArray[Any],
    query_ends: NDArray[Any],
) -> Nearest:
    """Find, for each (q,) query that overlaps none of the (m,) rows, the closest row on its chromosome.

    Of two equally close rows the one before the query wins. A chromosome is sorted only if a query is on it.
    """
    rows = np.full(len(query_codes), -1, dtype=np.int32)
    distances = np.full(len(query_codes), -1, dtype=np.int64)
    for code in np.unique(query_codes[query_codes >= 0]).tolist():
        asked, there = np.flatnonzero(query_codes == code), np.flatnonzero(codes == code)
        if there.size:
            found = _nearest_of(
                starts[there].astype(np.int64),
                ends[there].astype(np.int64),
                query_starts[asked].astype(np.int64),
                query_ends[asked].astype(np.int64),
            )
            rows[asked], distances[asked] = there[found.rows], found.distances
    return Nearest(rows, distances)


def _nearest_of(
    starts: NDArray[np.int64], ends: NDArray[np.int64], query_starts: NDArray[np.int64], query_ends: NDArray[np.int64]
) -> Nearest:
    """Compare the last row that ends before each query with the first that starts behind it; one chromosome, m > 0."""
    by_end, by_start = np.argsort(ends, kind="stable"), np.argsort(starts, kind="stable")
    before = np.searchsorted(ends[by_end], query_starts, side="right") - 1
    behind = np.searchsorted(starts[by_start], query_ends, side="left")
    left, right = by_end[np.maximum(before, 0)], by_start[np.minimum(behind, len(starts) - 1)]
    far = np.int64(2**62)
    to_left = np.where(before >= 0, query_starts - ends[left], far)
    to_right = np.where(behind < len(starts), starts[right] - query_ends, far)
    closer = to_left <= to_right
    distances = np.where(closer, to_left, to_right)
    rows = np.where(closer, left, right).astype(np.int32)
    return Nearest(rows, np.where(distances == far, 0, np.maximum(distances, 0)))
