"""Where rows stand in their file, without a number stored per row."""

from dataclasses import dataclass

import numpy as np

from genotok.arrays import Coords, frozen


@dataclass(frozen=True, eq=False)
class LineMap:
    """Maps rows to lines: ``first`` is the number of the first line looked at, ``skipped`` those that gave no row.

    Line numbers are 1-based; ``skipped`` is int64, ascending.

    >>> LineMap(1, np.array([1, 3])).line_of(1)
    4
    """

    first: int
    skipped: Coords

    def __post_init__(self) -> None:
        skipped = np.asarray(self.skipped, dtype=np.int64)
        object.__setattr__(self, "skipped", frozen(skipped))
        # (s,) rows that stand before each skipped line
        before = skipped - np.arange(len(skipped), dtype=np.int64) - self.first
        object.__setattr__(self, "_rows_before", before)

    def line_of(self, row: int) -> int:
        """Return the 1-based line of a 0-based row."""
        return int(self.lines_of(np.array([row]))[0])

    def lines_of(self, rows: Coords) -> Coords:
        """Return the 1-based lines of many rows."""
        rows_before: Coords = self._rows_before  # type: ignore[attr-defined]  # set at birth, beside the fields
        lines = rows + self.first
        if len(rows_before):
            lines += np.searchsorted(rows_before, rows, side="right")
        return lines


@dataclass(frozen=True, eq=False)
class LineBytes:
    """The input lines that rows were read from: line ``i`` is ``buffer[starts[i]:ends[i]]``, without its line end."""

    buffer: bytes
    starts: Coords
    ends: Coords

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, row: int) -> bytes:
        return self.buffer[self.starts[row] : self.ends[row]]

    @staticmethod
    def concat(pieces: list["LineBytes"]) -> "LineBytes":
        """Put the lines of several pieces one after the other."""
        shifts = np.cumsum([0, *(len(piece.buffer) for piece in pieces)], dtype=np.int64)
        moved = list(zip(pieces, shifts, strict=False))
        return LineBytes(
            b"".join(piece.buffer for piece in pieces),
            np.concatenate([np.empty(0, np.int64), *(piece.starts + shift for piece, shift in moved)]),
            np.concatenate([np.empty(0, np.int64), *(piece.ends + shift for piece, shift in moved)]),
        )
