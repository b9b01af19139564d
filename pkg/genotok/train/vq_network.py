"""A network that is being trained, whole: encoder, quantiser and decoder, and the loss that they share."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from genotok.kernels.bases import UNKNOWN
from genotok.train.libraries import load_torch
from genotok.train.vq_hrq import Quantised, build_quantiser
from genotok.train.vq_model import decode, draw_weights, encode
from genotok.train.vq_presets import NetworkConfig


class Pass(NamedTuple):
    """What comes out of (b, L) bases: ``scores`` (b, L, 4), which tokens are ``known`` (b, n), and what they became."""

    scores: Any
    known: Any
    quantised: Quantised


class Network:
    """Weights by name, float32 leaves on one device, and the quantiser between encoder and decoder."""

    def __init__(self, config: NetworkConfig, *, device: Any = "cpu") -> None:
        self.config, self.shape, self.device = config, config.shape, load_torch().device(device)
        self.weights = draw_weights(self.shape, seed=config.seed, device=device)
        self.quantiser = build_quantiser(config.quantizer, config.levels, decay=config.ema)

    def encode(self, bases: Any) -> tuple[list[Any], Any]:
        """Return what each tap says of the m tokens without unknown bases, (m, Dc), and which they are, bool (b, n)."""
        with self._cast():
            taps = encode(self.weights, self.shape, bases)
        known = known_tokens(bases, self.shape.stride)
        return [tap[known] for tap in taps], known

    def run(self, bases: Any) -> Pass:
        """Encode, quantise and decode uint8 bases (b, L); a token that is unknown is a row of zeros."""
        taps, known = self.encode(bases)
        quantised = self.quantiser(taps)
        rows = quantised.output.new_zeros((*known.shape, quantised.output.shape[1]))
        rows[known] = quantised.output
        with self._cast():
            scores = decode(self.weights, self.shape, rows, bases.shape[1])
        return Pass(scores, known, quantised)

    def loss(self, out: Pass, bases: Any) -> tuple[Any, Any]:
        """Return the loss, and of it the cross-entropy in nats per known base."""
        crossed = cross_entropy(out.scores, bases)
        return crossed + self.config.beta * out.quantised.commitment, crossed

    def start_quantiser(self, batches: Iterator[Any], *, rows: int, seed: int) -> None:
        """Begin to quantise: codes for ``rows`` tokens or more of the batches."""
        torch = load_torch()
        found: list[list[Any]] = []
        count = 0
        with torch.no_grad():
            while count < rows:
                taps, _ = self.encode(next(batches))
                found.append(taps)
                count += len(taps[0])
            joined = [torch.cat(tap) for tap in zip(*found, strict=True)]
            self.quantiser.start(joined, seed=seed, batch=count // len(found))

    def state(self) -> dict[str, Any]:
        """Return all tensors by name, the quantiser's too."""
        return {**self.weights, **self.quantiser.state()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Take tensors that `state` returned."""
        torch = load_torch()
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state[name])
        others = {name: value for name, value in state.items() if name not in self.weights}
        self.quantiser.load({name: value.to(self.device) for name, value in others.items()})

    def _cast(self) -> Any:
        """Compute in bfloat16 on CUDA; quantiser and loss are outside of it."""
        return load_torch().autocast(self.device.type, load_torch().bfloat16, enabled=self.device.type == "cuda")


def known_tokens(bases: Any, stride: int) -> Any:
    """Tell which tokens stand for known bases alone: bool (b, n) of uint8 bases (b, L)."""
    torch = load_torch()
    n_tokens = -(-bases.shape[1] // stride)
    unknown = torch.nn.functional.pad(bases >= UNKNOWN, (0, n_tokens * stride - bases.shape[1]))
    return ~unknown.view(len(bases), n_tokens, stride).any(dim=2)


def cross_entropy(scores: Any, bases: Any) -> Any:
    """Return the mean over known bases of the cross-entropy in nats; scores (b, L, 4), bases uint8 (b, L)."""
    return load_torch().nn.functional.cross_entropy(scores.flatten(0, 1), bases.flatten().long(), ignore_index=UNKNOWN)
