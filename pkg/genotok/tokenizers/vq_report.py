"""What a call of a learned tokenizer met: letters that needed a decision, and sequences without tokens."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genotok.arrays import Coords
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_letters import LetterCounts
from genotok.values.codebook import CodeArray

_TOGETHER = 2**20  # tokens looked at together


@dataclass(frozen=True)
class VQReport:
    """Counts of one call.

    ``documents`` in ``letters``; ``tokens``, of which ``unknown``, and those that were ``dropped``. Documents that are
    ``empty``, ``too_short`` for a token, that have unknown tokens only (``all_unknown``), or both T and U (``mixed``).

    >>> VQReport(documents=2, tokens=9, too_short=1).to_dict()["too_short"]
    1
    """

    documents: int = 0
    letters: LetterCounts = field(default_factory=LetterCounts)
    tokens: int = 0
    unknown: int = 0
    dropped: int = 0
    empty: int = 0
    too_short: int = 0
    all_unknown: int = 0
    mixed: int = 0
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all counts by name, letters among them."""
        letters = self.letters.__dict__ | {"unknown_letters": dict(self.letters.unknown)}
        del letters["unknown"]
        return letters | {name: value for name, value in self.__dict__.items() if name != "letters"}


class Tally:
    """Counts what one call meets, step by step."""

    def __init__(self, *, drops: bool) -> None:
        self._drops = drops
        self._letters, self._mixed = LetterCounts(), 0
        self._counts = dict.fromkeys(("documents", "tokens", "unknown", "empty", "too_short", "all_unknown"), 0)

    def add_letters(self, letters: LetterCounts, mixed: int) -> None:
        """Count letters, and documents that have both T and U."""
        self._letters, self._mixed = self._letters.plus(letters), self._mixed + mixed

    def add_tokens(self, codes: CodeArray, lengths: Coords, counts: Coords) -> Coords:
        """Count the tokens of some documents, codes (N, m); return how many of each are known, (k,)."""
        known = counts - count_unknown(codes, counts)
        found = {
            "documents": len(lengths),
            "tokens": int(counts.sum(dtype=np.int64)),
            "unknown": int((counts - known).sum(dtype=np.int64)),
            "empty": int(np.count_nonzero(lengths == 0)),
            "too_short": int(np.count_nonzero((counts == 0) & (lengths > 0))),
            "all_unknown": int(np.count_nonzero((counts > 0) & (known == 0))),
        }
        for name, count in found.items():
            self._counts[name] += count
        return known

    def report(self) -> VQReport:
        """Return what has been counted so far."""
        counts = self._counts
        dropped = counts["unknown"] if self._drops else 0
        told = {
            "all_unknown": "have unknown tokens only",
            "empty": "have no bases",
            "too_short": "are too short for a token",
        }
        notes = [f"{counts[name]:,} sequences {what}" for name, what in told.items() if counts[name]]
        if self._letters.uracil:
            both = f"; {self._mixed:,} sequences have both" if self._mixed else ""
            notes.append(f"U was read as T, {self._letters.uracil:,} times{both}")
        tokens = counts["tokens"] - dropped
        rest = counts | {"tokens": tokens, "unknown": counts["unknown"] - dropped}
        return VQReport(letters=self._letters, mixed=self._mixed, dropped=dropped, notes=tuple(notes), **rest)


def count_unknown(codes: CodeArray, counts: Coords) -> Coords:
    """Count the unknown tokens of each document: int64 (k,)."""
    unknown = np.zeros(len(counts), dtype=np.int64)
    ends = offsets_of(counts)
    for begin in range(0, codes.shape[1], _TOGETHER):
        places = begin + np.flatnonzero(codes[-1, begin : begin + _TOGETHER] == UNKNOWN_CODE)
        if places.size:
            owners = np.searchsorted(ends, places, side="right") - 1
            unknown += np.bincount(owners, minlength=len(counts)).astype(np.int64)
    return unknown
