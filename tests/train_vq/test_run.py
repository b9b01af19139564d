"""Runs: they learn, use all their codes, repeat themselves, stop and go on without a trace, and keep the best."""

import json
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch

from genotok.errors import BundleError, ConfigError, TrainingError
from genotok.train import vq_loop
from genotok.train.vq_checkpoints import checkpoints_in, read_checkpoint, read_measures
from genotok.train.vq_loop import train_network
from genotok.train.vq_presets import NetworkConfig, preset_config
from train_vq.worlds import QUICK, corpus

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


def train(folder, config=QUICK, world=None, **words):
    return train_network(config, world or corpus(), folder, device="cpu", **words)


def test_the_loss_falls_and_all_codes_are_used(tmp_path):
    """On 100 kb, with the quantiser of the paper: two levels, each code of both in use, most bases back."""
    config = preset_config(
        levels=(8, 16), width=16, channels=16, blocks=3, crop=96, batch=16, steps=300, every=50, rate=5e-3
    )
    run = train(tmp_path, config)
    quantised = [each for each in run.records if each["used"]]
    assert run.best["used"] == [8, 16]
    assert run.best["bits"] < 0.8 * quantised[0]["bits"]
    assert run.best["accuracy"] > 0.7
    assert [each["step"] for each in run.records] == [30, 50, 100, 150, 200, 250, 300]
    assert min(each["bits"] for each in quantised) == run.best["bits"]


@pytest.mark.parametrize("kind", ["flat", "rvq", "fsq"])
def test_other_quantisers_learn_too(tmp_path, kind):
    """Flat, residual and grid, by the same steps."""
    levels = {"flat": (16,), "rvq": (4, 8), "fsq": (4, 4, 4)}[kind]
    run = train(tmp_path, replace(QUICK, quantizer=kind, levels=levels, steps=60, every=20, rate=1e-2))
    assert run.records[-1]["loss"] < run.records[0]["loss"] * 0.95
    assert run.best["used_bits"] > 1


def test_what_is_kept_is_the_best_measure_with_codes(tmp_path):
    """Never worse than the start: with a rate that destroys, the first measure with codes is kept."""
    run = train(tmp_path, replace(QUICK, rate=0.9, warmup=0.0, clip=1e9))
    assert run.best_step == min(run.records, key=lambda each: each["bits"])["step"]
    assert run.best["bits"] <= run.records[0]["bits"]
    assert run.records[0]["step"] == 0
    best = read_checkpoint(checkpoints_in(tmp_path)[run.best_step])
    assert all(torch.equal(value, best.tensors[name]) for name, value in run.network.state().items())


def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path):
    """On a processor, with equally many threads."""
    for name in "ab":
        train(tmp_path / name)
    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    train(tmp_path / "c", replace(QUICK, seed=1))
    assert files_of(tmp_path / "c") != files_of(tmp_path / "a")


@pytest.mark.parametrize("stop_at", [3, 6, 7, 17, 24])
def test_a_run_stopped_by_ctrl_c_ends_as_if_it_had_not_been(tmp_path, stop_at):
    """Before, at and after the start of the codes, between measures and at the end: the same bytes."""
    train(tmp_path / "whole")

    def press(_phase, done, _total):
        if done == stop_at:
            os.kill(os.getpid(), signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "parts", progress=press)
    assert signal.getsignal(signal.SIGINT) is handler
    assert list(checkpoints_in(tmp_path / "parts"))[-1] == stop_at
    train(tmp_path / "parts", resume=True)
    whole, parts = files_of(tmp_path / "whole"), files_of(tmp_path / "parts")
    assert not [name for name in whole if name in parts and whole[name] != parts[name]]
    assert {"metrics.jsonl", "step-000024/weights.safetensors", "step-000024/optimizer.pt"} <= set(parts)


def test_a_run_killed_at_a_random_step_ends_as_if_it_had_not_been(tmp_path):
    """Nothing is kept at the kill: it goes on after the last checkpoint, or begins anew."""
    train(tmp_path / "whole")
    for kill_at in np.random.default_rng(0).choice(np.arange(1, 25), 4, replace=False).tolist():

        def kill(_phase, done, _total, kill_at=kill_at):
            if done == kill_at:
                raise SystemExit

        with pytest.raises(SystemExit):
            train(tmp_path / f"{kill_at}", progress=kill)
        train(tmp_path / f"{kill_at}", resume=True)
        assert files_of(tmp_path / f"{kill_at}") == files_of(tmp_path / "whole")


@pytest.mark.parametrize("kill_at", np.random.default_rng(0).choice(9, 3, replace=False).tolist())
@pytest.mark.parametrize("function", ["append_measure", "write_checkpoint"])
def test_a_run_killed_while_it_keeps_itself_ends_as_if_it_had_not_been(tmp_path, monkeypatch, function, kill_at):
    """Whichever file was the last to be written."""
    train(tmp_path / "whole")
    write, calls = getattr(vq_loop, function), []

    def kill(*words):
        calls.append(words)
        if len(calls) == kill_at % 4 + 1:
            raise SystemExit
        write(*words)

    monkeypatch.setattr(vq_loop, function, kill)
    with pytest.raises(SystemExit):
        train(tmp_path / "parts")
    monkeypatch.undo()
    train(tmp_path / "parts", resume=True)
    assert files_of(tmp_path / "parts") == files_of(tmp_path / "whole")


def test_the_newest_checkpoints_and_the_best_are_kept(tmp_path):
    """Three, and the best that each of them knows."""
    run = train(tmp_path)
    kept = checkpoints_in(tmp_path)
    known = {json.loads((kept[step] / "state.json").read_text())["best"]["step"] for step in list(kept)[-3:]}
    assert set(kept) == {12, 18, 24} | known
    assert run.best_step in kept
    assert {path.name for path in kept[24].iterdir()} == {"weights.safetensors", "optimizer.pt", "state.json"}
    state = json.loads((kept[24] / "state.json").read_text())
    assert state["config_digest"] == QUICK.digest
    assert state["random"] == {"kind": "counter", "seed": 0, "step": 24}
    assert not list(tmp_path.glob(".step*"))


def test_a_cut_checkpoint_is_told_of_and_the_one_before_is_used(tmp_path):
    """Of each of its files; the run then ends as it would have."""
    train(tmp_path / "whole")
    for name in ("weights.safetensors", "optimizer.pt", "state.json"):
        folder = tmp_path / name
        train(folder)
        path = folder / "step-000024" / name
        path.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(BundleError, match=r"step-000024: .*; an older checkpoint beside it may be whole"):
            read_checkpoint(path.parent)
        run = train(folder, resume=True)
        assert run.notes[-1].startswith("the checkpoint after step 24 is damaged and not used: ")
        assert files_of(folder)["metrics.jsonl"] == files_of(tmp_path / "whole")["metrics.jsonl"]
        assert files_of(folder / "step-000024") == files_of(tmp_path / "whole" / "step-000024")


def test_a_checkpoint_of_a_newer_genotok_is_left_alone(tmp_path):
    """It is neither damaged nor removed."""
    train(tmp_path)
    path = tmp_path / "step-000024" / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(ConfigError, match=r"step-000024: format 2 is not known; use a newer genotok"):
        train(tmp_path, resume=True)
    assert path.exists()


def test_a_run_goes_on_with_its_own_settings_and_corpus_alone(tmp_path):
    """What differs is named; and a folder with a run is not written over."""
    train(tmp_path)
    with pytest.raises(ConfigError, match=r"has batch=8, this one 4; resume with what the run was begun with"):
        train(tmp_path, replace(QUICK, batch=4), resume=True)
    with pytest.raises(ConfigError, match=r"has another sha256 of <stream> in its corpus"):
        train(tmp_path, world=corpus(seed=5), resume=True)
    with pytest.raises(ConfigError, match=r"there is a run in .*; resume it, or choose another folder"):
        train(tmp_path)
    before = files_of(tmp_path)
    train(tmp_path, resume=True)
    assert files_of(tmp_path) == before


def test_a_loss_that_is_no_number_stops_the_run(tmp_path, monkeypatch):
    """With the step, and the last checkpoint that is good."""
    draw = vq_loop._Run._draw

    def spoil(run, purpose, step):
        if purpose == vq_loop._CROPS and step == 14:
            next(iter(run.network.weights.values())).data[0] = float("nan")
        return draw(run, purpose, step)

    monkeypatch.setattr(vq_loop._Run, "_draw", spoil)
    words = r"the loss is no number at step 15; the last checkpoint is that after step 12; lower the rate"
    with pytest.raises(TrainingError, match=words):
        train(tmp_path)


def test_too_little_memory_is_told_with_half_of_the_batch(tmp_path, monkeypatch):
    """Whatever words torch has for it."""

    def fail(_run):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes")

    monkeypatch.setattr(vq_loop._Run, "_advance", fail)
    words = r"a batch of 8 crops of 48 bp does not fit the memory; try a batch of 4"
    with pytest.raises(TrainingError, match=words):
        train(tmp_path)
    monkeypatch.setattr(vq_loop._Run, "_advance", lambda _run: 1 + torch.zeros(2) @ torch.zeros(3))
    with pytest.raises(RuntimeError, match="size"):
        train(tmp_path / "other")


def test_a_measure_is_told_and_written(tmp_path):
    """One line each, the same as what is told."""
    told = []
    run = train(tmp_path, on_measure=told.append)
    assert [json.loads(json.dumps(each)) for each in told] == list(run.records) == read_measures(tmp_path)
    assert set(told[0]) == {
        "step", "rate", "loss", "restarts", "accuracy", "bits", "bases", "tokens", "used", "perplexity", "used_bits",
        "commitment",
    }  # fmt: skip


def test_the_rate_falls_by_a_cosine(tmp_path):
    """From the rate to nothing."""
    run = train(tmp_path)
    half = next(each for each in run.records if each["step"] == 12)
    assert half["rate"] == pytest.approx(QUICK.rate / 2)
    assert run.records[-1]["rate"] == 0


def test_a_device_that_is_not_there_is_refused(tmp_path):
    """With what can be chosen."""
    with pytest.raises(ConfigError, match=r"device='cuda'.*; --device cpu, or auto"):
        train_network(QUICK, corpus(), tmp_path, device="cuda")


@pytest.mark.parametrize("device", ["cpu", *(["cuda"] if torch.cuda.is_available() else [])])
def test_three_steps_on_every_device_that_is_there(tmp_path, device):
    """A smoke test; the middle one has no codes yet."""
    run = train_network(replace(QUICK, steps=3, warmup=0.4), corpus(), tmp_path, device=device, deterministic=True)
    assert [each["step"] for each in run.records] == [1, 3]
    assert not torch.are_deterministic_algorithms_enabled()


def test_codes_need_enough_tokens(tmp_path):
    """Of a corpus whose tokens differ too little."""
    world = corpus(length=48 * 20)
    config = NetworkConfig(levels=(2, 64), window=1, stride=1, blocks=0, channels=4, width=4, crop=48, batch=4, steps=4)
    with pytest.raises(ConfigError, match=r"the corpus has 4 different tokens for 64 codes"):
        train(tmp_path, config, world)
