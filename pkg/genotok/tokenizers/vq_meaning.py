"""What the codes of a table say about bases: made of the table once, when it is first asked for."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Places
from genotok.kernels.bases import Codes
from genotok.kernels.orientation import find_turned
from genotok.kernels.tables import UNKNOWN_CODE, canonical_windows, climb
from genotok.kernels.vqdecode import decode_letters, decode_probabilities, join_levels, letter_logs, letter_shares
from genotok.values.codebook import CodeArray, Codebook
from genotok.values.windowtable import WindowTable


class TableMeaning:
    """The letters of the windows that tokens of a table stand for; a token is the codes of all its levels together."""

    def __init__(self, table: WindowTable, codebook: Codebook) -> None:
        self._table, self._book = table, codebook
        self._kept = codebook.sizes[-1:] if codebook.quantizer == "tree" else codebook.sizes  # levels of the table

    def level(self, k: int) -> CodeArray:
        """Return the code of level k, 1 the coarsest, of all windows: uint16 (4^R,)."""
        if self._book.quantizer == "tree":
            fine: CodeArray = self._table.codes[0]
            return fine if k == len(self._book.sizes) else climb(fine, self._book.parents[k - 1])
        codes: CodeArray = self._table.codes[k - 1]
        return codes

    @cached_property
    def _numbers(self) -> NDArray[np.int64]:
        """The numbers of the combinations of codes that the table holds, ascending; each is a class of windows."""
        return np.unique(join_levels(self._table.codes, self._kept))

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """The shares of letters of each class: (K, R, 4); where strands are one, of the lesser window of each pair."""
        joint = join_levels(self._table.codes, self._kept)
        classes = np.searchsorted(self._numbers, joint)
        return letter_shares(classes, n_codes=len(self._numbers), window=self._table.window, chosen=self._chosen)

    def logo(self, windows: Places) -> NDArray[np.float64]:
        """Return the shares of letters of some windows, (R, 4), of the lesser of each pair where strands are one."""
        none = np.zeros(len(self._table.codes[0]), dtype=np.uint16)
        chosen = windows if self._chosen is None else np.intersect1d(windows, self._chosen).astype(np.intp)
        shares: NDArray[np.float64] = letter_shares(none, n_codes=1, window=self._table.window, chosen=chosen)[0]
        return shares

    @cached_property
    def _chosen(self) -> Places | None:
        """The windows that count: one of each pair of strands, where a code stands for both."""
        return canonical_windows(self._table.window) if self._table.strand_symmetric else None

    @cached_property
    def _logs(self) -> NDArray[np.int32]:
        return letter_logs(self.shares)

    def _classes(self, codes: CodeArray) -> Places:
        """Find the class of each token, codes (N, n); what the table does not hold is as unknown: K."""
        numbers = join_levels(codes[-len(self._kept) :], self._kept)
        found = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        known = (self._numbers[found] == numbers) & (codes[-1] != UNKNOWN_CODE)
        return np.where(known, found, len(self._numbers)).astype(np.intp)

    def _asked(self, codes: CodeArray, lead: int, length: int) -> dict[str, Any]:
        classes = self._classes(codes)
        turned: Flags | None = None
        if self._table.strand_symmetric and len(classes):
            turned = find_turned(classes, shares=self.shares, stride=self._table.stride)
        stride = self._table.stride
        return {
            "codes": classes,
            "logs": self._logs,
            "stride": stride,
            "lead": lead,
            "length": length,
            "turned": turned,
        }

    def letters(self, codes: CodeArray, *, lead: int, length: int) -> Codes:
        """Decode tokens, codes (N, n), to the most likely bases: uint8 (length,), 4 where no token tells."""
        asked = self._asked(codes, lead, length)
        return decode_letters(asked.pop("codes"), **asked)

    def probabilities(self, codes: CodeArray, *, lead: int, length: int) -> NDArray[np.float32]:
        """Decode tokens, codes (N, n), to the probabilities of bases: float32 (length, 4)."""
        asked = self._asked(codes, lead, length)
        return decode_probabilities(asked.pop("codes"), **asked)
