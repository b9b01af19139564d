"""What becomes of query rows after the search: misses by policy, the sorted order, the report."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Offsets
from genotok.errors import UnmatchedError
from genotok.kernels.ragged import offsets_of, take_rows
from genotok.values.chroms import propose_renames
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

_SHOWN = 5  # misses and names listed in a message


def fill_misses(offsets: Offsets, ids: Ids, unk_id: int) -> RaggedIds:
    """Give each row without hit the unk id."""
    counts = np.diff(offsets)
    empty = counts == 0
    if not empty.any():
        return RaggedIds(ids, offsets)
    filled = offsets_of(np.where(empty, 1, counts))
    values = np.empty(int(filled[-1]), dtype=np.int32)
    unk_places = np.zeros(len(values), dtype=np.bool_)
    unk_places[filled[:-1][empty].astype(np.intp)] = True
    values[unk_places] = unk_id
    values[~unk_places] = ids
    return RaggedIds(values, filled)


class Misses:
    """Counts the rows without hit of a document that comes in pieces, and remembers the first."""

    def __init__(self) -> None:
        self.regions = self.count = 0
        self.first: UnmatchedError | None = None
        self.shown: list[str] = []

    def add(self, regions: Regions, offsets: Offsets) -> None:
        """Look at one piece."""
        rows: NDArray[np.intp] = np.flatnonzero(np.diff(offsets) == 0)
        for row in rows[: _SHOWN - len(self.shown)].tolist():
            place = regions.where(row) if regions.lines is not None else f"row {self.regions + row}"
            self.shown.append(f"{place} {regions.label(row)}")
            if self.first is None:
                line = regions.line_of(row)
                self.first = UnmatchedError("", where=place, path=regions.source, line=line, row=self.regions + row)
        self.count += len(rows)
        self.regions += len(regions)

    def raise_if_any(self) -> None:
        """Raise UnmatchedError with the number of misses and the first five."""
        if self.first is None:
            return
        more = ", .." if self.count > len(self.shown) else ""
        raise UnmatchedError(
            f"{self.count:,} of {self.regions:,} regions hit nothing ({', '.join(self.shown)}{more})",
            hint="unmatched='drop' leaves them out, unmatched='unk' marks them",
            where=self.first.where,
            path=self.first.path,
            line=self.first.line,
            row=self.first.row,
        )


def sorted_rows(regions: Regions, rows: RaggedIds) -> RaggedIds:
    """Order rows by (chromosome text by code point, start), equal ones as they came; rows of no chromosome are last."""
    names = regions.chrom_names
    ranks = np.empty(len(names) + 1, dtype=np.int64)
    ranks[np.array([*sorted(range(len(names)), key=names.__getitem__), len(names)], dtype=np.intp)] = np.arange(
        len(names) + 1, dtype=np.int64
    )
    order: Coords = np.lexsort((regions.starts, ranks[regions.codes])).astype(np.int64)
    offsets, ids = take_rows(offsets=rows.offsets, values=rows.ids, rows=order.astype(np.intp))
    return RaggedIds(ids, offsets, order)


def count_hits(rows: RaggedIds, n_regions: int) -> int:
    """Count the rows that hold the id of a region; a row that holds only the unk id was no hit."""
    counts = rows.counts()
    if not rows.ids.size or rows.ids.max() < n_regions:  # nothing but regions: what is not empty is a hit
        return int(np.count_nonzero(counts))
    return int(np.count_nonzero(rows.ids[rows.offsets[:-1][counts > 0].astype(np.intp)] < n_regions))


def count_unknown(regions: Regions, known: Collection[str]) -> dict[str, int]:
    """Count the rows of each chromosome that the universe lacks, by first appearance of the name."""
    universe = set(known)  # assemblies in progress have a name for each of many thousand contigs
    places = np.array([*(name not in universe for name in regions.chrom_names), False], dtype=np.bool_)
    if not places.any():
        return {}
    codes = regions.codes[places[regions.codes]]
    counts = np.bincount(codes, minlength=len(regions.chrom_names)).tolist()
    return {name: count for name, count in zip(regions.chrom_names, counts, strict=True) if count}


def hint_renaming(names: Collection[str], known: Collection[str]) -> str:
    """Say how names that are all unknown could be made to meet those of the universe."""
    renames = propose_renames(names, known)
    if not renames:
        return f"no chromosome name is in the universe: {_listed(names)} here, {_listed(known)} there"
    pairs = _listed([f"{old} -> {new}" for old, new in renames.items()])
    return (
        f"no chromosome name is in the universe; these would match: {pairs}: "
        "Regions.rename('auto', like=universe.chrom_names), or --rename-chroms auto"
    )


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:_SHOWN]
    return ", ".join(shown) + (", .." if len(names) > len(shown) else "")
