"""Token files of one JSON object a line: ``{"id":..,"input_ids":[..]}``."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from genotok.errors import InputError
from genotok.export.documents import TokenDocument, document_of
from genotok.export.meta import flat_unk
from genotok.export.spool import Spool
from genotok.export.text import NEWLINE, id_column, join_ids, split_rows
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions


class JsonlWriter:
    """Writes a line a document: ASCII, no blanks; ``rows=True`` adds ``"offsets"``, the bounds of the query regions.

    Region ``i`` owns ``input_ids[offsets[i]:offsets[i + 1]]``; the ``[unk]`` of a document without ids belongs to none.
    """

    def __init__(self, sink: BinaryIO, *, unk: int | None, rows: bool) -> None:
        self._sink, self._unk = sink, unk
        self._bounds = Spool("<i8") if rows else None
        self._document, self._count = "", 0

    def begin(self, document: str) -> None:
        """Open the line."""
        self._document, self._count = document, 0
        self._sink.write(f'{{"id":{json.dumps(document)},"input_ids":['.encode("ascii"))

    def write(self, _regions: Regions | None, rows: RaggedIds, /) -> None:
        """Add ids; the regions are not written."""
        if self._bounds is not None:
            self._bounds.append(rows.offsets[1:] + self._count)
        if len(rows.ids) and self._count:
            self._sink.write(b",")
        for text in join_ids(rows.ids):
            self._sink.write(text)
        self._count += len(rows.ids)

    def end(self, bases: int | None = None) -> None:
        """Close the line, with the ``bases`` that the ids stand for if they do not tell."""
        if not self._count:
            self._sink.write(str(flat_unk(self._unk, self._document)).encode())
        self._sink.write(b"]")
        if self._bounds is not None:
            self._sink.write(b',"offsets":[0')
            for block in self._bounds.blocks():
                self._sink.write(b",")
                for text in join_ids(block):
                    self._sink.write(text)
            self._sink.write(b"]")
        self._sink.write(b"}\n" if bases is None else b',"bases":%d}\n' % bases)

    def add(self, documents: Sequence[str], rows: RaggedIds, bases: Sequence[int] | None = None) -> None:
        """Write whole documents, a row of ids each, without bounds; one without ids stays empty."""
        heads = [f'{{"id":{json.dumps(each)},"input_ids":['.encode("ascii") for each in documents]
        tails = [b"]}\n"] * len(heads) if bases is None else [b'],"bases":%d}\n' % each for each in bases]
        for at, ids, offsets in split_rows(rows):
            text, bounds = id_column(ids, offsets, NEWLINE)
            lines = text.tobytes()
            for row, (start, end) in zip(at.tolist(), pairwise(bounds.tolist()), strict=True):
                self._sink.write(heads[row] + lines[start : end - 1].removeprefix(b".") + tails[row])

    def close(self) -> None:
        """Give the memory back."""
        if self._bounds is not None:
            self._bounds.close()


def read_jsonl(path: str | PathLike[str]) -> Iterator[TokenDocument]:
    """Read the documents of a file one by one; a line that is no such object raises InputError with its number."""
    name = fspath(path)
    with Path(path).open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _read_line(line, name, number)


def _read_line(line: bytes, path: str, number: int) -> TokenDocument:
    try:
        record = json.loads(line)
        ids, offsets = _integers(record["input_ids"]), record.get("offsets")
        name, bounds = str(record["id"]), None if offsets is None else _integers(offsets)
        bases = None if "bases" not in record else int(_integers([record["bases"]])[0])
    except (KeyError, TypeError, UnicodeDecodeError, OverflowError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(
            "this line is no tokens", path=path, line=number, hint='each is {"id":..,"input_ids":[..]}'
        ) from error
    document = document_of(name, ids, bounds, path=path, line=number)
    return document if bases is None else replace(document, bases=bases)


def _integers(values: Any) -> Any:
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise TypeError
    return np.array(values, dtype=np.int64) if values else np.empty(0, dtype=np.int64)
