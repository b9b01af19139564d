"""The nearest higher value on one side, and the lowest place on the way to it, for many places at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Places

Values = NDArray[np.float64]


class Climb(NamedTuple):
    """Where a search came to: ``places`` (k,) of the nearest higher value, -1 if there is none; ``lows`` on the way."""

    places: Places
    lows: Values


def climb_left(*, heights: Values, lows: Values, starts: Places, above: Values, first: Places) -> Climb:
    """Find the nearest of (p,) heights before ``starts[i]``, and not before ``first[i]``, that exceeds ``above[i]``.

    ``lows[c]`` is the least value between ``heights[c]`` and ``heights[c + 1]``; the lows up to the place found, or to
    ``first[i]``, are taken together. Searches double their stride while nothing is higher, and halve it before what is:
    O(log p) rounds of vector steps for all of them.
    """
    tops, bottoms, levels = _pyramid(heights, np.maximum), _pyramid(lows, np.minimum), _levels(len(heights))
    found, low = np.full(len(starts), -1, dtype=np.intp), np.full(len(starts), np.inf)
    going: Places = np.flatnonzero(starts > first)
    at, limit, height = starts[going] - 1, first[going], above[going]
    level: Places = np.zeros(len(going), dtype=np.intp)
    below: Values = np.full(len(going), np.inf)
    while len(going):
        block = at >> level
        place = levels.take(level) + block
        begin = block << level
        clear = (begin >= limit) & (tops.take(place) <= height)
        ends = ~clear & (level == 0)  # something higher stands right here
        below = np.where(clear | ends, np.minimum(below, bottoms.take(place)), below)
        at = np.where(clear, begin - 1, at)
        wider = clear & (((at + 1) >> level & 1) == 0) & (level < len(levels) - 1)
        level = level + wider - (~clear & ~ends)
        done: Flags = ends | (at < limit)
        if done.any():
            ended = going[done]
            low[ended] = below[done]
            found[ended] = np.where(ends[done], at[done], -1)
            stay = np.flatnonzero(~done)
            going, at, limit, level = going.take(stay), at.take(stay), limit.take(stay), level.take(stay)
            height, below = height.take(stay), below.take(stay)
    return Climb(found, low)


def _levels(n: int) -> Places:
    """Return where each level begins in a pyramid over n values, whose blocks double from level to level."""
    sizes = [n]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // 2))
    return np.concatenate([[0], np.cumsum(sizes[:-1], dtype=np.intp)]).astype(np.intp)


def _pyramid(values: Values, pick: np.ufunc) -> Values:
    """Lay the extremes of blocks of 1, 2, 4 .. values end to end; the last block of a level may be cut short."""
    floors = [values]
    while len(floors[-1]) > 1:
        below = floors[-1]
        pairs = len(below) // 2
        above = pick(below[: 2 * pairs : 2], below[1 : 2 * pairs : 2])
        floors.append(np.append(above, below[-1]) if len(below) % 2 else above)
    return np.concatenate(floors)
