"""The scores of windows that are known to be hits: what a scan decides with, it need not remember."""

import numpy as np

from genotok.arrays import Ids
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.pwm import Scores, mirror


def score_windows(codes: Codes, starts: Ids, scores: Scores, *, minus: bool = False) -> Ids:
    """Score the windows of one motif that begin at (k,) starts, on the forward or the other strand: int32 (k,).

    ``scores`` (L, 4) are the motif's columns; windows lie within the codes (n,) and hold known bases alone.
    """
    table = np.zeros((len(scores), UNKNOWN + 1), dtype=np.int32)
    table[:, :UNKNOWN] = mirror(scores) if minus else scores
    total = np.zeros(len(starts), dtype=np.int32)
    for place, column in enumerate(table):
        total += column.take(codes.take(starts + np.int32(place)))
    return total
