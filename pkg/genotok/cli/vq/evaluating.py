"""The work of ``genotok vq eval``: all fits that are asked for, and the tables of them."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click

from genotok import __version__
from genotok.analysis.vq_comparison import Merit
from genotok.analysis.vq_evaluation import EvaluationTable, TableRow, make_table, measure_speed
from genotok.analysis.vq_features import Features, Rates, VQFeatures, measure_rates
from genotok.analysis.vq_plots import draw_scores, score_table
from genotok.analysis.vq_probe import ProbeRun
from genotok.analysis.vq_sensitivity import Sensitivity, draw_windows, measure_sensitivity
from genotok.analysis.vq_tables import RIVALS, evaluation_page, evaluation_text
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import say
from genotok.cli.vq.choosing import open_all
from genotok.cli.vq.judging import Group, Judging, Task, perform_all, protocol_of, read_groups
from genotok.io.sinks import atomic_write
from genotok.train.vq_corpus import read_records


class Plan(NamedTuple):
    """One table for each group of sets: who judges, by how many train rows, with which seeds."""

    judge: Judging
    most: int | None
    seeds: tuple[int | None, ...]


def evaluate(options: Mapping[str, Any]) -> None:
    """Compare, and write what is asked for."""
    wanted = list(options["tokenizers"])
    if options["bpe"] is None and "bpe" in wanted:
        say("bpe is left out; --bpe FILE names its tokenizer.json")
        wanted.remove("bpe")
    features = open_all(wanted, bpe=options["bpe"])
    answers = _sensitivity(features, options["sensitivity"])
    tables = make_tables(features, read_groups(options["folders"], options["only"]), options)
    made = {
        "command": told_command(options, wanted),
        "date": date.today().isoformat(),
        "genotok": __version__,
        "machine": f"{platform.system()}, {platform.machine()}",
    }
    found = {"tables": [each.to_dict() for each in tables], "sensitivity": [asdict(each) for each in answers]}
    told = json.dumps({"made": made, **found}, indent=1) + "\n"
    rivals = options["against"] or RIVALS
    if options["plot"] is not None:
        write_picture(options["plot"], draw_scores(tables), score_table(tables))
    if options["output"] is not None:
        words = f"Made by `{made['command']}` (genotok {__version__}) on {made['date']}, {made['machine']}."
        write_text(Path(options["output"]), evaluation_page(tables, answers, made=words, rivals=rivals))
        write_text(Path(options["output"]).with_suffix(".json"), told)
    click.echo(told if options["as_json"] else evaluation_text(tables, answers, rivals).rstrip() + "\n", nl=False)


def _sensitivity(features: Mapping[str, Features], path: str | None) -> list[Sensitivity]:
    """Measure each tokenizer on windows of the longest record of a FASTA; nothing without one."""
    if path is None:
        return []
    longest = max((codes for _, codes in read_records(path)), key=len)
    windows = draw_windows(longest)
    return [found for each in features.values() for found in measure_sensitivity(each, windows)]


def told_command(options: Mapping[str, Any], tokenizers: Sequence[str]) -> str:
    """Return the command that gives the same figures; folders by their last name, as elsewhere they lie elsewhere."""
    words = ["genotok vq eval", *(f"--sets {Path(each).name}" for each in options["folders"])]
    words += [f"--only {','.join(options['only'])}"] if options["only"] else []
    words.append(f"--tokenizers {','.join(tokenizers)}")
    words += [f"--bpe {Path(options['bpe']).name}"] if options["bpe"] else []
    words += [f"--rows {'all' if each is None else each}" for each in options["sizes"]]
    words.append(f"--seeds {options['seeds']}")
    words += [f"--sensitivity {Path(options['sensitivity']).name}"] if options["sensitivity"] else []
    if options["networks"]:
        words.append(f"--networks {','.join(options['networks'])}")
        words += ["--no-probe"] * options["without_probe"]
        words += [f"--epochs {options['epochs']}"] if options["epochs"] else []
        words += [f"--precision {options['precision']}"] if options["precision"] != "float32" else []
    return " ".join(words)


def write_text(path: Path, text: str) -> None:
    """Write a file whole, and say so."""
    with atomic_write(path) as sink:
        sink.write(text.encode())
    say(f"written to {path}")


def make_tables(
    features: Mapping[str, Features], groups: Sequence[Group], options: Mapping[str, Any]
) -> list[EvaluationTable]:
    """Fit every tokenizer (by the text that opens it) on every set, by each plan."""
    seeds = tuple(range(options["seeds"]))
    plans = [] if options["without_probe"] else [Plan("probe", most, (None, *seeds)) for most in options["sizes"]]
    plans += [Plan(judge, options["sizes"][0], seeds) for judge in options["networks"] or ()]
    fitting = {"epochs": options["epochs"], "precision": options["precision"]}

    def task_of(text: str, group: Group, name: str, plan: Plan) -> Task:
        where = {"folder": group.folder, "name": name, "device": options["device"], "cache": options["cache"]}
        if plan.judge != "probe":
            where |= fitting
        return Task(tokenizer=text, bpe=options["bpe"], **plan._asdict(), **where)

    tasks = [
        task_of(text, group, each.name, plan)
        for group in groups
        for each in group.tasks
        for plan in plans
        for text, mine in features.items()
        if plan.judge == "probe" or mine.levels
    ]
    done: dict[Task, list[ProbeRun]] = {}
    with show_phases(wanted=True) as progress:
        for task, runs in perform_all(tasks, options["jobs"]):
            done[task] = runs
            progress("fits", len(done), len(tasks))
    tables = []
    for group in groups:
        facts = {text: _facts(mine, group) for text, mine in features.items()}
        for plan in plans:
            rows = []
            for text, mine in features.items():
                runs_by_set = {each.name: done.get(task_of(text, group, each.name, plan)) for each in group.tasks}
                kept = {name: runs for name, runs in runs_by_set.items() if runs is not None}
                if kept:
                    rows.append(TableRow(mine.name, mine.digest, *facts[text], kept, isinstance(mine, VQFeatures)))
            merit: Merit = "macro_f1" if group.is_genomes else "mcc"
            if rows:
                protocol = protocol_of(plan.judge, **fitting)
                made = make_table(group.name, group.tasks, rows, most=plan.most, judge=protocol, merit=merit)
                tables.append(made)
    return tables


def _facts(features: Features, group: Group) -> tuple[Rates, float]:
    """Return what a tokenizer makes of all rows of a group, and its speed on some of them."""
    texts = [text for each in group.tasks for rows in each.splits.values() for text in rows.texts]
    return measure_rates(features, texts), measure_speed(features, texts)
