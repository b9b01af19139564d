"""One way to train a learned tokenizer, whichever engine its preset asks for: counts of windows, or a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from os import PathLike
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from genotok.errors import ConfigError
from genotok.kernels.bases import Codes
from genotok.train.vq_card import make_card
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_judge import HeldOut, held_out_parts, judge
from genotok.train.vq_presets import NetworkConfig, preset_config
from genotok.train.vq_table import Progress, TableConfig, joint_bits, train_table
from genotok.values.vqmodel import VQModel

if TYPE_CHECKING:
    from genotok.train.vq_tune import TuneConfig

Preset: TypeAlias = Literal["table", "strided", "paper"]

_SCORES = 1.5e9  # that one core makes in a second
_COUNTS = 5e7  # windows that one core counts in a second
_CHECKED = 100_000  # bases that torch and NumPy must agree on


@dataclass(frozen=True)
class TrainingPlan:
    """What is to be trained: a ``table``, which may be tuned by gradients, or a ``network``; one of both is there."""

    preset: Preset
    table: TableConfig | None = None
    network: NetworkConfig | None = None
    tuning: "TuneConfig | None" = None  # of the table, by torch

    @property
    def settings(self) -> dict[str, Any]:
        """All settings as plain values."""
        config = self.table or self.network
        assert config is not None, "one is there"
        tuning = {} if self.tuning is None else {"tuning": self.tuning.to_dict()}
        return {"preset": self.preset, **config.to_dict(), **tuning}

    @property
    def crop(self) -> int:
        """Bases that a record needs to be of use."""
        if self.network is not None:
            return self.network.crop
        assert self.table is not None, "one is there"
        return self.table.window


def plan_training(preset: str = "table", **settings: Any) -> TrainingPlan:
    """Choose what is to be trained; settings that are None are the preset's, those that it has not raise ConfigError.

    Those of 'table' are `TableConfig`'s, and with ``steps`` those of `TuneConfig`; those of 'strided' and 'paper' are
    `NetworkConfig`'s.

    >>> plan_training("table", stride=4, beta=None).settings["levels"]
    [4096]
    """
    if preset not in get_args(Preset):
        near = get_close_matches(str(preset), get_args(Preset), n=1, cutoff=0.3)
        names = [*near, *(each for each in get_args(Preset) if each not in near)]
        raise ConfigError(f"preset={preset!r} is no choice", hint=", ".join(names))
    given = {name: value for name, value in settings.items() if value is not None}
    from genotok.train.vq_tune import TuneConfig  # late: few tables are tuned

    kinds: tuple[Any, ...] = (TableConfig, TuneConfig) if preset == "table" else (NetworkConfig,)
    known = {each.name for kind in kinds for each in fields(kind)} - {"preset"}
    for name in given:
        if name not in known:
            other = "'strided' or 'paper'" if preset == "table" else "'table'"
            raise ConfigError(f"{name} is no setting of preset {preset!r}", hint=f"it is one of {other}")
    if preset == "table":
        return _plan_table(given)
    return TrainingPlan(preset, network=preset_config(preset, **given))  # type: ignore[arg-type]  # checked above


def _plan_table(given: Mapping[str, Any]) -> TrainingPlan:
    """Part the settings of a table from those of its tuning, which ``steps`` ask for."""
    from genotok.train.vq_tune import TuneConfig  # late, as above

    own = {each.name for each in fields(TableConfig)}
    config = TableConfig(**{name: value for name, value in given.items() if name in own})
    rest = {name: value for name, value in given.items() if name not in own}
    if not rest:
        return TrainingPlan("table", table=config)
    if "steps" not in rest:
        hint = "name its steps; k-means alone has no such setting"
        raise ConfigError(f"{next(iter(rest))} is of the tuning of a table", hint=hint)
    return TrainingPlan("table", table=config, tuning=TuneConfig(**rest, seed=config.seed))


def estimate(plan: TrainingPlan, bases: int, *, device: str = "auto") -> dict[str, Any]:
    """Say what a run over so many bases will take, about: parameters, bits, bytes and seconds."""
    if plan.network is not None:
        from genotok.train.vq_estimate import estimate_run  # late: tables need no torch

        return estimate_run(plan.network, bases, device=device).to_dict()
    config = plan.table
    assert config is not None, "one is there"
    windows = (4**config.window + (4 ** (config.window // 2) if config.window % 2 == 0 else 0)) // 2
    windows = windows if config.pooled else 4**config.window
    width, own = 4 * config.window, config.sizes[-1:] if config.kind == "tree" else config.sizes
    scores = (config.rounds + 1) * windows * sum(own)
    bits = sum(float(np.log2(size)) for size in own)
    return {
        "parameters": width * sum(config.sizes),
        "receptive_span": config.window,
        "bits_per_token": bits,
        "bits_per_base": bits / config.stride,
        "memory_bytes": bases + windows * width * 8 + 8 * max(own) * 4 ** (config.window - config.window // 2),
        "seconds": bases / _COUNTS + scores / _SCORES,
    }


def train(
    corpus: Corpus,
    plan: TrainingPlan,
    *,
    folder: str | PathLike[str] | None = None,
    name: str = "learned tokenizer",
    command: str = "",
    held_out: Sequence[HeldOut] = (),
    notes: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    on_measure: Callable[[dict[str, Any]], None] | None = None,
    device: str = "auto",
    deterministic: bool = False,
    resume: bool = False,
) -> VQModel:
    """Train a model and judge it by DNA that was held out; its card tells of both.

    A network writes its checkpoints into ``folder``, and with ``resume`` goes on there. ``held_out`` is what to judge
    by beside the ends that the corpus held out. ``command`` and ``name`` are for the card. Tables need NumPy alone.
    """
    began = perf_counter()
    facts: dict[str, Any] = {"name": name, "command": command, "notes": list(notes)}
    if plan.table is not None:
        model = train_table(corpus, plan.table, progress=progress)
        if plan.tuning is not None:
            words = {"device": device, "progress": progress, "on_measure": on_measure or (lambda _: None)}
            model = _tune(model, corpus, plan, facts, words)
        facts["joint_bits"] = joint_bits(model, corpus)
    else:
        if folder is None:
            raise ConfigError("a network needs a folder for its checkpoints", hint="folder='run/'")
        words = {"device": device, "deterministic": deterministic, "resume": resume}
        model = _train_network(corpus, plan, folder, facts, words | {"progress": progress, "on_measure": on_measure})
    seconds = perf_counter() - began
    facts.setdefault("seconds", seconds)
    rows = judge(model, [*held_out_parts(corpus), *held_out])
    return replace(model, card=make_card(model, corpus, settings=plan.settings, accuracy=rows, **facts))


def _tune(
    model: VQModel, corpus: Corpus, plan: TrainingPlan, facts: dict[str, Any], words: Mapping[str, Any]
) -> VQModel:
    """Tune a table; the better of both, and how it compares with the one before."""
    from genotok.train.libraries import load_torch  # late: k-means does without
    from genotok.train.vq_tune import tune_table

    assert plan.table is not None, "only tables come here"
    assert plan.tuning is not None, "and only with settings"
    tuned = tune_table(model, corpus, plan.table, plan.tuning, **words)
    facts["tuned"] = {"bits_before": tuned.start_bits, "bits": tuned.bits, "step": tuned.step}
    facts |= {"steps": plan.tuning.steps, "versions": {"torch": load_torch().__version__}}
    told = f"after {tuned.step:,} steps" if tuned.step else "which no step bettered"
    facts["notes"].append(f"tuned from {tuned.start_bits:.4f} bits a base of a window to {tuned.bits:.4f}, {told}")
    return tuned.model


def _train_network(
    corpus: Corpus, plan: TrainingPlan, folder: str | PathLike[str], facts: dict[str, Any], words: Mapping[str, Any]
) -> VQModel:
    """Train a network, and hold NumPy to the codes that torch gives; ``facts`` grow by what there is to tell."""
    from genotok.train import vq_freeze as freeze  # late: they need torch
    from genotok.train.libraries import load_torch
    from genotok.train.vq_loop import train_network

    assert plan.network is not None, "only networks come here"
    training = train_network(plan.network, corpus, folder, **words)
    model = freeze.freeze_model(training.network)
    assert model.network is not None, "it was frozen from one"
    frozen = freeze.thaw_network(plan.network, model.network, model.codebook)
    test = freeze.check_frozen(frozen, model, _first_bases(corpus))
    usage, facts["joint_bits"] = freeze.count_usage(frozen, corpus)
    facts |= {
        "seconds": training.seconds,
        "steps": training.steps,
        "parameters": plan.network.n_parameters,
        "versions": {"torch": load_torch().__version__},
        "best": training.best,
        "self_test": test._asdict(),
    }
    facts["notes"] += [each for each in training.notes if each not in corpus.notes]
    return replace(model, usage=usage)


def _first_bases(corpus: Corpus) -> Codes:
    """Return 100 kb, held out if there are such."""
    held, size = list[Codes](), 0
    for stretch in (*corpus.held_out, *corpus.train):
        held.append(stretch.codes[: _CHECKED - size])
        size += len(held[-1])
        if size >= _CHECKED:
            break
    return np.concatenate(held)
