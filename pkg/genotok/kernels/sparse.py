"""Verbs on compressed sparse rows: row ``i`` has ``data[indptr[i]:indptr[i + 1]]`` in the columns ``indices[..]``."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets
from genotok.kernels.grouping import stable_order
from genotok.kernels.ragged import offsets_of, rows_of, take_rows

_TOGETHER = 2**20  # values that are grouped at once


class Sparse(NamedTuple):
    """The three arrays of a matrix in compressed sparse rows; columns ascend within a row."""

    indptr: Offsets
    indices: Ids
    data: NDArray[Any]


def find_disorder(indptr: Offsets, indices: NDArray[Any]) -> int:
    """Return the first row whose columns do not ascend, -1 if they do everywhere."""
    falls = np.flatnonzero(indices[1:] <= indices[:-1]) + 1
    within = falls[indptr[np.searchsorted(indptr, falls)] != falls]  # a fall at the begin of a row is none
    return int(np.searchsorted(indptr, within[0], side="right")) - 1 if len(within) else -1


def take_sparse(matrix: Sparse, rows: NDArray[Any]) -> Sparse:
    """Return rows in the given order; one may be taken twice."""
    indptr, indices = take_rows(offsets=matrix.indptr, values=matrix.indices, rows=rows)
    return Sparse(indptr, indices, take_rows(offsets=matrix.indptr, values=matrix.data, rows=rows)[1])


def slice_sparse(matrix: Sparse, first: int, last: int) -> Sparse:
    """Return the rows from ``first`` to before ``last``; columns and values are views."""
    indptr = matrix.indptr[first : last + 1]
    span = slice(int(indptr[0]), int(indptr[-1]))
    return Sparse(indptr - indptr[0], matrix.indices[span], matrix.data[span])


def fill_dense(matrix: Sparse, n_columns: int) -> NDArray[Any]:
    """Write a matrix out, zeros included."""
    dense = np.zeros((len(matrix.indptr) - 1, n_columns), dtype=matrix.data.dtype)
    dense[rows_of(matrix.indptr), matrix.indices] = matrix.data
    return dense


def keep_values(matrix: Sparse, keep: NDArray[np.bool_]) -> Sparse:
    """Keep the values that are flagged (z,), the others become zero."""
    before = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])
    return Sparse(before[matrix.indptr], matrix.indices[keep], matrix.data[keep])


def mean_by_label(matrix: Sparse, labels: Ids, n_labels: int) -> Sparse:
    """Average columns of one label: a matrix of ``n_labels`` columns, float64.

    ``labels`` int32 (columns,) name the column that each goes into. Values of a cell are added in the order of their
    columns, so that the sums have the same bits everywhere, and divided by the label's number of columns.
    """
    sizes = np.bincount(labels, minlength=n_labels).astype(np.float64)
    pieces, first, n_rows = [], 0, len(matrix.indptr) - 1
    while first < n_rows:
        full = int(np.searchsorted(matrix.indptr, matrix.indptr[first] + _TOGETHER, side="right")) - 1
        last = min(max(full, first + 1), n_rows)
        pieces.append(_add_labels(slice_sparse(matrix, first, last), labels, n_labels))
        first = last
    counts = np.concatenate([np.empty(0, np.int64), *(np.diff(piece.indptr) for piece in pieces)])
    indices = np.concatenate([np.empty(0, np.int32), *(piece.indices for piece in pieces)])
    sums = np.concatenate([np.empty(0, np.float64), *(piece.data for piece in pieces)])
    return Sparse(offsets_of(counts), indices, sums / sizes[indices])


def _add_labels(matrix: Sparse, labels: Ids, n_labels: int) -> Sparse:
    n_rows = len(matrix.indptr) - 1
    keys = rows_of(matrix.indptr).astype(np.int64) * n_labels + labels[matrix.indices]
    order = stable_order(keys)
    keys = keys[order]
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    cells = np.cumsum(fresh, dtype=np.int64) - 1
    sums = np.bincount(cells, weights=matrix.data[order]).astype(np.float64, copy=False)
    keys = keys[fresh]
    borders = np.arange(n_rows + 1, dtype=np.int64) * n_labels
    indptr = np.searchsorted(keys, borders).astype(np.int64)
    return Sparse(indptr, (keys % max(n_labels, 1)).astype(np.int32), sums)
