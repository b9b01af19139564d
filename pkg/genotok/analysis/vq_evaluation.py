"""The evaluation as one table: every tokenizer on every set, over seeds, beside its tokens, bits and speed."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from genotok.analysis.vq_cache import ResultCache
from genotok.analysis.vq_comparison import Comparison, Difference, Merit, compare
from genotok.analysis.vq_features import Features, Rates, Texts
from genotok.analysis.vq_probe import FEW_ROWS, PROTOCOL, ProbeRun, probe
from genotok.analysis.vq_sets import LabelledSet
from genotok.arrays import Ids

SEEDS = 5
_TIMED = 500_000  # letters that speed is measured on
_TIMES = 3


class Judge(Protocol):
    """What learns from the tokens of a set's rows and says the classes of its test rows, once for each seed."""

    def __call__(
        self, features: Features, task: LabelledSet, seeds: Sequence[int | None], *, most: int | None
    ) -> Iterable[ProbeRun]:
        """Return a run for each seed."""


@dataclass(frozen=True, eq=False)
class TableRow:
    """One tokenizer: what it makes of all rows, its speed in Mb/s (NaN if not measured), and its runs by set.

    ``learned`` tells a model from a baseline.
    """

    name: str
    digest: str
    rates: Rates
    speed: float
    runs: Mapping[str, Sequence[ProbeRun]]
    learned: bool = False

    @property
    def parameters(self) -> dict[str, int]:
        """How many a network has, of the first set; none for a probe."""
        return next(iter(self.runs.values()))[0].parameters

    def answers(self, *, once: bool) -> dict[str, list[Ids]]:
        """Return what was said of the test rows of each set, by rows as they are or by those of the seeds."""
        return {task: [run.predicted for run in runs if (run.seed is None) == once] for task, runs in self.runs.items()}


@dataclass(frozen=True, eq=False)
class EvaluationTable:
    """Tokenizers on the sets of one kind: ``title``, ``judge`` (its protocol), ``most`` train rows, ``seeds``.

    ``seeded`` compares them over seeds that resample the train rows; ``once`` by the rows as they are.
    """

    title: str
    judge: str
    most: int | None
    merit: Merit
    tasks: tuple[LabelledSet, ...]
    rows: tuple[TableRow, ...]
    seeds: tuple[int, ...]
    seeded: Comparison
    once: Comparison | None

    @property
    def names(self) -> tuple[str, ...]:
        """The tokenizers, in order."""
        return tuple(each.name for each in self.rows)

    def differences(self) -> list[Difference]:
        """Return who is ahead of whom: each pair once, the later row against the earlier."""
        names = self.names
        return [self.seeded.difference(one, other) for at, one in enumerate(names) for other in names[:at]]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "title": self.title,
            "judge": self.judge,
            "rows": self.most,
            "merit": self.merit,
            "seeds": list(self.seeds),
            "sets": {each.name: _describe_set(each) for each in self.tasks},
            "tokenizers": [self._row_dict(each) for each in self.rows],
            "differences": [each.to_dict() for each in self.differences()],
        }

    def _row_dict(self, row: TableRow) -> dict[str, Any]:
        rates, seeded = row.rates, self.seeded
        place = seeded.names.index(row.name)
        sets = {}
        for at, task in enumerate(self.tasks):
            runs = [each for each in row.runs[task.name] if each.seed is not None]
            sets[task.name] = seeded.of_set(row.name, task.name).to_dict() | {
                "seeds": seeded.scores[place, at].tolist(),
                "chose": [each.chose for each in runs],
                "settled": all(each.settled for each in runs),
                "once": None if self.once is None else self.once.of_set(row.name, task.name).mean,
            }
        told = asdict(rates) | {
            "nominal_bits": rates.nominal_bits,
            "tokens_per_base": rates.tokens_per_base,
            "bits_per_base": rates.bits_per_base,
            "megabases_per_second": None if math.isnan(row.speed) else row.speed,
        }
        once = None if self.once is None else self.once.overall(row.name).to_dict()
        head = {"name": row.name, "learned": row.learned, "digest": row.digest, "parameters": row.parameters}
        return head | told | {"overall": seeded.overall(row.name).to_dict(), "once": once, "by_set": sets}


def _describe_set(task: LabelledSet) -> dict[str, Any]:
    rows = {split: len(each) for split, each in task.splits.items()}
    return {"digest": task.digest, "classes": task.classes, "rows": rows, "left_out": task.left_out}


def run_kept(
    features: Features,
    task: LabelledSet,
    seeds: Sequence[int | None],
    *,
    most: int | None = FEW_ROWS,
    cache: ResultCache | None = None,
    judge: Judge = probe,
    protocol: str = PROTOCOL,
) -> list[ProbeRun]:
    """Judge a tokenizer on a set, seed by seed; what is kept of an earlier run is not done again."""
    kept = cache or ResultCache()
    key = {"tokenizer": features.digest, "set": task.digest, "rows": most, "protocol": protocol}
    found: dict[int | None, ProbeRun] = {}
    for seed in seeds:
        told = kept.get({**key, "seed": seed})
        if told is not None and len(told["predicted"]) == len(task.test):
            found[seed] = ProbeRun.from_dict(told)
    missing = [seed for seed in seeds if seed not in found]
    if missing:
        for run in judge(features, task, missing, most=most):
            kept.put({**key, "seed": run.seed}, run.to_dict())
            found[run.seed] = run
    return [found[seed] for seed in seeds]


def make_table(
    title: str,
    tasks: Sequence[LabelledSet],
    rows: Sequence[TableRow],
    *,
    most: int | None,
    judge: str = PROTOCOL,
    merit: Merit = "mcc",
) -> EvaluationTable:
    """Put runs together; all tokenizers have the same seeds of all sets."""
    truths = {each.name: each.test.labels for each in tasks}
    runs = rows[0].runs[tasks[0].name]
    seeds = tuple(each.seed for each in runs if each.seed is not None)
    seeded = compare({each.name: each.answers(once=False) for each in rows}, truths, merit=merit)
    once = None
    if any(each.seed is None for each in runs):
        once = compare({each.name: each.answers(once=True) for each in rows}, truths, merit=merit)
    return EvaluationTable(title, judge, most, merit, tuple(tasks), tuple(rows), seeds, seeded, once)


def measure_speed(features: Features, texts: Texts, *, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return megabases a second of tokenizing some documents, the median of three; NaN of none."""
    timed: list[str] = []
    letters = 0
    for text in texts:
        if letters >= _TIMED:
            break
        timed.append(text)
        letters += len(text)
    if not letters:
        return math.nan
    features.streams(timed[:1])  # what is made at first use
    seconds = []
    for _ in range(_TIMES):
        began = clock()
        features.streams(timed)
        seconds.append(clock() - began)
    return letters / 1e6 / max(float(np.median(seconds)), 1e-9)
