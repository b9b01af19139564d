"""A frozen probe: what a linear reader makes of the bag of a tokenizer, and nothing that could make up for it."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.vq_features import Features, bag_of
from genotok.analysis.vq_sets import LabelledRows, LabelledSet
from genotok.arrays import Ids, Places
from genotok.errors import ConfigError, InputError, missing_extra
from genotok.kernels.confusion import count_confusion, matthews
from genotok.kernels.draws import draw_below, draw_words, join_seeds, sample_places

PROTOCOL = "probe-1"  # a result of another protocol is another result
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # C of the logistic regression, chosen on dev
FEW_ROWS = 12_000  # the smaller of both sizes that are reported
STEPS = 500
FOLDS = 5  # where dev is learnt from


@dataclass(frozen=True, eq=False)
class ProbeRun:
    """One fit: what dev ``chose``, the MCC there, and the classes that are said of the test rows, (n,).

    Of a probe dev chooses its strength C, of a network its epoch. ``seed`` is None for the train rows as they are.
    ``settled`` tells if all fits ended before their last step; ``parameters`` counts those of a network.
    """

    seed: int | None
    chose: float
    dev_mcc: float
    predicted: Ids
    settled: bool = True
    parameters: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"predicted": self.predicted.tolist()}

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "ProbeRun":
        """Read what `to_dict` returned."""
        return cls(**{**told, "predicted": np.array(told["predicted"], dtype=np.int32)})


def draw_rows(n_rows: int, most: int | None, seed: int | None) -> Places:
    """Draw the train rows of a seed, ascending: as many as are used, with replacement, out of all (n_rows,).

    Without a seed they are the rows as they are, or a sample of ``most`` of them.

    >>> draw_rows(5, None, None).tolist(), len(draw_rows(9, 4, 0)), len(set(draw_rows(9, 4, None).tolist()))
    ([0, 1, 2, 3, 4], 4, 4)
    """
    used = n_rows if most is None else min(most, n_rows)
    if seed is None:
        return np.arange(n_rows, dtype=np.intp) if used == n_rows else sample_places(n_rows, used, 0)
    return np.sort(draw_below(used, n_rows, join_seeds(seed, 1))).astype(np.intp)


def probe(
    features: Features, task: LabelledSet, seeds: Sequence[int | None], *, most: int | None = FEW_ROWS
) -> Iterator[ProbeRun]:
    """Fit the probe for each seed, and read the test rows once a seed (extra ``[eval]``).

    Log counts of all streams go into a logistic regression; its strength is the one of `STRENGTHS` with the highest MCC
    on dev, of equal ones the least. A set without train rows is learnt from dev, and five folds of it choose. Equal
    seeds draw equal rows whatever the tokenizer is, so differences are paired.
    """
    if most is not None and most < 2:
        raise ConfigError(f"rows={most}", hint="2 or more")
    taught, dev, test = (_matrix(features, rows) for rows in (task.taught, task.dev, task.test))
    for seed in seeds:
        drawn = np.bincount(draw_rows(len(task.taught), most, seed), minlength=len(task.taught)).astype(np.float64)
        rows = np.flatnonzero(drawn)
        labels = task.taught.labels[rows]
        if len(np.unique(labels)) < task.classes:
            raise InputError(f"{task.name}: the rows of seed {seed} lack a class", hint="give more rows of each")
        lesson = _Lesson(taught[rows], labels, drawn[rows], task.classes)
        if task.is_dev_trained:
            strength, merit, settled = lesson.choose_by_folds()
        else:
            strength, merit, settled = lesson.choose(dev, task.dev.labels)
        predicted, ended = lesson.predict(strength, test)
        yield ProbeRun(seed, strength, merit, predicted, settled and ended)


@dataclass(frozen=True, eq=False)
class _Lesson:
    """Rows to learn from, each counted ``weights`` times."""

    rows: Any
    labels: Ids
    weights: NDArray[np.float64]
    classes: int

    def choose(self, dev: Any, labels: Ids) -> tuple[float, float, bool]:
        """Return the strength with the highest MCC on dev, that MCC, and whether all fits ended."""
        found = [self.predict(strength, dev) for strength in STRENGTHS]
        merits = [self._merit(labels, predicted) for predicted, _ in found]
        best = int(np.argmax(merits))
        return STRENGTHS[best], merits[best], all(ended for _, ended in found)

    def choose_by_folds(self) -> tuple[float, float, bool]:
        """Return the same by rows that are left out of the lesson in turn; a row that counts twice is in one fold."""
        folds = np.argsort(np.argsort(draw_words(len(self.labels), 0), kind="stable"), kind="stable") % FOLDS
        merits, settled = [], True
        for strength in STRENGTHS:
            said = np.zeros(len(self.labels), dtype=np.int32)
            for fold in range(FOLDS):
                inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
                part = _Lesson(self.rows[inside], self.labels[inside], self.weights[inside], self.classes)
                said[outside], ended = part.predict(strength, self.rows[outside])
                settled = settled and ended
            merits.append(self._merit(self.labels, said))
        best = int(np.argmax(merits))
        return STRENGTHS[best], merits[best], settled

    def predict(self, strength: float, rows: Any) -> tuple[Ids, bool]:
        """Fit, and return the classes of other rows, and whether the fit ended before its last step."""
        linear: Any = _load_sklearn("sklearn.linear_model")
        unsettled: Any = _load_sklearn("sklearn.exceptions").ConvergenceWarning
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", unsettled)  # which the result says
            reader = linear.LogisticRegression(C=strength, max_iter=STEPS)
            reader.fit(self.rows, self.labels, sample_weight=self.weights)
        return reader.predict(rows).astype(np.int32), bool(int(reader.n_iter_.max()) < STEPS)

    def _merit(self, labels: Ids, predicted: Ids) -> float:
        return float(matthews(count_confusion(labels, predicted, classes=self.classes)))


def _matrix(features: Features, rows: LabelledRows) -> Any:
    """Return the bag of some rows as scipy's matrix of float64."""
    return bag_of(features, rows.texts).astype(np.float64).to_scipy()


def _load_sklearn(name: str) -> Any:
    try:
        match name:
            case "sklearn.linear_model":
                return import_module("sklearn.linear_model")
            case _:
                return import_module("sklearn.exceptions")
    except ImportError:
        raise missing_extra("eval", "scikit-learn") from None
