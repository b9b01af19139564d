"""Settings of the motif tokenizer: in parts, out as plain values, and every wrong one told by its name."""

import json

import pytest

from genotok import MotifConfig
from genotok.errors import ConfigError
from genotok.tokenizers.motif_config import BinConfig, ScanConfig


def test_the_defaults_are_those_of_the_paper():
    config = MotifConfig.preset("paper")
    assert config == MotifConfig()
    scan, bins, features, words = config.scan, config.bins, config.features, config.vocabulary
    assert (scan.relative, scan.p_max, scan.pvalue, scan.background) == (0.8, 0.05, None, (0.25,) * 4)
    assert (bins.sigma, bins.min_width, bins.prominence_window, bins.max_bin, bins.split_step) == (3, 5, None, 50, 25)
    assert (features.linkage, features.distance, features.ids_sample, features.min_support) == (
        "single",
        0.38,
        1_000_000,
        50,
    )
    assert (words.active, words.min_count, words.max_vocab, words.unknown) == (0.5, 10, 65_536, "unk")
    assert (config.block, config.halo, config.seed) == (5_000_000, 2_000, 0)


def test_strict_differs_in_four_settings():
    strict = MotifConfig.preset("strict")
    four = {"pvalue": 1e-4, "linkage": "average", "unknown": "backoff", "prominence_window": 1001}
    assert strict == MotifConfig().replace(**four)


def test_settings_come_back_from_json():
    config = MotifConfig.preset("strict", min_count=3, background=(0.3, 0.2, 0.2, 0.3), model_max_length=7)
    assert MotifConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert MotifConfig.from_dict({"bins": {"max_bin": 40}}) == MotifConfig().replace(max_bin=40)
    assert MotifConfig().replace(bins=BinConfig(max_bin=40)) == MotifConfig().replace(max_bin=40)
    assert MotifConfig().replace(features="motifs").features.features == "motifs"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pvalue": 0}, "pvalue is 0; it lies between 0 and 1"),
        ({"pvalue": 1.0}, "pvalue is 1.0"),
        ({"pvalue": "1e-4"}, "pvalue is '1e-4'; a number"),
        ({"relative": 1.2}, "relative is 1.2; it lies between 0 and 1"),
        ({"relative": float("nan")}, "relative is nan"),
        ({"p_max": 0}, "p_max is 0"),
        ({"background": (0.5, 0.5)}, "background is"),
        ({"background": "genome"}, "background is 'genome'; shares of A, C, G, T"),
        ({"end_inclusive": 1}, "end_inclusive is 1; True or False"),
        ({"max_bin": 256}, "max_bin is 256; a whole number from 1 to 255"),
        ({"split_step": 51}, "split_step is 51; a whole number from 1 to 50"),
        ({"prominence_window": 4}, "prominence_window is 4; an odd number"),
        ({"prominence_window": 1}, "prominence_window is 1; a whole number of 3 or more"),
        ({"sigma": 0}, "sigma is 0; a number from 0.1 to 25"),
        ({"linkage": "complete"}, "linkage is 'complete'; one of 'single', 'average'"),
        ({"distance": 1.5}, "distance is 1.5; a number from 0 to 1"),
        ({"ids_sample": 0}, "ids_sample is 0"),
        ({"features": "words"}, "features is 'words'; one of 'clusters', 'motifs'"),
        ({"active": 0}, "active is 0"),
        ({"min_count": 0}, "min_count is 0"),
        ({"max_vocab": 1}, "max_vocab is 1"),
        ({"unknown": "drop"}, "unknown is 'drop'"),
        ({"special_tokens_pattern": "cls"}, "special_tokens_pattern is 'cls'"),
        ({"model_max_length": 0}, "model_max_length is 0"),
        ({"halo": 10}, "halo is 10; a whole number from 256"),
        ({"block": True}, "block is True"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"scan": {}}, "'scan' is no setting|scan is dict"),
        ({"widths": 3}, "'widths' is no setting; settings: relative, p_max"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(settings, message):
    with pytest.raises(ConfigError, match=message):
        MotifConfig().replace(**settings)


def test_names_and_presets_that_are_none_are_told():
    with pytest.raises(ConfigError, match="preset is 'lax'; one of 'paper', 'strict'"):
        MotifConfig.preset("lax")
    with pytest.raises(ConfigError, match="'wide' is no setting; settings: sigma"):
        MotifConfig.from_dict({"bins": {"wide": 3}})
    with pytest.raises(ConfigError, match=r"scan is BinConfig; pass ScanConfig"):
        MotifConfig(scan=BinConfig())
    assert ScanConfig.from_dict({}) == ScanConfig()
