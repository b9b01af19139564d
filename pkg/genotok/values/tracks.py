"""A signal along contigs, such as the coverage of an experiment: values that hold over stretches, 0 elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets, frozen, refreeze
from genotok.errors import InputError
from genotok.kernels.stretches import mean_in_bins, write_out


@dataclass(frozen=True)
class TrackReport:
    """What reading a track met: rows, those on contigs that nobody asked for, by name, and those without a number."""

    path: str | None = None
    format: str | None = None
    rows: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    not_a_number: int = 0


class Signal(Protocol):
    """What has values along contigs: `Track`, which holds them, or a file that is asked for them."""

    @property
    def report(self) -> TrackReport:
        """What reading it met."""

    @property
    def names(self) -> tuple[str, ...]:
        """The contigs with values."""

    def dense(self, contig: str, start: int, end: int) -> NDArray[np.float32]:
        """Return the value of each base of a region: float32 (end - start,), 0 where there is none."""

    def means(self, contig: str, boundaries: Coords, *, log1p: bool = False) -> NDArray[np.float64]:
        """Return the mean over the bases of each bin: float64 (b,); with ``log1p`` of log(1 + value) of each base."""


@dataclass(frozen=True, eq=False)
class Track:
    """Contig ``c`` has ``values[i]``, float32, over ``[starts[i], ends[i])`` for i from ``offsets[c]`` on; else 0.

    Stretches of a contig ascend, are not empty and share no base. Arrays are read-only views.

    >>> track = Track(("chr1",), np.array([0, 2]), np.array([2, 5]), np.array([4, 6]), np.array([1.0, 3.0]))
    >>> track.dense("chr1", 0, 7).tolist(), track.means("chr1", np.array([0, 4, 8])).tolist()
    ([0.0, 0.0, 1.0, 1.0, 0.0, 3.0, 0.0], [0.5, 0.75])
    """

    names: tuple[str, ...]
    offsets: Offsets
    starts: Coords
    ends: Coords
    values: NDArray[np.float32]
    report: TrackReport = field(default_factory=TrackReport)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        for name, dtype in (("offsets", np.int64), ("starts", np.int64), ("ends", np.int64), ("values", np.float32)):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        rows = len(self.starts)
        whole = self.offsets.tolist()[:1] == [0] and self.offsets[-1] == rows == len(self.ends) == len(self.values)
        if not whole or len(self.offsets) != len(self.names) + 1 or np.any(np.diff(self.offsets) < 0):
            what = f"{len(self.names)} names, {len(self.offsets)} offsets and {rows} stretches make no track"
            raise InputError(what, hint="offsets ascend from 0 to the number of stretches, one more than names")
        if (row := find_overlap(self.offsets, self.starts, self.ends)) >= 0:
            raise InputError("a stretch is empty, or begins before the end of the last", row=row, hint="sort them")
        if not np.isfinite(self.values).all():
            row = int(np.argmin(np.isfinite(self.values)))
            raise InputError(f"the value {self.values[row]} is no number", row=row, hint="leave the stretch out")

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        names = ("offsets", "starts", "ends", "values")
        return self.names == other.names and all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"Track({len(self):,} stretches on {len(self.names)} contigs)"

    def dense(self, contig: str, start: int, end: int) -> NDArray[np.float32]:
        """Return the value of each base of a region: float32 (end - start,), 0 where there is none."""
        check_region(start, end)
        starts, ends, values = self._on(contig)
        return write_out(starts=starts, ends=ends, values=values, begin=start, finish=end)

    def means(self, contig: str, boundaries: Coords, *, log1p: bool = False) -> NDArray[np.float64]:
        """Return the mean over the bases of each bin: float64 (b,); with ``log1p`` of log(1 + value) of each base."""
        edges = check_boundaries(boundaries)
        starts, ends, values = self._on(contig)
        span = slice(np.searchsorted(ends, edges[0], side="right"), np.searchsorted(starts, edges[-1]))
        held = values[span].astype(np.float64)
        levels = log_of(held) if log1p else held
        return mean_in_bins(starts=starts[span], ends=ends[span], values=levels, boundaries=edges)

    def _on(self, contig: str) -> tuple[Coords, Coords, NDArray[np.float32]]:
        """Return the stretches of a contig; one that is not known has none."""
        if contig not in self.names:
            return self.starts[:0], self.ends[:0], self.values[:0]
        code = self.names.index(contig)
        span = slice(int(self.offsets[code]), int(self.offsets[code + 1]))
        return self.starts[span], self.ends[span], self.values[span]


def find_overlap(offsets: Offsets, starts: Coords, ends: Coords) -> int:
    """Return the first row that is empty, or begins before the row above it on its contig ends; -1 if there is none."""
    wrong = starts >= ends
    overlaps = starts[1:] < ends[:-1]
    borders = offsets[1:-1]
    overlaps[borders[(borders > 0) & (borders < len(starts))] - 1] = False
    wrong[1:] |= overlaps
    return int(np.argmax(wrong)) if wrong.any() else -1


def check_boundaries(boundaries: Any) -> Coords:
    """Return (b + 1,) boundaries as an array; InputError unless they ascend strictly, from 0 or more."""
    edges = np.asarray(boundaries, dtype=np.int64)
    if not len(edges) or edges[0] < 0 or np.any(edges[1:] <= edges[:-1]):
        raise InputError("the boundaries of bins do not ascend", hint="each is above the last, the first 0 or more")
    return edges


def log_of(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return log(1 + value); a value of -1 or less has none and raises InputError."""
    if values.min(initial=0) <= -1:
        raise InputError(f"log(1 + value) of the value {values.min():g}", hint="take the values as they are")
    logs: NDArray[np.float64] = np.log1p(values.astype(np.float64))
    return logs


def check_region(start: int, end: int) -> None:
    """Raise InputError unless ``0 <= start <= end``."""
    if not 0 <= start <= end:
        raise InputError(f"the region {start:,} to {end:,}", hint="0 <= start <= end, 0-based half-open")
