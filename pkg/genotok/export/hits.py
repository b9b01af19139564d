"""Motif hits as tables: JASPAR's seven columns, or BED6."""

from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.export.text import TAB, escape, span_column, table_column, weave
from genotok.kernels.bases import Codes
from genotok.kernels.pwm import spread_losses
from genotok.kernels.ragged import offsets_of
from genotok.kernels.rescoring import score_windows
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet
from genotok.values.thresholds import Thresholds

_PIECE = 2**17  # rows rendered at a time
_BEST = 1000  # the relative score of a motif's best word, in tenths of a percent
_RAREST = 2**12  # more than -100 log10 of the least chance that 64 columns can have


class HitsWriter:
    """Writes hits sorted by start, motif and strand.

    Columns are chrom, start, end, id, int(10 x relative score in %), int(-100 log10 p), strand; with ``bed`` the p is
    left out, which makes it BED6.
    """

    def __init__(self, sink: BinaryIO, motifs: MotifSet, thresholds: Thresholds, *, bed: bool = False) -> None:
        self._sink, self._motifs, self._thresholds, self._bed = sink, motifs, thresholds, bed

    def write(self, contig: str, codes: Codes, hits: MotifHits, *, start: int = 0) -> None:
        """Write the hits on one contig, whose letters are ``codes`` (n,), or on its part that begins at ``start``."""
        hits.check(self._motifs, len(codes))
        scores = self._scores(codes, hits)
        rows = np.repeat(np.arange(len(hits.offsets) - 1, dtype=np.int64), hits.counts.astype(np.intp))
        order = np.lexsort((rows, hits.starts))
        for at in range(0, len(order), _PIECE):
            places = order[at : at + _PIECE]
            self._write_rows(contig, hits.starts[places] + start, rows[places], scores[places])

    def _scores(self, codes: Codes, hits: MotifHits) -> NDArray[np.int32]:
        """Score all windows again."""
        scores = np.empty(len(hits), dtype=np.int32)
        starts = hits.starts.astype(np.int32)
        for row in np.flatnonzero(hits.counts).tolist():
            span = slice(int(hits.offsets[row]), int(hits.offsets[row + 1]))
            scores[span] = score_windows(codes, starts[span], self._motifs.scores_of(row // 2), minus=bool(row % 2))
        return scores

    def _write_rows(self, contig: str, starts: Coords, rows: Coords, scores: NDArray[np.int32]) -> None:
        motifs, limits = rows // 2, self._thresholds
        above = scores.astype(np.int64) - limits.min_score[motifs]
        relative = _BEST * above // (limits.max_score - limits.min_score)[motifs]
        chances, begins = self._chances
        columns = [
            table_column([f"{escape(contig)}\t".encode()], np.zeros(len(rows), dtype=np.int64)),
            span_column(starts, starts + self._motifs.lengths[motifs], between=TAB, after=TAB),
            table_column([f"{each}\t".encode() for each in self._motifs.ids], motifs),
            table_column([b"%d\t" % value for value in range(_BEST + 1)], relative),
        ]
        if not self._bed:
            columns.append(table_column([b"%d\t" % value for value in range(_RAREST)], chances[begins[motifs] + above]))
        columns.append(table_column([b"+\n", b"-\n"], rows % 2))
        self._sink.write(weave(*columns)[0].tobytes())

    @cached_property
    def _chances(self) -> tuple[NDArray[np.int16], Coords]:
        """Return int(-100 log10 p) of every score above each motif's least one, and where each motif's begin."""
        limits, motifs, tables = self._thresholds, self._motifs, []
        for motif, span in enumerate((limits.max_score - limits.min_score).tolist()):
            within = spread_losses(motifs.scores_of(motif), motifs.background, span)
            tables.append((-100 * np.log10(within[::-1])).astype(np.int16))
        return np.concatenate(tables), offsets_of(np.array([len(each) for each in tables], dtype=np.int64))[:-1]
