"""The exact answer of a tokenizer: for each input row, its token ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Offsets, frozen, refreeze
from genotok.errors import InputError
from genotok.kernels.ragged import concat_ragged, rows_of


@dataclass(frozen=True, eq=False)
class RaggedIds:
    """Token ids of n rows: row ``i`` owns ``ids[offsets[i]:offsets[i + 1]]``.

    ``ids`` is int32 (t,), ``offsets`` int64 (n + 1,) with a leading 0. ``order`` is None, or int64 (n,): the input row
    that stands at place ``i`` after sorting. The arrays are read-only views.

    >>> import numpy as np
    >>> RaggedIds(np.array([4, 5, 9], np.int32), np.array([0, 2, 2, 3], np.int64)).to_lists()
    [[4, 5], [], [9]]
    """

    ids: Ids
    offsets: Offsets
    order: Coords | None = None

    def __post_init__(self) -> None:
        ids, offsets = np.asarray(self.ids, dtype=np.int32), np.asarray(self.offsets, dtype=np.int64)
        if not offsets.size or offsets[0] != 0 or offsets[-1] != len(ids) or np.any(offsets[1:] < offsets[:-1]):
            raise InputError(
                f"{offsets.size:,} offsets do not cut {len(ids):,} ids into rows",
                hint="offsets start at 0, never fall, and end at the number of ids",
            )
        object.__setattr__(self, "ids", frozen(ids))
        object.__setattr__(self, "offsets", frozen(offsets))
        if self.order is not None:
            object.__setattr__(self, "order", frozen(np.asarray(self.order, dtype=np.int64)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[Ids]:
        return (self.row(index) for index in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RaggedIds):
            return NotImplemented
        return np.array_equal(self.offsets, other.offsets) and np.array_equal(self.ids, other.ids)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def row(self, index: int) -> Ids:
        """Return the ids of one row; negative indices count from the end."""
        index = range(len(self))[index]
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    def rows(self) -> NDArray[np.int32]:
        """Return, for each token, the input row it came from: int32 (t,)."""
        rows = rows_of(self.offsets)
        return frozen(rows if self.order is None else self.order.astype(np.int32)[rows])

    def counts(self) -> Coords:
        """Return the number of ids of each row: int64 (n,)."""
        return frozen(np.diff(self.offsets))

    def to_lists(self) -> list[list[int]]:
        """Return one Python list of ids for each row."""
        flat, bounds = self.ids.tolist(), self.offsets.tolist()
        return [flat[start:end] for start, end in pairwise(bounds)]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows to pandas, polars, pyarrow or duckdb: ``row`` int64, the input row, and ``tokens`` list<int32>.

        They call it, as ``polars.DataFrame(rows)`` does. Needs the extra ``[arrow]``.
        """
        from genotok.values.arrow import Lists, open_stream  # late: a page that starts makes no table

        rows = np.arange(len(self), dtype=np.int64) if self.order is None else self.order
        return open_stream({"row": rows, "tokens": Lists(self.ids, self.offsets)}, requested_schema)

    def _repr_html_(self) -> str:
        from genotok.analysis.notebook import show_rows  # upward: notebooks ask the noun itself

        return show_rows(self)

    def unique(self) -> Ids:
        """Return the distinct ids, ascending."""
        return frozen(np.unique(self.ids))

    @staticmethod
    def concat(pieces: Sequence["RaggedIds"]) -> "RaggedIds":
        """Put the rows of several pieces one after the other; sorted pieces are refused."""
        if any(piece.order is not None for piece in pieces):
            raise InputError("sorted pieces can't be joined", hint="sort the whole")
        if not pieces:
            return RaggedIds(np.empty(0, np.int32), np.zeros(1, np.int64))
        offsets, ids = concat_ragged([piece.offsets for piece in pieces], [piece.ids for piece in pieces])
        return RaggedIds(ids, offsets)
