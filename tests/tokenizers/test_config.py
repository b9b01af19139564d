"""Settings: checked at birth, one clear line for each fault, and themselves again from their dict."""

import pytest

from genotok import IntervalConfig
from genotok.errors import ConfigError

OTHER = {
    "engine": "ailist",
    "unmatched": "unk",
    "sort": True,
    "invalid": "keep",
    "special_tokens_pattern": "bos_eos",
    "model_max_length": 512,
    "padding_side": "left",
    "truncation_side": "left",
}


def test_settings_are_themselves_again_from_their_dict():
    """Every field goes out and comes back."""
    assert IntervalConfig.from_dict(OTHER).to_dict() == OTHER
    assert IntervalConfig.from_dict({}) == IntervalConfig()
    assert set(IntervalConfig().to_dict()) == set(OTHER)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"engine": "fast"}, r"engine is 'fast'; one of 'bits', 'ailist'"),
        ({"unmatched": "skip"}, r"unmatched is 'skip'; one of 'drop', 'unk', 'error'"),
        ({"invalid": None}, r"invalid is None; one of 'error', 'skip', 'keep'"),
        ({"sort": 1}, r"sort is 1; True or False"),
        ({"special_tokens_pattern": "sep_cls"}, r"special_tokens_pattern is 'sep_cls'; one of 'none', 'cls_sep'"),
        ({"padding_side": []}, r"padding_side is \[\]; one of 'right', 'left'"),
        ({"truncation_side": "up"}, r"truncation_side is 'up'; one of 'right', 'left'"),
        ({"model_max_length": 0}, r"model_max_length is 0; a positive whole number, or None for no limit"),
        ({"model_max_length": True}, r"model_max_length is True; a positive whole number"),
        ({"model_max_length": 5.0}, r"model_max_length is 5.0; a positive whole number"),
        ({"pad": "left"}, r"'pad' is no setting; settings: engine, unmatched, sort, invalid"),
    ],
)
def test_wrong_names_and_values_are_refused(settings, message):
    """The error names the setting, its value and the choices."""
    with pytest.raises(ConfigError, match=message):
        IntervalConfig.from_dict(settings)
