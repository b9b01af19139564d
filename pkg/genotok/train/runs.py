"""What a run was trained on, kept beside its weights: windows, contigs, scaling; enough to ask the network again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from genotok.errors import BundleError, ConfigError
from genotok.io.sinks import atomic_write
from genotok.train.contigs import Contig, Scaling
from genotok.train.windows import Split, WindowConfig

INPUTS = "inputs.json"
TOKENIZER = "tokenizer"  # the folder, in that of a run, with what made its tokens
_FORMAT = 1


@dataclass(frozen=True)
class RunInputs:
    """How contigs became items: ``windows``, the ``split`` of contigs, ``tracks`` by name, ``scaling`` and ``noise``.

    ``data`` is the digest of what was learnt from and chosen by, see `digest_contigs`; a run goes on with equal inputs
    alone.
    """

    windows: WindowConfig
    split: Split
    tracks: tuple[str, ...]
    scaling: Scaling | None = None
    noise: float = 0.0
    data: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "windows": asdict(self.windows),
            "split": {name: list(part) for name, part in self.split._asdict().items()},
            "tracks": list(self.tracks),
            "scaling": None if self.scaling is None else list(self.scaling),
            "noise": self.noise,
            "data": self.data,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunInputs":
        """Read what `to_dict` returned."""
        split = Split(**{name: tuple(part) for name, part in values["split"].items()})
        scaling = None if values["scaling"] is None else Scaling(*values["scaling"])
        windows = WindowConfig(**values["windows"])
        return cls(windows, split, tuple(values["tracks"]), scaling, float(values["noise"]), str(values["data"]))

    def write(self, folder: str | PathLike[str]) -> None:
        """Write them beside the weights."""
        with atomic_write(Path(folder) / INPUTS) as file:
            file.write((json.dumps({"format": _FORMAT, **self.to_dict()}, indent=1) + "\n").encode())

    def check_against(self, folder: str | PathLike[str]) -> None:
        """Raise ConfigError, naming what differs, unless a run that is in the folder had the same inputs."""
        if not (Path(folder) / INPUTS).exists():
            return
        mine, its = self.to_dict(), read_inputs(folder).to_dict()
        for name, value in mine.items():
            if its[name] != value:
                what = f"the run in {folder} has {name} {its[name]}, this one {value}"
                raise ConfigError(what, hint="give what it was begun with, or another folder")


def read_inputs(folder: str | PathLike[str]) -> RunInputs:
    """Read what a run was trained on; BundleError if the folder holds none."""
    path = Path(folder) / INPUTS
    if not path.is_file():
        raise BundleError("no training run here", path=str(folder), hint=f"a folder with {INPUTS}, as training makes")
    try:
        values = json.loads(path.read_bytes())
        if values["format"] != _FORMAT:
            raise BundleError(f"format {values['format']!r} is not known", path=str(path), hint="use a newer genotok")
        return RunInputs.from_dict(values)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        if isinstance(fault, BundleError):
            raise
        raise BundleError("this says nothing of a run", path=str(path), hint="train anew") from fault


def digest_contigs(contigs: Iterable[Contig]) -> str:
    """Return SHA-256 of names, boundaries and targets."""
    sha = hashlib.sha256()
    for each in contigs:
        sha.update(f"{each.name}\n".encode())
        sha.update(np.ascontiguousarray(each.boundaries, dtype="<i8").tobytes())
        sha.update(np.ascontiguousarray(each.targets, dtype="<f4").tobytes())
    return sha.hexdigest()
