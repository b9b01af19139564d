"""64-bit keys of many bins, counted part by part: in memory, and beyond a limit in files by their top byte."""

from tempfile import TemporaryFile
from typing import BinaryIO, Self, cast

import numpy as np

from genotok.arrays import Coords, Words
from genotok.kernels.growing import GrowingColumn
from genotok.kernels.sets import count_keys, part_keys

HELD_KEYS = 2**25  # 8 bytes each
_PARTS = 256


class KeySpool:
    """Collects keys in any order; `frequent` returns those that occur often enough. Use it in a ``with``."""

    def __init__(self, *, held_keys: int = HELD_KEYS) -> None:
        self._limit = held_keys
        self._held = GrowingColumn(np.uint64)
        self._size = 0
        self._files: list[BinaryIO] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def add(self, keys: Words) -> None:
        """Take (n,) keys."""
        self._held.append(keys)
        self._size += len(keys)
        if self._size >= self._limit:
            self._spill()

    def _spill(self) -> None:
        if not self._files:
            self._files = [cast(BinaryIO, TemporaryFile()) for _ in range(_PARTS)]  # noqa: SIM115  # closed on leaving
        offsets, grouped = part_keys(self._held.finish())
        for part, file in enumerate(self._files):
            file.write(grouped[offsets[part] : offsets[part + 1]].tobytes())
        self._held, self._size = GrowingColumn(np.uint64), 0

    def frequent(self, least: int) -> tuple[Words, Coords]:
        """Return the keys that occur at least so often, ascending, and how often; nothing can be added afterwards."""
        if not self._files:
            return _frequent(self._held.finish(), least)
        self._spill()
        found = []
        for file in self._files:  # their top bytes ascend
            file.seek(0)
            found.append(_frequent(np.frombuffer(file.read(), dtype=np.uint64), least))
        return np.concatenate([keys for keys, _ in found]), np.concatenate([counts for _, counts in found])


def _frequent(keys: Words, least: int) -> tuple[Words, Coords]:
    distinct, counts = count_keys(keys)
    often = counts >= least
    return distinct[often], counts[often]
