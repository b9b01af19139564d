"""Other tokenizers on one sequence, to lay beside learned codes: words of k letters, and DNABERT-2's byte pairs."""

from dataclasses import dataclass

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.io.merges import read_dnabert2_merges
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.bytepairs import merge_pairs
from genotok.kernels.nearest import entropy


@dataclass(frozen=True)
class Cuts:
    """Tokens of one sequence: ``ids`` int32 (m,), -1 if unknown, of the bases ``starts`` to ``ends``, int64 (m,).

    ``size`` ids are possible. ``tiles``: no two tokens share a base.
    """

    name: str
    ids: Ids
    starts: Coords
    ends: Coords
    size: int
    tiles: bool = True


@dataclass(frozen=True)
class CutMeasure:
    """How a tokenizer cuts ``bases``: ``tokens``, ``distinct`` ones of ``size``, ``bits`` of a token as used here.

    The bits are the entropy of the tokens' counts on this very sequence, which is at most log2 of how many there are.
    """

    name: str
    tokens: int
    distinct: int
    size: int
    bits: float
    bases: int

    @property
    def bits_per_base(self) -> float:
        """Bits of all tokens, over the bases."""
        return self.bits * self.tokens / self.bases if self.bases else 0.0


def cut_kmers(bases: Codes, k: int, step: int = 1) -> Cuts:
    """Cut words of ``k`` letters, one each ``step`` bases, from the first base on; the first letter counts most.

    >>> cuts = cut_kmers(np.array([0, 1, 2, 4, 3, 3], np.uint8), 2)
    >>> cuts.ids.tolist(), cuts.ends.tolist(), cuts.name, cuts.tiles
    ([1, 6, -1, -1, 15], [2, 3, 4, 5, 6], '2-mers', False)
    """
    whole = max(len(bases) - k + 1, 0)
    numbers, unknown = np.zeros(whole, dtype=np.int32), np.zeros(whole, dtype=np.bool_)
    for place in range(k):
        letters = bases[place : place + whole]
        numbers = numbers << 2 | (letters & 3)
        unknown |= letters == UNKNOWN
    numbers[unknown] = -1
    starts = np.arange(0, whole, step, dtype=np.int64)
    name = f"{k}-mers" + f", step {step}" * (step > 1)
    return Cuts(name, numbers[::step].copy(), starts, starts + k, 4**k, step >= k)


def cut_pairs(bases: Codes) -> Cuts:
    """Cut a sequence, all of it one word, by the byte pairs of DNABERT-2; an unknown base is a token by itself."""
    merges = read_dnabert2_merges()
    words = merge_pairs(merges.letter_ids()[bases], left=merges.left, right=merges.right, first=merges.first)
    ends = np.append(words.starts[1:], np.int64(len(bases)))[: len(words.starts)]
    return Cuts("DNABERT-2 byte pairs", np.where(words.ids == 0, -1, words.ids), words.starts, ends, merges.size)


def measure(name: str, ids: Coords | Ids, size: int, bases: int) -> CutMeasure:
    """Count the tokens of a sequence of ``bases``, those that are -1 (unknown) only as tokens.

    >>> found = measure("pairs", np.array([3, 3, 1, 1, -1]), 16, 20)
    >>> found.tokens, found.distinct, found.bits, found.bits_per_base
    (5, 2, 1.0, 0.25)
    """
    _, counts = np.unique(ids[ids >= 0], return_counts=True)
    return CutMeasure(name, len(ids), len(counts), size, entropy(counts), bases)


def count_lost(before: Ids | Coords, after: Ids | Coords) -> int:
    """Count the tokens of ``before`` that ``after`` does not have, each as often as it is missing.

    >>> count_lost(np.array([1, 1, 2, 7]), np.array([1, 2, 2, 8]))
    2
    """
    both, which = np.unique(np.concatenate([before, after]), return_inverse=True)
    size = len(both)
    had = np.bincount(which[: len(before)], minlength=size).astype(np.int64)
    has = np.bincount(which[len(before) :], minlength=size).astype(np.int64)
    return int(np.maximum(had - has, 0).sum(dtype=np.int64))
