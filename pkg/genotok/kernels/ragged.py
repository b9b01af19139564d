"""The one ragged shape: values + offsets, made and taken apart without a loop."""

from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets

_Value = TypeVar("_Value", bound=np.generic)
_LONG_RUN = 512  # items; shorter runs are not worth a step of their own


def offsets_of(counts: NDArray[Any]) -> Offsets:
    """Turn (n,) counts into (n + 1,) int64 offsets with a leading 0."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, dtype=np.int64, out=offsets[1:])
    return offsets


def expand_ranges(first: NDArray[Any], counts: NDArray[Any]) -> Coords:
    """List ``first[i], first[i] + 1, ..`` for ``counts[i]`` steps, row after row, as one flat int64 array."""
    offsets = offsets_of(counts)
    shift = np.repeat(first - offsets[:-1], counts.astype(np.intp))
    return shift + np.arange(offsets[-1], dtype=np.int64)


def repeat_runs(values: NDArray[_Value], counts: NDArray[Any]) -> NDArray[_Value]:
    """Repeat each of (k,) values ``counts[i]`` times, as `numpy.repeat` does, but fill long runs at once."""
    total = int(counts.sum(dtype=np.int64))
    if total < _LONG_RUN * len(values):
        return np.repeat(values, counts.astype(np.intp))
    repeated = np.empty(total, dtype=values.dtype)
    edges = [0, *np.cumsum(counts, dtype=np.int64).tolist()]
    for value, (begin, end) in zip(values.tolist(), pairwise(edges), strict=True):
        repeated[begin:end] = value
    return repeated


def take_by_runs(codes: NDArray[Any], *tables: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Return ``table[codes]`` for each table, by runs of equal codes: (n,) codes of which most are like the last."""
    borders = np.flatnonzero(codes[1:] != codes[:-1])
    if len(codes) < _LONG_RUN * (len(borders) + 1):
        return tuple(table[codes] for table in tables)
    edges = np.concatenate([[-1], borders, [len(codes) - 1]])
    counts, found = np.diff(edges), codes[edges[1:]]
    return tuple(repeat_runs(table[found], counts) for table in tables)


def rows_of(offsets: Offsets) -> NDArray[np.int32]:
    """Name the row that owns each value: (t,) int32 for (n + 1,) offsets."""
    rows = np.arange(len(offsets) - 1, dtype=np.int32)
    return np.repeat(rows, np.diff(offsets).astype(np.intp))


def take_rows(*, offsets: Offsets, values: NDArray[_Value], rows: NDArray[Any]) -> tuple[Offsets, NDArray[_Value]]:
    """Gather whole rows in the given order; a row may be taken twice."""
    counts = np.diff(offsets)[rows]
    return offsets_of(counts), values[expand_ranges(offsets[:-1][rows], counts)]


def concat_ragged(offsets: list[Offsets], values: list[NDArray[_Value]]) -> tuple[Offsets, NDArray[_Value]]:
    """Put ragged pieces one after the other; at least one piece."""
    counts = [np.diff(piece) for piece in offsets]
    return offsets_of(np.concatenate(counts)), np.concatenate(values)
