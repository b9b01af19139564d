"""Sets of clusters that stand for tokens: their keys, counts and ranks, and the name of a set that has none.

A set is a row of a ragged shape, ``members[offsets[i]:offsets[i + 1]]``, ascending and distinct, of numbers from 0 to
2^31 - 1. Sets are found by 64-bit keys; equal keys are believed only once the members are compared.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Ids, Offsets, Places, Words
from genotok.kernels.draws import splitmix64
from genotok.kernels.grouping import count_codes, pair_keys, split_keys
from genotok.kernels.ragged import expand_ranges, offsets_of, repeat_runs, take_rows

EMPTY, GAP = 0, 1  # the ids of the empty set and of a bin without a known base
_EASE = 1e-9  # values nearer to each other than this are equal
_NONE = -1
_BATCH = 2**16  # sets gone through at a time
_STRENGTH_BITS = 46  # of a value in steps of 1e-9, so that one word holds it and the number of a set in a batch


class Sets(NamedTuple):
    """Sets, one a row: ``offsets`` int64 (n + 1,), ``members`` int32."""

    offsets: Offsets
    members: Ids


class CountedSets(NamedTuple):
    """Distinct sets, how often each occurs, int64 (n,), and a row in which it does."""

    sets: Sets
    counts: Coords
    rows: Coords


class SetIndex(NamedTuple):
    """Known sets with their keys in ascending order, uint64 (n,), and the row of each."""

    sets: Sets
    keys: Words
    rows: Places


def active_members(
    *, indptr: Offsets, indices: NDArray[Any], values: NDArray[Any], threshold: float = 0.5
) -> tuple[Sets, NDArray[np.float64]]:
    """Return, for each row of a sparse matrix, the columns with a value of at least ``threshold``, and these values.

    Columns ascend within a row. A value that misses the threshold by 1e-9 reaches it, so that a mean of exact halves
    does wherever it is computed.
    """
    active: Flags = values >= threshold - _EASE
    return Sets(offsets_of(active)[indptr], indices[active].astype(np.int32)), values[active].astype(np.float64)


def set_keys(sets: Sets) -> Words:
    """Return the key of each set: splitmix64(member + 1), added up modulo 2^64; 0 for the empty one: uint64 (n,)."""
    sums = _running_keys(sets.members)
    keys: Words = sums[sets.offsets[1:]] - sums[sets.offsets[:-1]]
    return keys


def count_sets(sets: Sets, *, keys: Words | None = None, weights: NDArray[Any] | None = None) -> CountedSets:
    """Count equal sets, each once or by (n,) integer weights; in order of their keys, then of their first row.

    ``keys`` are those of `set_keys`, if they are known. Counts of parts add up: count the parts' distinct sets again,
    with their counts as weights.
    """
    keys = set_keys(sets) if keys is None else keys
    left = np.argsort(keys, kind="stable")
    weights = np.ones(len(keys), dtype=np.int64) if weights is None else weights.astype(np.int64)
    heads, sums = [], []
    while len(left):  # once, unless different sets have one key
        is_head = np.ones(len(left), dtype=np.bool_)
        is_head[1:] = keys[left[1:]] != keys[left[:-1]]
        places = np.flatnonzero(is_head)
        head_of = repeat_runs(left[places], np.diff(places, append=len(left)))
        same = _same_sets(sets, left, sets, head_of)
        heads.append(left[places])
        sums.append(np.add.reduceat(np.where(same, weights[left], 0), places.astype(np.intp), dtype=np.int64))
        left = left[~same]
    rows = np.concatenate([*heads, np.empty(0, np.intp)])
    counts = np.concatenate([*sums, np.empty(0, np.int64)])
    order = np.argsort(keys[rows], kind="stable")
    return CountedSets(_take(sets, rows[order]), counts[order], rows[order].astype(np.int64))


def part_keys(keys: Words) -> tuple[Offsets, Words]:
    """Group (n,) keys by their top byte, so that each of 256 parts can be counted alone: offsets (257,) and keys."""
    top = (keys >> np.uint64(56)).astype(np.uint8)
    return offsets_of(count_codes(top, 256)), keys[np.argsort(top, kind="stable")]


def count_keys(keys: Words) -> tuple[Words, Coords]:
    """Return the distinct keys, ascending, and how often each occurs: what is left to do where members are not held."""
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, counts.astype(np.int64)


def rank_sets(counted: CountedSets, *, min_count: int = 10, max_ids: int = 65_536) -> CountedSets:
    """Choose the sets that get ids: the empty one first, then those that are frequent enough, the most frequent first.

    Sets of one count are ordered by their members, as words in a dictionary. ``max_ids`` bounds all ids but those of
    special tokens: the empty set's, the gap's and the chosen sets'. The empty set is there even if it never occurs,
    with the row -1.
    """
    sizes = np.diff(counted.sets.offsets)
    counts = np.where(sizes > 0, counted.counts, 0)
    room = max(max_ids - 2, 0)
    if len(counts) > room:  # what is rarer than the last to be taken need not be ordered
        last = len(counts) - room
        min_count = max(min_count, int(np.partition(counts, last)[last])) if room else int(counts.max()) + 1
    chosen = np.flatnonzero(counts >= max(min_count, 1))
    sets = _take(counted.sets, chosen)
    bounds, members = sets.offsets.tolist(), sets.members.tolist()
    words = [(-count, members[bounds[at] : bounds[at + 1]]) for at, count in enumerate(counts[chosen].tolist())]
    order = np.array(sorted(range(len(words)), key=words.__getitem__)[:room], dtype=np.intp)
    empty = np.flatnonzero(sizes == 0)[:1]
    ranked = _take(sets, order)
    rows = chosen[order]
    return CountedSets(
        Sets(np.concatenate([[0], ranked.offsets]).astype(np.int64), ranked.members),
        np.concatenate([[counted.counts[empty].sum(dtype=np.int64)], counted.counts[rows]]),
        np.concatenate([counted.rows[empty] if len(empty) else [_NONE], counted.rows[rows]]).astype(np.int64),
    )


def index_sets(sets: Sets, *, keys: Words | None = None) -> SetIndex:
    """Prepare distinct sets to be found among."""
    keys = set_keys(sets) if keys is None else keys
    order = np.argsort(keys, kind="stable")
    return SetIndex(sets, keys[order], order)


def find_sets(index: SetIndex, sets: Sets, *, keys: Words | None = None) -> Places:
    """Return the row of each of n sets among the known ones, or -1: (n,)."""
    keys = set_keys(sets) if keys is None else keys
    found = np.full(len(keys), _NONE, dtype=np.intp)
    asked = np.arange(len(keys), dtype=np.intp)
    places = np.searchsorted(index.keys, keys)
    while len(asked):  # once or twice, unless different known sets have one key
        alike = places < len(index.keys)
        alike[alike] = index.keys[places[alike]] == keys[asked[alike]]
        asked, places = asked[alike], places[alike]
        rows = index.rows[places]
        same = _same_sets(sets, asked, index.sets, rows)
        found[asked[same]] = rows[same]
        asked, places = asked[~same], places[~same] + 1
    return found


def back_off(index: SetIndex, sets: Sets, values: NDArray[np.float64]) -> Places:
    """Return the row of the known set that names each of n sets best, by its strongest members: (n,).

    Members are ordered by their values (0 to 2^16), largest first, those within 1e-9 by number; the longest beginning
    of this list that is a known set names the row. The empty set must be known, so that there always is one.
    """
    n_sets = len(sets.offsets) - 1
    found = np.full(n_sets, find_sets(index, Sets(np.zeros(2, np.int64), np.empty(0, np.int32)))[0], dtype=np.intp)
    for first in range(0, n_sets, _BATCH):
        offsets = sets.offsets[first : first + _BATCH + 1]
        inside = slice(int(offsets[0]), int(offsets[-1]))
        offsets = offsets - offsets[0]
        strongest = _strongest_first(Sets(offsets, sets.members[inside]), values[inside])
        _name_by_beginnings(found[first : first + _BATCH], index, strongest)
    return found


def _strongest_first(sets: Sets, values: NDArray[np.float64]) -> Sets:
    """Return the members of at most `_BATCH` sets by falling value."""
    rows = np.repeat(np.arange(len(sets.offsets) - 1, dtype=np.int64), np.diff(sets.offsets).astype(np.intp))
    ranks = (rows << _STRENGTH_BITS) - np.rint(values / _EASE).astype(np.int64)
    return Sets(sets.offsets, sets.members[np.argsort(ranks, kind="stable")])  # in runs already


def _name_by_beginnings(found: Places, index: SetIndex, sets: Sets) -> None:
    """Write the row of the longest beginning of each of n lists that is a known set into ``found`` (n,)."""
    sums = _running_keys(sets.members)
    rows = np.repeat(np.arange(len(sets.offsets) - 1, dtype=np.intp), np.diff(sets.offsets).astype(np.intp))
    keys = sums[1:] - sums[sets.offsets[rows]]  # of the row's members up to here
    places = np.minimum(np.searchsorted(index.keys, keys), len(index.keys) - 1)
    hits = np.flatnonzero(index.keys[places] == keys)
    open_rows = np.ones(len(found), dtype=np.bool_)
    while len(hits):  # once, unless different sets have one key
        last = np.ones(len(hits), dtype=np.bool_)
        last[:-1] = rows[hits[1:]] != rows[hits[:-1]]
        ends, named = hits[last], rows[hits[last]]
        known = find_sets(index, _sorted_beginnings(sets.offsets[named], ends, sets.members))
        found[named] = np.where(known == _NONE, found[named], known)
        open_rows[named] = known == _NONE
        hits = hits[~last]
        hits = hits[open_rows[rows[hits]]]


def ids_of_rows(rows: Places, is_gap: Flags, *, unknown: int) -> Ids:
    """Turn rows of ranked sets into token ids: int32 (n,), 0 for the empty set, 1 for a gap, ``unknown`` for -1."""
    ids = np.where(rows > EMPTY, rows + 1, rows)
    return np.where(is_gap, GAP, np.where(rows == _NONE, unknown, ids)).astype(np.int32)


def _running_keys(members: Ids) -> Words:
    """Return the sums of the members' keys before each place: uint64 (t + 1,), modulo 2^64."""
    sums = np.zeros(len(members) + 1, dtype=np.uint64)
    np.cumsum(splitmix64(members.astype(np.uint64) + np.uint64(1)), dtype=np.uint64, out=sums[1:])
    return sums


def _take(sets: Sets, rows: NDArray[Any]) -> Sets:
    return Sets(*take_rows(offsets=sets.offsets, values=sets.members, rows=rows))


def _same_sets(one: Sets, one_rows: Places, two: Sets, two_rows: Places) -> Flags:
    """Flag the pairs of rows that hold equal sets: (n,)."""
    starts, others = one.offsets[one_rows], two.offsets[two_rows]
    sizes = one.offsets[one_rows + 1] - starts
    same: Flags = sizes == two.offsets[two_rows + 1] - others
    pairs = np.flatnonzero(same & (sizes > 0) & ((starts != others) | (one.members is not two.members)))
    counts = sizes[pairs]
    differ = one.members[expand_ranges(starts[pairs], counts)] != two.members[expand_ranges(others[pairs], counts)]
    if differ.any():
        same[pairs[np.repeat(np.arange(len(pairs), dtype=np.intp), counts.astype(np.intp))[differ]]] = False
    return same


def _sorted_beginnings(starts: Coords, ends: Places, members: Ids) -> Sets:
    """Return the members from each start to its end, which belongs to them, as ascending sets."""
    counts = ends - starts + 1
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts.astype(np.intp))
    keys = np.sort(pair_keys(rows, members[expand_ranges(starts, counts)]))
    return Sets(*split_keys(keys, len(counts)))
