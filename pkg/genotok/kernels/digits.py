"""Integers to decimal text and back, many at a time, by arithmetic on eight bytes at once."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Words

MAX_DIGITS = 10  # 2^32 - 1 has ten
_RENDERED = 2**15  # numbers rendered at a time, within the cache

_TENS = 10 ** np.arange(19, dtype=np.int64)
_ZERO = np.uint8(ord("0"))
_TAILS = np.array([2**64 - 2 ** (64 - 8 * length) for length in range(9)], dtype=np.uint64)
_SMALLEST = np.array([0, 0, *(10**digits for digits in range(1, MAX_DIGITS))], dtype=np.int64)  # of so many digits
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


def mask_tails(lengths: NDArray[Any]) -> Words:
    """Return words that keep the last ``lengths[i]`` bytes of a little-endian word, or none or all of its eight.

    One word stands for (n,) lengths that are all the same, as they are in most of a sorted file.
    """
    return _look_up(_TAILS, lengths)


def parse_decimals(*, words: Words, text: Bytes, ends: Coords, lengths: NDArray[Any]) -> tuple[Coords, Flags]:
    """Read the decimal that ends before each ``ends[i]`` and is ``lengths[i]`` characters long.

    ``words`` and ``text`` are views of one buffer, and every field ends at least 8 bytes (if longer than 8 characters:
    10 bytes) behind its start. Returns (n,) int64 values and (n,) flags: True where the field is 1 to 10 digits and
    nothing else. Values of unflagged fields mean nothing.
    """
    digits = words[ends - 8]
    digits ^= _ZEROS  # a digit becomes its value, any other byte more than nine
    digits &= mask_tails(lengths)
    signs = digits + _PROBE
    signs |= digits
    signs &= _HIGH
    valid = signs == 0
    if lengths.size and (lengths.min() < 1 or lengths.max() > MAX_DIGITS):
        valid &= (lengths >= 1) & (lengths <= MAX_DIGITS)
    for factor, shift, mask in _SPLITS:
        tail = digits >> shift
        digits *= factor
        digits += tail
        digits &= mask
    values = digits.astype(np.int64)
    for place in range(9, 1 + min(int(lengths.max(initial=0)), MAX_DIGITS)):  # at most two digits before the word
        rows = np.flatnonzero(lengths >= place)
        digit = text[ends[rows] - place] - _ZERO
        valid[rows] &= digit <= 9
        values[rows] += digit * _TENS[place - 1]
    return values, valid


def lead_with_zero(*, values: Coords, lengths: NDArray[Any]) -> Flags:
    """Flag the (n,) decimals, ``lengths[i]`` digits long, that are written with a zero before other digits."""
    return values < _look_up(_SMALLEST, lengths)


def _look_up(table: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
    """Return the entries of lengths, or the one of all; lengths off the table have its first or last."""
    alike = lengths.size and lengths.min() == lengths.max()
    found: NDArray[Any] = table.take(lengths[:1] if alike else lengths, mode="clip")
    return found


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
