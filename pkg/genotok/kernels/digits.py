"""Integers to decimal text and back, many at a time, by arithmetic on eight bytes at once."""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Offsets, Words
from genotok.kernels.ragged import offsets_of

MAX_DIGITS = 10  # 2^32 - 1 has ten

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
    short = np.minimum(lengths, 8)
    digits = words[ends - 8] & _KEEP[short]  # foreign bytes go before the subtraction, or they would borrow
    digits -= _ZEROS & _KEEP[short]
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


def format_integers(values: NDArray[Any]) -> tuple[Bytes, Offsets]:
    """Write each non-negative integer as ASCII decimals; value ``i`` owns ``text[offsets[i]:offsets[i + 1]]``."""
    offsets = offsets_of(count_digits(values))
    text = np.empty(int(offsets[-1]), dtype=np.uint8)
    _put_digits(text, values, offsets[1:])
    return text, offsets


def join_integers(values: NDArray[Any], separators: Bytes) -> bytes:
    """Write each non-negative integer followed by its own separator byte: (n,) integers, (n,) uint8."""
    ends = np.cumsum(count_digits(values) + 1, dtype=np.int64)
    text = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    text[ends - 1] = separators
    _put_digits(text, values, ends - 1)
    return text.tobytes()


def _put_digits(text: Bytes, values: NDArray[Any], ends: Coords) -> None:
    """Write the digits of each value so that the last one stands before ``ends[i]``."""
    # half the width is twice as fast to divide
    rest: NDArray[Any] = values.astype(np.uint32 if values.size and values.max() < 2**32 else np.uint64)
    at, ten = ends - 1, rest.dtype.type(10)
    while rest.size:
        quotient = rest // ten
        text[at] = (rest - quotient * ten).astype(np.uint8) + np.uint8(48)
        more = quotient > 0
        if more.all():
            rest, at = quotient, at - 1
        else:
            rest, at = quotient[more], at[more] - 1
