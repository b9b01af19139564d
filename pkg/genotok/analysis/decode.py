"""Token ids out of any text that holds some: numbers, JSON, token texts; each with its place, to be marked there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_DECODED, Bytes, Coords, Flags, Ids
from genotok.errors import InputError
from genotok.kernels.digits import MAX_DIGITS, parse_decimals, words_of
from genotok.values.vocabulary import Vocabulary

SHOWN_UNKNOWN = 200
_SHOWN_TEXT = 100  # characters of an unknown word

_PADDING = 16  # bytes before the text, so that every number may be read backwards from its end
_SEPARATORS = " \t\n\r\v\f,;\"'()[]{}"
_KEYS = ("input_ids", "ids", "tokens")  # where JSON objects keep tokens; the first that occurs counts
_CUTS = re.compile(r"[|/\\_:&]+")  # further signs between numbers, which names may hold too
_BRACKETS = re.compile(r"[\[\]{}]")

Kind = Literal["ids", "json", "texts"]


class Unknown(NamedTuple):
    """A word that is no token: ``text[first:last]`` in UTF-16 units, and its beginning."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, eq=False)
class Found:
    """What a text holds: ``ids`` int32 (t,) in order, ``places`` int32 (t,) where each begins, in UTF-16 units.

    ``unknown`` lists the first words that are no tokens, ``n_unknown`` counts them all.
    """

    kind: Kind
    ids: Ids
    places: Ids
    unknown: tuple[Unknown, ...]
    n_unknown: int


def find_ids(text: str, vocabulary: Vocabulary) -> Found:
    """Read the ids and token texts of a text, in order.

    Numbers may be separated by anything that is no part of a number. JSON may nest; of objects the values of
    ``input_ids`` (else ``ids``, ``tokens``) count, and InputError is raised where there are none. More than 2^20
    tokens raise InputError too.
    """
    units = _bytes_of(text)
    is_json = _looks_like_json(text, vocabulary)
    outside = _outside_of_values(text, len(units)) if is_json and "{" in text else None
    specials = _find_specials(text, vocabulary)
    starts, ends = _words(units, outside, specials)
    if len(starts) > MAX_DECODED:
        raise InputError(f"{len(starts):,} words are too many", hint=f"decode up to {MAX_DECODED:,} at a time")
    ids, is_number = _read_numbers(units, starts, ends, vocabulary.vocab_size)
    others = np.flatnonzero(~is_number)
    words = [text[first:last] for first, last in zip(starts[others].tolist(), ends[others].tolist(), strict=True)]
    ids[others] = _look_up(words, vocabulary)
    parts = _Parts(ids, starts, ends).with_cut_words(words, others, vocabulary.vocab_size).with_specials(specials)
    named = len(specials) + int(np.count_nonzero(ids[others] >= 0))
    kind: Kind = "json" if is_json else "texts" if named > np.count_nonzero(is_number) else "ids"
    return _found(kind, parts, text)


def _bytes_of(text: str) -> Bytes:
    """Return one byte for each character; those beyond ASCII become a letter, as they can only be part of a name."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    units: Bytes = np.where(points < 128, points, ord("x")).astype(np.uint8)
    for space in (0xA0, 0x2028, 0x2029, 0x3000, 0xFEFF):  # blanks that come along when text is copied
        units[points == space] = ord(" ")
    return units


def _looks_like_json(text: str, vocabulary: Vocabulary) -> bool:
    head = text.lstrip()[:1]
    return head in ("[", "{") and not any(text.lstrip().startswith(each) for each in vocabulary.special_texts)


def _outside_of_values(text: str, size: int) -> Flags:
    """Flag the characters of JSON objects that are no value of the key that holds tokens: bool (size,)."""
    for key in _KEYS:
        found = [match.end() for match in re.finditer(rf'"{key}"\s*:\s*', text)]
        if found:
            break
    else:
        raise InputError("the JSON has no input_ids", hint='{"input_ids": [1, 2, 3]}')
    outside = np.ones(size, dtype=np.bool_)
    for first in found:
        outside[first : _end_of_value(text, first)] = False
    return outside


def _end_of_value(text: str, first: int) -> int:
    """Return where the JSON value that begins at ``first`` ends; that of a cut text ends with it."""
    if text[first : first + 1] not in ("[", "{"):
        match = re.compile(r"[,}\]\n]").search(text, first)
        return match.start() if match else len(text)
    depth = 0
    for bracket in _BRACKETS.finditer(text, first):
        depth += 1 if bracket[0] in "[{" else -1
        if not depth:
            return bracket.end()
    return len(text)


def _find_specials(text: str, vocabulary: Vocabulary) -> list[tuple[int, int, int]]:
    """Find special tokens in brackets (``<unk>``, ``[MASK]``) wherever they stand: (first, last, id)."""
    ids = {each: vocabulary.n_regions + place for place, each in enumerate(vocabulary.special_texts)}
    bracketed = [each for each in ids if each[0] + each[-1] in ("<>", "[]", "{}", "()")]
    pattern = "|".join(re.escape(each) for each in sorted(bracketed, key=len, reverse=True))
    if not pattern:
        return []
    return [(match.start(), match.end(), ids[match[0]]) for match in re.finditer(pattern, text)]


def _words(units: Bytes, outside: Flags | None, specials: list[tuple[int, int, int]]) -> tuple[Coords, Coords]:
    """Cut at separators, at what is outside and at special tokens: (w,) firsts and lasts of the words."""
    table = np.zeros(256, dtype=np.bool_)
    table[[ord(sign) for sign in _SEPARATORS]] = True
    between = np.ones(len(units) + 2, dtype=np.bool_)
    between[1:-1] = table[units]
    if outside is not None:
        between[1:-1] |= outside
    for first, last, _ in specials:
        between[first + 1 : last + 1] = True
    borders = np.flatnonzero(between[1:] != between[:-1])
    return borders[0::2].astype(np.int64), borders[1::2].astype(np.int64)


def _read_numbers(units: Bytes, starts: Coords, ends: Coords, vocab_size: int) -> tuple[Ids, Flags]:
    """Read the words that are digits only: (w,) ids, -1 where the number is none, and which words are numbers."""
    padded = bytes(_PADDING) + units.tobytes()
    lengths = ends - starts
    values, valid = parse_decimals(
        words=words_of(padded),
        text=np.frombuffer(padded, dtype=np.uint8),
        ends=ends + _PADDING,
        lengths=np.minimum(lengths, MAX_DIGITS + 1),
    )
    known = valid & (values < vocab_size)
    return np.where(known, values, -1).astype(np.int32), valid


def _look_up(words: list[str], vocabulary: Vocabulary) -> Ids:
    """Return the ids of token texts, -1 where there is none."""
    if not words:
        return np.empty(0, dtype=np.int32)
    distinct = list(dict.fromkeys(words))
    ids = dict(zip(distinct, vocabulary.find(distinct).tolist(), strict=True))
    return np.array([ids[word] for word in words], dtype=np.int32)


@dataclass(frozen=True, eq=False)
class _Parts:
    """Words with their ids (-1: none) and places, int64 (w,) in characters."""

    ids: Ids
    starts: Coords
    ends: Coords

    def with_cut_words(self, words: list[str], at: NDArray[np.intp], vocab_size: int) -> "_Parts":
        """Cut unknown words that are numbers joined by other signs (``1|2``); ``at`` are the places of ``words``."""
        cut = [
            (place, pieces)
            for place, word in zip(at.tolist(), words, strict=True)
            if self.ids[place] < 0 and (pieces := _numbers_in(word))
        ]
        if not cut:
            return self
        kept = np.ones(len(self.ids), dtype=np.bool_)
        kept[[place for place, _ in cut]] = False
        found = [(self.starts[place] + first, piece) for place, pieces in cut for first, piece in pieces]
        ids = [int(piece) if len(piece) <= MAX_DIGITS and int(piece) < vocab_size else -1 for _, piece in found]
        starts = np.array([first for first, _ in found], dtype=np.int64)
        ends = starts + np.array([len(piece) for _, piece in found], dtype=np.int64)
        return _Parts(self.ids[kept], self.starts[kept], self.ends[kept]).joined(ids, starts, ends)

    def with_specials(self, specials: list[tuple[int, int, int]]) -> "_Parts":
        """Add the special tokens that were found beforehand."""
        if not specials:
            return self
        firsts, lasts, ids = zip(*specials, strict=True)
        return self.joined(ids, np.array(firsts, dtype=np.int64), np.array(lasts, dtype=np.int64))

    def joined(self, ids: list[int] | tuple[int, ...], starts: Coords, ends: Coords) -> "_Parts":
        """Add words, and put all in the order of the text."""
        starts = np.concatenate([self.starts, starts])
        order = np.argsort(starts, kind="stable")
        all_ids = np.concatenate([self.ids, np.array(ids, dtype=np.int32)])
        return _Parts(all_ids[order], starts[order], np.concatenate([self.ends, ends])[order])


def _numbers_in(word: str) -> list[tuple[int, str]]:
    """Return the digits of a word that is nothing but numbers and signs between them, each with its place."""
    pieces = list(_pieces(word))
    return pieces if all(piece.isascii() and piece.isdigit() for _, piece in pieces) else []


def _pieces(word: str) -> Iterator[tuple[int, str]]:
    first = 0
    for match in (*_CUTS.finditer(word), None):
        last = len(word) if match is None else match.start()
        if last > first:
            yield first, word[first:last]
        first = last if match is None else match.end()


def _found(kind: Kind, parts: _Parts, text: str) -> Found:
    known = parts.ids >= 0
    shown = np.flatnonzero(~known)[:SHOWN_UNKNOWN]
    spans = list(zip(parts.starts[shown].tolist(), parts.ends[shown].tolist(), strict=True))
    words = [text[first : min(last, first + _SHOWN_TEXT)] for first, last in spans]
    edges = _in_units(text, np.array(spans, dtype=np.int64).reshape(-1, 2)).tolist()
    return Found(
        kind,
        parts.ids[known],
        _in_units(text, parts.starts[known]).astype(np.int32),
        tuple(Unknown(first, last, word) for (first, last), word in zip(edges, words, strict=True)),
        len(known) - int(np.count_nonzero(known)),
    )


def _in_units(text: str, places: Coords) -> Coords:
    """Turn places in characters into places in UTF-16 units, as JavaScript counts."""
    if text.isascii() or not len(text):
        return places
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    before = np.zeros(len(points) + 1, dtype=np.int64)
    np.cumsum(points > 0xFFFF, dtype=np.int64, out=before[1:])
    return places + before[places]


def describe_found(found: Found) -> Mapping[str, object]:
    """Return plain values: kind, total, unknown [[first, last, text], ..], unknown_total."""
    unknown = [list(each) for each in found.unknown]
    return {"kind": found.kind, "total": len(found.ids), "unknown": unknown, "unknown_total": found.n_unknown}
