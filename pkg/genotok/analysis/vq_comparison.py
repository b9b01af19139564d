"""Who is ahead of whom, and how sure that is: scores over seeds and sets, by resampled test rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.errors import InputError
from genotok.kernels.confusion import accuracy, count_confusion, macro_f1, matthews
from genotok.kernels.draws import draw_below, join_seeds

Merit: TypeAlias = Literal["mcc", "macro_f1", "accuracy"]
Floats: TypeAlias = NDArray[np.float64]
Answers: TypeAlias = Mapping[str, Sequence[Ids]]  # by set: for each seed the classes said of its test rows

REPLICATES = 1000
_MERITS = {"mcc": matthews, "macro_f1": macro_f1, "accuracy": accuracy}
_EDGES = (0.025, 0.975)


@dataclass(frozen=True)
class Interval:
    """A mean, and the 95 % interval of its replicates."""

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {"mean": self.mean, "low": self.low, "high": self.high}


@dataclass(frozen=True)
class Difference(Interval):
    """How far ``one`` is ahead of ``other``, seed by seed and row by row."""

    one: str = ""
    other: str = ""

    @property
    def verdict(self) -> str:
        """Who is ahead, in a word; an interval that holds 0 is no difference.

        >>> Difference(0.02, 0.01, 0.03).verdict, Difference(0.02, -0.01, 0.05).verdict
        ('ahead', 'no difference')
        """
        return "no difference" if self.low <= 0 <= self.high else "ahead" if self.low > 0 else "behind"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"one": self.one, "other": self.other, **super().to_dict(), "verdict": self.verdict}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scores of t tokenizers on s sets: ``scores`` (t, s, seeds), and ``replicates`` (t, s, r) of the means over seeds.

    Replicate r has the same test rows and seeds for all tokenizers, so that differences are paired.
    """

    names: tuple[str, ...]
    sets: tuple[str, ...]
    scores: Floats
    replicates: Floats

    def of_set(self, name: str, task: str) -> Interval:
        """Return the mean score of a tokenizer on a set."""
        one, where = self._place(name), self.sets.index(task)
        return _interval(self.scores[one, where], self.replicates[one, where])

    def overall(self, name: str) -> Interval:
        """Return the mean over all sets, each of the same weight."""
        one = self._place(name)
        return _interval(self.scores[one], self.replicates[one].mean(axis=0))

    def difference(self, one: str, other: str) -> Difference:
        """Return how far one is ahead of another, over all sets."""
        a, b = self._place(one), self._place(other)
        gap = (self.replicates[a] - self.replicates[b]).mean(axis=0)
        found = _interval(self.scores[a] - self.scores[b], gap)
        return Difference(found.mean, found.low, found.high, one, other)

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise InputError(f"{name!r} was not compared", hint=", ".join(self.names))
        return self.names.index(name)


def compare(
    answers: Mapping[str, Answers],
    truths: Mapping[str, Ids],
    *,
    merit: Merit = "mcc",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Comparison:
    """Score what tokenizers said of the test rows of each set, with intervals.

    A replicate draws, for each set, as many test rows with replacement as there are, and as many seeds: all seeds of
    a replicate are read on the same rows, as chance in the rows is common to them. Every tokenizer has answers of
    all sets, of the same number of seeds.

    >>> truth, said = np.array([0, 1, 0, 1] * 9), np.array([0, 1, 0, 1, 0, 0] * 6)
    >>> found = compare({"a": {"x": [truth]}, "b": {"x": [said]}}, {"x": truth})
    >>> found.overall("a").low, found.difference("a", "b").verdict, found.difference("b", "a").verdict
    (1.0, 'ahead', 'behind')
    """
    names, sets = tuple(answers), tuple(truths)
    counts = {len(answers[name].get(task, ())) for name in names for task in sets}
    if len(counts) != 1 or not counts - {0}:
        raise InputError("not every tokenizer has answers of every set and seed", hint="run the same for all")
    (n_seeds,) = counts
    scores = np.zeros((len(names), len(sets), n_seeds), dtype=np.float64)
    drawn = np.zeros((len(names), len(sets), replicates), dtype=np.float64)
    for where, (task, truth) in enumerate(truths.items()):
        weights = _draw_weights(len(truth), replicates, join_seeds(seed, where, 0))
        seeds = draw_below(replicates * n_seeds, n_seeds, join_seeds(seed, where, 1)).reshape(replicates, n_seeds)
        said = [np.asarray(each, dtype=np.int32) for name in names for each in answers[name][task]]
        if any(each.shape != truth.shape for each in said):
            raise InputError(f"answers do not fit the {len(truth):,} test rows of {task}", hint="run them again")
        classes = 1 + max(int(each.max(initial=0)) for each in (truth, *said))
        for at, each in enumerate(said):
            one, number = divmod(at, n_seeds)
            scores[one, where, number] = _MERITS[merit](count_confusion(truth, each, classes=classes))
        for one in range(len(names)):
            values = np.stack(
                [
                    _MERITS[merit](count_confusion(truth, each, classes=classes, weights=weights))
                    for each in said[one * n_seeds : (one + 1) * n_seeds]
                ],
                axis=1,
            )  # (replicates, seeds)
            drawn[one, where] = np.take_along_axis(values, seeds, axis=1).mean(axis=1)
    return Comparison(names, sets, scores, drawn)


def _draw_weights(n_rows: int, replicates: int, seed: int) -> Floats:
    """Count how often each row is drawn, (replicates, n_rows)."""
    rows = draw_below(replicates * n_rows, n_rows, seed).reshape(replicates, n_rows)
    shifted = rows + np.arange(replicates, dtype=np.int64)[:, None] * n_rows
    counts = np.bincount(shifted.ravel().astype(np.intp), minlength=replicates * n_rows).astype(np.float64)
    return counts.reshape(replicates, n_rows)


def _interval(scores: Floats, replicates: Floats) -> Interval:
    low, high = np.quantile(replicates, _EDGES)
    return Interval(float(scores.mean()), float(low), float(high))
