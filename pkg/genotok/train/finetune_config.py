"""How a pretrained model is fitted to labelled DNA: which weights are learned, how fast, and until when."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

from genotok.errors import ConfigError

Tune: TypeAlias = Literal["lora", "full", "head"]

_LEAST = {"rank": 1, "epochs": 1, "patience": 1, "batch": 1}


@dataclass(frozen=True)
class FinetuneConfig:
    """What is learned beside the head: ``lora`` changes of queries and values, ``full`` all weights, ``head`` nothing.

    AdamW has the ``rate`` for head and LoRA, ``full_rate`` for the weights of the model. The epoch of the highest MCC
    on dev rows is kept, and ``patience`` epochs without a better one end it. ``dropout`` is the head's.
    """

    tune: Tune = "lora"
    rank: int = 8
    alpha: float = 16.0
    lora_dropout: float = 0.05
    dropout: float = 0.1
    rate: float = 1e-3
    full_rate: float = 5e-5
    epochs: int = 10
    patience: int = 3
    batch: int = 32
    clip: float = 1.0

    def __post_init__(self) -> None:
        if self.tune not in get_args(Tune):
            raise ConfigError(f"tune={self.tune!r}", hint=", ".join(get_args(Tune)))
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=f"{least} or more")
        for name in ("dropout", "lora_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{name}={getattr(self, name):g}", hint="from 0 to below 1")
        for name in ("rate", "full_rate", "alpha", "clip"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name}={getattr(self, name):g}", hint="above 0")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)
