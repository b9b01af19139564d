"""From bases to bins, block by block: hits, their coverage, the flanks of its peaks, and what lies in each bin."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from genotok.arrays import Bytes, Coords, Ids, Offsets
from genotok.kernels.bases import Codes
from genotok.kernels.bins import find_boundaries, flag_gaps, split_bins
from genotok.kernels.occupancy import count_cpg, count_in_bins
from genotok.kernels.windows import count_cover, iter_runs
from genotok.tokenizers.motif_config import MotifConfig
from genotok.values.blocks import BlockBins, Seams, Window, true_neighbours, windows_of
from genotok.values.csr import CsrMatrix
from genotok.values.search import MotifSearch

Hits: TypeAlias = tuple[Ids, Offsets]  # starts by motif-strand, relative to a window
Finder: TypeAlias = Callable[[Window], Hits]


class BlockCutter:
    """Cuts windows of contigs into bins, and counts what lies in them; holds the motifs and nothing of a sequence."""

    def __init__(self, search: MotifSearch, config: MotifConfig) -> None:
        self.search, self.config = search, config

    def find(self, window: Window) -> Hits:
        """Search the bases of a window."""
        return self.search.find_starts(window.codes)

    def cut(
        self, window: Window, *, neighbours: tuple[int, int] | None = None, find: Finder | None = None
    ) -> tuple[Seams, BlockBins | None]:
        """Cut the bins that begin in the core of a window; None while a neighbouring flank is out of sight.

        Without ``neighbours``, the true nearest flanks before and behind the core, those seen within the halo are taken
        in their place. They are practically always the same, and the seams tell which were taken. ``find`` gives hits
        that are known already.
        """
        hits = (find or self.find)(window)
        flanks = self._flanks(window, hits)
        seams = _seams_of(window, flanks, neighbours)
        if seams.left is None or seams.right is None:
            return seams, None
        own = flanks[(flanks >= window.first) & (flanks < window.last)]
        whole = np.unique(np.concatenate([[seams.left], own, [seams.right]]).astype(np.int64))
        pieces = split_bins(whole, longest=self.config.bins.max_bin, step=self.config.bins.split_step)
        first, last = np.searchsorted(pieces, [window.first, window.last]).tolist()
        return seams, self._count(window, hits, pieces[first : last + 1])

    def _flanks(self, window: Window, hits: Hits) -> Coords:
        """Return the flanks of peaks within a window, and the ends of the contig where the window has them."""
        starts, offsets = hits
        runs = iter_runs(starts=starts, offsets=offsets, widths=self.search.widths)
        settings = self.config.bins
        found = find_boundaries(
            count_cover(runs, len(window.codes)),
            sigma=settings.sigma,
            min_width=settings.min_width,
            window=settings.prominence_window,
        )
        first = 0 if window.start == 0 else 1  # the ends of a window are no flanks, those of the contig are
        return found[first : len(found) if window.is_end else -1] + window.start

    def _count(self, window: Window, hits: Hits, boundaries: Coords) -> BlockBins:
        starts, offsets = hits
        edges = boundaries - window.start
        widths = self.search.widths
        if self.config.scan.end_inclusive:
            widths = widths + np.int32(1)
        inside = window.codes[edges[0] : edges[-1]]
        has_cpg = self.config.features.cpg
        cpg = _count_cpg(window.codes, edges) if has_cpg else None
        cells = count_in_bins(starts=starts, offsets=offsets, widths=widths, boundaries=edges, cpg=cpg)
        shape = len(boundaries) - 1, len(widths) + 2 * has_cpg
        places = starts + window.start
        own = int(np.count_nonzero((places >= window.first) & (places < window.last)))
        counts = CsrMatrix(cells.offsets, cells.columns.astype(np.int32), cells.counts, shape)
        return BlockBins(boundaries, flag_gaps(inside, edges - edges[0]), counts, own)

    def cut_contig(
        self,
        codes: Codes,
        *,
        find: Finder | None = None,
        show_progress: Callable[[int, int], None] | None = None,
    ) -> list[BlockBins]:
        """Cut a whole contig that is at hand, block by block."""
        windows = list(windows_of(codes, block=self.config.block, halo=self.config.halo))
        cut = []
        for window in windows:
            cut.append(self.cut(window, find=find))
            if show_progress:
                show_progress(window.last, len(codes))
        neighbours = true_neighbours([seams for seams, _ in cut], len(codes))
        return list(self._mended(windows, cut, neighbours, find))

    def cut_part(self, codes: Codes, first: int, last: int) -> list[BlockBins]:
        """Cut the blocks of the given numbers of a contig that is at hand, as `cut_contig` cuts them.

        Further blocks are searched only as far as it takes to find the nearest flanks.
        """
        windows = list(windows_of(codes, block=self.config.block, halo=self.config.halo))
        cut = [self.cut(window) for window in windows[first : last + 1]]
        left = 0
        if cut[0][0].first != windows[first].first:  # unless the part begins with a flank
            before = (self.cut(window)[0].last for window in windows[:first][::-1])
            left = next((flank for flank in before if flank is not None), 0)
        behind = (self.cut(window)[0].first for window in windows[last + 1 :])
        right = next((flank for flank in behind if flank is not None), len(codes))
        seams = [each for each, _ in cut]
        outer = [Seams(left, left, None, None), *seams, Seams(right, right, None, None)]
        neighbours = true_neighbours(outer, len(codes))[1:-1]
        return list(self._mended(windows[first : last + 1], cut, neighbours, None))

    def _mended(
        self,
        windows: list[Window],
        cut: list[tuple[Seams, BlockBins | None]],
        neighbours: list[tuple[int, int]],
        find: Finder | None,
    ) -> Iterator[BlockBins]:
        """Yield the bins of each block, cut again where a flank beyond its border was not as seen from within."""
        for window, (seams, bins), both in zip(windows, cut, neighbours, strict=True):
            if bins is None or not fits(seams, both, window.first):
                bins = self.cut(window, neighbours=both, find=find)[1]
            assert bins is not None, "neighbours are given"
            yield bins


def fits(seams: Seams, neighbours: tuple[int, int], first: int) -> bool:
    """Tell whether the flanks that bins were cut with, of a block from ``first`` on, are the true ones."""
    return seams.right == neighbours[1] and (seams.left == neighbours[0] or seams.first == first)


def _seams_of(window: Window, flanks: Coords, neighbours: tuple[int, int] | None) -> Seams:
    low, high = np.searchsorted(flanks, [window.first, window.last]).tolist()
    own = flanks[low:high]
    first, last = (int(own[0]), int(own[-1])) if len(own) else (None, None)
    if neighbours is not None:
        return Seams(first, last, *neighbours)
    left = first if first == window.first else int(flanks[low - 1]) if low else None
    right = int(flanks[high]) if high < len(flanks) else None
    return Seams(first, last, left, right)


def _count_cpg(codes: Codes, edges: Coords) -> Bytes:
    """Count the bases of CpG in bins that are part of a window; a pair may lie across their outer edges."""
    low, high = int(edges[0]), int(edges[-1])
    whole = np.unique(np.concatenate([[0], edges, [len(codes)]]).astype(np.int64))
    counts = count_cpg(codes, whole)
    return counts[low > 0 : len(counts) - (high < len(codes))]
