"""How well labelled points keep apart: whose neighbours they have, and how much nearer their own kind is."""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids

Points: TypeAlias = NDArray[np.float64]  # (n, d)

_CELLS = 2**22  # distances that are held at once


def neighbour_purity(points: Points, labels: Ids, neighbours: int) -> NDArray[np.float64]:
    """Return, for each of (n, d) points, the share of its nearest others that has its label: float64 (n,).

    Distances are Euclidean; of points equally far the one that stands first is nearer. Of fewer than ``neighbours``
    others all are taken.

    >>> neighbour_purity(np.array([[0.0], [1.0], [5.0], [6.0]]), np.array([0, 0, 1, 0], np.int32), 1).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    n = len(points)
    wanted = min(neighbours, n - 1)
    shares = np.zeros(n, dtype=np.float64)
    for first, last, squares in _squared_distances(points):
        squares[np.arange(last - first, dtype=np.intp), np.arange(first, last, dtype=np.intp)] = np.inf
        near = np.argsort(squares, axis=1, kind="stable")[:, :wanted]
        alike = labels[near] == labels[first:last, None]
        shares[first:last] = alike.sum(axis=1, dtype=np.float64) / max(wanted, 1)
    return shares


def silhouette(points: Points, labels: Ids) -> NDArray[np.float64]:
    """Return Rousseeuw's silhouette of each of (n, d) points: float64 (n,), 0 for one alone with its label.

    Labels are 0 to k - 1. It is (b - a) / max(a, b), a the mean distance to others of its label, b the least mean
    distance to another label's points.

    >>> silhouette(np.array([[0.0], [1.0], [4.0], [5.0]]), np.array([0, 0, 1, 1], np.int32)).round(3).tolist()
    [0.778, 0.714, 0.714, 0.778]
    """
    n, sizes = len(points), np.bincount(labels).astype(np.float64)
    members = np.zeros((n, len(sizes)), dtype=np.float64)
    members[np.arange(n, dtype=np.intp), labels] = 1.0
    values = np.zeros(n, dtype=np.float64)
    for first, last, squares in _squared_distances(points):
        sums = np.sqrt(squares) @ members  # (rows, k)
        rows, own = np.arange(last - first, dtype=np.intp), labels[first:last]
        inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
        means = np.divide(sums, sizes, out=np.full_like(sums, np.inf), where=sizes > 0)
        means[rows, own] = np.inf
        outside = means.min(axis=1)
        widest = np.maximum(inside, outside)
        known = (sizes[own] > 1) & (widest > 0) & np.isfinite(outside)
        np.divide(outside - inside, widest, out=values[first:last], where=known)
    return values


def _squared_distances(points: Points) -> Iterator[tuple[int, int, Points]]:
    """Yield first row, last row and the squared distances (rows, n) from them to all, exactly 0 to themselves."""
    centred = points - points.mean(axis=0)
    lengths = (centred**2).sum(axis=1, dtype=np.float64)
    step = max(_CELLS // max(len(points), 1), 1)
    for first in range(0, len(points), step):
        last = min(first + step, len(points))
        squares = lengths[first:last, None] + lengths[None] - 2 * (centred[first:last] @ centred.T)
        np.maximum(squares, 0, out=squares)
        squares[np.arange(last - first, dtype=np.intp), np.arange(first, last, dtype=np.intp)] = 0.0
        yield first, last, squares
