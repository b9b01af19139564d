"""Token files of one TAB-separated line a query region: ``document chrom start end ids``."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

import numpy as np

from genotok.arrays import Coords, Offsets
from genotok.errors import InputError
from genotok.export.documents import TokenDocument, document_of
from genotok.export.text import (
    NEWLINE,
    TAB,
    escape,
    id_column,
    parse_id_lists,
    span_column,
    split_rows,
    table_column,
    unescape,
    weave,
)
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

HEADER = b"document\tchrom\tstart\tend\tids\n"
_HINT = "each line is document, chrom, start, end, ids"


class TsvWriter:
    """Writes a header, then a line a region, in the rows' order: ids joined by commas, ``.`` for none."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink, self._document = sink, ""
        sink.write(HEADER)

    def begin(self, document: str) -> None:
        """Name the lines that follow."""
        self._document = escape(document)

    def write(self, regions: Regions | None, rows: RaggedIds, /) -> None:
        """Write a line a region."""
        assert regions is not None, "lines are made of regions"
        table = [f"{self._document}\t{escape(name)}\t".encode() for name in (*regions.chrom_names, "")]
        for at, ids, offsets in split_rows(rows):
            text, _ = weave(
                table_column(table, regions.codes[at]),
                span_column(regions.starts[at], regions.ends[at], between=TAB, after=TAB),
                id_column(ids, offsets, NEWLINE),
            )
            self._sink.write(text.tobytes())

    def end(self) -> None:
        """Do nothing: a document without regions has no line."""

    def close(self) -> None:
        """Do nothing: every line is written."""


def read_tsv(path: str | PathLike[str]) -> Iterator[TokenDocument]:
    """Read the documents of a file: successive lines of one name are a document; a bad line raises InputError."""
    name = fspath(path)
    header, *lines = Path(path).read_bytes().removesuffix(b"\n").split(b"\n")
    if header + b"\n" != HEADER:
        raise InputError("this is no tokens", path=name, line=1, hint="the first line is document chrom start end ids")
    cells = [line.split(b"\t") for line in lines]
    wrong = next((at for at, row in enumerate(cells) if len(row) != 5), None)
    if wrong is not None:
        raise InputError(f"{len(cells[wrong])} columns where 5 belong", path=name, line=wrong + 2, hint=_HINT)
    first = 2
    for document, rows in groupby(cells, key=lambda row: row[0]):
        block = list(rows)
        yield _read_document(document, block, name, first)
        first += len(block)


def _read_document(document: bytes, rows: Sequence[list[bytes]], path: str, first: int) -> TokenDocument:
    """Make a document of its lines; ``first`` is the number of the first one."""
    table: dict[bytes, int] = {}
    codes = np.array([table.setdefault(row[1], len(table)) for row in rows], dtype=np.int32)
    starts, ends = (_read_numbers(rows, column, path, first) for column in (2, 3))
    ids, offsets = _read_numbers(rows, 4, path, first)
    regions = Regions(tuple(_name(chrom) for chrom in table), codes, starts[0], ends[0])
    return document_of(_name(document), ids, offsets, regions, path=path, line=first)


def _read_numbers(rows: Sequence[list[bytes]], column: int, path: str, first: int) -> tuple[Coords, Offsets]:
    values, offsets, bad = parse_id_lists([row[column] for row in rows])
    if bad < 0 and column < 4 and len(values) != len(rows):
        bad = int(np.argmax(np.diff(offsets) != 1))
    if bad >= 0:
        what = f"{rows[bad][column].decode('utf-8', 'replace')!r} is not " + ("ids" if column == 4 else "a position")
        raise InputError(what, path=path, line=first + bad, hint=_HINT)
    return values, offsets


def _name(cell: bytes) -> str:
    return unescape(cell.decode("utf-8", "replace"))
