"""Columns to BED lines, or others of a name and two numbers, many at a time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Ids
from genotok.kernels.digits import decimal_width, drop_fill, put_decimals

BED_SIGNS, LABEL_SIGNS = b"\t\t\n", b":-\n"  # what follows the name, the start and the end
_LONGEST_NAME = 64  # bytes; a table of longer names would outgrow what it saves
_RENDERED = 2**16  # rows at a time


def render_bed3(
    *, names: tuple[bytes, ...], codes: Ids, starts: NDArray[Any], ends: NDArray[Any], signs: bytes = BED_SIGNS
) -> bytes:
    """Render ``chrom TAB start TAB end LF`` for (n,) rows, or with three other signs (none of them NUL).

    ``codes`` index ``names``, -1 is the last of them.
    """
    if max(map(len, names)) > _LONGEST_NAME or any(b"\0" in name for name in names):
        columns = zip(codes.tolist(), starts.tolist(), ends.tolist(), strict=True)
        line = b"%%b%b%%d%b%%d%b" % (signs[:1], signs[1:2], signs[2:])
        return b"".join([line % (names[code], start, end) for code, start, end in columns])
    table = _table_of(names)
    parts = []
    for at in range(0, len(codes), _RENDERED):
        rows = slice(at, at + _RENDERED)
        parts.append(_render(table[codes[rows]], starts[rows], ends[rows], signs))
    return b"".join(parts)


def _table_of(names: tuple[bytes, ...]) -> Bytes:
    """Lay names into rows of one width, each with NULs behind it."""
    width = max(map(len, names))
    return np.frombuffer(b"".join(name.ljust(width, b"\0") for name in names), np.uint8).reshape(len(names), width)


def _render(names: Bytes, starts: NDArray[Any], ends: NDArray[Any], signs: bytes) -> bytes:
    first = names.shape[1] + 1
    second = first + decimal_width(starts) + 1
    last = second + decimal_width(ends)
    cells = np.empty((len(names), last + 1), dtype=np.uint8)
    cells[:, : first - 1] = names
    cells[:, first - 1], cells[:, second - 1], cells[:, last] = signs
    put_decimals(cells[:, first : second - 1], starts)
    put_decimals(cells[:, second:last], ends)
    return drop_fill(cells)
