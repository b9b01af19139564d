"""What an input to the learned tokenizer is: one sequence, a batch of them, or a FASTA file read record by record."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Sequence as Listed
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike, fspath
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from genotok.arrays import Bytes, Coords, Offsets
from genotok.errors import GenotokError, InputError
from genotok.io.fastagroups import GroupReader, Records
from genotok.io.sources import Source, name_of
from genotok.kernels.bases import UNKNOWN, Codes, reverse_complement
from genotok.kernels.ragged import offsets_of
from genotok.tokenizers.vq_config import SoftMask
from genotok.tokenizers.vq_letters import LetterCounts, count_letters, encode_record, refuse_text, translate
from genotok.values.sequences import Sequence

Text: TypeAlias = str | bytes | memoryview
Count: TypeAlias = Callable[[LetterCounts, int], None]  # letters, and how many documents have both T and U

TOGETHER = 2**22  # bases of documents that are encoded at once; a longer document is read in pieces of as many
_HINT = "give DNA as str, bytes, a uint8 array or Sequence, a list of one of these, or a Path to a FASTA file"


class Group(NamedTuple):
    """Documents whose bases, uint8 (L,), lie one after the other; document ``i`` is number ``first + i`` of all."""

    bases: Codes
    rows: Offsets
    first: int


@dataclass(frozen=True)
class Long:
    """A document that is read in pieces: a text, or bases."""

    content: Text | Codes
    number: int
    where: str | None
    soft_mask: SoftMask
    count: Count

    def __len__(self) -> int:
        return len(self.content)

    def pieces(self, *, turned: bool = False, counted: bool = True) -> Iterator[Codes]:
        """Yield the bases piece by piece, or those of the other strand from its own first one on."""
        size, letters, has_thymine = len(self), LetterCounts(), False
        for begin in range(0, size, TOGETHER):
            end = min(begin + TOGETHER, size)
            low, high = (size - end, size - begin) if turned else (begin, end)
            piece = self.content[low:high]
            if not isinstance(piece, np.ndarray):
                text = _bytes_of(piece)
                piece = self._read(text, low)
                if counted:
                    letters = letters.plus(count_letters(text, piece))
                    has_thymine = has_thymine or b"T" in text or b"t" in text
            yield reverse_complement(piece) if turned else piece
        if counted:
            self.count(letters, int(has_thymine and letters.uracil > 0))

    def _read(self, text: bytes, before: int) -> Codes:
        codes = translate(text, self.soft_mask)
        if codes is None:
            raise refuse_text(text, where=self.where, is_str=isinstance(self.content, str), before=before)
        return codes


@dataclass(frozen=True)
class Documents:
    """The documents of one input; ``single`` if it was one, not a list of one.

    ``items`` are all texts, or all bases (uint8, 0 to 4); ``names`` are those of messages. ``source`` is a FASTA file
    that has yet to be read, and then there are no items.
    """

    items: list[Any]
    single: bool
    names: list[str] | None = None
    letters: LetterCounts = field(default_factory=LetterCounts)  # of items that are bases
    source: Source | None = None

    @cached_property
    def lengths(self) -> Coords | None:
        """Bases of each document, int64 (b,); None for a file."""
        if self.source is not None:
            return None
        return np.fromiter(map(len, self.items), dtype=np.int64, count=len(self.items))

    def where(self, number: int) -> str | None:
        """Name a document in a message."""
        if self.names is not None:
            name = self.names[number]
            return name if self.source is None else f"{name_of(self.source)}, {name}"
        return None if self.single else f"element {number}"

    def groups(self, soft_mask: SoftMask, count: Count) -> Iterator[Group | Long]:
        """Yield all documents in their order, short ones together; ``count`` is told of letters as they are read."""
        if self.lengths is None:
            assert self.source is not None
            yield from _read_records(self.source, soft_mask, count, self.names if self.names is not None else [])
            return
        count(self.letters, 0)
        ends = np.cumsum(self.lengths, dtype=np.int64)
        first = 0
        while first < len(self.items):
            before = int(ends[first - 1]) if first else 0
            last = int(np.searchsorted(ends, before + TOGETHER, side="right"))
            if last <= first:
                yield Long(self.items[first], first, self.where(first), soft_mask, count)
                first += 1
                continue
            rows = np.concatenate([[0], ends[first:last] - before]).astype(np.int64)
            yield Group(self._join(first, last, soft_mask, count), rows, first)
            first = last

    def _join(self, first: int, last: int, soft_mask: SoftMask, count: Count) -> Codes:
        """Return the bases of some documents, one after the other."""
        some = self.items[first:last]
        if isinstance(some[0], np.ndarray):
            return np.concatenate(some)
        text = _bytes_of("".join(some)) if isinstance(some[0], str) else b"".join(some)
        codes = translate(text, soft_mask)
        if codes is None:
            raise self._refusal(first, some)
        letters = count_letters(text, codes)
        count(letters, sum(map(_is_mixed, some)) if letters.uracil else 0)
        return codes

    def _refusal(self, first: int, some: list[Text]) -> GenotokError:
        texts = ((number, _bytes_of(each)) for number, each in enumerate(some, start=first))
        number, text = next((number, text) for number, text in texts if translate(text, "upper") is None)
        return refuse_text(text, where=self.where(number), is_str=isinstance(some[0], str))


def read_documents(value: Any) -> Documents:
    """Recognise an input: a text is always DNA, a path or binary file is FASTA with a document for each record."""
    if isinstance(value, PathLike) or hasattr(value, "read"):
        return Documents([], single=False, source=value, names=[])
    if isinstance(value, Mapping):
        items = list(value.values())
        return _documents_of(items, single=False, names=[str(name) for name in value])
    if _is_document(value):
        return _documents_of([value], single=True)
    if hasattr(value, "tolist") and not (isinstance(value, np.ndarray) and value.dtype.kind not in "OUS"):
        value = value.tolist()  # a column of texts
    if isinstance(value, (Listed, Iterator)) and not isinstance(value, str):
        return _documents_of(list(value), single=False)
    raise _refusal(value, None)


def _documents_of(items: list[Any], *, single: bool, names: list[str] | None = None) -> Documents:
    """Check that all items are DNA of one kind."""
    kinds = set(map(type, items))
    documents = Documents(items, single, names)
    if kinds <= {str} or kinds <= {bytes}:
        return documents
    kind = None
    for number, item in enumerate(items):
        if not _is_document(item):
            raise _refusal(item, documents.where(number))
        found = "str" if isinstance(item, str) else "bytes" if _is_bytes(item) else type(item).__name__
        if kind is not None and found != kind:
            what = f"{found} in a list of {kind}"
            raise InputError(what, where=documents.where(number), hint="give documents of one kind")
        kind = found
    if kind in ("str", "bytes"):
        return Documents([item if kind == "str" else memoryview(item).cast("B") for item in items], single, names)
    return _arrays_of(items, single=single, names=names)


def _arrays_of(items: list[Any], *, single: bool, names: list[str] | None) -> Documents:
    """Take Sequences, or uint8 arrays: codes 0 to 4 all of them, or letters."""
    if isinstance(items[0], Sequence):
        letters = LetterCounts()
        for each in items:
            told = each.letters
            letters = letters.plus(LetterCounts(len(each), told.lower, told.uracil, told.unknown))
        named = names or [each.name or f"element {number}" for number, each in enumerate(items)]
        return Documents([each.codes for each in items], single, None if single else named, letters)
    if all(int(each.max(initial=0)) <= UNKNOWN for each in items):
        unknown = sum(int(np.count_nonzero(each == UNKNOWN)) for each in items)
        counted = LetterCounts(sum(map(len, items)), unknown={"N": unknown} if unknown else {})
        return Documents(items, single, names, counted)
    return Documents([np.ascontiguousarray(each).data for each in items], single, names)


def _is_document(value: Any) -> bool:
    is_array = isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 1
    return isinstance(value, (str, Sequence)) or _is_bytes(value) or is_array


def _is_bytes(value: Any) -> bool:
    return isinstance(value, (bytes, bytearray, memoryview))


def _refusal(value: Any, where: str | None) -> InputError:
    if isinstance(value, PathLike):
        return InputError(f"{fspath(value)!r} in a list", where=where, hint="a FASTA file is given alone")
    if isinstance(value, (list, tuple)):
        return InputError("a list in a list", where=where, hint="a batch is one list of sequences")
    kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    return InputError(f"{kind} is no DNA", where=where, hint=_HINT)


def _read_records(source: Source, soft_mask: SoftMask, count: Count, names: list[str]) -> Iterator[Group | Long]:
    """Yield the records of a FASTA file, short ones together; ``names`` grows with them."""
    encode = _RecordEncoder()
    words: dict[str, Any] = {"soft_mask": "n" if soft_mask == "unknown" else "keep", "encode": encode}
    reader = GroupReader(source, translate=lambda text: translate(text, soft_mask), **words)
    held: list[Records] = []
    size = 0
    for records in _join_records(reader):
        if held and size + len(records.codes) > TOGETHER:
            yield _group_of(held, names)
            held, size = [], 0
        if len(records.names) == 1 and len(records.codes) > TOGETHER:
            names += records.names
            yield Long(records.codes, len(names) - 1, names[-1], soft_mask, count)
            continue
        if reader.report.letters.uracil:
            encode.mixed.update(_mixed_of(records))
        held.append(records)
        size += len(records.codes)
    if held:
        yield _group_of(held, names)
    told = reader.report.letters
    count(LetterCounts(told.bases, told.lower, told.uracil, told.unknown), len(encode.mixed))


def _group_of(held: list[Records], names: list[str]) -> Group:
    first = len(names)
    for each in held:
        names += each.names
    rows = offsets_of(np.concatenate([each.lengths for each in held]))
    return Group(np.concatenate([each.codes for each in held]), rows, first)


def _join_records(reader: GroupReader) -> Iterator[Records]:
    """Yield whole records: those that come in pieces one by one."""
    name: str | None = None
    bases = bytearray()  # which grows in place: the bases of a chromosome are held once
    for piece in reader:
        if name is not None and (isinstance(piece, Records) or piece.name != name):
            yield _record_of(name, bases)
            name, bases = None, bytearray()
        if isinstance(piece, Records):
            yield piece
            continue
        name = piece.name
        bases += piece.codes.data
    if name is not None:
        yield _record_of(name, bases)


def _record_of(name: str, bases: bytearray) -> Records:
    return Records([name], np.frombuffer(bases, dtype=np.uint8), np.array([len(bases)], dtype=np.int64), b"")


def _mixed_of(records: Records) -> Iterator[str]:
    """Yield the names of the records that have both T and U; those that came in pieces bring no letters."""
    end = 0
    for name, length in zip(records.names, records.lengths.tolist() if records.letters else [], strict=False):
        begin, end = end, end + length
        if _is_mixed(records.letters[begin:end]):
            yield name


class _RecordEncoder:
    """Reads the letters of records, and remembers which have both T and U: these are ``mixed``."""

    def __init__(self) -> None:
        self.mixed: set[str] = set()
        self._name, self._seen = "", {b"T": False, b"U": False}

    def __call__(self, text: Bytes, name: str, **place: Any) -> Codes:
        if name != self._name:
            self._name, self._seen = name, {b"T": False, b"U": False}
        raw = bytes(text)
        for letter in self._seen:
            self._seen[letter] = self._seen[letter] or letter in raw or letter.lower() in raw
        if all(self._seen.values()):
            self.mixed.add(name)
        return encode_record(raw, name, **place)


def _bytes_of(text: Any) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)


def _is_mixed(text: Any) -> bool:
    """Tell whether a text has both T and U."""
    raw = _bytes_of(text).upper()
    return b"U" in raw and b"T" in raw
