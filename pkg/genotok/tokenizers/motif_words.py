"""The sets of clusters in a store's bins, counted exactly, and those that become words."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from genotok.arrays import Coords, Flags, Words
from genotok.io.keyspool import KeySpool
from genotok.io.tokenstore import TokenStore
from genotok.kernels.ragged import concat_ragged, take_rows
from genotok.kernels.sets import CountedSets, Sets, active_members, count_sets, rank_sets, set_keys
from genotok.tokenizers.motif_config import VocabularyConfig
from genotok.tokenizers.motif_run import Progress
from genotok.values.blocks import BlockBins
from genotok.values.fitted import NOWHERE
from genotok.values.motifencoding import average_clusters
from genotok.values.motiffeatures import CPG, MotifFeatures

_HELD_MEMBERS = 2**26  # 4 bytes each; beyond that sets are made a second time


class Ranked(NamedTuple):
    """The sets that have ids, the empty one first: counts (S,), the first bin of each (S, 3); and bins by kind.

    ``has_motifs`` tells whether any motif occurs in any bin.
    """

    sets: Sets
    counts: Coords
    examples: Coords
    bins: int
    gaps: int
    has_motifs: bool


def rank_words(
    store: TokenStore,
    members: MotifFeatures,
    settings: VocabularyConfig,
    *,
    progress: Progress | None = None,
) -> Ranked:
    """Count the sets of all bins with known bases, and choose those that have ids.

    Bins are gone through twice: first keys are counted, which takes 8 bytes a bin, on disk if they are many; then the
    sets whose key is frequent, member by member, as two sets may share a key.
    """
    blocks = _Blocks(store, members, settings.active)
    with KeySpool() as spool:
        gaps = 0
        for done, block in enumerate(blocks, start=1):
            spool.add(block.keys)
            gaps += block.gaps
            _tell(progress, done, 2 * len(blocks))
        keys = spool.frequent(settings.min_count)[0]
    frequent = np.union1d(keys, np.zeros(1, dtype=np.uint64))  # the empty set's is 0, and it always has an id
    counted, places = _count_frequent(blocks, frequent, progress)
    ranked = rank_sets(counted, min_count=settings.min_count, max_ids=settings.max_vocab)
    met = ranked.rows >= 0
    examples = np.full((len(ranked.rows), 3), NOWHERE, dtype=np.int64)
    examples[met] = places[ranked.rows[met].astype(np.intp)]
    return Ranked(ranked.sets, ranked.counts, examples, store.bins, gaps, blocks.has_motifs)


class _BlockSets(NamedTuple):
    """The sets of the bins of a block that are no gaps, their keys, and where the bins are: contig, start, end."""

    sets: Sets
    keys: Words
    places: Coords
    gaps: int


class _Blocks:
    """The sets of all blocks, kept from the first time on if they are few."""

    def __init__(self, store: TokenStore, members: MotifFeatures, active: float) -> None:
        self._store, self._members, self._active = store, members, active
        self._kept: list[_BlockSets] = []
        self._room = _HELD_MEMBERS
        self._keeps = True
        self._columns = sum(text[:-1] != CPG for text in members.texts)
        self.has_motifs = False

    def __len__(self) -> int:
        return sum(len(each.blocks) for each in self._store.contigs)

    def __iter__(self) -> Iterator[_BlockSets]:
        if len(self._kept) == len(self):
            yield from self._kept
            return
        self._kept = []
        for contig, _, bins in self._store.blocks():
            block = self._sets_of(contig, bins)
            self._room -= len(block.sets.members) + 8 * len(block.keys)
            self._keeps = self._keeps and self._room > 0
            self._kept = [*self._kept, block] if self._keeps else []
            yield block

    def _sets_of(self, contig: int, bins: BlockBins) -> _BlockSets:
        self.has_motifs = self.has_motifs or bool(np.any(bins.counts.indices < self._columns))
        values = average_clusters(bins.counts, self._members)
        sets, _ = active_members(
            indptr=values.indptr, indices=values.indices, values=values.data, threshold=self._active
        )
        known: Flags = ~bins.is_gap
        rows = np.flatnonzero(known)
        if len(rows) < len(known):
            sets = Sets(*take_rows(offsets=sets.offsets, values=sets.members, rows=rows))
        places = np.stack([np.full(len(rows), contig, np.int64), bins.starts[rows], bins.boundaries[1:][rows]], axis=1)
        return _BlockSets(sets, set_keys(sets), places, len(known) - len(rows))


def _count_frequent(blocks: _Blocks, frequent: Words, progress: Progress | None) -> tuple[CountedSets, Coords]:
    """Count the sets that have one of the given keys, ascending; and say where the bins are that ``rows`` number."""
    sets, weights, places = [Sets(np.zeros(1, np.int64), np.empty(0, np.int32))], [], [np.zeros((0, 3), np.int64)]
    for done, block in enumerate(blocks, start=1):
        at = np.minimum(np.searchsorted(frequent, block.keys), len(frequent) - 1)
        rows = np.flatnonzero(frequent[at] == block.keys)
        some = Sets(*take_rows(offsets=block.sets.offsets, values=block.sets.members, rows=rows))
        counted = count_sets(some, keys=block.keys[rows])
        sets.append(counted.sets)
        weights.append(counted.counts)
        places.append(block.places[rows[counted.rows.astype(np.intp)]])
        _tell(progress, len(blocks) + done, 2 * len(blocks))
    offsets, members = concat_ragged([each.offsets for each in sets], [each.members for each in sets])
    whole = count_sets(Sets(offsets, members), weights=np.concatenate([np.zeros(0, np.int64), *weights]))
    return whole, np.concatenate(places)


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress("vocabulary", done, total)
