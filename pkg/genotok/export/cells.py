"""Cell x token matrices on disk: an .npz that `scipy.sparse.load_npz` reads, with barcodes and what made them."""

import json
import zipfile
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from genotok.errors import GenotokError, InputError
from genotok.export.meta import FORMAT_VERSION, canonical_json, check_universe, describe_options, describe_tokens
from genotok.export.npz import store_array, text_array
from genotok.io.sinks import atomic_write
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.cells import CellMatrix


def write_matrix(path: str | PathLike[str], matrix: CellMatrix, tokenizer: IntervalTokenizer | None = None) -> None:
    """Write a cell x token matrix as ``.npz``; equal matrices give equal bytes, and the file appears when it is whole.

    The arrays are scipy's (``format``, ``data``, ``indices`` <i4, ``indptr`` <i8, ``shape``), ``barcodes`` <U (c,) and
    ``meta`` uint8 (JSON), which with a tokenizer names its universe.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "cells.npz")
    >>> matrix = CellMatrix(np.array([2]), np.array([4]), np.array([0, 1]), (1, 9), np.array(["AAAC-1"]))
    >>> write_matrix(path, matrix)
    >>> read_matrix(path) == matrix
    True
    """
    with atomic_write(path) as sink:
        write_matrix_to(sink, matrix, tokenizer)


def write_matrix_to(sink: BinaryIO, matrix: CellMatrix, tokenizer: IntervalTokenizer | None = None) -> None:
    """Write the bytes of `write_matrix` into a binary sink that can seek."""
    options = None if tokenizer is None else describe_options(tokenizer)
    meta = canonical_json(describe_tokens(tokenizer, options)).encode()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        store_array(archive, "format", np.array(b"csr"))
        store_array(archive, "shape", np.array(matrix.shape, dtype="<i8"))
        store_array(archive, "data", matrix.data.astype(matrix.data.dtype.newbyteorder("<")))
        store_array(archive, "indices", matrix.indices.astype("<i4"))
        store_array(archive, "indptr", matrix.indptr.astype("<i8"))
        store_array(archive, "barcodes", text_array(matrix.barcodes.tolist()))
        store_array(archive, "meta", np.frombuffer(meta, dtype=np.uint8))


def read_matrix(path: str | PathLike[str], tokenizer: IntervalTokenizer | None = None) -> CellMatrix:
    """Read a cell x token matrix; with a tokenizer, one that another universe made raises UniverseError.

    A file that is damaged or holds something else raises InputError.
    """
    matrix, meta = read_matrix_and_meta(path)
    if tokenizer is not None:
        check_universe(meta, tokenizer, fspath(path))
    return matrix


def holds_matrix(path: str | PathLike[str]) -> bool:
    """Tell a cell x token matrix from other files, by the names of what it holds alone."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {"indptr.npy", "barcodes.npy"} <= set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False


def read_matrix_and_meta(path: str | PathLike[str]) -> tuple[CellMatrix, dict[str, Any]]:
    """Read a matrix, and what the file says of its making."""
    name = fspath(path)
    with Path(path).open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            meta = json.loads(arrays["meta"].tobytes())
            known = bytes(arrays["format"].item()) == b"csr" and meta["format"] == FORMAT_VERSION
            matrix = _matrix_of(arrays) if known else None
        except GenotokError as error:
            raise InputError(error.what, path=name, hint="is it damaged?") from None
        except Exception as error:  # a damaged archive fails in a dozen ways inside zipfile, NumPy and json
            raise InputError("this is no cell matrix", path=name, hint="genotok fragments writes them") from error
    if matrix is None:
        raise InputError("its layout is unknown", path=name, hint="a newer genotok wrote it; update this one")
    return matrix, meta


def _matrix_of(arrays: dict[str, Any]) -> CellMatrix:
    shape = (int(arrays["shape"][0]), int(arrays["shape"][1]))
    parts = arrays["data"], arrays["indices"], arrays["indptr"]
    return CellMatrix(*parts, shape, arrays["barcodes"][: shape[0]])
