"""A hash table in two arrays, filled and asked many keys at a time."""

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Words

_SPARE = 4  # slots for each key, so that most keys stand in their first one
_SMALLEST = 2**10


def slots_for(count: int) -> Ids:
    """Make empty slots (a power of two, int32) for so many keys."""
    size = max(_SMALLEST, 1 << (_SPARE * max(count, 1) - 1).bit_length())
    return np.full(size, -1, dtype=np.int32)


def put_keys(slots: Ids, *, hashes: Words, codes: Ids) -> None:
    """Write (n,) codes into the slots that their hashes name, or the next free ones; hashes must be distinct."""
    places = _first_places(slots, hashes)
    while codes.size:
        free = slots[places] < 0
        slots[places[free]] = codes[free]  # of two that want one slot the last stays
        left = slots[places] != codes
        places, codes = _next_places(slots, places[left]), codes[left]


def find_keys(slots: Ids, *, hashes: Words, known: Words) -> Ids:
    """Return the codes of (n,) hashes, where ``known[code]`` is the hash of a code; -1 for those that are not there."""
    found = np.full(len(hashes), -1, dtype=np.int32)
    if not len(known):
        return found
    rows: NDArray[np.intp] | slice = slice(None)
    places, wanted = _first_places(slots, hashes), hashes
    while wanted.size:
        codes = slots[places]
        here = known[codes] == wanted  # an empty slot reads the last key, and is told apart below
        here &= codes >= 0
        found[rows] = np.where(here, codes, found[rows])
        left = np.flatnonzero(~here & (codes >= 0))
        rows = left if isinstance(rows, slice) else rows[left]
        places, wanted = _next_places(slots, places[left]), wanted[left]
    return found


def _first_places(slots: Ids, hashes: Words) -> NDArray[np.intp]:
    return (hashes & np.uint64(len(slots) - 1)).astype(np.intp)


def _next_places(slots: Ids, places: NDArray[np.intp]) -> NDArray[np.intp]:
    return (places + 1) & (len(slots) - 1)
