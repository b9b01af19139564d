"""How much one feature of a bin tells of another: inter-dependence scores, from counts that take few values.

``phi_k(x) = x^k exp(-x^2 / 2)`` for k = 0 to 5; the score of two features is the largest absolute correlation of any
``phi_k`` of the one with any ``phi_l`` of the other (Radhakrishnan et al.). Here ``phi_0 - 1`` stands for ``phi_0``:
all six then vanish at 0, sums run over what is not zero, and no correlation changes.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets
from genotok.kernels.ragged import expand_ranges, offsets_of
from genotok.kernels.sparse import Sparse

Reals: TypeAlias = NDArray[np.float64]
Combine: TypeAlias = Literal["max", "mean", "rms"]

ORDERS = 6
PAIRS = [(k, m) for k in range(ORDERS) for m in range(k, ORDERS)]  # 21, with k <= m
_FLAT = 1e-12  # a standard deviation below it is that of a constant
_TOGETHER = 2**20  # values that are added up at once
_GROUP = 64  # features that are looked for together


class Moments(NamedTuple):
    """Sums over n bins; those of parts add up.

    ``support`` int64 (F,) bins in which a feature is not zero; ``sums`` (6, F) of each function; ``products``
    (21, F, F) of function k of the row's feature with function m of the column's, pairs as in ``PAIRS``.
    """

    n: int
    support: Coords
    sums: Reals
    products: Reals


def measure_dependence(
    counts: Sparse, lengths: NDArray[Any], *, combine: Combine = "max", min_support: int = 50
) -> tuple[Reals, Coords]:
    """Return the scores of all pairs of F features, (F, F), and the support of each, (F,).

    ``counts`` are whole numbers, at most 255, and a value is its count divided by the feature's length (F,).
    A feature that is not zero in fewer than ``min_support`` bins has the score 0 with all others, 1 with itself.
    """
    values = _tabulate(counts, lengths)
    n = len(counts.indptr) - 1
    support, sums, squares = _single(counts, values)
    means, scale = _standardise(n, sums, squares)
    scores = np.zeros((len(support), len(support)), dtype=np.float64)
    for feature, products in _products(counts, values):
        shared = products / max(n, 1) - means[:, feature, None, None] * means[None, :, feature:]
        found = np.abs(shared * scale[:, feature, None, None] * scale[None, :, feature:])
        scores[feature, feature:] = _combine(found.reshape(ORDERS * ORDERS, -1), combine)
    scores += np.triu(scores, 1).T
    return _finish(scores, support, min_support), support


def sum_moments(counts: Sparse, lengths: NDArray[Any]) -> Moments:
    """Add up what the scores of a part of the bins need; arguments as in `measure_dependence`."""
    values = _tabulate(counts, lengths)
    support, sums, _ = _single(counts, values)
    products = np.zeros((len(PAIRS), len(support), len(support)), dtype=np.float64)
    for feature, found in _products(counts, values):
        for pair, (k, m) in enumerate(PAIRS):
            products[pair, feature, feature:] = found[k, m]
            products[pair, feature:, feature] = found[m, k]
    return Moments(len(counts.indptr) - 1, support, sums, products)


def add_moments(one: Moments, two: Moments) -> Moments:
    """Add up the moments of two parts."""
    products = one.products + two.products
    return Moments(one.n + two.n, one.support + two.support, one.sums + two.sums, products)


def dependence_of(moments: Moments, *, combine: Combine = "max", min_support: int = 50) -> Reals:
    """Return the scores (F, F) that moments amount to; see `measure_dependence`."""
    n, support, sums, products = moments
    squares = np.stack([products[PAIRS.index((k, k))].diagonal() for k in range(ORDERS)])
    means, scale = _standardise(n, sums, squares)
    scores = np.zeros_like(products[0])
    for (k, m), product in zip(PAIRS, products, strict=True):
        found = np.abs((product / max(n, 1) - np.outer(means[k], means[m])) * np.outer(scale[k], scale[m]))
        for side in (found,) if k == m else (found, found.T):
            if combine == "max":
                np.maximum(scores, side, out=scores)
            else:
                scores += side if combine == "mean" else side**2
    if combine != "max":
        scores /= ORDERS * ORDERS
    return _finish(np.sqrt(scores) if combine == "rms" else scores, support, min_support)


def _tabulate(counts: Sparse, lengths: NDArray[Any]) -> Reals:
    """Return the six functions of each feature at each count that occurs: (6, F, B)."""
    levels = int(counts.data.max(initial=0)) + 1
    x = np.arange(levels, dtype=np.float64) / np.asarray(lengths, dtype=np.float64)[:, None]
    bell = -0.5 * x * x
    return np.stack([np.expm1(bell), *(x**k * np.exp(bell) for k in range(1, ORDERS))])


def _single(counts: Sparse, values: Reals) -> tuple[Coords, Reals, Reals]:
    """Return the support of each feature, and the sums and squares (6, F) of its functions."""
    _, n_features, levels = values.shape
    times = np.zeros(n_features * levels, dtype=np.int64)
    for first in range(0, len(counts.data), _TOGETHER):
        part = slice(first, first + _TOGETHER)
        keys = counts.indices[part].astype(np.intp) * levels + counts.data[part]
        times += np.bincount(keys, minlength=len(times)).astype(np.int64)
    table = times.reshape(n_features, levels)
    sums = (table * values).sum(axis=2, dtype=np.float64)
    squares = (table * values**2).sum(axis=2, dtype=np.float64)
    return table[:, 1:].sum(axis=1, dtype=np.int64), sums, squares


def _products(counts: Sparse, values: Reals) -> Iterator[tuple[int, Reals]]:
    """Yield each feature i and the sums (6, 6, F - i) of its functions' products with those of itself and all behind.

    Values take few levels: what goes with a level of a feature behind is added up first, and then weighed once.
    """
    _, n_features, levels = values.shape
    weights = np.ascontiguousarray(values.transpose(1, 2, 0))  # (F, B, 6)
    for feature, entries in _entries(counts.indices, n_features):
        size = n_features - feature
        partial = np.zeros((ORDERS, size * levels), dtype=np.float64)
        for piece, spans in _cut(counts.indptr, entries):
            behind = expand_ranges(piece, spans)
            keys = counts.indices.take(behind).astype(np.intp)
            keys -= feature
            keys *= levels
            keys += counts.data.take(behind)
            mine = values[:, feature, counts.data[piece]]  # (6, entries)
            for order in range(ORDERS):
                weight = np.repeat(mine[order], spans.astype(np.intp))
                partial[order] += np.bincount(keys, weights=weight, minlength=size * levels).astype(np.float64)
        table = partial.reshape(ORDERS, size, levels).transpose(1, 0, 2)
        yield feature, np.matmul(table, weights[feature:]).transpose(1, 2, 0)


def _entries(indices: NDArray[Any], n_features: int) -> Iterator[tuple[int, Coords]]:
    """Yield each feature and its entries (places among the values), ascending."""
    for first in range(0, n_features, _GROUP):
        places = np.flatnonzero((indices >= first) & (indices < first + _GROUP)).astype(np.int64)
        features = (indices[places] - first).astype(np.uint16)
        places = places[np.argsort(features, kind="stable")]
        begins = offsets_of(np.bincount(features, minlength=_GROUP).astype(np.int64))
        for feature in range(first, min(first + _GROUP, n_features)):
            yield feature, places[begins[feature - first] : begins[feature - first + 1]]


def _cut(indptr: Offsets, entries: Coords) -> Iterator[tuple[Coords, Coords]]:
    """Yield some entries at a time, and how many values there are in the row of each from itself on."""
    spans = indptr[np.searchsorted(indptr, entries, side="right")] - entries
    total = np.cumsum(spans, dtype=np.int64)
    first, done = 0, 0
    while first < len(entries):
        last = max(int(np.searchsorted(total, done + _TOGETHER, side="right")), first + 1)
        yield entries[first:last], spans[first:last]
        first, done = last, int(total[last - 1])


def _standardise(n: int, sums: Reals, squares: Reals) -> tuple[Reals, Reals]:
    """Return means and one over standard deviations (6, F), 0 for constants."""
    means, squares = sums / max(n, 1), squares / max(n, 1)
    variances = np.maximum(squares - means * means, 0)
    deviations = np.sqrt(variances)
    varies = (deviations >= _FLAT) & (variances > _FLAT * squares)  # what is less is the rounding of the difference
    return means, np.where(varies, 1 / np.maximum(deviations, _FLAT), 0)


def _combine(found: Reals, combine: Combine) -> Reals:
    """Make one score of the (36, ..) correlations of two features."""
    if combine == "max":
        return np.asarray(found.max(axis=0))
    if combine == "mean":
        return np.asarray(found.mean(axis=0, dtype=np.float64))
    return np.asarray(np.sqrt((found * found).mean(axis=0, dtype=np.float64)))


def _finish(scores: Reals, support: Coords, min_support: int) -> Reals:
    rare = support < min_support
    scores[rare] = 0
    scores[:, rare] = 0
    np.minimum(scores, 1, out=scores)
    np.fill_diagonal(scores, 1)
    return scores
