"""Windows with one or two unknown bases are completed in all ways, and the commonest code wins."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.bases import UNKNOWN, Codes

MOST = 2  # unknown bases of a window that is completed
_TOGETHER = 4_096  # windows at once


def complete_windows(
    bases: Codes, *, tables: NDArray[np.uint16], window: int, starts: Coords, low: Any, high: Any, other: int
) -> NDArray[np.uint16]:
    """Find the codes of m windows of ``window`` bp that hold unknown bases: uint16 (N, m).

    ``bases`` (L,) are 0..3, 4 if unknown; window ``i`` begins at ``starts[i]``, and what of it lies outside of
    ``[low[i], high[i])``, numbers or arrays (m,), is unknown. One or two unknown bases are set to all bases, and each
    table (N, 4^R) gives the code that comes out most often, ties to the lowest. With more of them a code is ``other``.

    >>> tables = np.array([[3, 5, 5, 3]], np.uint16)  # of windows of one base
    >>> here = np.array([0, 1], np.int64)
    >>> complete_windows(np.array([4, 2], np.uint8), tables=tables, window=1, starts=here, low=0, high=2, other=9)
    array([[3, 5]], dtype=uint16)
    """
    codes = np.full((len(tables), len(starts)), other, dtype=np.uint16)
    lows, highs = (np.broadcast_to(each, starts.shape) for each in (low, high))
    for begin in range(0, len(starts), _TOGETHER):
        here = slice(begin, begin + _TOGETHER)
        digits = _gather(bases, starts[here], lows[here], highs[here], window)
        unknown = np.count_nonzero(digits >= UNKNOWN, axis=1)
        for count in range(MOST + 1):
            chosen = np.flatnonzero(unknown == count)
            if chosen.size:
                numbers = _completions(digits[chosen], count)
                codes[:, begin + chosen] = [_commonest(table[numbers]) for table in tables]
    return codes


def _gather(bases: Codes, starts: Coords, low: Coords, high: Coords, window: int) -> Codes:
    """Spell out windows, (m, R)."""
    places = starts[:, None] + np.arange(window, dtype=np.int64)
    inside = (places >= low[:, None]) & (places < high[:, None])
    return np.where(inside, bases[np.where(inside, places, low[:, None]).astype(np.intp)], np.uint8(UNKNOWN))


def _completions(digits: Codes, count: int) -> NDArray[np.intp]:
    """List the numbers of the windows that (m, R) bases with ``count`` unknown ones each may be: (m, 4^count)."""
    weights = 4 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.intp)
    unknown = digits >= UNKNOWN
    numbers: NDArray[np.intp] = (np.where(unknown, 0, digits) * weights).sum(axis=1, dtype=np.intp)[:, None]
    places = np.nonzero(unknown)[1].reshape(len(digits), count)
    for place in places.T:
        steps = weights[place][:, None, None] * np.arange(4, dtype=np.intp)
        numbers = (numbers[:, :, None] + steps).reshape(len(digits), -1)
    return numbers


def _commonest(codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Pick from each row of (m, c) codes the one that is there most often, the lowest of those: (m,)."""
    ordered = np.sort(codes, axis=1)
    votes = np.count_nonzero(ordered[:, :, None] == ordered[:, None, :], axis=2)
    return np.take_along_axis(ordered, votes.argmax(axis=1)[:, None], axis=1)[:, 0]
