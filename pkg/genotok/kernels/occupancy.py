"""How many bases of each bin lie inside the hits of each motif: a sparse matrix, counted strip by strip."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Offsets, Places
from genotok.kernels.bases import Codes
from genotok.kernels.growing import GrowingColumn
from genotok.kernels.ragged import offsets_of

_C, _G = 1, 2
_STRIP = 2**12  # bins that are counted at once: their hits stay in the cache, and their numbers in 16 bits


class _Loose(NamedTuple):
    """Cells by column, then bin; neighbours may be parts of one cell. All (k,)."""

    bins: NDArray[np.uint16]
    columns: NDArray[np.uint16]
    counts: NDArray[np.uint8]


class Cells(NamedTuple):
    """Compressed sparse rows: row ``j`` has ``counts[offsets[j]:offsets[j + 1]]`` in ``columns[..]``, ascending."""

    offsets: Offsets
    columns: NDArray[np.uint16]
    counts: NDArray[np.uint8]


def count_in_bins(
    *, starts: Ids, offsets: Offsets, widths: Ids, boundaries: Coords, cpg: NDArray[np.uint8] | None = None
) -> Cells:
    """Count the bases of each bin (row) that the windows of each motif-strand (column) cover; overlaps count once.

    ``starts`` int32 are ragged over r motif-strands by ``offsets`` (r + 1,), ascending within each; a window of ``i``
    is ``widths[i]`` wide; what passes an end of ``boundaries`` (b + 1,) is cut off. Bins are 255 wide at most. ``cpg``
    uint8 (b,) are counts of each bin that are added as the columns r and r + 1, one for each strand.
    """
    n_bins = len(boundaries) - 1
    edges = boundaries.astype(np.int32)
    firsts = np.arange(0, n_bins, _STRIP, dtype=np.int64)
    lasts = np.minimum(firsts + _STRIP, n_bins)
    begins, ends = _slices(starts, offsets, widths, edges[firsts], edges[lasts])
    columns: GrowingColumn[np.uint16] = GrowingColumn(np.uint16)
    counts: GrowingColumn[np.uint8] = GrowingColumn(np.uint8)
    sizes = np.zeros(n_bins, dtype=np.int64)
    for strip, (first, last) in enumerate(zip(firsts.tolist(), lasts.tolist(), strict=True)):
        windows = _gather(starts, begins[strip], ends[strip])
        cells = _count_strip(windows, ends[strip] - begins[strip], widths, edges[first : last + 1])
        if cpg is not None:
            cells = _with_both_strands(cells, cpg[first:last], len(widths))
        found = _sort_cells(cells, last - first)
        columns.append(found.columns)
        counts.append(found.counts)
        sizes[first:last] = np.diff(found.offsets)
    return Cells(offsets_of(sizes), columns.finish(), counts.finish())


def _slices(starts: Ids, offsets: Offsets, widths: Ids, lefts: Ids, rights: Ids) -> tuple[Places, Places]:
    """Find the windows of each row that share a base with each strip: begins and ends, both (strips, r)."""
    begins, ends = np.empty((2, len(widths), len(lefts)), dtype=np.intp)
    for row, width in enumerate(widths.tolist()):
        here = starts[offsets[row] : offsets[row + 1]]
        begins[row] = np.searchsorted(here, lefts - np.int32(width), side="right")
        ends[row] = np.searchsorted(here, rights)
    shift = offsets[:-1, None].astype(np.intp)
    return np.ascontiguousarray((begins + shift).T), np.ascontiguousarray((ends + shift).T)


def _gather(starts: Ids, begins: Places, ends: Places) -> Ids:
    counts = ends - begins
    behind = np.cumsum(counts, dtype=np.intp)
    places = np.repeat(begins - (behind - counts), counts.astype(np.intp, copy=False))
    places += np.arange(len(places), dtype=np.intp)
    return starts.take(places, mode="clip")


def _count_strip(starts: Ids, counts: Places, widths: Ids, edges: Ids) -> _Loose:
    """Count the cells of one strip, whose bins are bounded by ``edges``; row ``i`` has ``counts[i]`` windows there."""
    n_bins = len(edges) - 1
    if not len(starts):
        return _Loose(np.empty(0, np.uint16), np.empty(0, np.uint16), np.empty(0, np.uint8))
    rows = np.repeat(np.arange(len(widths), dtype=np.uint16), counts.astype(np.intp, copy=False))
    stops = starts + widths.take(rows)
    fresh = np.ones(len(starts) + 1, dtype=np.bool_)
    fresh[1:-1] = (starts[1:] > stops[:-1]) | (rows[1:] != rows[:-1])
    heads = np.flatnonzero(fresh)
    starts = np.maximum(starts.take(heads[:-1]), edges[0])
    stops = np.minimum(stops.take(heads[1:] - 1), edges[-1])
    rows = rows.take(heads[:-1])
    bin_of = np.repeat(np.arange(n_bins, dtype=np.uint16), np.diff(edges).astype(np.intp))
    first = bin_of.take(starts - edges[0], mode="clip")
    spans = (bin_of.take(stops - (edges[0] + 1), mode="clip") - first + 1).astype(np.intp)
    behind = np.cumsum(spans, dtype=np.intp)
    runs = np.repeat(np.arange(len(spans), dtype=np.int32), spans)
    bins = np.repeat(first - (behind - spans).astype(np.int32), spans)
    bins += np.arange(len(bins), dtype=np.int32)
    inside = np.minimum(stops.take(runs, mode="clip"), edges[1:].take(bins, mode="clip"))
    inside -= np.maximum(starts.take(runs, mode="clip"), edges.take(bins, mode="clip"))
    return _Loose(bins.astype(np.uint16), rows.take(runs, mode="clip"), inside.astype(np.uint8))


def _with_both_strands(cells: _Loose, counts: NDArray[np.uint8], column: int) -> _Loose:
    """Add a count of each bin as two more columns."""
    bins = np.flatnonzero(counts).astype(np.uint16)
    columns = np.full((2, len(bins)), column, dtype=np.uint16)
    columns[1] += 1
    return _Loose(
        np.concatenate([cells.bins, bins, bins]),
        np.concatenate([cells.columns, columns.ravel()]),
        np.concatenate([cells.counts, counts[bins], counts[bins]]),
    )


def _sort_cells(cells: _Loose, n_bins: int) -> Cells:
    """Add up the parts of each cell, and bring cells in the order of their bins."""
    if not len(cells.bins):
        return Cells(np.zeros(n_bins + 1, np.int64), cells.columns, cells.counts)
    fresh = np.ones(len(cells.bins), dtype=np.bool_)
    fresh[1:] = (cells.bins[1:] != cells.bins[:-1]) | (cells.columns[1:] != cells.columns[:-1])
    heads = np.flatnonzero(fresh)
    sums = np.add.reduceat(cells.counts, heads.astype(np.intp, copy=False), dtype=np.uint8)
    bins = cells.bins.take(heads)
    order = np.argsort(bins, kind="stable")
    sizes = np.bincount(bins, minlength=n_bins).astype(np.int64)
    return Cells(offsets_of(sizes), cells.columns.take(heads).take(order), sums.take(order))


def count_cpg(codes: Codes, boundaries: Coords) -> NDArray[np.uint8]:
    """Count the bases of each bin that belong to a C followed by a G: uint8 (b,)."""
    if len(boundaries) < 2:
        return np.zeros(0, dtype=np.uint8)
    inside = np.zeros(len(codes), dtype=np.uint8)
    pairs = np.flatnonzero((codes[:-1] == _C) & (codes[1:] == _G))
    inside[pairs] = inside[pairs + 1] = 1
    return np.add.reduceat(inside, boundaries[:-1].astype(np.intp), dtype=np.uint8)
