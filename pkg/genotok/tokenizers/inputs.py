"""What a value given to a tokenizer is: one document, or a batch of documents; nothing is guessed in silence."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOBase
from itertools import chain
from numbers import Number
from os import PathLike
from typing import Any, Literal, TypeAlias

import numpy as np

from genotok.arrays import Offsets
from genotok.errors import GenotokError, InputError
from genotok.io.sources import Source
from genotok.kernels.ragged import offsets_of
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
_GROUP_ROWS = 2**16  # of small documents searched together
_CHROM_ATTRIBUTES = ("chr", "chrom", "chromosome")


@dataclass(frozen=True)
class Batch:
    """Documents of one kind, to be tokenized one by one; ``single`` if the value was one document itself."""

    items: tuple[Any, ...]
    kind: Kind
    single: bool
    invalid: Invalid

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Document]:
        for index, item in enumerate(self.items):
            yield _document_of(item, self.invalid) if self.single else self._nth(item, index)

    def _nth(self, item: Any, index: int) -> Document:
        try:
            return _document_of(item, self.invalid)
        except GenotokError as error:
            raise within(error, index) from None

    def groups(self) -> Iterator[tuple[Document, Offsets | None]]:
        """Yield the documents, those from memory many at a time with their row offsets, files alone with None.

        Many small searches would cost more than a large one.
        """
        if self.kind == "path":
            yield from ((document, None) for document in self)
            return
        waiting: list[Any] = []
        first = rows = 0
        for index, item in enumerate(self.items):
            part: Any = _items_of(item) if self.kind == "list" else self._nth(item, index)
            if waiting and rows + len(part) > _GROUP_ROWS:
                yield self._joined(waiting, first)
                waiting, first, rows = [], index, 0
            waiting.append(part)
            rows += len(part)
        if waiting:
            yield self._joined(waiting, first)

    def _joined(self, parts: list[Any], first: int) -> tuple[Regions, Offsets]:
        """Join lists of regions, or Regions; ``first`` is the number of the first."""
        offsets = offsets_of(np.array([len(part) for part in parts], dtype=np.int64))
        columns = _columns_of(list(chain.from_iterable(parts))) if self.kind == "list" else None
        if columns is not None:
            with suppress(GenotokError):  # which list it is about is found below
                return Regions.from_arrays(*columns, invalid=self.invalid), offsets
        documents = [self._nth(part, first + index) for index, part in enumerate(parts)]
        return Regions.concat([document for document in documents if isinstance(document, Regions)]), offsets


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
        return Batch((value,), kind, single=True, invalid=invalid)
    items = _items_of(value)
    regions = _regions_of(items, invalid)
    if regions is not None:
        return Batch((regions,), "regions", single=True, invalid=invalid)
    return Batch(tuple(items), _one_kind(items), single=False, invalid=invalid)


def read_document(value: Any, invalid: Invalid) -> Document:
    """Recognise a value that must be one document; a batch raises InputError."""
    batch = read_input(value, invalid)
    if not batch.single:
        next(iter(batch))  # where the first of them is no document, that is what there is to say
        raise InputError(
            f"a batch of {len(batch)} documents where one is wanted", hint="call the tokenizer itself for a batch"
        )
    return next(iter(batch))


def pieces_of(document: Document, invalid: Invalid) -> Iterator[Regions]:
    """Yield the rows of a document: a file piece by piece, regions from memory at once."""
    if isinstance(document, Regions):
        yield document
    else:
        from genotok.io.bed import iter_bed  # late: a page that starts reads no file

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


def _one_kind(items: list[Any]) -> Kind:
    """Return the kind that all elements are of; InputError names the first that is of another."""
    first = kind_of(items[0])
    for index, item in enumerate(items):
        kind = kind_of(item)
        if kind is None or first is None:
            raise _unknown(item, index)
        if kind != first:
            raise InputError(
                f"{_WORDS[kind]}, but element 0 is {_WORDS[first]}", where=f"element {index}", hint="one kind a list"
            )
    assert first is not None
    return first


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
    regions = _regions_of([item] if kind == "region" else _items_of(item), invalid)
    if regions is None:
        raise _nested(item)
    return regions


def _nested(item: Any) -> InputError:
    """Say what is wrong with a list of lists, or with the fields of a line that nobody made numbers of."""
    if isinstance(item, (list, tuple)) and len(item) > 2 and all(isinstance(each, str) for each in item):
        texts = [each for each in item[1:3] if each.strip().isdigit()]
        if texts:
            return InputError(f"{texts[0]!r} is text, not a number", hint="give (chrom, start, end) with whole numbers")
    return InputError("a batch inside a batch", hint="give a flat list of documents")


def _regions_of(items: list[Any], invalid: Invalid) -> Regions | None:
    """Make Regions of the elements of one document; None if they are documents themselves."""
    if not items:
        return Regions.empty()
    columns = _columns_of(items)
    if columns is None:
        if _one_kind(items) != "region":
            return None
        rows = [_triple_of(item, index) for index, item in enumerate(items)]
        columns = ([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    return Regions.from_arrays(*columns, invalid=invalid)


def _columns_of(rows: list[Any]) -> tuple[list[Any], list[Any], list[Any]] | None:
    """Turn (chrom, start, end, ..) tuples into three columns; None unless all hold a text and two numbers."""
    if not set(map(type, rows)) <= {tuple, list}:
        return None
    try:
        chroms, starts, ends = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    except IndexError:
        return None
    kinds = set(map(type, starts)) | set(map(type, ends))
    if not all(issubclass(kind, (Number, np.generic)) and not issubclass(kind, str) for kind in kinds):
        return None
    return (chroms, starts, ends) if all(issubclass(kind, str) for kind in set(map(type, chroms))) else None


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
