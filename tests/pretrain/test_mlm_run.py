"""Pretraining runs: they learn, repeat themselves, stop and go on without a trace, end as asked, and keep the best."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

from genotok.errors import ConfigError, MissingExtraError, TrainingError
from genotok.train import libraries, mlm_loop
from genotok.train.mlm import chance_loss
from genotok.train.mlm_loop import pretrain
from genotok.train.vq_checkpoints import checkpoints_in, read_checkpoint
from pretrain.worlds import QUICK, corpus, reader

pytestmark = pytest.mark.native


def files_of(folder):
    """All bytes that a run leaves, but for the seconds that it took."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.name == "state.json":
                data = {name: value for name, value in json.loads(data).items() if name != "seconds"}
            found[str(path.relative_to(folder))] = data
    return found


def train(folder, config=QUICK, kind="tree", **words):
    return pretrain(config, reader(kind), corpus(), folder, device="cpu", **words)


@pytest.mark.parametrize("kind", ["tree", "hrq", "wide", "kmer3", "kmer6-step6"])
def test_after_twenty_steps_the_loss_is_below_chance(tmp_path, kind):
    """Of every kind of tokenizer, with 20 steps of a small model."""
    run = train(tmp_path, kind=kind)
    assert run.steps == 20
    assert run.best["loss"] < chance_loss(reader(kind).space)
    assert run.best["loss"] < run.records[0]["train_loss"]
    assert [each["step"] for each in run.records] == [5, 10, 15, 20]
    assert run.ended_by == "steps"


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path):
    """On a processor, with equally many threads."""
    for name in "ab":
        train(tmp_path / name)
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    train(tmp_path / "c", replace(QUICK, seed=1))
    assert files_of(tmp_path / "c") != files_of(tmp_path / "a")


@pytest.mark.parametrize("stop_at", [3, 10, 19])
def test_a_run_stopped_by_ctrl_c_ends_as_if_it_had_not_been(tmp_path, stop_at):
    """Between measures, at one, and before the end: the same bytes."""
    train(tmp_path / "whole")

    def press(_phase, done, _total):
        if done == stop_at:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", progress=press)
    assert list(checkpoints_in(tmp_path / "parts"))[-1] == stop_at
    run = train(tmp_path / "parts", resume=True)
    whole, parts = files_of(tmp_path / "whole"), files_of(tmp_path / "parts")
    assert not [name for name in whole if name in parts and whole[name] != parts[name]]
    assert {"metrics.jsonl", "step-000020/weights.safetensors", "step-000020/optimizer.pt"} <= set(parts)
    assert run.steps == 20


def test_a_finished_run_is_taken_up_at_its_end(tmp_path):
    """No step is taken."""
    train(tmp_path)
    before = files_of(tmp_path)
    assert train(tmp_path, resume=True).steps == 20
    assert files_of(tmp_path) == before


def test_a_run_goes_on_with_its_own_settings_tokenizer_and_corpus_alone(tmp_path):
    """What differs is named; and a folder with a run is not written over."""
    train(tmp_path)
    with pytest.raises(ConfigError, match="has batch=8, this one 4; resume with what the run was begun with"):
        train(tmp_path, replace(QUICK, batch=4), resume=True)
    with pytest.raises(ConfigError, match="has tokenizer="):
        train(tmp_path, kind="hrq", resume=True)
    with pytest.raises(ConfigError, match="in its corpus"):
        pretrain(QUICK, reader("tree"), corpus(seed=4), tmp_path, device="cpu", resume=True)
    with pytest.raises(ConfigError, match=r"there is a run in .*; resume it, or choose another folder"):
        train(tmp_path)


def test_what_is_kept_is_the_best_measure(tmp_path):
    """With a rate that destroys, not the last weights."""
    run = train(tmp_path, replace(QUICK, rate=5.0, warmup=0.9, clip=1e9, steps=40))
    best = min(run.records, key=lambda each: each["loss"])
    assert run.best == best
    assert run.best_step < 40
    kept = read_checkpoint(checkpoints_in(tmp_path)[run.best_step]).tensors
    assert all(torch.equal(value, kept[name]) for name, value in run.model.named_parameters())


def test_a_run_ends_after_measures_without_a_better_one(tmp_path):
    """Three of them, as often as asked for."""
    run = train(tmp_path, replace(QUICK, rate=5.0, clip=1e9, steps=400, patience=3, every=2))
    assert run.ended_by == "patience"
    assert run.steps == run.best_step + 6


def test_a_run_ends_after_minutes(tmp_path, monkeypatch):
    """And its rate falls with the clock."""
    now = iter(np.arange(0, 1e4, 1.0).tolist())
    monkeypatch.setattr(mlm_loop, "monotonic", lambda: next(now))
    rates = []
    config = replace(QUICK, steps=None, minutes=1.0, every=1000)
    monkeypatch.setattr(type(config), "rate_at", lambda _, done: rates.append(done) or 1e-3)
    run = train(tmp_path, config)
    assert run.ended_by == "minutes"
    assert 10 < run.steps < 60
    assert rates == sorted(rates)
    assert 0.9 < rates[-1] <= 1


def test_symmetric_tokenizers_may_read_both_strands(tmp_path):
    """The crops of a turned run are others."""
    runs = [train(tmp_path / str(turned), replace(QUICK, turned=turned), "kmer4-merged") for turned in (False, True)]
    assert runs[0].best["loss"] != runs[1].best["loss"]
    assert runs[0].best["tokens"] == runs[1].best["tokens"]


def test_a_loss_that_is_no_number_stops_the_run(tmp_path, monkeypatch):
    """With the step, and the last checkpoint that is good."""
    batch = mlm_loop._Run._batch

    def spoil(run, crops, seed):
        if getattr(run, "step", 0) == 7:
            next(run.model.parameters()).data[:] = float("nan")
        return batch(run, crops, seed)

    monkeypatch.setattr(mlm_loop._Run, "_batch", spoil)
    words = "the loss is no number at step 8; the last checkpoint is that after step 5; lower the rate"
    with pytest.raises(TrainingError, match=words):
        train(tmp_path)


def test_too_little_memory_is_told_with_half_the_batch(tmp_path, monkeypatch):
    """As a processor and as CUDA say it; other faults stay what they are."""
    for fault in (MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")):
        monkeypatch.setattr(mlm_loop, "masked_loss", lambda *_, fault=fault: (_ for _ in ()).throw(fault))
        words = "a batch of 8 rows of 32 tokens does not fit the memory; try a batch of 4"
        with pytest.raises(TrainingError, match=words):
            train(tmp_path)
    monkeypatch.setattr(mlm_loop, "masked_loss", lambda *_: (_ for _ in ()).throw(RuntimeError("else")))
    with pytest.raises(RuntimeError, match="else"):
        train(tmp_path)


@pytest.mark.parametrize("absent", ["torch", "transformers"])
def test_without_torch_or_transformers_nothing_is_pretrained(tmp_path, monkeypatch, absent):
    """One line with the command that helps."""

    def refuse(name, found=libraries.import_module):
        if name == absent:
            raise ImportError(name)
        return found(name)

    monkeypatch.setattr(libraries, "import_module", refuse)
    with pytest.raises(MissingExtraError, match=rf"{absent} is not installed; pip install 'genotok\[pretrain\]'"):
        libraries.load_transformers()


def test_cuda_that_is_absent_is_told(tmp_path):
    """With what to ask for instead; no machine has a hundred."""
    with pytest.raises(ConfigError, match=r"device='cuda:99': .*; --device cpu, or auto"):
        pretrain(QUICK, reader("tree"), corpus(), tmp_path, device="cuda:99")
