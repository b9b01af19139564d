"""Token files that NumPy opens: stored arrays in a zip with fixed dates."""

import zipfile
from collections.abc import Iterable, Mapping
from itertools import pairwise
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.errors import GenotokError, InputError
from genotok.export.documents import TokenDocument, TokenFile, document_of
from genotok.export.meta import FORMAT_VERSION, canonical_json, flat_unk
from genotok.export.spool import Spool
from genotok.io.jsontext import parse_json
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

_EPOCH = (1980, 1, 1, 0, 0, 0)


class NpzWriter:
    """Gathers documents; ``close`` writes ids <i4 (t,), offsets <i8 (d + 1,), names <U (d,) and meta uint8 (JSON).

    With rows also ``region_offsets`` <i8 and ``region_starts`` <i8 (d + 1,): the query regions of document ``k`` are
    bounded by ``region_offsets[region_starts[k]:region_starts[k + 1]]``, which begins with 0 and indexes the document's
    own ids.
    """

    def __init__(self, sink: BinaryIO, *, unk: int | None, rows: bool, meta: Mapping[str, Any]) -> None:
        self._sink, self._unk, self._meta = sink, unk, meta
        self._ids = Spool("<i4")
        self._bounds = Spool("<i8") if rows else None
        self._names: list[str] = []
        self._offsets, self._region_starts = [0], [0]

    def begin(self, document: str) -> None:
        """Start a document."""
        self._names.append(document)
        if self._bounds is not None:
            self._bounds.append(np.zeros(1, dtype=np.int64))

    def write(self, _regions: Regions | None, rows: RaggedIds, /) -> None:
        """Add ids; the regions are not kept."""
        if self._bounds is not None:
            self._bounds.append(rows.offsets[1:] + (self._ids.count - self._offsets[-1]))
        self._ids.append(rows.ids)

    def end(self) -> None:
        """Finish the document."""
        if self._ids.count == self._offsets[-1]:
            self._ids.append(np.array([flat_unk(self._unk, self._names[-1])], dtype=np.int32))
        self._offsets.append(self._ids.count)
        if self._bounds is not None:
            self._region_starts.append(self._bounds.count)

    def add(self, documents: list[str], rows: RaggedIds) -> None:
        """Add whole documents, a row of ids each; one without ids stays empty. Only where no regions are kept."""
        self._names += documents
        self._offsets += (rows.offsets[1:] + self._ids.count).tolist()
        self._ids.append(rows.ids)

    def close(self) -> None:
        """Write the archive."""
        with zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED) as archive:
            store_blocks(archive, "ids", "<i4", (self._ids.count,), self._ids.blocks())
            store_array(archive, "offsets", np.array(self._offsets, dtype="<i8"))
            store_array(archive, "names", text_array(self._names))
            store_array(archive, "meta", np.frombuffer(canonical_json(self._meta).encode(), dtype=np.uint8))
            if self._bounds is not None:
                store_blocks(archive, "region_offsets", "<i8", (self._bounds.count,), self._bounds.blocks())
                store_array(archive, "region_starts", np.array(self._region_starts, dtype="<i8"))
                self._bounds.close()
        self._ids.close()


def text_array(names: list[str]) -> NDArray[Any]:
    """Return names as little-endian UTF-32 cells (n,), all as wide as the longest."""
    return np.array(names, dtype=f"<U{max((len(name) for name in names), default=1) or 1}")


def store_array(archive: zipfile.ZipFile, name: str, array: NDArray[Any]) -> None:
    """Store one array in an open archive, with a fixed date."""
    store_blocks(archive, name, array.dtype.str, array.shape, [array])


def store_blocks(
    archive: zipfile.ZipFile, name: str, descr: str, shape: tuple[int, ...], blocks: Iterable[NDArray[Any]]
) -> None:
    """Store one array of known shape from its blocks; the header is made here, so that no NumPy release changes it."""
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape!r}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    head = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode("latin-1")
    entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
    entry.create_system = 3  # the same bytes on every platform
    entry.file_size = len(head) + int(np.prod(shape, dtype=np.int64)) * np.dtype(descr).itemsize
    with archive.open(entry, "w") as file:
        file.write(head)
        for block in blocks:
            file.write(block.tobytes())


def read_npz(path: str | PathLike[str]) -> TokenFile:
    """Read the documents of a file; one that is damaged or holds something else raises InputError."""
    name = fspath(path)
    with Path(path).open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                arrays = {key: archive[key] for key in archive.files}
            meta = parse_json(arrays["meta"].tobytes())
            if meta["format"] == FORMAT_VERSION:
                return TokenFile(_documents(arrays, name), meta)
        except GenotokError:
            raise
        except Exception as error:  # a damaged archive fails in a dozen ways inside zipfile, NumPy and json
            raise InputError("this is no token file", path=name, hint="genotok tokenize writes them") from error
    what = f"format {meta['format']!r} is unknown"
    raise InputError(what, path=name, hint="a newer genotok wrote it; update this one")


def _documents(arrays: Mapping[str, NDArray[Any]], path: str) -> tuple[TokenDocument, ...]:
    tokens = RaggedIds(arrays["ids"], arrays["offsets"])
    if len(arrays["names"]) != len(tokens):
        raise InputError(f"{len(arrays['names'])} names for {len(tokens)} documents", path=path, hint="is it damaged?")
    bounds: list[NDArray[Any] | None] = [None] * len(tokens)
    if "region_offsets" in arrays:
        bounds = [arrays["region_offsets"][at:end] for at, end in pairwise(arrays["region_starts"].tolist())]
    named = zip(arrays["names"].tolist(), tokens, bounds, strict=True)
    return tuple(document_of(name, ids, each, path=path) for name, ids, each in named)
