"""Rows whose ``chr:start-end`` contains a piece of text, or a pattern, many rendered at a time."""

import re
import warnings

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.document import Document
from genotok.arrays import Flags
from genotok.errors import InputError
from genotok.kernels.bedtext import LABEL_SIGNS, render_bed3
from genotok.kernels.digits import join_integers

_ROWS = 2**18  # rendered at a time
_SPAN = set("0123456789-")
_LONGEST_PATTERN = 1000  # characters


def rows_containing(document: Document, text: str) -> Flags:
    """Flag the rows whose ``name:start-end`` contains ``text``, case-blind: bool (n,).

    The text lies within the name, within the coordinates, or across the colon between them; the name of a row without
    chromosome is empty.
    """
    text = text.casefold()
    names = [*(name.casefold() for name in document.chrom_names), ""]  # code -1 reads the last one
    found = np.array([text in name or text == ":" for name in names])[document.codes]
    if set(text) <= _SPAN:
        _flag_spans(document, ~found, text, found)
    for at, sign in enumerate(text):
        head, tail = text[:at], text[at + 1 :]
        if sign == ":" and set(tail) <= _SPAN:
            fits = np.array([name.endswith(head) for name in names])[document.codes]
            _flag_spans(document, fits & ~found, f"\n{tail}", found)
    return found


def _flag_spans(document: Document, candidates: Flags, piece: str, found: Flags) -> None:
    """Flag in ``found`` the candidates whose ``start-end`` contains a piece; a leading line feed is its start."""
    rows = np.flatnonzero(candidates)
    for first in range(0, len(rows), _ROWS):
        part = rows[first : first + _ROWS]
        found[part[_lines_with(document, part, piece.encode())]] = True


def _lines_with(document: Document, rows: NDArray[np.intp], needle: bytes) -> NDArray[np.intp]:
    """Render some rows as ``start-end`` lines, and return the places of those lines that hold the needle."""
    numbers = np.empty(2 * len(rows), dtype=np.int64)
    numbers[0::2], numbers[1::2] = document.starts[rows], document.ends[rows]
    text = b"\n" + join_integers(numbers, np.tile(np.frombuffer(b"-\n", np.uint8), len(rows)))
    buffer = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(buffer == 10)  # line r lies between line feeds r and r + 1
    at = np.flatnonzero(buffer[:-1] == needle[0]) if needle else ends[:-1]  # the last line feed begins no line
    at = at[at <= len(buffer) - len(needle)]
    for step, byte in enumerate(needle[1:], 1):
        at = at[buffer[at + step] == byte]
    return np.searchsorted(ends, at, side="right") - 1


def compile_pattern(text: str) -> re.Pattern[str]:
    """Compile a regular expression as Python writes them; InputError names the character at which it goes wrong."""
    hint = "Python's regular expressions are meant, as ^chr[12]:"
    if len(text) > _LONGEST_PATTERN:
        raise InputError(f"a pattern of {len(text):,} characters", hint=f"at most {_LONGEST_PATTERN:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of signs that may mean more one day
            return re.compile(text)
    except re.error as error:
        where = "pattern" if error.pos is None else f"pattern, character {error.pos + 1}"
        raise InputError(error.msg, where=where, hint=hint) from None
    except (OverflowError, RecursionError) as error:
        raise InputError(str(error), where="pattern", hint=hint) from None


def rows_matching(document: Document, pattern: re.Pattern[str]) -> Flags:
    """Flag the rows in whose ``name:start-end`` a pattern is found: bool (n,).

    The name of a row without chromosome is empty.
    """
    names = tuple(name.encode() for name in (*document.chrom_names, ""))
    found = np.zeros(len(document), dtype=np.bool_)
    for first in range(0, len(document), _ROWS):
        part = slice(first, first + _ROWS)
        codes, starts, ends = document.codes[part], document.starts[part], document.ends[part]
        text = render_bed3(names=names, codes=codes, starts=starts, ends=ends, signs=LABEL_SIGNS)
        lines = text.decode().split("\n")
        lines.pop()  # behind the last line end
        found[part] = [match is not None for match in map(pattern.search, lines)]
    return found
