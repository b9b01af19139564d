"""The settings that decide which bins, clusters and ids a motif tokenizer makes, checked one by one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Literal, Self, TypeAlias, get_args

from genotok.encoding import Pattern, Side
from genotok.errors import ConfigError, MotifError
from genotok.values.motifs import UNIFORM, check_background
from genotok.values.thresholds import ThresholdRule

Linkage: TypeAlias = Literal["single", "average"]
Kind: TypeAlias = Literal["clusters", "motifs"]
Unknown: TypeAlias = Literal["unk", "backoff"]
Preset: TypeAlias = Literal["paper", "strict"]

_MAX_BIN = 255  # counts of bases are bytes
_LEAST_HALO = 256  # bases: the widest motif, the filter and the longest bin fit into it
_MOST_BLOCK = 2**30  # bases, numbered by 32 bits within a block


class _Settings:
    """What the parts have in common: settings by name, in and out."""

    def to_dict(self) -> dict[str, Any]:
        """Return the settings by name, as plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}  # type: ignore[call-overload]  # each part is a dataclass

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Take settings by name; those left out keep their default, unknown names raise ConfigError."""
        known = [each.name for each in fields(cls)]  # type: ignore[arg-type]  # as above
        for name in settings:
            if name not in known:
                raise ConfigError(f"{name!r} is no setting", hint=f"settings: {', '.join(known)}")
        return cls(**settings)


@dataclass(frozen=True)
class ScanConfig(_Settings):
    """When a window is a hit: the rule of ThresholdRule, against ``background`` shares of A, C, G, T.

    ``end_inclusive`` lets every run of hits reach one base further in the counts, as the paper's code does.
    """

    relative: float = 0.8
    p_max: float = 0.05
    pvalue: float | None = None
    background: tuple[float, ...] = UNIFORM
    end_inclusive: bool = False

    def __post_init__(self) -> None:
        for name in ("relative", "p_max", "pvalue"):
            _check_number(name, getattr(self, name), optional=name == "pvalue")
        _check_flag("end_inclusive", self.end_inclusive)
        try:
            shares = tuple(float(each) for each in self.background)
            check_background(shares)
        except (MotifError, TypeError, ValueError) as fault:
            raise ConfigError(f"background is {self.background!r}", hint="shares of A, C, G, T, 1 in all") from fault
        object.__setattr__(self, "background", shares)
        _ = self.rule  # which checks its numbers

    @property
    def rule(self) -> ThresholdRule:
        """The rule that makes thresholds of scores."""
        return ThresholdRule(self.relative, self.p_max, self.pvalue)


@dataclass(frozen=True)
class BinConfig(_Settings):
    """How coverage becomes bins.

    ``sigma`` of the smoothing, bp · ``min_width`` of a peak, bp · ``prominence_window`` in which its lows are sought,
    an odd number of bp (scipy's ``wlen``), or None for no bound, as in the paper · bins longer than ``max_bin`` are cut
    every ``split_step`` bp.
    """

    sigma: float = 3.0
    min_width: float = 5.0
    prominence_window: int | None = None
    max_bin: int = 50
    split_step: int = 25

    def __post_init__(self) -> None:
        _check_number("sigma", self.sigma, low=0.1, high=25)
        _check_number("min_width", self.min_width, low=0)
        _check_whole("max_bin", self.max_bin, low=1, high=_MAX_BIN)
        _check_whole("split_step", self.split_step, low=1, high=self.max_bin)
        window = self.prominence_window
        if window is not None:
            _check_whole("prominence_window", window, low=3)
            if window % 2 == 0:
                raise ConfigError(f"prominence_window is {window}", hint="an odd number, as 1001, or None for no bound")


@dataclass(frozen=True)
class FeatureConfig(_Settings):
    """What describes a bin.

    ``cpg`` adds CpG on both strands to the motif-strands · ``features`` are 'clusters' of these, or 'motifs': each by
    itself · ``linkage`` and ``distance`` (1 less the interdependence score) of the clusters · ``ids_sample`` bins,
    about so many, the scores are made of, None for all · ``min_support`` bins a feature needs to be clustered at all.
    """

    cpg: bool = True
    features: Kind = "clusters"
    linkage: Linkage = "single"
    distance: float = 0.38
    ids_sample: int | None = 1_000_000
    min_support: int = 50

    def __post_init__(self) -> None:
        _check_flag("cpg", self.cpg)
        _check_choice("features", self.features, get_args(Kind))
        _check_choice("linkage", self.linkage, get_args(Linkage))
        _check_number("distance", self.distance, low=0, high=1)
        if self.ids_sample is not None:
            _check_whole("ids_sample", self.ids_sample, low=1)
        _check_whole("min_support", self.min_support, low=0)


@dataclass(frozen=True)
class VocabularyConfig(_Settings):
    """Which sets have ids, and what the others get.

    A member is in the set of a bin if its value is at least ``active`` · ``discrete_on`` 'clusters' or 'motifs' ·
    ``min_count`` bins that a set needs, ``max_vocab`` ids at most, special tokens aside · ``unknown`` sets become
    'unk', or 'backoff': the longest beginning of their members by value that is a known set.
    """

    active: float = 0.5
    discrete_on: Kind = "clusters"
    min_count: int = 10
    max_vocab: int = 65_536
    unknown: Unknown = "unk"

    def __post_init__(self) -> None:
        _check_number("active", self.active, low=1e-6)
        _check_choice("discrete_on", self.discrete_on, get_args(Kind))
        _check_whole("min_count", self.min_count, low=1)
        _check_whole("max_vocab", self.max_vocab, low=2, high=2**30)
        _check_choice("unknown", self.unknown, get_args(Unknown))


@dataclass(frozen=True)
class CallConfig(_Settings):
    """How calls lay documents out; the same four settings as IntervalConfig's."""

    special_tokens_pattern: Pattern = "none"
    model_max_length: int | None = None
    padding_side: Side = "right"
    truncation_side: Side = "right"

    def __post_init__(self) -> None:
        _check_choice("special_tokens_pattern", self.special_tokens_pattern, get_args(Pattern))
        _check_choice("padding_side", self.padding_side, get_args(Side))
        _check_choice("truncation_side", self.truncation_side, get_args(Side))
        if self.model_max_length is not None:
            _check_whole("model_max_length", self.model_max_length, low=1)


@dataclass(frozen=True)
class MotifConfig(_Settings):
    """Settings of a MotifTokenizer, in parts; a wrong name or value raises ConfigError.

    Contigs are worked through in blocks of ``block`` bp, each seen with ``halo`` bp around it; ``seed`` draws the bins
    that interdependence scores are made of. All of it is part of the result, not of how it is computed.

    >>> MotifConfig.preset("strict").scan.pvalue, MotifConfig().replace(linkage="average").features.linkage
    (0.0001, 'average')
    >>> MotifConfig.from_dict({"bins": {"max_bin": 300}})
    Traceback (most recent call last):
    genotok.errors.ConfigError: max_bin is 300; a whole number from 1 to 255
    """

    scan: ScanConfig = field(default_factory=ScanConfig)
    bins: BinConfig = field(default_factory=BinConfig)
    features: FeatureConfig = field(default_factory=FeatureConfig)
    vocabulary: VocabularyConfig = field(default_factory=VocabularyConfig)
    calls: CallConfig = field(default_factory=CallConfig)
    block: int = 5_000_000
    halo: int = 2_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name, kind in _PARTS.items():
            if not isinstance(getattr(self, name), kind):
                raise ConfigError(f"{name} is {type(getattr(self, name)).__name__}", hint=f"pass {kind.__name__}(..)")
        _check_whole("halo", self.halo, low=_LEAST_HALO, high=_MOST_BLOCK)
        _check_whole("block", self.block, low=_LEAST_HALO, high=_MOST_BLOCK)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise ConfigError(f"seed is {self.seed!r}", hint="a whole number")

    @classmethod
    def preset(cls, name: Preset, **settings: Any) -> Self:
        """Return the settings 'paper' (the defaults) or 'strict' (rarer hits, tokens for discrete models).

        ``settings`` are changed by their own names, whatever part they are in, as by `replace`.
        """
        _check_choice("preset", name, tuple(_PRESETS))
        return cls().replace(**(_PRESETS[name] | settings))

    def replace(self, **settings: Any) -> Self:
        """Return these settings with some changed by their own names, whatever part they are in.

        ``features='motifs'`` is that of FeatureConfig; a part as a whole is given as its own class.
        """
        whole: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(self)}
        for name, value in settings.items():
            if name in whole and (name not in _PARTS or is_dataclass(value)):
                whole[name] = value
                continue
            part = next((part for part, kind in _PARTS.items() if name in _names(kind)), None)
            if part is None:
                known = [each for kind in _PARTS.values() for each in _names(kind)]
                raise ConfigError(f"{name!r} is no setting", hint=f"settings: {', '.join([*known, *_WHOLE])}")
            whole[part] = type(whole[part]).from_dict({**whole[part].to_dict(), name: value})
        return type(self)(**whole)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, a dictionary for each part."""
        parts = {name: getattr(self, name).to_dict() for name in _PARTS}
        return parts | {name: getattr(self, name) for name in _WHOLE}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Self:
        """Take what `to_dict` gives; what is left out keeps its default, unknown names raise ConfigError."""
        given = dict(settings)
        for name, kind in _PARTS.items():
            if isinstance(given.get(name), Mapping):
                given[name] = kind.from_dict(given[name])
        return super().from_dict(given)


_PARTS: dict[str, type[Any]] = {
    "scan": ScanConfig,
    "bins": BinConfig,
    "features": FeatureConfig,
    "vocabulary": VocabularyConfig,
    "calls": CallConfig,
}
_WHOLE = ("block", "halo", "seed")
_PRESETS: dict[str, dict[str, Any]] = {
    "paper": {},
    "strict": {"pvalue": 1e-4, "linkage": "average", "unknown": "backoff", "prominence_window": 1001},
}


def _names(kind: type[Any]) -> list[str]:
    return [each.name for each in fields(kind)]


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if not (isinstance(value, str) and value in choices):
        raise ConfigError(f"{name} is {value!r}", hint=f"one of {', '.join(map(repr, choices))}")


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ConfigError(f"{name} is {value!r}", hint="True or False")


def _check_whole(name: str, value: object, *, low: int, high: int | None = None) -> None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or value < low or (high is not None and value > high):  # type: ignore[operator]  # whole by now
        hint = f"a whole number of {low:,} or more" if high is None else f"a whole number from {low:,} to {high:,}"
        raise ConfigError(f"{name} is {value!r}", hint=hint)


def _check_number(
    name: str, value: object, *, low: float | None = None, high: float | None = None, optional: bool = False
) -> None:
    if optional and value is None:
        return
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # not NaN
    inside = is_number and (low is None or value >= low) and (high is None or value <= high)  # type: ignore[operator]  # a number by now
    if not inside:
        bounds = f" of {low:g} or more" if low is not None else ""
        bounds = f" from {low or 0:g} to {high:g}" if high is not None else bounds
        raise ConfigError(f"{name} is {value!r}", hint=f"a number{bounds}")
