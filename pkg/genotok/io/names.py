"""Chromosome names as they turn up in a file, numbered by first appearance."""

import numpy as np

from genotok.arrays import Coords, Ids, Words


class NameTable:
    """Maps name bytes to codes; short names are found by binary search over eight-byte words.

    >>> table = NameTable()
    >>> [table.code_of(name) for name in (b"chr2", b"chr1", b"chr2")], table.names
    ([0, 1, 0], ['chr2', 'chr1'])
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self._codes: dict[bytes, int] = {}
        self._words = np.empty(0, dtype=np.uint64)  # names of up to eight bytes, ascending
        self._word_codes = np.empty(0, dtype=np.int32)
        self._fresh: list[tuple[int, int]] = []  # (word, code) of names that are not among them yet

    def code_of(self, name: bytes) -> int:
        """Return the code of a name, a new one if need be; the bytes must be UTF-8."""
        code = self._codes.get(name)
        if code is None:
            self.names.append(name.decode())
            code = self._codes[name] = len(self.names) - 1
            if len(name) <= 8:
                self._fresh.append((int.from_bytes(name.rjust(8, b"\0"), "little"), code))
        return code

    def codes_of_words(self, words: Words, lengths: Coords) -> Ids:
        """Find the codes of (n,) names by their last eight bytes; -1 for longer names and for new ones."""
        if self._fresh:
            self._merge_fresh()
        if not len(self._words):
            return np.full(len(words), -1, dtype=np.int32)
        places = np.minimum(np.searchsorted(self._words, words), len(self._words) - 1)
        known = (self._words[places] == words) & (lengths <= 8)
        return np.where(known, self._word_codes[places], np.int32(-1))

    def _merge_fresh(self) -> None:
        fresh_words, fresh_codes = zip(*self._fresh, strict=True)
        words = np.concatenate([self._words, np.array(fresh_words, dtype=np.uint64)])
        codes = np.concatenate([self._word_codes, np.array(fresh_codes, dtype=np.int32)])
        order = np.argsort(words, kind="stable")
        self._words, self._word_codes, self._fresh = words[order], codes[order], []
