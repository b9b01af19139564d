"""Training: it learns, it repeats itself, it goes on where it was stopped, and it stops when it should."""

import json
import math

import numpy as np
import pytest
import torch

from genotok.errors import BundleError, ConfigError
from genotok.train import loop
from genotok.train.agreement import pearson
from genotok.train.checkpoints import load_weights, open_model, read_state, save_weights
from genotok.train.contigs import Scaling
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import predict_contigs
from genotok.train.loop import train_model
from genotok.train.losses import track_loss
from genotok.train.models import ModelConfig, build_model, predict
from genotok.train.settings import TrainConfig
from genotok.train.windows import WindowConfig
from train.contigworlds import base_contig, token_contig

pytestmark = pytest.mark.native
WINDOWS = WindowConfig(length=40, stride=20, crop=4, shift=5)
TINY = ModelConfig(channels=6, scale=32)
CONFIG = TrainConfig(epochs=4, batch=4, rate=3e-3, warmup=1, device="cpu")


def datasets(n_bins=300):
    options = {"scaling": Scaling(), "seed": 0}
    training = WindowDataset.to_train([token_contig(n_bins, seed=1)], WINDOWS, **options)
    return training, WindowDataset.to_score([token_contig(120, seed=2, name="two")], WINDOWS, **options)


def told(records):
    """What records say, but for the time it took."""
    return [{name: value for name, value in vars(each).items() if name != "seconds"} for each in records]


@pytest.mark.parametrize(
    ("kind", "contig"),
    [
        (("tokens", "conv"), token_contig(64)),
        (("onehot", "conv"), base_contig(1024)),
        (("tokens", "transformer"), token_contig(64)),
    ],
)
def test_a_network_learns_one_window_by_heart(kind, contig):
    config = ModelConfig(*kind, channels=6, dropout=0, scale=16)
    windows = WindowConfig(length=64, stride=64, crop=0, shift=0)
    dataset = WindowDataset.to_score([contig], windows)
    model, item = build_model(config).train(), dataset[0]
    inputs, targets, starts = (torch.tensor(item[name])[None] for name in ("inputs", "targets", "starts"))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(250):
        loss = track_loss(predict(model, inputs, starts), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss_is_met(model, inputs, starts, targets):
            break
    assert loss_is_met(model, inputs, starts, targets)


def loss_is_met(model, inputs, starts, targets):
    with torch.no_grad():
        return pearson(predict(model, inputs, starts).flatten().numpy(), targets.flatten().numpy()) > 0.99


def test_training_agrees_better_than_the_first_epoch_and_is_told_of(tmp_path):
    calls, model = [], ModelConfig(channels=6, scale=16)
    config = TrainConfig(**vars(CONFIG) | {"rate": 1e-2})
    run = train_model(model, *datasets(800), tmp_path, config=config, progress=lambda *each: calls.append(each))
    assert run.best.window_pearson > run.records[0].window_pearson
    assert run.best.window_pearson > 0.5
    assert calls[0] == ("epoch 1", 4, 39)
    assert {phase for phase, *_ in calls} == {"epoch 1", "epoch 2", "epoch 3", "epoch 4", "predict"}
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [0, 1, 2, 3]
    assert lines[-1]["rate"] == 0
    again = predict_contigs(open_model(tmp_path), datasets()[1], device="cpu").agreement
    assert again.window_pearson == pytest.approx(run.best.window_pearson, abs=1e-6)


def test_equal_seeds_give_equal_runs_and_others_do_not(tmp_path):
    one, two = (train_model(TINY, *datasets(), tmp_path / name, config=CONFIG) for name in "ab")
    assert told(one.records) == told(two.records)
    assert (tmp_path / "a" / "best.npz").read_bytes() == (tmp_path / "b" / "best.npz").read_bytes()
    other = train_model(TINY, *datasets(), tmp_path / "c", config=TrainConfig(**vars(CONFIG) | {"seed": 1}))
    assert told(other.records) != told(one.records)


def test_a_run_that_was_stopped_ends_as_if_it_had_not_been(tmp_path, monkeypatch):
    whole = train_model(TINY, *datasets(), tmp_path / "whole", config=CONFIG)
    seen = []

    def stop(phase, done, total):
        seen.append(phase)
        if phase == "epoch 3" and done > 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_model(TINY, *datasets(), tmp_path / "parts", config=CONFIG, progress=stop)
    assert len(read_state(tmp_path / "parts")["records"]) == 2
    rest = train_model(TINY, *datasets(), tmp_path / "parts", config=CONFIG)
    assert told(rest.records) == told(whole.records)
    for name in ("best.npz", "last.npz"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()
    monkeypatch.setattr(loop._Run, "_run_epoch", None)  # a finished run trains no more
    assert told(train_model(TINY, *datasets(), tmp_path / "parts", config=CONFIG).records) == told(whole.records)


@pytest.mark.parametrize("killed_at", [("save_weights", 2), ("save_weights", 4), ("write_state", 2)])
def test_a_run_that_is_killed_while_it_keeps_an_epoch_ends_as_if_it_had_not_been(tmp_path, monkeypatch, killed_at):
    """Whatever file was the last to be written."""
    whole = train_model(TINY, *datasets(), tmp_path / "whole", config=CONFIG)
    name, times = killed_at
    write, calls = getattr(loop, name), []

    def kill(*words, **options):
        calls.append(words)
        if len(calls) == times:
            raise KeyboardInterrupt
        write(*words, **options)

    monkeypatch.setattr(loop, name, kill)
    with pytest.raises(KeyboardInterrupt):
        train_model(TINY, *datasets(), tmp_path / "parts", config=CONFIG)
    monkeypatch.undo()
    told_of = []
    rest = train_model(TINY, *datasets(), tmp_path / "parts", config=CONFIG, on_epoch=told_of.append)
    assert told(rest.records) == told(whole.records)
    assert told_of[-1] == rest.records
    for name in ("best.npz", "last.npz"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_a_run_ends_when_patience_does(tmp_path, monkeypatch):
    merits = iter([0.1, 0.4, None, 0.3, 0.2, 0.9])

    def epoch(self, number):
        return loop.EpochRecord(number, 1.0, 1.0, 0.0, 1e-4, next(merits), None, 1, 0, 0, 0.0)

    monkeypatch.setattr(loop._Run, "_run_epoch", epoch)
    run = train_model(TINY, *datasets(), tmp_path, config=TrainConfig(epochs=9, warmup=1, patience=3, device="cpu"))
    assert [each.window_pearson for each in run.records] == [0.1, 0.4, None, 0.3, 0.2]
    assert run.best_epoch == 1


def test_the_rate_warms_up_and_falls_as_told():
    linear, step = TrainConfig(), TrainConfig(schedule="step", epochs=30)
    assert [linear.rate_at(at) for at in (0, 1, 5, 7.5, 15)] == pytest.approx([0, 2e-5, 1e-4, 7.5e-5, 0])
    assert [step.rate_at(at) for at in (2.5, 5, 9.9, 10, 15, 29)] == pytest.approx(
        [5e-5, 1e-4, 1e-4, 5e-5, 2.5e-5, 6.25e-6]
    )


def test_another_run_in_the_folder_is_refused_by_its_setting(tmp_path):
    short = TrainConfig(**vars(CONFIG) | {"epochs": 2})
    train_model(TINY, *datasets(), tmp_path, config=short)
    with pytest.raises(ConfigError, match=r"has epochs=2, this one 4; use another folder, or resume=False"):
        train_model(TINY, *datasets(), tmp_path, config=CONFIG)
    with pytest.raises(ConfigError, match=r"has scale=32, this one 16"):
        train_model(ModelConfig(channels=6, scale=16), *datasets(), tmp_path, config=short)
    assert len(train_model(TINY, *datasets(), tmp_path, config=CONFIG, resume=False).records) == 4


def test_weights_of_another_network_and_damaged_ones_are_refused(tmp_path):
    path = tmp_path / "weights.npz"
    model = build_model(TINY)
    save_weights(path, model)
    with pytest.raises(BundleError, match="weights are those of another network"):
        load_weights(path, build_model(ModelConfig(channels=7, scale=32)))
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(BundleError, match="damaged or not there"):
        load_weights(path, model)
    with pytest.raises(BundleError, match="no training run here"):
        open_model(tmp_path)
    (tmp_path / "train.json").write_text("[]")
    with pytest.raises(BundleError, match="no state of a run"):
        open_model(tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"warmup": 15}, "warmup=15; 0 or more, fewer than epochs"),
        ({"schedule": "cosine"}, "schedule='cosine'; linear, step"),
        ({"rate": 0}, "rate=0; above 0"),
        ({"lr": 1}, "unknown lr; known: epochs"),
    ],
)
def test_settings_that_train_nothing_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        TrainConfig.from_dict(settings)


def test_a_device_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="device='tpu'"):
        train_model(TINY, *datasets(), tmp_path, config=TrainConfig(device="tpu"))


def test_no_number_ends_the_run(tmp_path):
    training, validation = datasets()
    training.scaling = Scaling(0.0, math.inf)
    with np.errstate(invalid="ignore"), pytest.raises(ConfigError, match="the loss is no number any more"):
        train_model(TINY, training, validation, tmp_path, config=CONFIG)
