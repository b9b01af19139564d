"""Byte pairs: letters joined to longer and longer words by a fixed list of merges, many at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Places


class Words(NamedTuple):
    """The words that a text is cut into: their ids, int32 (m,), and where each begins, int64 (m,)."""

    ids: Ids
    starts: Coords


def merge_pairs(letters: Ids, *, left: Ids, right: Ids, first: int) -> Words:
    """Join neighbours in int32 (n,) ``letters`` by merges, those listed first at the leftmost places first.

    Merge ``r`` joins ``left[r]`` and ``right[r]`` to the id ``first + r``; its parts are letters, or made by merges
    before it. So one walk down the list meets every pair that there will ever be: what a merge makes is only joined by
    later ones. Ids that no merge names, such as that of unknown letters, stay as they are.

    >>> left, right = np.array([0, 2]), np.array([0, 0])
    >>> words = merge_pairs(np.array([0, 0, 0, 1, 9, 0], np.int32), left=left, right=right, first=2)
    >>> words.ids.tolist(), words.starts.tolist()
    ([3, 1, 9, 0], [0, 3, 4, 5])
    """
    merges = _Merges(left, right, first)
    ids = np.asarray(letters, dtype=np.int32).copy()
    starts = np.arange(len(ids), dtype=np.int64)
    chain = _Chain(ids, merges)
    for rank in range(len(left)):
        if chain.join(rank) and 2 * chain.living < len(chain.ids):  # so that what is gone is not looked at again
            kept = chain.kept()
            starts, ids = starts[kept], chain.ids[kept]
            chain = _Chain(ids, merges)
    kept = chain.kept()
    return Words(chain.ids[kept], starts[kept])


class _Merges:
    """A list of merges, found by the two ids that are joined."""

    def __init__(self, left: Ids, right: Ids, first: int) -> None:
        self.first, self.count = first, len(left)
        self.width = first + self.count
        self.doubles = left == right
        keys = left.astype(np.int64) * self.width + right
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def ranks_of(self, left: Ids, right: Ids) -> NDArray[np.int32]:
        """Return the merge of each pair, ``count`` for those that have none."""
        if not self.count:
            return np.full(len(left), self.count, dtype=np.int32)
        known = (left < self.width) & (right < self.width)
        keys = np.where(known, left.astype(np.int64) * self.width + right, -1)
        found = np.minimum(np.searchsorted(self.keys, keys), self.count - 1)
        return np.where(self.keys[found] == keys, self.order[found], self.count).astype(np.int32)


class _Chain:
    """Words in a row, each with its neighbours; those that were joined to the one before them are gone."""

    def __init__(self, ids: Ids, merges: _Merges) -> None:
        size = len(ids)
        self.ids, self.merges, self.living = ids, merges, size
        self.after = np.arange(1, size + 1, dtype=np.intp)  # size: none
        self.before = np.arange(-1, size, dtype=np.intp)  # one more, which nobody reads
        self.ranks = np.full(size, merges.count, dtype=np.int32)  # of the pair that a word begins
        self.ranks[:-1] = merges.ranks_of(ids[:-1], ids[1:])

    def join(self, rank: int) -> int:
        """Apply one merge everywhere; returns at how many places."""
        places = np.flatnonzero(self.ranks == rank)
        if not len(places):
            return 0
        if self.merges.doubles[rank]:
            places = _every_other(places, self.after)
        second = self.after[places]
        behind = self.after[second]
        self.ids[places] = self.merges.first + rank
        self.ranks[second] = self.ids[second] = -1
        self.after[places] = behind
        self.before[behind] = places
        self.living -= len(places)
        self._rank(places)
        ahead = self.before[places]
        self._rank(ahead[ahead >= 0])
        return len(places)

    def _rank(self, places: Places) -> None:
        """Look up the pairs that some words begin."""
        after = self.after[places]
        last = after == len(self.ids)
        self.ranks[places[last]] = self.merges.count
        places, after = places[~last], after[~last]
        self.ranks[places] = self.merges.ranks_of(self.ids[places], self.ids[after])

    def kept(self) -> Places:
        """Return the places of the words that are left."""
        return np.flatnonzero(self.ids >= 0)


def _every_other(places: Places, after: Places) -> Places:
    """Of pairs that share a letter with the one before them, as in AAA, keep the first, third and so on."""
    begins = np.ones(len(places), dtype=np.bool_)
    begins[1:] = after[places[:-1]] != places[1:]
    heads = np.flatnonzero(begins)
    runs = np.diff(heads, append=len(places))
    inside = np.arange(len(places), dtype=np.intp) - np.repeat(heads, runs.astype(np.intp))
    kept: Places = places[inside % 2 == 0]
    return kept
