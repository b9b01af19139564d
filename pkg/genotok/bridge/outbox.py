"""Files on their way to the page in parts: what every output shares, and the plainest of them."""

from collections.abc import Iterator
from typing import Any

from genotok.values.rendering import render_rows
from genotok.values.universe import Universe

PIECE_ROWS = 2**16


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


class UniverseExport(Export):
    """The rows of a universe as BED3, texts as read."""

    def __init__(self, name: str, universe: Universe) -> None:
        outbox = Outbox()
        super().__init__(name, _render(universe, outbox), outbox)


def _render(universe: Universe, sink: Outbox) -> Iterator[None]:
    for at in range(0, len(universe), PIECE_ROWS):
        sink.write(render_rows(universe.regions, slice(at, min(at + PIECE_ROWS, len(universe)))))
        yield
