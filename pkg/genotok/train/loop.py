"""The training of a network, epoch by epoch: the best one is kept, and a run that was stopped goes on where it was."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import Any

from genotok.errors import ConfigError
from genotok.kernels.draws import join_seeds
from genotok.train.checkpoints import (
    BEST,
    LAST,
    epochs_in,
    load_weights,
    read_state,
    save_weights,
    write_metrics,
    write_state,
)
from genotok.train.dataset import WindowDataset, iter_batches
from genotok.train.evaluate import Progress, predict_contigs
from genotok.train.libraries import choose_device, load_torch
from genotok.train.losses import multinomial_loss, poisson_loss
from genotok.train.models import ModelConfig, build_model, predict
from genotok.train.settings import TrainConfig


@dataclass(frozen=True)
class EpochRecord:
    """One epoch: mean losses over its windows, the rate at its end, and how the validation agrees; None for NaN."""

    epoch: int
    loss: float
    poisson: float
    multinomial: float
    rate: float
    window_pearson: float | None
    pearson: float | None
    windows: int
    both_zero: int
    undefined: int
    seconds: float

    @property
    def merit(self) -> float:
        """What the best epoch has most of: the mean correlation of windows, below all if it is not defined."""
        return -math.inf if self.window_pearson is None else self.window_pearson


@dataclass(frozen=True)
class Training:
    """A finished run: the network with the weights of its best epoch, and a record for each epoch."""

    model: Any
    records: tuple[EpochRecord, ...]
    best_epoch: int

    @property
    def best(self) -> EpochRecord:
        """The record of the best epoch."""
        return self.records[self.best_epoch]


def train_model(
    model: ModelConfig,
    training: WindowDataset,
    validation: WindowDataset,
    folder: str | PathLike[str],
    *,
    config: TrainConfig | None = None,
    resume: bool = True,
    progress: Progress | None = None,
    on_epoch: Callable[[tuple[EpochRecord, ...]], None] | None = None,
) -> Training:
    """Train a network into a folder: ``train.json``, ``metrics.jsonl`` (an epoch a line), ``best.npz``, ``last.npz``.

    A run found in the folder goes on after its last whole epoch, and ends with the weights it would have had;
    ConfigError names the setting in which it differs. ``progress(phase, done, total)`` is told of windows,
    ``on_epoch(records)`` of each epoch once it is kept. Equal seeds give equal weights on one machine's processor
    with equally many threads; other numbers of them, and accelerators, may add numbers up in another order.
    """
    return _Run(model, config or TrainConfig(), training, validation, Path(folder), progress).finish(resume, on_epoch)


class _Run:
    """One run while it lasts."""

    def __init__(
        self,
        model: ModelConfig,
        config: TrainConfig,
        training: WindowDataset,
        validation: WindowDataset,
        folder: Path,
        progress: Progress | None,
    ) -> None:
        self.settings, self.config, self.folder, self.progress = model, config, folder, progress
        self.training, self.validation = training, validation
        self.device = choose_device(config.device)
        self.model = build_model(model, seed=config.seed).to(self.device)
        self.optimizer = load_torch().optim.AdamW(
            self.model.parameters(), lr=config.rate, weight_decay=config.weight_decay
        )
        self.records: list[EpochRecord] = []

    def finish(self, resume: bool, on_epoch: Callable[[tuple[EpochRecord, ...]], None] | None = None) -> Training:
        """Train until the end, from where the folder is."""
        if resume:
            self._take_up()
        while not self._is_done():
            self._add(self._run_epoch(len(self.records)))
            if on_epoch is not None:
                on_epoch(tuple(self.records))
        load_weights(self.folder / BEST, self.model)
        return Training(self.model.eval(), tuple(self.records), self._best())

    def _best(self) -> int:
        return max(range(len(self.records)), key=lambda at: (self.records[at].merit, -at))

    def _is_done(self) -> bool:
        done = len(self.records)
        return done >= self.config.epochs or (done > 0 and done - 1 - self._best() >= self.config.patience)

    def _state(self) -> dict[str, Any]:
        inputs = {"training_windows": len(self.training), "validation_windows": len(self.validation)}
        return {"model": self.settings.to_dict(), "config": self.config.decisive, "inputs": inputs}

    def _take_up(self) -> None:
        """Go on with the run in the folder, if there is one."""
        state = read_state(self.folder)
        if state is None:
            return
        for part, ours in self._state().items():
            for name, value in ours.items():
                if state[part].get(name) != value:
                    what = f"the run in {self.folder} has {name}={state[part].get(name)}, this one {value}"
                    raise ConfigError(what, hint="use another folder, or resume=False to begin anew")
        done = epochs_in(self.folder / LAST)  # one fewer than recorded if the run was killed between both
        self.records = [EpochRecord(**record) for record in state["records"][:done]]
        if done:
            load_weights(self.folder / LAST, self.model, self.optimizer)

    def _add(self, record: EpochRecord) -> None:
        """Keep an epoch; its last weights are written last, since a run goes on after the epoch that they name."""
        self.records.append(record)
        if self._best() == record.epoch:
            save_weights(self.folder / BEST, self.model)
        records = [asdict(each) for each in self.records]
        write_metrics(self.folder, records)
        write_state(self.folder, {**self._state(), "best_epoch": self._best(), "records": records})
        save_weights(self.folder / LAST, self.model, self.optimizer, epochs=len(records))

    def _run_epoch(self, epoch: int) -> EpochRecord:
        torch, began = load_torch(), monotonic()
        devices = [self.device] if self.device.type == "cuda" else []
        self.training.set_epoch(epoch)
        self.model.train()
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(join_seeds(self.config.seed, epoch) % 2**63)  # of dropout: an epoch needs no earlier one
            poisson, multinomial, rate = self._run_batches(epoch)
        agreement = predict_contigs(
            self.model, self.validation, batch=self.config.batch, device=str(self.device), progress=self.progress
        ).agreement.to_dict()
        loss = self.config.poisson * poisson + self.config.multinomial * multinomial
        seconds = round(monotonic() - began, 3)
        return EpochRecord(epoch, loss, poisson, multinomial, rate, **agreement, seconds=seconds)

    def _run_batches(self, epoch: int) -> tuple[float, float, float]:
        """Take one step for each batch; returns the mean of both losses over windows, and the last rate."""
        sums, done, rate = [0.0, 0.0], 0, 0.0
        for batch in iter_batches(self.training, self.config.batch, shuffled=True, workers=self.config.workers):
            size = len(batch["inputs"])
            rate = self.config.rate_at(epoch + (done + size) / len(self.training))
            for number, loss in enumerate(self._step(batch, rate)):
                sums[number] += loss * size
            done += size
            if self.progress:
                self.progress(f"epoch {epoch + 1}", done, len(self.training))
        return sums[0] / done, sums[1] / done, rate

    def _step(self, batch: dict[str, Any], rate: float) -> tuple[float, float]:
        torch = load_torch()
        inputs, targets, starts = (batch[name].to(self.device) for name in ("inputs", "targets", "starts"))
        first, last = int(batch["scored"][:, 0].max()), int(batch["scored"][:, 1].min())  # equal but in short contigs
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._is_cast()):
            prediction = predict(self.model, inputs, starts)
        judged, wanted = prediction[:, first:last].float(), targets[:, first:last]
        poisson, multinomial = poisson_loss(judged, wanted), multinomial_loss(judged, wanted)
        loss = self.config.poisson * poisson + self.config.multinomial * multinomial
        if not torch.isfinite(loss):
            raise ConfigError("the loss is no number any more", hint="lower the rate, or look at the targets")
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        return poisson.item(), multinomial.item()

    def _is_cast(self) -> bool:
        return self.config.autocast and self.device.type != "cpu"
