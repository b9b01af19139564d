"""A sparse matrix as the motif tokenizer makes it: compressed rows on NumPy alone, scipy's when it is there."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets, frozen, refreeze
from genotok.errors import CapacityError, InputError, missing_extra
from genotok.kernels.sparse import (
    Sparse,
    fill_dense,
    find_disorder,
    keep_values,
    mean_by_label,
    slice_sparse,
    take_sparse,
)

_MAX_DENSE = 2**30  # bytes


@dataclass(frozen=True, eq=False)
class CsrMatrix:
    """Compressed sparse rows: row ``i`` has ``data[indptr[i]:indptr[i + 1]]`` in the columns ``indices[..]``.

    ``indptr`` int64 (r + 1,), ``indices`` int32 (z,), ascending within a row, ``data`` (z,) of any dtype, ``shape``
    (rows, columns). Checked at birth; arrays are read-only views.

    >>> matrix = CsrMatrix(np.array([0, 2, 3]), np.array([0, 2, 1]), np.array([1.0, 3.0, 5.0]), (2, 3))
    >>> matrix.to_dense().tolist(), matrix.mean_by_label(np.array([0, 1, 0])).to_dense().tolist()
    ([[1.0, 0.0, 3.0], [0.0, 5.0, 0.0]], [[2.0, 0.0], [0.0, 5.0]])
    """

    indptr: Offsets
    indices: Ids
    data: NDArray[Any]
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "indptr", frozen(np.asarray(self.indptr, dtype=np.int64)))
        object.__setattr__(self, "indices", frozen(np.asarray(self.indices, dtype=np.int32)))
        object.__setattr__(self, "data", frozen(np.asarray(self.data)))
        object.__setattr__(self, "shape", (int(self.shape[0]), int(self.shape[1])))
        _check(self)

    @property
    def nnz(self) -> int:
        """Number of values that are written out."""
        return len(self.data)

    @property
    def _sparse(self) -> Sparse:
        return Sparse(self.indptr, self.indices, self.data)

    def __len__(self) -> int:
        return self.shape[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CsrMatrix):
            return NotImplemented
        names = ("indptr", "indices", "data")
        return self.shape == other.shape and all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"CsrMatrix({self.shape[0]:,} x {self.shape[1]:,}, {self.nnz:,} values of {self.data.dtype})"

    def rows(self, rows: slice) -> "CsrMatrix":
        """Return a range of rows, without a copy of their values; a step other than 1 is taken by `take`."""
        first, last, step = rows.indices(len(self))
        if step != 1:
            return self.take(np.arange(first, last, step, dtype=np.int64))
        return self._of(slice_sparse(self._sparse, first, max(first, last)))

    def take(self, rows: Any) -> "CsrMatrix":
        """Return the rows at the given places (or flagged), in that order."""
        return self._of(take_sparse(self._sparse, np.arange(len(self), dtype=np.intp)[rows]))

    def to_dense(self) -> NDArray[Any]:
        """Return the whole matrix, zeros written out; CapacityError beyond 1 GiB."""
        size = self.shape[0] * self.shape[1] * self.data.dtype.itemsize
        if size > _MAX_DENSE:
            raise CapacityError(f"the dense matrix would take {size / 2**30:,.1f} GiB", hint="take some rows at a time")
        return fill_dense(self._sparse, self.shape[1])

    def at_least(self, threshold: float) -> "CsrMatrix":
        """Keep the values that reach a threshold; the others become zero."""
        return self._of(keep_values(self._sparse, self.data >= threshold))

    def divide_columns(self, divisors: NDArray[Any]) -> "CsrMatrix":
        """Divide each column by its own number (columns,): float64."""
        divided = self.data / np.asarray(divisors, dtype=np.float64)[self.indices]
        return CsrMatrix(self.indptr, self.indices, divided, self.shape)

    def mean_by_label(self, labels: Any, n_labels: int | None = None) -> "CsrMatrix":
        """Average the columns of each label (columns,), 0 to ``n_labels - 1``: float64, the same bits everywhere."""
        labels = np.asarray(labels, dtype=np.int32)
        n_labels = int(labels.max(initial=-1)) + 1 if n_labels is None else n_labels
        if len(labels) != self.shape[1] or int(labels.min(initial=0)) < 0 or int(labels.max(initial=-1)) >= n_labels:
            what = f"{len(labels):,} labels for {self.shape[1]:,} columns"
            raise InputError(what, hint=f"one label for each column, from 0 to {n_labels - 1}")
        return self._of(mean_by_label(self._sparse, labels, n_labels), n_labels)

    def astype(self, dtype: Any) -> "CsrMatrix":
        """Return the same matrix with values of another type."""
        return CsrMatrix(self.indptr, self.indices, self.data.astype(dtype), self.shape)

    def to_scipy(self) -> Any:
        """Return a `scipy.sparse.csr_array` that shares this one's values (extra ``[motif]``)."""
        try:
            sparse = import_module("scipy.sparse")  # an extra, hence not at the top
        except ImportError:
            raise missing_extra("motif", "scipy") from None
        return sparse.csr_array((self.data, self.indices, self.indptr), shape=self.shape)

    @classmethod
    def from_scipy(cls, matrix: Any) -> "CsrMatrix":
        """Take any matrix of scipy: values of one cell are added up, columns sorted; zeros written out stay."""
        rows = matrix.tocsr(copy=True)
        rows.sum_duplicates()
        return cls(rows.indptr, rows.indices, rows.data, rows.shape)

    def _of(self, sparse: Sparse, n_columns: int | None = None) -> "CsrMatrix":
        shape = len(sparse.indptr) - 1, self.shape[1] if n_columns is None else n_columns
        return CsrMatrix(sparse.indptr, sparse.indices, sparse.data, shape)


def _check(matrix: CsrMatrix) -> None:
    indptr, indices, (n_rows, n_columns) = matrix.indptr, matrix.indices, matrix.shape
    cuts = len(indptr) == n_rows + 1 and indptr[0] == 0 and not np.any(indptr[1:] < indptr[:-1])
    if not cuts or indptr[-1] != len(indices) or len(indices) != len(matrix.data):
        raise InputError(
            f"{len(indptr):,} offsets, {len(indices):,} columns and {len(matrix.data):,} values make no matrix of "
            f"{n_rows:,} x {n_columns:,}",
            hint="offsets start at 0, never fall, and end at the number of columns and of values",
        )
    if len(indices) and not 0 <= int(indices.min()) <= int(indices.max()) < n_columns:
        raise InputError(f"a column is outside 0 to {n_columns - 1}", hint="shape is (rows, columns)")
    if (row := find_disorder(indptr, indices)) >= 0:
        raise InputError("columns do not ascend", row=row, hint="sort each row, and add up what stands twice")
