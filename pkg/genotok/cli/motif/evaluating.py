"""The work of ``genotok motif evaluate``: predictions of contigs, the figures of them, and a picture."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import click
import numpy as np

from genotok.analysis.peakcalling import EVALUATION, call_peaks
from genotok.analysis.trackpicture import draw_tracks, track_table
from genotok.cli.motif.asking import AskedRun, open_run
from genotok.cli.motif.judging import judge, judge_controls, predict_run, render_judgement
from genotok.cli.motif.learndata import Data, check_signals, open_data, wanted_contigs
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import show_phases
from genotok.io.sinks import atomic_write, open_packed
from genotok.train.contigs import TARGET_SCALE
from genotok.train.evaluate import Predictions


def evaluate_run(folder: str, fasta: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Evaluate a run; return its figures as plain values and as lines."""
    run = open_run(folder, device=options["device"])
    tracks = options["tracks"]
    if len(tracks) != run.config.tracks:
        raise click.UsageError(f"the network predicts {run.config.tracks}, and --track names {len(tracks)}")
    with (
        show_phases(wanted=True) as progress,
        open_data(fasta, run.tokenizer, tracks, store=options["store"], progress=progress) as data,
    ):
        names = wanted_contigs(data, options["contigs"] or run.inputs.split.test)
        warnings = check_signals(data, tracks, names, "judging")
        controls = _controls(data, run) if options["controls"] else []
        predictions = predict_run(run.model, run.config, run.inputs, data, names, device=options["device"])
        test = judge(predictions, run.config, data, names)
    for each in warnings:
        click.echo(each, err=True)
    if options["predictions"] is not None:
        write_predictions(options["predictions"], predictions)
    if options["plot"] is not None:
        pairs = [_measured(predictions, at) for at in range(len(names))]
        title = f"Signal and prediction, {', '.join(names)}"
        caller = partial(call_peaks, config=EVALUATION)
        write_picture(options["plot"], draw_tracks(pairs, caller, title=title), track_table(pairs, caller))
    told = {"run": folder, "best_epoch": run.best_epoch + 1, "model": run.config.to_dict()}
    told |= {"inputs": run.inputs.to_dict(), "test": test, "controls": controls, "warnings": warnings}
    kind = f"{run.config.input} ({run.config.body}, epoch {run.best_epoch + 1})"
    return told, list(render_judgement(test, controls, kind))


def _controls(data: Data, run: AskedRun) -> list[dict[str, Any]]:
    split = run.inputs.split
    wanted_contigs(data, [*split.train, *split.validation, *split.test])
    return judge_controls(data, split, run.inputs)


def _measured(predictions: Predictions, at: int) -> tuple[str, Any, Any, Any]:
    """Return name, boundaries, and log(1 + signal) as it is and as it is predicted, of the first track."""
    contig = predictions.contigs[at]
    both = predictions.targets[at], predictions.values[at]
    truth, found = (each[:, 0].astype(np.float64) * TARGET_SCALE for each in both)
    return contig.name, contig.boundaries, truth, found


def write_predictions(path: str, predictions: Predictions) -> None:
    """Write the first track as bedGraph: the signal whose log(1 + value) is predicted, bin by bin."""
    with atomic_write(path) as file, open_packed(file, packed=path.endswith(".gz")) as sink:
        for at, contig in enumerate(predictions.contigs):
            edges = contig.boundaries.tolist()
            values = np.expm1(predictions.values[at][:, 0].astype(np.float64) * TARGET_SCALE).tolist()
            for start, end, value in zip(edges[:-1], edges[1:], values, strict=True):
                sink.write(f"{contig.name}\t{start}\t{end}\t{value:.6g}\n".encode())
