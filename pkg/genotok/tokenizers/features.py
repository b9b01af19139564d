"""AnnData to cells: each feature is tokenized once, and a cell is the tokens of its non-zero features."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS
from genotok.errors import CapacityError, InputError
from genotok.kernels.grouping import add_equal, distinct_in_rows, pair_keys, split_keys
from genotok.kernels.ragged import concat_ragged, offsets_of, take_rows
from genotok.tokenizers.config import Unmatched
from genotok.values.cells import CellMatrix, CellReport, CellTokens
from genotok.values.features import features_of
from genotok.values.matrices import RowBlock, row_blocks
from genotok.values.ragged import RaggedIds
from genotok.values.reports import LoadReport

if TYPE_CHECKING:
    from genotok.tokenizers.cells import Cells


def tokenize_anndata(
    tokenizer: "Cells", adata: Any, *, layer: str | None, unmatched: Unmatched, unique: bool
) -> CellTokens:
    """List the tokens of each cell's non-zero features, in column order."""
    features = features_of(adata, invalid=tokenizer.config.invalid)
    rows = tokenizer.encode_rows(features, unmatched=unmatched, sort=False)
    offsets, ids, counts = [np.zeros(1, np.int64)], [np.empty(0, np.int32)], [np.empty(0, np.int64)]
    total = 0
    for block in row_blocks(_matrix_of(adata, layer, len(features))):
        lengths = rows.counts()[block.columns]
        total += int(lengths.sum(dtype=np.int64))
        if total > MAX_IDS:
            what = f"more than {MAX_IDS:,} tokens in one result"
            raise CapacityError(what, hint="tokenize the cells in parts: adata[:100_000]")
        _, tokens = take_rows(offsets=rows.offsets, values=rows.ids, rows=block.columns)
        bounds = offsets_of(lengths)[block.indptr]
        if unique:
            bounds, tokens = distinct_in_rows(offsets=bounds, values=tokens)
        offsets.append(bounds)
        ids.append(tokens)
        counts.append(np.diff(block.indptr))
    bounds, tokens = concat_ragged(offsets, ids)
    joined = RaggedIds(tokens, bounds)
    report = _report(tokenizer.report_rows(features, rows), adata, len(joined))
    return CellTokens(_names_of(adata), joined, np.concatenate(counts), tokenizer.vocab_size, report)


def count_anndata(tokenizer: "Cells", adata: Any, *, layer: str | None) -> CellMatrix:
    """Multiply the matrix with features x tokens, which is 1 where they overlap."""
    features = features_of(adata, invalid=tokenizer.config.invalid)
    rows = tokenizer.encode_rows(features, unmatched="drop", sort=False)
    matrix = _matrix_of(adata, layer, len(features))
    pointers, indices, data = [np.zeros(1, np.int64)], [np.empty(0, np.int32)], [np.empty(0, _sum_type(matrix.dtype))]
    for bounds, tokens, sums in _products(row_blocks(matrix), rows, data[0].dtype):
        pointers.append(bounds)
        indices.append(tokens)
        data.append(sums)
    indptr, columns = concat_ragged(pointers, indices)
    names = _names_of(adata)
    return CellMatrix(np.concatenate(data), columns, indptr, (len(names), tokenizer.vocab_size), names)


def report_anndata(tokenizer: "Cells", adata: Any) -> CellReport:
    """Count the features that hit, and the cells."""
    features = features_of(adata, invalid=tokenizer.config.invalid)
    rows = tokenizer.encode_rows(features, unmatched="drop", sort=False)
    return _report(tokenizer.report_rows(features, rows), adata, len(adata.obs_names))


def _products(
    blocks: Iterator[RowBlock], rows: RaggedIds, dtype: np.dtype[Any]
) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Yield (offsets, tokens, sums) of the cells of each block."""
    for block in blocks:
        lengths = rows.counts()[block.columns].astype(np.intp)
        cells = np.repeat(np.arange(len(block.indptr) - 1, dtype=np.int64), np.diff(block.indptr).astype(np.intp))
        _, tokens = take_rows(offsets=rows.offsets, values=rows.ids, rows=block.columns)
        weights = np.repeat(block.data.astype(dtype), lengths)
        keys, sums = add_equal(pair_keys(np.repeat(cells, lengths), tokens), weights)
        bounds, ids = split_keys(keys, len(block.indptr) - 1)
        yield bounds, ids, sums


def _sum_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Choose what sums are kept in: whole numbers in int64, where they cannot wrap, others as they are."""
    return np.dtype(np.int64) if dtype.kind in "biu" else dtype


def _matrix_of(adata: Any, layer: str | None, n_features: int) -> Any:
    """Return X or a layer; its columns are the features."""
    if layer is not None:
        if layer not in adata.layers:
            known = ", ".join(map(repr, adata.layers)) or "none"
            raise InputError(f"there is no layer {layer!r}", hint=f"layers: {known}")
        matrix = adata.layers[layer]
    else:
        matrix = adata.X
    if matrix is None:
        raise InputError("this AnnData has no X", hint="pass layer=")
    if matrix.shape[1] != n_features:
        raise InputError(f"{matrix.shape[1]:,} columns for {n_features:,} features", hint="is it damaged?")
    return matrix


def _names_of(adata: Any) -> NDArray[np.str_]:
    return np.array([str(each) for each in adata.obs_names], dtype=np.str_)


def _report(encode: Any, adata: Any, cells: int) -> CellReport:
    filename = getattr(adata, "filename", None)
    path = None if filename is None else str(filename)
    size = Path(path).stat().st_size if path is not None and Path(path).is_file() else 0
    return CellReport(LoadReport(path=path, bytes=size, rows=encode.regions), encode, cells)
