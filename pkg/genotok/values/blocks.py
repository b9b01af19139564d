"""Parts of a contig: what of it is looked at together, and the bins that were cut there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.arrays import Coords, Flags, frozen, refreeze
from genotok.errors import InputError
from genotok.kernels.bases import Codes
from genotok.kernels.ragged import concat_ragged
from genotok.values.csr import CsrMatrix


@dataclass(frozen=True, eq=False)
class Window:
    """The ``codes`` of a contig from base ``start`` on, around the core ``[first, last)`` of the block ``number``.

    ``is_end`` tells whether the core ends with the contig; then so do the codes.
    """

    codes: Codes
    start: int
    first: int
    last: int
    number: int
    is_end: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozen(self.codes))

    @property
    def stop(self) -> int:
        """Where the codes end."""
        return self.start + len(self.codes)


def windows_of(codes: Codes, *, block: int, halo: int) -> Iterator[Window]:
    """Cut a whole contig into cores of ``block`` bases, each with ``halo`` bases around it."""
    for number, first in enumerate(range(0, len(codes), block)):
        last = min(first + block, len(codes))
        start, stop = max(first - halo, 0), min(last + halo, len(codes))
        yield Window(codes[start:stop], start, first, last, number, last == len(codes))


@dataclass(frozen=True, eq=False)
class BlockBins:
    """The bins that begin in one block, and how many bases of each every feature covers.

    ``boundaries`` int64 (b + 1,), in bp of the contig; the last bin may end beyond the block. ``is_gap`` bool (b,).
    ``counts`` uint8 (b, F). ``hits`` of motifs begin in the block.
    """

    boundaries: Coords
    is_gap: Flags
    counts: CsrMatrix
    hits: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "boundaries", frozen(np.asarray(self.boundaries, dtype=np.int64)))
        object.__setattr__(self, "is_gap", frozen(np.asarray(self.is_gap, dtype=np.bool_)))
        if not len(self.boundaries) - 1 == len(self.is_gap) == len(self.counts):
            what = f"{len(self.boundaries):,} boundaries, {len(self.is_gap):,} flags, {len(self.counts):,} rows"
            raise InputError(f"{what} make no bins", hint="one flag and one row for each bin")

    def __len__(self) -> int:
        return len(self.is_gap)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BlockBins):
            return NotImplemented
        arrays = ("boundaries", "is_gap")
        return self.counts == other.counts and all(np.array_equal(getattr(self, n), getattr(other, n)) for n in arrays)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    @property
    def starts(self) -> Coords:
        """Where bins begin: int64 (b,)."""
        return self.boundaries[:-1]


@dataclass(frozen=True)
class Seams:
    """The flanks of peaks nearest to the borders of a block, in bp of the contig.

    ``first`` and ``last`` are the outermost within the block, None if there is none. ``left`` is the nearest before the
    block, ``right`` the nearest behind it, as taken when its bins were cut: None if nothing was known of it.
    """

    first: int | None
    last: int | None
    left: int | None
    right: int | None

    @property
    def is_closed(self) -> bool:
        """Whether both neighbours are known, so that bins can be cut."""
        return self.left is not None and self.right is not None


def true_neighbours(seams: list[Seams], length: int) -> list[tuple[int, int]]:
    """Return the nearest flank before and behind each block of a contig, from those that each block has itself.

    A contig's ends count as flanks. A block that begins with one needs none before it.
    """
    lefts, rights = list[int](), list[int]()
    before = 0
    for each in seams:
        lefts.append(before)
        before = before if each.last is None else each.last
    behind = length
    for each in reversed(seams):
        rights.append(behind)
        behind = behind if each.first is None else each.first
    return list(zip(lefts, reversed(rights), strict=True))


def stack_rows(parts: Sequence[CsrMatrix], n_columns: int) -> CsrMatrix:
    """Put the rows of matrices with the same columns one below the other."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        nothing = np.zeros(0, dtype=np.uint8)
        return CsrMatrix(np.zeros(1, np.int64), nothing.astype(np.int32), nothing, (0, n_columns))
    indptr, indices = concat_ragged([each.indptr for each in parts], [each.indices for each in parts])
    return CsrMatrix(indptr, indices, np.concatenate([each.data for each in parts]), (len(indptr) - 1, n_columns))


def stack_blocks(parts: Sequence[BlockBins], n_columns: int) -> BlockBins:
    """Put the bins of blocks in a row together; no block at all is a contig without a base."""
    if not parts:
        nothing = np.zeros(0, dtype=np.bool_)
        return BlockBins(np.zeros(1, np.int64), nothing, stack_rows([], n_columns))
    edges = np.concatenate([*(each.boundaries[:-1] for each in parts), parts[-1].boundaries[-1:]])
    gaps = np.concatenate([each.is_gap for each in parts])
    return BlockBins(edges, gaps, stack_rows([p.counts for p in parts], n_columns), sum(p.hits for p in parts))
