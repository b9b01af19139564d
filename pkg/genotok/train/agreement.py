"""How well predicted tracks follow the true ones: Pearson's correlation, of each window and of all units together."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Agreement:
    """Correlations of tracks.

    ``window_pearson`` is the mean over windows and tracks of which it is defined: a pair of zeros agrees (1, counted in
    ``both_zero``), a pair with a constant has none (counted in ``undefined``). ``pearson`` is that of all units of all
    contigs together, the mean over tracks. NaN where nothing is defined.
    """

    window_pearson: float
    pearson: float
    windows: int
    both_zero: int
    undefined: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, None for NaN."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


def pearson(one: NDArray[Any], two: NDArray[Any]) -> float:
    """Return the correlation of two (n,) rows: 1 if both are 0 everywhere, NaN if one is constant otherwise.

    >>> round(pearson(np.array([1, 2, 4]), np.array([2, 4, 5])), 3), pearson(np.zeros(3), np.zeros(3))
    (0.929, 1.0)
    """
    x, y = (np.asarray(each, dtype=np.float64) for each in (one, two))
    if not x.any() and not y.any():
        return 1.0
    if not len(x) or x.min() == x.max() or y.min() == y.max():
        return math.nan
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(x @ x)) * math.sqrt(float(y @ y))  # of roots, which underflow later than their product
    return min(max(float(x @ y) / scale, -1.0), 1.0) if scale > 0 else math.nan


def agree(
    predictions: Sequence[NDArray[Any]], targets: Sequence[NDArray[Any]], spans: Sequence[tuple[int, int, int]]
) -> Agreement:
    """Compare predictions with targets, (units, tracks) of each contig; windows are ``spans`` (contig, first, last)."""
    each = [
        (predictions[contig][first:last, track], targets[contig][first:last, track])
        for contig, first, last in spans
        for track in range(targets[contig].shape[1])
    ]
    found = np.array([pearson(*pair) for pair in each])
    both_zero = sum(not one.any() and not two.any() for one, two in each)
    together = [np.concatenate(list(tracks)) for tracks in (predictions, targets)]
    overall = [pearson(together[0][:, track], together[1][:, track]) for track in range(together[1].shape[1])]
    return Agreement(
        _mean(found), _mean(np.array(overall)), len(found), both_zero, int(np.count_nonzero(np.isnan(found)))
    )


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
