"""Sequences on their way to bins, step by step, so that whoever waits can hear of it and stop it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.analysis.motiflook import cover_stretches
from genotok.arrays import Ids, Offsets
from genotok.bridge.stepping import Step, Stepwise
from genotok.kernels.bases import UNKNOWN
from genotok.kernels.grouping import group_values
from genotok.kernels.growing import GrowingColumn
from genotok.kernels.ragged import offsets_of
from genotok.kernels.scanning import index_words, scan_groups
from genotok.kernels.windows import count_cover, iter_runs
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_blocks import Hits
from genotok.tokenizers.motif_encode import count_known
from genotok.values.bins import MotifBins
from genotok.values.blocks import stack_rows
from genotok.values.motifencoding import BinReport, MotifEncoding
from genotok.values.sequences import Sequence, Sequences


@dataclass
class Cut:
    """One sequence with all that was found on it; ``encoding`` has ids once the tokenizer is fitted."""

    sequence: Sequence
    starts: Ids
    offsets: Offsets
    cover: np.ndarray[Any, np.dtype[np.int32]]
    encoding: MotifEncoding


class MotifWork(Stepwise):
    """The way of some sequences to their bins: ``cuts`` grows."""

    told = ("motifs", 0, 1)

    def __init__(self, tokenizer: MotifTokenizer, sequences: Sequences) -> None:
        self.tokenizer, self.sequences = tokenizer, sequences
        self.cuts: list[Cut] = []
        super().__init__()

    def _work(self) -> Iterator[Step]:
        yield "motifs", 0, 1
        search = self.tokenizer.cutter.search
        n_rows = len(search.plan.widths)
        parts = list(self.sequences.values())
        yield "scan", 0, n_rows
        stop = np.array([UNKNOWN], dtype=np.uint8)
        joined = np.concatenate([each for part in parts for each in (part.codes, stop)] or [stop])
        index = index_words(joined, shortest=int(search.motifs.lengths.min()))
        starts: GrowingColumn[np.int32] = GrowingColumn(np.int32)
        counts = np.zeros(n_rows, dtype=np.int64)
        for rows, found in scan_groups(index, search.plan):
            counts[rows] = [len(each) for each in found]
            for each in found:
                starts.append(each)
            yield "scan", rows.stop, n_rows
        del index, joined
        bases = sum(map(len, parts))
        done = 0
        for part, hits in zip(parts, _apart((starts.finish(), offsets_of(counts)), parts), strict=True):
            yield "bins", done, bases
            self.cuts.append(self._cut(part, hits))
            done += len(part)
        yield "bins", bases, bases
        if self.tokenizer.is_fitted:
            for number, cut in enumerate(self.cuts):
                yield "tokens", number, len(self.cuts)
                self.cuts[number] = named(self.tokenizer, cut)

    def _cut(self, dna: Sequence, hits: Hits) -> Cut:
        cutter = self.tokenizer.cutter
        blocks = cutter.cut_contig(dna.codes, find=lambda _: hits)  # one window is the whole
        edges = np.concatenate([*(each.boundaries[:-1] for each in blocks), np.array([len(dna)], dtype=np.int64)])
        gaps = np.concatenate([np.zeros(0, dtype=np.bool_), *(each.is_gap for each in blocks)])
        counts = stack_rows([each.counts for each in blocks], self.tokenizer.n_features)
        report = BinReport(
            bases=len(dna),
            known=count_known(dna.codes),
            hits=len(hits[0]),
            bins=len(gaps),
            gaps=int(np.count_nonzero(gaps)),
            empty=int(np.count_nonzero((np.diff(counts.indptr) == 0) & ~gaps)),
        )
        encoding = MotifEncoding(MotifBins(edges, gaps), counts, name=dna.name, report=report)
        runs = iter_runs(starts=hits[0], offsets=hits[1], widths=cutter.search.widths)
        return Cut(dna, *hits, count_cover(runs, len(dna)), encoding)


def _apart(hits: Hits, parts: list[Sequence]) -> Iterator[Hits]:
    """Take hits on sequences, an unknown base behind each, apart: relative to their own sequence."""
    starts, offsets = hits
    if len(parts) == 1:
        yield hits
        return
    n_rows = len(offsets) - 1
    begins = offsets_of(np.array([len(each) + 1 for each in parts], dtype=np.int64))
    owners = np.searchsorted(begins, starts, side="right") - 1
    rows = np.repeat(np.arange(n_rows, dtype=np.int64), np.diff(offsets).astype(np.intp))
    own = (starts - begins[owners]).astype(np.int32)
    bounds, grouped = group_values(codes=owners * n_rows + rows, values=own, n_groups=n_rows * len(parts))
    for number in range(len(parts)):
        mine = bounds[number * n_rows : (number + 1) * n_rows + 1]
        yield grouped[mine[0] : mine[-1]], mine - mine[0]


def named(tokenizer: MotifTokenizer, cut: Cut) -> Cut:
    """Give the bins of a sequence the ids of a tokenizer that is fitted."""
    before = cut.encoding
    ids, missed = tokenizer.ids_of(before.counts, before.bins.is_gap)
    backs_off = tokenizer.config.vocabulary.unknown == "backoff"
    many = int(np.count_nonzero(missed))
    report = BinReport(**{**before.report.__dict__, "missed": many, "backed_off": many if backs_off else 0})
    encoding = MotifEncoding(before.bins, before.counts, tokenizer.clusters, ids, 0, before.name, report)
    return Cut(cut.sequence, cut.starts, cut.offsets, cut.cover, encoding)


def describe_cut(cut: Cut) -> Mapping[str, Any]:
    """Say what was found on a sequence."""
    widths = cut.encoding.bins.widths
    return {
        "name": cut.sequence.name,
        **cut.encoding.report.to_dict(),
        "covered": int(np.count_nonzero(cut.cover)),
        "peak": float(cover_stretches(cut.cover, 1).peaks.max(initial=0)),
        "mean_width": float(widths.mean()) if len(widths) else 0.0,
        "entries": cut.encoding.counts.nnz,
        "tokens": 0 if cut.encoding.ids is None else len(np.unique(cut.encoding.ids)),
    }
