"""Where a training run is kept: arrays by name and plain JSON, never a pickle, each file whole or not there."""

import json
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import BundleError
from genotok.io.sinks import atomic_write
from genotok.io.zips import read_npz, write_npz
from genotok.train.libraries import load_torch
from genotok.train.models import ModelConfig, build_model

STATE, LAST, BEST, METRICS = "train.json", "last.npz", "best.npz", "metrics.jsonl"
_WEIGHTS, _OPTIMIZER, _EPOCHS = "model/", "optimizer/", "epochs"
_FORMAT = 1


def save_weights(path: str | PathLike[str], model: Any, optimizer: Any | None = None, *, epochs: int = 0) -> None:
    """Write the weights of a network as an npz of named arrays; with its optimizer's moments, after so many epochs."""
    arrays = {_WEIGHTS + name: _array(value) for name, value in model.state_dict().items()}
    if optimizer is not None:
        arrays[_EPOCHS] = np.array(epochs, dtype=np.int64)
        for number, state in optimizer.state_dict()["state"].items():
            arrays |= {f"{_OPTIMIZER}{number}/{name}": _array(value) for name, value in state.items()}
    with atomic_write(path) as file:
        write_npz(file, arrays)


def load_weights(path: str | PathLike[str], model: Any, optimizer: Any | None = None) -> None:
    """Read what `save_weights` wrote into a network of the same shape; BundleError if it is not."""
    torch, arrays = load_torch(), _read(path)
    own, held = model.state_dict(), {name.removeprefix(_WEIGHTS) for name in arrays if name.startswith(_WEIGHTS)}
    fits = held == set(own) and all(arrays[_WEIGHTS + name].shape == tuple(own[name].shape) for name in own)
    if not fits:
        raise BundleError("the weights are those of another network", path=str(path), hint="its settings are beside it")
    model.load_state_dict({name: torch.from_numpy(arrays[_WEIGHTS + name].copy()) for name in own})
    if optimizer is not None:
        optimizer.load_state_dict(optimizer.state_dict() | {"state": _moments(arrays)})


def epochs_in(path: str | PathLike[str]) -> int:
    """Return after how many epochs `save_weights` wrote a file; 0 if there is none."""
    return int(_read(path)[_EPOCHS]) if Path(path).exists() else 0


def _moments(arrays: Mapping[str, NDArray[Any]]) -> dict[int, dict[str, Any]]:
    torch = load_torch()
    state: dict[int, dict[str, Any]] = {}
    for key, value in arrays.items():
        if key.startswith(_OPTIMIZER):
            _, number, name = key.split("/")
            state.setdefault(int(number), {})[name] = torch.from_numpy(value.copy())
    return state


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Write what a run is and how far it is."""
    with atomic_write(folder / STATE) as file:
        file.write((json.dumps({"format": _FORMAT, **state}, indent=1) + "\n").encode())


def read_state(folder: str | PathLike[str]) -> dict[str, Any] | None:
    """Read the state of a run; None if the folder holds none."""
    path = Path(folder) / STATE
    if not path.exists():
        return None
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        known = state["format"] == _FORMAT
    except (ValueError, KeyError, TypeError) as fault:
        raise BundleError("this is no state of a run", path=str(path), hint="train anew into another folder") from fault
    if not known:
        raise BundleError(f"format {state['format']!r} is not known", path=str(path), hint="use a newer genotok")
    return dict(state)


def write_metrics(folder: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write one line of JSON for each epoch."""
    with atomic_write(folder / METRICS) as file:
        file.writelines((json.dumps(record, allow_nan=False) + "\n").encode() for record in records)


def open_model(folder: str | PathLike[str]) -> Any:
    """Return the network of the best epoch of a finished or running training, in evaluation mode."""
    state = read_state(folder)
    if state is None:
        raise BundleError("no training run here", path=str(folder), hint=f"a folder with {STATE} and {BEST}")
    model = build_model(ModelConfig.from_dict(state["model"]))
    load_weights(Path(folder) / BEST, model)
    return model.eval()


def _read(path: str | PathLike[str]) -> dict[str, NDArray[Any]]:
    try:
        with Path(path).open("rb") as file:
            return read_npz(file)
    except (OSError, ValueError) as fault:
        hint = "train anew, or copy the file again"
        raise BundleError("the weights are damaged or not there", path=str(path), hint=hint) from fault


def _array(value: Any) -> NDArray[Any]:
    return np.asarray(value.detach().cpu().numpy())
