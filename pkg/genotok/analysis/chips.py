"""A window on the tokens of a document in input order, with a gap for every row that has none."""

from typing import NamedTuple

import numpy as np

from genotok.analysis.document import Document, Positions
from genotok.analysis.nearest import Neighbours
from genotok.arrays import Ids
from genotok.kernels.ragged import expand_ranges
from genotok.values.regions import Regions


class Chips(NamedTuple):
    """m chips: a token, or a row without one (id -1). All (m,).

    ``codes``, ``starts``, ``ends`` are the universe region of the token, or for a row that hits nothing the region
    nearest to it (code -1: its chromosome has none). ``shared`` counts bases that region and row share, ``distances``
    the bases between them (0 for hits, -1 unknown), ``occurrences`` how often the id is in the document.
    """

    ids: Ids
    rows: Ids
    codes: Ids
    starts: Positions
    ends: Positions
    shared: Ids
    distances: Ids
    occurrences: Ids


def neighbours_of(universe: Regions) -> Neighbours:
    """Prepare a universe for windows of chips."""
    return Neighbours(codes=universe.codes, starts=universe.starts, ends=universe.ends)


def window_of_chips(
    document: Document, universe: Regions, first: int, count: int, neighbours: Neighbours | None = None
) -> Chips:
    """Return the chips ``[first, first + count)``; ``universe`` holds the regions by id.

    ``neighbours`` are the universe's, made anew if they are not given.
    """
    offsets = document.chip_offsets
    first = min(max(first, 0), int(offsets[-1]))
    places = np.arange(first, min(first + max(count, 0), int(offsets[-1])), dtype=np.int64)
    rows = (np.searchsorted(offsets, places, side="right") - 1).astype(np.int32)
    gaps = document.counts[rows] == 0
    ids = np.full(len(places), -1, dtype=np.int32)
    tokens = np.flatnonzero(~gaps)
    ids[tokens] = document.ids[document.offsets[rows[tokens]] + (places - offsets[rows])[tokens]]
    regions, distances = _regions_of(document, universe, ids, rows, neighbours or neighbours_of(universe))
    known, hit = regions >= 0, (ids >= 0) & (ids < len(universe))
    codes = np.where(known, universe.codes[regions], np.int32(-1))
    starts, ends = (np.where(known, column[regions], 0) for column in (universe.starts, universe.ends))
    shared = np.minimum(ends, document.ends[rows]) - np.maximum(starts, document.starts[rows])
    return Chips(
        ids,
        rows,
        codes,
        starts.astype(np.uint32),
        ends.astype(np.uint32),
        np.where(hit, np.clip(shared, 0, 2**31 - 1), 0).astype(np.int32),
        distances,
        count_occurrences(document.frequencies, ids),
    )


def _regions_of(document: Document, universe: Regions, ids: Ids, rows: Ids, neighbours: Neighbours) -> tuple[Ids, Ids]:
    """Return, for each chip, the universe row it speaks of and the distance to it."""
    regions = ids.copy()
    distances = np.zeros(len(ids), dtype=np.int32)
    misses = np.flatnonzero((ids < 0) | (ids >= len(universe)))
    here = {name: code for code, name in enumerate(universe.chrom_names)}
    translated = np.array([*(here.get(name, -1) for name in document.chrom_names), -1], dtype=np.int32)
    lost = rows[misses]
    near = neighbours.find(
        codes=translated[document.codes[lost]], starts=document.starts[lost], ends=document.ends[lost]
    )
    regions[misses], distances[misses] = near.rows, np.minimum(near.distances, 2**31 - 1)
    return regions, distances


def count_occurrences(frequencies: Ids, wanted: Ids) -> Ids:
    """Look up how often each wanted id occurs, by `Document.frequencies`; 0 for negative ones: int32 (m,)."""
    inside = (wanted >= 0) & (wanted < len(frequencies))
    return np.where(inside, frequencies[np.where(inside, wanted, 0)], 0).astype(np.int32)


def first_ids_of(document: Document, rows: Ids, most: int) -> tuple[Ids, Ids]:
    """Return the first ``most`` ids of each of (m,) rows, ragged: ids int32 (k,), offsets int32 (m + 1,)."""
    counts = np.minimum(document.counts[rows], most)
    offsets = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(counts, dtype=np.int32, out=offsets[1:])
    return document.ids[expand_ranges(document.offsets[rows].astype(np.int64), counts)], offsets
