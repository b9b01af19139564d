"""Equal keys counted over a stream of blocks: memory grows with the distinct keys, not with the stream."""

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.grouping import add_equal

_WAITING = 2**22  # keys that wait to be merged, at least


class KeyCounter:
    """Counts int64 keys, or adds up their int64 weights, block by block.

    >>> counter = KeyCounter()
    >>> counter.add(np.array([7, 3, 7])); counter.add(np.array([3]))
    >>> [each.tolist() for each in counter.finish()]
    [[3, 7], [2, 2]]
    """

    def __init__(self, *, waiting: int = _WAITING) -> None:
        self._least = waiting
        self._blocks: list[tuple[Coords, Coords]] = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        self._waiting = 0

    def add(self, keys: Coords, weights: NDArray[np.int64] | None = None) -> None:
        """Take (n,) keys, each counted once or by its weight."""
        self._blocks.append(add_equal(keys, weights))
        self._waiting += len(self._blocks[-1][0])
        if self._waiting > max(self._least, len(self._blocks[0][0])):  # so that each key is merged a few times
            self._merge()

    def _merge(self) -> None:
        keys, counts = (np.concatenate(column) for column in zip(*self._blocks, strict=True))
        self._blocks, self._waiting = [add_equal(keys, counts)], 0

    def finish(self) -> tuple[Coords, Coords]:
        """Return the distinct keys, ascending, and the count of each."""
        self._merge()
        return self._blocks[0]
