"""A contig as a network learns from it: what is known of each unit, and the signal to predict there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, frozen
from genotok.errors import InputError
from genotok.kernels.bases import Codes
from genotok.train.models import BASES_A_UNIT
from genotok.train.windows import pad_rows
from genotok.values.csr import CsrMatrix
from genotok.values.tracks import Signal

TARGET_SCALE = 4.0  # by which log(1 + signal) is divided, and predictions are multiplied before peaks are called
_PAPER_MEAN, _PAPER_FACTOR = 0.03, 3.0  # constants of the paper's code
_LETTERS = np.eye(5, 4, dtype=np.float32)  # A, C, G, T; an unknown base is 0000


class Rows(Protocol):
    """Rows of tokens: a `CsrMatrix`, or what reads them from a store."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    def rows(self, rows: slice) -> CsrMatrix:
        """Return a range of rows."""


class Contig(Protocol):
    """What windows are cut from: `TokenContig` or `BaseContig`."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def targets(self) -> NDArray[np.float32]:
        """What is to be predicted: (units, tracks)."""

    @property
    def boundaries(self) -> Coords:
        """Where units begin and end: (units + 1,)."""

    def __len__(self) -> int: ...

    def inputs(self, start: int, length: int) -> NDArray[np.float32]:
        """Return what is known of ``length`` units from ``start`` on; beyond the end there is nothing known."""


@dataclass(frozen=True, eq=False)
class TokenContig:
    """B bins: ``boundaries`` int64 (B + 1,) bp, ``tokens`` rows (B, C), ``targets`` float32 (B, tracks)."""

    name: str
    boundaries: Coords
    tokens: Rows
    targets: NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "boundaries", frozen(np.asarray(self.boundaries, dtype=np.int64)))
        object.__setattr__(self, "targets", _check_targets(self.targets, len(self.boundaries) - 1, self.name))
        if self.tokens.shape[0] != len(self):
            what = f"{self.name}: {len(self):,} bins and {self.tokens.shape[0]:,} rows"
            raise InputError(what, hint="one row for each bin")

    def __len__(self) -> int:
        return len(self.boundaries) - 1

    def inputs(self, start: int, length: int) -> NDArray[np.float32]:
        """Return the tokens of bins: float32 (length, C)."""
        rows = self.tokens.rows(slice(start, min(start + length, len(self)))).to_dense().astype(np.float32)
        padded: NDArray[np.float32] = pad_rows(rows, length)
        return padded


@dataclass(frozen=True, eq=False)
class BaseContig:
    """n bases: ``codes`` uint8 (n,), A, C, G, T = 0..3; ``targets`` float32 (units, tracks), one for each 16 bases."""

    name: str
    codes: Codes
    targets: NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozen(np.asarray(self.codes, dtype=np.uint8)))
        object.__setattr__(self, "targets", _check_targets(self.targets, len(self), self.name))

    def __len__(self) -> int:
        return -(-len(self.codes) // BASES_A_UNIT)

    @property
    def boundaries(self) -> Coords:
        """Where units begin and end: int64 (units + 1,); the last may be shorter."""
        return grid_of(len(self.codes))

    def inputs(self, start: int, length: int) -> NDArray[np.float32]:
        """Return the letters of units: float32 (16 length, 4); unknown bases, and those beyond the end, are 0000."""
        bases = self.codes[start * BASES_A_UNIT : (start + length) * BASES_A_UNIT]
        padded: NDArray[np.float32] = pad_rows(_LETTERS[bases], length * BASES_A_UNIT)
        return padded


class Scaling(NamedTuple):
    """How values of tokens enter a network: ``(value - mean) * factor``; the default is the paper's code."""

    mean: float = _PAPER_MEAN
    factor: float = _PAPER_FACTOR

    @classmethod
    def of(cls, contigs: Iterable[TokenContig], *, block: int = 100_000) -> "Scaling":
        """Take the mean and the standard deviation over all values of the given contigs, zeros included."""
        total = squares = count = 0.0
        for contig in contigs:
            for first in range(0, len(contig), block):
                values = contig.tokens.rows(slice(first, first + block)).data.astype(np.float64)
                total += float(values.sum(dtype=np.float64))
                squares += float((values * values).sum(dtype=np.float64))
            count += len(contig) * contig.tokens.shape[1]
        mean = total / max(count, 1.0)
        spread = np.sqrt(max(squares / max(count, 1.0) - mean * mean, 0.0))
        return cls(mean, float(1 / spread) if spread > 0 else 1.0)


def bin_track(signals: Signal | Sequence[Signal], contig: str, boundaries: Coords) -> NDArray[np.float32]:
    """Return what is to be predicted of each bin: the mean of log(1 + signal) over its bases, over 4.

    Float32 (b, tracks), one track for each signal; absent values are 0. It is the binning that the paper's repository
    lacks.
    """
    several = signals if isinstance(signals, Sequence) else [signals]
    means = [signal.means(contig, boundaries, log1p=True) for signal in several]
    return (np.stack(means, axis=1) / TARGET_SCALE).astype(np.float32)


def grid_of(length: int, unit: int = BASES_A_UNIT) -> Coords:
    """Return boundaries every ``unit`` bp, and the end of the contig: int64 (b + 1,).

    >>> grid_of(40).tolist()
    [0, 16, 32, 40]
    """
    return np.append(np.arange(0, length, unit, dtype=np.int64), np.int64(length))


def spread_on_grid(values: NDArray[Any], boundaries: Coords, grid: Coords) -> NDArray[np.float32]:
    """Average values (b, tracks) that hold over bins over the bins of another grid: float32 (g, tracks)."""
    sums = np.zeros((len(boundaries), values.shape[1]))
    np.cumsum(values * np.diff(boundaries)[:, None], axis=0, dtype=np.float64, out=sums[1:])
    spread = [np.interp(grid, boundaries, sums[:, track]) for track in range(values.shape[1])]
    return (np.diff(np.stack(spread, axis=1), axis=0) / np.diff(grid)[:, None]).astype(np.float32)


def _check_targets(targets: Any, n_units: int, name: str) -> NDArray[np.float32]:
    values = np.asarray(targets, dtype=np.float32)
    if values.ndim != 2 or len(values) != n_units:
        what = f"{name}: targets of {values.shape} for {n_units:,} units"
        raise InputError(what, hint="(units, tracks), as bin_track returns")
    if not np.isfinite(values).all() or values.min(initial=0.0) < 0:
        raise InputError(
            f"{name}: a target is negative or no number", hint="signals are 0 or more; put 0 where unknown"
        )
    return frozen(values)
