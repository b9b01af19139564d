"""What a training run will take, before it runs: numbers, bits, memory, and time by steps that are really made."""

from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import numpy as np

from genotok.kernels.draws import draw_below
from genotok.train.libraries import choose_device, load_torch
from genotok.train.vq_network import Network
from genotok.train.vq_presets import NetworkConfig

_TIMED_TOKENS = 4096  # of a trial step: enough to keep a processor busy
_TIMED_WORK = 4e9  # tokens times parameters, of large networks: a second or so
_TRIALS = 2


@dataclass(frozen=True)
class Estimate:
    """Of a run: ``parameters``, the ``receptive_span`` in bp, the rate, ``steps``, bytes and seconds, about."""

    parameters: int
    receptive_span: int
    bits_per_token: float
    bits_per_base: float
    steps: int
    memory_bytes: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def estimate_run(config: NetworkConfig, bases: int, *, device: str = "auto") -> Estimate:
    """Estimate a run over a corpus of so many ``bases``: a few crops go forth and back, and the time is scaled up.

    >>> config = NetworkConfig(blocks=0, crop=64, batch=2, steps=10)
    >>> found = estimate_run(config, 10_000, device="cpu")
    >>> found.parameters, found.receptive_span, found.bits_per_base, found.steps, found.seconds > 0
    (5476, 9, 2.75, 10, True)
    """
    steps = config.steps_over(bases)
    return Estimate(
        parameters=config.n_parameters,
        receptive_span=config.shape.receptive_span,
        bits_per_token=config.nominal_bits,
        bits_per_base=config.nominal_bits / config.stride,
        steps=steps,
        memory_bytes=config.memory_bytes,
        seconds=steps * _time_step(config, choose_device(device)),
    )


def _time_step(config: NetworkConfig, device: Any) -> float:
    """Time one step in seconds: the best of two, of fewer crops where they are many."""
    torch = load_torch()
    tokens = min(_TIMED_TOKENS, int(_TIMED_WORK / config.n_parameters))
    batch = min(max(tokens * config.batch // config.tokens, 1), config.batch)
    network = Network(config, device=device)
    drawn = draw_below(batch * config.crop, 4, config.seed).astype(np.uint8)
    bases = torch.from_numpy(drawn.reshape(batch, config.crop)).to(device)
    times = []
    for _ in range(1 + _TRIALS):
        began = perf_counter()
        loss, _ = network.loss(network.run(bases), bases)
        loss.backward()
        float(loss.detach())  # waits for an accelerator
        times.append(perf_counter() - began)
    return min(times[1:]) * config.batch / batch
