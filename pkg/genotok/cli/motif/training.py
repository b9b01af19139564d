"""The work of ``genotok motif train``: contigs into datasets, epochs into a folder, figures into its report."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from genotok import __version__
from genotok.analysis.learningpicture import draw_learning, learning_table
from genotok.cli.motif.judging import judge, judge_controls, predict_run, render_judgement
from genotok.cli.motif.learndata import Data, check_signals, open_data, plain
from genotok.cli.motif.opening import open_tokenizer
from genotok.cli.motif.pictures import save_picture
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count, say
from genotok.io.sinks import atomic_write
from genotok.tokenizers.motif import MotifTokenizer
from genotok.train.checkpoints import read_state
from genotok.train.contigs import Scaling
from genotok.train.dataset import WindowDataset
from genotok.train.libraries import choose_device
from genotok.train.loop import EpochRecord, Training, train_model
from genotok.train.models import BASES_A_UNIT, ModelConfig, count_parameters
from genotok.train.runs import TOKENIZER, RunInputs, digest_contigs
from genotok.train.settings import TrainConfig
from genotok.train.windows import Split, WindowConfig, split_contigs, training_windows, windows_around

CURVE, REPORT = "curve.svg", "report.json"
_SHELF = 64  # windows of a store that are read together
_SETTINGS = (
    *("epochs", "batch", "rate", "schedule", "gamma", "poisson", "multinomial", "patience", "seed", "workers"),
    *("autocast", "device"),
)


def train_run(fasta: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Train into a folder; return its report, as plain values and as lines."""
    folder = Path(options["output"])
    device = choose_device(options["device"])  # first, as what is missing should be told before a genome is read
    windows, config = windows_of(options), _config(options)
    tokenizer = open_tokenizer(options["tokenizer"])
    model = _model(options, tokenizer)
    tracks = options["tracks"]
    with (
        show_phases(wanted=not options["quiet"]) as progress,
        open_data(fasta, tokenizer, tracks, store=options["store"], progress=progress) as data,
    ):
        split = _split(data, options)
        warnings = [
            word
            for purpose, names in (("validation", split.validation), ("testing", split.test), ("training", split.train))
            for word in check_signals(data, tracks, names, purpose)
        ]
        inputs = _inputs(data, split, windows, options)
        inputs.check_against(folder)
        datasets = _datasets(data, inputs, model, options)
        tokenizer.save_pretrained(folder / TOKENIZER)
        inputs.write(folder)
        run = _train(model, config, datasets, folder, options, progress)
        predictions = predict_run(run.model, model, inputs, data, split.test, device=options["device"])
        test = judge(predictions, model, data, split.test)
        controls = [] if options["no_controls"] else judge_controls(data, split, inputs)
    state = read_state(folder)
    assert state is not None, "the run has just ended"
    told = {
        "version": __version__,
        "device": str(device),
        "parameters": count_parameters(run.model),
        "model": model.to_dict(),
        "config": config.to_dict(),
        "inputs": inputs.to_dict(),
        "training_windows": len(datasets[0]),
        "left_out_bins": datasets[0].windows.left_out,
        "best_epoch": run.best_epoch + 1,
        "epochs": state["records"],
        "test": test,
        "controls": controls,
        "warnings": warnings,
    }
    told = plain(told)
    with atomic_write(folder / REPORT) as file:
        file.write((json.dumps(told, indent=1) + "\n").encode())
    return told, [*warnings, *_lines(told, run, folder)]


def _train(
    model: ModelConfig,
    config: TrainConfig,
    datasets: tuple[WindowDataset, WindowDataset],
    folder: Path,
    options: Mapping[str, Any],
    progress: Any,
) -> Training:
    def keep(records: tuple[EpochRecord, ...]) -> None:
        rows = [vars(each) for each in records]
        save_picture(folder / CURVE, draw_learning(rows, title="Training"), learning_table(rows))
        if not options["quiet"]:
            say(tell_epoch(records[-1], config.epochs))

    try:
        return train_model(
            model, *datasets, folder, config=config, resume=options["resume"], progress=progress, on_epoch=keep
        )
    except (KeyboardInterrupt, OSError, MemoryError) as error:
        state = read_state(folder)
        done = len(state["records"]) if state else 0
        words = f"{count(done, 'whole epoch')} in {folder}, --resume goes on from there"
        error.add_note(words if done else f"no epoch is whole yet, {folder} holds no weights")
        raise


def tell_epoch(record: EpochRecord, epochs: int) -> str:
    """Say in a line what came of an epoch."""
    agreement = ", ".join(
        f"{'-' if value is None else format(value, '.4f')} {name}"
        for name, value in (("per window", record.window_pearson), ("over all bins", record.pearson))
    )
    return f"epoch {record.epoch + 1} of {epochs}: loss {record.loss:.4f}; r {agreement}; {record.seconds:.1f} s"


def windows_of(options: Mapping[str, Any]) -> WindowConfig:
    """Return how contigs are cut; what is not given goes with the length as in the paper."""
    length = options["length"]
    usual = {"stride": max(length * 2 // 5, 1), "crop": length // 10, "shift": length // 5}
    chosen = {name: value if options[name] is None else options[name] for name, value in usual.items()}
    return WindowConfig(length=length, **chosen)


def _config(options: Mapping[str, Any]) -> TrainConfig:
    warmup = options["epochs"] // 3 if options["warmup"] is None else options["warmup"]
    return TrainConfig(warmup=warmup, **{name: options[name] for name in _SETTINGS})


def _model(options: Mapping[str, Any], tokenizer: MotifTokenizer) -> ModelConfig:
    settings = {name: options[name] for name in ("pool", "final", "dropout", "scale")}
    return ModelConfig(options["input_"], options["model"], tokenizer.n_clusters, len(options["tracks"]), **settings)


def _split(data: Data, options: Mapping[str, Any]) -> Split:
    names = {"validation": options["val"], "test": options["test"], "exclude": options["exclude"]}
    given = {name: value for name, value in names.items() if value is not None}
    if data.store is not None:
        return split_contigs([each for each in data.genome if each in data.store.names], **given)
    return split_contigs(list(data.genome), **given)


def _inputs(data: Data, split: Split, windows: WindowConfig, options: Mapping[str, Any]) -> RunInputs:
    is_onehot = options["input_"] == "onehot"
    scaling = None
    if not is_onehot:
        scaling = Scaling() if options["scaling"] == "paper" else Scaling.of(data.tokens(split.train))
    learnt = data.contigs([*split.train, *split.validation], onehot=is_onehot)
    names = tuple(Path(each).name for each in options["tracks"])
    noise = 0.0 if is_onehot else options["noise"]
    return RunInputs(windows, split, names, scaling, noise, digest_contigs(learnt))


def _datasets(
    data: Data, inputs: RunInputs, model: ModelConfig, options: Mapping[str, Any]
) -> tuple[WindowDataset, WindowDataset]:
    """Return the windows to train on, and those to choose the best epoch by."""
    split, windows, seed = inputs.split, inputs.windows, options["seed"]
    if model.input == "tokens":
        shelf = None if data.store is None else _SHELF
        chosen: dict[str, Any] = {"scaling": inputs.scaling, "noise": inputs.noise, "shelf": shelf, "seed": seed}
        training = WindowDataset.to_train(data.tokens(split.train), windows, **chosen)
        return training, WindowDataset.to_score(data.tokens(split.validation), windows, scaling=inputs.scaling)
    training = _letters_around(data, split.train, windows, seed)
    return training, WindowDataset.to_score(data.bases(split.validation), windows)


def _letters_around(data: Data, names: Sequence[str], windows: WindowConfig, seed: int) -> WindowDataset:
    """Return windows of letters around the middles of those of bins, so that both kinds see the same places."""
    bins, bases = data.tokens(names), data.bases(names)
    found = windows_around(
        training_windows([len(each) for each in bins], windows),
        [each.boundaries for each in bins],
        [len(each) for each in bases],
        unit=BASES_A_UNIT,
    )
    return WindowDataset(bases, found, length=windows.length, shift=windows.shift, seed=seed)


def _lines(told: Mapping[str, Any], run: Training, folder: Path) -> list[str]:
    """Say what came of a run."""
    model = told["model"]
    what = f"{model['body']} network on {model['input']}, {told['parameters']:,} weights, on {told['device']}"
    windows = count(told["training_windows"], "window")
    return [
        f"{what}; {windows} to train on ({count(told['left_out_bins'], 'bin')} at ends in none)",
        f"best of {count(len(run.records), 'epoch')}: {told['best_epoch']}",
        *render_judgement(told["test"], told["controls"], model["input"]),
        f"written to {folder}",
    ]
