"""Numbers that a format wants after, or counted before, what it streams: kept small in memory, large on disk."""

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile, gettempdir
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from genotok.io.sinks import told_when_full

_IN_MEMORY = 2**25  # bytes
_BLOCK = 2**20


class Spool:
    """A queue of integers of one little-endian type: appended in any pieces, read back once in blocks."""

    def __init__(self, dtype: str) -> None:
        self._dtype = np.dtype(dtype)
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # lives as long as this object
        self._close = finalize(self, self._file.close)  # also when an error ends the writing
        self.count, self._taken = 0, False

    def append(self, values: NDArray[Any]) -> None:
        """Add (n,) values."""
        with told_when_full(gettempdir()):
            self._file.write(values.astype(self._dtype).tobytes())
        self.count += len(values)

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Return all values, oldest first, in blocks of at most 2^20 bytes, and forget them."""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield np.frombuffer(block, dtype=self._dtype)
        self.clear()

    def take(self, count: int) -> NDArray[Any]:
        """Return the next ``count`` values, oldest first: (count,); nothing can be appended after the first call."""
        if not self._taken:
            self._file.seek(0)
        self._taken = True
        return np.frombuffer(self._file.read(count * self._dtype.itemsize), dtype=self._dtype)

    def clear(self) -> None:
        """Forget the values and start again, empty."""
        self._file.seek(0)
        self._file.truncate()
        self.count = 0

    def close(self) -> None:
        """Give the memory or the disk space back; nothing can be appended after."""
        self._close()
