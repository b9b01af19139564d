"""Rows whose ``chr:start-end`` contains a piece of text, without rendering a string per row."""

import numpy as np

from genotok.analysis.document import Document
from genotok.arrays import Flags
from genotok.kernels.digits import join_integers

_ROWS = 2**18  # rendered at a time
_SPAN = set("0123456789-")


def rows_containing(document: Document, text: str) -> Flags:
    """Flag the rows whose ``name:start-end`` contains ``text``, case-blind: bool (n,).

    The text lies within the name, within the coordinates, or across the colon between them; the name of a row without
    chromosome is empty.
    """
    text = text.casefold()
    names = [*(name.casefold() for name in document.chrom_names), ""]  # code -1 reads the last one
    found = np.array([text in name or text == ":" for name in names])[document.codes]
    if set(text) <= _SPAN:
        found |= _spans_with(document, text, at_start=False)
    for at, sign in enumerate(text):
        head, tail = text[:at], text[at + 1 :]
        fits = np.array([sign == ":" and name.endswith(head) for name in names])
        if fits.any() and set(tail) <= _SPAN:
            found |= fits[document.codes] & _spans_with(document, tail, at_start=True)
    return found


def _spans_with(document: Document, piece: str, *, at_start: bool) -> Flags:
    """Flag the rows whose ``start-end`` contains, or starts with, a piece of digits and dashes."""
    needle = (("\n" if at_start else "") + piece).encode()
    flags = np.zeros(len(document), dtype=np.bool_)
    for first in range(0, len(document), _ROWS):
        part = slice(first, min(first + _ROWS, len(document)))
        numbers = np.empty(2 * (part.stop - first), dtype=np.int64)
        numbers[0::2], numbers[1::2] = document.starts[part], document.ends[part]
        separators = np.tile(np.frombuffer(b"-\n", np.uint8), part.stop - first)
        buffer = np.frombuffer(b"\n" + join_integers(numbers, separators), np.uint8)
        # the last line feed ends the last row and begins none
        at = np.flatnonzero(buffer[: min(len(buffer) - len(needle) + 1, len(buffer) - 1)] == needle[0])
        for step, byte in enumerate(needle[1:], 1):
            at = at[buffer[at + step] == byte]
        lines = np.flatnonzero(buffer == 10)  # row r lies between line feeds r and r + 1
        flags[first + np.searchsorted(lines, at + at_start, side="left") - 1] = True
    return flags
