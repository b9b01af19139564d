"""A universe of regions with soft borders: the most likely path through start, core, end and background.

The model is that of geniml's maximum-likelihood flexible universe (Rymuza et al. 2024, doi:10.1093/nar/gkae685): at
each base the files that have a start, a core or an end there speak for or against being in that state. It is solved
here exactly, at the borders alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Places, frozen
from genotok.errors import InputError, UniverseError
from genotok.io.bed import read_bed
from genotok.io.sources import Source
from genotok.kernels.cyclic import STATES, best_regions
from genotok.kernels.ragged import offsets_of
from genotok.tokenizers.consensus import ConsensusRules, Order, files_of, order_chroms
from genotok.values.bounds import Invalid
from genotok.values.coverage import Coverage, CoverageSum
from genotok.values.regions import Regions

_UNIT = 2**20  # scores are whole multiples of 1 / 2^20: their sums are exact, and the same on every machine
_FLOOR = 1e-10  # the likelihood of what was never seen
_LAST = 2**32 - 1
_SHIFT = 33  # as of a Coverage


SMOOTH = 25  # bp; starts and ends that are as close count together


@dataclass(frozen=True)
class Tracks:
    """How many files have a start, a core and an end at each base; starts and ends are smeared over a few bases."""

    starts: Coverage
    cores: Coverage
    ends: Coverage

    @classmethod
    def of(cls, regions: Regions, *, smooth: int) -> "Tracks":
        """Take one file: a start, or the last base, counts for all bases at most ``smooth`` from it."""
        rows = regions.take(regions.ends > regions.starts)
        first, last = rows.starts, rows.ends - 1
        smeared = (
            replace(rows, starts=np.maximum(place - smooth, 0), ends=np.minimum(place + smooth + 1, _LAST), texts={})
            for place in (first, last)
        )
        starts, ends = map(Coverage.of, smeared)
        return cls(starts, Coverage.of(regions), ends)


class TracksSum:
    """Adds up the tracks of many files."""

    def __init__(self, parts: Iterable[Tracks] = ()) -> None:
        self._sums = CoverageSum(), CoverageSum(), CoverageSum()
        for part in parts:
            self.add(part)

    def add(self, part: Tracks) -> None:
        """Add those of one file, or of several."""
        for total, each in zip(self._sums, (part.starts, part.cores, part.ends), strict=True):
            total.add(each)

    def total(self) -> Tracks:
        """Return those of all files so far."""
        return Tracks(*(each.total() for each in self._sums))


@dataclass(frozen=True, eq=False)
class FlexibleRegions:
    """Regions whose start lies anywhere in ``[start, core_start)`` and whose end anywhere in ``[core_end, end)``."""

    regions: Regions
    core_starts: Coords
    core_ends: Coords

    def __post_init__(self) -> None:
        for name in ("core_starts", "core_ends"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def to_tuples(self) -> list[tuple[str, int, int, int, int]]:
        """Return ``(chrom, start, core_start, core_end, end)`` for each region."""
        rows = zip(self.regions.to_tuples(), self.core_starts.tolist(), self.core_ends.tolist(), strict=True)
        return [(chrom, start, core, behind, end) for (chrom, start, end), core, behind in rows]


def choose_flexible(tracks: Tracks, rules: ConsensusRules) -> FlexibleRegions:
    """Find the most likely regions; of the rules, ``min_width``, ``order`` and ``chrom_sizes`` apply.

    On each chromosome of L bases, F files and a track of total depth T, a base of depth d is in the track's state with
    the likelihood d / T and out of it with (F - d) / (F L - T); a base's likelihood is the product over the three
    tracks, of which at most one is in its state. None is free: regions pass start, core and end in turn, each for at
    least one base. UniverseError if no region is left.

    >>> files = [[("chr1", 100, 200)], [("chr1", 104, 190)], [("chr1", 97, 203)], [("chr1", 5000, 5100)]]
    >>> tracks = TracksSum(Tracks.of(Regions.from_tuples(rows), smooth=5) for rows in files).total()
    >>> choose_flexible(tracks, ConsensusRules(chrom_sizes={"chr1": 100_000})).to_tuples()[0]
    ('chr1', 92, 106, 190, 208)
    """
    lengths = rules.lengths_of(tracks.cores)
    positions, depths = _on_common_borders(tracks)
    codes = positions >> _SHIFT
    final = np.ones(len(positions), dtype=np.bool_)
    final[:-1] = codes[1:] != codes[:-1]  # from its last border to the end of a chromosome
    furthest = np.maximum(lengths[codes] + (codes << _SHIFT), positions) + 1
    ends = np.where(final, furthest, np.roll(positions, -1))
    model = _Model(tracks, lengths)
    long = ~depths.any(axis=0) & ~final & (ends - positions > model.long_gaps()[codes])
    runs, begins = _split(long, final)
    middles = (positions + ends) // 2
    starts = np.where(begins, middles[runs], positions[runs])
    stops = np.where(long[runs] & ~begins, middles[runs], ends[runs])
    sizes = np.diff(np.flatnonzero(np.concatenate([begins | np.roll(final[runs], 1), [True]])))
    found = best_regions(
        positions=starts,
        lengths=stops - starts,
        scores=model.scores(depths, codes)[runs],
        offsets=offsets_of(sizes),
    )
    return _finish(tracks.cores, found, lengths, rules)


def build_flexible(
    sources: Iterable[Source | Regions],
    *,
    smooth: int = SMOOTH,
    min_width: int = 0,
    order: Order = "natural",
    chrom_sizes: Mapping[str, int] | None = None,
    invalid: Invalid = "error",
) -> FlexibleRegions:
    """Read BED files, or take `Regions`, and find the most likely flexible regions; see `choose_flexible`.

    ``smooth`` is how many bases apart starts, or ends, still speak for each other (25). The other choices and the
    errors are those of `build_universe`. ``Universe.from_regions(found.regions)`` makes the vocabulary.
    """
    rules = ConsensusRules(min_width=min_width, order=order, chrom_sizes=chrom_sizes)
    if not isinstance(smooth, (int, np.integer)) or not 0 <= smooth < 2**31:
        raise InputError(f"smooth={smooth!r} is no number of bases", hint="0 or more")
    files = files_of(sources)
    regions = (each if isinstance(each, Regions) else read_bed(each, invalid=invalid) for each in files)
    return choose_flexible(TracksSum(Tracks.of(each, smooth=smooth) for each in regions).total(), rules)


def _on_common_borders(tracks: Tracks) -> tuple[Coords, NDArray[np.int64]]:
    """Return all borders of the three tracks (r,) and the depths from each to the next: (3, r)."""
    parts = (tracks.starts, tracks.cores, tracks.ends)
    positions = np.unique(np.concatenate([part.positions for part in parts]))
    depths = np.zeros((3, len(positions)), dtype=np.int64)
    for row, part in zip(depths, parts, strict=True):
        places = np.searchsorted(part.positions, positions, side="right")
        row[:] = np.concatenate([np.zeros(1, np.int64), part.depths])[places]
    return positions, depths


def _split(long: NDArray[np.bool_], final: NDArray[np.bool_]) -> tuple[Places, NDArray[np.bool_]]:
    """Cut long gaps in the middle, where any best path is in the background: runs, and which are second halves."""
    runs = np.repeat(np.arange(len(final), dtype=np.intp), (1 + long).astype(np.intp))
    begins = np.zeros(len(runs), dtype=np.bool_)
    begins[1:] = runs[1:] == runs[:-1]
    return runs, begins


class _Model:
    """The scores of states: log10 likelihoods in units of 1 / 2^20."""

    def __init__(self, tracks: Tracks, lengths: Coords) -> None:
        self._files = tracks.cores.files
        self._totals = np.stack([part.total_depths() for part in (tracks.starts, tracks.cores, tracks.ends)])
        self._room = np.maximum(self._files * lengths - self._totals, 1)  # (3, chromosomes)

    def scores(self, depths: NDArray[np.int64], codes: Coords) -> NDArray[np.int64]:
        """Score (r,) runs of (3, r) depths: (r, 4) for start, core, end, background."""
        within = _score(depths, np.maximum(self._totals[:, codes], 1))
        without = _score(self._files - depths, self._room[:, codes])
        background = without.sum(axis=0, dtype=np.int64)
        return np.stack([*(background + within - without), background], axis=1)

    def long_gaps(self) -> Coords:
        """Return the bases of nothing from which on a best path is sure to reach the background: (chromosomes,).

        Reaching it from any state and leaving for any takes at most seven bases elsewhere; each base not in it loses
        at least the margin. Where the background is not the best state of such bases no gap is long.
        """
        count = self._totals.shape[1]
        nothing = self.scores(np.zeros((3, count), dtype=np.int64), np.arange(count, dtype=np.int64))
        margins = nothing[:, STATES - 1] - nothing[:, : STATES - 1].max(axis=1, initial=-(2**62))
        losses = nothing[:, STATES - 1] - nothing.min(axis=1, initial=0)
        bases: Coords = np.where(margins > 0, 16 + 2 * 7 * losses // np.maximum(margins, 1), 2**62)
        return bases


def _score(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.int64]:
    scores: NDArray[np.int64] = np.rint(np.log10(part / whole + _FLOOR) * _UNIT).astype(np.int64)
    return scores


def _finish(cores: Coverage, found: tuple[Coords, ...], lengths: Coords, rules: ConsensusRules) -> FlexibleRegions:
    """Take the regions back to their chromosomes, within whose ends smearing must keep; in order, wide ones only."""
    starts, core_starts, core_ends, ends = found
    codes = starts >> _SHIFT
    line = codes << _SHIFT
    core_starts, core_ends, ends = (np.minimum(each - line, lengths[codes]) for each in (core_starts, core_ends, ends))
    starts = starts - line
    wide = (ends > starts) & (ends - starts >= rules.min_width)
    if not wide.any():
        hint = f"all {len(wide):,} are narrower than the least width" if len(wide) else None
        raise UniverseError("no region is likely", hint=hint or "are there enough files?")
    regions = Regions(cores.chrom_names, codes[wide].astype(np.int32), starts[wide], ends[wide])
    ordered, rows = order_chroms(regions, rules.order)
    return FlexibleRegions(ordered, core_starts[wide][rows], core_ends[wide][rows])
