"""What a motif tokenizer has learnt from a corpus: clusters of features, sets with ids, and where it was learnt."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, frozen, refreeze
from genotok.errors import InputError
from genotok.kernels.sets import Sets

NOWHERE = -1  # the contig of a set that was not met


@dataclass(frozen=True)
class Contig:
    """One contig of a corpus: its length, bp, and the SHA-256 of its letters, upper case, A, C, G, T and else N."""

    name: str
    length: int
    sha256: str = ""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Clusters and sets, with the corpus they were learnt from; compared by clusters, sets, counts and corpus.

    ``labels`` int32 (F,) and ``support`` int64 (F,), sampled bins in which a feature is not 0. ``sets`` (S,) begin with
    the empty one; ``counts`` int64 (S,); ``examples`` int64 (S, 3) are contig number, start and end of the first bin
    of each, -1 if there was none. ``bins`` in all, of which ``gaps``; ``unk_share`` is the share of the others whose
    set is not among them. ``ids_matrix`` float32 (F, F) holds the interdependence scores, as long as they are at hand:
    pickles leave them out.
    """

    labels: Ids
    support: Coords
    sets: Sets
    counts: Coords
    examples: Coords
    corpus: tuple[Contig, ...]
    bins: int
    gaps: int
    unk_share: float
    ids_matrix: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        for name, dtype in _DTYPES.items():
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        offsets, members = self.sets
        sets = Sets(frozen(np.asarray(offsets, dtype=np.int64)), frozen(np.asarray(members, dtype=np.int32)))
        object.__setattr__(self, "sets", sets)
        n_sets = len(offsets) - 1
        if len(self.labels) != len(self.support) or len(self.counts) != n_sets or self.examples.shape != (n_sets, 3):
            what = f"{len(self.labels):,} labels, {len(self.support):,} supports, {n_sets:,} sets, "
            raise InputError(f"{what}{len(self.counts):,} counts do not agree", hint="one of each for each")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fitted):
            return NotImplemented
        mine, its = ((*(getattr(each, name) for name in _DTYPES), *each.sets) for each in (self, other))
        plain = ("corpus", "bins", "gaps", "unk_share")
        same = all(getattr(self, name) == getattr(other, name) for name in plain)
        return same and all(np.array_equal(one, two) for one, two in zip(mine, its, strict=True))

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"ids_matrix": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)


_DTYPES = {"labels": np.int32, "support": np.int64, "counts": np.int64, "examples": np.int64}
