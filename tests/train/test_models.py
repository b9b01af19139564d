"""Networks are those of the paper to the parameter, and their loss is its formula."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from genotok.errors import ConfigError, MissingExtraError
from genotok.train import libraries
from genotok.train.losses import multinomial_loss, poisson_loss, track_loss
from genotok.train.models import ModelConfig, build_model, count_parameters, predict

pytestmark = pytest.mark.native
KINDS = [("tokens", "conv"), ("onehot", "conv"), ("tokens", "transformer"), ("onehot", "transformer")]
COUNTS = [12_555_669, 12_366_409, 21_890_573, 21_548_097]


@pytest.mark.parametrize(("kind", "count"), list(zip(KINDS, COUNTS, strict=True)))
def test_networks_have_the_parameters_of_the_paper(kind, count):
    with torch.device("meta"):  # shapes alone
        assert count_parameters(build_model(ModelConfig(*kind))) == count


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pool", ["max", "avg"])
def test_a_network_predicts_every_track_of_every_unit(kind, pool):
    config = ModelConfig(*kind, channels=5, tracks=2, pool=pool, scale=32)
    model = build_model(config, seed=3).eval()
    units, channels, bases = 6, config.channels, config.bases_a_unit or 1
    inputs = torch.rand(3, units * bases, channels)
    with torch.no_grad():
        prediction = predict(model, inputs, torch.arange(units).expand(3, -1) * 16)
    assert prediction.shape == (3, units, 2)
    assert (prediction > 0).all()


def test_weights_depend_on_the_seed_alone_and_others_draws_are_left_alone():
    config = ModelConfig(channels=3, scale=32)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, two, other = (build_model(config, seed=seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_layers_of_attention_begin_different_and_see_the_places_of_units():
    model = build_model(ModelConfig("tokens", "transformer", channels=3, scale=32)).eval()
    first, second = (each.linear1.weight for each in model.encoder[:2])
    assert not torch.equal(first, second)
    inputs = torch.rand(1, 4, 3)
    near, far = torch.tensor([[0, 15, 30, 45]]), torch.tensor([[0, 40, 80, 120]])
    with torch.no_grad():
        assert not torch.allclose(predict(model, inputs, near), predict(model, inputs, far))


def test_places_are_sines_and_cosines_of_base_pairs():
    model = build_model(ModelConfig("tokens", "transformer"))
    assert model.rates.numpy() == pytest.approx([math.exp(-0.02 * at) for at in range(0, 512, 2)], rel=1e-5)


def by_hand(prediction, target, a, b):
    """The formula of the loss, number by number."""
    flat = zip(np.ravel(prediction).tolist(), np.ravel(target).tolist(), strict=True)
    height = np.mean([p - y * math.log(p + 1e-8) for p, y in flat])
    shares = []
    for ps, ys in zip(prediction, target, strict=True):
        whole, true = sum(ps), sum(ys)
        shares.append(-sum(y / true * math.log(p / whole + 1e-6) for p, y in zip(ps, ys, strict=True)) if true else 0)
    return a * height + b * np.mean(shares)


def test_the_loss_is_the_formula():
    random = np.random.default_rng(1)
    prediction, target = random.random((4, 7)), random.random((4, 7)) * 2
    target[1] = 0
    target[2, :3] = 0
    tensors = [torch.tensor(each)[:, :, None] for each in (prediction, target)]
    for a, b in ((1, 4), (1, 3), (0, 1), (1, 0)):
        ours = track_loss(*tensors, poisson=a, multinomial=b).item()
        assert ours == pytest.approx(by_hand(prediction.tolist(), target.tolist(), a, b), rel=1e-9)
    assert track_loss(*tensors).item() == pytest.approx(
        poisson_loss(*tensors).item() + 4 * multinomial_loss(*tensors).item()
    )


def test_a_dead_prediction_has_a_finite_loss_and_a_finite_gradient():
    prediction = torch.zeros(2, 5, 1, requires_grad=True)
    loss = track_loss(prediction, torch.zeros(2, 5, 1))
    loss.backward()
    assert math.isfinite(loss.item())
    assert torch.isfinite(prediction.grad).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"body": "lstm"}, "body='lstm'; conv, transformer"),
        ({"channels": 0}, "channels=0; the number of features"),
        ({"scale": 3}, "scale=3; 1, 2"),
        ({"dropout": 1}, "dropout=1; 0 or more"),
        ({"bodi": 1}, "unknown bodi; known: input"),
    ],
)
def test_settings_that_build_nothing_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        ModelConfig.from_dict(settings)


def test_settings_come_back_from_their_dictionary():
    config = ModelConfig("onehot", "transformer", pool="avg")
    assert config.channels == 4
    assert ModelConfig.from_dict(config.to_dict()) == config


@pytest.mark.parametrize(
    ("name", "load"),
    [("torch", "load_torch"), ("captum.attr", "load_captum"), ("tangermeme.deep_lift_shap", "load_tangermeme")],
)
def test_a_missing_package_is_told_with_its_extra(name, load, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    package = name.split(".")[0]
    with pytest.raises(MissingExtraError, match=rf"{package} is not installed; pip install 'genotok\[train\]'"):
        getattr(libraries, load)()


def test_no_module_of_networks_needs_torch_to_be_imported():
    names = [path.stem for path in Path(libraries.__file__).parent.glob("[!_]*.py")]
    code = "import sys; sys.modules['torch'] = None\n" + "\n".join(f"import genotok.train.{name}" for name in names)
    assert len(names) > 15
    subprocess.run([sys.executable, "-c", code], check=True)
