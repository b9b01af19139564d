"""The one ragged shape: values + offsets, made and taken apart without a loop."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets

_Value = TypeVar("_Value", bound=np.generic)


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
