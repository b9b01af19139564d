"""The work of ``genotok vq finetune``, and what is told of it."""

import csv
import io
import platform
from collections.abc import Iterator, Mapping, Sequence
from os import cpu_count
from pathlib import Path
from time import monotonic
from typing import Any

import click
import numpy as np

from genotok import __version__
from genotok.analysis.vq_comparison import Merit, compare
from genotok.analysis.vq_sets import LabelledRows, LabelledSet, read_task
from genotok.cli.app import spell_options
from genotok.cli.report import count, say
from genotok.cli.vq.reading import open_saved_reader
from genotok.errors import ConfigError
from genotok.io.folder import refuse_other_kind
from genotok.io.sinks import atomic_write
from genotok.train.finetune import FinetuneRun, LabelledDocuments, finetune
from genotok.train.finetune_config import FinetuneConfig
from genotok.train.finetune_saving import FACTS, save_classifier
from genotok.train.libraries import choose_device, load_torch, load_transformers
from genotok.train.mlm_saving import FACTS as PRETRAINED
from genotok.train.mlm_saving import open_masked_model
from genotok.train.mlm_tokens import Reader
from genotok.train.pooling import Documents

PREDICTIONS, FORMAT = "predictions.csv", 1
_OTHER_STRAND = str.maketrans("ACGTRYKMBDHV", "TGCAYRMKVHDB")  # the other letters stand for themselves
_SETTINGS = ("epochs", "patience", "batch", "dropout", "rank", "alpha", "lora_dropout")
_MERITS: Mapping[str, Merit] = {"mcc": "mcc", "f1": "macro_f1", "accuracy": "accuracy"}


def finetune_model(options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Read, fit each seed, score, and write; returns the facts, and them as text."""
    began, folder = monotonic(), Path(options["output"])
    refuse_other_kind(folder, "vq")  # before the work, not after it
    for name in (PRETRAINED, FACTS):
        if (folder / name).exists():
            raise ConfigError(f"there is a model in it ({name})", path=str(folder), hint="choose another folder")
    config = _config(options)
    load_transformers()
    device = choose_device(options["device"])
    task = read_task(folder.name, train=options["train"], dev=options["dev"], test=options["test"])
    model, told = open_masked_model(options["model"])
    reader = open_saved_reader(options["model"], told)
    if options["threads"] is not None:
        load_torch().set_num_threads(options["threads"])
    longest = int(model.config.max_position_embeddings)
    splits = {
        name: LabelledDocuments(documents_of(reader, rows.texts, longest), rows.labels)
        for name, rows in task.splits.items()
    }
    runs = _run_all(model, splits, config, options)
    scores = _score(task, runs)
    best = max(runs, key=lambda each: (each.dev[each.epoch - 1], -each.seed))
    facts = _facts(options, task, config, told, runs, scores, best, str(device), monotonic() - began)
    facts["notes"] = [*_notes(task, splits)]
    save_classifier(folder, best, reader, facts)
    with atomic_write(folder / PREDICTIONS) as file:
        file.write(_predictions(task.test, runs).encode())
    return facts, _lines(facts, folder)


def documents_of(reader: Reader, texts: Sequence[str], longest: int) -> Documents:
    """Tokenize documents for a model that reads so many tokens at once."""
    return Documents(reader.read(texts), reader.space, longest)


def _config(options: Mapping[str, Any]) -> FinetuneConfig:
    names = {name: name for name in _SETTINGS} | {"rate": "lr", "full_rate": "full_lr"}
    given = {name: options[option] for name, option in names.items() if options[option] is not None}
    try:
        return FinetuneConfig(tune=options["tune"], **given)
    except ConfigError as error:
        text = str(error)
        for name, option in sorted(names.items(), key=lambda each: -len(each[0])):
            text = text.replace(f"{name}=", f"--{option.replace('_', '-')} ")
        raise click.UsageError(spell_options(text)) from None


def _notes(task: LabelledSet, splits: Mapping[str, LabelledDocuments]) -> Iterator[str]:
    """Say which rows have nothing to be told by, and which are not news to a model that has learned."""
    for name, each in splits.items():
        known = (each.documents.tokens.codes >= 0).all(axis=0)
        edges = np.concatenate([[0], np.cumsum(known, dtype=np.int64)])[each.documents.tokens.rows]
        if empty := int(np.count_nonzero(np.diff(edges) == 0)):
            yield f"{count(empty, 'row')} of {name} without a known token, read as zeros"
    seen = set(task.taught.texts)
    seen |= {text[::-1].translate(_OTHER_STRAND) for text in seen}
    for name in ("dev", "test"):
        if again := sum(text in seen for text in task.splits[name].texts):
            yield f"{count(again, 'row')} of {name} among the train rows too, or the other strand of one"


def _run_all(
    model: Any, splits: Mapping[str, LabelledDocuments], config: FinetuneConfig, options: Mapping[str, Any]
) -> list[FinetuneRun]:
    """Fit seed by seed; Ctrl-C says how many were done."""
    runs = list[FinetuneRun]()

    def tell(seed: int, epoch: int, merit: float) -> None:
        if not options["quiet"]:
            say(f"seed {seed}, epoch {epoch}: MCC {merit:.4f} on dev")

    seeds = range(options["seeds"])
    try:
        for run in finetune(
            model, *splits.values(), config=config, seeds=seeds, device=options["device"], on_epoch=tell
        ):
            runs.append(run)
    except KeyboardInterrupt as stop:
        stop.add_note(f"{len(runs)} of {count(len(seeds), 'seed')} done, nothing is written")
        raise
    return runs


def _score(task: LabelledSet, runs: Sequence[FinetuneRun]) -> dict[str, dict[str, Any]]:
    """Score the test rows: mean, 95 % interval and each seed's score of each merit."""
    answers = {"model": {"test": [each.predicted for each in runs]}}
    found = {}
    for name, merit in _MERITS.items():
        compared = compare(answers, {"test": task.test.labels}, merit=merit)
        found[name] = compared.overall("model").to_dict() | {"seeds": compared.scores[0, 0].tolist()}
    return found


def _predictions(rows: LabelledRows, runs: Sequence[FinetuneRun]) -> str:
    """Write a line for each test row: its class, the likeliest by the mean over seeds, each seed's, and the means."""
    shares = np.stack([each.shares for each in runs]).mean(axis=0, dtype=np.float64)
    said, each_said = shares.argmax(axis=1), [each.predicted for each in runs]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    seeds = [f"seed_{each.seed}" for each in runs]
    writer.writerow(["row", "label", "predicted", *seeds, *(f"share_{at}" for at in range(shares.shape[1]))])
    for row, label in enumerate(rows.labels.tolist()):
        answers = [int(each[row]) for each in each_said]
        writer.writerow([row, label, int(said[row]), *answers, *(f"{each:.6f}" for each in shares[row])])
    return text.getvalue()


def _facts(
    options: Mapping[str, Any],
    task: LabelledSet,
    config: FinetuneConfig,
    told: Mapping[str, Any],
    runs: Sequence[FinetuneRun],
    scores: Mapping[str, Mapping[str, Any]],
    best: FinetuneRun,
    device: str,
    seconds: float,
) -> dict[str, Any]:
    rows = {name: len(each) for name, each in task.splits.items()}
    return {
        "format": FORMAT,
        "name": task.name,
        "summary": f"{Path(options['model']).name} on {told['tokenizer']}, fitted to {task.classes} classes of DNA.",
        "tokens": {
            "tokenizer": told["tokenizer"],
            "tokenizer_digest": told["digest"],
            "tuned": config.tune,
            "rows": ", ".join(f"{name} {n:,}" for name, n in rows.items()),
            **{name: f"{each['mean']:.4f} ({each['low']:.4f} to {each['high']:.4f})" for name, each in scores.items()},
            "saved_seed": best.seed,
            "learned_parameters": best.learned,
        },
        "classes": task.classes,
        "rows": rows,
        "scores": {name: dict(each) for name, each in scores.items()},
        "seeds": [{"seed": each.seed, "best_epoch": each.epoch, "dev_mcc": list(each.dev)} for each in runs],
        "saved_seed": best.seed,
        "settings": config.to_dict(),
        "wall_time_s": round(seconds, 1),
        "machine": f"{platform.machine()}, {cpu_count()} processors, on {device}",
        "versions": {
            "genotok": __version__,
            "torch": str(load_torch().__version__),
            "transformers": str(load_transformers().__version__),
        },
        "limits": ["Intervals are drawn over test rows and seeds; settings were not chosen here."],
    }


def _lines(facts: Mapping[str, Any], folder: Path) -> Iterator[str]:
    rows = facts["rows"]
    yield f"{count(rows['train'], 'row')} to learn from, {rows['dev']:,} to choose by, {rows['test']:,} to judge by"
    yield from (f"note: {each}" for each in facts["notes"])
    for name, each in facts["scores"].items():
        seeds = " ".join(f"{value:.4f}" for value in each["seeds"])
        yield f"{name}: {each['mean']:.4f} ({each['low']:.4f} to {each['high']:.4f}); by seed {seeds}"
    yield f"written to {folder}, the model of seed {facts['saved_seed']}"
