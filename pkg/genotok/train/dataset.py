"""Windows as a dataset to train on: dense, scaled and moved; the same items for any number of workers and any order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError, InputError
from genotok.kernels.draws import draw_words, join_seeds
from genotok.train.contigs import Contig, Scaling
from genotok.train.libraries import load_torch
from genotok.train.windows import WindowConfig, Windows, pad_rows, scoring_windows, shift_of, training_windows

_SPREAD = 0.4  # of the noise on tokens, in units of the setting; a constant of the paper's code
_ORDER, _NOISE, _SHELVES = 1, 2, 3  # what seeds are for


class WindowDataset:
    """Items of windows, as torch's DataLoader takes them; torch is needed for tensors alone.

    ``scaling`` and ``noise`` are for tokens: each value gets a draw of N(0, (0.4 noise)^2). ``shift`` moves a window by
    so many units within its contig. ``shelf`` windows that are neighbours stay together when an epoch is shuffled, and
    are shuffled among themselves: for genomes that are read from a store block by block. What an item is depends on
    ``seed``, epoch and index alone.
    """

    def __init__(
        self,
        contigs: Sequence[Contig],
        windows: Windows,
        *,
        length: int = 1250,
        scaling: Scaling | None = None,
        noise: float = 0.0,
        shift: int = 0,
        shelf: int | None = None,
        seed: int = 0,
    ) -> None:
        if not contigs or not len(windows.starts):
            raise InputError("no window to look at", hint="contigs shorter than a window have none to train on")
        if not 0 <= noise < float("inf"):
            raise ConfigError(f"noise={noise}", hint="0 or more")
        self.contigs, self.windows, self.length = list(contigs), windows, length
        if shelf is not None and shelf < 1:
            raise ConfigError(f"shelf={shelf}", hint="1 or more windows, or None for all")
        self.scaling, self.noise, self.shift, self.shelf = scaling, noise, shift, shelf
        self.seed, self.epoch = seed, 0

    @classmethod
    def to_train(cls, contigs: Sequence[Contig], config: WindowConfig | None = None, **options: Any) -> "WindowDataset":
        """Lay windows to train on, moved in each epoch."""
        config = config or WindowConfig()
        windows = training_windows([len(each) for each in contigs], config)
        return cls(contigs, windows, length=config.length, shift=config.shift, **options)

    @classmethod
    def to_score(cls, contigs: Sequence[Contig], config: WindowConfig | None = None, **options: Any) -> "WindowDataset":
        """Lay windows that judge every unit once, and do not move."""
        config = config or WindowConfig()
        return cls(contigs, scoring_windows([len(each) for each in contigs], config), length=config.length, **options)

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch: shifts and noise are drawn anew. Call it before the workers of the epoch start."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.windows.starts)

    def __getitem__(self, index: int) -> dict[str, NDArray[Any]]:
        """Return one window: ``inputs`` float32 (L, C), ``targets`` float32 (units, tracks), ``starts``, ``scored``.

        Starts, float32 (units,), are those of units in bp from that of the window; scored, int64 (2,), are the first
        unit that counts and the one behind the last.
        """
        index = range(len(self))[index]
        contig = self.contigs[int(self.windows.contigs[index])]
        begin = int(self.windows.starts[index])
        moved = begin + shift_of(self.seed, self.epoch, index, self.shift)
        start = max(min(moved, len(contig) - self.length), 0)
        edges = contig.boundaries[start : start + self.length]
        scored = np.array([self.windows.firsts[index], self.windows.lasts[index]], dtype=np.int64) - begin
        return {
            "inputs": self._noisy(self.scaled(contig.inputs(start, self.length)), index),
            "targets": pad_rows(contig.targets[start : start + self.length], self.length),
            "starts": pad_rows((edges - edges[0]).astype(np.float32), self.length)[: self.length],
            "scored": scored,
        }

    def scaled(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return inputs as the network is shown them, without noise."""
        if self.scaling is None:
            return inputs
        return (inputs - np.float32(self.scaling.mean)) * np.float32(self.scaling.factor)

    def _noisy(self, inputs: NDArray[np.float32], index: int) -> NDArray[np.float32]:
        if self.noise:
            draws = np.random.default_rng(join_seeds(self.seed, self.epoch, index, _NOISE))
            inputs = inputs + draws.standard_normal(inputs.shape, dtype=np.float32) * np.float32(_SPREAD * self.noise)
        return inputs

    def order(self, batch: int, *, shuffled: bool) -> list[list[int]]:
        """Return the windows of each batch of an epoch, the last one maybe smaller."""
        order = np.arange(len(self), dtype=np.intp)
        if shuffled:
            shelves = order // (self.shelf or len(self))
            words, places = (
                draw_words(len(self), join_seeds(self.seed, self.epoch, purpose)) for purpose in (_ORDER, _SHELVES)
            )
            order = np.lexsort((words, places[shelves]))
        return [order[first : first + batch].tolist() for first in range(0, len(self), batch)]


def collate(items: Sequence[Mapping[str, NDArray[Any]]]) -> dict[str, Any]:
    """Stack items into tensors (b, ..)."""
    torch = load_torch()
    return {name: torch.from_numpy(np.stack([each[name] for each in items])) for name in items[0]}


def iter_batches(
    dataset: WindowDataset, batch: int, *, shuffled: bool = False, workers: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield the batches of one epoch, the same for any number of worker processes."""
    data = load_torch().utils.data
    start = "spawn" if workers else None
    order = dataset.order(batch, shuffled=shuffled)
    yield from data.DataLoader(
        dataset, batch_sampler=order, collate_fn=collate, num_workers=workers, multiprocessing_context=start
    )
