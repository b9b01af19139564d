"""What a motif's columns say in numbers: log-odds scores, how scores spread by chance, where a threshold lies."""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets

Scores: TypeAlias = NDArray[np.int32]  # (l, 4): a row for each column of a motif, letters A, C, G, T
Counts: TypeAlias = NDArray[np.float32]  # the same shape
Shares: TypeAlias = NDArray[np.float64]

_UNIT = 100.0  # scores are hundredths of a bit
_EASE = 1e-9  # so that a share like 0.7 of a range counts as reached in spite of its rounding


def score_counts(counts: Counts, offsets: Offsets, background: Shares) -> Scores:
    """Score each letter of each column, in hundredths of a bit, rounded half to even: int32 (t, 4).

    ``counts`` (t, 4) holds the columns of all motifs, motif ``m`` owns rows ``offsets[m]`` to ``offsets[m + 1]``;
    ``background`` (4,) the letters' shares. Pseudocounts are JASPAR's: a quarter of the root of a motif's mean column
    sum. Made by `math.log2`, one cell at a time: no vector unit's last digit decides a rounding.
    """
    table = counts.astype(np.float64)
    sums = np.add.reduceat(table.sum(axis=1, dtype=np.float64), offsets[:-1].astype(np.intp))
    widths = np.diff(offsets)
    pseudo = np.repeat(0.25 * np.sqrt(sums / widths), widths.astype(np.intp))
    padded = table + pseudo[:, None]
    shares = padded / padded.sum(axis=1, keepdims=True, dtype=np.float64)
    letters = background.tolist()
    rows = [[round(_UNIT * math.log2(p / b)) for p, b in zip(row, letters, strict=True)] for row in shares.tolist()]
    return np.array(rows, dtype=np.int32).reshape(-1, 4)


def spread_losses(scores: Scores, background: Shares, most: int) -> Shares:
    """Return how likely a random word of the background stays at most 0, 1, .. below a motif's best score.

    Exact, up to a loss of ``most``: losses of columns only add up, so that no larger one need be followed. Returns
    float64 (most + 1,), ascending; O(l x most).
    """
    losses = (scores.max(axis=1, keepdims=True) - scores).tolist()  # (l, 4)
    chances = np.zeros(most + 1, dtype=np.float64)
    chances[0] = 1.0
    size, letters = 1, background.tolist()  # losses from ``size`` on have no chance yet
    for column in losses:
        before = chances[:size].copy()
        chances[:size] = 0.0
        for loss, share in zip(column, letters, strict=True):
            room = min(size, most + 1 - loss)
            if room > 0:
                chances[loss : loss + room] += share * before[:room]
        size = min(size + max(column), most + 1)
    within: Shares = np.cumsum(chances, dtype=np.float64)
    return within


def loss_of_share(within: Shares, span: int, share: float, p_max: float) -> int:
    """Return the largest loss of a score that has at least ``share`` of the range and a chance below ``p_max``.

    ``span`` is the range of scores; ``within`` must reach as far as the share leaves room. -1 if there is none.
    """
    return min(span - max(math.ceil(share * span - _EASE), 0), int(np.searchsorted(within, p_max)) - 1)


def loss_of_chance(within: Shares, p: float) -> int:
    """Return the largest loss with ``within[loss] <= p``, -1 if no score is so rare; ``within`` must exceed p."""
    return int(np.searchsorted(within, p, side="right")) - 1


def bounds_of(scores: Scores, offsets: Offsets) -> tuple[Ids, Ids]:
    """Return the least and the largest score that each motif can give: both int32 (m,)."""
    at = offsets[:-1].astype(np.intp)
    least = np.add.reduceat(scores.min(axis=1), at, dtype=np.int32)
    most = np.add.reduceat(scores.max(axis=1), at, dtype=np.int32)
    return least, most


def mirror(scores: Scores) -> Scores:
    """Return the columns that score the other strand of the same window: reversed, letters complemented."""
    return scores[::-1, ::-1]
