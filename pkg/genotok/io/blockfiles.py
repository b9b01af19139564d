"""The bins of one block as a small file: widths, gaps, and counts with the steps between their columns."""

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets
from genotok.errors import BundleError
from genotok.io.sinks import atomic_write
from genotok.io.zips import read_npz, write_npz
from genotok.kernels.ragged import offsets_of
from genotok.values.blocks import BlockBins
from genotok.values.csr import CsrMatrix

_LEVEL = 1  # of deflate: four times as fast as its default, for a tenth more bytes


def write_block(path: str | PathLike[str], block: BlockBins, *, packed: bool = True) -> None:
    """Write the bins of a block: equal bins, equal bytes."""
    arrays = {
        "first": block.boundaries[:1].astype("<i8"),
        "hits": np.array([block.hits], dtype="<i8"),
        "widths": np.diff(block.boundaries).astype("u1"),
        "gap": np.packbits(block.is_gap),
        "row_entries": np.diff(block.counts.indptr).astype("<u2"),
        "columns": _steps_of(block.counts.indptr, block.counts.indices),
        "counts": block.counts.data.astype("u1"),
    }
    write_arrays(path, arrays, packed=packed)


def write_arrays(path: str | PathLike[str], arrays: Mapping[str, NDArray[Any]], *, packed: bool = True) -> None:
    """Write arrays as an npz, deflated if ``packed``; it appears whole or not at all."""
    with atomic_write(path) as file:
        write_npz(file, arrays, packed=packed, level=_LEVEL if packed else None)


def read_block(path: str | PathLike[str], n_features: int) -> BlockBins:
    """Read what `write_block` wrote; a damaged file raises BundleError."""
    arrays = read_arrays(path)
    try:
        widths, gap = arrays["widths"].astype(np.int64), arrays["gap"]
        boundaries = np.concatenate([arrays["first"], arrays["first"] + np.cumsum(widths, dtype=np.int64)])
        indptr = offsets_of(arrays["row_entries"].astype(np.int64))
        counts = CsrMatrix(indptr, _columns_of(indptr, arrays["columns"]), arrays["counts"], (len(widths), n_features))
        is_gap = np.unpackbits(gap, count=len(widths)).astype(np.bool_)
        return BlockBins(boundaries, is_gap, counts, int(arrays["hits"][0]))
    except (ValueError, KeyError, IndexError, TypeError) as fault:
        raise BundleError(
            "its arrays are no bins of a block", path=fspath(path), hint="make the store again"
        ) from fault


def read_arrays(path: str | PathLike[str]) -> dict[str, NDArray[Any]]:
    """Read all arrays of an npz without pickles; a damaged file raises BundleError."""
    try:
        with Path(path).open("rb") as file:
            return load_arrays(file, fspath(path))
    except FileNotFoundError:
        raise
    except OSError:
        raise _damaged(fspath(path)) from None


def load_arrays(file: BinaryIO, name: str) -> dict[str, NDArray[Any]]:
    """Read the same from an open file; ``name`` is for messages."""
    try:
        return read_npz(file)
    except BundleError:
        raise
    except (OSError, ValueError):
        raise _damaged(name) from None


def _damaged(name: str) -> BundleError:
    return BundleError("the archive is damaged or cut", path=name, hint="copy or make it again")


def _steps_of(indptr: Offsets, indices: Ids) -> NDArray[np.uint16]:
    """Return, for each column, the step from the one before it in its row; the first of a row as it is."""
    steps = indices.copy()
    steps[1:] -= indices[:-1]
    heads = indptr[:-1][np.diff(indptr) > 0].astype(np.intp)
    steps[heads] = indices[heads]
    return steps.astype("<u2")


def _columns_of(indptr: Offsets, steps: NDArray[np.uint16]) -> Ids:
    sums = np.concatenate([[0], np.cumsum(steps, dtype=np.int64)])
    bases = np.repeat(sums[indptr[:-1]], np.diff(indptr).astype(np.intp))
    columns: Ids = (sums[1:] - bases).astype(np.int32)
    return columns
