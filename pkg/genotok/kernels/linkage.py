"""Clusters of near things, by single or average linkage: scipy's partitions, from a matrix of distances alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids

Distances = NDArray[np.float64]


def link_single(distances: Distances, cut: float) -> Ids:
    """Label the connected parts of the graph in which two of n things are neighbours at a distance of at most ``cut``.

    ``distances`` (n, n) is symmetric. Labels int32 (n,) count from 0 by the smallest member of each part.
    """
    one, two = np.nonzero(distances <= cut)
    return _label(_join(len(distances), one, two))


def link_average(distances: Distances, cut: float) -> Ids:
    """Label the clusters that average linkage (UPGMA) has made when the next two are further apart than ``cut``.

    Follows chains of nearest neighbours until two are each other's: O(n^2). Of equally near ones the previous of the
    chain comes first, then the smallest, as in scipy, so that ties are settled alike. Labels as in `link_single`.
    """
    table = np.array(distances, dtype=np.float64)
    n = len(table)
    np.fill_diagonal(table, np.inf)
    sizes = np.ones(n, dtype=np.int64)
    chain: list[int] = []
    merges: list[tuple[int, int]] = []
    for _ in range(n - 1):
        if not chain:
            chain = [int(np.argmax(sizes > 0))]
        near, far, apart = _follow(table, chain)
        if apart <= cut:
            merges.append((near, far))
        _merge(table, sizes, near, far)
    pairs = np.array(merges, dtype=np.intp).reshape(-1, 2)
    return _label(_join(n, pairs[:, 0], pairs[:, 1]))


def _follow(table: Distances, chain: list[int]) -> tuple[int, int, float]:
    """Lengthen a chain by nearest neighbours until two are each other's; return and drop these, and how far apart."""
    while True:
        here = chain[-1]
        nearest = int(np.argmin(table[here]))
        if len(chain) > 1 and table[here, chain[-2]] <= table[here, nearest]:
            before = chain[-2]
            del chain[-2:]
            return min(here, before), max(here, before), float(table[here, before])
        chain.append(nearest)


def _merge(table: Distances, sizes: NDArray[np.int64], near: int, far: int) -> None:
    """Let ``far`` stand for both clusters; ``near`` is out of reach from now on."""
    one, two = sizes[near], sizes[far]
    mean = (one * table[near] + two * table[far]) / (one + two)
    mean[[near, far]] = np.inf
    table[far] = table[:, far] = mean
    table[near] = table[:, near] = np.inf
    sizes[near], sizes[far] = 0, one + two


def _join(n: int, one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.intp]:
    """Return the smallest member of each thing's connected part."""
    roots = np.arange(n, dtype=np.intp)
    while True:
        low = np.minimum(roots[one], roots[two])
        lower = roots.copy()
        np.minimum.at(lower, roots[one], low)
        np.minimum.at(lower, roots[two], low)
        lower = lower[lower]
        if np.array_equal(lower, roots):
            return roots
        roots = lower


def _label(roots: NDArray[np.intp]) -> Ids:
    """Give each part a number from 0 on, by its smallest member."""
    labels: Ids = np.unique(roots, return_inverse=True)[1].astype(np.int32)
    return labels
