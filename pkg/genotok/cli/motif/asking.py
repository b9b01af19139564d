"""A trained network that is asked again: its folder opened, with the tokenizer whose tokens it knows."""

from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path
from typing import Any

from genotok.cli.motif.opening import open_tokenizer
from genotok.errors import BundleError, ConfigError
from genotok.tokenizers.motif import MotifTokenizer
from genotok.train.checkpoints import open_model, read_state
from genotok.train.libraries import choose_device
from genotok.train.models import ModelConfig
from genotok.train.runs import TOKENIZER, RunInputs, read_inputs


@dataclass(frozen=True)
class AskedRun:
    """The network of the best epoch, its settings, what it was trained on, and its tokenizer."""

    model: Any
    config: ModelConfig
    inputs: RunInputs
    tokenizer: MotifTokenizer
    best_epoch: int

    @property
    def is_onehot(self) -> bool:
        """Whether it sees letters rather than tokens."""
        return self.config.input == "onehot"


def open_run(folder: str, *, device: str) -> AskedRun:
    """Open the folder of a run, whether it has ended or not; the device is looked for first."""
    choose_device(device)
    if not Path(folder).is_dir():
        raise FileNotFoundError(ENOENT, "no such folder; check the path", folder)
    inputs, state = read_inputs(folder), read_state(folder)
    if state is None:
        raise BundleError("no epoch of this run is whole yet", path=folder, hint="let it train on with --resume")
    config, tokenizer = ModelConfig.from_dict(state["model"]), open_tokenizer(str(Path(folder) / TOKENIZER))
    if config.input == "tokens" and config.channels != tokenizer.n_clusters:
        what = f"the network knows {config.channels:,} clusters, its tokenizer has {tokenizer.n_clusters:,}"
        raise BundleError(what, path=folder, hint="the folder was changed; train anew")
    return AskedRun(open_model(folder), config, inputs, tokenizer, int(state["best_epoch"]))


def check_track(run: AskedRun, track: int) -> int:
    """Return the number of a track counted from 0; it is given counted from 1."""
    if not 1 <= track <= run.config.tracks:
        raise ConfigError(f"track {track}", hint=f"the network predicts {run.config.tracks}, counted from 1")
    return track - 1
