"""Codes of windows by looking them up: bases become numbers of windows, and these become codes; integers only."""

import numpy as np

from genotok.arrays import Places

UNKNOWN_CODE = 65_535  # of a window that holds unknown bases


def reverse_windows(window: int) -> Places:
    """List the number of the reverse complement of each of the 4^R windows of ``window`` bp: intp (4^R,)."""
    numbers = np.arange(4**window, dtype=np.intp)
    turned = np.zeros_like(numbers)
    for _ in range(window):
        turned = turned << 2 | (3 - (numbers & 3))
        numbers = numbers >> 2
    return turned
