"""Motifs, a rule for what a hit is, and the plan made of both: ready to search any number of sequences."""

from collections.abc import Sequence as Several
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets
from genotok.errors import CapacityError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.grouping import group_values
from genotok.kernels.ragged import offsets_of
from genotok.kernels.scanning import index_words, scan
from genotok.kernels.scanplan import ScanPlan, plan_scan
from genotok.kernels.windows import count_cover, iter_runs
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet
from genotok.values.thresholds import SCAN_RULE, ThresholdRule, Thresholds, thresholds_of

_MOST_BASES = 2**31 - 256  # positions are int32, and looked at from beside
_MOST_MOTIFS = 2**15 - 1  # features, two of them CpG, are numbered in 16 bits
_JOINED = 2**20  # bases that are searched at once, of however many sequences


class MotifSearch:
    """Finds every window that scores at least its motif's threshold, on both strands; immutable after construction.

    ``thresholds`` are those of the ``rule`` unless they are given (a saved tokenizer knows its own).

    >>> from genotok.values.sequences import Sequence
    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0]]})
    >>> search = MotifSearch(motifs, ThresholdRule(pvalue=0.02))
    >>> hits = search.find(Sequence.from_text("ACGTACGCGT").codes)
    >>> hits.row(0, "+").tolist(), hits.row(0, "-").tolist()
    ([0, 4], [1, 7])
    """

    def __init__(
        self,
        motifs: MotifSet,
        rule: ThresholdRule = SCAN_RULE,
        *,
        thresholds: Thresholds | None = None,
    ) -> None:
        if len(motifs) > _MOST_MOTIFS:
            raise CapacityError(f"{len(motifs):,} motifs exceed {_MOST_MOTIFS:,}", hint="select fewer")
        self.motifs = motifs
        self.thresholds = thresholds_of(motifs, rule) if thresholds is None else thresholds

    @cached_property
    def plan(self) -> ScanPlan:
        """What can be known before a sequence is seen; made on first use."""
        return plan_scan(self.motifs.scores, self.motifs.offsets, self.thresholds.budgets)

    def __getstate__(self) -> dict[str, Any]:
        return {"motifs": self.motifs, "thresholds": self.thresholds}  # the plan is made again

    @property
    def widths(self) -> Ids:
        """Columns of each motif-strand: int32 (2 M,)."""
        return self.plan.widths

    def find_starts(self, codes: Codes) -> tuple[Ids, Offsets]:
        """Return the hits of `find` as bare arrays: starts int32 (h,), offsets int64 (2 M + 1,)."""
        if len(codes) > _MOST_BASES:
            raise CapacityError(f"a sequence of {len(codes):,} bases", hint="search it in blocks")
        return scan(index_words(codes, shortest=int(self.motifs.lengths.min())), self.plan)

    def find(self, codes: Codes) -> MotifHits:
        """Find all hits on (n,) codes of letters; a window with an unknown base is none."""
        starts, offsets = self.find_starts(codes)
        return MotifHits(starts.astype(np.int64), offsets)

    def find_each(self, sequences: Several[Codes]) -> list[MotifHits]:
        """Find the hits on each of several sequences; short ones are searched together, which is faster."""
        found: list[MotifHits] = []
        first = 0
        while first < len(sequences):
            last, size = first + 1, len(sequences[first])
            while last < len(sequences) and size + len(sequences[last]) < _JOINED:
                size += len(sequences[last])
                last += 1
            found += self._find_joined(sequences[first:last])
            first = last
        return found

    def _find_joined(self, sequences: Several[Codes]) -> list[MotifHits]:
        """Search sequences end to end, an unknown base between them, which no window passes."""
        if len(sequences) == 1:
            return [self.find(sequences[0])]
        stop = np.array([UNKNOWN], dtype=np.uint8)
        starts, offsets = self.find_starts(np.concatenate([part for each in sequences for part in (each, stop)]))
        begins = offsets_of(np.array([len(each) + 1 for each in sequences], dtype=np.int64))
        owners = np.searchsorted(begins, starts, side="right") - 1
        n_rows = len(offsets) - 1
        rows = np.repeat(np.arange(n_rows, dtype=np.int64), np.diff(offsets).astype(np.intp))
        bounds, grouped = group_values(
            codes=owners * n_rows + rows, values=starts - begins[owners], n_groups=n_rows * len(sequences)
        )
        hits = []
        for number in range(len(sequences)):
            mine = bounds[number * n_rows : (number + 1) * n_rows + 1]
            hits.append(MotifHits(grouped[mine[0] : mine[-1]], mine - mine[0]))
        return hits

    def count_cover(self, hits: MotifHits, n: int) -> NDArray[np.int32]:
        """Count the motif-strands over each of n bases: int32 (n,); overlapping hits of one count once."""
        hits.check(self.motifs, n)
        starts = hits.starts.astype(np.int32)
        return count_cover(iter_runs(starts=starts, offsets=hits.offsets, widths=self.widths), n)
