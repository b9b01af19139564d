"""DNA as numbers: letters, four letters in a byte, eight in a word, and how far it is to the next unknown base."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes

Codes: TypeAlias = NDArray[np.uint8]  # A, C, G, T = 0..3, every other letter 4

UNKNOWN = 4
FAR = 255  # `reach_of` counts no further
QUAD = 4  # letters in a byte

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
