"""The work of ``genotok vq train``, and what is told of it."""

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from genotok.cli.app import spell_options
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count, say
from genotok.errors import ConfigError
from genotok.io.folder import refuse_other_kind
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.vq import TrainingPlan, estimate, plan_training, train
from genotok.train.vq_corpus import Corpus, read_corpus
from genotok.train.vq_judge import read_held_out

_SETTINGS = (
    "quantizer", "levels", "window", "stride", "sigma", "rounds", "symmetric", "steps", "batch", "crop", "warmup",
    "beta", "ema", "channels", "width", "expansion", "blocks", "seed",
)  # fmt: skip
_WORDS = ("preset", *_SETTINGS[:-1], "lr", "balance", "seed", "device", "threads")  # of the command that a card tells
_USUAL = {"balance": 1.0, "device": "auto"}


def train_model(options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Train, judge and save; returns the card, and it as text."""
    folder = options["output"]
    refuse_other_kind(folder, "vq")  # before the work, not after it
    plan = _plan(options)
    with show_phases(wanted=not options["quiet"]) as progress:
        corpus = _read(plan, options)
        parts, notes = read_held_out(options["held_out"], corpus)
        _set_threads(options["threads"])
        model = train(
            corpus,
            plan,
            folder=folder,
            name=options["name"] or Path(folder).resolve().name,
            command=command_of(options),
            held_out=parts,
            notes=notes,
            progress=progress,
            on_measure=None if options["quiet"] else _say_measure,
            **{name: options[name] for name in ("device", "deterministic", "resume")},
        )
    VQTokenizer(model).save_pretrained(folder)
    return model.card, _lines(model.card, folder)


def estimate_run(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a run would take."""
    plan = _plan(options)
    corpus = _read(plan, options)
    found = estimate(plan, corpus.bases, device=options["device"])
    yield f"corpus: {count(corpus.bases, 'known base')} to train on, of {count(len(corpus.files), 'file')}"
    yield from (f"note: {each}" for each in corpus.notes)
    yield f"{found['parameters']:,} parameters, {found['receptive_span']} bp seen by a token"
    yield f"{found['bits_per_token']:.2f} bits a token, {found['bits_per_base']:.2f} a base, were all codes used alike"
    steps = f"{found['steps']:,} steps, " if "steps" in found else ""
    yield f"{steps}about {found['memory_bytes'] / 1e6:,.0f} MB and {_time(found['seconds'])}"


def _plan(options: Mapping[str, Any]) -> TrainingPlan:
    """Choose what is trained; settings that do not fit are faults of the command line."""
    settings = {name: options[name] for name in _SETTINGS}
    settings |= {"rate": options["lr"], "turned": False if options["no_rc"] else None}
    try:
        return plan_training(options["preset"], **settings)
    except ConfigError as error:
        raise click.UsageError(_spelled(str(error))) from None


def _spelled(text: str) -> str:
    """Write the names of settings as those of options."""
    return (
        spell_options(text).replace("preset '", "--preset '").replace("rate ", "--lr ").replace("turned ", "--no-rc ")
    )


def _read(plan: TrainingPlan, options: Mapping[str, Any]) -> Corpus:
    return read_corpus(options["sources"], crop=plan.crop, balance=options["balance"])


def _set_threads(threads: int | None) -> None:
    if threads is not None:
        from genotok.train.libraries import load_torch  # late: an extra

        load_torch().set_num_threads(threads)


def command_of(options: Mapping[str, Any]) -> str:
    """Write the command again, with the names of files but not their folders.

    >>> usual = dict.fromkeys((*_WORDS, "no_rc", "deterministic"))
    >>> command_of(usual | {"sources": [("data/a b.fa", 2.0)], "held_out": [], "levels": (4, 8), "symmetric": False})
    "genotok vq train --fasta 'a b.fa@2' --levels 4,8 --stranded"
    """
    words = ["genotok", "vq", "train"]
    for path, weight in options["sources"]:
        words += ["--fasta", Path(path).name + (f"@{weight:g}" if weight != 1 else "")]
    for path in options["held_out"]:
        words += ["--held-out", Path(path).name]
    for name in _WORDS:
        value = options[name]
        if name == "symmetric" and value is not None:
            words.append("--symmetric" if value else "--stranded")
        elif value is not None and value != _USUAL.get(name):
            words += [f"--{name}", ",".join(map(str, value)) if isinstance(value, tuple) else f"{value}"]
    words += [f"--{name.replace('_', '-')}" for name in ("no_rc", "deterministic") if options[name]]
    return shlex.join(words)


def _say_measure(record: dict[str, Any]) -> None:
    """Tell of a measure of held-out crops, or windows, in one line."""
    told = f"step {record['step']:,}: {record['bits']:.3f} bits a base"
    if "accuracy" in record:
        used = " and ".join(map(str, record["used"])) or "no"
        told += f", {100 * record['accuracy']:.2f} % of bases; {used} codes used"
    say(told)


def _lines(card: Mapping[str, Any], folder: str) -> Iterator[str]:
    tokens, files = card["tokens"], card["corpus"]
    known = sum(each["known"] - each["held_out"] for each in files)
    yield f"{count(known, 'base')} of {count(len(files), 'file')} in {_time(card['wall_time_s'] or 0)}"
    yield from (f"note: {each}" for each in card["notes"])
    bits = tokens.get("used_bits_per_token")
    told = "" if bits is None else f", {bits:.3f} used bits a token, {tokens['used_bits_per_base']:.3f} a base"
    sizes = " x ".join(f"{size:,}" for size in tokens["levels"])
    yield f"{tokens['quantizer']} of {sizes} codes, window {tokens['window']}, stride {tokens['stride']}{told}"
    for each in card["usage"]:
        used = f"{each['used']:,} of {each['codes']:,} codes used"
        yield f"level {each['level']}: {used}, perplexity {each['perplexity']:,}"
    for each in card["accuracy"]:
        yield f"{100 * each['accuracy']:.4f} % of {each['bases']:,} bases come back: {each['what']}"
    yield f"written to {folder}"


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
