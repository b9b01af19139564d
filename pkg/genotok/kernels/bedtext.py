"""Columns to BED lines, many at a time."""

import numpy as np

from genotok.arrays import Bytes, Coords, Ids
from genotok.kernels.digits import decimal_width, drop_fill, put_decimals

_TAB, _NEWLINE = 9, 10
_LONGEST_NAME = 64  # bytes; a table of longer names would outgrow what it saves
_RENDERED = 2**16  # rows at a time


def render_bed3(*, names: tuple[bytes, ...], codes: Ids, starts: Coords, ends: Coords) -> bytes:
    """Render ``chrom TAB start TAB end LF`` for (n,) rows; ``codes`` index ``names``, -1 is the last of them."""
    if max(map(len, names)) > _LONGEST_NAME or any(b"\0" in name for name in names):
        columns = zip(codes.tolist(), starts.tolist(), ends.tolist(), strict=True)
        return b"".join([b"%b\t%d\t%d\n" % (names[code], start, end) for code, start, end in columns])
    table = _table_of(names)
    parts = []
    for at in range(0, len(codes), _RENDERED):
        rows = slice(at, at + _RENDERED)
        parts.append(_render(table[codes[rows]], starts[rows], ends[rows]))
    return b"".join(parts)


def _table_of(names: tuple[bytes, ...]) -> Bytes:
    """Lay names into rows of one width, each with NULs behind it."""
    width = max(map(len, names))
    return np.frombuffer(b"".join(name.ljust(width, b"\0") for name in names), np.uint8).reshape(len(names), width)


def _render(names: Bytes, starts: Coords, ends: Coords) -> bytes:
    first = names.shape[1] + 1
    second = first + decimal_width(starts) + 1
    last = second + decimal_width(ends)
    cells = np.empty((len(names), last + 1), dtype=np.uint8)
    cells[:, : first - 1] = names
    cells[:, first - 1] = cells[:, second - 1] = _TAB
    put_decimals(cells[:, first : second - 1], starts)
    put_decimals(cells[:, second:last], ends)
    cells[:, last] = _NEWLINE
    return drop_fill(cells)
