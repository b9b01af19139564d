"""Settings of a masked language model on tokens, and the two sets of them that are meant."""

from dataclasses import asdict, dataclass, fields
from math import cos, pi
from typing import Any

from genotok.errors import ConfigError

_LEAST = {
    **dict.fromkeys(("layers", "hidden", "heads", "ffn", "batch", "every"), 1),
    **dict.fromkeys(("tokens",), 2),
}  # fmt: skip
_SHARES = ("share", "warmup", "dropout")


@dataclass(frozen=True)
class MlmConfig:
    """A BERT of ``layers``, ``hidden`` numbers a token, ``heads`` and ``ffn``, and how it is trained.

    It reads ``batch`` rows of ``tokens``, of which a ``share`` is hidden. It ends after ``steps``, ``minutes``, or
    ``patience`` measures in a row that are no better than the best; None is no end. The ``rate`` of AdamW rises over
    the ``warmup`` share of the run and falls as a cosine to 0. ``turned`` reads half of the crops from their other
    strand. Each ``every`` steps it is measured, and kept.

    >>> MlmConfig().rate_at(0.025), MlmConfig().rate_at(0.05), round(MlmConfig().rate_at(1.0), 9)
    (0.00025, 0.0005, 0.0)
    """

    layers: int = 2
    hidden: int = 128
    heads: int = 2
    ffn: int = 512
    tokens: int = 256
    batch: int = 16
    steps: int | None = 600
    minutes: float | None = None
    patience: int | None = None
    share: float = 0.25
    rate: float = 5e-4
    warmup: float = 0.05
    weight_decay: float = 0.01
    clip: float = 1.0
    dropout: float = 0.1
    turned: bool = False
    every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=f"{least} or more")
        for name in _SHARES:
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{name}={getattr(self, name):g}", hint="from 0 to below 1")
        for name in ("share", "rate", "clip"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}={getattr(self, name):g}", hint="above 0")
        for name in ("steps", "minutes", "patience"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigError(f"{name}={value:g}", hint="above 0")
        if self.steps is None and self.minutes is None:
            raise ConfigError("neither steps nor minutes are given", hint="a run needs an end")
        if self.hidden % self.heads:
            raise ConfigError(f"hidden={self.hidden} in {self.heads} heads", hint="a multiple of the heads")

    def done(self, steps: int, seconds: float) -> float:
        """Return the share of the run that is done: 1 or more at its end."""
        by_steps = 0.0 if self.steps is None else steps / self.steps
        return max(by_steps, 0.0 if self.minutes is None else seconds / (60 * self.minutes))

    def rate_at(self, done: float) -> float:
        """Return the rate after a share of the run."""
        if done < self.warmup:
            return self.rate * done / self.warmup
        return self.rate * (1 + cos(pi * min((done - self.warmup) / (1 - self.warmup), 1.0))) / 2

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


PRESETS = {
    "cpu": MlmConfig(),
    "h200": MlmConfig(
        layers=8, hidden=512, heads=8, ffn=2048, tokens=512, batch=256, steps=None, minutes=30, patience=3, every=500
    ),
}


def mlm_config(preset: str = "cpu", **changes: Any) -> MlmConfig:
    """Return the settings of a preset with some changed; those that are None stay, and ``steps`` end it alone.

    >>> mlm_config("h200", batch=8, heads=None).batch, mlm_config("h200", steps=9).minutes
    (8, None)
    """
    if preset not in PRESETS:
        raise ConfigError(f"preset {preset!r} is not known", hint=f"there are {', '.join(PRESETS)}")
    given = {name: value for name, value in changes.items() if value is not None}
    unknown = sorted(set(given) - {each.name for each in fields(MlmConfig)})
    if unknown:
        raise ConfigError(f"unknown {unknown[0]}", hint=f"known: {', '.join(each.name for each in fields(MlmConfig))}")
    if ("steps" in given) != ("minutes" in given):
        given = {"steps": None, "minutes": None} | given
    return MlmConfig(**{**PRESETS[preset].to_dict(), **given})
