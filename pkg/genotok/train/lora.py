"""Low-rank changes of attention (Hu et al. 2021): few numbers learned beside weights that stay, then added to them."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

from genotok.kernels.draws import join_seeds
from genotok.train.libraries import load_torch

NAMES = ("query", "value")  # of each layer's attention


def add_lora(bert: Any, *, rank: int = 8, alpha: float = 16.0, dropout: float = 0.05, seed: int = 0) -> list[Any]:
    """Put ``W x + alpha / rank * B A dropout(x)`` in the place of ``W x``; return all A (rank, in) and B (out, rank).

    B begins at 0, so the model says the same at first. All other weights of the ``bert`` stay as they are.
    """
    torch = load_torch()

    class Lora(torch.nn.Module):  # type: ignore[misc, name-defined]  # torch is known at run time alone
        def __init__(self, linear: Any) -> None:
            super().__init__()
            edge, like = sqrt(3 / linear.in_features), linear.weight
            self.linear, self.scale, self.dropout = linear, alpha / rank, torch.nn.Dropout(dropout)
            self.down = torch.nn.Parameter(like.new_empty(rank, linear.in_features).uniform_(-edge, edge))
            self.up = torch.nn.Parameter(like.new_zeros(linear.out_features, rank))
            self.train(linear.training)

        def forward(self, x: Any) -> Any:
            return self.linear(x) + self.scale * (self.dropout(x) @ self.down.T @ self.up.T)

    bert.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(join_seeds(seed, 21) % 2**63)
        for attention, name in _places(bert):
            setattr(attention, name, Lora(getattr(attention, name)))
    return [each for each in bert.parameters() if each.requires_grad]


def merge_lora(bert: Any) -> None:
    """Add what was learned to the weights, and put the plain layers back."""
    with load_torch().no_grad():
        for attention, name in _places(bert):
            lora = getattr(attention, name)
            lora.linear.weight += lora.scale * (lora.up @ lora.down)
            setattr(attention, name, lora.linear)


def _places(bert: Any) -> Iterator[tuple[Any, str]]:
    return ((layer.attention.self, name) for layer in bert.encoder.layer for name in NAMES)
