"""Random draws that are the same on every platform and with every release of NumPy, whose own promise neither."""

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Words

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_CONTIG_SHIFT = 40  # positions lie below


def draw_words(count: int, seed: int) -> Words:
    """Draw ``count`` 64-bit words, each a mix (splitmix64) of the seed and its place: any integer is a seed."""
    with np.errstate(over="ignore"):
        start = _mix(np.array([seed % 2**64], dtype=np.uint64))
        return _mix(start + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN)


def draw_flags(count: int, share: float, seed: int) -> Flags:
    """Draw ``count`` flags, each True with probability ``share``."""
    if share >= 1:
        return np.ones(count, dtype=np.bool_)
    return draw_words(count, seed) < np.uint64(int(share * 2**64))


def draw_below(count: int, limit: int, seed: int) -> NDArray[np.int64]:
    """Draw ``count`` whole numbers uniformly from 0 to ``limit - 1``, which is below 2^31."""
    return (((draw_words(count, seed) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)


def sample_places(length: int, count: int, seed: int) -> NDArray[np.intp]:
    """Draw ``count`` of ``length`` places uniformly without replacement, ascending: those of the smallest words."""
    return np.sort(np.argpartition(draw_words(length, seed), count)[:count])


def join_seeds(*parts: int) -> int:
    """Make one seed of several numbers, such that other numbers, or another order, give another seed."""
    seed = len(parts)
    for part in parts:
        seed = int(draw_words(1, seed ^ (part * 0x9E3779B97F4A7C15 % 2**64))[0])
    return seed


def splitmix64(words: Words) -> Words:
    """Scatter (n,) words over all of 64 bits: the word that Vigna's generator gives in each as its state."""
    return _mix(words + _GOLDEN)


def sample_bins(starts: Coords, *, contig: int, share: float, seed: int) -> Flags:
    """Tell which bins, by their (n,) starts on a contig, enter a sample of about ``share`` of all.

    What is drawn depends on contig, start and seed alone: not on blocks, nor on the order in which they are done.
    """
    if share >= 1:
        return np.ones(len(starts), dtype=np.bool_)
    keys = starts.astype(np.uint64) | np.uint64(contig << _CONTIG_SHIFT)
    return splitmix64(keys ^ np.uint64(seed % 2**64)) < np.uint64(int(share * 2**64))


def _mix(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
