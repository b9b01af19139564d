"""How many of a set of files cover each base: what a consensus universe is cut from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, frozen, refreeze
from genotok.kernels.coverage import NO_STEPS, Spans, Steps, add_steps, depths_of, join_spans, steps_of
from genotok.values.regions import Regions

_SHIFT = 33  # bits of a position on its chromosome: coordinates stay below 2^32, so chromosomes never touch
_ON_CHROM = 2**_SHIFT - 1


@dataclass(frozen=True, eq=False)
class Coverage:
    """The depth of each base: the number of ``files`` that cover it, whatever the number of their rows there.

    ``chrom_names`` are in order of their text. ``positions`` int64 (k,) are places on the genome line, chromosome code
    times 2^33 and the base; from ``positions[i]`` to the next the depth is ``depths[i]`` (int64). Memory is that of the
    distinct borders, not of the genome. ``lengths`` int64 (chromosomes,) are the largest ends seen. ``rows`` counts all
    rows, ``covering`` those of at least one base: an empty or reversed row covers nothing.

    >>> one = Coverage.of(Regions.from_tuples([("chr1", 10, 30), ("chr1", 20, 40)]))
    >>> two = Coverage.of(Regions.from_tuples([("chr1", 25, 50)]))
    >>> (one + two).to_tuples()
    [('chr1', 10, 25, 1), ('chr1', 25, 40, 2), ('chr1', 40, 50, 1)]
    """

    chrom_names: tuple[str, ...]
    positions: Coords
    changes: NDArray[np.int64]
    lengths: Coords
    files: int
    rows: int
    covering: int

    def __post_init__(self) -> None:
        for name in ("positions", "changes", "lengths"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @classmethod
    def of(cls, regions: Regions) -> "Coverage":
        """Take one file: the depth is 1 wherever a row of it lies."""
        names = tuple(sorted(set(regions.chrom_names)))
        places = {name: place for place, name in enumerate(names)}
        codes = np.array([*(places[name] for name in regions.chrom_names), -1], dtype=np.int64)[regions.codes]
        known = codes >= 0
        starts, ends = regions.starts, regions.ends
        if not known.all():
            codes, starts, ends = codes[known], starts[known], ends[known]
        lengths = np.zeros(len(names), dtype=np.int64)
        np.maximum.at(lengths, codes, ends)
        line = codes << _SHIFT
        steps = steps_of(join_spans(starts=line + starts, ends=line + ends))
        return cls(names, *steps, lengths, files=1, rows=len(regions), covering=int(np.count_nonzero(ends > starts)))

    @classmethod
    def none(cls) -> "Coverage":
        """Return the coverage of no file."""
        return cls((), *NO_STEPS, np.empty(0, np.int64), files=0, rows=0, covering=0)

    def __add__(self, other: "Coverage") -> "Coverage":
        names = tuple(sorted({*self.chrom_names, *other.chrom_names}))
        places = {name: place for place, name in enumerate(names)}
        lengths = np.zeros(len(names), dtype=np.int64)
        parts = []
        for each in (self, other):
            codes = np.array([places[name] for name in each.chrom_names], dtype=np.int64)
            np.maximum.at(lengths, codes, each.lengths)
            parts.append(each._steps_with(codes))
        return Coverage(
            names,
            *add_steps(*parts),
            lengths,
            files=self.files + other.files,
            rows=self.rows + other.rows,
            covering=self.covering + other.covering,
        )

    def _steps_with(self, codes: Coords) -> Steps:
        """Return the steps with (chromosomes,) other codes; as names are sorted everywhere, the order stays."""
        if not len(codes) or np.array_equal(codes, np.arange(len(codes), dtype=np.int64)):
            return Steps(self.positions, self.changes)
        return Steps((codes[self.positions >> _SHIFT] << _SHIFT) | (self.positions & _ON_CHROM), self.changes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Coverage):
            return NotImplemented
        counts = ("chrom_names", "files", "rows", "covering")
        arrays = ("positions", "changes", "lengths")
        return all(getattr(self, name) == getattr(other, name) for name in counts) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__ = None  # type: ignore[assignment]  # as of Regions

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"Coverage({self.files:,} files, {len(self.positions):,} borders on {len(self.chrom_names)} chromosomes)"

    @property
    def depths(self) -> NDArray[np.int64]:
        """The depth from each position to the next: int64 (k,); 0 behind the last one of a chromosome."""
        return depths_of(Steps(self.positions, self.changes))

    @property
    def codes(self) -> Coords:
        """The chromosome of each position: int64 (k,)."""
        return self.positions >> _SHIFT

    @property
    def widths(self) -> Coords:
        """The bases from each position to the next, 0 behind the last one of a chromosome: int64 (k,)."""
        widths = np.zeros(len(self.positions), dtype=np.int64)
        np.subtract(self.positions[1:], self.positions[:-1], out=widths[:-1])
        widths[:-1][self.positions[1:] >> _SHIFT != self.positions[:-1] >> _SHIFT] = 0
        return widths

    def bases_by_depth(self) -> NDArray[np.int64]:
        """Count the bases of each depth from 0 to the largest; none are counted for depth 0: int64 (d + 1,)."""
        depths = self.depths
        bases = np.zeros(int(depths.max(initial=0)) + 1, dtype=np.int64)
        np.add.at(bases, depths, self.widths)
        bases[0] = 0
        return bases

    def total_depths(self) -> NDArray[np.int64]:
        """Sum the depth over the bases of each chromosome: int64 (chromosomes,)."""
        totals = np.zeros(len(self.chrom_names), dtype=np.int64)
        np.add.at(totals, self.codes, self.depths * self.widths)
        return totals

    def regions_of(self, spans: Spans) -> Regions:
        """Turn spans on the genome line, none of them across chromosomes, into regions in order of the line."""
        codes = spans.starts >> _SHIFT
        return Regions(
            self.chrom_names, codes.astype(np.int32), spans.starts & _ON_CHROM, spans.ends - (codes << _SHIFT)
        )

    def to_tuples(self) -> list[tuple[str, int, int, int]]:
        """Return ``(chrom, start, end, depth)`` of each covered segment, as bedGraph lists them."""
        ends = self.positions + self.widths - (self.codes << _SHIFT)
        columns = self.codes, self.positions & _ON_CHROM, ends, self.depths
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [(self.chrom_names[code], start, end, depth) for code, start, end, depth in rows if depth]


class CoverageSum:
    """Adds the coverages of many files so that each border is merged a few times only, however many files there are.

    Parts of about equal size are added first; what waits is never more than twice the whole.
    """

    def __init__(self, parts: Iterable[Coverage] = ()) -> None:
        self._parts: list[Coverage] = []  # each at least twice as large as the next
        for part in parts:
            self.add(part)

    def add(self, part: Coverage) -> None:
        """Add the coverage of a file, or of several."""
        self._parts.append(part)
        while len(self._parts) > 1 and len(self._parts[-2].positions) < 2 * len(self._parts[-1].positions):
            self._parts.append(self._parts.pop() + self._parts.pop())

    def total(self) -> Coverage:
        """Return the coverage of all files so far."""
        while len(self._parts) > 1:
            self._parts.append(self._parts.pop() + self._parts.pop())
        return self._parts[0] if self._parts else Coverage.none()
