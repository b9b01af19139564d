"""One small language model on the tokens of each tokenizer: pretrained alike, fitted to labelled DNA seed by seed.

Each is made by the commands `genotok vq pretrain` and `genotok vq finetune`, here in one process. Duplicates that
``exclude.tsv`` names are left out of the rows. With ``--untrained`` each tokenizer has a second model, the same with
the random weights it began with, which tells what pretraining adds. What is finished is kept, models in the working
folder and fits in the JSON, and a later run computes what is missing; one with another ``--tune`` names another JSON.

The JSON has ``settings``, all that decides the figures; ``machine``; ``models``, by the name of a tokenizer (and
``, untrained``): ``loss``, ``loss_of_chance``, ``accuracies`` on held-out crops, ``parameters`` and of these
``embedding_parameters``, ``steps``, ``best_step``, ``tokens`` that were read, ``processor_s``; ``runs``, by
``model/set``: ``predicted``, for each seed the classes of the test rows, ``best_epochs``, ``processor_s``; ``labels``
of the test rows by set; ``scores`` by model and set (``overall`` is the mean of the sets): MCC, its ``mean``, ``low``
and ``high`` (95 %, drawn over test rows and seeds); and ``differences`` of pairs of models over all sets.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from measure import as_markdown, machine, use_checkout

use_checkout()

from genotok.analysis.vq_comparison import Comparison, compare  # noqa: E402  # through use_checkout
from genotok.analysis.vq_sets import read_sets  # noqa: E402
from genotok.cli.app import run  # noqa: E402
from genotok.kernels.draws import draw_below  # noqa: E402

UNTRAINED = ", untrained"
TOKENIZERS = ("vq-fine", "vq-compact", "vq-hrq", "char", "kmer6", "kmer6-step6", "bpe")
TINY = ("--layers", "1", "--hidden", "8", "--ffn", "16", "--tokens", "32", "--batch", "2")
QUICK = {"tokenizers": ["vq-compact", "char"], "steps": 2, "epochs": 1, "seeds": 2, "untrained": True}


def main() -> None:
    options = read_options()
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    if options.quick:
        options.fasta, options.data = made_up(work)
    out, settings = options.out or work / "pretraining.json", settings_of(options)
    kept = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {"program": "pretraining.py"}
    if kept.setdefault("settings", settings) != settings:
        sys.exit(f"{out} was made with other settings: {kept['settings']}; name another file")
    kept.setdefault("machine", machine())
    fitted = f"{options.seeds} seeds of up to {options.epochs} epochs ({options.tune})"
    print(f"{machine()}\n\ngenotok, {options.steps} steps; {fitted}")
    names = [f"{each}{more}" for more in ("", UNTRAINED)[: 1 + options.untrained] for each in options.tokenizers]
    rows = dict(write_rows(options.data, options.sets, work))
    kept["labels"] = rows
    for name in names:
        if name not in kept.setdefault("models", {}):
            kept["models"][name] = model_of(name, options)
            write(out, kept)
    for task in rows:
        for name in names:
            if (place := f"{name}/{task}") not in kept.setdefault("runs", {}):
                kept["runs"][place] = finetune(name, task, options)
                write(out, kept)
    compared = put_together(kept)
    kept["scores"] = scores_of(compared)
    pairs = combinations(compared.names, 2)
    kept["differences"] = [compared.difference(*each).to_dict() for each in pairs]
    write(out, kept)
    print("\n" + table_of(kept))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fasta", action="append", help="what is learnt from; may be repeated")
    parser.add_argument("--data", type=Path, help="folder of sets, as `genotok vq eval` takes it")
    parser.add_argument("--sets", nargs="+", metavar="NAME", help="of these; default: all")
    parser.add_argument("--tokenizers", nargs="+", default=list(TOKENIZERS), metavar="NAME")
    parser.add_argument("--bpe", help="tokenizer.json of DNABERT-2, for the tokenizer bpe")
    parser.add_argument("--untrained", action="store_true", help="each model also with its random weights")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--tune", choices=("lora", "full", "head"), default="lora", help="what is fitted")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="the JSON; default: pretraining.json in the working folder")
    parser.add_argument("--work", type=Path, default=Path(".benchmarks/pretraining"), help="for models and rows")
    parser.add_argument("--quick", action="store_true", help="made-up DNA, tiny models: to see that all of it works")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    elif options.fasta is None or options.data is None:
        parser.error("--fasta FILE and --data FOLDER are needed, or --quick")
    return options


def settings_of(options: argparse.Namespace) -> dict[str, Any]:
    """Name what decides the figures; which models and sets there are does not."""
    names = ("steps", "tune", "epochs", "seeds", "threads")
    return {"fasta": [Path(each).name for each in options.fasta], **{name: getattr(options, name) for name in names}}


def write_rows(data: Path, names: list[str] | None, work: Path) -> Iterable[tuple[str, list[int]]]:
    """Write the rows of each set without duplicates as three files; yields its name and the classes of test rows."""
    for task in read_sets(data, names):
        for split, rows in task.splits.items():
            with (work / f"{task.name}.{split}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["sequence", "label"])
                writer.writerows(zip(rows.texts, rows.labels.tolist(), strict=True))
        yield task.name, task.test.labels.tolist()


def model_of(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of a model, which is made if it is not there."""
    path = folder_of(name, options) / "figures.json"
    if not path.exists():
        write(path, pretrain(name, options))
    found = dict(json.loads(path.read_text(encoding="utf-8")))
    if found["steps"] != (1 if name.endswith(UNTRAINED) else options.steps):
        sys.exit(f"{path.parent} is of {found['steps']} steps; name another working folder")
    return found


def pretrain(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Pretrain a model; one of a single step keeps its weights, as the rate ends at 0."""
    folder, steps = folder_of(name, options), 1 if name.endswith(UNTRAINED) else options.steps
    words = [word for each in options.fasta for word in ("--fasta", each)]
    words += ["-t", name.removesuffix(UNTRAINED), "--steps", f"{steps}"]
    words += ["--bpe", options.bpe] if options.bpe else []
    spent = call("pretrain", *words, "-o", folder, "--resume", *(TINY if options.quick else ()), options=options)
    told = json.loads((folder / "pretrain.json").read_text(encoding="utf-8"))
    shown = ("loss", "loss_of_chance", "accuracies", "embedding_parameters", "best_step")
    settings = told["settings"]
    return {
        **{each: told["tokens"][each] for each in shown},
        "parameters": told["parameters"],
        "steps": told["steps"],
        "tokens": told["steps"] * settings["batch"] * settings["tokens"],
        "processor_s": spent,
    }


def finetune(name: str, task: str, options: argparse.Namespace) -> dict[str, Any]:
    """Fit a model to the rows of a set."""
    folder = options.work / f"{folder_of(name, options).name}.{task}.{options.tune}"
    words = [word for each in ("train", "dev", "test") for word in (f"--{each}", options.work / f"{task}.{each}.csv")]
    words += ["--model", folder_of(name, options), "--epochs", options.epochs, "--seeds", options.seeds, "-o", folder]
    words += ["--tune", options.tune]
    spent = call("finetune", *words, options=options)
    told = json.loads((folder / "finetune.json").read_text(encoding="utf-8"))
    with (folder / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    predicted = [[int(row[f"seed_{seed}"]) for row in rows] for seed in range(options.seeds)]
    return {
        "predicted": predicted,
        "best_epochs": [each["best_epoch"] for each in told["seeds"]],
        "processor_s": spent,
    }


def folder_of(name: str, options: argparse.Namespace) -> Path:
    return Path(options.work) / name.replace(UNTRAINED, "-untrained")


def call(*words: Any, options: argparse.Namespace) -> float:
    """Run a command of ``genotok vq``, and return its processor time in seconds."""
    began = time.process_time()
    code = run(["vq", *map(str, words), "--threads", f"{options.threads}", "--device", "cpu", "-q"])
    if code:
        sys.exit(f"genotok vq {' '.join(map(str, words))} ended with {code}")
    return round(time.process_time() - began, 1)


def put_together(kept: dict[str, Any]) -> Comparison:
    """Score the models that have answers of all sets."""
    names = [name for name in kept["models"] if all(f"{name}/{task}" in kept["runs"] for task in kept["labels"])]
    said = {
        name: {
            task: [np.array(each) for each in kept["runs"][f"{name}/{task}"]["predicted"]] for task in kept["labels"]
        }
        for name in names
    }
    return compare(said, {task: np.array(labels) for task, labels in kept["labels"].items()})


def scores_of(compared: Comparison) -> dict[str, Any]:
    return {
        name: {task: compared.of_set(name, task).to_dict() for task in compared.sets}
        | {"overall": compared.overall(name).to_dict()}
        for name in compared.names
    }


def table_of(kept: dict[str, Any]) -> str:
    """Show MCC x 100 with its intervals, and what of held-out tokens is right."""
    header = ["tokenizer", "parameters", "right of hidden tokens", *kept["labels"], "mean", "processor time"]
    rows = []
    for name, found in kept["scores"].items():
        model, spent = kept["models"][name], kept["models"][name]["processor_s"]
        spent += sum(kept["runs"][f"{name}/{task}"]["processor_s"] for task in kept["labels"])
        right = " and ".join(f"{100 * each:.1f} %" for each in model["accuracies"])
        cells = [
            f"{100 * each['mean']:.1f} ({100 * each['low']:.1f} to {100 * each['high']:.1f})" for each in found.values()
        ]
        rows.append([name, f"{model['parameters']:,}", right, *cells, f"{spent:,.0f} s"])
    return as_markdown(header, rows)


def made_up(work: Path) -> tuple[list[str], Path]:
    """Write DNA to learn from, and a set of two classes: rows of one have a word that those of the other lack."""

    def letters(length: int, seed: int) -> str:
        return np.frombuffer(b"ACGT", np.uint8)[draw_below(length, 4, seed)].tobytes().decode()

    fasta, folder = work / "made-up.fa", work / "sets" / "words"
    fasta.write_text(f">made-up\n{letters(110_000, 1)}\n", encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for at, (split, n) in enumerate({"train": 24, "dev": 12, "test": 12}.items()):
        lines = [
            f"{letters(20, 100 * at + row)}{'GATTACAGAT' * (row % 2)}{letters(20, row)},{row % 2}" for row in range(n)
        ]
        (folder / f"{split}.csv").write_text("\n".join(["sequence,label", *lines, ""]), encoding="utf-8")
    return [str(fasta)], folder.parent


def write(path: Path, kept: dict[str, Any]) -> None:
    """Write the results, whole or not at all."""
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(kept, allow_nan=False) + "\n", encoding="utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    main()
