"""DNA as numbers: letters, four letters in a byte, eight in a word, and how far it is to the next unknown base."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords

Codes: TypeAlias = NDArray[np.uint8]  # A, C, G, T = 0..3, every other letter 4

UNKNOWN = 4
FAR = 255  # `reach_of` counts no further
QUAD = 4  # letters in a byte
BAD = 255  # the class of a byte that is no letter of DNA
AMBIGUOUS = b"RYSWKMBDHVN"  # letters for more than one base; X is not among them: in DNA it is a mistake
_TOGETHER = 131_072  # bytes that are counted at once: what is made of them stays within the cache

_TABLE = np.full(256, UNKNOWN, dtype=np.uint8)
for _code, _letters in enumerate((b"Aa", b"Cc", b"Gg", b"TtUu")):
    _TABLE[list(_letters)] = _code


def encode_letters(text: Bytes) -> Codes:
    """Turn (n,) letters into codes: A, C, G, T and U whatever their case, all else is unknown."""
    return _TABLE.take(text)


def reach_of(codes: Codes) -> NDArray[np.uint8]:
    """Count the known bases from each place on, up to the next unknown one or the end: uint8 (n,), 255 at most."""
    stops = np.append(np.flatnonzero(codes == UNKNOWN), len(codes)).astype(np.int64)
    before = np.concatenate([[-1], stops[:-1]])
    reach = np.full(len(codes) + 1, FAR, dtype=np.uint8)
    for back in range(FAR):  # the places that lie so many before a stop, and behind the stop before
        places = stops - back
        inside = places > before
        if not inside.all():
            stops, before, places = stops[inside], before[inside], places[inside]
        reach[places] = back
    return reach[:-1]


def quads_of(codes: Codes, *, before: int, behind: int) -> Bytes:
    """Read the four letters from each place on as a number in base 4, the first the highest digit, unknown ones as A.

    Places begin ``before`` letters before the first and end ``behind`` after the last; letters out there are A too.
    Returns uint8 (before + n + behind,).
    """
    digits = np.zeros(before + len(codes) + behind + QUAD, dtype=np.uint8)
    np.bitwise_and(codes, 3, out=digits[before : before + len(codes)])  # 4 & 3 is A
    n = len(digits) - QUAD
    quads: Bytes = np.left_shift(digits[:n], 6, dtype=np.uint8)
    for place, shift in ((1, 4), (2, 2), (3, 0)):
        np.bitwise_or(quads, digits[place : place + n] << shift, out=quads)
    return quads


def letter_classes(soft_mask: Literal["upper", "unknown"] = "upper") -> bytes:
    """Make the 256 bytes for `classify_letters`: A, C, G, T (U) = 0..3, ambiguous letters 4, all else 255.

    Lower case is as upper case, or all unknown.

    >>> classify_letters(b"ACGTUacgtuNn-X*", letter_classes()).tolist()
    [0, 1, 2, 3, 3, 0, 1, 2, 3, 3, 4, 4, 255, 255, 255]
    >>> classify_letters(b"ACac", letter_classes("unknown")).tolist()
    [0, 1, 4, 4]
    """
    classes = bytearray([BAD]) * 256
    for letter in b"ACGTU" + AMBIGUOUS:
        code = int(_TABLE[letter])
        classes[letter] = code
        classes[letter + 32] = UNKNOWN if soft_mask == "unknown" else code
    return bytes(classes)


def classify_letters(text: bytes, classes: bytes) -> Codes:
    """Turn letters into their classes: read-only uint8 (n,). ``translate`` beats indexing, most in wasm."""
    return np.frombuffer(text.translate(classes), dtype=np.uint8)


def reverse_complement(codes: Codes) -> Codes:
    """Read the other strand: known bases (n,) become their complement, all others stay, and the last comes first."""
    return np.where(codes < UNKNOWN, 3 - codes, codes)[::-1].astype(np.uint8)


def count_letters(text: Bytes, letters: bytes) -> Coords:
    """Count each of ``letters`` in (n,) bytes: int64 (len(letters),); meant for few letters, each costs a pass."""
    counts = np.zeros(len(letters), dtype=np.int64)
    for begin in range(0, len(text), _TOGETHER):
        piece = text[begin : begin + _TOGETHER]
        counts += [np.count_nonzero(piece == letter) for letter in letters]
    return counts


def count_lower(text: Bytes) -> int:
    """Count the lower-case letters, and whatever else lies from ``a`` on, in (n,) bytes."""
    pieces = range(0, len(text), _TOGETHER)
    return sum(int(np.count_nonzero(text[begin : begin + _TOGETHER] >= ord("a"))) for begin in pieces)
