"""What a picture shows of learned codes: colours by what codes are like, letters that stand under a code."""

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Places
from genotok.kernels.bases import Codes

HUES = 8  # colours that are told apart
_FLAT = 1e-12  # a spread below this share of the largest is none


def code_hues(levels: tuple[NDArray[np.float32], ...], uses: tuple[NDArray[np.float64], ...]) -> tuple[Bytes, ...]:
    """Give each code of each level, vectors (K_n, D), one of the hues 1 to HUES: uint8 (K_n,); like codes are alike.

    Codes lie around a circle, by their direction in the plane in which those of the finest level spread most,
    weighted by ``uses`` (K_n,); its sectors, the same for all levels, are such that each is used alike.

    >>> around = np.array([[0, 2], [1, 2], [2, 1], [2, -1], [1, -2], [0, -2], [-1, -2], [-2, 1]], np.float32)
    >>> [each.tolist() for each in code_hues((around,), (np.ones(8),))]
    [[4, 5, 6, 7, 8, 1, 2, 3]]
    """
    fine, weights = levels[-1].astype(np.float64), _weights(uses[-1])
    centre = weights @ fine
    plane = _plane(fine - centre, weights)
    turns = [_turns_of((vectors.astype(np.float64) - centre) @ plane) for vectors in levels]
    order = np.argsort(turns[-1], kind="stable")
    passed = np.cumsum(weights[order], dtype=np.float64)
    parts = np.arange(1, HUES, dtype=np.float64) / HUES
    edges = turns[-1][order][np.minimum(np.searchsorted(passed, parts), len(order) - 1)]
    return tuple((1 + np.searchsorted(edges, each, side="left")).astype(np.uint8) for each in turns)


def _weights(uses: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = uses.astype(np.float64)
    total = weights.sum(dtype=np.float64)
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))


def _plane(rows: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the two directions (D, 2) of the largest spread, each with its largest part positive."""
    spread, directions = np.linalg.eigh((rows * weights[:, None]).T @ rows)
    plane = np.zeros((rows.shape[1], 2))
    for place in range(min(2, rows.shape[1])):
        found = directions[:, -1 - place]
        if spread[-1 - place] > _FLAT * max(spread[-1], _FLAT):
            plane[:, place] = found * np.sign(found[np.argmax(np.abs(found))])
    return plane


def _turns_of(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return directions as shares of a turn, from 0 to 1; half a turn is the first axis."""
    return np.round(np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) + 0.5, 9)


def letters_under(bases: Codes, starts: Places, width: int) -> NDArray[np.float32]:
    """Give the shares of A, C, G, T at each of ``width`` places from ``starts`` on, which may lie outside: (width, 4).

    Unknown bases, and places outside, do not count; a place that has no others is all 0.

    >>> letters_under(np.array([0, 1, 2, 4], np.uint8), np.array([-1, 1]), 2).tolist()
    [[0.0, 1.0, 0.0, 0.0], [0.5, 0.0, 0.5, 0.0]]
    """
    counts = np.zeros((width, 4))
    for place in range(width):
        at = starts + place
        seen = bases[at[(at >= 0) & (at < len(bases))]]
        counts[place] = np.bincount(seen[seen < 4], minlength=4).astype(np.float64)
    shares: NDArray[np.float32] = counts.astype(np.float32)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True, dtype=np.float32), 1)
    return shares
