"""A Gaussian filter whose every sum is taken in one fixed order, so that its bits are the same everywhere."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 2**14  # samples filtered at once: they and their sums stay in the cache
_SIGMA_3 = (  # an exponential may differ in its last digit between libraries; these are written down
    "0x1.105a329f98197p-3",
    "0x1.01a25f86eb137p-3",
    "0x1.b42a57d56c0bep-4",
    "0x1.4a614d1afd337p-4",
    "0x1.bfde9c12bec92p-5",
    "0x1.0fa58939b528fp-5",
    "0x1.26defcaeb0202p-6",
    "0x1.1e6bccad344bap-7",
    "0x1.f1e9915139406p-9",
    "0x1.8345966f69518p-10",
    "0x1.0d8a5ad43c165p-11",
    "0x1.4fbe39149e277p-13",
    "0x1.763a210dfb306p-15",
)


def gaussian_weights(sigma: float) -> list[float]:
    """Return the weights of the middle and of each step beside it, as far as four sigmas; they add up to 1."""
    if sigma == 3:
        return [float.fromhex(each) for each in _SIGMA_3]
    radius = int(4 * sigma + 0.5)
    bell = np.array([math.exp(-0.5 / (sigma * sigma) * step**2) for step in range(-radius, radius + 1)])
    weights: list[float] = (bell / bell.sum(dtype=np.float64))[radius:].tolist()
    return weights


def smooth(track: NDArray[Any], sigma: float) -> NDArray[np.float64]:
    """Filter (n,) values; beyond an end they are mirrored, the last one twice (``d c b a`` before ``a b c d``).

    Equal to scipy's ``gaussian_filter1d`` to the bit where its compiler keeps products and sums apart.
    """
    weights = gaussian_weights(sigma)
    radius, n = len(weights) - 1, len(track)
    if not n:
        return np.empty(0, dtype=np.float64)
    aside = np.arange(radius, dtype=np.int64) % (2 * n)
    aside = np.where(aside < n, aside, 2 * n - 1 - aside)
    padded = np.concatenate([track[aside[::-1]], track, track[n - 1 - aside]])
    smoothed = np.empty(n, dtype=np.float64)
    pair = np.empty(_BLOCK, dtype=np.float64)
    for begin in range(0, n, _BLOCK):
        out = smoothed[begin : begin + _BLOCK]
        size = len(out)
        values = padded[begin : begin + size + 2 * radius].astype(np.float64)
        np.multiply(values[radius : radius + size], weights[0], out=out)
        for step in range(radius, 0, -1):
            sums = pair[:size]
            np.add(values[radius - step : radius - step + size], values[radius + step : radius + step + size], out=sums)
            sums *= weights[step]
            out += sums
    return smoothed
