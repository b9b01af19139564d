"""The encoder and the decoder as training sees them: tensors under the names of `ConvShape`, and what they compute.

Rows are (b, n, D), places before channels, as NumPy has them; (b, L) bases have ceil(L / S) tokens.
"""

from collections.abc import Mapping
from math import sqrt
from typing import Any, TypeAlias

from genotok.kernels.draws import join_seeds
from genotok.train.libraries import load_torch
from genotok.values.convweights import DEPTHWISE, ConvShape

Tensors: TypeAlias = Mapping[str, Any]

_EPS = 1e-6  # of norms


def draw_weights(shape: ConvShape, *, seed: int, device: Any = "cpu") -> dict[str, Any]:
    """Draw all weights of a network, as leaves that have gradients; torch's own generator stays as it was.

    Uniform within 1 / sqrt(numbers that each output adds up); norms begin as none.
    """
    torch = load_torch()
    generator = torch.Generator().manual_seed(join_seeds(seed, 0) % 2**63)
    weights: dict[str, Any] = {}
    for name, size in shape.shapes().items():
        part, _, kind = name.rpartition(".")
        if part.endswith("norm"):
            drawn = torch.full(size, 1.0 if kind == "weight" else 0.0)
        else:
            bound = 1 / sqrt(_fan_in(part, shape))
            drawn = (2 * torch.rand(size, generator=generator) - 1) * bound
        weights[name] = drawn.to(device).requires_grad_(True)
    return weights


def _fan_in(part: str, shape: ConvShape) -> int:
    """Count the numbers that each output of a layer adds up."""
    size = shape.shapes()[f"{part}.weight"]
    if part == "decoder.out":  # k of D channels meet at S bases
        return max(size[0] * size[2] // shape.stride, 1)
    return size[-1] if len(size) == 2 else size[1] * size[2]


def one_hot(bases: Any) -> Any:
    """Write (b, L) bases, 4 unknown, as float32 (b, 4, L); an unknown one is 0 everywhere."""
    torch = load_torch()
    letters = torch.eye(5, 4, device=bases.device)
    return letters[bases.long()].transpose(1, 2)


def encode(weights: Tensors, shape: ConvShape, bases: Any) -> list[Any]:
    """Return what is read at each tap, float32 (b, n, Dc) each, of uint8 bases (b, L)."""
    functional = load_torch().nn.functional
    n_tokens = -(-bases.shape[1] // shape.stride)
    right = (n_tokens - 1) * shape.stride + shape.kernel - shape.lead - bases.shape[1]
    padded = functional.pad(one_hot(bases), (shape.lead, right))
    hidden = functional.conv1d(padded, *_pair(weights, "stem.conv"), stride=shape.stride).transpose(1, 2)
    hidden = functional.gelu(_norm(weights, "stem.norm", hidden), approximate="tanh")
    if "stem.proj.weight" in weights:
        hidden = functional.linear(hidden, *_pair(weights, "stem.proj"))
    taps: list[Any] = []
    for number in range(shape.blocks + 1):
        if number:
            hidden = _block(weights, f"blocks.{number - 1}", hidden)
        taps += [_tap(weights, len(taps) + each, hidden) for each in range(shape.taps.count(number))]
    return taps


def decode(weights: Tensors, shape: ConvShape, rows: Any, length: int) -> Any:
    """Return a score for each base at each of ``length`` places, float32 (b, L, 4), of rows (b, n, Dc)."""
    functional = load_torch().nn.functional
    hidden = functional.linear(rows, *_pair(weights, "decoder.proj")) if "decoder.proj.weight" in weights else rows
    for number in range(shape.decoder_blocks or 0):
        hidden = _block(weights, f"decoder.blocks.{number}", hidden)
    hidden = hidden.transpose(1, 2)
    scores = functional.conv_transpose1d(hidden, *_pair(weights, "decoder.out"), stride=shape.stride)
    return scores[:, :, shape.lead : shape.lead + length].transpose(1, 2).float()


def _pair(weights: Tensors, name: str) -> tuple[Any, Any]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _norm(weights: Tensors, name: str, rows: Any) -> Any:
    return load_torch().nn.functional.layer_norm(rows, rows.shape[-1:], *_pair(weights, name), _EPS)


def _tap(weights: Tensors, number: int, rows: Any) -> Any:
    name = f"taps.{number}"
    if f"{name}.weight" in weights:
        rows = load_torch().nn.functional.linear(rows, *_pair(weights, name))
    return rows.float()


def _block(weights: Tensors, name: str, rows: Any) -> Any:
    """Look at three tokens to either side, then at each channel of each token; add that to what came in."""
    functional = load_torch().nn.functional
    kernel, bias = _pair(weights, f"{name}.depthwise")
    across = functional.conv1d(
        rows.transpose(1, 2), kernel[:, None], bias, padding=DEPTHWISE // 2, groups=len(kernel)
    ).transpose(1, 2)
    wide = functional.linear(_norm(weights, f"{name}.norm", across), *_pair(weights, f"{name}.expand"))
    return rows + functional.linear(functional.gelu(wide, approximate="tanh"), *_pair(weights, f"{name}.shrink"))
