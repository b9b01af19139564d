"""The code of every possible window, written down once, so that encoding is looking up."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from genotok.arrays import frozen
from genotok.errors import BundleError, ConfigError
from genotok.kernels.tables import reverse_windows
from genotok.values.codebook import MAX_CODES, CodeArray

MAX_WINDOW = 10


@dataclass(frozen=True, eq=False)
class WindowTable:
    """Codes of all 4^R windows of R = ``window`` bp, taken every S = ``stride`` bp.

    ``codes`` uint16 (N, 4^R), one contiguous row per level; of a tree only the finest level is kept. A window's place
    is its bases (A, C, G, T = 0..3) read as a number in base 4, the first base the highest digit. With
    ``strand_symmetric`` a window and its reverse complement have one code; checked at birth. A read-only view.

    >>> import numpy as np
    >>> table = WindowTable(1, 1, np.array([[0, 1, 1, 0]], np.uint16), strand_symmetric=True)
    >>> table.core, table.codes.shape
    (0, (1, 4))
    """

    window: int
    stride: int
    codes: CodeArray
    strand_symmetric: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.window <= MAX_WINDOW:
            hint = f"compile needs a span <= {MAX_WINDOW}, this model has {self.window}"
            raise ConfigError(f"a table of windows of {self.window} bp", hint=hint)
        if not 1 <= self.stride <= self.window:
            raise ConfigError(f"stride={self.stride} in windows of {self.window} bp", hint="1 <= stride <= window")
        codes, wanted = np.asarray(self.codes), 4**self.window
        if codes.dtype != np.uint16 or codes.ndim != 2 or not len(codes) or codes.shape[1] != wanted:
            what = f"the table is {codes.dtype} {codes.shape}, expected uint16 (levels, {wanted:,})"
            raise BundleError(what, hint="one row of codes for each level")
        object.__setattr__(self, "codes", frozen(np.ascontiguousarray(codes)))
        if int(codes.max()) >= MAX_CODES:
            raise BundleError(f"code {int(codes.max()):,} in the table, expected below {MAX_CODES:,}")
        if self.strand_symmetric and not np.array_equal(codes, codes[:, reverse_windows(self.window)]):
            what = "a window and its reverse complement have different codes in a table that is strand_symmetric"
            raise BundleError(what, hint="the file is damaged, or its settings are another model's")

    @property
    def core(self) -> int:
        """Bases of a window before its core."""
        return (self.window - self.stride) // 2

    @property
    def n_levels(self) -> int:
        """Rows of codes that are kept: one for a tree."""
        return len(self.codes)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the codes as ``<u2``, level after level."""
        return sha256(np.ascontiguousarray(self.codes, dtype="<u2").data).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WindowTable):
            return NotImplemented
        mine, its = ((each.window, each.stride, each.strand_symmetric, each.sha256) for each in (self, other))
        return mine == its

    def __hash__(self) -> int:
        return hash((self.stride, self.sha256))

    def __reduce__(self) -> tuple[Any, ...]:
        return WindowTable, (self.window, self.stride, self.codes, self.strand_symmetric)

    def __repr__(self) -> str:
        strands = ", strand-symmetric" if self.strand_symmetric else ""
        return f"WindowTable(window {self.window}, stride {self.stride}, {self.n_levels} levels{strands})"
