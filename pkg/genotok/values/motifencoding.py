"""A sequence as the motif tokenizer sees it: its bins, what lies in each, and the ids of their sets."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from genotok.arrays import Coords, Ids, frozen, refreeze
from genotok.errors import InputError, NotFittedError
from genotok.values.bins import MotifBins
from genotok.values.csr import CsrMatrix
from genotok.values.motiffeatures import MotifFeatures

NOT_FITTED = "the tokenizer has no clusters and no vocabulary yet"
FIT_IT = "fit it first: tokenizer.fit(FASTA), or open one with from_pretrained"


@dataclass(frozen=True)
class BinReport:
    """What encoding found: ``bases``, of which ``known``; ``hits``; ``bins``, of which ``gaps`` and ``empty`` ones.

    Neither of these has a motif; only gaps have no known base. Of a region ``hits`` are not counted, and of a store
    ``known`` bases aren't: these are None. ``missed`` bins have a set that is not in the vocabulary, and became unk, or
    were named by a part of it (``backed_off``).
    """

    bases: int = 0
    known: int | None = None
    hits: int | None = None
    bins: int = 0
    gaps: int = 0
    empty: int = 0
    missed: int = 0
    backed_off: int = 0

    @property
    def unk_share(self) -> float:
        """Share of the bins with known bases that are unk."""
        return (self.missed - self.backed_off) / max(self.bins - self.gaps, 1)

    @property
    def backoff_share(self) -> float:
        """Share of the bins with known bases that are named by a part of their set."""
        return self.backed_off / max(self.bins - self.gaps, 1)

    def to_dict(self) -> dict[str, Any]:
        """Return counts and shares by name."""
        return self.__dict__ | {"unk_share": self.unk_share, "backoff_share": self.backoff_share}


@dataclass(frozen=True, eq=False)
class MotifEncoding:
    """One sequence, or a part of a contig, cut into B bins.

    ``bins`` are relative to base ``start`` of the contig ``name``. ``counts`` uint8 (B, F) are the bases of each bin
    that each feature covers. ``clusters`` and ``ids`` int32 (B,) are there once the tokenizer is fitted.
    """

    bins: MotifBins
    counts: CsrMatrix
    clusters: MotifFeatures | None = None
    ids: Ids | None = None
    start: int = 0
    name: str = ""
    report: BinReport = field(default_factory=BinReport)

    def __post_init__(self) -> None:
        if len(self.bins) != len(self.counts) or (self.ids is not None and len(self.ids) != len(self.bins)):
            raise InputError(f"{len(self.bins):,} bins, {len(self.counts):,} rows", hint="one row for each bin")
        if self.ids is not None:
            object.__setattr__(self, "ids", frozen(np.asarray(self.ids, dtype=np.int32)))

    def __len__(self) -> int:
        return len(self.bins)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "continuous"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifEncoding):
            return NotImplemented
        plain = ("bins", "counts", "clusters", "start", "name")
        same = all(getattr(self, name) == getattr(other, name) for name in plain)
        mine, its = self.ids, other.ids
        return same and (mine is its or (mine is not None and its is not None and np.array_equal(mine, its)))

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    @property
    def input_ids(self) -> Ids:
        """The discrete token of each bin: int32 (B,)."""
        if self.ids is None:
            raise NotFittedError(NOT_FITTED, hint=FIT_IT)
        return self.ids

    @property
    def offsets(self) -> Coords:
        """Where each bin begins and ends in the contig, bp: int64 (B, 2)."""
        edges = self.bins.boundaries + self.start
        return frozen(np.stack([edges[:-1], edges[1:]], axis=1))

    @cached_property
    def continuous(self) -> CsrMatrix:
        """The mean share of each cluster's features in each bin, float32 (B, C); of CpG the bases of a bin."""
        if self.clusters is None:
            raise NotFittedError(NOT_FITTED, hint=FIT_IT)
        return average_clusters(self.counts, self.clusters).astype(np.float32)

    def __repr__(self) -> str:
        tokens = "" if self.ids is None else f", {len(np.unique(self.ids)):,} different tokens"
        return f"MotifEncoding({self.name!r}, {len(self):,} bins of {int(self.bins.boundaries[-1]):,} bases{tokens})"


def average_clusters(counts: CsrMatrix, clusters: MotifFeatures) -> CsrMatrix:
    """Turn counts of bases (b, F) into the mean share of each cluster's features (b, C): float64."""
    return counts.divide_columns(clusters.lengths).mean_by_label(clusters.labels, clusters.n_clusters)
