"""Files on their way to the page in parts: what every output shares."""

from collections.abc import Iterator
from typing import Any

PIECE_ROWS = 2**16
EPOCH = (1980, 1, 1, 0, 0, 0)  # the date of everything in a zip


class Outbox:
    """A sink that only writes; what was written is taken out in parts."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def write(self, data: Any, /) -> int:
        """Add bytes."""
        self.bytes += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is nothing behind."""

    def take(self, limit: int) -> bytes:
        """Return, and forget, up to ``limit`` bytes."""
        part = bytes(memoryview(self.bytes)[:limit])
        del self.bytes[:limit]
        return part


class Export:
    """One output: `advance` makes more bytes, `take` hands them over; ``inputs`` are results whose files are needed."""

    inputs: tuple[int, ...] = ()

    def __init__(self, name: str, work: Iterator[None], outbox: Outbox) -> None:
        self.name, self._work, self._outbox = name, work, outbox
        self.done, self.sent = False, 0

    def take(self, limit: int) -> bytes:
        """Return up to ``limit`` bytes: fewer when all are out, or when more input must come first."""
        while len(self._outbox.bytes) < limit and not self.done and not self.is_waiting():
            self.advance()
        part = self._outbox.take(limit)
        self.sent += len(part)
        return part

    def advance(self) -> None:
        """Work until the next resting place."""
        self.done = next(self._work, self) is self

    def is_waiting(self) -> bool:
        """Tell whether nothing can be done before input comes."""
        return False

    @property
    def finished(self) -> bool:
        """Tell whether every byte was taken."""
        return self.done and not self._outbox.bytes
