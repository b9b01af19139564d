"""How a trained network does on the test contigs: correlations, peaks, and how its attributions tell bound loci."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from modelworlds import World

from genotok.analysis.metrics import binary_metrics
from genotok.analysis.peakcalling import call_peaks, sweep_peaks
from genotok.train.agreement import agree, pearson
from genotok.train.attribution import Attribution, deeplift, input_x_gradient
from genotok.train.contigs import TARGET_SCALE, Scaling
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import Predictions, predict_contigs, spans_of
from genotok.train.loci import Loci
from genotok.train.locus_scores import (
    best_pwm,
    columns_of_factor,
    score_bases,
    score_tokens,
    value_of_tokens,
)
from genotok.train.tf_benchmark import area_of
from genotok.train.windows import WindowConfig

PEAK_FIGURES = ("recall", "precision", "f1", "mcc", "peak_recall", "peak_precision", "auroc", "average_precision")
BATCH = 16


def score_test(model: Any, kind: str, world: World, windows: WindowConfig) -> tuple[dict[str, Any], list[float]]:
    """Return correlations and peaks of the test contigs, and the correlation of each window of the common grid.

    ``units`` are what the network predicts, ``grid`` are 16 bp, where both kinds are judged over the same windows.
    """
    found = {part: _predict(model, kind, world, part, windows) for part in ("validation", "test")}
    grids = {part: each.on_grid(world.signal) for part, each in found.items()}
    spans = spans_of(WindowDataset.to_score(world.part("onehot", "test"), windows))
    grid = grids["test"]
    each = [pearson(grid.values[at][a:b, 0], grid.targets[at][a:b, 0]) for at, a, b in spans]
    scores = {
        "units": _correlations(found["test"], found["test"].spans),
        "grid": _correlations(grid, spans),
        "peaks": _peaks(grids["validation"], grid, world),
    }
    return scores, each


def _predict(model: Any, kind: str, world: World, part: str, windows: WindowConfig) -> Predictions:
    scaling = Scaling() if kind == "tokens" else None
    dataset = WindowDataset.to_score(world.part(kind, part), windows, scaling=scaling)
    return predict_contigs(model, dataset, batch=BATCH, device="cpu")


def _correlations(found: Predictions, spans: Sequence[tuple[int, int, int]]) -> dict[str, float | None]:
    agreement = agree(found.values, found.targets, spans).to_dict()
    pair = (np.concatenate([each[:, 0] for each in side]) for side in (found.values, found.targets))
    wanted = {name: agreement[name] for name in ("window_pearson", "pearson")}
    return wanted | {"spearman": _known(pearson(*(_midranks(side) for side in pair)))}


def _midranks(values: np.ndarray) -> np.ndarray:
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts, dtype=np.int64) - (counts - 1) / 2)[which]


def _peaks(validation: Predictions, test: Predictions, world: World) -> dict[str, dict[str, float | None]]:
    """Compare peaks of the prediction with peaks of the signal, both called in log(1 + signal) on the grid.

    Those of the prediction are called with the ``same`` settings as the signal's, and with those that a sweep finds
    best on the validation contigs (``swept``): a prediction is flatter than the signal.
    """
    learnt, judged = (_tracks(each) for each in (validation, test))
    truth = call_peaks(judged[1], world.caller)
    best = sweep_peaks(learnt[0], call_peaks(learnt[1], world.caller)).best
    rows = {}
    for name, config in (("same", world.caller), ("swept", best)):
        metrics = binary_metrics(truth, call_peaks(judged[0], config), scores=judged[0]).to_dict()
        rows[name] = {figure: metrics[figure] for figure in PEAK_FIGURES}
    return rows


def _tracks(found: Predictions) -> list[np.ndarray]:
    sides = (found.values, found.targets)
    return [np.concatenate([each[:, 0] for each in side]).astype(np.float64) * TARGET_SCALE for side in sides]


def attribution_scores(
    model: Any, kind: str, world: World, windows: WindowConfig, *, few: int, draws: int = 1000
) -> dict[str, Any]:
    """Return areas of Input x Gradient at all loci, and of DeepLIFT at the first ``few`` of each kind, by unbound kind.

    DeepLIFT's baseline is zeros; ``completeness`` is the largest relative error of its sums.
    """
    errors = [0.0]

    def gradients(inputs: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return input_x_gradient(model, inputs, starts, crop=windows.crop, device="cpu").values

    def differences(inputs: np.ndarray, _: np.ndarray) -> np.ndarray:
        found: Attribution = deeplift(model, inputs, crop=windows.crop, device="cpu")
        errors.append(float(found.errors.max()))
        return found.values

    areas: dict[str, Any] = {"input_x_gradient": {}, "deeplift": {}}
    for name, loci in world.loci.items():
        for method, attribute, some in (
            ("input_x_gradient", gradients, loci),
            ("deeplift", differences, first_of(loci, few)),
        ):
            if len(some):
                scores = _score(kind, some, world, attribute, windows.length)
                areas[method][name] = area_of(some.is_bound, scores, draws=draws).to_dict()
    return areas | {"deeplift_error": max(errors)}


def _score(kind: str, loci: Loci, world: World, attribute: Any, length: int) -> np.ndarray:
    if kind == "tokens":
        columns = factor_columns(world, loci)
        return score_tokens(loci, world.tokens, columns, attribute, length=length, scaling=Scaling(), batch=BATCH)
    return score_bases(loci, world.bases, world.tokenizer.motifs, attribute, length=length, batch=BATCH)


def locus_controls(world: World, *, draws: int = 1000) -> dict[str, Any]:
    """Return what needs no network at the same loci: the best score of a motif, and the value of tokens."""
    codes = {name: each.codes for name, each in world.genome.items()}
    rows = {}
    for name, loci in world.loci.items():
        found = {
            "best_pwm": best_pwm(loci, codes, world.tokenizer.motifs),
            "token_value": value_of_tokens(loci, world.tokens, factor_columns(world, loci)),
        }
        n_bound = int(np.count_nonzero(loci.is_bound))
        rows[name] = {"bound": n_bound, "unbound": len(loci) - n_bound} | {
            control: area_of(loci.is_bound, scores, draws=draws).to_dict() for control, scores in found.items()
        }
    return rows


def factor_columns(world: World, loci: Loci) -> dict[str, np.ndarray]:
    """Return the clusters of each factor of some loci."""
    tokenizer = world.tokenizer
    return {each: columns_of_factor(each, tokenizer.motifs, tokenizer.labels) for each in sorted(set(loci.factors))}


def first_of(loci: Loci, n: int) -> Loci:
    """Keep the first n of the bound loci, and of the others."""
    rows = np.concatenate([np.flatnonzero(loci.is_bound == kind)[:n] for kind in (True, False)])
    texts = ([column[row] for row in rows.tolist()] for column in (loci.contigs, loci.factors))
    contigs, factors = (tuple(each) for each in texts)
    return Loci(contigs, loci.starts[rows], loci.ends[rows], factors, loci.is_bound[rows])


def _known(value: float) -> float | None:
    return None if value != value else value
