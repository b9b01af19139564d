"""A block of BED text to columns without a loop over lines; what is not plainly a BED row is flagged, never guessed."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Words
from genotok.kernels.digits import lead_with_zero, mask_tails, parse_decimals, words_of

PADDING = 16  # bytes that must stand before the text, so that every word may be read backwards from its field's end

_TAB, _NEWLINE, _RETURN, _SPACE, _HASH = 9, 10, 13, 32, 35


class Scan(NamedTuple):
    """The lines of a block, all arrays (n,).

    Line ``i`` is ``text[line_starts[i]:line_ends[i]]``, its line end left out. Where ``regular``, it holds a name,
    which ends at ``name_ends``, and two plain decimals, ``starts`` and ``ends``, between TABs; elsewhere these mean
    nothing. ``columns`` counts TAB-separated columns. ``fresh`` flags regular lines whose name differs from that of the
    regular line before, and maybe others behind lines that are not regular. ``tails`` are the last eight bytes of each
    name. ``has_nul`` tells that this is not text.
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


class _Lines(NamedTuple):
    """The marks (bytes below a blank: TABs, line ends, strange ones) of a block by line, all arrays (n,).

    ``fields`` are the ends of the first three fields, which mean nothing where not ``regular``.
    """

    ends: Coords
    fields: tuple[Coords, Coords, Coords]
    regular: Flags
    columns: Coords
    returns: Coords  # the lines that end with CRLF


def scan_bed(text: bytes | bytearray) -> Scan:
    """Scan text that begins with PADDING bytes of any kind and ends with LF."""
    buffer = np.frombuffer(text, dtype=np.uint8)
    marks = np.flatnonzero(buffer[PADDING:] < _SPACE)
    marks += PADDING
    kinds = buffer[marks]
    signs = kinds.tobytes()
    line_ends, fields, regular, columns, returns = _even_lines(marks, signs) or _ragged_lines(marks, kinds)
    line_starts = np.empty_like(line_ends)
    line_starts[:1] = PADDING
    np.add(line_ends[:-1], 1, out=line_starts[1:])
    words = words_of(text)
    starts, ends = (_decimals(words, buffer, before, after, regular) for before, after in pairwise(fields))
    fresh, tails = _name_changes(words, line_starts, fields[0], regular)
    _refuse_odd_names(buffer, line_starts, fields[0], regular, fresh)
    line_ends[returns] -= 1
    return Scan(line_starts, line_ends, regular, fields[0], starts, ends, columns, fresh, tails, b"\0" in signs)


def _even_lines(marks: Coords, signs: bytes) -> _Lines | None:
    """Take the marks apart as a table, if each line has the same number of columns and there is nothing strange."""
    n_columns = signs.find(b"\n") + 1
    n_lines = len(signs) // max(n_columns, 1)
    if n_columns < 3 or signs != (b"\t" * (n_columns - 1) + b"\n") * n_lines:
        return None
    first, second, third = (np.ascontiguousarray(marks[column::n_columns]) for column in range(3))
    ends = marks[n_columns - 1 :: n_columns].copy()
    columns = np.full(n_lines, n_columns, dtype=marks.dtype)
    return _Lines(ends, (first, second, third), np.ones(n_lines, np.bool_), columns, np.empty(0, np.intp))


def _ragged_lines(marks: Coords, kinds: Bytes) -> _Lines:
    last_marks = np.flatnonzero(kinds == _NEWLINE)  # (n,) the mark that ends each line
    first_marks = np.concatenate([[0], last_marks[:-1] + 1])
    columns = last_marks - first_marks + 1
    regular = columns >= 3
    strange, returns = _strange_marks(marks, kinds)
    regular[np.searchsorted(last_marks, strange)] = False
    return_lines = np.searchsorted(last_marks, returns)
    columns[return_lines] -= 1
    first, second, third = (marks[np.minimum(first_marks + step, len(marks) - 1)] for step in range(3))
    return _Lines(marks[last_marks], (first, second, third), regular, columns, return_lines)


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
    lengths = after - before
    lengths -= 1
    values, valid = parse_decimals(words=words, text=buffer, ends=after, lengths=lengths)
    regular &= valid
    regular &= ~lead_with_zero(values=values, lengths=lengths)
    return values


def _refuse_odd_names(buffer: Bytes, line_starts: Coords, name_ends: Coords, regular: Flags, fresh: Flags) -> None:
    """Clear ``regular`` where the name is empty, begins a comment, or is fringed with blanks.

    Only fresh names are looked at: the lines of a run share their name. ``fresh`` loses the flags of lines cleared.
    """
    begins = np.flatnonzero(fresh)
    first, last = line_starts[begins], name_ends[begins]
    heads, tails = buffer[first], buffer[last - 1]
    odd = (last <= first) | (heads == _HASH) | (heads <= _SPACE) | (tails <= _SPACE)
    if odd.any():
        runs = np.diff(np.append(begins, len(regular))).astype(np.intp)
        regular[begins[0] :] &= ~np.repeat(odd, runs)
        fresh &= regular


def _name_changes(words: Words, line_starts: Coords, name_ends: Coords, regular: Flags) -> tuple[Flags, Words]:
    """Flag the regular lines whose name is not that of the regular line before."""
    lengths = name_ends - line_starts
    tails = words[name_ends - 8]
    tails &= mask_tails(lengths)
    at = slice(None) if regular.all() else np.flatnonzero(regular)
    differs = _differ(tails[at]) | _differ(lengths[at])
    places = np.flatnonzero(~differs & (lengths[at] > 8))
    if places.size:  # beyond eight bytes, compare the words before the tail too
        lines = np.flatnonzero(regular)
        now, last = line_starts[lines[places]], line_starts[lines[places - 1]]
        left = lengths[lines[places]] - 8
        for step in range(0, int(left.max()), 8):
            reaches = left > step
            beyond = ((8 - np.minimum(left - step, 8)[reaches]) * 8).astype(np.uint64)
            unlike = (words[now[reaches] + step] ^ words[last[reaches] + step]) << beyond != 0
            differs[places[reaches]] |= unlike
    fresh = np.zeros(len(regular), dtype=bool)
    fresh[at] = differs
    return fresh, tails


def _differ(values: NDArray[Any]) -> Flags:
    """Flag the values that differ from their predecessor; the first always does."""
    differs = np.ones(len(values), dtype=bool)
    differs[1:] = values[1:] != values[:-1]
    return differs
