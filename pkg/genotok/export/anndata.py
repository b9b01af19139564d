"""AnnData in and out (extra ``[sc]``): cells that were tokenized, in the form that scverse works with."""

import warnings
from collections.abc import Mapping
from importlib import import_module
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from genotok.errors import InputError, missing_extra
from genotok.export.meta import canonical_json, describe_options, describe_tokens
from genotok.io.remote import is_url
from genotok.tokenizers.interval import IntervalTokenizer, interval_of
from genotok.values.cells import CellMatrix, CellTokens

_KEY = "genotok"  # in uns


def open_h5ad(path: str | PathLike[str]) -> Any:
    """Open an ``.h5ad`` file with its matrix left on disk; what is no such file raises InputError.

    Close it with ``adata.file.close()``.
    """
    anndata, name = _anndata(), fspath(path)
    if is_url(name):
        raise InputError("an .h5ad file is read here and there, not from its begin", path=name, hint="fetch it first")
    if Path(path).is_dir():
        raise IsADirectoryError(f"{name}: is a folder; name a file in it")
    if not Path(path).is_file():
        raise FileNotFoundError(f"{name}: no such file; check the path")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of repeated names, which are no trouble here
            return anndata.read_h5ad(name, backed="r")
    except Exception as error:  # anndata, h5py and pandas fail in as many ways as a file can be damaged
        what = "this is no .h5ad file that anndata can read"
        raise InputError(what, path=name, hint=f"it says: {' '.join(str(error).split())[:160]}") from error


def to_anndata(
    cells: CellTokens | CellMatrix, tokenizer: IntervalTokenizer, *, layers: Mapping[str, CellMatrix] | None = None
) -> Any:
    """Make an AnnData of cells x universe regions, its X the counts as a sparse matrix.

    ``obs`` is indexed by barcode and tells ``n_tokens``, of CellTokens also ``n_fragments``; ``var`` is indexed by the
    regions' texts with ``chrom``, ``start`` and ``end``. The columns are the universe's regions in id order: special
    tokens are left out, and ``n_unk`` in ``obs`` counts them where there are some. ``layers`` are further matrices of
    the same cells. ``uns['genotok']`` is the JSON that token files keep: it names the universe.
    """
    anndata = _anndata()
    matrix, tokenizer = _counts(cells), interval_of(tokenizer)
    regions = tokenizer.universe.regions
    obs: dict[str, Any] = {"obs_names": matrix.barcodes.astype(object), "n_tokens": _row_sums(matrix)}
    if isinstance(cells, CellTokens):
        obs["n_fragments"] = cells.n_fragments
    special = _row_sums(_columns(matrix, len(regions), matrix.shape[1]))
    if special.any():
        obs["n_unk"] = special
    var = {
        "var_names": np.array(tokenizer.universe.texts(np.arange(len(regions), dtype=np.int64)), dtype=object),
        "chrom": np.array(regions.names_of(), dtype=object),
        "start": regions.starts,
        "end": regions.ends,
    }
    meta = canonical_json(describe_tokens(tokenizer, describe_options(tokenizer)))
    made = anndata.AnnData(_known_columns(matrix, tokenizer), obs=obs, var=var, uns={_KEY: meta})
    for name, layer in (layers or {}).items():
        if not np.array_equal(layer.barcodes, matrix.barcodes):
            raise InputError(f"layer {name!r} has other cells", hint="count the same cells in the same order")
        made.layers[name] = _known_columns(layer, tokenizer)
    return made


def write_h5ad(path: str | PathLike[str], adata: Any) -> None:
    """Write an AnnData as ``.h5ad``; the file appears when it is whole, and parent folders are made."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        part = Path(folder, "part.h5ad")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that anndata would spell otherwise
            adata.write_h5ad(part)
        part.replace(target)


def add_tokens(
    adata: Any, cells: CellTokens | CellMatrix, tokenizer: IntervalTokenizer, *, key: str = "X_tokens"
) -> None:
    """Add what was tokenized to the AnnData it comes from: ``obsm[key]`` is the sparse cell x token matrix.

    Rows follow ``adata.obs_names``, which the barcodes must equal; columns are token ids, special tokens included.
    ``uns['genotok']`` names the universe. InputError if the cells are others.
    """
    matrix, tokenizer = _counts(cells), interval_of(tokenizer)
    if [str(each) for each in adata.obs_names] != matrix.barcodes.tolist():
        what = f"{len(matrix):,} barcodes are not the {adata.n_obs:,} obs_names, in their order"
        raise InputError(what, hint="tokenize_anndata(adata) keeps them; for fragments pass barcodes=adata.obs_names")
    adata.obsm[key] = _csr(matrix)
    adata.uns[_KEY] = canonical_json(describe_tokens(tokenizer, describe_options(tokenizer)))


def _counts(cells: Any) -> CellMatrix:
    if not isinstance(cells, (CellTokens, CellMatrix)):
        hint = "tokenize_fragments and tokenize_anndata give cells"
        raise InputError(f"{type(cells).__name__} has no cells", hint=hint)
    return cells.counts() if isinstance(cells, CellTokens) else cells


def _anndata() -> Any:
    try:
        return import_module("anndata")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("sc", "anndata") from None


def _known_columns(matrix: CellMatrix, tokenizer: IntervalTokenizer) -> Any:
    """Return the columns that are regions, as scipy's matrix."""
    if matrix.shape[1] != tokenizer.vocab_size:
        what = f"{matrix.shape[1]:,} columns, but the tokenizer has {tokenizer.vocab_size:,} tokens"
        raise InputError(what, hint="give the tokenizer that made the cells")
    return _csr(_columns(matrix, 0, tokenizer.n_regions))


def _csr(matrix: CellMatrix) -> Any:
    """Return a csr_matrix, which older readers of AnnData know too, with arrays of its own."""
    sparse = import_module("scipy.sparse")  # comes with anndata
    return sparse.csr_matrix((matrix.data.copy(), matrix.indices.copy(), matrix.indptr.copy()), shape=matrix.shape)


def _columns(matrix: CellMatrix, first: int, last: int) -> CellMatrix:
    """Return the columns first .. last - 1."""
    kept = (matrix.indices >= first) & (matrix.indices < last)
    before = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])
    shape = (matrix.shape[0], last - first)
    return CellMatrix(matrix.data[kept], matrix.indices[kept] - first, before[matrix.indptr], shape, matrix.barcodes)


def _row_sums(matrix: CellMatrix) -> Any:
    before = np.concatenate([np.zeros(1, matrix.data.dtype), np.cumsum(matrix.data, dtype=matrix.data.dtype)])
    return np.diff(before[matrix.indptr])
