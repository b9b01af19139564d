"""The nearest code of every window of R bases: two short tables and one sum, instead of a product of matrices."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.bases import Codes as Bases
from genotok.kernels.lloyd import Codes, Rows
from genotok.kernels.tables import window_numbers

_SCORES = 2**20  # at once: they stay in the cache
_BASES = 2**17


def place_weights(window: int, sigma: float) -> Rows:
    """Weigh the places of a window by a bell of width ``sigma`` bp around its middle: float32 (R,); inf: all 1.

    >>> place_weights(4, 2.5).round(3).tolist()
    [0.8349999785423279, 0.9800000190734863, 0.9800000190734863, 0.8349999785423279]
    """
    middle = (window - 1) / 2
    return np.array([math.exp(-(((place - middle) / sigma) ** 2) / 2) for place in range(window)], np.float32)


def window_vectors(numbers: Coords, weights: Rows) -> Rows:
    """Write windows, given by their numbers, as weighted one-hot rows: float32 (n, 4R), place by place, A C G T."""
    window = len(weights)
    rows = np.zeros((len(numbers), window, 4), np.float32)
    for place, weight in enumerate(weights):
        digits = (numbers >> 2 * (window - 1 - place)) & 3
        rows[np.arange(len(numbers), dtype=np.intp), place, digits] = weight
    return rows.reshape(len(numbers), 4 * window)


def nearest_windows(
    numbers: Coords,
    vectors: Rows,
    weights: Rows,
    *,
    scale: float = 1.0,
    less: Sequence[tuple[Codes, NDArray[np.float64]]] = (),
) -> tuple[Codes, NDArray[np.float32]]:
    """Find the nearest of K vectors for each window, as `lloyd.nearest_rows` does for its row.

    ``numbers`` int64 (n,) ascending. A row is ``scale`` times its window, less the vectors of coarser levels: for each
    the codes uint16 (n,), and the products of its vectors with these (K', K). A score is that of the first half of the
    bases plus that of the second, so there are but 2 * 4^(R/2) rows to compute; scores are sums of a few float32
    numbers, the same on every machine.
    """
    window = len(weights)
    behind = window - window // 2
    by_place = np.ascontiguousarray(vectors.T, dtype=np.float64).reshape(window, 4, -1)  # (R, 4, K)
    products = scale * weights.astype(np.float64)[:, None, None] * by_place
    halves = np.square(vectors, dtype=np.float64).sum(axis=1, dtype=np.float64) / 2
    firsts = (halves - _sums(products[: window // 2])).astype(np.float32)  # (4^(R/2), K)
    seconds = (-_sums(products[window // 2 :])).astype(np.float32)
    shifts = [(codes, each.astype(np.float32)) for codes, each in less]
    codes, least = np.empty(len(numbers), np.uint16), np.empty(len(numbers), np.float32)
    edges = np.searchsorted(numbers, np.arange(len(firsts) + 1, dtype=np.int64) << 2 * behind).tolist()
    step = max(_SCORES // len(vectors), 1)
    for first, (start, stop) in enumerate(pairwise(edges)):
        for at in range(start, stop, step):
            here = slice(at, min(at + step, stop))
            scores = seconds[numbers[here] & (4**behind - 1)]
            scores += firsts[first]
            for coarse, each in shifts:
                scores += each[coarse[here]]
            best = scores.argmin(axis=1)
            codes[here], least[here] = best, scores[np.arange(len(best), dtype=np.intp), best]
    return codes, least


def _sums(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up, for every way to choose a base at each place, the products (places, 4, K): (4^places, K)."""
    sums = np.zeros((1, products.shape[2]))
    for place in products:
        sums = (sums[:, None] + place).reshape(-1, sums.shape[1])
    return sums


def tally_windows(bases: Bases, window: int) -> NDArray[np.int64]:
    """Count the windows of known bases by their number: int64 (4^R,).

    >>> tally_windows(np.array([0, 0, 3, 4, 3, 3], np.uint8), 2).nonzero()[0].tolist()
    [0, 3, 15]
    """
    counts = np.zeros(4**window, np.int64)
    for at in range(0, len(bases) - window + 1, _BASES):
        block = bases[at : at + _BASES + window - 1]
        numbers = window_numbers(np.bitwise_and(block, np.uint8(3)), window=window, stride=1)
        if int(block.max()) > 3:
            bad = np.zeros(len(block) + 1, np.int32)
            np.cumsum(block > 3, dtype=np.int32, out=bad[1:])
            numbers = numbers[bad[window:] == bad[:-window]]
        counts += np.bincount(numbers, minlength=4**window).astype(np.int64)
    return counts
