"""Matrices that others made (scipy, NumPy, files on disk, Dask), as blocks of compressed sparse rows."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Offsets
from genotok.errors import InputError
from genotok.kernels.grouping import add_equal, count_codes, pair_keys, split_keys, stable_order
from genotok.kernels.ragged import offsets_of

BLOCK_VALUES = 2**22  # cells of a dense matrix, or non-zeros on disk, read together
_CUT_VALUES = 2**18  # non-zeros looked at together: what is made of them stays within the cache
_FIRST_ROWS = 512  # of a sparse matrix on disk, until its density is known


class RowBlock(NamedTuple):
    """Some rows: row ``i`` has ``data[indptr[i]:indptr[i + 1]]`` at ``columns[..]``, ascending, distinct, no zeros."""

    indptr: Offsets
    columns: NDArray[Any]
    data: NDArray[Any]


def row_blocks(matrix: Any, *, block_values: int = BLOCK_VALUES) -> Iterator[RowBlock]:
    """Yield the rows of a (n, m) matrix in order: scipy's sparse formats, dense, backed by a file, or of Dask.

    Explicit zeros are left out and repeated entries added up, as scipy understands them. A file that keeps columns
    together (CSC) is read whole, since every row is spread over all of it.
    """
    if not hasattr(matrix, "shape") or len(matrix.shape) != 2:
        raise InputError(f"{type(matrix).__name__} is no matrix", hint="give cells x features")
    if hasattr(matrix, "to_memory"):  # anndata's sparse matrices on disk
        yield from _rows_on_disk(matrix, block_values) if matrix.format == "csr" else row_blocks(matrix.to_memory())
    elif hasattr(matrix, "compute"):
        yield from _lazy_rows(matrix, block_values)
    elif getattr(matrix, "format", None) == "csc":
        yield from _cut(*_rows_of_columns(matrix), block_values)
    elif hasattr(matrix, "tocsr"):
        rows = matrix.tocsr()
        yield from _cut(np.asarray(rows.indptr, dtype=np.int64), rows.indices, rows.data, block_values)
    else:
        yield from _dense_rows(matrix, block_values)


def _cut(indptr: Offsets, columns: NDArray[Any], data: NDArray[Any], block_values: int) -> Iterator[RowBlock]:
    """Cut rows where about ``block_values`` entries are full, or fewer; a longer row stays whole."""
    block_values = min(block_values, _CUT_VALUES)
    first, n_rows = 0, len(indptr) - 1
    while first < n_rows:
        last = int(np.searchsorted(indptr, indptr[first] + block_values, side="right")) - 1
        last = min(max(last, first + 1), n_rows)
        inside = slice(int(indptr[first]), int(indptr[last]))
        yield _plain(indptr[first : last + 1] - indptr[first], columns[inside], data[inside])
        first = last


def _plain(indptr: Offsets, columns: NDArray[Any], data: NDArray[Any]) -> RowBlock:
    """Order the entries of each row, add up repeated ones, and leave out zeros."""
    falls = columns[1:] <= columns[:-1]
    borders = indptr[1:-1]
    falls[borders[(borders > 0) & (borders < len(columns))] - 1] = False  # between rows columns may fall
    if falls.any():
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int64), np.diff(indptr).astype(np.intp))
        keys, data = add_equal(pair_keys(rows, columns), data)
        indptr, columns = split_keys(keys, len(indptr) - 1)
    filled = data != 0
    if filled.all():
        return RowBlock(indptr, columns, data)
    kept = offsets_of(filled)
    return RowBlock(kept[indptr], columns[filled], data[filled])


def _rows_of_columns(matrix: Any) -> tuple[Offsets, NDArray[Any], NDArray[Any]]:
    """Turn columns into rows by a stable sort of the row numbers."""
    order = stable_order(matrix.indices)
    columns = np.repeat(np.arange(matrix.shape[1], dtype=np.int32), np.diff(matrix.indptr).astype(np.intp))
    indptr = offsets_of(count_codes(matrix.indices, matrix.shape[0]))
    return indptr, columns[order], matrix.data[order]


def _rows_on_disk(matrix: Any, block_values: int) -> Iterator[RowBlock]:
    first, step = 0, _FIRST_ROWS
    while first < matrix.shape[0]:
        rows = matrix[first : first + step]
        yield from _cut(np.asarray(rows.indptr, dtype=np.int64), rows.indices, rows.data, block_values)
        first += step
        step = max(1, min(8 * step, step * block_values // max(len(rows.data), 1)))


def _lazy_rows(matrix: Any, block_values: int) -> Iterator[RowBlock]:
    step = max(1, block_values // max(matrix.shape[1], 1))
    for first in range(0, matrix.shape[0], step):
        yield from row_blocks(matrix[first : first + step].compute(), block_values=block_values)


def _dense_rows(matrix: Any, block_values: int) -> Iterator[RowBlock]:
    step = max(1, block_values // max(matrix.shape[1], 1))
    for first in range(0, matrix.shape[0], step):
        rows = np.asarray(matrix[first : first + step])
        if rows.dtype.kind not in "biufc":
            raise InputError(f"a matrix of {rows.dtype} holds no numbers", hint="give counts or weights")
        places, columns = np.nonzero(rows)
        yield RowBlock(offsets_of(count_codes(places, len(rows))), columns.astype(np.int32), rows[places, columns])
