"""How well a universe fits a file: what of it is found again, and how far borders move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.coverage import Spans, bases_within, join_spans, nearest_distances
from genotok.values.regions import Regions
from genotok.values.universe import Universe

_SHIFT = 33  # as of a Coverage: one line for all chromosomes, on which no two meet
_ROWS = 2**17  # searched at a time

FAR = 2**16  # bp; distances from here on count as this one
WIDTH_EDGES: Coords = np.concatenate([[0], np.unique(np.rint(np.geomspace(1, 2**32, 129)).astype(np.int64))])


@dataclass(frozen=True, eq=False)
class Fit:
    """What a universe makes of one file, or of several together.

    ``rows`` are those of the file, ``hit`` those that overlap a region, ``tokens`` the pairs of both. ``bases`` are
    those the file covers, ``bases_inside`` those of them within the universe. ``placed`` rows lie on a chromosome of
    the universe: for their starts and their ends alike ``distances`` int64 (2^16 + 1,) counts the bases to the nearest
    start, or end, of a region (0 anywhere within a soft one), the last count being of all that are farther. ``widths``
    int64 (k,) counts the rows by classes of width between ``WIDTH_EDGES``.
    """

    files: int
    rows: int
    hit: int
    tokens: int
    bases: int
    bases_inside: int
    placed: int
    distances: NDArray[np.int64]
    widths: NDArray[np.int64]

    @classmethod
    def none(cls) -> "Fit":
        """Return the fit of no file."""
        counts = np.zeros(FAR + 1, np.int64), np.zeros(len(WIDTH_EDGES) - 1, np.int64)
        return cls(0, 0, 0, 0, 0, 0, 0, *counts)

    def __add__(self, other: "Fit") -> "Fit":
        return Fit(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def distance_at(self, share: float) -> int | None:
        """Return the least distance that at least this share of all borders keep to; None if there is no border."""
        counted = np.cumsum(self.distances, dtype=np.int64)
        if not counted[-1]:
            return None
        return int(np.searchsorted(counted, max(share * counted[-1], 1)))


class Fitter:
    """A universe prepared to be held against file after file.

    ``cores`` are the starts and ends of the cores of flexible regions, in the order of the universe: a start anywhere
    before the core, and an end anywhere behind it, is where the region has it.
    """

    def __init__(self, universe: Universe, cores: tuple[Coords, Coords] | None = None) -> None:
        self._universe = universe
        self._codes = {name: code for code, name in enumerate(universe.chrom_names)}
        starts, ends = self._on_line(universe.regions)
        line = starts - universe.regions.starts
        core_starts, core_ends = (starts + 1, ends - 1) if cores is None else (line + cores[0], line + cores[1])
        self._starts = _soft(starts, core_starts - 1)
        self._ends = _soft(core_ends + 1, ends)
        self._spans = join_spans(starts=starts, ends=ends)

    def fit(self, regions: Regions) -> Fit:
        """Hold one file's rows against the universe."""
        known = np.array([*(name in self._codes for name in regions.chrom_names), False], dtype=np.bool_)
        placed = regions.take(known[regions.codes])
        starts, ends = self._on_line(placed)
        distances = self._count_distances(starts, self._starts) + self._count_distances(ends, self._ends)
        hit, tokens = self._count_hits(regions)
        widths = np.maximum(regions.ends - regions.starts, 0)
        classes = np.searchsorted(WIDTH_EDGES, widths, side="right") - 1
        return Fit(
            files=1,
            rows=len(regions),
            hit=hit,
            tokens=tokens,
            bases=_bases_of(regions),
            bases_inside=bases_within(self._spans, join_spans(starts=starts, ends=ends)),
            placed=len(placed),
            distances=distances,
            widths=np.bincount(classes, minlength=len(WIDTH_EDGES) - 1).astype(np.int64),
        )

    def _on_line(self, regions: Regions) -> tuple[Coords, Coords]:
        codes = np.array([*(self._codes.get(name, -1) for name in regions.chrom_names), -1], dtype=np.int64)
        line = codes[regions.codes] << _SHIFT
        return line + regions.starts, line + regions.ends

    @staticmethod
    def _count_distances(places: Coords, borders: Spans) -> NDArray[np.int64]:
        distances = np.minimum(_distances_to(borders, places), FAR)
        return np.bincount(distances.astype(np.intp), minlength=FAR + 1).astype(np.int64)

    def _count_hits(self, regions: Regions) -> tuple[int, int]:
        hit = tokens = 0
        for at in range(0, len(regions), _ROWS):
            offsets, ids = self._universe.encode(regions.take(slice(at, at + _ROWS)))
            hit, tokens = hit + int(np.count_nonzero(np.diff(offsets))), tokens + len(ids)
        return hit, tokens


def _soft(lowest: Coords, highest: Coords) -> Spans:
    """Sort the places where a border may stand, first and last one of each region."""
    order = np.argsort(lowest, kind="stable")
    return Spans(lowest[order], highest[order])


def _distances_to(borders: Spans, places: Coords) -> Coords:
    """Return the distance of each place to the nearest border, 0 from its first to its last place."""
    ways = nearest_distances(borders.starts, places)
    if borders.ends is borders.starts or np.array_equal(borders.starts, borders.ends):
        return ways
    ends = np.sort(borders.ends)
    np.minimum(ways, nearest_distances(ends, places), out=ways)
    begun = np.searchsorted(borders.starts, places, side="right")
    ways[begun > np.searchsorted(ends, places, side="left")] = 0  # more have begun than are over
    return ways


def _bases_of(regions: Regions) -> int:
    line = regions.codes.astype(np.int64) << _SHIFT
    known = regions.codes >= 0
    spans = join_spans(starts=(line + regions.starts)[known], ends=(line + regions.ends)[known])
    return int((spans.ends - spans.starts).sum(dtype=np.int64))
