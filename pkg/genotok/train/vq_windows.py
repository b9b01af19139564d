"""The windows of a corpus, and levels of codes learnt from them, each from what the coarser ones leave."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Places
from genotok.kernels.draws import draw_words, join_seeds
from genotok.kernels.lloyd import Codes, Rows, Weights, cluster_rows, draw_rows
from genotok.kernels.windowcells import nearest_windows, window_vectors

MOST_WINDOWS = 2**18  # that take part; of more, a sample by their counts
STORED = np.float16  # what vectors are rounded to before the last assignment, so that they are saved as they are


class WindowLevels:
    """Levels of codes of m windows: ``numbers`` int64 ascending, ``counts`` float64, ``weights`` of the R places.

    ``vectors`` float32 (K_n, 4R) and ``codes`` uint16 (m,) grow by one array with each level that is learnt.
    """

    def __init__(self, numbers: Coords, counts: Weights, weights: Rows, *, seed: int) -> None:
        self.vectors: list[Rows] = []
        self.codes: list[Codes] = []
        self._numbers, self._weights, self._seed = numbers, weights, seed
        self._chosen, self._counts = sample_windows(counts, seed)

    def learn(
        self, size: int, *, rounds: int, scale: float = 1.0, less: Sequence[int] = (), progress: Callable[[int], None]
    ) -> None:
        """Learn a level of ``size`` codes from ``scale`` times each window, less its vectors of the levels ``less``."""
        numbers = self._numbers[self._chosen]
        rows = window_vectors(numbers, np.float32(scale) * self._weights)
        coarse = [self.codes[level][self._chosen] for level in less]
        for level, codes in zip(less, coarse, strict=True):
            rows -= self.vectors[level][codes]

        def find(vectors: Rows, at: Coords, coarse: Sequence[Codes]) -> tuple[Codes, NDArray[np.float32]]:
            products = [_products(self.vectors[level], vectors) for level in less]
            pairs = list(zip(coarse, products, strict=True))
            return nearest_windows(at, vectors, self._weights, scale=scale, less=pairs)

        drawn = draw_rows(self._counts, size, join_seeds(self._seed, len(self.codes)))
        cells = cluster_rows(
            rows,
            self._counts,
            start=rows[drawn],
            rounds=rounds,
            nearest=lambda vectors: find(vectors, numbers, coarse),
            stored_as=STORED,
            progress=progress,
        )
        codes, _ = find(cells.vectors, self._numbers, [self.codes[level] for level in less])
        self.vectors.append(cells.vectors)
        self.codes.append(codes)


def sample_windows(counts: Weights, seed: int) -> tuple[Places, Weights]:
    """Return the places of the windows that take part, and how often each counts.

    >>> sample_windows(np.array([2.0, 0, 1]), 0)[0].tolist()
    [0, 2]
    """
    present = np.flatnonzero(counts)
    if len(present) <= MOST_WINDOWS:
        return present, counts[present]
    edges = np.cumsum(counts, dtype=np.float64)
    shares = (draw_words(MOST_WINDOWS, seed) >> np.uint64(11)).astype(np.float64) / 2**53
    drawn = np.searchsorted(edges, shares * edges[-1], side="right")
    times = np.bincount(drawn, minlength=len(counts)).astype(np.float64)
    chosen = np.flatnonzero(times)
    return chosen, times[chosen]


def _products(coarse: Rows, fine: Rows) -> NDArray[np.float64]:
    """Multiply all vectors of two levels, column by column, so that no machine sums in another order: (K', K)."""
    products = np.zeros((len(coarse), len(fine)))
    for mine, its in zip(coarse.T.astype(np.float64), fine.T.astype(np.float64), strict=True):
        products += mine[:, None] * its
    return products
