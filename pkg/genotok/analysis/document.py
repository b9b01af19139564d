"""One tokenized file in the narrowest columns that hold it: what every view and summary reads."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Ids, frozen
from genotok.errors import CapacityError, InputError
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

Positions: TypeAlias = NDArray[np.uint32]  # genome coordinates; kept rows reach 2^32 - 1

MAX_TOKENS = 2**31 - 1  # offsets are int32 here


@dataclass(frozen=True, eq=False)
class Document:
    """The n rows of one file and the token ids of each: 20 bytes a row and 4 a token.

    ``codes`` int32 (n,) index ``chrom_names`` (-1: none), ``starts`` and ``ends`` are uint32 (n,), 0-based half-open,
    ``lines`` int32 (n,) the 1-based input lines, and row ``i`` owns ``ids[offsets[i]:offsets[i + 1]]`` (int32). Ids
    from ``n_regions`` on are special tokens: they stand for rows that hit nothing. Arrays are read-only.

    >>> import numpy as np
    >>> regions = Regions.from_tuples([("chr1", 10, 20), ("chr2", 5, 9)])
    >>> Document.from_rows(regions, RaggedIds(np.array([4, 7]), np.array([0, 2, 2]))).counts.tolist()
    [2, 0]
    """

    chrom_names: tuple[str, ...]
    codes: Ids
    starts: Positions
    ends: Positions
    lines: Ids
    ids: Ids
    offsets: Ids
    n_regions: int = 2**31 - 1

    def __post_init__(self) -> None:
        for name in ("codes", "starts", "ends", "lines", "ids", "offsets"):
            dtype = np.uint32 if name in ("starts", "ends") else np.int32
            object.__setattr__(self, name, frozen(np.ascontiguousarray(getattr(self, name), dtype=dtype)))
        rows, offsets = len(self.codes), self.offsets
        if not len(self.starts) == len(self.ends) == len(self.lines) == rows == len(offsets) - 1:
            raise InputError("the columns of a document differ in length", hint="n rows, n + 1 offsets")
        if offsets[0] != 0 or offsets[-1] != len(self.ids) or bool(np.any(offsets[1:] < offsets[:-1])):
            raise InputError("offsets don't fit the ids", hint="they start at 0, never fall, end at the number of ids")
        if rows and not -1 <= int(self.codes.min()) <= int(self.codes.max()) < len(self.chrom_names):
            raise InputError("a chromosome code names no chromosome", hint="codes run from -1 to the last name")

    @classmethod
    def from_rows(cls, regions: Regions, rows: RaggedIds, n_regions: int = 2**31 - 1) -> "Document":
        """Narrow regions and their ids; refuses more than 2^31 - 1 tokens."""
        if len(rows.ids) > MAX_TOKENS:
            raise CapacityError(f"{len(rows.ids):,} tokens exceed {MAX_TOKENS:,}", hint="split the input")
        places = np.arange(len(regions), dtype=np.int64)
        lines = places + 1 if regions.lines is None else regions.lines.lines_of(places)
        return cls(
            regions.chrom_names,
            regions.codes,
            regions.starts.astype(np.uint32),
            regions.ends.astype(np.uint32),
            lines.astype(np.int32),
            rows.ids,
            rows.offsets.astype(np.int32),
            n_regions,
        )

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def counts(self) -> Ids:
        """Tokens of each row: int32 (n,)."""
        return frozen(np.diff(self.offsets))

    @cached_property
    def chip_offsets(self) -> Ids:
        """Places of the rows in a list that shows every token, and one gap for each row without: int32 (n + 1,)."""
        misses = np.zeros(len(self) + 1, dtype=np.int32)
        np.cumsum(self.counts == 0, dtype=np.int32, out=misses[1:])
        return frozen(self.offsets + misses)

    @cached_property
    def frequencies(self) -> Ids:
        """How often each id occurs, up to the largest one: int32 (v,), v > 0."""
        return frozen(np.bincount(self.ids, minlength=1).astype(np.int32))

    @cached_property
    def hit(self) -> Flags:
        """Tell which rows hit a region: bool (n,)."""
        first = self.first_ids()
        return frozen((first >= 0) & (first < self.n_regions))

    def first_ids(self) -> Ids:
        """Return the first id of each row, -1 for rows without: int32 (n,)."""
        first = np.full(len(self), -1, dtype=np.int32)
        filled = np.flatnonzero(self.counts)
        first[filled] = self.ids[self.offsets[filled]]
        return first

    def widths(self) -> NDArray[np.int64]:
        """Return the width of each row in bp, negative for rows kept although reversed: int64 (n,)."""
        return self.ends.astype(np.int64) - self.starts

    def regions(self, first: int, last: int, source: str | None = None) -> Regions:
        """Return the rows ``[first, last)`` as regions."""
        part = slice(first, last)
        starts, ends = self.starts[part].astype(np.int64), self.ends[part].astype(np.int64)
        return Regions(self.chrom_names, self.codes[part], starts, ends, source=source)

    def rows(self, first: int, last: int) -> RaggedIds:
        """Return the ids of the rows ``[first, last)``."""
        offsets = self.offsets[first : last + 1].astype(np.int64)
        return RaggedIds(self.ids[offsets[0] : offsets[-1]], offsets - offsets[0])
