"""Values brought together by their group, and equal pairs counted: what a cell x token matrix is made of."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Ids, Offsets
from genotok.kernels.ragged import offsets_of

_Value = TypeVar("_Value", bound=np.generic)
_DIGIT = 16  # bits: NumPy sorts numbers of so many by counting, without comparing them
_ID_BITS = 31


def stable_order(codes: NDArray[Any]) -> NDArray[np.intp]:
    """Return the places of (n,) codes >= 0 in ascending order, equal ones as they stand, by a radix sort."""
    order: NDArray[np.intp] | None = None
    largest = int(codes.max(initial=0))
    for shift in range(0, max(largest.bit_length(), 1), _DIGIT):
        digits = ((codes if order is None else codes[order]) >> shift).astype(np.uint16)  # the bits above are cut off
        step = np.argsort(digits, kind="stable")
        order = step if order is None else order[step]
    assert order is not None, "the shift 0 is always there"
    return order


def count_codes(codes: NDArray[Any], n_groups: int) -> Coords:
    """Count the members of each group: int64 (n_groups,); codes are >= 0."""
    return np.bincount(codes.astype(np.intp, copy=False), minlength=n_groups).astype(np.int64)


def group_values(*, codes: Ids, values: NDArray[_Value], n_groups: int) -> tuple[Offsets, NDArray[_Value]]:
    """Bring (n,) values together by group, in their order within each: ragged, group ``i`` is row ``i``."""
    return offsets_of(count_codes(codes, n_groups)), values[stable_order(codes)]


def pair_keys(groups: NDArray[Any], ids: NDArray[Any]) -> Coords:
    """Join (n,) groups and ids, both below 2^31, to int64 keys that sort by group, then id."""
    keys: Coords = groups.astype(np.int64) << _ID_BITS
    keys |= ids
    return keys


def split_keys(keys: Coords, n_groups: int) -> tuple[Offsets, Ids]:
    """Turn ascending keys of `pair_keys` into a ragged shape: offsets (n_groups + 1,) and ids."""
    borders = np.arange(n_groups + 1, dtype=np.int64) << _ID_BITS
    return np.searchsorted(keys, borders).astype(np.int64), (keys & (2**_ID_BITS - 1)).astype(np.int32)


def add_equal(keys: Coords, weights: NDArray[_Value] | None) -> tuple[Coords, NDArray[Any]]:
    """Sort (n,) keys, keep each once, and add up the weights of equal ones; without weights count them (int64).

    Weights are added in the order they came in and in their own type.
    """
    if weights is None:
        ordered = np.sort(keys)
        heads = _heads(ordered)
        return ordered[heads], np.diff(heads, append=len(ordered)).astype(np.int64)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    heads = _heads(ordered)
    if not heads.size:
        return ordered, weights[:0]
    return ordered[heads], np.add.reduceat(weights[order], heads.astype(np.intp), dtype=weights.dtype)


def distinct_in_rows(*, offsets: Offsets, values: Ids) -> tuple[Offsets, Ids]:
    """Keep each value of a ragged row once, ascending; values are >= 0."""
    rows = np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets).astype(np.intp))
    ordered = np.sort(pair_keys(rows, values))
    return split_keys(ordered[_heads(ordered)], len(offsets) - 1)


def _heads(ordered: Coords) -> NDArray[np.intp]:
    """Return the places where (n,) sorted keys begin to be another."""
    fresh: Flags = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(fresh)
