"""Crops of DNA drawn by a key, so that a run that is resumed sees what it would have seen."""

from collections.abc import Sequence

import numpy as np

from genotok.errors import ConfigError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.draws import draw_words, join_seeds

_COMPLEMENT = np.array([3, 2, 1, 0, UNKNOWN], np.uint8)


class CropSampler:
    """Draws crops of ``length`` bases from stretches; each place is as likely as the weight of its stretch.

    What is drawn depends on seed and step alone. Stretches that are shorter than a crop are never drawn from.

    >>> sampler = CropSampler([np.array([0, 1, 2], np.uint8), np.array([3], np.uint8)], [1.0, 1.0], 3)
    >>> sampler.draw(2, seed=0, step=7).tolist()
    [[0, 1, 2], [0, 1, 2]]
    """

    def __init__(self, stretches: Sequence[Codes], weights: Sequence[float], length: int) -> None:
        self.length = length
        self._stretches = [each for each in stretches if len(each) >= length]
        self._places = [len(each) - length + 1 for each in self._stretches]
        kept = [weight for each, weight in zip(stretches, weights, strict=True) if len(each) >= length]
        if not kept:
            longest = max(map(len, stretches), default=0)
            what = f"no stretch of known bases has {length:,} bp, the longest has {longest:,}"
            raise ConfigError(what, hint="ask for shorter crops")
        self._edges = np.cumsum(np.multiply(kept, self._places), dtype=np.float64)

    def draw(self, batch: int, *, seed: int, step: int = 0, turned: bool = False) -> Codes:
        """Draw so many crops: uint8 (batch, length), 4 is unknown; with ``turned``, half are reverse complements."""
        words = draw_words(3 * batch, join_seeds(seed, step)).reshape(batch, 3)
        shares = (words[:, 0] >> np.uint64(11)).astype(np.float64) / 2**53
        chosen = np.searchsorted(self._edges, shares * self._edges[-1], side="right").clip(0, len(self._places) - 1)
        crops = np.empty((batch, self.length), np.uint8)
        for row, (stretch, word) in enumerate(zip(chosen.tolist(), words[:, 1].tolist(), strict=True)):
            start = word % self._places[stretch]
            crops[row] = self._stretches[stretch][start : start + self.length]
        if turned:
            odd = (words[:, 2] & np.uint64(1)).astype(np.bool_)
            crops[odd] = _COMPLEMENT[crops[odd, ::-1]]
        return crops
