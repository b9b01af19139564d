"""How well scores rank what is true above what is not: the area under the ROC curve, and average precision."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags


def area_under_roc(*, truth: Flags, scores: NDArray[Any]) -> float:
    """Return the chance that a true row outscores another, ties counting half; NaN if all (n,) rows are of one kind.

    By midranks; scores are numbers, none NaN.
    """
    positives = int(np.count_nonzero(truth))
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    _, which, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts, dtype=np.int64)
    midranks = (2 * last - counts + 1) / 2  # the mean of the ranks, from 1, that equal scores share
    above = float(midranks[which[truth]].sum(dtype=np.float64)) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def average_precision(*, truth: Flags, scores: NDArray[Any]) -> float:
    """Return the mean of the precision over the true rows, each at the threshold that lets it in; NaN without any.

    Rows of one score are let in together, and nothing is interpolated between thresholds.
    """
    positives = int(np.count_nonzero(truth))
    if not positives:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # of each threshold
    found = np.cumsum(truth[order], dtype=np.int64)[last]
    precision = found / (last + 1)
    return float((np.diff(found, prepend=0) * precision).sum(dtype=np.float64)) / positives
