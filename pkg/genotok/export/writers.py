"""Token files written as a stream, into any binary sink: one protocol for the terminal, the page and Python.

    writer = open_writer(format, sink, tokenizer, rows=False, options=None, unk=None)
    for name, pieces in documents:
        writer.begin(name)                 # str; the terminal gives the path below the inputs' common folder
        for regions, rows in pieces:       # Regions, and what tokenizer.encode_rows(regions) returned for them
            writer.write(regions, rows)    # pieces in order; a document written with sort=True is one piece
        writer.end()
    writer.close()                         # writes what comes last; never closes the sink

``format`` is one of FORMATS. ``options`` are the words about how the ids were made that ``.npz`` and ``.parquet`` files
keep, from `genotok.export.meta.describe_options`. The bytes depend on the documents, regions, ids, tokenizer and
options alone: not on the pieces, a path, a clock, a platform or the kind of sink. ``gtok`` needs a sink that can seek
and read back, ``npz`` and ``parquet`` one that can seek (``io.BytesIO`` or a file opened ``w+b``); the text formats
only write.
"""

from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import PurePath
from typing import Any, BinaryIO, Protocol

from genotok.errors import InputError
from genotok.export.bed import BedWriter
from genotok.export.formats import BINARY as BINARY
from genotok.export.formats import FORMATS as FORMATS
from genotok.export.formats import ONE_DOCUMENT as ONE_DOCUMENT
from genotok.export.formats import WITH_ROWS as WITH_ROWS
from genotok.export.formats import Format as Format
from genotok.export.gtok import GtokWriter
from genotok.export.jsonl import JsonlWriter
from genotok.export.meta import describe_tokens, flat_unk
from genotok.export.npz import NpzWriter
from genotok.export.parquet import ParquetWriter
from genotok.export.tsv import TsvWriter
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions


class TokenWriter(Protocol):
    """Takes documents piece by piece."""

    def begin(self, document: str) -> None:
        """Start a document."""

    def write(self, regions: Regions | None, rows: RaggedIds, /) -> None:
        """Add n query regions and their n rows of ids; flat formats do without the regions."""

    def end(self) -> None:
        """Finish the document; flat formats write ``[unk]`` for one without any id."""

    def close(self) -> None:
        """Write what stands at the end of the file; the sink stays open."""


def open_writer(
    format: Format,  # noqa: A002  # the word that --format and users know
    sink: BinaryIO,
    tokenizer: IntervalTokenizer | None,
    *,
    rows: bool = False,
    options: Mapping[str, Any] | None = None,
    unk: int | None = None,
    meta: Mapping[str, Any] | None = None,
) -> TokenWriter:
    """Start a token file of a format in a sink.

    ``rows=True`` keeps, in jsonl, parquet and npz, which ids belong to which query region. ``tokenizer`` may be None
    for every format but bed; ``unk`` then names the id of a document without any, and ``meta`` what an npz or parquet
    file says of itself. ``parquet`` needs the extra ``[arrow]``.
    """
    if format not in FORMATS:
        raise InputError(f"format {format!r} is unknown", hint=f"one of {', '.join(FORMATS)}")
    if tokenizer is not None:
        unk = tokenizer.vocabulary.special_ids["unk"]
        meta = describe_tokens(tokenizer, options)
    if format == "jsonl":
        return JsonlWriter(sink, unk=unk, rows=rows)
    if format in ("npz", "parquet"):
        gather = NpzWriter if format == "npz" else ParquetWriter
        return gather(sink, unk=unk, rows=rows, meta=meta or describe_tokens(None, options))
    if format == "gtok":
        return _GtokDocument(sink, unk=unk)
    if format == "tsv":
        return TsvWriter(sink)
    if tokenizer is None:
        raise InputError("a .bed file of tokens holds their texts", hint="pass the tokenizer")
    return BedWriter(sink, tokenizer.vocabulary)


def format_of(path: str | PathLike[str]) -> Format | None:
    """Return the format that a file name ends in, None for a foreign ending."""
    ending = PurePath(fspath(path)).suffix[1:].lower()
    return next((each for each in FORMATS if each == ending), None)


class _GtokDocument:
    """One document in a .gtok file."""

    def __init__(self, sink: BinaryIO, *, unk: int | None) -> None:
        self._writer, self._unk, self._document = GtokWriter(sink), unk, ""

    def begin(self, document: str) -> None:
        if self._document:
            raise InputError(
                f"a .gtok file holds one document, and {document!r} comes after {self._document!r}",
                hint="write one file for each, or another format",
            )
        self._document = document

    def write(self, _regions: Regions | None, rows: RaggedIds, /) -> None:
        self._writer.write(rows.ids)

    def end(self) -> None:
        if not self._writer.count:
            self._writer.write([flat_unk(self._unk, self._document)])

    def close(self) -> None:
        pass
