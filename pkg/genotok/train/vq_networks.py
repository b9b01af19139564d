"""Small networks that are trained on the ids of a tokenizer from scratch, to judge it: equal but for its embedding."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from genotok.arrays import Ids, Offsets, Places
from genotok.errors import ConfigError, InputError
from genotok.kernels.confusion import count_confusion, matthews
from genotok.kernels.draws import draw_words, join_seeds
from genotok.kernels.ragged import take_rows
from genotok.train.libraries import choose_device, load_torch

Body: TypeAlias = Literal["cnn", "transformer"]
Precision: TypeAlias = Literal["float32", "bfloat16"]

_PROTOCOLS: dict[Body, str] = {"cnn": "cnn-2", "transformer": "transformer-2"}
PAD, UNKNOWN = 0, 1  # ids of the embedding; those of tokens follow

_FIRST = 2
_KERNELS = (9, 5, 5)
_CNN_WIDTH, _HEADS, _LAYERS, _FFN, _DROPOUT = 128, 4, 2, 256, 0.1
_WIDTHS = {"cnn": 64, "transformer": 128}  # of the embedding
_RATES, _EPOCHS = {"cnn": 1e-3, "transformer": 5e-4}, {"cnn": 12, "transformer": 15}


@dataclass(frozen=True)
class NetworkConfig:
    """A network: its ``body``, codes of each level of a token, ``classes``, and how it is trained.

    ``cnn``: embedding 64, convolutions of 128 channels and widths 9, 5, 5 with GELU, halving in between, mean and
    maximum, 128, classes. ``transformer``: 2 layers, 128 wide, 4 heads, 256 inside, learned places, mean. AdamW, and
    the epoch that is best on dev. ``precision`` is that of products; weights are float32 in both.
    """

    body: Body
    sizes: tuple[int, ...]
    classes: int
    epochs: int
    rate: float
    batch: int = 64
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        if self.body not in get_args(Body):
            raise ConfigError(f"body={self.body!r}", hint=", ".join(get_args(Body)))
        if self.precision not in get_args(Precision):
            raise ConfigError(f"precision={self.precision!r}", hint=", ".join(get_args(Precision)))
        for name, least in (("classes", 2), ("epochs", 1), ("batch", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=f"{least} or more")
        if not self.sizes or min(self.sizes) < 1:
            raise ConfigError(f"sizes={self.sizes}", hint="the codes of each level")


@dataclass(frozen=True, eq=False)
class LabelledIds:
    """Tokens of n rows and their classes: ``ids`` int32 (t,) of each level below its size, -1 unknown.

    ``rows`` int64 (n + 1,) are the offsets of all levels, ``labels`` int32 (n,).
    """

    ids: tuple[Ids, ...]
    rows: Offsets
    labels: Ids
    sizes: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def longest(self) -> int:
        """Tokens of the longest row."""
        return int(np.diff(self.rows).max(initial=0))

    def take(self, rows: Places) -> "LabelledIds":
        """Return the rows at the given places; one may be taken twice."""
        taken = [take_rows(offsets=self.rows, values=each, rows=rows) for each in self.ids]
        return LabelledIds(tuple(ids for _, ids in taken), taken[0][0], self.labels[rows], self.sizes)


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """What a network said of the test rows, (n,), after the ``epoch`` (from 1) that was best on dev."""

    predicted: Ids
    epoch: int
    dev_mcc: float
    parameters: dict[str, int]


def network_of(body: Body, sizes: Sequence[int], classes: int, **changes: Any) -> NetworkConfig:
    """Return the settings of the evaluation for a body.

    >>> network_of("cnn", (4096,), 2).epochs, network_of("transformer", (512, 4096), 3).rate
    (12, 0.0005)
    """
    settings = {"epochs": _EPOCHS.get(body, 1), "rate": _RATES.get(body, 1e-3)}
    return NetworkConfig(body, tuple(sizes), classes, **{**settings, **changes})


def name_protocol(body: Body, *, epochs: int | None = None, precision: Precision = "float32") -> str:
    """Return what results of these settings are kept under; what is not as usual is named.

    >>> name_protocol("cnn"), name_protocol("cnn", epochs=6, precision="bfloat16")
    ('cnn-2', 'cnn-2, 6 epochs, bfloat16')
    """
    told = [_PROTOCOLS[body]]
    told += [f"{epochs} epochs"] if epochs not in (None, _EPOCHS[body]) else []
    return ", ".join([*told, precision] if precision != "float32" else told)


def build_network(config: NetworkConfig, longest: int) -> Any:
    """Return the module: int64 (b, levels, t) -> float (b, classes), for rows of ``longest`` tokens at most."""
    torch = load_torch()
    width = _WIDTHS[config.body]

    class Network(torch.nn.Module):  # type: ignore[misc, name-defined]  # torch is known at run time alone
        def __init__(self) -> None:
            super().__init__()
            self.embeddings = torch.nn.ModuleList(
                torch.nn.Embedding(_FIRST + size, width, padding_idx=PAD) for size in config.sizes
            )
            self.body = _cnn() if config.body == "cnn" else _transformer(longest)
            self.head = torch.nn.Linear(_CNN_WIDTH, config.classes)

        def forward(self, ids: Any) -> Any:
            found = sum(table(ids[:, level]) for level, table in enumerate(self.embeddings))
            return self.head(self.body(found, ids[:, 0] != PAD))

    return Network()


def count_parameters(model: Any) -> dict[str, int]:
    """Count the numbers of the embedding, of places too, and all others."""
    inside = {"embedding": 0, "rest": 0}
    for name, each in model.named_parameters():
        inside["embedding" if name.startswith("embeddings") or ".places" in name else "rest"] += each.numel()
    return inside


def _cnn() -> Any:
    torch = load_torch()

    class Cnn(torch.nn.Module):  # type: ignore[misc, name-defined]  # as above
        def __init__(self) -> None:
            super().__init__()
            widths = (_WIDTHS["cnn"], *[_CNN_WIDTH] * len(_KERNELS))
            self.convolutions = torch.nn.ModuleList(
                torch.nn.Conv1d(one, two, kernel, padding=kernel // 2)
                for one, two, kernel in zip(widths, widths[1:], _KERNELS, strict=False)
            )
            self.mix = torch.nn.Linear(2 * _CNN_WIDTH, _CNN_WIDTH)

        def forward(self, found: Any, there: Any) -> Any:
            values, mask = found.transpose(1, 2), there[:, None].to(found.dtype)
            for number, each in enumerate(self.convolutions):
                if number:
                    values, mask = _halve(values), _halve(mask)
                values = torch.nn.functional.gelu(each(values * mask)) * mask
            mean = values.sum(dim=2, dtype=values.dtype) / mask.sum(dim=2, dtype=mask.dtype).clamp(min=1)
            most = values.masked_fill(mask == 0, -1e4).amax(dim=2)
            return torch.nn.functional.gelu(self.mix(torch.cat([mean, most], dim=1)))

    return Cnn()


def _halve(values: Any) -> Any:
    """Return the greater of each two neighbours, (b, c, t) -> (b, c, ceil(t / 2)); faster than pooling on a CPU."""
    torch = load_torch()
    if values.shape[2] % 2:
        values = torch.cat([values, values[:, :, -1:]], dim=2)
    return torch.maximum(values[:, :, 0::2], values[:, :, 1::2])


def _transformer(longest: int) -> Any:
    torch = load_torch()

    class Transformer(torch.nn.Module):  # type: ignore[misc, name-defined]  # as above
        def __init__(self) -> None:
            super().__init__()
            width = _WIDTHS["transformer"]
            self.places = torch.nn.Embedding(max(longest, 1), width)
            layer = torch.nn.TransformerEncoderLayer(width, _HEADS, _FFN, _DROPOUT, "gelu", batch_first=True)
            self.layers = torch.nn.TransformerEncoder(layer, _LAYERS, enable_nested_tensor=False)

        def forward(self, found: Any, there: Any) -> Any:
            places = torch.arange(found.shape[1], dtype=torch.int64, device=found.device)
            hidden = ~there
            hidden[:, 0] = False  # a row without tokens attends to its padding, for want of better
            found = self.layers(found + self.places(places), src_key_padding_mask=hidden)
            mask = there[:, :, None].to(found.dtype)
            return (found * mask).sum(dim=1, dtype=mask.dtype) / mask.sum(dim=1, dtype=mask.dtype).clamp(min=1)

    return Transformer()


def train_network(
    config: NetworkConfig,
    train: LabelledIds,
    dev: LabelledIds,
    test: LabelledIds,
    *,
    seed: int = 0,
    device: str = "auto",
    progress: Callable[[int, float], None] = lambda _epoch, _mcc: None,
) -> NetworkRun:
    """Train a network on rows of ids, and let the epoch that is best on dev read the test rows.

    The seed decides weights, order and dropout; on a processor equal seeds give equal answers. ``progress`` gets each
    epoch, from 1, and its MCC on dev.
    """
    for each in (train, dev, test):
        if not len(each) or each.sizes != config.sizes:
            raise InputError(f"{len(each)} rows of levels {each.sizes}", hint=f"rows of levels {config.sizes}")
    torch, place = load_torch(), choose_device(device)
    longest = max(each.longest for each in (train, dev, test))
    with torch.random.fork_rng(devices=[place] if place.type == "cuda" else []):
        torch.manual_seed(join_seeds(seed, 7) % 2**63)
        model = build_network(config, longest).to(place)
        steps = -(-len(train) // config.batch)
        optimizer = torch.optim.AdamW(model.parameters(), lr=config.rate)
        best, chosen, weights = -2.0, 0, {}
        for epoch in range(config.epochs):
            model.train()
            order = np.argsort(draw_words(len(train), join_seeds(seed, 8, epoch)), kind="stable")
            for rows in np.array_split(order, steps):
                ids, labels = _batch(train, rows, place)
                with _products(config, place):
                    loss = torch.nn.functional.cross_entropy(model(ids), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            counts = count_confusion(dev.labels, _predict(model, dev, config, place), classes=config.classes)
            merit = float(matthews(counts))
            progress(epoch + 1, merit)
            if merit > best:
                best, chosen = merit, epoch + 1
                weights = {name: each.clone() for name, each in model.state_dict().items()}
        model.load_state_dict(weights)
        said = _predict(model, test, config, place)
    return NetworkRun(said, chosen, best, count_parameters(model))


def _batch(rows: LabelledIds, places: Places, device: Any) -> tuple[Any, Any]:
    """Lay some rows out: ids (b, levels, t) and classes (b,); t is 1 at least."""
    torch, part = load_torch(), rows.take(places)
    counts = np.diff(part.rows)
    inside = np.arange(max(part.longest, 1), dtype=np.int64) < counts[:, None]
    table = np.full((len(part), len(part.ids), inside.shape[1]), PAD, dtype=np.int64)
    for level, ids in enumerate(part.ids):
        table[:, level][inside] = np.where(ids < 0, UNKNOWN, ids + _FIRST)
    labels = part.labels.astype(np.int64)
    return torch.from_numpy(table).to(device), torch.from_numpy(labels).to(device)


def _predict(model: Any, rows: LabelledIds, config: NetworkConfig, device: Any) -> Ids:
    torch = load_torch()
    model.eval()
    found = []
    with torch.no_grad(), _products(config, device):
        for places in _in_order(len(rows), config.batch * 4):
            ids, _ = _batch(rows, places, device)
            found.append(model(ids).argmax(dim=1).cpu().numpy())
    return np.concatenate(found).astype(np.int32)


def _products(config: NetworkConfig, device: Any) -> Any:
    """Return the context in which matrices are multiplied as is asked for."""
    torch = load_torch()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=config.precision == "bfloat16")


def _in_order(n: int, step: int) -> Iterator[Places]:
    places = np.arange(n, dtype=np.intp)
    return (places[first : first + step] for first in range(0, n, step))
