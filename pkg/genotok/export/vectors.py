"""Vectors of documents as files: npz for NumPy, Parquet for data frames through the ``[arrow]`` extra."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.errors import InputError, missing_extra
from genotok.io.zips import write_npz

ENDINGS = (".npz", ".parquet")


@dataclass(frozen=True, eq=False)
class DocumentVectors:
    """Vectors float32 (n, D) of documents with ``names``, and ``tokens`` int64 (n,) of each.

    If there are, their ``labels``, and the ``shares`` float32 (n, c) of the classes that a model gives them.

    >>> found = DocumentVectors(("a", "b"), np.zeros((2, 3), np.float32), np.array([4, 0]))
    >>> list(found.columns())
    ['names', 'vectors', 'tokens']
    """

    names: tuple[str, ...]
    vectors: NDArray[np.float32]
    tokens: NDArray[np.int64]
    labels: Ids | None = None
    shares: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        lengths = {len(self.names), len(self.vectors), len(self.tokens)}
        lengths |= {len(each) for each in (self.labels, self.shares) if each is not None}
        if len(lengths) > 1 or self.vectors.ndim != 2:
            raise InputError(f"columns of {sorted(lengths)} rows", hint="one row for each document")

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name; texts as NumPy has them."""
        found: dict[str, NDArray[Any]] = {
            "names": np.array(self.names, dtype=np.str_),
            "vectors": np.asarray(self.vectors, dtype=np.float32),
            "tokens": np.asarray(self.tokens, dtype=np.int64),
        }
        if self.labels is not None:
            found["labels"] = np.asarray(self.labels, dtype=np.int32)
        if self.shares is not None:
            found["shares"] = np.asarray(self.shares, dtype=np.float32)
        return found


def writer_of(ending: str) -> tuple[Any, Any] | None:
    """Return what writes Parquet, None for npz; InputError for other endings, MissingExtraError without the extra."""
    if ending == ".npz":
        return None
    if ending != ".parquet":
        raise InputError(f"vectors as {ending or 'a file without ending'}", hint=" or ".join(ENDINGS))
    try:
        return import_module("arro3.core"), import_module("arro3.io")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("arrow", "arro3") from None


def write_vectors(sink: BinaryIO, vectors: DocumentVectors, ending: str) -> None:
    """Write ``.npz``, or ``.parquet``: id, vector and shares (lists of float32), tokens, label."""
    arrow = writer_of(ending)
    if arrow is None:
        write_npz(sink, vectors.columns())
        return
    core, files = arrow

    def lists(rows: NDArray[np.float32]) -> Any:  # (n, D)
        edges = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
        return core.list_array(core.Array.from_numpy(edges), core.Array.from_numpy(np.ascontiguousarray(rows).ravel()))

    arrays = {
        "id": core.Array(list(vectors.names), core.DataType.string()),
        "vector": lists(vectors.vectors),
        "tokens": core.Array.from_numpy(np.asarray(vectors.tokens, dtype=np.int64)),
    }
    if vectors.labels is not None:
        arrays["label"] = core.Array.from_numpy(np.asarray(vectors.labels, dtype=np.int32))
    if vectors.shares is not None:
        arrays["shares"] = lists(vectors.shares)
    fields = [core.Field(name, array.type, nullable=False) for name, array in arrays.items()]
    table = core.Table.from_arrays(list(arrays.values()), schema=core.Schema(fields))
    files.write_parquet(table, sink, compression="uncompressed", dictionary_enabled=False, created_by="genotok")
