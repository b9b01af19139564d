"""Integers to decimal text and back, many at a time, by arithmetic on eight bytes at once."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Words

MAX_DIGITS = 10  # 2^32 - 1 has ten
_RENDERED = 2**15  # numbers rendered at a time, within the cache

_TENS = 10 ** np.arange(19, dtype=np.int64)
_KEEP = np.array([(2**64 - 1) ^ (2 ** (64 - 8 * n) - 1) for n in range(9)], dtype=np.uint64)  # last n bytes
_ZEROS = np.uint64(0x3030303030303030)
_PROBE = np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_SPLITS = (  # factor, shift, mask: neighbours are joined into 2, then 4, then 8 digits
    (np.uint64(10), np.uint64(8), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(100), np.uint64(16), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(10_000), np.uint64(32), np.uint64(0x00000000FFFFFFFF)),
)


def words_of(text: bytes | bytearray | memoryview) -> Words:
    """View text as little-endian words, one starting at each byte: (len - 7,) uint64, nothing copied."""
    words: Words = np.ndarray((max(len(text) - 7, 0),), "<u8", buffer=text, strides=(1,))
    return words if sys.byteorder == "little" else words.astype(np.uint64)


def parse_decimals(*, words: Words, text: Bytes, ends: Coords, lengths: NDArray[Any]) -> tuple[Coords, Flags]:
    """Read the decimal that ends before each ``ends[i]`` and is ``lengths[i]`` characters long.

    ``words`` and ``text`` are views of one buffer, and every field ends at least 8 bytes (if longer than 8 characters:
    10 bytes) behind its start. Returns (n,) int64 values and (n,) flags: True where the field is 1 to 10 digits and
    nothing else. Values of unflagged fields mean nothing.
    """
    keep = _KEEP[np.minimum(lengths, 8)]
    digits = words[ends - 8] & keep  # foreign bytes go before the subtraction, or they would borrow
    digits -= _ZEROS & keep
    valid = ((digits + _PROBE) | digits) & _HIGH == 0
    valid &= (lengths >= 1) & (lengths <= MAX_DIGITS)
    for factor, shift, mask in _SPLITS:
        digits = (digits * factor + (digits >> shift)) & mask
    values = digits.astype(np.int64)
    long = np.flatnonzero(lengths > 8)
    for place in (9, 10):  # at most two digits stand before the word
        if place == 10:
            long = long[lengths[long] > 9]
        digit = text[ends[long] - place].astype(np.int64) - 48
        valid[long] &= (digit >= 0) & (digit <= 9)
        values[long] += digit * _TENS[place - 1]
    return values, valid


def count_digits(values: NDArray[Any]) -> Coords:
    """Count the decimal digits of each non-negative value: (n,) int64; zero has one."""
    return np.maximum(np.searchsorted(_TENS, values, side="right"), 1).astype(np.int64)


def join_integers(values: NDArray[Any], separators: Bytes) -> bytes:
    """Write each non-negative integer followed by its own separator byte: (n,) integers, (n,) uint8 without 0."""
    parts = []
    for at in range(0, len(values), _RENDERED):
        block = values[at : at + _RENDERED]
        width = decimal_width(block)
        cells = np.empty((len(block), width + 1), dtype=np.uint8)
        put_decimals(cells[:, :width], block)
        cells[:, width] = separators[at : at + _RENDERED]
        parts.append(drop_fill(cells))
    return b"".join(parts)


def decimal_width(values: NDArray[Any]) -> int:
    """Count the digits of the largest of (n,) non-negative values; 1 for none at all."""
    return len(str(int(values.max()))) if values.size else 1


def put_decimals(cells: Bytes, values: NDArray[Any]) -> None:
    """Write (n,) non-negative integers into (n, width) bytes, to the right, with NUL where there is no digit.

    A fixed width costs a few vector steps; `drop_fill` takes the NULs out again.
    """
    width = cells.shape[1]
    # half the width of the numbers is twice as fast to divide
    rest: NDArray[Any] = values.astype(np.uint32 if width < MAX_DIGITS else np.uint64)
    ten = rest.dtype.type(10)
    for place in range(width - 1, -1, -1):
        quotient = rest // ten
        digits = (rest - quotient * ten).astype(np.uint8)
        digits += np.uint8(48)
        if place < width - 1:
            digits *= rest > 0
        cells[:, place] = digits
        rest = quotient


def drop_fill(cells: Bytes) -> bytes:
    """Return (n, width) bytes row after row, without the NULs."""
    return cells.tobytes().translate(None, b"\0")
