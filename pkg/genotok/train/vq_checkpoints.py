"""Where a training run is kept: folders ``step-000400`` that are whole or not there, and one line for each measure."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from os import PathLike
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from genotok.errors import BundleError, ConfigError
from genotok.io.safetensors import read_safetensors, write_safetensors
from genotok.io.sinks import atomic_write, told_when_full
from genotok.train.libraries import load_torch
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_presets import NetworkConfig

WEIGHTS, OPTIMIZER, STATE, METRICS = "weights.safetensors", "optimizer.pt", "state.json", "metrics.jsonl"
KEPT = 3  # the newest checkpoints, beside the best
_FORMAT = 1
_NAME = re.compile(r"step-(\d{6,})")


@dataclass(frozen=True)
class Checkpoint:
    """A run after ``step`` steps: ``tensors`` by name, the ``moments`` of the optimiser, and ``state``, plain values.

    ``state`` has ``best`` (None, or its step and bits) and ``running`` (sums since the last measure), and ``seconds``.
    """

    step: int
    tensors: Mapping[str, Any]
    moments: Mapping[str, Any]
    state: Mapping[str, Any]


def describe_run(config: NetworkConfig, corpus: Corpus) -> dict[str, Any]:
    """Return what a run must share with the one that it resumes: settings, and the digests of its files."""
    return {"config": config.to_dict(), "corpus": describe_corpus(corpus)}


def describe_corpus(corpus: Corpus) -> dict[str, Any]:
    """Return the digests and weights of the files of a corpus."""
    files = [{"file": each.file, "sha256": each.sha256, "weight": each.weight} for each in corpus.files]
    return {"files": files, "balance": corpus.balance, "digest": corpus.digest}


def write_checkpoint(folder: Path, checkpoint: Checkpoint, run: Mapping[str, Any]) -> None:
    """Write a checkpoint under a name of its own and give it its name at the end; remove those that are too many."""
    torch = load_torch()
    arrays = {name: np.asarray(value.detach().cpu().numpy()) for name, value in checkpoint.tensors.items()}
    moments = BytesIO()
    torch.save(dict(checkpoint.moments), moments)
    parts = {WEIGHTS: write_safetensors(arrays), OPTIMIZER: moments.getvalue()}
    state = {
        "format": _FORMAT,
        "step": checkpoint.step,
        "config_digest": _digest_of(run["config"]),
        **run,
        "random": {
            "kind": "counter",
            "seed": run["config"]["seed"],
            "step": checkpoint.step,
        },  # no generator has a state
        **checkpoint.state,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()},
    }
    parts[STATE] = (json.dumps(state, indent=1) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"step-{checkpoint.step:06d}"
    part = Path(mkdtemp(prefix=f".{target.name}.", dir=folder))
    try:
        with told_when_full(target):
            for name, data in parts.items():
                (part / name).write_bytes(data)
        part.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        part.replace(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _remove_old(folder)


def read_checkpoint(path: Path) -> Checkpoint:
    """Read one checkpoint; BundleError if it is damaged, ConfigError if a newer genotok wrote it."""
    torch = load_torch()
    hint = "an older checkpoint beside it may be whole"
    try:
        state = json.loads((path / STATE).read_bytes())
        if state["format"] != _FORMAT:
            raise ConfigError(f"format {state['format']!r} is not known", path=str(path), hint="use a newer genotok")
        parts = {name: (path / name).read_bytes() for name in (WEIGHTS, OPTIMIZER)}
        for name, data in parts.items():
            if hashlib.sha256(data).hexdigest() != state["sha256"][name]:
                raise BundleError(f"{name} is cut or changed", path=str(path), hint=hint)
        moments = torch.load(BytesIO(parts[OPTIMIZER]), weights_only=True, map_location="cpu")
        tensors = {name: torch.from_numpy(each.copy()) for name, each in read_safetensors(parts[WEIGHTS]).items()}
        return Checkpoint(int(state["step"]), tensors, moments, state)
    except (BundleError, ConfigError):
        raise
    except Exception as fault:  # whatever a damaged file makes of JSON, zip and torch
        raise BundleError("the checkpoint is damaged", path=str(path), hint=hint) from fault


def newest_checkpoint(folder: Path, note: Callable[[str], None]) -> Checkpoint | None:
    """Read the newest whole checkpoint of a run, if there is one; damaged ones are told to ``note`` and removed."""
    for step, path in sorted(checkpoints_in(folder).items(), reverse=True):
        try:
            return read_checkpoint(path)
        except BundleError as fault:
            note(f"the checkpoint after step {step:,} is damaged and not used: {fault.what}")
            shutil.rmtree(path)
    return None


def take_up(folder: Path, run: Mapping[str, Any], *, resume: bool, note: Callable[[str], None]) -> Checkpoint | None:
    """Return what a run goes on from, or None if it begins; measures that it will make anew are left out.

    ConfigError: there is a run in the folder and none is to be resumed, or another one than this.
    """
    if not resume and checkpoints_in(folder):
        raise ConfigError(f"there is a run in {folder}", hint="resume it, or choose another folder")
    kept = newest_checkpoint(folder, note) if resume else None
    if kept is not None:
        check_same_run(kept.state, run, folder)
    cut_measures(folder, -1 if kept is None else kept.step)
    return kept


def checkpoints_in(folder: str | PathLike[str]) -> dict[int, Path]:
    """List the checkpoints of a run by step."""
    found = ((_NAME.fullmatch(path.name), path) for path in Path(folder).glob("step-*"))
    return dict(sorted((int(match[1]), path) for match, path in found if match))


def check_same_run(state: Mapping[str, Any], run: Mapping[str, Any], folder: Path) -> None:
    """Raise ConfigError, naming what differs, unless a checkpoint is of the same run."""
    hint = "resume with what the run was begun with, or train into another folder"
    for name, value in run["config"].items():
        its = state["config"].get(name)
        if its != value:
            raise ConfigError(f"the run in {folder} has {name}={its!r}, this one {value!r}", hint=hint)
    mine, its = run["corpus"], state["corpus"]
    for number, each in enumerate(mine["files"]):
        other = its["files"][number] if number < len(its["files"]) else {}
        for name, value in each.items():
            if name != "file" and other.get(name) != value:
                raise ConfigError(f"the run in {folder} has another {name} of {each['file']} in its corpus", hint=hint)
    for name in ("balance", "digest"):
        if its[name] != mine[name]:
            raise ConfigError(f"the run in {folder} has another corpus: its {name} is {its[name]}", hint=hint)


def append_measure(folder: Path, record: Mapping[str, Any]) -> None:
    """Add one line of JSON to the measures of a run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / METRICS).open("ab") as file:
        file.write((json.dumps(record, allow_nan=False) + "\n").encode())


def read_measures(folder: str | PathLike[str]) -> list[dict[str, Any]]:
    """Read the measures of a run, one for each whole line."""
    path = Path(folder) / METRICS
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def cut_measures(folder: Path, step: int) -> None:
    """Leave out measures after a step: the run goes on from there, and makes them anew."""
    kept = [each for each in read_measures(folder) if each["step"] <= step]
    with atomic_write(folder / METRICS) as file:
        file.writelines((json.dumps(each, allow_nan=False) + "\n").encode() for each in kept)


def _remove_old(folder: Path) -> None:
    """Keep the newest checkpoints, and the best that each of them knows: any of them may be the one to go on from."""
    found = checkpoints_in(folder)
    newest = list(found)[-KEPT:]
    kept = set(newest)
    for step in newest:
        try:
            best = json.loads((found[step] / STATE).read_bytes())["best"]
        except (OSError, ValueError, KeyError):
            continue
        kept |= {best["step"]} if best else set()
    for step in set(found) - kept:
        shutil.rmtree(found[step])


def _digest_of(settings: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
