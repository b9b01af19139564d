"""A codebook that follows what is assigned to it: running means (EMA), and new places for codes that nobody uses."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from genotok.kernels.draws import sample_places
from genotok.train.libraries import load_torch

DECAY = 0.99
DEAD_SHARE, DEAD_STEPS = 0.05, 20  # a code is dead below this share of the mean use, for so many steps on end
_RECENT_DECAY = 0.9  # of the use that this is told by: the codebook's own takes 300 steps to notice
_RESTARTS = 0.05  # of all codes, at most, in a step
_FLOOR = 1e-5  # below the count of a code
_SCORES = 2**24  # distances held at a time

STATE = ("vectors", "counts", "sums", "recent", "low")


class EmaCodebook:
    """K vectors of D numbers and their running statistics, all float32 tensors on one device.

    ``vectors`` (K, D) are ``sums / counts``, the running sums (K, D) and numbers (K,) of the rows nearest to each;
    ``recent`` (K,) is a faster mean of the numbers, and ``low`` (K,) for how many steps it has been next to nothing.

    >>> torch = load_torch()
    >>> codebook = EmaCodebook(torch.tensor([[0.0], [4.0]]), torch.tensor([1.0, 1.0]), decay=0.5)
    >>> rows = torch.tensor([[0.0], [2.0], [8.0]])
    >>> codes = codebook.nearest(rows)
    >>> codes.tolist()
    [0, 0, 1]
    >>> codebook.update(rows, codes)
    >>> codebook.counts.tolist(), [round(value, 3) for value in codebook.vectors.flatten().tolist()]
    ([1.5, 1.0], [0.667, 6.0])
    """

    def __init__(self, vectors: Any, counts: Any, *, decay: float = DECAY) -> None:
        torch = load_torch()
        self.decay = decay
        self.vectors = vectors.detach().clone()
        self.weigh(counts.detach().clone())
        self.low = torch.zeros_like(self.counts)

    def __len__(self) -> int:
        return len(self.vectors)

    def nearest(self, rows: Any) -> Any:
        """Return the code whose vector is nearest to each of (n, D) rows, the lowest of equals: int64 (n,)."""
        torch = load_torch()
        with torch.no_grad():
            half = (self.vectors * self.vectors).sum(dim=1, dtype=torch.float32) / 2
            pieces = rows.detach().float().split(max(_SCORES // len(self), 1))
            found = [torch.addmm(half[None], piece, self.vectors.T, alpha=-1).argmin(dim=1) for piece in pieces]
            return torch.cat(found)

    def update(self, rows: Any, codes: Any) -> None:
        """Move each vector towards the mean of the (n, D) rows that have its code, codes (n,)."""
        torch = load_torch()
        with torch.no_grad():
            counts = count_rows(codes, len(self))
            sums = torch.zeros_like(self.sums).index_add_(0, codes, rows.detach().to(self.sums.dtype))
            self.counts.lerp_(counts, 1 - self.decay)
            self.sums.lerp_(sums, 1 - self.decay)
            self.recent.lerp_(counts, 1 - _RECENT_DECAY)
            self.vectors = self.sums / self.counts.clamp_min(_FLOOR)[:, None]

    def restart(self, rows: Any, *, seed: int) -> int:
        """Put codes that have been dead for long on rows (n, D) drawn by ``seed``; return how many."""
        torch = load_torch()
        with torch.no_grad():
            is_low = self.recent < DEAD_SHARE * self.recent.mean(dtype=torch.float32)
            self.low = torch.where(is_low, self.low + 1, torch.zeros_like(self.low))
            most = min(max(int(_RESTARTS * len(self)), 1), len(rows))
            dead = torch.nonzero(self.low >= DEAD_STEPS).flatten()[:most]
            if not len(dead):
                return 0
            self._put(dead, rows.detach()[draw_rows(rows, len(dead), seed)].to(self.vectors.dtype))
            return len(dead)

    def _put(self, codes: Any, rows: Any) -> None:
        """Give codes the rows as vectors, and a tenth of the mean count: they soon find their own means."""
        torch = load_torch()
        count = self.counts.mean(dtype=torch.float32) / 10
        self.vectors[codes], self.counts[codes], self.sums[codes] = rows, count, rows * count
        self.recent[codes], self.low[codes] = self.recent.mean(dtype=torch.float32), 0.0

    def weigh(self, counts: Any) -> None:
        """Let codes begin with counts (K,), as if so many rows a step had been nearest to them."""
        self.counts = counts.to(self.vectors.device)
        self.sums = self.vectors * self.counts[:, None]
        self.recent = self.counts.clone()

    def state(self) -> dict[str, Any]:
        """Return the tensors by name."""
        return {name: getattr(self, name) for name in STATE}

    @classmethod
    def of(cls, state: Mapping[str, Any], *, decay: float = DECAY) -> "EmaCodebook":
        """Make a codebook of tensors that `state` returned."""
        codebook = cls(state["vectors"], state["counts"], decay=decay)
        for name in STATE:
            setattr(codebook, name, state[name].clone())
        return codebook


def count_rows(codes: Any, size: int) -> Any:
    """Count the rows of each of ``size`` codes, codes int64 (n,): float32 (size,)."""
    torch = load_torch()
    ones = torch.ones(len(codes), device=codes.device)
    return torch.zeros(size, device=codes.device).index_add_(0, codes, ones)


def draw_rows(rows: Any, count: int, seed: int) -> Any:
    """Draw the places of ``count`` rows, all of them if there are no more: int64 (count,), ascending."""
    torch = load_torch()
    if count >= len(rows):
        return torch.arange(len(rows), dtype=torch.int64, device=rows.device)
    return torch.from_numpy(sample_places(len(rows), count, seed).astype(np.int64)).to(rows.device)
