"""How a network does on contigs that it has not seen, beside what needs no network: figures, and the table of them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from genotok.analysis.metrics import binary_metrics
from genotok.analysis.peakcalling import EVALUATION, call_peaks
from genotok.analysis.tables import decimals, text_table
from genotok.cli.motif.learndata import Data, plain
from genotok.train.controls import run_controls
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import Predictions, predict_contigs
from genotok.train.models import ModelConfig
from genotok.train.runs import RunInputs
from genotok.train.windows import Split

_SHOWN = ("f1", "recall", "precision", "mcc", "auroc", "average_precision", "peak_recall", "peak_precision")
_COLUMNS = ("", "per window", "all bins", "windows", "all zero", "undefined")


def predict_run(
    model: Any, config: ModelConfig, inputs: RunInputs, data: Data, names: Sequence[str], *, device: str
) -> Predictions:
    """Predict contigs as the network of a run sees them."""
    contigs = data.contigs(names, onehot=config.input == "onehot")
    dataset = WindowDataset.to_score(contigs, inputs.windows, scaling=inputs.scaling)
    return predict_contigs(model, dataset, device=device, progress=data.progress)


def judge(predictions: Predictions, config: ModelConfig, data: Data, names: Sequence[str]) -> dict[str, Any]:
    """Return how predictions agree with the signals: on their own units, on a common grid, and peak by peak."""
    peaks = [
        predictions.compare_peaks(partial(call_peaks, config=EVALUATION), binary_metrics, track=track).to_dict()
        for track in range(config.tracks)
    ]
    told = {
        "contigs": list(names),
        "agreement": predictions.agreement.to_dict(),
        "on_16_bp": predictions.on_grid(data.signals).agreement.to_dict(),
        "peak_settings": EVALUATION.to_dict(),
        "peaks": peaks,
    }
    found: dict[str, Any] = plain(told)
    return found


def judge_controls(data: Data, split: Split, inputs: RunInputs) -> list[dict[str, Any]]:
    """Fit ridge regressions to the same contigs, and return how they do on those to test with."""
    names = [*split.train, *split.validation, *split.test]
    rows = run_controls(data.tokens(names), data.codes(names), split, windows=inputs.windows, progress=data.progress)
    found: list[dict[str, Any]] = plain([each.to_dict() for each in rows])
    return found


def render_judgement(told: Mapping[str, Any], controls: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    """Yield the table of correlations, and a line of how peaks agree for each track."""
    rows = [(name, told["agreement"]), (f"{name}, on bins of 16 bp", told["on_16_bp"])]
    rows += [(f"ridge on {each['name']}", each) for each in controls]
    yield f"correlation on {', '.join(told['contigs'])}:"
    yield from text_table(_COLUMNS, (_cells(*row) for row in rows), texts=1).splitlines()
    for track, metrics in enumerate(told["peaks"], start=1):
        which = f" of track {track}" if len(told["peaks"]) > 1 else ""
        shown = ", ".join(f"{each.replace('_', ' ')} {_number(metrics[each])}" for each in _SHOWN)
        yield f"peaks{which}: {shown}"


def _cells(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    counts = (f"{row[each]:,}" for each in ("windows", "both_zero", "undefined"))
    return (name, _number(row["window_pearson"]), _number(row["pearson"]), *counts)


def _number(value: float | None) -> str:
    return "-" if value is None else decimals(value)
