"""Chromosome names in the order that people expect."""

from collections.abc import Sequence

import numpy as np

from genotok.arrays import Ids

_LETTERS = {"X": 1, "Y": 2, "M": 3, "MT": 3}


def natural_key(name: str) -> tuple[int, int, str]:
    """Rank a name: numbers by value, then X, Y, M, then the rest by text.

    >>> sorted(["chrX", "chr10", "chrUn_1", "chr2"], key=natural_key)
    ['chr2', 'chr10', 'chrX', 'chrUn_1']
    """
    bare = name[3:] if name[:3].lower() == "chr" else name
    if bare.isascii() and bare.isdigit():
        return 0, int(bare[:18]), name
    letter = _LETTERS.get(bare.upper())
    return (2, 0, name) if letter is None else (1, letter, name)


def natural_order(names: Sequence[str]) -> Ids:
    """Return the places of the names in natural order: int32 (n,)."""
    return np.array(sorted(range(len(names)), key=lambda place: natural_key(names[place])), dtype=np.int32)


def natural_ranks(names: Sequence[str]) -> Ids:
    """Return the rank of each name in natural order, and behind them, for code -1, the rank after all: (n + 1,)."""
    ranks = np.empty(len(names) + 1, dtype=np.int32)
    ranks[natural_order(names)] = np.arange(len(names), dtype=np.int32)
    ranks[-1] = len(names)
    return ranks
