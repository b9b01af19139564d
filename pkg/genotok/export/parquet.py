"""Token files for data frames and training pipelines: Parquet, one document a row, through the ``[arrow]`` extra."""

import io
import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import pairwise
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.errors import GenotokError, InputError, missing_extra
from genotok.export.documents import TokenDocument, TokenFile, document_of
from genotok.export.meta import FORMAT_VERSION, canonical_json, flat_unk
from genotok.export.spool import Spool
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

KEY = "genotok"  # of the file's metadata
_MAGIC = b"PAR1"
_CREATOR = "genotok"  # not a library's version, which would change bytes while the content is the same
_BATCH_TOKENS = 2**20  # tokens put together, unless one document has more
_GROUP_TOKENS = 2**24  # tokens of a row group, about: what a reader holds at once
_GROUP_ROWS = 2**20


class _Arrow(NamedTuple):
    """The two modules of the extra."""

    core: Any
    files: Any


def _arrow() -> _Arrow:
    try:
        return _Arrow(import_module("arro3.core"), import_module("arro3.io"))  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("arrow", "arro3") from None


class ParquetWriter:
    """Gathers documents; ``close`` writes columns ``id`` string and ``tokens`` list<int32>, one document a row.

    With rows also ``offsets`` list<int64>: region ``i`` of a document owns ``tokens[offsets[i]:offsets[i + 1]]``. The
    file's metadata has a key ``genotok`` whose value is JSON. Ids and offsets are stored as differences, without a
    codec, so that any reader opens the file. Raises MissingExtraError without the extra. The sink must seek.
    """

    def __init__(self, sink: BinaryIO, *, unk: int | None, rows: bool, meta: Mapping[str, Any]) -> None:
        self._arrow = _arrow()
        self._sink, self._unk, self._meta = sink, unk, meta
        self._ids = Spool("<i4")
        self._bounds = Spool("<i8") if rows else None
        self._names: list[str] = []
        self._counts: list[int] = []  # ids of each document
        self._regions: list[int] = []  # offsets of each document
        self._document_ids = self._document_bounds = 0

    def begin(self, document: str) -> None:
        """Start a document."""
        self._names.append(document.encode("utf-8", "backslashreplace").decode())
        self._document_ids, self._document_bounds = self._ids.count, 0
        if self._bounds is not None:
            self._document_bounds = self._bounds.count
            self._bounds.append(np.zeros(1, dtype=np.int64))

    def write(self, _regions: Regions | None, rows: RaggedIds, /) -> None:
        """Add ids; the regions are not kept."""
        if self._bounds is not None:
            self._bounds.append(rows.offsets[1:] + (self._ids.count - self._document_ids))
        self._ids.append(rows.ids)

    def end(self) -> None:
        """Finish the document."""
        if self._ids.count == self._document_ids:
            self._ids.append(np.array([flat_unk(self._unk, self._names[-1])], dtype=np.int32))
        self._counts.append(self._ids.count - self._document_ids)
        if self._bounds is not None:
            self._regions.append(self._bounds.count - self._document_bounds)

    def add(self, documents: list[str], rows: RaggedIds) -> None:
        """Add whole documents, a row of ids each; one without ids stays empty. Only where no regions are kept."""
        self._names += [each.encode("utf-8", "backslashreplace").decode() for each in documents]
        self._counts += np.diff(rows.offsets).tolist()
        self._ids.append(rows.ids)

    def close(self) -> None:
        """Write the file, some documents at a time."""
        core, rows = self._arrow.core, self._bounds is not None
        schema = _schema(core, rows=rows)
        columns = [("tokens", "list", "element")] + [("offsets", "list", "element")] * rows
        most = max(_GROUP_TOKENS * max(len(self._counts), 1) // max(sum(self._counts), 1), 1)
        self._arrow.files.write_parquet(
            core.RecordBatchReader.from_batches(schema, self._batches(schema)),
            self._sink,
            compression="uncompressed",
            column_encoding=dict.fromkeys(columns, "delta_binary_packed"),
            dictionary_enabled=False,
            key_value_metadata={KEY: canonical_json(self._meta)},
            max_row_group_size=min(most, _GROUP_ROWS),
            created_by=_CREATOR,
        )
        self._ids.close()
        if self._bounds is not None:
            self._bounds.close()

    def _batches(self, schema: Any) -> Iterator[Any]:
        """Yield the documents in order, so many at a time that their ids stay few."""
        core = self._arrow.core
        for first, last in pairwise(_cuts(self._counts)):
            columns = [
                core.Array(self._names[first:last], core.DataType.string()),
                self._lists(schema.field("tokens").type, self._ids, self._counts[first:last]),
            ]
            if self._bounds is not None:
                columns.append(self._lists(schema.field("offsets").type, self._bounds, self._regions[first:last]))
            yield core.RecordBatch.from_arrays(columns, schema=schema)

    def _lists(self, kind: Any, spool: Spool, counts: list[int]) -> Any:
        """Take the next values of a spool and cut them into lists."""
        core = self._arrow.core
        edges = np.cumsum([0, *counts], dtype=np.int64)
        values = spool.take(int(edges[-1]))
        native = values.astype(values.dtype.newbyteorder("="))
        return core.list_array(core.Array.from_numpy(edges.astype(np.int32)), core.Array.from_numpy(native), type=kind)


def _schema(core: Any, *, rows: bool) -> Any:
    kinds = core.DataType
    fields = [core.Field("id", kinds.string(), nullable=False), _list_field(core, "tokens", kinds.int32())]
    return core.Schema(fields + [_list_field(core, "offsets", kinds.int64())] * rows)


def _list_field(core: Any, name: str, kind: Any) -> Any:
    return core.Field(name, core.DataType.list(core.Field("element", kind, nullable=False)), nullable=False)


def _cuts(counts: list[int]) -> list[int]:
    """Cut documents of these sizes into runs of at most _BATCH_TOKENS ids, or single larger ones."""
    cuts, held = [0], 0
    for at, count in enumerate(counts):
        if held and held + count > _BATCH_TOKENS:
            cuts.append(at)
            held = 0
        held += count
    return [*cuts, len(counts)] if counts else [0]


def read_parquet(path: str | PathLike[str]) -> TokenFile:
    """Read the documents of a file; one that is damaged or holds something else raises InputError.

    Columns ``id`` and ``tokens`` are needed, whoever wrote them; without our metadata the universe is not known.
    """
    name = fspath(path)
    arrow, data = _arrow(), Path(path).read_bytes()
    _check_frame(data, name)
    try:
        batches = [*arrow.files.read_parquet(io.BytesIO(data))]
        meta = _meta_of(batches[0].schema.metadata) if batches else None
        documents = [each for batch in batches for each in _documents(arrow.core, batch, name)]
    except GenotokError:
        raise
    except BaseException as error:  # a damaged file fails inside arro3 as an Exception, or as a panic, which is none
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise InputError("this is no token file", path=name, hint="genotok tokenize writes them") from None
    if meta is not None and meta.get("format") != FORMAT_VERSION:
        what = f"format {meta.get('format')!r} is unknown"
        raise InputError(what, path=name, hint="a newer genotok wrote it; update this one")
    return TokenFile(tuple(documents), meta)


def _check_frame(data: bytes, name: str) -> None:
    """Refuse what does not begin and end as Parquet does."""
    footer = int.from_bytes(data[-8:-4], "little")
    if len(data) < 12 or data[:4] != _MAGIC or data[-4:] != _MAGIC or footer > len(data) - 12:
        raise InputError("this is no Parquet file, or not all of it", path=name, hint="was it copied whole?")


def _meta_of(metadata: Mapping[bytes, bytes]) -> dict[str, Any] | None:
    text = metadata.get(KEY.encode())
    meta = None if text is None else json.loads(text)
    return meta if isinstance(meta, dict) else None


def _documents(core: Any, batch: Any, path: str) -> Iterator[TokenDocument]:
    names = batch.column("id").to_pylist()
    ids, edges = _ragged(core, batch.column("tokens"))
    bounds, cuts = (None, edges)
    if "offsets" in batch.schema.names:
        bounds, cuts = _ragged(core, batch.column("offsets"))
    for at, (first, last) in enumerate(pairwise(edges.tolist())):
        own = None if bounds is None else bounds[cuts[at] : cuts[at + 1]]
        yield document_of(str(names[at]), ids[first:last], own, path=path)


def _ragged(core: Any, column: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the values of a column of lists and where each list begins and ends."""
    if column.null_count:
        raise InputError("a document has no tokens", hint="fill or drop such rows")
    values, edges = core.list_flatten(column).to_numpy(), core.list_offsets(column).to_numpy().astype(np.int64)
    return (values[edges[0] : edges[-1]], edges - edges[0]) if len(values) == edges[-1] else (values, edges - edges[0])
