"""Settings of a learned tokenizer: every one has its default, and what is wrong is told by name."""

import json
import pickle

import pytest

from genotok import VQConfig, VQTokenizer
from genotok.errors import ConfigError
from vq import models


def test_defaults_are_those_that_are_documented():
    """Whoever changes a default changes what ids mean."""
    assert VQConfig().to_dict() == {
        "backend": "auto",
        "layout": "auto",
        "ends": None,
        "unknown": "unk",
        "soft_mask": "upper",
        "strand": "forward",
        "phase": 0,
        "special_tokens_pattern": "none",
        "model_max_length": None,
        "padding_side": "right",
        "truncation_side": "right",
    }


def test_settings_survive_json_and_pickle():
    """What goes out comes back, and equal settings are one key."""
    made = VQConfig(ends="same", unknown="drop", phase=3, model_max_length=9)
    assert VQConfig.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert pickle.loads(pickle.dumps(made)) == made
    assert len({made, VQConfig().replace(ends="same", unknown="drop", phase=3, model_max_length=9)}) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"backend": "tables"}, r"backend is 'tables'; one of 'auto', 'table', 'conv'"),
        ({"layout": None}, r"layout is None; one of 'auto', 'fine', 'joint', 'interleave'"),
        ({"ends": "both"}, r"ends is 'both'; one of 'valid', 'same', or None for the model's own"),
        ({"unknown": "n"}, r"unknown is 'n'; one of 'unk', 'majority', 'drop', 'error'"),
        ({"soft_mask": "n"}, r"soft_mask is 'n'; one of 'upper', 'unknown'"),
        ({"strand": "+"}, r"strand is '\+'; one of 'forward', 'reverse', 'canonical'"),
        ({"phase": -1}, r"phase is -1; a whole number from 0 to the stride less 1"),
        ({"phase": True}, r"phase is True; a whole number"),
        ({"phase": 1.0}, r"phase is 1\.0; a whole number"),
        ({"model_max_length": 0}, r"model_max_length is 0; a positive whole number, or None"),
        ({"special_tokens_pattern": "cls"}, r"special_tokens_pattern is 'cls'; one of 'none', 'cls_sep'"),
        ({"padding_side": "up"}, r"padding_side is 'up'; one of 'right', 'left'"),
        ({"truncation_side": 1}, r"truncation_side is 1; one of 'right', 'left'"),
    ],
)
def test_what_is_no_setting_is_told(settings, message):
    """Each setting is checked at birth, by its name."""
    with pytest.raises(ConfigError, match=message):
        VQConfig(**settings)


def test_unknown_names_are_told_with_the_known_ones():
    """A misspelt name is never ignored."""
    for make in (VQConfig.from_dict, lambda words: VQConfig().replace(**words)):
        with pytest.raises(ConfigError, match=r"'end' is no setting; settings: backend, layout, ends"):
            make({"end": "same"})


def test_what_does_not_fit_the_model_is_told():
    """Settings that are well formed may still ask for what a model has not."""
    table, network = models.flat_model(), models.network_model("hrq_tiny_s4")
    with pytest.raises(ConfigError, match=r"phase is 4; from 0 to 3, as tokens are 4 bp apart"):
        models.tokenizer(table, phase=4)
    with pytest.raises(ConfigError, match=r"backend='conv' needs a network, and this model has none"):
        models.tokenizer(table, backend="conv")
    with pytest.raises(ConfigError, match=r"backend='table' .*; compile needs a span <= 10, this model has 153"):
        models.tokenizer(network, backend="table")
    with pytest.raises(ConfigError, match=r"unknown='majority' needs a table"):
        models.tokenizer(network, unknown="majority")
    with pytest.raises(ConfigError, match=r"model is str, not a VQModel; VQTokenizer.from_pretrained"):
        VQTokenizer("vq-fine")
    with pytest.raises(ConfigError, match=r"config is dict; pass VQConfig"):
        VQTokenizer(table, {"phase": 1})


def test_parts_are_fixed():
    """A tokenizer that others hold does not change under their hands."""
    made = models.tokenizer(models.flat_model())
    with pytest.raises(AttributeError, match=r"config is fixed; replace"):
        made.config = VQConfig(phase=1)
    assert made.replace(phase=1).config.phase == 1
    assert made.config.phase == 0
