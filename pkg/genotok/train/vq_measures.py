"""How well a network does on DNA that it has not seen: bases that come back, bits, and which codes are used."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import log
from typing import Any

import numpy as np

from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.nearest import count_codes, entropy, used_bits
from genotok.train.libraries import load_torch
from genotok.train.vq_network import Network


@dataclass(frozen=True)
class Measures:
    """What held-out crops show.

    ``accuracy`` and cross-entropy in ``bits`` per known base, of which there are ``bases``. Of ``tokens`` with known
    bases, per level, how many codes are ``used`` and their ``perplexity``; ``used_bits``, the entropy of the codes of
    all levels together; the ``commitment``. Without codes, in the warm-up, ``used`` and ``perplexity`` are empty and
    ``used_bits`` None.
    """

    accuracy: float
    bits: float
    bases: int
    tokens: int
    used: tuple[int, ...]
    perplexity: tuple[float, ...]
    used_bits: float | None
    commitment: float

    @property
    def is_quantised(self) -> bool:
        """Whether there were codes."""
        return bool(self.used)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {"used": list(self.used), "perplexity": list(self.perplexity)}


def measure(network: Network, batches: Iterable[Codes]) -> Measures:
    """Run a network over uint8 (b, L) batches of bases, 4 unknown; nothing of it changes."""
    torch = load_torch()
    right = bases = tokens = 0
    nats = commitment = 0.0
    codes: list[Any] = []
    with torch.no_grad():
        for batch in batches:
            crops = torch.from_numpy(batch).to(network.device)
            out = network.run(crops)
            known = crops != UNKNOWN
            count, rows = int(known.sum(dtype=torch.int64)), len(out.quantised.output)
            right += int(((out.scores.argmax(dim=2) == crops) & known).sum(dtype=torch.int64))
            nats += float(network.loss(out, crops)[1]) * count if count else 0.0
            commitment += float(out.quantised.commitment) * rows
            bases, tokens = bases + count, tokens + rows
            if out.quantised.codes is not None:
                codes.append(out.quantised.codes.cpu().numpy())
    sizes = network.quantiser.sizes
    found = np.concatenate(codes, axis=1).astype(np.uint16) if codes else None
    counts = [] if found is None else [count_codes(*level) for level in zip(found, sizes, strict=True)]
    return Measures(
        accuracy=right / max(bases, 1),
        bits=nats / max(bases, 1) / log(2),
        bases=bases,
        tokens=tokens,
        used=tuple(int(np.count_nonzero(each)) for each in counts),
        perplexity=tuple(float(2 ** entropy(each)) for each in counts),
        used_bits=None if found is None else used_bits(found, sizes),
        commitment=commitment / max(tokens, 1),
    )
