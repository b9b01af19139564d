"""The settings of a training run, checked one by one, and the learning rate they make of an epoch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

from genotok.errors import ConfigError

Schedule: TypeAlias = Literal["linear", "step"]

_STEP_EPOCHS = 5  # after which the rate of the schedule 'step' falls


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained; the defaults are the paper's where it states them.

    AdamW with ``rate`` reached in ``warmup`` epochs, then falling to 0 at the end ('linear'), or times ``gamma`` every
    5 epochs ('step') · gradients are cut to the norm ``clip`` · the loss is ``poisson`` and ``multinomial`` parts · the
    run ends after ``epochs``, or ``patience`` epochs without a better validation · ``autocast`` computes in bfloat16 on
    an accelerator · ``seed`` decides weights, order, shifts and dropout.
    """

    epochs: int = 15
    batch: int = 32
    rate: float = 1e-4
    warmup: int = 5
    schedule: Schedule = "linear"
    gamma: float = 0.5
    weight_decay: float = 0.01
    clip: float = 2.0
    poisson: float = 1.0
    multinomial: float = 4.0
    patience: int = 5
    seed: int = 0
    workers: int = 0
    autocast: bool = False
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.schedule not in get_args(Schedule):
            raise ConfigError(f"schedule={self.schedule!r}", hint=", ".join(get_args(Schedule)))
        for name, good, hint in (
            ("epochs", self.epochs >= 1, "1 or more"),
            ("batch", self.batch >= 1, "1 or more windows"),
            ("rate", 0 < self.rate < 1, "above 0, below 1"),
            ("warmup", 0 <= self.warmup < self.epochs, "0 or more, fewer than epochs"),
            ("gamma", 0 < self.gamma <= 1, "above 0, at most 1"),
            ("weight_decay", self.weight_decay >= 0, "0 or more"),
            ("clip", self.clip > 0, "above 0"),
            ("poisson", self.poisson >= 0, "0 or more"),
            ("multinomial", self.multinomial >= 0, "0 or more"),
            ("patience", self.patience >= 1, "1 or more epochs"),
            ("workers", self.workers >= 0, "0 or more processes"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)

    def rate_at(self, epochs: float) -> float:
        """Return the learning rate after so many epochs, parts of them included.

        >>> config = TrainConfig()
        >>> [round(config.rate_at(at) * 1e4, 3) for at in (0.5, 5, 10, 15)]
        [0.1, 1.0, 0.5, 0.0]
        """
        if epochs < self.warmup:
            return self.rate * epochs / self.warmup
        if self.schedule == "linear":
            return self.rate * max(self.epochs - epochs, 0.0) / (self.epochs - self.warmup)
        return float(self.rate * self.gamma ** ((epochs - self.warmup) // _STEP_EPOCHS))

    @property
    def decisive(self) -> dict[str, Any]:
        """The settings that decide what comes out, and that a resumed run must share."""
        return {name: value for name, value in asdict(self).items() if name not in ("workers", "device")}

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "TrainConfig":
        """Read settings; unknown names raise ConfigError."""
        unknown = sorted(set(settings) - set(cls.__dataclass_fields__))
        if unknown:
            raise ConfigError(f"unknown {unknown[0]}", hint=f"known: {', '.join(cls.__dataclass_fields__)}")
        return cls(**settings)
