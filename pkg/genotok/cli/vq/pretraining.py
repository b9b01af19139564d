"""The work of ``genotok vq pretrain``, and what is told of it."""

import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from genotok.cli.app import spell_options
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count, say
from genotok.cli.vq.reading import open_reader
from genotok.errors import ConfigError
from genotok.io.folder import refuse_other_kind
from genotok.train.libraries import choose_device, load_torch, load_transformers
from genotok.train.mlm_card import make_facts, tell_use
from genotok.train.mlm_config import MlmConfig, mlm_config
from genotok.train.mlm_loop import pretrain
from genotok.train.mlm_saving import FACTS, save_pretrained
from genotok.train.mlm_tokens import Reader, VQReader
from genotok.train.vq_checkpoints import METRICS, checkpoints_in
from genotok.train.vq_corpus import read_corpus

RUN = "run"  # the folder of checkpoints, while it lasts
_SETTINGS = (
    "layers", "hidden", "heads", "ffn", "tokens", "batch", "steps", "minutes", "patience", "warmup", "every", "seed",
)  # fmt: skip
_WORDS = ("tokenizer", "preset", *_SETTINGS[:-2], "mask", "lr", "every", "balance", "seed", "device", "threads")
_USUAL = {"balance": 1.0, "device": "auto", "preset": "cpu", "seed": 0}
_SPELLED = {"share=": "--mask ", "rate=": "--lr ", "preset '": "--preset '"}


def pretrain_model(options: Mapping[str, Any]) -> tuple[dict[str, Any], Iterator[str]]:
    """Train, save, and remove the checkpoints; returns the facts, and them as text."""
    folder = Path(options["output"])
    refuse_other_kind(folder, "vq")  # before the work, not after it
    load_transformers()
    device = choose_device(options["device"])
    if (folder / FACTS).exists() and not checkpoints_in(folder / RUN):
        hint = "choose another folder, or remove this one"
        raise ConfigError("there is a pretrained model in it", path=str(folder), hint=hint)
    reader = open_reader(options["tokenizer"], bpe=options["bpe"])
    config = config_of(options, reader)
    with show_phases(wanted=not options["quiet"]) as progress:
        corpus = read_corpus(options["sources"], crop=reader.bases_for(config.tokens), balance=options["balance"])
        if options["threads"] is not None:
            load_torch().set_num_threads(options["threads"])
        try:
            run = pretrain(
                config,
                reader,
                corpus,
                folder / RUN,
                progress=progress,
                on_measure=None if options["quiet"] else say_measure,
                **{name: options[name] for name in ("device", "deterministic", "resume")},
            )
        except KeyboardInterrupt as stop:
            steps = list(checkpoints_in(folder / RUN))
            stop.add_note(f"{count(steps[-1], 'step')} kept in {folder / RUN}, --resume goes on from there")
            raise
    facts = make_facts(
        run,
        config,
        reader,
        corpus,
        name=options["name"] or folder.resolve().name,
        command=command_of(options),
        device=str(device),
        overlap=_overlap(reader),
    )
    save_pretrained(folder, run.model, reader, facts, use=tell_use(reader, is_ours=isinstance(reader, VQReader)))
    (folder / RUN / METRICS).replace(folder / METRICS)
    shutil.rmtree(folder / RUN)
    return facts, _lines(facts, folder)


def config_of(options: Mapping[str, Any], reader: Reader) -> MlmConfig:
    """Choose the settings; those that do not fit are faults of the command line."""
    turned = reader.symmetric if options["rc"] is None else options["rc"]
    settings = {name: options[name] for name in _SETTINGS}
    try:
        return mlm_config(options["preset"], share=options["mask"], rate=options["lr"], turned=turned, **settings)
    except ConfigError as error:
        text = str(error)
        for word, option in _SPELLED.items():
            text = text.replace(word, option)
        for name in _SETTINGS:
            text = text.replace(f"{name}=", f"--{name} ")
        raise click.UsageError(spell_options(text)) from None


def command_of(options: Mapping[str, Any]) -> str:
    """Write the command again, with the names of files but not their folders.

    >>> usual = dict.fromkeys((*_WORDS, "rc", "deterministic", "bpe")) | {"tokenizer": "models/mine", "steps": 9}
    >>> command_of(usual | {"sources": [("data/a b.fa", 2.0)], "rc": False})
    "genotok vq pretrain --fasta 'a b.fa@2' --tokenizer mine --steps 9 --no-rc"
    """
    words = ["genotok", "vq", "pretrain"]
    for path, weight in options["sources"]:
        words += ["--fasta", Path(path).name + (f"@{weight:g}" if weight != 1 else "")]
    for name in _WORDS:
        value = options[name]
        if value is not None and value != _USUAL.get(name):
            words += [f"--{name}", Path(value).name if name == "tokenizer" else f"{value}"]
    words += ["--bpe", Path(options["bpe"]).name] if options["bpe"] else []
    words += [] if options["rc"] is None else ["--rc" if options["rc"] else "--no-rc"]
    words += ["--deterministic"] if options["deterministic"] else []
    return shlex.join(words)


def say_measure(record: Mapping[str, Any]) -> None:
    """Tell of a measure of held-out crops in one line."""
    right = " and ".join(f"{100 * each:.1f}" for each in record["accuracies"])
    say(f"step {record['step']:,}: loss {record['loss']:.4f}; {right} % of hidden tokens right")


def _overlap(reader: Reader) -> int:
    model = reader.tokenizer.model if isinstance(reader, VQReader) else None
    return 0 if model is None else model.window - model.stride


def _lines(facts: Mapping[str, Any], folder: Path) -> Iterator[str]:
    tokens, files = facts["tokens"], facts["corpus"]
    known = sum(each["known"] - each["held_out"] for each in files)
    yield f"{count(known, 'base')} of {count(len(files), 'file')} in {facts['wall_time_s']:,.0f} s"
    yield from (f"note: {each}" for each in facts["notes"])
    inside = f"{tokens['embedding_parameters']:,} of them for tokens"
    yield f"{facts['parameters']:,} parameters, {inside}"
    yield f"{count(facts['steps'], 'step')}, ended by {tokens['ended_by']}; the best after {tokens['best_step']:,}"
    on = f"{tokens['measured_tokens']:,} hidden tokens of {tokens['measured_on']}"
    yield f"loss {tokens['loss']:.4f} (of chance {tokens['loss_of_chance']:.4f}) on {on}"
    yield f"written to {folder}"
