"""The networks from tokens, or from bases, to tracks: convolutions alone, or convolutions under attention.

A unit of output is a bin of the tokens, or 16 bases of the sequence. Inside, channels stand before places, as torch's
convolutions want it; `predict` takes and gives places before channels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, get_args

from genotok.errors import ConfigError
from genotok.train.libraries import load_torch

Input: TypeAlias = Literal["tokens", "onehot"]
Body: TypeAlias = Literal["conv", "transformer"]
Pool: TypeAlias = Literal["max", "avg"]
Final: TypeAlias = Literal["softplus", "relu"]

BASES_A_UNIT = 16  # of a network on bases: four layers halve the length

_SQUEEZE = ((400, 1), (100, 1))  # what a network on tokens begins with: channels, width
_TOKENS = {"conv": ((128, 3), (128, 3), (128, 3), (512, 3)), "transformer": ((256, 3), (512, 3))}
_BASES = {
    "conv": ((64, 5), (128, 5), (256, 3), (512, 3)),
    "transformer": ((64, 3), (128, 3), (256, 3), (512, 3)),
}
_WIDTH = 512
_TOWER = 7  # layers of width 3 that follow in a network of convolutions
_POSITIONWISE = (4096, 1028)
_LAYERS, _HEADS, _FEED = 10, 8, 1024
_FADE = 0.02  # of the rates of positions, per channel


@dataclass(frozen=True)
class ModelConfig:
    """Which network to build; the defaults are the paper's, but for the last function.

    ``input`` 'tokens' of ``channels`` features, or 'onehot' of four bases · ``body`` 'conv' or 'transformer' ·
    ``tracks`` predicted · ``pool`` how bases are halved: 'max' as in the paper's code, 'avg' as in its text · ``final``
    'softplus'; 'relu' as in the paper's code, which can be born dead: no output, no attribution, no gradient ·
    ``scale`` divides the widths of all layers, for trials on small machines.
    """

    input: Input = "tokens"
    body: Body = "conv"
    channels: int = 871
    tracks: int = 1
    pool: Pool = "max"
    final: Final = "softplus"
    dropout: float = 0.2
    scale: int = 1

    def __post_init__(self) -> None:
        for name, choices in (("input", Input), ("body", Body), ("pool", Pool), ("final", Final)):
            if getattr(self, name) not in get_args(choices):
                raise ConfigError(f"{name}={getattr(self, name)!r}", hint=", ".join(get_args(choices)))
        if self.input == "onehot":
            object.__setattr__(self, "channels", 4)
        for name, good, hint in (
            ("channels", self.channels >= 1, "the number of features of a token, 1 or more"),
            ("tracks", self.tracks >= 1, "1 or more"),
            ("dropout", 0 <= self.dropout < 1, "0 or more, below 1"),
            ("scale", self.scale in (1, 2, 4, 8, 16, 32), "1, 2, 4, 8, 16 or 32"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)

    @property
    def bases_a_unit(self) -> int | None:
        """Bases that one output stands for; None if it stands for a bin."""
        return BASES_A_UNIT if self.input == "onehot" else None

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "ModelConfig":
        """Read settings; unknown names raise ConfigError."""
        unknown = sorted(set(settings) - set(cls.__dataclass_fields__))
        if unknown:
            raise ConfigError(f"unknown {unknown[0]}", hint=f"known: {', '.join(cls.__dataclass_fields__)}")
        return cls(**settings)


def build_model(config: ModelConfig, *, seed: int = 0) -> Any:
    """Build a network with weights drawn from ``seed``; the state of torch's own draws stays as it was.

    Every layer is a module of its own, used once and never in place, so that attributions can be propagated back.
    """
    torch = load_torch()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        stem = list(_stem(config))
        if config.body == "conv":
            model = torch.nn.Sequential(*stem, *_tower(config), *_positionwise(config), _final(config))
        else:
            model = _transformer()(stem, config)
    return model


def count_parameters(model: Any) -> int:
    """Count the weights that training changes."""
    return sum(each.numel() for each in model.parameters() if each.requires_grad)


def _stem(config: ModelConfig) -> Iterator[Any]:
    """Widen what comes in to 512 channels; bases are halved four times."""
    nn, channels = load_torch().nn, config.channels
    is_onehot = config.input == "onehot"
    for width, reach in _BASES[config.body] if is_onehot else (*_SQUEEZE, *_TOKENS[config.body]):
        yield from _convolve(channels, width // config.scale, reach)
        channels = width // config.scale
        if is_onehot:
            yield nn.MaxPool1d(2) if config.pool == "max" else nn.AvgPool1d(2)


def _convolve(channels: int, width: int, reach: int) -> Iterator[Any]:
    nn = load_torch().nn
    yield nn.Conv1d(channels, width, reach, padding=reach // 2)
    yield nn.BatchNorm1d(width)
    yield nn.ReLU()


def _tower(config: ModelConfig) -> Iterator[Any]:
    width = _WIDTH // config.scale
    for _ in range(_TOWER):
        yield from _convolve(width, width, 3)


def _positionwise(config: ModelConfig) -> Iterator[Any]:
    """Predict the tracks of each unit by itself: convolutions of width 1 are dense layers per position."""
    nn, channels = load_torch().nn, _WIDTH // config.scale
    for width in _POSITIONWISE:
        yield nn.Conv1d(channels, width // config.scale, 1)
        yield nn.ReLU()
        yield nn.Dropout(config.dropout)
        channels = width // config.scale
    yield nn.Conv1d(channels, config.tracks, 1)


def _final(config: ModelConfig) -> Any:
    nn = load_torch().nn
    return nn.Softplus() if config.final == "softplus" else nn.ReLU()


@cache
def _transformer() -> Any:
    """Make the class, of torch's Module, once torch is wanted."""
    torch = load_torch()
    nn = torch.nn

    class Transformer(nn.Module):  # type: ignore[misc, name-defined]  # torch is an extra
        """Attention over units that know where in the window they begin."""

        def __init__(self, stem: list[Any], config: ModelConfig) -> None:
            super().__init__()
            width = _WIDTH // config.scale
            sizes = width, _HEADS, _FEED // config.scale, config.dropout
            self.stem = nn.Sequential(*stem)
            self.encoder = nn.Sequential(  # not TransformerEncoder, which starts all layers with equal weights
                *(nn.TransformerEncoderLayer(*sizes, batch_first=True, norm_first=True) for _ in range(_LAYERS))
            )
            self.head = nn.Linear(width, config.tracks)
            self.final = _final(config)
            rates = torch.exp(-_FADE * config.scale * torch.arange(0, width, 2, dtype=torch.float32))
            self.register_buffer("rates", rates, persistent=False)

        def forward(self, inputs: Any, starts: Any) -> Any:
            """Predict from (b, C, L); ``starts`` (b, units) are those of units in bp from the window's own."""
            hidden = self.stem(inputs).transpose(1, 2)
            angles = starts.to(hidden.dtype)[:, :, None] * self.rates
            places = torch.stack([torch.sin(angles), torch.cos(angles)], dim=3).flatten(2)
            hidden = self.encoder(hidden + places)
            return self.final(self.head(hidden)).transpose(1, 2)

    return Transformer


def knows_places(model: Any) -> bool:
    """Tell whether a network wants the starts of units beside its inputs."""
    return hasattr(model, "encoder")


def predict(model: Any, inputs: Any, starts: Any) -> Any:
    """Run a network on (b, L, C): (b, units, tracks); ``starts`` (b, units) of units are in bp from the window's."""
    channels = inputs.transpose(1, 2)
    return (model(channels, starts) if knows_places(model) else model(channels)).transpose(1, 2)
