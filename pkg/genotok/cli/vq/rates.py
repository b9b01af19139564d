"""The work of ``genotok vq rd``: runs of known bases of each file, and what models and controls make of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

import click

from genotok import __version__
from genotok.analysis.tables import text_table
from genotok.analysis.vq_features import VQFeatures
from genotok.analysis.vq_plots import draw_rates, rate_table
from genotok.analysis.vq_rates import (
    RatePoint,
    bound_accuracy,
    hamming_point,
    known_runs,
    measure_model,
    truncation_points,
)
from genotok.cli.motif.pictures import write_picture
from genotok.cli.report import say
from genotok.cli.vq.choosing import open_all
from genotok.errors import ConfigError, InputError
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.vq_corpus import read_corpus, read_records
from genotok.train.vq_table import TableConfig, train_table

_TITLES = ("corpus", "code", "stride", "levels", "bits/base", "nominal", "accuracy", "bound", "missing bits", "")


def measure_rates(fastas: Sequence[str], options: Mapping[str, Any]) -> None:
    """Measure, and write what is asked for."""
    models = _models(options)
    corpora = {Path(path).name: _read_runs(path, options) for path in fastas}
    points: list[RatePoint] = []
    for corpus, texts in corpora.items():
        points += [measure_model(name, each, texts, corpus) for name, each in models.items()]
        points += _controls({each.stride for each in models.values()}, texts, corpus)
    if options["plot"] is not None:
        write_picture(options["plot"], draw_rates(points), rate_table(points))
    if options["as_json"]:
        made = {"command": _command(fastas, options), "genotok": __version__}
        click.echo(json.dumps({"made": made, "points": [each.to_dict() for each in points]}, indent=1))
    else:
        click.echo(text_table(_TITLES, map(_cells, points), texts=2))


def _command(fastas: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the command that gives the same figures; files by their last name, as elsewhere they lie elsewhere."""
    words = ["genotok vq rd", *(Path(each).name for each in fastas), f"--tokenizers {','.join(options['tokenizers'])}"]
    words += [f"--bases {options['bases']}", *(["--held-out"] if options["held_out"] else [])]
    if options["lloyd"]:
        shapes = ",".join(f"{window}:{codes}" for window, codes in options["lloyd"])
        words.append(f"--lloyd {shapes} --corpus {Path(options['corpus']).name} --seed {options['seed']}")
    return " ".join(words)


def _models(options: Mapping[str, Any]) -> dict[str, VQTokenizer]:
    """Open the tokenizers, and learn those of disjoint windows."""
    found = {}
    for text, each in open_all(options["tokenizers"]).items():
        if not isinstance(each, VQFeatures):
            raise ConfigError(f"{text} is no learned tokenizer", hint="words that are cut short are measured anyway")
        found[each.name] = each.tokenizer
    if not options["lloyd"]:
        return found
    corpus = read_corpus([options["corpus"]])
    for window, codes in options["lloyd"]:
        how = TableConfig(window, window, "flat", (codes,), symmetric=False, sigma=inf, seed=options["seed"])
        found[f"Lloyd on disjoint {window}-mers"] = VQTokenizer(train_table(corpus, how))
    return found


def _read_runs(path: str, options: Mapping[str, Any]) -> list[str]:
    """Return the known bases of a file that are measured, run by run."""
    if options["held_out"]:
        parts = [each.codes for each in read_corpus([path]).held_out]
        if not parts:
            raise InputError("no record is long enough to hold an end out", path=path, hint="leave --held-out away")
    else:
        parts = [codes for _, codes in read_records(path)]
    texts, left = list[str](), int(options["bases"])
    for text in (run for codes in parts for run in known_runs(codes)):
        texts.append(text[:left])
        left -= len(texts[-1])
        if left <= 0:
            break
    if not texts:
        raise InputError("no 1,000 known bases in a row", path=path, hint="give longer sequences")
    if left > 0:
        say(f"{path}: {sum(map(len, texts)):,} known bases are measured")
    return texts


def _controls(strides: set[int], texts: Sequence[str], corpus: str) -> Iterator[RatePoint]:
    for stride in sorted(strides):
        yield from truncation_points(stride, texts, corpus)
    yield hamming_point(texts, corpus)


def _cells(point: RatePoint) -> tuple[str, ...]:
    return (
        point.corpus,
        point.name,
        str(point.stride),
        "x".join(f"{each:,}" for each in point.levels),
        f"{point.rate:.3f}",
        f"{point.nominal:.3f}",
        f"{point.accuracy:.5f}",
        f"{bound_accuracy(point.rate):.4f}",
        "-" if point.loss is None else f"{point.loss:.4f}",
        "" if point.compresses else "no compression",
    )
