"""What the codes of a table say about bases: made from the table when it is first asked for, and used to decode."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Places
from genotok.errors import CapacityError
from genotok.kernels.bases import Codes
from genotok.kernels.orientation import find_turned
from genotok.kernels.tables import canonical_windows
from genotok.kernels.vqdecode import decode_letters, decode_probabilities, join_levels, letter_logs, letter_shares
from genotok.values.codebook import CodeArray
from genotok.values.windowtable import WindowTable


@dataclass(frozen=True, eq=False)
class WindowLetters:
    """Decodes the tokens of a ``table``; ``sizes`` are the codes of each level that it keeps.

    A token of several levels is decoded by its combination of codes; one that no window has tells nothing, as unknown
    ones do. In a strand-symmetric table each code counts the windows that are not above their reverse complement, and
    the strand of each token is the one that fits its neighbours best. ``same``: tokens begin before their core.

    >>> table = WindowTable(2, 1, np.arange(16, dtype=np.uint16)[None])
    >>> letters = WindowLetters(table, (16,))
    >>> letters.decode(np.array([[1, 6, 65535, 11]], np.uint16)).tolist()  # AC, CG, unknown, GT
    [0, 1, 2, 2, 3]
    """

    table: WindowTable
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        if prod(self.sizes) >= 2**63:
            raise CapacityError(f"levels of {self.sizes} codes make no number of 63 bits", hint="decode by the network")

    def decode(self, codes: CodeArray, *, same: bool = False, length: int | None = None) -> Codes:
        """Return the most likely bases of n tokens in a row, (N, n): uint8 (L,), 4 where no token tells.

        Without ``length`` these are all that windows cover, or, with ``same``, all that cores do.
        """
        return decode_letters(**self._reading(codes, same, length))

    def probabilities(self, codes: CodeArray, *, same: bool = False, length: int | None = None) -> NDArray[np.float32]:
        """Return the probability of each base, as `decode` sees it: float32 (L, 4)."""
        return decode_probabilities(**self._reading(codes, same, length))

    def turned(self, codes: CodeArray) -> Flags:
        """Tell which of n tokens in a row, (N, n), are read from their other strand: bool (n,)."""
        return self._turned(self._places(codes))

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Share of each base at each place in the windows of each combination of codes: float64 (J, R, 4)."""
        numbers = join_levels(self.table.codes, self.sizes)
        window = self.table.window
        chosen = canonical_windows(window) if self.table.strand_symmetric else None
        found = np.searchsorted(self._joint, numbers)
        return letter_shares(found, n_codes=len(self._joint), window=window, chosen=chosen)

    @cached_property
    def _joint(self) -> NDArray[np.int64]:
        """Combinations of codes that some window has, ascending: int64 (J,)."""
        return np.unique(join_levels(self.table.codes, self.sizes))

    @cached_property
    def _logs(self) -> NDArray[np.int32]:
        return letter_logs(self.shares)

    def _places(self, codes: CodeArray) -> Places:
        """Find the row of each token in `shares`, J if there is none: intp (n,)."""
        joint, numbers = self._joint, join_levels(codes, self.sizes)
        places = np.searchsorted(joint, numbers).astype(np.intp)
        wrong = joint[np.minimum(places, len(joint) - 1)] != numbers
        places[wrong] = len(joint)
        return places

    def _turned(self, places: Places) -> Flags:
        return find_turned(places, shares=self.shares, stride=self.table.stride)

    def _reading(self, codes: CodeArray, same: bool, length: int | None) -> dict[str, Any]:
        places, table = self._places(codes), self.table
        if length is None:
            whole = len(places) * table.stride
            length = whole if same or not whole else whole - table.stride + table.window
        return {
            "codes": places,
            "logs": self._logs,
            "stride": table.stride,
            "lead": table.core if same else 0,
            "length": length,
            "turned": self._turned(places) if table.strand_symmetric else None,
        }
