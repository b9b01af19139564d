"""Where motifs occur on a sequence: the starts of their windows, motif by motif and strand by strand."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.arrays import Coords, Offsets, frozen, refreeze
from genotok.errors import HitsError
from genotok.kernels.sparse import find_disorder
from genotok.values.motifs import MotifSet


@dataclass(frozen=True, eq=False)
class MotifHits:
    """The hits of M motifs on one sequence; row ``r = 2 * motif + strand`` has ``starts[offsets[r]:offsets[r + 1]]``.

    ``starts`` int64 (h,), 0-based, ascending and distinct within a row: a hit is the window ``[start, start + L)`` on
    the forward axis, for both strands (0 is +, 1 is -). ``offsets`` int64 (2 M + 1,). Arrays are read-only views.

    >>> hits = MotifHits(np.array([3, 9, 4]), np.array([0, 2, 3]))
    >>> hits.row(0).tolist(), hits.row(0, "-").tolist(), hits.counts.tolist()
    ([3, 9], [4], [2, 1])
    """

    starts: Coords
    offsets: Offsets

    def __post_init__(self) -> None:
        starts, offsets = np.asarray(self.starts, dtype=np.int64), np.asarray(self.offsets, dtype=np.int64)
        if len(offsets) % 2 == 0 or offsets[0] != 0 or offsets[-1] != len(starts) or np.any(np.diff(offsets) < 0):
            what = f"{len(offsets):,} offsets do not cut {len(starts):,} hits into motifs and strands"
            raise HitsError(what, hint="offsets start at 0, never fall, and end at the number of hits: 2 M + 1 of them")
        if (row := find_disorder(offsets, starts)) >= 0:
            raise HitsError("starts do not ascend", row=row, hint="sort each row, and drop repeats")
        if len(starts) and int(starts.min()) < 0:
            raise HitsError(f"start {starts.min()} is negative", hint="starts are 0-based")
        object.__setattr__(self, "starts", frozen(starts))
        object.__setattr__(self, "offsets", frozen(offsets))

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifHits):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(self.starts, other.starts)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"MotifHits({len(self):,} hits of {len(self.offsets) // 2:,} motifs)"

    @property
    def counts(self) -> Coords:
        """Number of hits of each motif-strand: int64 (2 M,)."""
        return frozen(np.diff(self.offsets))

    def row(self, motif: int, strand: str = "+") -> Coords:
        """Return the starts of one motif on one strand, '+' or '-'."""
        if strand not in ("+", "-"):
            raise HitsError(f"strand {strand!r}", hint="'+' or '-'")
        row = 2 * range(len(self.offsets) // 2)[motif] + (strand == "-")
        return self.starts[self.offsets[row] : self.offsets[row + 1]]

    def check(self, motifs: MotifSet, length: int) -> None:
        """Raise HitsError unless these are hits of the given motifs on a sequence of so many bases."""
        if len(self.offsets) != 2 * len(motifs) + 1:
            raise HitsError(
                f"hits of {len(self.offsets) // 2:,} motifs, not of {len(motifs):,}", hint="give their own set"
            )
        filled = np.flatnonzero(np.diff(self.offsets))
        ends = self.starts[self.offsets[filled + 1] - 1] + motifs.lengths[filled // 2]
        if len(ends) and int(ends.max()) > length:
            row = int(filled[np.argmax(ends)])
            what = f"a hit of {motifs.ids[row // 2]} ends at {ends.max():,}, beyond the {length:,} bases"
            raise HitsError(what, hint="starts are 0-based, windows as wide as their motif")
