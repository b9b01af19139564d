"""A sequence cut into bins, the words that tokens stand for."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.arrays import Coords, Flags, frozen, refreeze
from genotok.errors import InputError
from genotok.kernels.bases import Codes
from genotok.kernels.bins import flag_gaps


@dataclass(frozen=True, eq=False)
class MotifBins:
    """Bin ``j`` is ``[boundaries[j], boundaries[j + 1])``; together bins are the whole sequence.

    ``boundaries`` int64 (b + 1,), strictly ascending from 0 to the length; ``is_gap`` bool (b,) flags bins without a
    known base. Arrays are read-only views.

    >>> bins = MotifBins.of_sequence(np.array([0, 3, 5]), np.array([0, 4, 1, 4, 4], np.uint8))
    >>> bins.widths.tolist(), bins.is_gap.tolist(), bins.locate([0, 4]).tolist()
    ([3, 2], [False, True], [0, 1])
    """

    boundaries: Coords
    is_gap: Flags

    def __post_init__(self) -> None:
        boundaries, is_gap = np.asarray(self.boundaries, dtype=np.int64), np.asarray(self.is_gap, dtype=np.bool_)
        rises = len(boundaries) and boundaries[0] == 0 and not np.any(boundaries[1:] <= boundaries[:-1])
        if not rises or len(is_gap) != len(boundaries) - 1:
            what = f"{len(boundaries):,} boundaries and {len(is_gap):,} flags make no bins"
            raise InputError(what, hint="boundaries ascend from 0; there is one flag for each bin")
        object.__setattr__(self, "boundaries", frozen(boundaries))
        object.__setattr__(self, "is_gap", frozen(is_gap))

    @classmethod
    def of_sequence(cls, boundaries: Any, codes: Codes) -> "MotifBins":
        """Flag the bins of (n,) codes that hold no known base; the last boundary is n."""
        boundaries = np.asarray(boundaries, dtype=np.int64)
        if not len(boundaries) or boundaries[-1] != len(codes):
            raise InputError(f"the last bin does not end at {len(codes):,}", hint="bins are the whole sequence")
        return cls(boundaries, flag_gaps(codes, boundaries))

    def __len__(self) -> int:
        return len(self.is_gap)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifBins):
            return NotImplemented
        return np.array_equal(self.boundaries, other.boundaries) and np.array_equal(self.is_gap, other.is_gap)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"MotifBins({len(self):,} bins of {int(self.boundaries[-1]):,} bases)"

    @property
    def widths(self) -> Coords:
        """Bases of each bin: int64 (b,)."""
        return frozen(np.diff(self.boundaries))

    def locate(self, positions: Any) -> Coords:
        """Return the bins that hold the given positions: int64; one outside raises InputError."""
        positions = np.asarray(positions, dtype=np.int64)
        outside = (positions < 0) | (positions >= self.boundaries[-1])
        if outside.any():
            what = f"position {positions[outside].ravel()[0]:,} is outside the {int(self.boundaries[-1]):,} bases"
            raise InputError(what, hint="positions are 0-based")
        bins: Coords = np.searchsorted(self.boundaries, positions, side="right").astype(np.int64) - 1
        return bins
