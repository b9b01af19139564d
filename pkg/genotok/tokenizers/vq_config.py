"""The settings that decide which ids a learned tokenizer gives, checked one by one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, TypeAlias, get_args

from genotok.encoding import Pattern, Side
from genotok.errors import ConfigError
from genotok.values.vqmodel import Ends

BackendName: TypeAlias = Literal["auto", "table", "conv"]
LayoutName: TypeAlias = Literal["auto", "fine", "joint", "interleave"]
UnknownPolicy: TypeAlias = Literal["unk", "majority", "drop", "error"]
SoftMask: TypeAlias = Literal["upper", "unknown"]
Strand: TypeAlias = Literal["forward", "reverse", "canonical"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "backend": get_args(BackendName),
    "layout": get_args(LayoutName),
    "ends": get_args(Ends),
    "unknown": get_args(UnknownPolicy),
    "soft_mask": get_args(SoftMask),
    "strand": get_args(Strand),
    "special_tokens_pattern": get_args(Pattern),
    "padding_side": get_args(Side),
    "truncation_side": get_args(Side),
}


@dataclass(frozen=True)
class VQConfig:
    """Settings of a VQTokenizer; a wrong value raises ConfigError.

    ``backend`` what finds the codes: the table where there is one ('auto'), 'table' or 'conv' · ``layout`` one id a
    token, the finest code ('fine') or that of all levels together ('joint'), or an id a level ('interleave'); 'auto' is
    that of the model's kind · ``ends`` only whole windows ('valid'), or a token for every ``stride`` bases ('same');
    None is the model's own · ``unknown`` a window with unknown bases is the unk token ('unk'), the commonest code of
    all that it could be if at most two bases are unknown ('majority'), left out ('drop'), or a SequenceError ('error')
    · ``soft_mask`` lower case is read as upper, or as unknown · ``strand`` what is read: the sequence ('forward'), its
    reverse complement ('reverse'), or the first of both in the alphabet ('canonical') · ``phase`` bases left out before
    the first token. The others are those of IntervalConfig.

    >>> VQConfig(unknown="drop").replace(phase=2).to_dict()["phase"]
    2
    >>> VQConfig(layout="fin")
    Traceback (most recent call last):
    genotok.errors.ConfigError: layout is 'fin'; one of 'auto', 'fine', 'joint', 'interleave'
    """

    backend: BackendName = "auto"
    layout: LayoutName = "auto"
    ends: Ends | None = None
    unknown: UnknownPolicy = "unk"
    soft_mask: SoftMask = "upper"
    strand: Strand = "forward"
    phase: int = 0
    special_tokens_pattern: Pattern = "none"
    model_max_length: int | None = None
    padding_side: Side = "right"
    truncation_side: Side = "right"

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if not (isinstance(value, str) and value in choices) and not (name == "ends" and value is None):
                own = ", or None for the model's own" if name == "ends" else ""
                raise ConfigError(f"{name} is {value!r}", hint=f"one of {', '.join(map(repr, choices))}{own}")
        if not _is_whole(self.phase) or self.phase < 0:
            raise ConfigError(f"phase is {self.phase!r}", hint="a whole number from 0 to the stride less 1")
        if self.model_max_length is not None and (not _is_whole(self.model_max_length) or self.model_max_length < 1):
            hint = "a positive whole number, or None for no limit"
            raise ConfigError(f"model_max_length is {self.model_max_length!r}", hint=hint)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Take settings by name; those left out keep their default, unknown names raise ConfigError."""
        return cls(**_known(settings))

    def replace(self, **settings: Any) -> Self:
        """Return these settings with some changed; unknown names raise ConfigError."""
        return replace(self, **_known(settings))


def _known(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings if all names are such."""
    known = [each.name for each in fields(VQConfig)]
    for name in settings:
        if name not in known:
            raise ConfigError(f"{name!r} is no setting", hint=f"settings: {', '.join(known)}")
    return dict(settings)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
