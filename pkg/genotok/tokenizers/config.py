"""The settings that decide which ids an interval tokenizer gives, checked one by one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

from genotok.encoding import Pattern, Side
from genotok.errors import ConfigError
from genotok.kernels.overlap import Engine
from genotok.values.bounds import Invalid

Unmatched: TypeAlias = Literal["drop", "unk", "error"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "engine": get_args(Engine),
    "unmatched": get_args(Unmatched),
    "invalid": get_args(Invalid),
    "special_tokens_pattern": get_args(Pattern),
    "padding_side": get_args(Side),
    "truncation_side": get_args(Side),
}


@dataclass(frozen=True)
class IntervalConfig:
    """Settings of an IntervalTokenizer; a wrong value raises ConfigError.

    ``engine`` how overlaps are searched (never changes a result) · ``unmatched`` what a region without hit gives:
    nothing ('drop'), the unk id ('unk'), or an UnmatchedError ('error') · ``sort`` rows by (chromosome, start) instead
    of input order · ``invalid`` rows that break the rules: raised ('error'), left empty ('skip'), or taken where they
    have a meaning ('keep') · ``special_tokens_pattern`` the special tokens around each document · ``model_max_length``
    None for no limit · ``padding_side`` and ``truncation_side`` where calls pad and cut.

    >>> IntervalConfig(unmatched="unk").to_dict()["unmatched"]
    'unk'
    """

    engine: Engine = "bits"
    unmatched: Unmatched = "drop"
    sort: bool = False
    invalid: Invalid = "error"
    special_tokens_pattern: Pattern = "none"
    model_max_length: int | None = None
    padding_side: Side = "right"
    truncation_side: Side = "right"

    def __post_init__(self) -> None:
        for name, value in self.to_dict().items():
            check_setting(name, value)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "IntervalConfig":
        """Take settings by name; those left out keep their default, unknown names raise ConfigError.

        >>> IntervalConfig.from_dict({"sort": True}).sort
        True
        """
        known = [field.name for field in fields(cls)]
        for name in settings:
            if name not in known:
                raise ConfigError(f"{name!r} is no setting", hint=f"settings: {', '.join(known)}")
        return cls(**settings)


def check_setting(name: str, value: object) -> None:
    """Raise ConfigError if a setting can't have this value."""
    if name in _CHOICES:
        if not (isinstance(value, str) and value in _CHOICES[name]):
            raise ConfigError(f"{name} is {value!r}", hint=f"one of {', '.join(map(repr, _CHOICES[name]))}")
    elif name == "sort":
        if not isinstance(value, bool):
            raise ConfigError(f"sort is {value!r}", hint="True or False")
    elif value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ConfigError(f"model_max_length is {value!r}", hint="a positive whole number, or None for no limit")
