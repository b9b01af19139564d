"""The training of a network, step by step: measured, kept, stopped and taken up again without a trace."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, isfinite, pi
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from genotok.errors import TrainingError
from genotok.kernels.draws import join_seeds
from genotok.train.libraries import choose_device, load_torch
from genotok.train.vq_checkpoints import (
    Checkpoint,
    append_measure,
    checkpoints_in,
    describe_run,
    read_checkpoint,
    read_measures,
    take_up,
    write_checkpoint,
)
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_init import ROWS_A_CODE
from genotok.train.vq_measures import Measures, measure
from genotok.train.vq_network import Network
from genotok.train.vq_presets import NetworkConfig
from genotok.train.vq_stopping import determined, interrupts_between_steps, too_large

Progress: TypeAlias = Callable[[str, int, int], None]  # phase, steps done, steps in all
_CROPS, _RESTARTS, _START, _START_CROPS, _HELD_OUT = range(1, 6)  # what a seed is drawn for
_RESTART_UNTIL = 0.8  # of the steps: later ones leave all codes where they are
_MEASURED = 128  # held-out crops


@dataclass(frozen=True)
class Record:
    """A measure after ``step`` steps: the ``rate``; since the last one, the mean ``loss`` and dead codes restarted."""

    step: int
    rate: float
    loss: float | None
    restarts: int
    held_out: Measures

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, all on one level."""
        own = {name: value for name, value in vars(self).items() if name != "held_out"}
        return own | self.held_out.to_dict()


@dataclass(frozen=True)
class Training:
    """A finished run: the network with its best weights, all measures, and what should be told of it."""

    network: Network
    records: tuple[dict[str, Any], ...]
    steps: int
    best_step: int
    seconds: float
    notes: tuple[str, ...]

    @property
    def best(self) -> dict[str, Any]:
        """The measure of the weights that were kept."""
        return next(each for each in self.records if each["step"] == self.best_step)


def train_network(
    config: NetworkConfig,
    corpus: Corpus,
    folder: str | PathLike[str],
    *,
    device: str = "auto",
    deterministic: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
    on_measure: Callable[[dict[str, Any]], None] | None = None,
) -> Training:
    """Train a network into a folder of checkpoints and ``metrics.jsonl``; keep the best by held-out bits per base.

    With ``resume`` a run in the folder goes on after its newest whole checkpoint, and ends as it would have without the
    break, to the byte on a processor with as many threads; ConfigError names the setting in which it differs. The best
    is taken from the measures with codes; the first is made as soon as there are codes, so the end is never worse than
    that start. ``on_measure`` is given each measure as plain values. TrainingError: the loss is no number, or the
    memory is too small. Ctrl-C ends the step, keeps it and raises KeyboardInterrupt.
    """
    run = _Run(config, corpus, Path(folder), choose_device(device), progress, on_measure)
    run.begin(resume)
    with determined(deterministic), interrupts_between_steps() as is_pressed:
        return run.finish(is_pressed)


class _Run:
    """One run while it lasts."""

    def __init__(
        self,
        config: NetworkConfig,
        corpus: Corpus,
        folder: Path,
        device: Any,
        progress: Progress | None,
        on_measure: Callable[[dict[str, Any]], None] | None,
    ) -> None:
        self.config, self.corpus, self.folder, self.device = config, corpus, folder, device
        self.progress, self.on_measure = progress, on_measure
        self.steps = config.steps_over(corpus.bases)
        self.warmup = config.warmup_steps(self.steps)
        self.crops = corpus.sampler(config.crop)
        self.held_out = corpus.sampler(config.crop, held_out=True).draw(_MEASURED, seed=self._seed(_HELD_OUT))
        self.network = Network(config, device=device)
        weights = list(self.network.weights.values())
        self.optimizer = load_torch().optim.AdamW(weights, lr=config.rate, weight_decay=config.weight_decay)
        self.step, self.seconds = 0, 0.0
        self.best: dict[str, Any] | None = None
        self.running = {"loss": 0.0, "steps": 0, "restarts": 0}
        self.notes = list(corpus.notes)

    def begin(self, resume: bool) -> None:
        """Take up the run in the folder, if that is wanted; refuse to write over one if not."""
        kept = take_up(self.folder, describe_run(self.config, self.corpus), resume=resume, note=self.notes.append)
        if kept is not None:
            self.network.load(kept.tensors)
            self.optimizer.load_state_dict(kept.moments)
            self.step, self.best, self.running = kept.step, kept.state["best"], dict(kept.state["running"])
            self.seconds = float(kept.state["seconds"])

    def finish(self, is_pressed: Callable[[], bool]) -> Training:
        """Run all steps that are left."""
        began = monotonic() - self.seconds
        try:
            if self.step == self.warmup == 0 and not self.network.quantiser.is_started:
                self._start_codes()
                self._measure(began)
            while self.step < self.steps:
                self._advance()
                is_due = self.step in (self.warmup, self.steps) or self.step % self.config.every == 0
                if is_due:
                    self._measure(began)
                if is_pressed():
                    if not is_due:
                        self._keep(began)
                    raise KeyboardInterrupt
        except (RuntimeError, MemoryError) as fault:
            if (told := too_large(fault, self.config)) is None:
                raise
            raise told from fault
        assert self.best is not None, "there was a measure with codes at the end"
        self.network.load(read_checkpoint(checkpoints_in(self.folder)[self.best["step"]]).tensors)
        records = tuple(read_measures(self.folder))
        seconds = round(monotonic() - began, 1)
        return Training(self.network, records, self.steps, self.best["step"], seconds, tuple(self.notes))

    def _seed(self, *parts: int) -> int:
        return join_seeds(self.config.seed, *parts)

    def _draw(self, purpose: int, step: int) -> Any:
        crops = self.crops.draw(self.config.batch, seed=self._seed(purpose), step=step, turned=self.config.turned)
        return load_torch().from_numpy(crops).to(self.device)

    def _rate(self) -> float:
        return self.config.rate * (1 + cos(pi * self.step / self.steps)) / 2

    def _advance(self) -> None:
        """Take one step; after the last one of the warm-up, begin to quantise."""
        torch = load_torch()
        bases = self._draw(_CROPS, self.step)
        out = self.network.run(bases)
        loss, crossed = self.network.loss(out, bases)
        value = float(crossed.detach())
        if not isfinite(float(loss.detach())):
            self._stop()
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate()
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.weights.values(), self.config.clip)
        self.optimizer.step()
        restart = self.step < _RESTART_UNTIL * self.steps
        self.running["restarts"] += self.network.quantiser.follow(
            out.quantised, seed=self._seed(_RESTARTS, self.step), restart=restart
        )
        self.running["loss"] += value
        self.running["steps"] += 1
        self.step += 1
        if self.step == self.warmup:
            self._start_codes()
        if self.progress is not None:
            self.progress("train", self.step, self.steps)

    def _start_codes(self) -> None:
        rows = ROWS_A_CODE * max(self.network.quantiser.sizes)
        batches = self._batches()
        self.network.start_quantiser(batches, rows=rows, seed=self._seed(_START))

    def _batches(self) -> Iterator[Any]:
        step = 0
        while True:
            yield self._draw(_START_CROPS, step)
            step += 1

    def _measure(self, began: float) -> None:
        """Measure, tell, and keep all as it is."""
        size = self.config.batch
        batches = (self.held_out[at : at + size] for at in range(0, len(self.held_out), size))
        found = measure(self.network, batches)
        if not isfinite(found.bits):
            self._stop()
        count = self.running["steps"]
        loss = self.running["loss"] / count if count else None
        record = Record(self.step, self._rate(), loss, int(self.running["restarts"]), found).to_dict()
        self.running = {"loss": 0.0, "steps": 0, "restarts": 0}
        if found.is_quantised and (self.best is None or found.bits < self.best["bits"]):
            self.best = {"step": self.step, "bits": found.bits}
        append_measure(self.folder, record)
        self._keep(began)
        if self.on_measure is not None:
            self.on_measure(record)

    def _keep(self, began: float) -> None:
        state = {"best": self.best, "running": self.running, "seconds": round(monotonic() - began, 1)}
        moments = self.optimizer.state_dict()
        checkpoint = Checkpoint(self.step, self.network.state(), moments, state)
        write_checkpoint(self.folder, checkpoint, describe_run(self.config, self.corpus))

    def _stop(self) -> None:
        kept = list(checkpoints_in(self.folder))
        last = f"the last checkpoint is that after step {kept[-1]:,}" if kept else "there is no checkpoint yet"
        raise TrainingError(f"the loss is no number at step {self.step + 1:,}", hint=f"{last}; lower the rate")
