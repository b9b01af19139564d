"""Ids and texts of learned codes: one id for a token's finest code, for all its levels, or one for each level."""

import re
from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.errors import ConfigError, VocabularyError
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.values.codebook import CodeArray, Quantizer
from genotok.values.specials import SpecialTokens
from genotok.values.vocabulary import Words

Layout: TypeAlias = Literal["fine", "joint", "interleave"]

MAX_JOINT = 65_536
_TOGETHER = 2**20  # tokens named at once: what is made of them is small
_NUMBER = "(0|[1-9][0-9]{0,5})"  # as it is written, without a leading zero
_JOINT = re.compile(rf"v{_NUMBER}(?:\.{_NUMBER})*", re.ASCII)
_LEVEL = re.compile(rf"v([1-9][0-9]?):{_NUMBER}", re.ASCII)


def choose_layout(quantizer: Quantizer, sizes: tuple[int, ...]) -> Layout:
    """Return the layout that a kind of codebook has unless another is asked for.

    >>> choose_layout("tree", (512, 4096)), choose_layout("hrq", (32, 64)), choose_layout("hrq", (1024, 2048))
    ('fine', 'joint', 'interleave')
    """
    if quantizer not in ("hrq", "rvq"):
        return "fine"
    return "joint" if prod(sizes) <= MAX_JOINT else "interleave"


class CodeWords(Words):
    """Codes of N levels as ids 0 .. V - 1, and special tokens behind; immutable.

    ``sizes`` are the codes of each level. Texts are ``v17`` ('fine'), ``v3.41`` ('joint'), ``v1:3`` ('interleave':
    level 1, code 3). A joint layout of more than 65,536 ids raises ConfigError, a special text that is also a code's
    VocabularyError.

    >>> words = CodeWords("interleave", (4, 8), SpecialTokens())
    >>> ids = words.ids_of_codes(np.array([[3, 65535], [7, 65535]], np.uint16))
    >>> ids.tolist(), words.texts_of(ids), words.codes_of_ids(ids).tolist()
    ([3, 11, 12, 12], ['v1:3', 'v2:7', '<unk>', '<unk>'], [[3, 65535], [7, 65535]])
    """

    _too_many = "use fewer codes"

    def __init__(self, layout: Layout, sizes: tuple[int, ...], specials: SpecialTokens) -> None:
        self.layout, self.sizes = layout, sizes
        self.ids_per_token = len(sizes) if layout == "interleave" else 1
        self.named = sizes[-1:] if layout == "fine" else sizes  # levels that texts name
        self._starts = [0, *accumulate(sizes)]  # of each level's ids where they are interleaved
        if layout == "joint" and prod(sizes) > MAX_JOINT:
            what = f"a joint layout of {' x '.join(map(str, sizes))} codes has more than {MAX_JOINT:,} ids"
            raise ConfigError(what, hint="layout='interleave' has an id for each level")
        super().__init__(sum(sizes) if layout == "interleave" else prod(self.named), specials)
        for text in self.special_texts:
            if self._find_content([text])[0] >= 0:
                raise VocabularyError(f"the special token {text!r} is also the text of a code", hint="choose another")

    def _find_content(self, texts: Sequence[str]) -> Ids:
        find = self._find_level if self.layout == "interleave" else self._find_joint
        return np.array([find(text) for text in texts], dtype=np.int32)

    def _find_joint(self, text: str) -> int:
        digits = text[1:].split(".") if _JOINT.fullmatch(text) else []
        codes = [int(each) for each in digits]
        if len(codes) != len(self.named) or any(code >= size for code, size in zip(codes, self.named, strict=True)):
            return -1
        number = 0
        for code, size in zip(codes, self.named, strict=True):
            number = number * size + code
        return number

    def _find_level(self, text: str) -> int:
        found = _LEVEL.fullmatch(text)
        level, code = (int(each) for each in found.groups()) if found else (0, 0)
        inside = 1 <= level <= len(self.sizes) and code < self.sizes[level - 1]
        return self._starts[level - 1] + code if inside else -1

    def _texts_of_content(self, ids: Any) -> list[str]:
        numbers = np.asarray(ids, dtype=np.int64)
        if self.layout == "interleave":
            levels = np.searchsorted(np.array(self._starts[1:], dtype=np.int64), numbers, side="right")
            codes = numbers - np.array(self._starts, dtype=np.int64)[levels.astype(np.intp)]
            return [f"v{level + 1}:{code}" for level, code in zip(levels.tolist(), codes.tolist(), strict=True)]
        columns = [column.tolist() for column in self._split(numbers)]
        return [f"v{'.'.join(map(str, codes))}" for codes in zip(*columns, strict=True)]

    def _split(self, numbers: Coords) -> list[Coords]:
        """Take ids apart into the codes of each level that they name, coarse to fine; each int64 (n,)."""
        columns: list[Coords] = []
        for size in reversed(self.named):
            columns.insert(0, numbers % size)
            numbers = numbers // size
        return columns

    def ids_of_codes(self, codes: CodeArray) -> Ids:
        """Return the ids of codes uint16 (N, n), token by token: int32 (n · ids_per_token,)."""
        ids = np.empty(codes.shape[1] * self.ids_per_token, dtype=np.int32)
        for begin in range(0, codes.shape[1], _TOGETHER):
            some = codes[:, begin : begin + _TOGETHER]
            self._name_codes(some, ids[begin * self.ids_per_token :][: some.shape[1] * self.ids_per_token])
        return ids

    def _name_codes(self, codes: CodeArray, ids: Ids) -> None:
        """Write the ids of some tokens."""
        unknown = codes[-1] == UNKNOWN_CODE
        if self.layout == "interleave":
            table = ids.reshape(-1, self.ids_per_token)
            np.add(codes.T, np.array(self._starts[:-1], dtype=np.int32), out=table)
            table[unknown] = self.unk_id
            return
        named = codes[-len(self.named) :]
        ids[:] = named[0]
        for level, size in zip(named[1:], self.named[1:], strict=True):
            ids *= np.int32(size)
            ids += level
        if unknown.any():
            ids[unknown] = self.unk_id

    def codes_of_ids(self, ids: Any) -> CodeArray:
        """Return the codes of the levels that ids name, uint16 (N, n) or, where only the finest has ids, (1, n).

        An id that is no code's, special or beyond the end, is 65,535 in all levels. Interleaved ids that are not
        whole tokens, coarse to fine, raise VocabularyError.
        """
        numbers = np.asarray(ids, dtype=np.int64)
        special = numbers >= self.n_content
        if self.layout == "interleave":
            return self._codes_of_levels(numbers, special)
        columns = self._split(np.where(special, 0, numbers))
        codes: CodeArray = np.stack(columns).astype(np.uint16)
        codes[:, special] = UNKNOWN_CODE
        return codes

    def codes_named(self, number: int) -> tuple[tuple[int, int], ...]:
        """Return the levels, 1 the coarsest, and codes that an id names; none of a special token.

        >>> CodeWords("joint", (4, 8), SpecialTokens()).codes_named(31)
        ((1, 3), (2, 7))
        """
        if number >= self.n_content:
            return ()
        if self.layout == "interleave":
            level, code = self.texts_of([number])[0][1:].split(":")
            return ((int(level), int(code)),)
        codes = [int(column[0]) for column in self._split(np.array([number], dtype=np.int64))]
        first = len(self.sizes) - len(codes) + 1
        return tuple(enumerate(codes, start=first))

    def _codes_of_levels(self, numbers: Coords, special: Any) -> CodeArray:
        n_levels = self.ids_per_token
        if len(numbers) % n_levels:
            what = f"{len(numbers):,} ids are no whole tokens"
            raise VocabularyError(what, hint=f"in this layout a token has {n_levels} ids, coarse to fine")
        starts, ends = (np.array(each, dtype=np.int64) for each in (self._starts[:-1], self._starts[1:]))
        table, is_special = numbers.reshape(-1, n_levels), special.reshape(-1, n_levels)
        wrong = np.flatnonzero(((table < starts) | (table >= ends)) & ~is_special)
        if wrong.size:
            at = int(wrong[0])
            text, level = self.texts_of(numbers[at : at + 1])[0], at % n_levels + 1
            hint = f"a token has {n_levels} ids, coarse to fine"
            raise VocabularyError(f"{text} where level {level} is due", where=f"id {at}", hint=hint)
        codes: CodeArray = (table - starts).T.astype(np.uint16)
        codes[:, is_special.any(axis=1)] = UNKNOWN_CODE
        return codes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CodeWords):
            return NotImplemented
        return (self.layout, self.sizes, self.specials) == (other.layout, other.sizes, other.specials)

    def __hash__(self) -> int:
        return hash((self.layout, self.sizes, self.specials))
