"""The quantisers as training sees them: flat, hierarchical residual (hrq), residual (rvq) and a finite grid (fsq).

Each takes what the encoder says at its taps, and gives what the decoder hears: the value of the nearest vectors, with
the gradient of what they stand for (straight-through).
"""

from collections.abc import Mapping, Sequence
from math import atanh, prod
from typing import Any, NamedTuple, Protocol

from genotok.errors import ConfigError
from genotok.kernels.draws import join_seeds
from genotok.kernels.nearest import EDGE
from genotok.train.libraries import load_torch
from genotok.train.vq_ema import DECAY, STATE, EmaCodebook
from genotok.train.vq_init import start_codebook
from genotok.values.codebook import Quantizer


class Quantised(NamedTuple):
    """Of n tokens: what the decoder hears (n, D), codes int64 (N, n), the commitment, and what each level quantised."""

    output: Any
    codes: Any
    commitment: Any
    residuals: tuple[Any, ...] = ()


class Quantiser(Protocol):
    """What training asks of a quantiser; before `start` it lets everything through."""

    sizes: tuple[int, ...]

    @property
    def is_started(self) -> bool:
        """Whether it quantises."""

    def __call__(self, taps: Sequence[Any]) -> Quantised:
        """Quantise (n, D) rows of the taps."""

    def start(self, taps: Sequence[Any], *, seed: int, batch: int) -> None:
        """Find codes for (n, D) rows of the taps; a step has ``batch`` of them."""

    def follow(self, quantised: Quantised, *, seed: int, restart: bool) -> int:
        """Let codes follow what was quantised, and dead ones ``restart``; return how many did."""

    def vectors(self) -> tuple[Any, ...]:
        """Return the vectors of each level: (K_n, D)."""

    def take(self, vectors: Sequence[Any]) -> None:
        """Begin with the vectors of each level that training found."""

    def state(self) -> dict[str, Any]:
        """Return all tensors by name."""

    def load(self, state: Mapping[str, Any]) -> None:
        """Take tensors that `state` returned."""


def build_quantiser(
    kind: Quantizer, levels: tuple[int, ...], *, decay: float = DECAY, summed: bool = False
) -> Quantiser:
    """Make the quantiser of a kind; a tree is trained as 'flat', of its finest level."""
    if kind == "fsq":
        return GridQuantiser(levels)
    return VectorQuantiser(kind, levels, decay=decay, summed=summed)


def pass_through(rows: Any, values: Any) -> Any:
    """Return ``values`` with the gradient of ``rows``."""
    return rows + (values - rows).detach()


class VectorQuantiser:
    """N levels of vectors: 'hrq' has a tap for each level; 'rvq', and 'flat' of one level, have one tap.

    hrq: ``H(1) = Z(1); H(n) = 2 Z(n) - e(M(n - 1)); M(n) = near(H(n))``, output the mean of ``e(M(n))``. rvq: each
    level quantises what the coarser ones left, output the sum. The commitment is the mean of ``(H - e)^2``, or its sum
    over D if ``summed``, added up over levels. Until it is started, each token is its own vector.
    """

    def __init__(self, kind: Quantizer, levels: tuple[int, ...], *, decay: float = DECAY, summed: bool = False) -> None:
        if kind not in ("flat", "hrq", "rvq"):
            raise ConfigError(f"quantizer={kind!r} has no vectors that training moves", hint="flat, hrq or rvq")
        self.kind, self.sizes, self.decay, self.summed = kind, levels, decay, summed
        self.codebooks: list[EmaCodebook] = []

    @property
    def is_started(self) -> bool:
        """Whether there are codebooks."""
        return len(self.codebooks) == len(self.sizes)

    def start(self, taps: Sequence[Any], *, seed: int, batch: int) -> None:
        """Find the vectors of each level by k-means, the coarsest first; the next quantises what is left by it."""
        with load_torch().no_grad():
            for number, size in enumerate(self.sizes):
                rows = self._residuals(taps)[0][number]
                self.codebooks.append(
                    start_codebook(rows, size, seed=join_seeds(seed, number), batch=batch, decay=self.decay)
                )

    def __call__(self, taps: Sequence[Any]) -> Quantised:
        """Quantise (n, D) rows of the taps."""
        torch = load_torch()
        residuals, codes = self._residuals(taps)
        if not self.is_started:
            output = residuals[0] if self.kind == "rvq" else sum(residuals) / len(residuals)
            return Quantised(output, None, output.new_zeros(()))
        vectors = [book.vectors[found] for book, found in zip(self.codebooks, codes, strict=True)]
        pairs = list(zip(residuals, vectors, strict=True))
        squares = [(residual - vector).square() for residual, vector in pairs]
        commitment = sum(each.sum(dim=1, dtype=each.dtype).mean() if self.summed else each.mean() for each in squares)
        if self.kind == "rvq":
            output = pass_through(taps[0], sum(vectors))
        else:
            output = sum(pass_through(*pair) for pair in pairs) / len(pairs)
        return Quantised(output, torch.stack(codes), commitment, tuple(each.detach() for each in residuals))

    def _residuals(self, taps: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Return what each level quantises, (n, D) each, and the codes of those that have codebooks."""
        residuals, codes = [taps[0]], []
        for number in range(len(self.sizes)):
            vector = residuals[number].detach()
            if number < len(self.codebooks):
                codes.append(self.codebooks[number].nearest(vector))
                vector = self.codebooks[number].vectors[codes[number]]
            if number + 1 < len(self.sizes):
                last = residuals[number] if self.kind == "rvq" else 2 * taps[number + 1]
                residuals.append(last - vector)
        return residuals, codes

    def follow(self, quantised: Quantised, *, seed: int, restart: bool) -> int:
        """Move vectors towards what they were nearest to; with ``restart``, put dead codes on rows of the batch."""
        restarts = 0
        for number, (book, rows) in enumerate(zip(self.codebooks, quantised.residuals, strict=True)):
            book.update(rows, quantised.codes[number])
            if restart:
                restarts += book.restart(rows, seed=join_seeds(seed, number))
        return restarts

    def vectors(self) -> tuple[Any, ...]:
        """Return the vectors of each level: (K_n, D)."""
        return tuple(book.vectors for book in self.codebooks)

    def take(self, vectors: Sequence[Any]) -> None:
        """Begin with the vectors of each level that training found."""
        self.codebooks = [EmaCodebook(each, each.new_ones(len(each)), decay=self.decay) for each in vectors]

    def state(self) -> dict[str, Any]:
        """Return all tensors by name: ``codebooks.0``, ``ema.0.counts`` and so on; nothing before the start."""
        named = [
            (number, name, value) for number, book in enumerate(self.codebooks) for name, value in book.state().items()
        ]
        return {f"codebooks.{n}" if name == STATE[0] else f"ema.{n}.{name}": value for n, name, value in named}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take tensors that `state` returned."""
        self.codebooks = []
        for n in range(len(self.sizes) if "codebooks.0" in state else 0):
            parts = {name: state[f"codebooks.{n}" if name == STATE[0] else f"ema.{n}.{name}"] for name in STATE}
            self.codebooks.append(EmaCodebook.of(parts, decay=self.decay))


class GridQuantiser:
    """FSQ: each of D dimensions is rounded to one of ``levels[i]`` steps; the gradient is that of what is rounded.

    One level of codes, the product of all; the first dimension is the lowest digit. Nothing is learnt by it.
    """

    def __init__(self, levels: tuple[int, ...]) -> None:
        self.levels, self.is_started = levels, False
        self.sizes: tuple[int, ...] = (prod(levels),)

    def start(self, taps: Sequence[Any], *, seed: int, batch: int) -> None:
        """Begin to round."""
        del taps, seed, batch
        self.is_started = True

    def __call__(self, taps: Sequence[Any]) -> Quantised:
        """Quantise (n, D) rows of the tap."""
        torch = load_torch()
        rows = taps[0]
        halves = [(level - 1) * (1 + EDGE) / 2 for level in self.levels]
        offsets = [0.5 if level % 2 == 0 else 0.0 for level in self.levels]
        half, offset = rows.new_tensor(halves), rows.new_tensor(offsets)
        shift = rows.new_tensor([atanh(a / b) for a, b in zip(offsets, halves, strict=True)])
        middle = torch.tensor([level // 2 for level in self.levels], device=rows.device)
        bounded = torch.tanh(rows + shift) * half - offset
        if not self.is_started:
            return Quantised(bounded / middle, None, bounded.new_zeros(()))
        digits = torch.round(bounded.detach())  # half to even
        weights = torch.tensor([prod(self.levels[:i]) for i in range(len(self.levels))], device=rows.device)
        codes = ((digits.long() + middle) * weights).sum(dim=1, dtype=torch.int64)
        return Quantised(pass_through(bounded, digits) / middle, codes[None], bounded.new_zeros(()))

    def follow(self, quantised: Quantised, *, seed: int, restart: bool) -> int:
        """Do nothing: a grid stays where it is, and no code of it is dead for good."""
        del quantised, seed, restart
        return 0

    def vectors(self) -> tuple[Any, ...]:
        """Return nothing: a grid needs no vectors."""
        return ()

    def take(self, vectors: Sequence[Any]) -> None:
        """Begin to round."""
        del vectors
        self.is_started = True

    def state(self) -> dict[str, Any]:
        """Return whether it rounds, as a tensor."""
        return {"fsq.started": load_torch().ones(1)} if self.is_started else {}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state` returned."""
        self.is_started = "fsq.started" in state
