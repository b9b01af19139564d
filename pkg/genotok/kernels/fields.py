"""Where a column stands in many lines of text at once, and its fields as numbers that can be compared and hashed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Words
from genotok.kernels.digits import mask_tails

_TAB = 9
_WORD = 8  # bytes


def find_fields(*, text: Bytes, line_starts: Coords, line_ends: Coords, column: int) -> tuple[Coords, Coords]:
    """Find a 0-based TAB-separated column of (n,) lines, which ascend: int64 (n,) first bytes and ends.

    A line with too few columns has its field behind its end: ``starts > line_ends`` there, and nowhere else.
    """
    tabs = np.flatnonzero(text == _TAB).astype(np.int64)
    per_line, rest = divmod(len(tabs), max(len(line_starts), 1))
    if not rest and per_line >= column and len(line_starts):
        table = tabs.reshape(len(line_starts), per_line)
        if not per_line or bool(np.all((table[:, 0] >= line_starts) & (table[:, -1] < line_ends))):
            return _between(table, line_starts, line_ends, column)
    first = np.searchsorted(tabs, line_starts)
    tabs = np.concatenate([tabs, np.full(column + 1, len(text) + 1, dtype=np.int64)])
    begins = tabs[first + column - 1] + 1 if column else line_starts
    missing = begins > line_ends
    starts = np.where(missing, line_ends + 1, begins)
    ends = np.minimum(tabs[first + column], line_ends)
    return starts, np.maximum(ends, starts)


def _between(table: Coords, line_starts: Coords, line_ends: Coords, column: int) -> tuple[Coords, Coords]:
    """Cut a column out of lines that all have the same (n, k) TABs."""
    starts = table[:, column - 1] + 1 if column else line_starts
    return starts, table[:, column].copy() if column < table.shape[1] else line_ends


def read_words(*, words: Words, ends: Coords, lengths: NDArray[Any]) -> list[Words]:
    """Read the fields that end before each ``ends[i]``, ``lengths[i]`` bytes long, eight bytes at once, backwards.

    The first of the (n,) words are the fields' last bytes, and so on; zeros stand where a field has no more bytes.
    Eight bytes must stand before each field. Fields of equal length are equal where all their words are.
    """
    longest = int(lengths.max(initial=0))
    shortest = int(lengths.min(initial=longest))
    places = ends - _WORD
    read = []
    for step in range(0, longest, _WORD):
        if step:
            places = np.maximum(places - _WORD, 0) if shortest <= step else places - _WORD
        found = words[places]
        if shortest < step + _WORD:
            found &= mask_tails(np.clip(lengths - step, 0, _WORD))
        read.append(found)
    return read


def hash_words(*, words: list[Words], lengths: NDArray[Any]) -> Words:
    """Hash (n,) fields by what `read_words` read of them: uint64, well mixed, and the same on every platform.

    Equal fields have equal hashes, whatever fields are hashed beside them.
    """
    hashes = lengths.astype(np.uint64)
    for step, word in enumerate(words):
        mixed = hashes ^ word
        mixed *= np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        reaches = lengths > _WORD * step  # the words of longer fields beside it change nothing
        hashes = mixed if reaches.all() else np.where(reaches, mixed, hashes)
    return hashes
