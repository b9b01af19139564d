"""Counts kept while a file is read, from which its report is made."""

from collections import Counter

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.io.bedscan import Rows
from genotok.values.reports import EXAMPLES, LoadReport


class LoadTally:
    """Adds up the rows of successive blocks: reasons, columns, order, chromosomes."""

    def __init__(self) -> None:
        self.lines = self.rows = self.zero_length = self.kept_text = 0
        self.skipped: Counter[str] = Counter()
        self.examples: dict[str, list[int]] = {}
        self.notes: list[str] = []
        self._columns: tuple[int, int] | None = None
        self._chrom_rows = np.zeros(0, dtype=np.int64)
        self._sorted = True
        self._closed: set[int] = set()  # chromosomes whose block of rows has ended
        self._last: tuple[int, int] | None = None

    def add(self, rows: Rows) -> None:
        """Count one block."""
        self.lines += rows.n_lines
        self.rows += len(rows.starts)
        self.kept_text += len(rows.texts)
        for reason, lines in rows.reasons.items():
            self.skipped[reason] += len(lines)
            examples = self.examples.setdefault(reason, [])
            examples += lines[: EXAMPLES - len(examples)].tolist()
        if len(rows.starts):
            self.zero_length += int(np.count_nonzero(rows.starts == rows.ends))
            low, high = int(rows.columns.min()), int(rows.columns.max())
            if self._columns is not None:
                low, high = min(low, self._columns[0]), max(high, self._columns[1])
            self._columns = low, high
            counts = np.bincount(rows.codes, minlength=len(self._chrom_rows)).astype(np.int64)
            counts[: len(self._chrom_rows)] += self._chrom_rows
            self._chrom_rows = counts
            self._sorted = self._sorted and self._stays_sorted(rows.codes, rows.starts)

    def _stays_sorted(self, codes: Ids, starts: Coords) -> bool:
        """Tell whether starts rise within each chromosome and no chromosome comes back."""
        same = codes[1:] == codes[:-1]
        if np.any(same & (starts[1:] < starts[:-1])):
            return False
        blocks = codes[np.concatenate([[True], ~same])].tolist()
        if self._last is not None:
            code, start = self._last
            if blocks[0] == code and starts[0] < start:
                return False
            blocks = blocks[1:] if blocks[0] == code else blocks
            self._closed.update([code] if blocks else [])
        self._last = int(codes[-1]), int(starts[-1])
        if len(set(blocks)) < len(blocks) or not self._closed.isdisjoint(blocks):
            return False
        self._closed.update(blocks[:-1])
        return True

    def report(self, *, path: str, size: int, compression: str, names: list[str]) -> LoadReport:
        """Make the report of all that was counted."""
        return LoadReport(
            path=path,
            bytes=size,
            compression=compression,
            lines=self.lines,
            rows=self.rows,
            skipped=dict(self.skipped),
            examples={reason: list(lines) for reason, lines in self.examples.items()},
            zero_length=self.zero_length,
            kept_text=self.kept_text,
            columns=self._columns,
            sorted=self._sorted,
            chroms=dict(zip(names, self._chrom_rows.tolist(), strict=False)),
            notes=tuple(self.notes),
        )
