"""Settings: what presets mean, what is refused and how, and what they imply."""

import pytest

from genotok.errors import ConfigError
from genotok.train.vq_estimate import estimate_run
from genotok.train.vq_network import Network
from genotok.train.vq_presets import NetworkConfig, preset_config
from train_vq.worlds import QUICK

pytestmark = pytest.mark.native


def test_presets_are_those_of_the_specification():
    """Sizes, rates and sums that it names: span k + 36 S, 59k parameters with decoder, 14.2 M in 12 blocks."""
    strided, paper = preset_config("strided"), preset_config("paper")
    assert strided == NetworkConfig()
    assert (strided.shape.receptive_span, paper.shape.receptive_span) == (153, 41)
    assert (strided.taps, paper.taps) == ((3, 6), (3, 6))
    assert (strided.nominal_bits, paper.nominal_bits) == (11, 21)
    assert strided.n_parameters == pytest.approx(59_000, rel=0.02)
    blocks = paper.n_parameters - 3072 * 384
    assert blocks == pytest.approx(14_200_000, rel=0.02)
    assert paper.steps_over(512 * 1024 * 3 + 1) == 4
    assert (paper.beta, paper.rate, paper.crop, paper.batch) == (0.5, 1e-4, 512, 1024)


@pytest.mark.parametrize(("blocks", "taps", "span"), [(0, (0, 0), 9), (1, (0, 1), 33), (5, (2, 5), 129)])
def test_fewer_blocks_see_less(blocks, taps, span):
    """Taps spread over what there is."""
    config = preset_config(blocks=blocks)
    assert (config.taps, config.shape.receptive_span) == (taps, span)


@pytest.mark.parametrize("config", [QUICK, preset_config(quantizer="fsq"), preset_config(blocks=1, channels=16)])
def test_parameters_are_counted_as_they_are(config):
    """Before and after they exist."""
    network = Network(config)
    network.quantiser.take([])
    books = 0 if config.quantizer == "fsq" else sum(config.levels) * config.code_width
    assert sum(each.numel() for each in network.weights.values()) + books == config.n_parameters


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"preset": "stridden"}, r"preset='stridden' is no choice; strided, paper"),
        ({"quantizer": "hqr"}, r"quantizer='hqr' is no choice; hrq, .*flat"),
        ({"quantizer": "tree"}, r"quantizer='tree' of a network; a tree is made of a table"),
        ({"quantizer": "flat", "levels": (4, 8)}, r"levels=4,8 for flat; flat has one level"),
        ({"quantizer": "fsq", "levels": (2, 8)}, r"levels=2,8 for fsq; fsq has 3 or more steps"),
        ({"quantizer": "fsq", "levels": (300, 300)}, r"at most 65,534 codes in all"),
        ({"levels": (1, 8)}, r"levels=1,8; from 2 to 65,534 codes in a level"),
        ({"levels": ()}, r"levels= for hrq; flat has one level, the others one or more"),
        ({"stride": 10}, r"stride=10; from 1 bp to the window's"),
        ({"warmup": 1.0}, r"warmup=1.0; from 0 to 0.9, a share of the steps"),
        ({"crop": 3}, r"crop=3; a window or more"),
        ({"steps": 0}, r"steps=0; 1 or more"),
        ({"rates": 1}, r"unknown rates; known: rate"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_right(settings, words):
    """Each by name, with the rule or the nearest name."""
    with pytest.raises(ConfigError, match=words):
        preset_config(**settings)


def test_settings_come_back_from_plain_values():
    """And an equal digest tells equal settings."""
    config = preset_config("paper", seed=3, steps=7)
    assert NetworkConfig.from_dict(config.to_dict()) == config
    assert config.digest != preset_config("paper", seed=4, steps=7).digest


def test_an_estimate_tells_what_a_run_takes():
    """Time is measured on a few crops, and grows with the steps."""
    found = estimate_run(QUICK, 10_000, device="cpu")
    assert found.steps == 24
    assert found.parameters == QUICK.n_parameters
    assert 0 < found.seconds < 60
    assert 0 < found.memory_bytes < 2**30
    assert found.to_dict()["bits_per_base"] == 2.5
