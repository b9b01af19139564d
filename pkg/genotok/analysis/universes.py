"""Two universes beside each other: which rows and which bases they have in common, and how a file fares with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.document import Document
from genotok.analysis.summary import count_widths, sum_by_chrom, width_edges
from genotok.arrays import Coords, Ids
from genotok.values.names import natural_order
from genotok.values.regions import Regions
from genotok.values.universe import Universe

Spans: TypeAlias = tuple[Coords, Coords]  # starts and ends on one line of all chromosomes

_ROWS = 2**17  # searched at a time


@dataclass(frozen=True, eq=False)
class Meeting:
    """What universes A and B have in common.

    ``same`` counts rows that both have; ``touched`` the rows of A, and of B, that overlap a row of the other, as tokens
    are found; ``bases`` those that A, and B, covers; ``shared_bases`` those that both cover. ``chrom_rows`` int32
    (chromosomes,) and ``widths`` int32 (k,) count the rows of each, by ``chrom_names`` and by classes of width as in
    `genotok.analysis.summary`; ``edges`` int64 (k + 1,).
    """

    same: int
    touched: tuple[int, int]
    bases: tuple[int, int]
    shared_bases: int
    chrom_names: tuple[str, ...]
    chrom_rows: tuple[Ids, Ids]
    edges: NDArray[np.int64]
    widths: tuple[Ids, Ids]

    @property
    def jaccard_bases(self) -> float | None:
        """Shared bases as a share of those that either covers; None if neither covers any."""
        either = sum(self.bases) - self.shared_bases
        return self.shared_bases / either if either else None


def meet(a: Universe, b: Universe, classes: int) -> Meeting:
    """Compare two universes; widths are parted into at most ``classes`` classes."""
    parts = (a.regions, b.regions)
    names = _names_of(parts)
    spans = _on_one_line(parts, names)
    bases = tuple(_covered(each) for each in spans)
    either = _covered((np.concatenate([spans[0][0], spans[1][0]]), np.concatenate([spans[0][1], spans[1][1]])))
    widths = [part.ends - part.starts for part in parts]
    edges = width_edges(np.concatenate(widths), classes)
    rows = [_rows_by_name(part, names) for part in parts]
    return Meeting(
        _count_same(*spans),
        (count_touched(parts[0], b), count_touched(parts[1], a)),
        (bases[0], bases[1]),
        sum(bases) - either,
        names,
        (rows[0], rows[1]),
        edges,
        (count_widths(widths[0], edges), count_widths(widths[1], edges)),
    )


def count_touched(regions: Regions, universe: Universe) -> int:
    """Count the (n,) regions that overlap a row of a universe."""
    touched = 0
    for at in range(0, len(regions), _ROWS):
        offsets, _ = universe.encode(regions.take(slice(at, at + _ROWS)))
        touched += int(np.count_nonzero(np.diff(offsets)))
    return touched


class Fare(NamedTuple):
    """What a universe makes of a file: rows hit, tokens, distinct tokens."""

    hit: int
    tokens: int
    distinct: int


def fare_of(document: Document, universe: Universe) -> Fare:
    """Tokenize a document's rows with another universe, and count."""
    hit = tokens = 0
    seen = np.zeros(len(universe), dtype=np.bool_)
    for at in range(0, len(document), _ROWS):
        regions = document.regions(at, min(at + _ROWS, len(document)))
        offsets, ids = universe.encode(regions)
        hit, tokens = hit + int(np.count_nonzero(np.diff(offsets))), tokens + len(ids)
        seen[ids] = True
    return Fare(hit, tokens, int(np.count_nonzero(seen)))


def _names_of(parts: Sequence[Regions]) -> tuple[str, ...]:
    names = list(dict.fromkeys(name for part in parts for name in part.chrom_names))
    return tuple(names[place] for place in natural_order(names).tolist())


def _rows_by_name(part: Regions, names: Sequence[str]) -> Ids:
    places = {name: place for place, name in enumerate(names)}
    codes = np.array([places[name] for name in part.chrom_names], dtype=np.int32)
    return sum_by_chrom(codes[part.codes], None, len(names))


def _on_one_line(parts: Sequence[Regions], names: Sequence[str]) -> list[Spans]:
    """Lay the chromosomes one behind the other, the same way for all parts."""
    places: Mapping[str, int] = {name: place for place, name in enumerate(names)}
    lengths = np.zeros(len(names), dtype=np.int64)
    codes = [np.array([places[name] for name in part.chrom_names], dtype=np.int32)[part.codes] for part in parts]
    for part, each in zip(parts, codes, strict=True):
        np.maximum.at(lengths, each, np.maximum(part.starts, part.ends) + 1)
    firsts = np.cumsum(lengths, dtype=np.int64) - lengths
    return [(part.starts + firsts[each], part.ends + firsts[each]) for part, each in zip(parts, codes, strict=True)]


def _covered(spans: Spans) -> int:
    """Count the bases that at least one of (n,) spans covers; reversed ones cover none."""
    starts, ends = spans
    if not bool(np.all(starts[1:] >= starts[:-1])):
        order = np.argsort(starts, kind="stable")
        starts, ends = starts[order], ends[order]
    reach = np.maximum.accumulate(ends)  # how far the spans up to here cover
    before = np.concatenate([np.zeros(1, np.int64), reach[:-1]])
    return int(np.maximum(ends - np.maximum(starts, before), 0).sum(dtype=np.int64))


def _count_same(a: Spans, b: Spans) -> int:
    """Count the spans that both have; each has none twice."""
    starts = np.concatenate([a[0], b[0]])
    widths = np.concatenate([a[1], b[1]]) - starts
    widths -= widths.min()  # reversed rows have negative ones
    step = int(widths.max()) + 1
    if int(starts.max()) * step >= 2**62:  # too far for one word: by rank then
        starts = np.unique(starts, return_inverse=True)[1].astype(np.int64)
    keys = np.sort(starts * step + widths, kind="stable")
    return int(np.count_nonzero(keys[1:] == keys[:-1]))
