"""What a value given to a tokenizer is: one document, or a batch of documents; nothing is guessed in silence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import TextIOBase
from numbers import Number
from operator import itemgetter
from os import PathLike
from typing import Any, Literal, TypeAlias

import numpy as np

from genotok.errors import GenotokError, InputError
from genotok.io.bed import iter_bed
from genotok.io.sources import Source
from genotok.values.bounds import Invalid
from genotok.values.frames import is_table
from genotok.values.regions import Regions

Kind: TypeAlias = Literal["regions", "path", "table", "region", "list"]
Document: TypeAlias = Regions | Source

_WORDS: dict[Kind | None, str] = {
    "regions": "a Regions object",
    "path": "a file",
    "table": "a table",
    "region": "a region",
    "list": "a list",
}
_HINT = 'give a BED path, Regions, a table, [("chr1", 1, 9)], or a list of such documents'
_CHROM_ATTRIBUTES = ("chr", "chrom", "chromosome")


@dataclass(frozen=True)
class Batch:
    """Documents to be tokenized one by one; ``single`` if the value was one document itself."""

    items: tuple[Any, ...]
    single: bool
    invalid: Invalid

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Document]:
        if self.single:
            yield from (_document_of(item, self.invalid) for item in self.items)
            return
        for index, item in enumerate(self.items):
            try:
                document = _document_of(item, self.invalid)
            except GenotokError as error:
                raise within(error, index) from None
            yield document


def within(error: GenotokError, index: int) -> GenotokError:
    """Say in which document of a batch an error arose."""
    where = f"element {index}" + (f", {error.where}" if error.where else "")
    return type(error)(error.what, hint=error.hint, where=where, row=error.row)


def read_input(value: Any, invalid: Invalid) -> Batch:
    """Recognise a value: the kinds of a BED path or binary file, Regions, a table, one region, or an iterable of them.

    An iterable of regions is one document, also when it is empty; an iterable of documents is a batch. Its elements
    must be of one kind, else InputError names the first that isn't.
    """
    kind = kind_of(value)
    if kind is None:
        raise _unknown(value)
    if kind != "list":
        return Batch((value,), single=True, invalid=invalid)
    items = _items_of(value)
    if _are_regions(items):
        return Batch((items,), single=True, invalid=invalid)
    return Batch(tuple(items), single=False, invalid=invalid)


def read_document(value: Any, invalid: Invalid) -> Document:
    """Recognise a value that must be one document; a batch raises InputError."""
    batch = read_input(value, invalid)
    if not batch.single:
        raise InputError(
            f"a batch of {len(batch)} documents where one is wanted", hint="call the tokenizer itself for a batch"
        )
    return next(iter(batch))


def pieces_of(document: Document, invalid: Invalid) -> Iterator[Regions]:
    """Yield the rows of a document: a file piece by piece, regions from memory at once."""
    if isinstance(document, Regions):
        yield document
    else:
        yield from iter_bed(document, invalid=invalid)


def kind_of(value: Any) -> Kind | None:
    """Tell what a value is by the first rule that fits; None if no rule does."""
    if isinstance(value, Regions):
        return "regions"
    if isinstance(value, (str, PathLike)) or hasattr(value, "read"):
        return "path"
    if isinstance(value, (bytes, bytearray, memoryview, np.generic)) or _is_cells(value):
        return None
    if is_table(value):
        return "table"
    if _is_triple(value) or _has_region(value):
        return "region"
    if isinstance(value, np.ndarray) and (value.dtype.kind not in "OU" or value.ndim not in (1, 2)):
        return None
    return "list" if isinstance(value, Iterable) else None


def _is_triple(value: Any) -> bool:
    """Tell a region from a list of texts: a text, then a number (or nothing at all where a number belongs)."""
    if not isinstance(value, (tuple, list)) and not (isinstance(value, np.ndarray) and value.dtype.kind == "O"):
        return False
    if len(value) < 2 or not isinstance(value[0], str) or isinstance(value[1], str):
        return False
    return value[1] is None or isinstance(value[1], (Number, np.generic))


def _has_region(value: Any) -> bool:
    return hasattr(value, "start") and hasattr(value, "end") and any(hasattr(value, name) for name in _CHROM_ATTRIBUTES)


def _is_cells(value: Any) -> bool:
    """Recognise AnnData without importing it."""
    return all(hasattr(value, name) for name in ("obs_names", "var_names", "X"))


def _items_of(value: Any) -> list[Any]:
    """List the elements; the rows of a 2-D object array are regions."""
    return [tuple(row) for row in value.tolist()] if isinstance(value, np.ndarray) and value.ndim == 2 else list(value)


def _are_regions(items: list[Any]) -> bool:
    """Tell a document of regions from a batch, and refuse a list of several kinds."""
    if not items:
        return True
    first = kind_of(items[0])
    if first == "region" and set(map(type, items)) <= {tuple, list} and _columns_of(items) is not None:
        return True  # the frequent case, seen column by column
    for index, item in enumerate(items):
        kind = kind_of(item)
        if kind is None:
            raise _unknown(item, index)
        if kind != first:
            raise InputError(
                f"{_WORDS[kind]}, but element 0 is {_WORDS[first]}", where=f"element {index}", hint="one kind a list"
            )
    return first == "region"


def _columns_of(rows: list[Any]) -> tuple[tuple[Any, ...], ...] | None:
    """Turn (chrom, start, end, ..) rows into three columns; None unless all hold a text and two numbers."""
    try:
        columns = tuple(zip(*map(itemgetter(0, 1, 2), rows), strict=True))
    except IndexError:
        return None
    kinds = [set(map(type, column)) for column in columns]
    numbers = all(issubclass(kind, (Number, np.generic)) and not issubclass(kind, str) for kind in kinds[1] | kinds[2])
    return columns if numbers and all(issubclass(kind, str) for kind in kinds[0]) else None


def _document_of(item: Any, invalid: Invalid) -> Document:
    """Make a document of one element: a file stays a file, all else becomes Regions."""
    kind = kind_of(item)
    if kind == "regions":
        return item  # type: ignore[no-any-return]  # kind_of tells
    if kind == "path":
        if isinstance(item, TextIOBase):
            raise InputError("a file opened as text", hint="open it with mode 'rb'")
        return item  # type: ignore[no-any-return]  # kind_of tells
    if kind == "table":
        return Regions.from_frame(item, invalid=invalid)
    rows = [item] if kind == "region" else _items_of(item)
    if not _are_regions(rows):
        raise InputError("a batch inside a batch", hint="give a flat list of documents")
    return _regions_of(rows, invalid)


def _regions_of(rows: list[Any], invalid: Invalid) -> Regions:
    """Turn rows, each a (chrom, start, end, ..) sequence or an object with such attributes, into Regions."""
    if not rows:
        return Regions.empty()
    columns = _columns_of(rows) if set(map(type, rows)) <= {tuple, list} else None
    if columns is None:
        columns = tuple(zip(*(_triple_of(row, index) for index, row in enumerate(rows)), strict=True))
    return Regions.from_arrays(*columns, invalid=invalid)


def _triple_of(row: Any, index: int) -> tuple[Any, Any, Any]:
    if not isinstance(row, (tuple, list, np.ndarray)):
        chrom = next(getattr(row, name) for name in _CHROM_ATTRIBUTES if hasattr(row, name))
        return chrom, row.start, row.end
    if len(row) < 3:
        raise InputError(f"{row!r} is no region", row=index, hint="give (chrom, start, end)")
    return row[0], row[1], row[2]


def _unknown(value: Any, index: int | None = None) -> InputError:
    """Say what a value is instead of a document, and what to do about it."""
    where = None if index is None else f"element {index}"
    if _is_cells(value):
        return InputError("AnnData holds cells, not regions", where=where, hint="tokenize_anndata reads it")
    hint = "for the bytes of a BED file, pass io.BytesIO(data)" if isinstance(value, (bytes, bytearray)) else _HINT
    kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    return InputError(f"{kind} can't be tokenized", where=where, hint=hint)
