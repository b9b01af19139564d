"""Codes of windows that k-means found, moved on by gradients: what is kept is never worse than what k-means gave."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from math import cos, log, pi, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Places
from genotok.errors import ConfigError, TrainingError
from genotok.kernels.draws import draw_words, join_seeds
from genotok.kernels.tables import canonical_windows, reverse_windows
from genotok.kernels.vqdecode import SMOOTHING, join_levels, letter_shares
from genotok.kernels.windowcells import place_weights, tally_windows, window_vectors
from genotok.train.libraries import choose_device, load_torch
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_hrq import VectorQuantiser
from genotok.train.vq_table import Progress, TableConfig, grow_tree
from genotok.train.vq_windows import STORED
from genotok.values.codebook import CodeArray, Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

Counts: TypeAlias = NDArray[np.float64]

_ENCODER_SHARE = 0.5  # of the rate: at the full one, codes fall far behind those of k-means
_SHARPNESS = 6.0  # of scores at the start: a base that all windows of a code have is then given 0.99
_RESTART_UNTIL = 0.8  # of the steps
_BLOCK = 32_768  # windows that are assigned at once
_WEIGHTS, _BATCHES, _RESTARTS = range(3)  # what a seed is drawn for


@dataclass(frozen=True)
class TuneConfig:
    """How a table is tuned: AdamW of ``rate``, falling by a cosine, over ``steps`` of ``batch`` windows.

    The encoder is z = X + MLP(X) and the decoder q + MLP(q), both ``hidden`` wide and nothing at the start; ``beta``
    weighs the commitment, summed over dimensions; codes follow by an EMA of ``ema``; every ``every`` steps the table
    is made and judged.
    """

    steps: int = 1000
    batch: int = 4096
    rate: float = 2e-4
    weight_decay: float = 1e-4
    clip: float = 1.0
    beta: float = 0.25
    ema: float = 0.99
    hidden: int = 256
    every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        for name, good, hint in (
            ("steps", self.steps >= 1, "1 or more"),
            ("batch", self.batch >= 1, "1 or more"),
            ("rate", 0 < self.rate < 1, "above 0, below 1"),
            ("weight_decay", self.weight_decay >= 0, "0 or more"),
            ("clip", self.clip > 0, "above 0"),
            ("beta", self.beta >= 0, "0 or more"),
            ("ema", 0 <= self.ema < 1, "0 or more, below 1"),
            ("hidden", self.hidden >= 1, "1 or more"),
            ("every", self.every >= 1, "1 or more"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


class Tuned(NamedTuple):
    """The better of start and best table, the held-out bits of both, after which step, and each measure."""

    model: VQModel
    start_bits: float
    bits: float
    step: int
    records: tuple[dict[str, Any], ...]


def tune_table(
    model: VQModel,
    corpus: Corpus,
    config: TableConfig,
    tuning: TuneConfig,
    *,
    device: str = "auto",
    progress: Progress = lambda *_: None,
    on_measure: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Tuned:
    """Tune the table that `train_table` made of ``corpus`` by ``config``: by torch, but the result needs none.

    Tables are judged by `table_bits` of the windows that were held out, of all if none were; the model that is returned
    never has more than the one that was given.
    """
    run = _Tuning(model, corpus, config, tuning, choose_device(device))
    best = Tuned(model, start := run.bits_of(model), start, 0, ())
    records: list[dict[str, Any]] = []
    for step in range(1, tuning.steps + 1):
        loss, restarts = run.advance(step - 1)
        progress("tune", step, tuning.steps)
        if step % tuning.every and step < tuning.steps:
            continue
        found = run.freeze()
        records.append({"step": step, "loss": loss, "restarts": restarts, "bits": run.bits_of(found)})
        on_measure(records[-1])
        if records[-1]["bits"] < best.bits:
            best = best._replace(model=found, bits=records[-1]["bits"], step=step)
    return best._replace(records=tuple(records))


def table_bits(table: WindowTable, sizes: tuple[int, ...], counts: Counts) -> float:
    """Return the bits per base that are left of windows once their codes are known; counts float64 (4^R,).

    Bases of a window are told by the shares of letters among the windows of its code, as in decoding, place by place;
    of two strands that share a code, the lesser window stands for both.

    >>> table = WindowTable(1, 1, np.array([[0, 0, 1, 1]], np.uint16))
    >>> round(table_bits(table, (2,), np.ones(4)), 3)
    1.028
    """
    window = table.window
    numbers, places = _told_apart(window, pooled=table.strand_symmetric)
    totals = np.bincount(places, counts, len(numbers)).astype(np.float64)
    _, classes = np.unique(join_levels(table.codes, sizes), return_inverse=True)
    shares = letter_shares(classes, n_codes=int(classes.max()) + 1, window=window, chosen=numbers)
    bits = -np.log2((shares + SMOOTHING) / (1 + 4 * SMOOTHING))
    spent = np.zeros(len(numbers))
    for place in range(window):
        spent += bits[classes[numbers], place, numbers >> 2 * (window - 1 - place) & 3]
    return float(spent @ totals / (window * totals.sum(dtype=np.float64)))


def _told_apart(window: int, *, pooled: bool) -> tuple[Places, Places]:
    """Return the windows that are told apart, ascending, and for each of all 4^R which of them it is."""
    every = np.arange(4**window, dtype=np.intp)
    if not pooled:
        return every, every
    numbers = canonical_windows(window)
    return numbers, np.searchsorted(numbers, np.minimum(every, reverse_windows(window))).astype(np.intp)


class _Tuning:
    """One run while it lasts."""

    def __init__(self, model: VQModel, corpus: Corpus, config: TableConfig, tuning: TuneConfig, device: Any) -> None:
        torch = load_torch()
        self.model, self.config, self.tuning, self.device = model, config, tuning, device
        self.numbers, self.places = _told_apart(config.window, pooled=config.pooled)
        self.counts = corpus.count_windows(config.window)
        self.judged = self._held_out(corpus)
        weights = place_weights(config.window, config.sigma)
        self.rows = window_vectors(self.numbers.astype(np.int64), weights)
        pooled = np.bincount(self.places, self.counts, len(self.numbers)).astype(np.float64)
        self.edges = np.cumsum(pooled, dtype=np.float64)
        self.scale = torch.from_numpy(np.repeat(weights, 4).astype(np.float32)).to(device)
        width = 4 * config.window
        generator = torch.Generator().manual_seed(join_seeds(tuning.seed, _WEIGHTS) % 2**63)
        self.encoder, self.decoder = (_layers(width, tuning.hidden, generator, device) for _ in range(2))
        self.sharpness = torch.tensor(log(_SHARPNESS), device=device, requires_grad=True)
        self.optimizer = torch.optim.AdamW(
            [
                {"params": self.encoder, "share": _ENCODER_SHARE},
                {"params": [*self.decoder, self.sharpness], "share": 1.0},
            ],
            lr=tuning.rate,
            weight_decay=tuning.weight_decay,
        )
        self.quantiser = self._begin()

    def _held_out(self, corpus: Corpus) -> Counts:
        counts = np.zeros(4**self.config.window)
        for stretch in corpus.held_out:
            counts += tally_windows(stretch.codes, self.config.window) * corpus.file_weight(stretch.file)
        return counts if counts.any() else self.counts

    def _begin(self) -> VectorQuantiser:
        """Take the codes of the table, each with the count that a batch would give it."""
        torch = load_torch()
        book, kind = self.model.codebook, self.config.kind
        levels = book.vectors[-1:] if kind == "tree" else book.vectors
        made = VectorQuantiser(
            "flat" if kind == "tree" else kind, self.model.table_sizes, decay=self.tuning.ema, summed=True
        )
        made.take([torch.from_numpy(each.copy()).to(self.device) for each in levels])
        assert self.model.table is not None, "only tables are tuned"
        for codebook, codes in zip(made.codebooks, self.model.table.codes, strict=True):
            use = np.bincount(codes, self.counts, len(codebook)).astype(np.float64)
            codebook.weigh(torch.from_numpy((use * (self.tuning.batch / use.sum(dtype=np.float64))).astype(np.float32)))
        return made

    def advance(self, step: int) -> tuple[float, int]:
        """Take one step; returns the cross-entropy in nats per base, and how many codes were put elsewhere."""
        torch, tuning = load_torch(), self.tuning
        drawn = self._draw(step)
        rows = torch.from_numpy(self.rows[drawn]).to(self.device)
        letters = torch.from_numpy(self.rows[drawn].reshape(len(drawn), -1, 4).argmax(axis=2)).to(self.device)
        taps = [rows + _apply(self.encoder, rows)] * len(self.quantiser.sizes)
        out = self.quantiser(taps)
        scores = (out.output + _apply(self.decoder, out.output)) / self.scale * self.sharpness.exp()
        crossed = torch.nn.functional.cross_entropy(scores.view(-1, 4), letters.flatten())
        loss = crossed + tuning.beta * out.commitment
        value = float(crossed.detach())
        if not np.isfinite(float(loss.detach())):
            raise TrainingError(f"the loss is no number at step {step + 1:,}", hint="lower the rate")
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * tuning.rate * (1 + cos(pi * step / tuning.steps)) / 2
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*self.encoder, *self.decoder, self.sharpness], tuning.clip)
        self.optimizer.step()
        restart = step < _RESTART_UNTIL * tuning.steps
        seed = join_seeds(tuning.seed, _RESTARTS, step)
        return value, self.quantiser.follow(out, seed=seed, restart=restart)

    def _draw(self, step: int) -> Places:
        """Draw windows by their counts."""
        words = draw_words(self.tuning.batch, join_seeds(self.tuning.seed, _BATCHES, step))
        shares = (words >> np.uint64(11)).astype(np.float64) / 2**53
        found = np.searchsorted(self.edges, shares * self.edges[-1], side="right")
        places: Places = np.minimum(found, len(self.edges) - 1).astype(np.intp)
        return places

    def freeze(self) -> VQModel:
        """Make the table of the encoder and the codes as they are now."""
        torch, config = load_torch(), self.config
        vectors = [each.cpu().numpy().astype(STORED).astype(np.float32) for each in self.quantiser.vectors()]
        rounded = VectorQuantiser(self.quantiser.kind, self.quantiser.sizes)
        rounded.take([torch.from_numpy(each).to(self.device) for each in vectors])
        found: list[CodeArray] = []
        with torch.no_grad():
            for at in range(0, len(self.rows), _BLOCK):
                rows = torch.from_numpy(self.rows[at : at + _BLOCK]).to(self.device)
                codes = rounded([rows + _apply(self.encoder, rows)] * len(vectors)).codes
                found.append(codes.cpu().numpy().astype(np.uint16))
        codes = np.concatenate(found, axis=1)[:, self.places]
        usage = [
            np.bincount(row, self.counts, len(each)).astype(np.float64)
            for row, each in zip(codes, vectors, strict=True)
        ]
        parents: list[CodeArray] = []
        if config.kind == "tree":
            vectors, parents, usage = grow_tree(vectors[0], usage[0], config)
        return replace(
            self.model,
            codebook=Codebook(config.kind, config.sizes, tuple(vectors), tuple(parents)),
            table=WindowTable(config.window, config.stride, codes, config.pooled),
            usage=tuple(np.rint(each).astype(np.uint64) for each in usage),
        )

    def bits_of(self, model: VQModel) -> float:
        """Judge a table."""
        assert model.table is not None
        return table_bits(model.table, model.table_sizes, self.judged)


def _layers(width: int, hidden: int, generator: Any, device: Any) -> list[Any]:
    """Draw two layers, the last of which says nothing yet."""
    torch = load_torch()
    drawn = (2 * torch.rand((hidden, width), generator=generator) - 1) / sqrt(width)
    made = [drawn, torch.zeros(hidden), torch.zeros((width, hidden)), torch.zeros(width)]
    return [each.to(device).requires_grad_(True) for each in made]


def _apply(layers: list[Any], rows: Any) -> Any:
    functional = load_torch().nn.functional
    return functional.linear(functional.gelu(functional.linear(rows, *layers[:2]), approximate="tanh"), *layers[2:])
