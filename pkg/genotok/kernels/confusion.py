"""Predicted classes against true ones as a table of counts, and the figures that are read off it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.float64]  # (.., c, c): true class by row, predicted class by column


def count_confusion(
    truth: NDArray[np.integer], predicted: NDArray[np.integer], *, classes: int, weights: Counts | None = None
) -> Counts:
    """Count pairs of true and predicted class: float64 (c, c), or (m, c, c) for ``weights`` (m, n) of the rows.

    ``truth`` and ``predicted`` are (n,), from 0 to ``classes - 1``.

    >>> count_confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    cells = truth.astype(np.intp) * classes + predicted.astype(np.intp)
    if weights is None:
        return np.bincount(cells, minlength=classes**2).astype(np.float64).reshape(classes, classes)
    marks = np.zeros((len(cells), classes**2), dtype=np.float64)
    marks[np.arange(len(cells), dtype=np.intp), cells] = 1.0
    return (weights @ marks).reshape(-1, classes, classes)


def matthews(counts: Counts) -> Counts:
    """Return Matthews' correlation of each table, as Gorodkin (2004) has it for several classes: float64 (..).

    0 where truth or prediction is all of one class, as scikit-learn does.

    >>> float(matthews(np.array([[3.0, 1.0], [1.0, 3.0]])))
    0.5
    """
    total = counts.sum(axis=(-2, -1), dtype=np.float64)
    true, called = counts.sum(axis=-1, dtype=np.float64), counts.sum(axis=-2, dtype=np.float64)
    right = np.trace(counts, axis1=-2, axis2=-1)
    above = right * total - (true * called).sum(axis=-1, dtype=np.float64)
    spreads = [total**2 - (side**2).sum(axis=-1, dtype=np.float64) for side in (true, called)]
    below = np.sqrt(spreads[0] * spreads[1])
    found: Counts = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return found


def macro_f1(counts: Counts) -> Counts:
    """Return the mean F1 of the classes that occur in truth or prediction: float64 (..).

    >>> round(float(macro_f1(np.array([[2.0, 0.0], [1.0, 1.0]]))), 4)
    0.7333
    """
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    met = counts.sum(axis=-1, dtype=np.float64) + counts.sum(axis=-2, dtype=np.float64)
    scores = np.divide(2 * right, met, out=np.zeros_like(met), where=met > 0)
    present = np.maximum(np.count_nonzero(met, axis=-1), 1)
    return np.asarray(scores.sum(axis=-1, dtype=np.float64) / present)


def accuracy(counts: Counts) -> Counts:
    """Return the share of rows whose class is right: float64 (..); 0 of no rows.

    >>> float(accuracy(np.array([[2.0, 0.0], [1.0, 1.0]])))
    0.75
    """
    total = counts.sum(axis=(-2, -1), dtype=np.float64)
    right = np.trace(counts, axis1=-2, axis2=-1)
    found: Counts = np.divide(right, total, out=np.zeros_like(total), where=total > 0)
    return found
