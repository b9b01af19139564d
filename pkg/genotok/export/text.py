"""Rows of text as arrays of bytes, whole pieces at once: no loop over rows or tokens.

A column is a ragged byte array ``(text, offsets)``: row ``i`` owns ``text[offsets[i]:offsets[i + 1]]``.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Ids, Offsets
from genotok.kernels.digits import count_digits, join_integers, parse_decimals, words_of
from genotok.kernels.ragged import offsets_of, take_rows
from genotok.values.ragged import RaggedIds

Column: TypeAlias = tuple[Bytes, Offsets]

TAB, NEWLINE, COMMA, DASH, DOT = b"\t\n,-."
_PIECE = 2**17  # rows plus tokens rendered at a time


def weave(*columns: Column) -> Column:
    """Put the cells of each row one after the other: all columns have n rows, the result has n rows."""
    counts = np.stack([np.diff(offsets) for _, offsets in columns], axis=1)  # (n, columns)
    owners = np.tile(np.arange(len(columns), dtype=np.uint8), len(counts))
    owners = np.repeat(owners, counts.ravel().astype(np.intp))  # (bytes of the result,) the column of each byte
    text = np.empty(len(owners), dtype=np.uint8)
    for index, (cells, _) in enumerate(columns):
        text[owners == index] = cells
    return text, offsets_of(counts.sum(axis=1, dtype=np.int64))


def table_column(entries: Sequence[bytes], rows: NDArray[Any]) -> Column:
    """Look up the text of each row in a short table: (n,) places, -1 is the last entry."""
    bounds = offsets_of(np.array([len(entry) for entry in entries], dtype=np.int64))
    offsets, text = take_rows(
        offsets=bounds, values=np.frombuffer(b"".join(entries), dtype=np.uint8), rows=np.asarray(rows) % len(entries)
    )
    return text, offsets


def span_column(starts: Coords, ends: Coords, *, between: int, after: Bytes | int) -> Column:
    """Render ``start between end after`` for each of n rows; the separators are single bytes."""
    values = np.stack([starts, ends], axis=1).ravel()
    separators = np.empty(len(values), dtype=np.uint8)
    separators[0::2], separators[1::2] = between, after
    widths = count_digits(values) + 1
    text = np.frombuffer(join_integers(values, separators), dtype=np.uint8)
    return text, offsets_of(widths[0::2] + widths[1::2])


def list_separators(offsets: Offsets, end: int) -> Bytes:
    """Return the byte behind each token: a comma, or ``end`` behind the last one of its row: (t,) uint8."""
    separators = np.full(int(offsets[-1]), COMMA, dtype=np.uint8)
    separators[offsets[1:][np.diff(offsets) > 0] - 1] = end
    return separators


def list_column(items: Column, offsets: Offsets, end: int) -> Column:
    """Gather (t,) items, each with its separator, into the n rows of ``offsets``; a row without items is a dot."""
    text, bounds = items
    empty = np.diff(offsets) == 0
    dots = np.tile(np.array([DOT, end], dtype=np.uint8), int(np.count_nonzero(empty)))
    rows = (text, bounds[offsets])
    return weave(rows, (dots, offsets_of(empty * 2))) if dots.size else rows


def id_column(ids: Ids, offsets: Offsets, end: int) -> Column:
    """Render the ids of n rows, joined by commas, ``.`` for none, and ``end`` behind each row."""
    text = join_integers(ids, list_separators(offsets, end))
    return list_column((np.frombuffer(text, dtype=np.uint8), offsets_of(count_digits(ids) + 1)), offsets, end)


def join_ids(values: NDArray[Any]) -> Iterator[bytes]:
    """Render one list of integers, joined by commas, block by block; nothing for an empty list."""
    for at in range(0, len(values), _PIECE):
        block = values[at : at + _PIECE]
        text = join_integers(block, np.full(len(block), COMMA, dtype=np.uint8))
        yield text if at + _PIECE < len(values) else text[:-1]


def split_rows(rows: RaggedIds) -> Iterator[tuple[Coords, Ids, Offsets]]:
    """Cut n rows into runs of at most 2^17 rows and tokens together, or single longer rows.

    Yields the places of the rows in their input, their ids, and offsets into these ids.
    """
    weights = rows.offsets + np.arange(len(rows.offsets), dtype=np.int64)
    at, last = 0, len(rows)
    while at < last:
        stop = int(np.searchsorted(weights, weights[at] + _PIECE, side="right")) - 1
        stop = min(max(stop, at + 1), last)
        places = np.arange(at, stop, dtype=np.int64) if rows.order is None else rows.order[at:stop]
        bounds = rows.offsets[at : stop + 1]
        yield places, rows.ids[bounds[0] : bounds[-1]], bounds - bounds[0]
        at = stop


def parse_id_lists(cells: Sequence[bytes]) -> tuple[Coords, Offsets, int]:
    """Read cells of ids joined by commas, ``.`` for none: ids (t,), offsets (n + 1,), the first bad cell or -1."""
    counts = np.array([0 if cell == b"." else cell.count(b",") + 1 for cell in cells], dtype=np.int64)
    padded = b"," * 16 + b",".join(cell for cell in cells if cell != b".") + b","
    text = np.frombuffer(padded, dtype=np.uint8)
    ends = np.flatnonzero(text == COMMA)[15:] if counts.any() else np.empty(1, np.int64)
    ids, valid = parse_decimals(words=words_of(padded), text=text, ends=ends[1:], lengths=np.diff(ends) - 1)
    offsets = offsets_of(counts)
    bad = -1 if valid.all() else int(np.searchsorted(offsets, int(np.argmin(valid)), side="right")) - 1
    return ids, offsets, bad


ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def escape(text: str) -> str:
    r"""Write TAB, line ends and backslash as ``\t \n \r \\``, so that a name stays in its cell.

    Bytes of a file name that are no UTF-8 are written as Python keeps them, ``\udcff``.
    """
    return text.translate(ESCAPES).encode("utf-8", "backslashreplace").decode()


def unescape(text: str) -> str:
    r"""Undo `escape`.

    >>> unescape(escape("a\tb\\n")) == "a\tb\\n"
    True
    """
    return re.sub(r"\\(u[0-9a-f]{4}|.)", _unescaped, text)


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else {"t": "\t", "n": "\n", "r": "\r"}.get(code, code)
