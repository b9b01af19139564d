"""One input tokenized as a stream: read, encode, write, and account for every row."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from genotok.cli.inputs import Input, open_stdin
from genotok.cli.settings import Settings
from genotok.export.writers import TokenWriter
from genotok.io.bedreader import BedReader
from genotok.io.sources import iter_blocks
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.chroms import propose_renames
from genotok.values.regions import Regions
from genotok.values.reports import EncodeReport, LoadReport

Advance = Callable[[int, int], None]  # bytes read, rows tokenized


@dataclass(frozen=True)
class DocumentReport:
    """What became of one input: ``renamed`` maps the chromosome names that were changed, ``sha256`` is of its bytes.

    ``cells`` counts, where it holds cells, those of the output and what was left out.
    """

    document: str
    path: str
    load: LoadReport
    encode: EncodeReport
    renamed: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    cells: dict[str, int] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        reports = {"load": self.load.to_dict(), "encode": self.encode.to_dict()}
        cells = {} if self.cells is None else {"cells": self.cells}
        return {"document": self.document, "input": self.path, **reports, "renamed": self.renamed, **cells}


class DocumentReader:
    """Reads one input piece by piece, with its chromosomes renamed as asked."""

    def __init__(self, source: Input, tokenizer: IntervalTokenizer, settings: Settings, advance: Advance) -> None:
        self._source, self._advance = source, advance
        self._rename, self._like = settings.rename_chroms, tokenizer.universe.chrom_names
        self._reader = BedReader(
            source.label,
            invalid=tokenizer.config.invalid,
            keep_lines=settings.format == "bed",
            allow_empty=settings.keep_empty,
        )
        self._hash = hashlib.sha256() if settings.fingerprint else None
        self.renamed: dict[str, str] = {}

    @property
    def report(self) -> LoadReport:
        """What became of every line; complete once all pieces are read."""
        return self._reader.report

    @property
    def sha256(self) -> str:
        """SHA-256 hex of the bytes read, empty if it was not asked for."""
        return "" if self._hash is None else self._hash.hexdigest()

    def pieces(self) -> Iterator[Regions]:
        """Yield the rows in order."""
        for raw in iter_blocks(open_stdin() if self._source.is_stdin else self._source.place):
            if self._hash is not None:
                self._hash.update(raw)
            self._advance(len(raw), 0)
            for piece in self._reader.feed_in_pieces(raw):
                self._advance(0, len(piece))
                if len(piece):
                    yield self._renamed(piece)
        for piece in self._reader.close_in_pieces():
            self._advance(0, len(piece))
            yield self._renamed(piece)

    def _renamed(self, piece: Regions) -> Regions:
        if self._rename is None:
            return piece
        mapping = propose_renames(piece.chrom_names, self._like) if self._rename == "auto" else self._rename
        here = {name: mapping[name] for name in piece.chrom_names if name in mapping}
        self.renamed.update(here)
        return piece.rename(here) if here else piece


def tokenize_document(
    source: Input, tokenizer: IntervalTokenizer, settings: Settings, writer: TokenWriter, advance: Advance
) -> DocumentReport:
    """Write one input's tokens; memory does not grow with the file, unless rows are sorted or misses are errors.

    Cells are the exception: their tokens are gathered first.
    """
    if settings.kind != "bed":
        from genotok.cli.cells import tokenize_cells  # here, because most runs read no cells

        return tokenize_cells(source, tokenizer, settings, writer, advance)
    reader = DocumentReader(source, tokenizer, settings, advance)
    pieces = reader.pieces()
    if tokenizer.config.sort or tokenizer.config.unmatched == "error":
        pieces = iter([Regions.concat(list(pieces))])  # an order, or a count of misses, is of the whole
    encoded = ((piece, tokenizer.encode_rows(piece)) for piece in pieces)
    first = next(encoded)  # a file that can't be read leaves no trace of a document
    writer.begin(source.document)
    total = None
    for piece, rows in chain([first], encoded):
        writer.write(piece, rows)
        report = tokenizer.report_rows(piece, rows)
        total = report if total is None else total + report
    writer.end()
    assert total is not None, "a reader yields at least its last piece"
    return DocumentReport(source.document, source.label, reader.report, total, reader.renamed, reader.sha256)
