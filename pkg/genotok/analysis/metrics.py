"""How predicted bins agree with the truth: bin by bin, run by run, and by the ranks of scores."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import InputError
from genotok.kernels.coverage import Spans, bases_within
from genotok.kernels.peakcalls import count_meeting, runs_of_flags
from genotok.kernels.ranking import area_under_roc, average_precision


@dataclass(frozen=True)
class BinaryMetrics:
    """How n predicted bins agree with the truth, and how runs of them do; NaN where a share is of nothing.

    ``auroc`` and ``average_precision`` need scores. ``peak_recall`` is the share of the truth's maximal runs that share
    a bin with the prediction, ``peak_precision`` that of the prediction's runs that share one with the truth.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int
    peak_recall: float = math.nan
    peak_precision: float = math.nan
    auroc: float = math.nan
    average_precision: float = math.nan

    @property
    def recall(self) -> float:
        """Share of true bins that are predicted."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def precision(self) -> float:
        """Share of predicted bins that are true."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def specificity(self) -> float:
        """Share of the other bins that are not predicted."""
        return _share(self.true_negatives, self.true_negatives + self.false_positives)

    @property
    def accuracy(self) -> float:
        """Share of bins on which both agree."""
        n = self.true_positives + self.false_positives + self.false_negatives + self.true_negatives
        return _share(self.true_positives + self.true_negatives, n)

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        return _share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)

    @property
    def mcc(self) -> float:
        """Matthews' correlation coefficient, NaN if either side is all of one kind."""
        tp, fp, fn, tn = self.true_positives, self.false_positives, self.false_negatives, self.true_negatives
        return _share(tp * tn - fp * fn, math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))

    def to_dict(self) -> dict[str, Any]:
        """Return all numbers; those that are NaN are None."""
        shares = {name: getattr(self, name) for name in _SHARES}
        return (
            asdict(self) | shares | {name: None for name, value in {**asdict(self), **shares}.items() if value != value}
        )


_SHARES = ("recall", "precision", "specificity", "accuracy", "f1", "mcc")


def binary_metrics(
    truth: NDArray[Any], prediction: NDArray[Any], *, scores: NDArray[Any] | None = None
) -> BinaryMetrics:
    """Compare two (n,) flags of bins, and rank by scores if they are given."""
    flags, others = np.asarray(truth, dtype=np.bool_), np.asarray(prediction, dtype=np.bool_)
    if flags.shape != others.shape or flags.ndim != 1:
        raise InputError(f"truth of {flags.shape} and prediction of {others.shape}", hint="give one flag for each bin")
    areas = {}
    if scores is not None:
        values = check_values(scores)
        if values.shape != flags.shape:
            raise InputError(f"scores of {values.shape} for {len(flags)} bins", hint="give one for each bin")
        areas["auroc"] = area_under_roc(truth=flags, scores=values)
        areas["average_precision"] = average_precision(truth=flags, scores=values)
    return compare_runs(runs_of_flags(flags), runs_of_flags(others), len(flags), **areas)


def compare_runs(truth: Spans, found: Spans, n_bins: int, **areas: float) -> BinaryMetrics:
    """Compare runs of n bins, ascending and disjoint; ``areas`` are the metrics of scores, if there are any."""
    both = bases_within(truth, found)
    true, called = (int((runs.ends - runs.starts).sum(dtype=np.int64)) for runs in (truth, found))
    return BinaryMetrics(
        both,
        called - both,
        true - both,
        n_bins - true - called + both,
        peak_recall=_share(count_meeting(truth, found), len(truth.starts)),
        peak_precision=_share(count_meeting(found, truth), len(found.starts)),
        **areas,
    )


def check_values(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return (n,) finite numbers, one for each bin; InputError with the bin for others."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise InputError(f"values of shape {numbers.shape}", hint="give one for each bin")
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        raise InputError(
            f"{numbers[wrong[0]]} is no value of a bin", row=int(wrong[0]), hint="put 0 where none is known"
        )
    return numbers


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
