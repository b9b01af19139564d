"""Tokens that wait for the rest of their cell: in memory, and beyond a limit in files by cell."""

import sys
from tempfile import TemporaryFile, gettempdir
from types import TracebackType
from typing import BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS, Coords, Ids, Offsets
from genotok.errors import CapacityError
from genotok.io.sinks import told_when_full
from genotok.kernels.grouping import count_codes, group_values, stable_order
from genotok.kernels.growing import GrowingColumn
from genotok.kernels.ragged import expand_ranges, offsets_of

N_FILES = 64
HELD_TOKENS = 2**24 if sys.maxsize < 2**32 else 2**27  # 8 bytes each


class CellSpill:
    """Gathers (cell, token) pairs in any order; `grouped` brings together those of each cell, as they came.

    Up to ``held_tokens`` are kept in memory, 8 bytes each; beyond that they go to temporary files by cell, and are
    grouped file by file, with the same outcome. Close it, or use it in a ``with``.
    """

    def __init__(self, *, held_tokens: int = HELD_TOKENS, n_files: int = N_FILES) -> None:
        self._held_tokens, self._n_files = held_tokens, n_files
        self._cells, self._ids = GrowingColumn(np.int32), GrowingColumn(np.int32)
        self._held = 0
        self._counts: Coords = np.zeros(0, dtype=np.int64)  # tokens of each cell
        self._files: list[BinaryIO] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()

    def append(self, cells: Ids, ids: Ids) -> None:
        """Add (t,) tokens and the cell of each."""
        counts = np.bincount(cells, minlength=len(self._counts)).astype(np.int64)
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        self._cells.append(cells)
        self._ids.append(ids)
        self._held += len(ids)
        if self._held > self._held_tokens:
            self._spill()

    def _spill(self) -> None:
        """Write what is held to the files, in the order it came."""
        if not self._files:
            for _ in range(self._n_files):
                self._files.append(cast(BinaryIO, TemporaryFile()))  # noqa: SIM115  # closed on leaving
        cells, ids = self._take_held()
        files = (cells % self._n_files).astype(np.uint8 if self._n_files <= 2**8 else np.int32)
        order = stable_order(files)
        pairs = np.stack([cells, ids], axis=1)[order]  # (t, 2)
        cuts = offsets_of(count_codes(files, self._n_files)).tolist()
        for file, first, last in zip(self._files, cuts, cuts[1:], strict=False):
            with told_when_full(gettempdir()):
                file.write(pairs[first:last].tobytes())

    def _take_held(self) -> tuple[Ids, Ids]:
        taken = self._cells.finish(), self._ids.finish()
        self._cells, self._ids, self._held = GrowingColumn(np.int32), GrowingColumn(np.int32), 0
        return taken

    def grouped(self, n_cells: int) -> tuple[Offsets, Ids]:
        """Return the tokens of cells 0 .. ``n_cells - 1`` as a ragged shape; nothing can be added after."""
        total = int(self._counts.sum(dtype=np.int64))
        if total > MAX_IDS:
            what = f"{total:,} tokens exceed the {MAX_IDS:,} of one result"
            raise CapacityError(what, hint="give barcodes= in parts, or count_fragments")
        if not self._files:
            cells, ids = self._take_held()
            return group_values(codes=cells, values=ids, n_groups=n_cells)
        self._spill()
        counts = np.zeros(n_cells, dtype=np.int64)
        counts[: len(self._counts)] = self._counts
        offsets, grouped = offsets_of(counts), np.empty(total, dtype=np.int32)
        for number, file in enumerate(self._files):
            own: NDArray[np.intp] = np.arange(number, n_cells, self._n_files, dtype=np.intp)
            cells, ids = self._read_back(file)
            places = expand_ranges(offsets[:-1][own], counts[own])
            grouped[places] = ids[stable_order(cells)]
        return offsets, grouped

    def _read_back(self, file: BinaryIO) -> tuple[Ids, Ids]:
        file.seek(0)
        pairs = np.frombuffer(file.read(), dtype=np.int32).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]
