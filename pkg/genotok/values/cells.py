"""Cells as documents and as the rows of a count matrix: what fragments and AnnData become."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Offsets, frozen, refreeze
from genotok.errors import InputError, missing_extra
from genotok.kernels.grouping import add_equal, distinct_in_rows, pair_keys, split_keys
from genotok.kernels.ragged import take_rows
from genotok.kernels.sparse import Sparse, fill_dense, take_sparse
from genotok.values.ragged import RaggedIds
from genotok.values.reports import EncodeReport, LoadReport


@dataclass(frozen=True)
class CellReport:
    """What became of the input of cells: the lines of its file, its regions, and who was left out.

    ``cells`` that the result has; ``unlisted`` lines of barcodes that are not among those asked for; ``sparse`` cells
    with too few fragments, of ``sparse_lines`` lines. ``encode`` counts fragments that are not unlisted, or features.
    """

    load: LoadReport
    encode: EncodeReport
    cells: int
    unlisted: int = 0
    sparse: int = 0
    sparse_lines: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {**asdict(self), "load": self.load.to_dict(), "encode": self.encode.to_dict()}


@dataclass(frozen=True, eq=False)
class CellMatrix:
    """How often each token occurs in each cell, as compressed sparse rows.

    Cell ``i`` has ``data[indptr[i]:indptr[i + 1]]`` of the tokens ``indices[..]``, int32, ascending and distinct.
    ``data`` is int64, or of the dtype of the AnnData matrix it comes from (z,); ``indptr`` int64 (c + 1,); ``shape`` is
    (cells, vocabulary size), the columns are token ids; ``barcodes`` (c,) are texts. Arrays are read-only.

    >>> matrix = CellMatrix(np.array([2, 1]), np.array([0, 4]), np.array([0, 1, 2]), (2, 9), np.array(["AA", "CC"]))
    >>> matrix.to_dense().tolist()
    [[2, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0, 0]]
    """

    data: NDArray[Any]
    indices: Ids
    indptr: Offsets
    shape: tuple[int, int]
    barcodes: NDArray[np.str_]

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", frozen(np.asarray(self.data)))
        object.__setattr__(self, "indices", frozen(np.asarray(self.indices, dtype=np.int32)))
        object.__setattr__(self, "indptr", frozen(np.asarray(self.indptr, dtype=np.int64)))
        object.__setattr__(self, "shape", (int(self.shape[0]), int(self.shape[1])))
        object.__setattr__(self, "barcodes", _texts(self.barcodes))
        rows = RaggedIds(self.indices, self.indptr)  # refuses offsets that do not fit
        if len(self.data) != len(self.indices) or len(rows) != self.shape[0] or len(self.barcodes) != self.shape[0]:
            raise InputError(
                f"{len(self.data):,} values, {len(self.indices):,} columns, {len(rows):,} rows and "
                f"{len(self.barcodes):,} barcodes make no matrix of {self.shape[0]:,} cells",
                hint="one value for each column, one row and one barcode for each cell",
            )
        if self.indices.size and not 0 <= int(self.indices.min()) <= int(self.indices.max()) < self.shape[1]:
            raise InputError(f"a column is outside 0 to {self.shape[1] - 1}", hint="columns are token ids")

    def __len__(self) -> int:
        return self.shape[0]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CellMatrix):
            return NotImplemented
        names = ("data", "indices", "indptr", "barcodes")
        return self.shape == other.shape and all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"CellMatrix({self.shape[0]:,} cells x {self.shape[1]:,} tokens, {len(self.data):,} values)"

    def take(self, cells: Any) -> "CellMatrix":
        """Return the cells at the given places (or flagged), in that order."""
        places = np.arange(len(self), dtype=np.intp)[cells]
        indptr, indices, data = take_sparse(Sparse(self.indptr, self.indices, self.data), places)
        return CellMatrix(data, indices, indptr, (len(places), self.shape[1]), self.barcodes[places])

    def to_dense(self) -> NDArray[Any]:
        """Return the whole matrix (c, vocabulary size), zeros written out; for small ones."""
        return fill_dense(Sparse(self.indptr, self.indices, self.data), self.shape[1])

    def to_scipy(self) -> Any:
        """Return a `scipy.sparse.csr_array` that shares this one's values (extra ``[sc]``)."""
        try:
            sparse = import_module("scipy.sparse")  # an extra, hence not at the top
        except ImportError:
            raise missing_extra("sc", "scipy") from None
        return sparse.csr_array((self.data, self.indices, self.indptr), shape=self.shape)


@dataclass(frozen=True, eq=False)
class CellTokens:
    """The token ids of c cells, one row each.

    ``barcodes`` (c,) are texts; ``tokens`` RaggedIds of c rows; ``n_fragments`` int64 (c,) counts each cell's lines, or
    in AnnData its non-zero features; ``vocab_size`` is that of the tokenizer. ``report`` tells what became of the
    input, and is left out of comparisons.

    >>> tokens = RaggedIds(np.array([4, 4, 2], np.int32), np.array([0, 3, 3]))
    >>> cells = CellTokens(np.array(["AA", "CC"]), tokens, np.array([3, 1]), vocab_size=9)
    >>> cells.to_dict(), cells.unique().to_dict(), cells.counts().data.tolist()
    ({'AA': [4, 4, 2], 'CC': []}, {'AA': [2, 4], 'CC': []}, [1, 2])
    """

    barcodes: NDArray[np.str_]
    tokens: RaggedIds
    n_fragments: Coords
    vocab_size: int
    report: CellReport | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "barcodes", _texts(self.barcodes))
        object.__setattr__(self, "n_fragments", frozen(np.asarray(self.n_fragments, dtype=np.int64)))
        if not len(self.barcodes) == len(self.tokens) == len(self.n_fragments):
            raise InputError(
                f"{len(self.barcodes):,} barcodes, {len(self.tokens):,} rows of tokens and "
                f"{len(self.n_fragments):,} numbers of fragments",
                hint="one of each for every cell",
            )

    def __len__(self) -> int:
        return len(self.barcodes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CellTokens):
            return NotImplemented
        return (
            self.vocab_size == other.vocab_size
            and np.array_equal(self.barcodes, other.barcodes)
            and np.array_equal(self.n_fragments, other.n_fragments)
            and self.tokens == other.tokens
        )

    __hash__ = None  # type: ignore[assignment]  # as above

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"CellTokens({len(self):,} cells, {len(self.tokens.ids):,} tokens)"

    def to_dict(self) -> dict[str, list[int]]:
        """Return the list of ids of each barcode, as gtars does; where barcodes repeat, the last cell's."""
        flat, bounds = self.tokens.ids.tolist(), self.tokens.offsets.tolist()
        rows = [flat[start:end] for start, end in pairwise(bounds)]
        return dict(zip(self.barcodes.tolist(), rows, strict=True))

    def take(self, cells: Any) -> "CellTokens":
        """Return the cells at the given places (or flagged), in that order."""
        places = np.arange(len(self), dtype=np.intp)[cells]
        offsets, ids = take_rows(offsets=self.tokens.offsets, values=self.tokens.ids, rows=places)
        kept = self.barcodes[places], RaggedIds(ids, offsets), self.n_fragments[places]
        return CellTokens(*kept, self.vocab_size, self.report)

    def unique(self) -> "CellTokens":
        """Return the same cells with each token once, ascending."""
        offsets, ids = distinct_in_rows(offsets=self.tokens.offsets, values=self.tokens.ids)
        return CellTokens(self.barcodes, RaggedIds(ids, offsets), self.n_fragments, self.vocab_size, self.report)

    def counts(self) -> CellMatrix:
        """Count how often each token occurs in each cell."""
        rows = np.repeat(np.arange(len(self), dtype=np.int64), self.tokens.counts().astype(np.intp))
        keys, data = add_equal(pair_keys(rows, self.tokens.ids), None)
        indptr, indices = split_keys(keys, len(self))
        return CellMatrix(data, indices, indptr, (len(self), self.vocab_size), self.barcodes)


def _texts(values: Any) -> NDArray[np.str_]:
    """View barcodes as a read-only array of texts (c,)."""
    texts = np.asarray(values)
    if texts.ndim != 1 or (texts.dtype.kind != "U" and texts.size):
        texts = np.array([str(each) for each in np.ravel(texts)], dtype=np.str_)
    return frozen(texts if texts.size else np.empty(0, dtype=np.str_))
