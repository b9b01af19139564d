"""What the columns of an occupancy matrix are: motifs on two strands and CpG, and the clusters that they fall into."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, frozen, refreeze
from genotok.errors import ConfigError, InputError
from genotok.kernels.linkage import link_average, link_single
from genotok.values.motifs import MotifSet

Linkage: TypeAlias = Literal["single", "average"]

CPG = "CpG"
STRANDS = "+-"


@dataclass(frozen=True, eq=False)
class MotifFeatures:
    """F features: index ``2 m`` is motif m on +, ``2 m + 1`` on -, and, unless left out, CpG on + and - come last.

    ``texts`` (F,) name them (``MA0139.1+``, ``CpG-``); ``lengths`` int32 (F,) are the motifs' columns, 1 for CpG: what
    a count of bases is divided by. ``labels`` int32 (F,) are clusters, 0 to C - 1 by their smallest member; at first
    each feature is its own.

    >>> features = MotifFeatures.of(MotifSet.from_counts({"M1": [[9, 0, 0, 0]] * 3}))
    >>> features.texts, features.lengths.tolist()
    (('M1+', 'M1-', 'CpG+', 'CpG-'), [3, 3, 1, 1])
    >>> features.labelled([0, 1, 0, 2]).cluster_texts
    ('c0', 'M1-', 'CpG-')
    """

    texts: tuple[str, ...]
    lengths: Ids
    labels: Ids

    def __post_init__(self) -> None:
        labels = np.asarray(self.labels, dtype=np.int32)
        if not len(self.texts) == len(self.lengths) == len(labels):
            what = f"{len(self.texts):,} features, {len(self.lengths):,} lengths and {len(labels):,} labels"
            raise InputError(what, hint="one of each for every feature")
        numbers, firsts = np.unique(labels, return_index=True)
        if not np.array_equal(numbers, np.arange(len(numbers), dtype=np.int32)) or np.any(np.diff(firsts) < 0):
            raise InputError("labels do not count from 0 by the smallest member", hint="MotifFeatures.labelled does")
        object.__setattr__(self, "texts", tuple(self.texts))
        object.__setattr__(self, "lengths", frozen(np.asarray(self.lengths, dtype=np.int32)))
        object.__setattr__(self, "labels", frozen(labels))

    @classmethod
    def of(cls, motifs: MotifSet, *, cpg: bool = True) -> "MotifFeatures":
        """List the features of a set of motifs, with or without CpG."""
        names = (*motifs.ids, *([CPG] if cpg else []))
        lengths = np.append(motifs.lengths, [1] if cpg else []).astype(np.int32)
        texts = tuple(name + strand for name in names for strand in STRANDS)
        return cls(texts, np.repeat(lengths, 2), np.arange(len(texts), dtype=np.int32))

    def labelled(self, labels: Any) -> "MotifFeatures":
        """Return the same features in clusters: equal labels (F,) go together, whatever their numbers."""
        labels = np.asarray(labels)
        _, firsts, places = np.unique(labels, return_index=True, return_inverse=True)
        rank = np.argsort(np.argsort(firsts, kind="stable"), kind="stable")
        return MotifFeatures(self.texts, self.lengths, rank[places.ravel()].astype(np.int32))

    def clustered(
        self, scores: NDArray[np.float64], *, linkage: Linkage = "single", distance: float = 0.38
    ) -> "MotifFeatures":
        """Return the same features in clusters by their dependence scores (F, F): at a distance of 1 - score.

        'single' joins what is connected by distances of at most ``distance``; 'average' is UPGMA cut there.
        """
        if linkage not in get_args(Linkage):
            raise ConfigError(f"linkage is {linkage!r}", hint="'single' or 'average'")
        if not 0 <= distance <= 1:
            raise ConfigError(f"distance is {distance}", hint="it lies between 0 and 1")
        link = link_single if linkage == "single" else link_average
        return MotifFeatures(self.texts, self.lengths, link(1 - scores, distance))

    def __len__(self) -> int:
        return len(self.texts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MotifFeatures):
            return NotImplemented
        arrays = ((self.lengths, other.lengths), (self.labels, other.labels))
        return self.texts == other.texts and all(np.array_equal(one, two) for one, two in arrays)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __getstate__(self) -> dict[str, Any]:
        return {"texts": self.texts, "lengths": self.lengths, "labels": self.labels}  # never what is cached

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"MotifFeatures({len(self):,} features in {self.n_clusters:,} clusters)"

    @property
    def n_clusters(self) -> int:
        """Number of clusters, those of one member included."""
        return int(self.labels.max(initial=-1)) + 1

    @cached_property
    def sizes(self) -> Ids:
        """Members of each cluster: int32 (C,)."""
        return frozen(np.bincount(self.labels, minlength=self.n_clusters).astype(np.int32))

    def members(self, cluster: int) -> Ids:
        """Return the features of a cluster, ascending: int32."""
        return np.flatnonzero(self.labels == range(self.n_clusters)[cluster]).astype(np.int32)

    @cached_property
    def cluster_texts(self) -> tuple[str, ...]:
        """Name each cluster: ``c`` and its number, or its feature's text if it has but one."""
        firsts = np.unique(self.labels, return_index=True)[1].tolist()
        pairs = enumerate(zip(firsts, self.sizes.tolist(), strict=True))
        return tuple(f"c{number}" if size > 1 else self.texts[first] for number, (first, size) in pairs)
