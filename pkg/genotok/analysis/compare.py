"""Two tokenized files, or many, against each other: which tokens they share, and how often each has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.document import Document
from genotok.analysis.sorting import SortKeys, order_by, sort_keys
from genotok.arrays import Flags, Ids, frozen
from genotok.errors import InputError
from genotok.values.names import natural_ranks
from genotok.values.regions import Regions

Which: TypeAlias = Literal["all", "both", "only_a", "only_b"]
Column: TypeAlias = Literal["id", "chrom", "start", "end", "count_a", "count_b", "difference"]


def count_ids(document: Document) -> Ids:
    """Count how often each region's id occurs; special tokens, so also rows without a hit, don't count: (regions,)."""
    ids = document.ids[document.ids < document.n_regions]
    return frozen(np.bincount(ids, minlength=document.n_regions).astype(np.int32))


class Similarity(NamedTuple):
    """How alike two bags of tokens are; shares are 0 to 1, None where there is nothing to take a share of.

    ``shared``, ``only_a`` and ``only_b`` count distinct tokens. ``jaccard`` = shared / (shared + only_a + only_b);
    ``weighted_jaccard`` = sum of the smaller counts / sum of the larger ones; ``containment_a`` the share of A's
    distinct tokens that B has too; ``cosine`` of the two vectors of counts.
    """

    shared: int
    only_a: int
    only_b: int
    jaccard: float | None
    weighted_jaccard: float | None
    containment_a: float | None
    containment_b: float | None
    cosine: float | None


def measure(a: Ids, b: Ids) -> Similarity:
    """Compare the counts (regions,) of two documents on one universe."""
    has_a, has_b = a > 0, b > 0
    distinct_a, distinct_b = int(np.count_nonzero(has_a)), int(np.count_nonzero(has_b))
    shared = int(np.count_nonzero(has_a & has_b))
    x, y = a.astype(np.float64), b.astype(np.float64)  # exact: counts are below 2^31, their sums below 2^53
    norms = float(np.sqrt((x * x).sum(dtype=np.float64)) * np.sqrt((y * y).sum(dtype=np.float64)))
    return Similarity(
        shared,
        distinct_a - shared,
        distinct_b - shared,
        _share(shared, distinct_a + distinct_b - shared),
        _share(int(np.minimum(a, b).sum(dtype=np.int64)), int(np.maximum(a, b).sum(dtype=np.int64))),
        _share(shared, distinct_a),
        _share(shared, distinct_b),
        min(float((x * y).sum(dtype=np.float64)) / norms, 1.0) if norms else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class TokenView:
    """Which tokens of a comparison to show, in which order; the default is all of them by id."""

    which: Which = "all"
    sort: SortKeys[Column] = ()

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "TokenView":
        """Read ``{"which": "both", "sort": [[column, descending], ..]}``."""
        unknown = [str(key) for key in fields if key not in ("which", "sort")]
        if unknown:
            raise InputError(f"unknown {', '.join(unknown)}", hint="known: which, sort")
        which: Any = fields.get("which") or "all"
        if which not in get_args(Which):
            raise InputError(f"which {which!r} is unknown", hint=f"one of {', '.join(get_args(Which))}")
        return cls(which, sort_keys(fields.get("sort") or [], get_args(Column)))


def order_tokens(a: Ids, b: Ids, regions: Regions, view: TokenView) -> Ids:
    """Return the ids that a view shows, in its order; ties stand by id: int32 (m,).

    ``a`` and ``b`` are counts by id, ``regions`` the universe's rows by id.
    """
    rows = np.flatnonzero(_shown(a > 0, b > 0, view.which)).astype(np.int32)
    for column, descending in reversed(view.sort):
        rows = order_by(_values_of(a, b, regions, column), descending, rows)
    return rows


def _shown(a: Flags, b: Flags, which: Which) -> Flags:
    if which == "both":
        return a & b
    if which == "all":
        return a | b
    return a & ~b if which == "only_a" else b & ~a


def _values_of(a: Ids, b: Ids, regions: Regions, column: Column) -> NDArray[Any]:
    if column == "chrom":
        return natural_ranks(regions.chrom_names)[regions.codes]
    if column == "difference":
        return a.astype(np.int64) - b
    if column == "id":
        return np.arange(len(a), dtype=np.int32)
    columns: dict[str, NDArray[Any]] = {"count_a": a, "count_b": b, "start": regions.starts, "end": regions.ends}
    return columns[column]


class Overlaps(NamedTuple):
    """Every pair of n documents: float32 and int32 (n, n), ``jaccard`` NaN where both are empty, ``distinct`` (n,)."""

    jaccard: NDArray[np.float32]
    shared: Ids
    distinct: Ids


def compare_all(documents: Sequence[Document]) -> Overlaps:
    """Compare the distinct tokens of n documents on one universe: a bit for each token, pairs by AND and population."""
    sets = [_bits_of(document) for document in documents]
    pairs = [[_population(one & other) for other in sets] for one in sets]
    shared = np.array(pairs, dtype=np.int64).reshape(len(sets), len(sets))
    distinct = shared.diagonal()
    union = distinct[:, None] + distinct[None, :] - shared
    jaccard = np.full(shared.shape, np.nan, dtype=np.float32)
    np.divide(shared, union, out=jaccard, where=union > 0, casting="unsafe")
    return Overlaps(jaccard, shared.astype(np.int32), distinct.astype(np.int32))


def _bits_of(document: Document) -> NDArray[np.uint64]:
    """Return the set of a document's tokens as bits, in whole words."""
    seen = np.zeros(-(-document.n_regions // 64) * 64, dtype=np.bool_)
    seen[document.ids[document.ids < document.n_regions]] = True
    return np.packbits(seen).view(np.uint64)


def _population(words: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(words).sum(dtype=np.int64))
