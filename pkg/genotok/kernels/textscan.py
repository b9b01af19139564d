"""A block of BED text to columns without a loop over lines; what is not plainly a BED row is flagged, never guessed."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Words
from genotok.kernels.digits import parse_decimals, words_of

PADDING = 16  # bytes that must stand before the text, so that every word may be read backwards from its field's end

_TAB, _NEWLINE, _RETURN, _SPACE, _HASH, _ZERO = 9, 10, 13, 32, 35, 48
_TAILS = np.array([2**64 - 2 ** (64 - 8 * n) if n else 0 for n in range(9)], dtype=np.uint64)  # the last n bytes


class Scan(NamedTuple):
    """The lines of a block, all arrays (n,).

    Line ``i`` is ``text[line_starts[i]:line_ends[i]]``, its line end left out. Where ``regular``, it holds a name,
    which ends at ``name_ends``, and two plain decimals, ``starts`` and ``ends``, between TABs; elsewhere these mean
    nothing. ``columns`` counts TAB-separated columns. ``fresh`` flags regular lines whose name differs from that of the
    regular line before. ``tails`` are the last eight bytes of each name. ``has_nul`` tells that this is not text.
    """

    line_starts: Coords
    line_ends: Coords
    regular: Flags
    name_ends: Coords
    starts: Coords
    ends: Coords
    columns: Coords
    fresh: Flags
    tails: Words
    has_nul: bool


def scan_bed(text: bytes | bytearray) -> Scan:
    """Scan text that begins with PADDING bytes of any kind and ends with LF."""
    buffer = np.frombuffer(text, dtype=np.uint8)
    marks = np.flatnonzero(buffer[PADDING:] < _SPACE) + PADDING
    kinds = buffer[marks]
    last_marks = np.flatnonzero(kinds == _NEWLINE)  # (n,) the mark that ends each line
    first_marks = np.concatenate([[0], last_marks[:-1] + 1])
    line_ends = marks[last_marks]
    line_starts = np.concatenate([[PADDING], line_ends[:-1] + 1])
    columns = last_marks - first_marks + 1
    regular = columns >= 3
    strange, returns = _strange_marks(marks, kinds)
    regular[np.searchsorted(last_marks, strange)] = False
    columns[np.searchsorted(last_marks, returns)] -= 1

    at = np.minimum(first_marks, len(marks) - 3) if len(marks) >= 3 else np.zeros_like(first_marks)
    fields = [marks[np.minimum(at + step, len(marks) - 1)] for step in range(3)]  # ends of name, start and end
    words = words_of(text)
    starts, ends = (_decimals(words, buffer, before, after, regular) for before, after in pairwise(fields))
    _refuse_odd_names(buffer, line_starts, fields[0], regular)
    line_ends[np.searchsorted(last_marks, returns)] -= 1
    fresh, tails = _name_changes(words, line_starts, fields[0], regular)
    return Scan(
        line_starts, line_ends, regular, fields[0], starts, ends, columns, fresh, tails, bool((kinds == 0).any())
    )


def _strange_marks(marks: Coords, kinds: Bytes) -> tuple[Coords, Coords]:
    """Return the marks that are neither TAB nor line end, and those that are the CR of a CRLF."""
    others = np.flatnonzero((kinds != _TAB) & (kinds != _NEWLINE))
    if not others.size:
        return others, others
    following = np.minimum(others + 1, len(marks) - 1)
    before_newline = (kinds[following] == _NEWLINE) & (marks[following] == marks[others] + 1)
    returns = (kinds[others] == _RETURN) & before_newline
    return others[~returns], others[returns]


def _decimals(words: Words, buffer: Bytes, before: Coords, after: Coords, regular: Flags) -> Coords:
    """Read the decimals between two marks of each line; clears ``regular`` where there is no plain one."""
    lengths = after - before - 1
    values, valid = parse_decimals(words=words, text=buffer, ends=after, lengths=np.clip(lengths, 0, 11))
    leading_zero = (buffer[np.minimum(before + 1, len(buffer) - 1)] == _ZERO) & (lengths > 1)
    regular &= valid & ~leading_zero & (lengths > 0)
    return values


def _refuse_odd_names(buffer: Bytes, line_starts: Coords, name_ends: Coords, regular: Flags) -> None:
    """Clear ``regular`` where the name is empty, begins a comment, or is fringed with blanks."""
    heads, tails = buffer[line_starts], buffer[name_ends - 1]
    regular &= (name_ends > line_starts) & (heads != _HASH) & (heads > _SPACE) & (tails > _SPACE)


def _name_changes(words: Words, line_starts: Coords, name_ends: Coords, regular: Flags) -> tuple[Flags, Words]:
    """Flag the regular lines whose name is not that of the regular line before."""
    lengths = name_ends - line_starts
    tails = words[name_ends - 8] & _TAILS[np.clip(lengths, 0, 8)]
    at = slice(None) if regular.all() else np.flatnonzero(regular)
    differs = _differ(tails[at]) | _differ(lengths[at])
    places = np.flatnonzero(~differs & (lengths[at] > 8))
    if places.size:  # beyond eight bytes, compare the words before the tail too
        lines = np.flatnonzero(regular)
        now, last = line_starts[lines[places]], line_starts[lines[places - 1]]
        left = lengths[lines[places]] - 8
        for step in range(0, int(left.max()), 8):
            reaches = left > step
            mask = _TAILS[8] >> ((8 - np.minimum(left - step, 8)[reaches]) * 8).astype(np.uint64)
            unlike = (words[now[reaches] + step] ^ words[last[reaches] + step]) & mask != 0
            differs[places[reaches]] |= unlike
    fresh = np.zeros(len(regular), dtype=bool)
    fresh[at] = differs
    return fresh, tails


def _differ(values: NDArray[Any]) -> Flags:
    """Flag the values that differ from their predecessor; the first always does."""
    differs = np.ones(len(values), dtype=bool)
    differs[1:] = values[1:] != values[:-1]
    return differs
