"""A trained network over whole contigs: what it predicts for each unit, and how that agrees with the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags
from genotok.errors import InputError
from genotok.train.agreement import Agreement, agree
from genotok.train.contigs import TARGET_SCALE, Contig, bin_track, grid_of, spread_on_grid
from genotok.train.dataset import WindowDataset, iter_batches
from genotok.train.libraries import choose_device, load_torch
from genotok.train.models import predict
from genotok.values.tracks import Signal

Progress: TypeAlias = Callable[[str, int, int], None]  # phase, done, of how many
Spans: TypeAlias = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What is predicted of contigs: ``values`` and ``targets`` float32 (units, tracks) of each.

    ``spans`` (contig, first, last) are the units that one window each was judged by.
    """

    contigs: tuple[Contig, ...]
    values: tuple[NDArray[np.float32], ...]
    targets: tuple[NDArray[np.float32], ...]
    spans: Spans

    @property
    def agreement(self) -> Agreement:
        """How the predictions agree with the targets, unit by unit."""
        return agree(self.values, self.targets, self.spans)

    def on_grid(self, signals: Signal | Sequence[Signal]) -> "Predictions":
        """Return the same predictions spread over their bases and averaged over a common grid of 16 bp.

        Targets are those of the signals there, so that networks on tokens and on bases are judged by the same numbers.
        """
        grids = [grid_of(int(each.boundaries[-1])) for each in self.contigs]
        pairs = list(zip(self.contigs, self.values, grids, strict=True))
        spread = tuple(spread_on_grid(values, contig.boundaries, grid) for contig, values, grid in pairs)
        targets = tuple(bin_track(signals, contig.name, grid) for contig, _, grid in pairs)
        spans = tuple((at, *self._cells(at, first, last, grids[at])) for at, first, last in self.spans)
        return Predictions(self.contigs, spread, targets, spans)

    def _cells(self, contig: int, first: int, last: int, grid: NDArray[np.int64]) -> tuple[int, int]:
        """Return the cells of a grid that begin in a range of units."""
        edges = self.contigs[contig].boundaries[[first, last]]
        low, high = np.searchsorted(grid[:-1], edges).tolist()
        return low, high

    def compare_peaks(
        self, call: Callable[[NDArray[Any]], Flags], compare: Callable[..., Any], *, track: int = 0
    ) -> Any:
        """Call peaks on one track of truth and of prediction, both in log(1 + signal), and compare the flags.

        ``call`` is a peak caller on a track of n bins, ``compare(truth, prediction, scores=...)`` makes the metrics:
        `genotok.analysis.peakcalling.call_peaks` and `genotok.analysis.metrics.binary_metrics`. Contigs are called one
        by one, and compared together.
        """
        true, found = (
            np.concatenate([call(values[:, track].astype(np.float64) * TARGET_SCALE) for values in each])
            for each in (self.targets, self.values)
        )
        return compare(true, found, scores=np.concatenate([values[:, track] for values in self.values]))


def predict_contigs(
    model: Any, dataset: WindowDataset, *, batch: int = 32, device: str = "auto", progress: Progress | None = None
) -> Predictions:
    """Predict every unit that the windows of a dataset are judged by; units of no window stay 0.

    The network is put to the device and left in evaluation mode. Make the dataset by `WindowDataset.to_score`.
    """
    torch, place = load_torch(), choose_device(device)
    model.to(place).eval()
    values = [np.zeros(each.targets.shape, dtype=np.float32) for each in dataset.contigs]
    windows, index = dataset.windows, 0
    with torch.inference_mode():
        for each in iter_batches(dataset, batch):
            found = predict(model, each["inputs"].to(place), each["starts"].to(place)).float().cpu().numpy()
            _check_shape(found, each["targets"].shape)
            for row, (first, last) in zip(found, each["scored"].tolist(), strict=True):
                contig, start = int(windows.contigs[index]), int(windows.starts[index])
                values[contig][start + first : start + last] = row[first:last]
                index += 1
            if progress:
                progress("predict", index, len(dataset))
    targets = tuple(each.targets for each in dataset.contigs)
    return Predictions(tuple(dataset.contigs), tuple(values), targets, spans_of(dataset))


def spans_of(dataset: WindowDataset) -> Spans:
    """Return (contig, first, last) of the units that each window is judged by."""
    columns = (dataset.windows.contigs, dataset.windows.firsts, dataset.windows.lasts)
    sizes = [len(each) for each in dataset.contigs]
    rows = zip(*(each.tolist() for each in columns), strict=True)
    return tuple((contig, first, min(last, sizes[contig])) for contig, first, last in rows)


def _check_shape(found: NDArray[Any], wanted: tuple[int, ...]) -> None:
    if found.shape != tuple(wanted):
        what = f"the network predicts {found.shape[1:]} units and tracks, the targets have {tuple(wanted[1:])}"
        raise InputError(what, hint="is it a network for these inputs, with as many tracks?")
