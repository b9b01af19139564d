"""The pretraining of a language model on crops of DNA, step by step; measured, kept, stopped and taken up again."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from os import PathLike
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.errors import TrainingError
from genotok.kernels.draws import join_seeds
from genotok.train.libraries import choose_device, load_torch
from genotok.train.mlm import build_masked_model, mask_tokens, masked_loss, measure, on_device
from genotok.train.mlm_config import MlmConfig
from genotok.train.mlm_tokens import Reader, Table, lay_out
from genotok.train.vq_checkpoints import (
    Checkpoint,
    append_measure,
    checkpoints_in,
    describe_corpus,
    read_checkpoint,
    read_measures,
    take_up,
    write_checkpoint,
)
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_crops import CropSampler
from genotok.train.vq_stopping import batch_too_large, determined, interrupts_between_steps

Progress: TypeAlias = Callable[[str, int, int], None]  # phase, steps done, steps in all (0 if that is not known)
Batch: TypeAlias = tuple[Table, Table, NDArray[np.bool_]]

_CROPS, _MASKS, _DROPOUT, _HELD_OUT = range(1, 5)  # what a seed is drawn for
_MEASURED = 64  # held-out crops
_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)


@dataclass(frozen=True)
class Pretraining:
    """A finished run: the model with its best weights, all measures, and what should be told of it."""

    model: Any
    records: tuple[dict[str, Any], ...]
    steps: int
    best_step: int
    seconds: float
    ended_by: str
    notes: tuple[str, ...]

    @property
    def best(self) -> dict[str, Any]:
        """The measure of the weights that were kept."""
        return next(each for each in self.records if each["step"] == self.best_step)


def pretrain(
    config: MlmConfig,
    reader: Reader,
    corpus: Corpus,
    folder: str | PathLike[str],
    *,
    device: str = "auto",
    deterministic: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
    on_measure: Callable[[dict[str, Any]], None] | None = None,
) -> Pretraining:
    """Train a masked language model on the tokens of a corpus, and keep the best by the loss on held-out crops.

    The folder gets checkpoints and ``metrics.jsonl``. With ``resume`` a run in it goes on after its newest checkpoint,
    and one that is ended by steps ends as it would have, to the byte on a processor with as many threads.
    TrainingError: the loss is no number, or the memory is too small. Ctrl-C ends the step, keeps it and raises
    KeyboardInterrupt.
    """
    run = _Run(config, reader, corpus, Path(folder), choose_device(device), progress, on_measure)
    run.begin(resume)
    with determined(deterministic), interrupts_between_steps() as is_pressed:
        return run.finish(is_pressed)


class _Run:
    """One run while it lasts."""

    def __init__(
        self,
        config: MlmConfig,
        reader: Reader,
        corpus: Corpus,
        folder: Path,
        device: Any,
        progress: Progress | None,
        on_measure: Callable[[dict[str, Any]], None] | None,
    ) -> None:
        self.config, self.reader, self.corpus, self.folder, self.device = config, reader, corpus, folder, device
        self.progress, self.on_measure = progress, on_measure
        self.space, length = reader.space, reader.bases_for(config.tokens)
        self.crops = corpus.sampler(length)
        self.held_out = self._held_out(corpus.sampler(length, held_out=True))
        self.model = build_masked_model(config, self.space).to(device)
        self.optimizer = load_torch().optim.AdamW(
            self.model.parameters(), lr=config.rate, weight_decay=config.weight_decay
        )
        self.step, self.seconds, self.worse = 0, 0.0, 0
        self.best: dict[str, Any] | None = None
        self.running = {"loss": 0.0, "steps": 0}
        self.notes = list(corpus.notes)

    def begin(self, resume: bool) -> None:
        """Take up the run in the folder, if that is wanted; refuse to write over one if not."""
        kept = take_up(self.folder, self._described(), resume=resume, note=self.notes.append)
        if kept is not None:
            self._load(kept.tensors)
            self.optimizer.load_state_dict(kept.moments)
            self.step, self.best, self.running = kept.step, kept.state["best"], dict(kept.state["running"])
            self.worse, self.seconds = int(kept.state["worse"]), float(kept.state["seconds"])

    def finish(self, is_pressed: Callable[[], bool]) -> Pretraining:
        """Take all steps that are left."""
        began, ended = monotonic() - self.seconds, self._end(self.seconds)
        try:
            while not ended:
                self._advance(self.config.done(self.step, monotonic() - began))
                ended = self._end(monotonic() - began)
                is_due = bool(ended) or self.step % self.config.every == 0
                if is_due:
                    self._measure(began)
                    ended = ended or self._end(monotonic() - began)
                if is_pressed() and not ended:
                    if not is_due:
                        self._keep(began)
                    raise KeyboardInterrupt
        except (RuntimeError, MemoryError) as fault:
            rows = f"rows of {self.config.tokens:,} tokens"
            if (told := batch_too_large(fault, self.config.batch, rows)) is None:
                raise
            raise told from fault
        assert self.best is not None, "there was a measure at the end"
        self._load(read_checkpoint(checkpoints_in(self.folder)[self.best["step"]]).tensors)
        records, seconds = tuple(read_measures(self.folder)), monotonic() - began
        best = self.best["step"]
        return Pretraining(self.model.eval(), records, self.step, best, seconds, ended, tuple(self.notes))

    def _end(self, seconds: float) -> str:
        """Say what ends the run, if it is at its end."""
        if self.config.patience is not None and self.worse >= self.config.patience:
            return "patience"
        if self.config.steps is not None and self.step >= self.config.steps:
            return "steps"
        return "minutes" if self.config.done(0, seconds) >= 1 else ""

    def _load(self, tensors: Any) -> None:
        with load_torch().no_grad():
            for name, each in self.model.named_parameters():
                each.copy_(tensors[name])

    def _described(self) -> dict[str, Any]:
        settings = self.config.to_dict() | {"tokenizer": self.reader.digest, "space": self.space.to_dict()}
        return {"config": settings, "corpus": describe_corpus(self.corpus)}

    def _seed(self, *parts: int) -> int:
        return join_seeds(self.config.seed, *parts)

    def _batch(self, crops: NDArray[np.uint8], seed: int) -> Batch:
        """Tokenize crops, uint8 (b, L), and hide some tokens."""
        texts = [row.tobytes().decode() for row in _LETTERS[crops]]
        ids = lay_out(self.space, self.reader.read(texts), self.config.tokens)
        return ids, *mask_tokens(ids, self.space, share=self.config.share, seed=seed)

    def _held_out(self, sampler: CropSampler) -> list[Batch]:
        """Draw the crops to judge by, and hide the same tokens of them each time."""
        crops, size = sampler.draw(_MEASURED, seed=self._seed(_HELD_OUT)), self.config.batch
        places = range(0, len(crops), size)
        return [self._batch(crops[at : at + size], self._seed(_HELD_OUT, at)) for at in places]

    def _advance(self, done: float) -> None:
        """Take one step."""
        torch, config = load_torch(), self.config
        crops = self.crops.draw(config.batch, seed=self._seed(_CROPS), step=self.step, turned=config.turned)
        batch = self._batch(crops, self._seed(_MASKS, self.step))
        self.step += 1
        if not batch[2].any():
            return  # nothing but unknown bases was drawn
        for group in self.optimizer.param_groups:
            group["lr"] = config.rate_at(max(done, config.done(self.step, 0.0)))
        self.model.train()
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(self._seed(_DROPOUT, self.step) % 2**63)  # a step needs no earlier one
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
                ids, masked, chosen = on_device(batch, self.device)
                loss, _, _ = masked_loss(self.model, ids, masked, chosen, self.space)
        value = float(loss.detach())
        if not isfinite(value):
            self._stop()
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip)
        self.optimizer.step()
        self.running["loss"] += value
        self.running["steps"] += 1
        if self.progress is not None:
            self.progress("pretrain", self.step, config.steps or 0)

    def _measure(self, began: float) -> None:
        """Measure, tell, and keep all as it is."""
        found = measure(self.model, self.held_out, self.space)
        if not isfinite(found.loss):
            self._stop()
        mean = self.running["loss"] / self.running["steps"] if self.running["steps"] else None
        record = {"step": self.step, "train_loss": mean, **found.to_dict()}
        self.running = {"loss": 0.0, "steps": 0}
        is_best = self.best is None or found.loss < self.best["loss"]
        self.worse = 0 if is_best else self.worse + 1
        if is_best:
            self.best = {"step": self.step, "loss": found.loss}
        append_measure(self.folder, record)
        self._keep(began)
        if self.on_measure is not None:
            self.on_measure(record)

    def _keep(self, began: float) -> None:
        running = {"best": self.best, "running": self.running, "worse": self.worse}
        state = running | {"seconds": round(monotonic() - began, 1)}
        tensors = dict(self.model.named_parameters())
        checkpoint = Checkpoint(self.step, tensors, self.optimizer.state_dict(), state)
        write_checkpoint(self.folder, checkpoint, self._described())

    def _stop(self) -> NoReturn:
        kept = list(checkpoints_in(self.folder))
        last = f"the last checkpoint is that after step {kept[-1]:,}" if kept else "there is no checkpoint yet"
        raise TrainingError(f"the loss is no number at step {self.step:,}", hint=f"{last}; lower the rate")
