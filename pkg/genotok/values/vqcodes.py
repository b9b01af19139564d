"""DNA as learned codes, exact and of all levels, and which bases each of them stands for."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Offsets, frozen, refreeze
from genotok.errors import CapacityError, InputError
from genotok.kernels.ragged import expand_ranges, rows_of
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.kernels.vqdecode import join_levels
from genotok.values.codebook import CodeArray

_TOGETHER = 2**20  # tokens that are checked at once: what is made of them is small


@dataclass(frozen=True, eq=False)
class VQCodes:
    """Codes of n tokens of b documents: document ``i`` owns the tokens ``rows[i]`` to ``rows[i + 1]``.

    ``codes`` uint16 (N, n), coarse to fine, 65,535 in all levels if unknown; ``rows`` int64 (b + 1,); ``levels`` the
    number of codes of each level. Where tokens lie is computed when it is asked for: token t of a document stands for
    ``stride`` bases from ``first + t * stride`` on, cut at its end; ``lengths`` int64 (b,) are the documents' bases.
    ``reverse`` bool (b,) marks documents read from their other strand (None: no document): ``t`` then counts from
    the last base. ``places`` int64 (n,) is t for each token, if some were left out. ``margins`` float32 (N, n) tells
    how much nearer the nearest code was than the next. Arrays are read-only views.

    >>> import numpy as np
    >>> codes = VQCodes(np.array([[5, 1, 65535]], np.uint16), np.array([0, 2, 3]), (6,), np.array([9, 6]), 4, 2)
    >>> codes.offsets.tolist(), codes.joint().tolist(), codes.row(1).level(1).tolist()
    ([[2, 6], [6, 9], [2, 6]], [5, 1, -1], [65535])
    """

    codes: CodeArray
    rows: Offsets
    levels: tuple[int, ...]
    lengths: Coords
    stride: int = 1
    first: int = 0
    reverse: Flags | None = None
    places: Coords | None = None
    margins: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        object.__setattr__(self, "levels", tuple(int(size) for size in self.levels))
        _check_shapes(self)
        for begin in range(0, self.n_tokens, _TOGETHER):
            _check_codes(self, begin)

    def __len__(self) -> int:
        return len(self.rows) - 1

    def __iter__(self) -> Iterator["VQCodes"]:
        return (self.row(index) for index in range(len(self)))

    @property
    def n_tokens(self) -> int:
        """Tokens of all documents."""
        return int(self.codes.shape[1])

    @property
    def unknown(self) -> Flags:
        """Which tokens stand for unknown bases: bool (n,)."""
        unknown: Flags = self.codes[-1] == UNKNOWN_CODE
        return unknown

    @property
    def offsets(self) -> Coords:
        """First base of each token's core, and the one after its last, in the document: int64 (n, 2)."""
        counts = np.diff(self.rows)
        places = expand_ranges(np.zeros_like(counts), counts) if self.places is None else self.places
        owner = rows_of(self.rows)
        ends = self.lengths[owner]
        starts = self.first + places * self.stride
        spans = np.stack([starts, np.minimum(starts + self.stride, ends)], axis=1)
        if self.reverse is not None and self.reverse.any():
            turned = self.reverse[owner]
            spans[turned] = ends[turned, None] - spans[turned, ::-1]
        return spans

    def level(self, k: int) -> CodeArray:
        """Return the codes of level k, 1 the coarsest: uint16 (n,)."""
        if not 1 <= k <= len(self.levels):
            raise InputError(f"there is no level {k}", hint=f"1 to {len(self.levels)}, coarse to fine")
        codes: CodeArray = self.codes[k - 1]
        return codes

    def joint(self) -> NDArray[np.int64]:
        """Return one number for the codes of all levels, the coarsest the highest digit, -1 if unknown: int64 (n,)."""
        if prod(self.levels) >= 2**63:
            raise CapacityError(f"levels of {self.levels} codes make no number of 63 bits", hint="take single levels")
        return join_levels(self.codes, self.levels)

    def row(self, index: int) -> "VQCodes":
        """Return one document; negative indices count from the end."""
        index = range(len(self))[index]
        here = slice(int(self.rows[index]), int(self.rows[index + 1]))
        return VQCodes(
            codes=self.codes[:, here],
            rows=np.array([0, here.stop - here.start], dtype=np.int64),
            levels=self.levels,
            lengths=self.lengths[index : index + 1],
            stride=self.stride,
            first=self.first,
            reverse=None if self.reverse is None else self.reverse[index : index + 1],
            places=None if self.places is None else self.places[here],
            margins=None if self.margins is None else self.margins[:, here],
        )

    def without_unknown(self) -> "VQCodes":
        """Leave unknown tokens out; the offsets of the others stay, and show the gaps."""
        unknown = self.unknown
        if not unknown.any():
            return self
        kept, counts = np.flatnonzero(~unknown), np.diff(self.rows)
        places = expand_ranges(np.zeros_like(counts), counts) if self.places is None else self.places
        return VQCodes(
            codes=self.codes[:, kept],
            rows=np.searchsorted(kept, self.rows).astype(np.int64),
            levels=self.levels,
            lengths=self.lengths,
            stride=self.stride,
            first=self.first,
            reverse=self.reverse,
            places=places[kept],
            margins=None if self.margins is None else self.margins[:, kept],
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VQCodes):
            return NotImplemented
        same = self.levels == other.levels and np.array_equal(self.rows, other.rows)
        return same and np.array_equal(self.codes, other.codes) and np.array_equal(self.offsets, other.offsets)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        sizes = " x ".join(f"{size:,}" for size in self.levels)
        return f"VQCodes({len(self):,} documents, {self.n_tokens:,} tokens, {sizes} codes)"


_DTYPES = {
    "codes": np.uint16,
    "rows": np.int64,
    "lengths": np.int64,
    "reverse": np.bool_,
    "places": np.int64,
    "margins": np.float32,
}


def _check_codes(codes: VQCodes, begin: int) -> None:
    """Refuse codes that no level has, and tokens that are unknown in some levels only; some tokens at a time."""
    some = codes.codes[:, begin : begin + _TOGETHER]
    unknown = some[-1] == UNKNOWN_CODE
    for n, (level, size) in enumerate(zip(some, codes.levels, strict=True)):
        wrong = np.flatnonzero((level >= size) != unknown)
        if wrong.size:
            what = f"code {int(level[wrong[0]])} in level {n + 1} of {size:,} codes"
            where = f"token {begin + int(wrong[0])}"
            raise InputError(what, where=where, hint=f"{UNKNOWN_CODE} in all levels is unknown")


def _check_shapes(codes: VQCodes) -> None:
    n_levels, n_rows = len(codes.levels), len(codes.rows) - 1
    if codes.codes.ndim != 2 or len(codes.codes) != n_levels or not n_levels:
        raise InputError(f"codes have shape {codes.codes.shape}", hint=f"({n_levels}, tokens): a row for each level")
    tokens = codes.codes.shape[1]
    if n_rows < 0 or codes.rows[0] != 0 or codes.rows[-1] != tokens or np.any(codes.rows[1:] < codes.rows[:-1]):
        hint = "rows start at 0, never fall, and end at the number of tokens"
        raise InputError(f"{n_rows + 1:,} offsets do not cut {tokens:,} tokens into documents", hint=hint)
    wanted = {"lengths": (n_rows,), "reverse": (n_rows,), "places": (tokens,), "margins": (n_levels, tokens)}
    for name, shape in wanted.items():
        array = getattr(codes, name)
        if array is not None and array.shape != shape:
            raise InputError(f"{name} have shape {array.shape}, expected {shape}", hint="they must fit codes and rows")
