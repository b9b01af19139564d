"""Which network to train and how: the presets, every setting checked, and what they imply before anything runs."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from math import ceil, log2, prod
from typing import Any, Literal, TypeAlias, get_args

from genotok.errors import ConfigError
from genotok.values.codebook import MAX_CODES, Quantizer
from genotok.values.convweights import ConvShape

Preset: TypeAlias = Literal["strided", "paper"]

_TRAINED = ("hrq", "rvq", "flat", "fsq")
_LEVELS: dict[str, dict[str, tuple[int, ...]]] = {  # of equal nominal bits, but for the paper's own sizes
    "paper": {"hrq": (1024, 2048), "rvq": (1024, 2048), "flat": (512,), "fsq": (8, 8, 8, 5, 5, 5)},
    "strided": {"hrq": (32, 64), "rvq": (32, 64), "flat": (2048,), "fsq": (8, 8, 8, 4)},
}


@dataclass(frozen=True)
class NetworkConfig:
    """A network, its quantiser and its training; the defaults are the preset 'strided'.

    The network has a stem of ``window`` bp every ``stride`` bp with ``channels``, then ``blocks`` of ``width`` and
    ``expansion``, and a decoder of as many blocks · ``quantizer`` and ``levels`` as `Codebook` has them · ``crop`` bp
    and ``batch`` crops a step; ``steps`` None are as many as one pass over the corpus takes · AdamW with ``rate``,
    which falls to 0 by a cosine, ``weight_decay``, gradients cut to ``clip`` · the loss is the cross-entropy per known
    base, and ``beta`` times the commitment · codebooks follow by an EMA of ``ema`` · the first ``warmup`` share of
    steps is without quantiser · ``turned``: half of the crops are reverse complements · every ``every`` steps the
    network is measured and kept · ``seed`` decides all that is drawn.

    >>> config = NetworkConfig()
    >>> config.shape.receptive_span, config.taps, config.nominal_bits / config.stride
    (153, (3, 6), 2.75)
    """

    preset: Preset = "strided"
    quantizer: Quantizer = "hrq"
    levels: tuple[int, ...] = (32, 64)
    window: int = 9
    stride: int = 4
    channels: int = 32
    width: int = 32
    expansion: int = 2
    blocks: int = 6
    crop: int = 384
    batch: int = 32
    steps: int | None = 1000
    rate: float = 3e-3
    weight_decay: float = 1e-4
    clip: float = 1.0
    beta: float = 0.25
    ema: float = 0.99
    warmup: float = 0.1
    turned: bool = True
    every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "levels", tuple(int(size) for size in self.levels))
        _check_choice("preset", self.preset, get_args(Preset))
        _check_choice("quantizer", self.quantizer, get_args(Quantizer))
        _check_levels(self)
        for name, good, hint in (
            ("window", 1 <= self.window <= 99, "from 1 to 99 bp"),
            ("stride", 1 <= self.stride <= self.window, "from 1 bp to the window's"),
            ("channels", self.channels >= 1, "1 or more"),
            ("width", self.width >= 2, "2 or more"),
            ("expansion", self.expansion >= 1, "1 or more"),
            ("blocks", 0 <= self.blocks <= 24, "from 0 to 24"),
            ("crop", self.crop >= self.window, "a window or more"),
            ("batch", self.batch >= 1, "1 or more"),
            ("steps", self.steps is None or self.steps >= 1, "1 or more"),
            ("rate", 0 < self.rate < 1, "above 0, below 1"),
            ("weight_decay", self.weight_decay >= 0, "0 or more"),
            ("clip", self.clip > 0, "above 0"),
            ("beta", self.beta >= 0, "0 or more"),
            ("ema", 0 <= self.ema < 1, "0 or more, below 1"),
            ("warmup", 0 <= self.warmup <= 0.9, "from 0 to 0.9, a share of the steps"),
            ("every", self.every >= 1, "1 or more"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)

    @property
    def taps(self) -> tuple[int, ...]:
        """After how many blocks each level listens: hrq evenly, others after the last."""
        n = len(self.levels) if self.quantizer == "hrq" else 1
        return tuple(round(self.blocks * (number + 1) / n) for number in range(n))

    @property
    def code_width(self) -> int:
        """Numbers in a code vector."""
        return len(self.levels) if self.quantizer == "fsq" else self.width

    @property
    def shape(self) -> ConvShape:
        """The plan of the network; the decoder has as many blocks as the encoder."""
        return ConvShape(
            kernel=self.window,
            stride=self.stride,
            channels=self.channels,
            width=self.width,
            expansion=self.expansion,
            blocks=self.blocks,
            taps=self.taps,
            code_width=self.code_width,
            decoder_blocks=self.blocks,
        )

    @property
    def nominal_bits(self) -> float:
        """Bits that name one token, were all codes used alike."""
        return sum(log2(size) for size in self.levels)

    @property
    def tokens(self) -> int:
        """Tokens of one step."""
        return self.batch * ceil(self.crop / self.stride)

    def steps_over(self, bases: int) -> int:
        """Return ``steps``, or how many one pass over so many bases takes."""
        return self.steps if self.steps is not None else max(ceil(bases / (self.crop * self.batch)), 1)

    def warmup_steps(self, steps: int) -> int:
        """Return how many of so many steps are without quantiser."""
        return int(self.warmup * steps)

    @property
    def n_parameters(self) -> int:
        """Numbers that the optimiser moves, and those of the codebooks."""
        books = 0 if self.quantizer == "fsq" else sum(self.levels) * self.code_width
        return sum(prod(shape) for shape in self.shape.shapes().values()) + books

    @property
    def memory_bytes(self) -> int:
        """Bytes that a step takes, about: what the backward pass reads again, scores, weights and their moments."""
        per_token = 2 * self.blocks * (5 + 3 * self.expansion) * self.width + 4 * self.channels + 40 * self.stride
        sizes = (1,) if self.quantizer == "fsq" else self.levels
        scores = min(self.tokens * max(sizes), 2**24)
        return 4 * (self.tokens * per_token + scores + 4 * self.n_parameters)

    @property
    def digest(self) -> str:
        """SHA-256 of all settings."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        return asdict(self) | {"levels": list(self.levels)}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "NetworkConfig":
        """Read settings; unknown names raise ConfigError."""
        unknown = sorted(set(settings) - set(cls.__dataclass_fields__))
        if unknown:
            near = get_close_matches(unknown[0], cls.__dataclass_fields__, n=1)
            raise ConfigError(f"unknown {unknown[0]}", hint=f"known: {', '.join(near or cls.__dataclass_fields__)}")
        return cls(**dict(settings))


_PRESETS: dict[str, dict[str, Any]] = {
    "strided": {},
    "paper": {
        "window": 5, "stride": 1, "channels": 256, "width": 384, "expansion": 4,
        "crop": 512, "batch": 1024, "steps": None, "rate": 1e-4, "beta": 0.5,
    },
}  # fmt: skip


def preset_config(preset: str = "strided", **changes: Any) -> NetworkConfig:
    """Return the settings of a preset with ``changes``, those that are None left out; levels follow the quantizer.

    >>> preset_config("paper", quantizer="flat").levels, preset_config("strided", warmup=0.2).warmup_steps(1000)
    ((512,), 200)
    """
    _check_choice("preset", preset, get_args(Preset))
    given = {name: value for name, value in changes.items() if value is not None}
    quantizer = given.get("quantizer", "hrq")
    _check_choice("quantizer", quantizer, get_args(Quantizer))
    start = {"preset": preset, "levels": _LEVELS[preset].get(quantizer, (2,)), **_PRESETS[preset]}
    return NetworkConfig.from_dict(start | given)


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        near = get_close_matches(str(value), choices, n=1, cutoff=0.3)
        ordered = [*near, *(each for each in choices if each not in near)]
        raise ConfigError(f"{name}={value!r} is no choice", hint=", ".join(ordered))


def _check_levels(config: NetworkConfig) -> None:
    kind, levels = config.quantizer, config.levels
    shown = ",".join(map(str, levels))
    if kind not in _TRAINED:
        raise ConfigError(f"quantizer={kind!r} of a network", hint="a tree is made of a table: preset 'table'")
    if not levels or (kind == "flat" and len(levels) != 1):
        raise ConfigError(f"levels={shown} for {kind}", hint="flat has one level, the others one or more")
    if kind == "fsq" and (min(levels) < 3 or prod(levels) > MAX_CODES):
        hint = f"fsq has 3 or more steps in each dimension, and at most {MAX_CODES:,} codes in all"
        raise ConfigError(f"levels={shown} for fsq", hint=hint)
    if kind != "fsq" and not 2 <= min(levels) <= max(levels) <= MAX_CODES:
        raise ConfigError(f"levels={shown}", hint=f"from 2 to {MAX_CODES:,} codes in a level")
