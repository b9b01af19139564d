"""Rows by a column, quickly also on wasm: what every sortable table shares."""

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.errors import InputError

_Column = TypeVar("_Column", bound=str)

SortKeys: TypeAlias = tuple[tuple[_Column, bool], ...]  # (column, descending), the most important first

_WORD_BITS = 63


def sort_keys(keys: Any, columns: tuple[_Column, ...]) -> SortKeys[_Column]:
    """Check ``[[column, descending], ..]`` that came from outside; InputError for other columns or shapes."""
    if not isinstance(keys, (list, tuple)):
        raise InputError(f"sort {keys!r} is no list")
    pairs: list[tuple[_Column, bool]] = []
    for key in keys:
        column, descending = key if isinstance(key, (list, tuple)) and len(key) == 2 else (None, None)
        found = next((each for each in columns if each == column), None)
        if found is None or not isinstance(descending, bool):
            raise InputError(f"{key!r} is no sort key", hint=f"[column, descending] with one of {', '.join(columns)}")
        pairs.append((found, descending))
    return tuple(pairs)


def order_by(values: NDArray[Any], descending: bool, rows: Ids | None) -> Ids:
    """Order rows by (n,) integer values, keeping the order they have among equals.

    ``rows`` (m,) are the places to order, None for all n. One pass over packed words: a sort of words is quicker than
    a sort of indices, most of all on wasm.
    """
    keys = (values if rows is None else values[rows]).astype(np.int64)
    if descending:
        np.negative(keys, out=keys)
    if not keys.size or bool(np.all(keys[1:] >= keys[:-1])):
        return np.arange(len(keys), dtype=np.int32) if rows is None else rows
    place_bits = int(len(keys) - 1).bit_length()
    keys -= keys.min()
    if int(keys.max()).bit_length() + place_bits > _WORD_BITS:
        places = np.argsort(keys, kind="stable")
    else:
        keys <<= place_bits
        keys |= np.arange(len(keys), dtype=np.int64)
        keys.sort()
        places = keys & ((1 << place_bits) - 1)
    return places.astype(np.int32) if rows is None else rows[places]
