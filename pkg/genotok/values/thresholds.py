"""From which score on a window counts as a hit, motif by motif, and how rare that is by chance."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Ids, frozen, refreeze
from genotok.errors import ConfigError
from genotok.kernels.pwm import bounds_of, loss_of_chance, loss_of_share, spread_losses
from genotok.values.motifs import MotifSet

_FIRST_PART = 4  # the part of a motif's losses, one in so many, that is followed at first


@dataclass(frozen=True)
class ThresholdRule:
    """When a window is a hit.

    Default, as JASPAR's scan: its score reaches ``relative`` of the way from the least to the largest that the motif
    can give, and by chance a score like that is rarer than ``p_max``. With ``pvalue`` that alone decides: a score like
    that, or higher, has at most this chance.

    >>> ThresholdRule(pvalue=2.0)
    Traceback (most recent call last):
    genotok.errors.ConfigError: pvalue is 2.0; it lies between 0 and 1, as 1e-4 does
    """

    relative: float = 0.8
    p_max: float = 0.05
    pvalue: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.relative <= 1:
            raise ConfigError(f"relative is {self.relative}", hint="it lies between 0 and 1")
        if not 0 < self.p_max <= 1:
            raise ConfigError(f"p_max is {self.p_max}", hint="it lies above 0, and 1 at most")
        if self.pvalue is not None and not 0 < self.pvalue < 1:
            raise ConfigError(f"pvalue is {self.pvalue}; it lies between 0 and 1, as 1e-4 does")


SCAN_RULE = ThresholdRule()  # JASPAR's own


@dataclass(frozen=True, eq=False)
class Thresholds:
    """The scores of a motif set under a rule; all arrays (M,), read-only.

    ``min_score``, ``max_score`` and ``threshold`` are int32, ``p_value`` float64 is the chance at the threshold,
    ``reachable`` tells whether any word reaches it: if none does, the threshold is ``max_score + 1`` and the chance 0.
    """

    min_score: Ids
    max_score: Ids
    threshold: Ids
    p_value: NDArray[np.float64]
    reachable: Flags
    rule: ThresholdRule

    def __post_init__(self) -> None:
        for name in ("min_score", "max_score", "threshold", "p_value", "reachable"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Thresholds):
            return NotImplemented
        return self.rule == other.rule and np.array_equal(self.threshold, other.threshold)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    @property
    def budgets(self) -> Ids:
        """How far below its largest score a window of a motif may stay; -1 if none can be a hit: int32 (M,)."""
        return self.max_score - self.threshold


def thresholds_of(motifs: MotifSet, rule: ThresholdRule = SCAN_RULE) -> Thresholds:
    """Find the least score of each motif that satisfies the rule, by its exact distribution over random words.

    Raises ConfigError if no motif at all has such a score.

    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0]]})
    >>> found = thresholds_of(motifs, ThresholdRule(pvalue=0.02))
    >>> found.threshold.tolist(), found.max_score.tolist(), found.p_value.tolist()
    ([141], [510], [0.015625])
    """
    least, most = bounds_of(motifs.scores, motifs.offsets)
    budgets, chances = np.zeros(len(motifs), dtype=np.int32), np.zeros(len(motifs), dtype=np.float64)
    best = 1.0
    for row, span in enumerate((most - least).tolist()):
        within, budgets[row] = _budget_of(motifs, row, span, rule)
        chances[row] = within[budgets[row]] if budgets[row] >= 0 else 0.0
        best = min(best, float(within[0]))
    reachable = budgets >= 0
    if not reachable.any():
        told = f"p < {rule.p_max:g}" if rule.pvalue is None else f"p <= {rule.pvalue:g}"
        raise ConfigError(f"no motif reaches {told}", hint=f"the rarest word of any of them has p = {best:.3g}")
    return Thresholds(least, most, most - budgets, chances, reachable, rule)


def _budget_of(motifs: MotifSet, row: int, span: int, rule: ThresholdRule) -> tuple[NDArray[np.float64], int]:
    """Return the chances of one motif's losses, as far as the rule looks at them, and the largest that it allows."""
    scores, background = motifs.scores_of(row), motifs.background
    if rule.pvalue is None:
        room = span - max(math.ceil(rule.relative * span - 1), 0)  # a rounding cannot make it less than is needed
        within = spread_losses(scores, background, min(room, span))
        return within, loss_of_share(within, span, rule.relative, rule.p_max)
    room = span // _FIRST_PART
    while True:
        within = spread_losses(scores, background, room)
        if room >= span or within[-1] > rule.pvalue:
            return within, loss_of_chance(within, rule.pvalue)
        room = min(2 * room + 1, span)
