"""Peaks on a track of bins: the caller, and a sweep over its settings against known peaks."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import product
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.metrics import BinaryMetrics, check_values, compare_runs
from genotok.arrays import Flags
from genotok.errors import ConfigError, InputError
from genotok.kernels.coverage import Spans
from genotok.kernels.peakcalls import (
    Maxima,
    flags_of_runs,
    measure_maxima,
    runs_of_flags,
    runs_of_peaks,
    select_maxima,
    smooth_track,
)

Aim: TypeAlias = Literal["f1", "recall", "mcc"]


@dataclass(frozen=True)
class PeakConfig:
    """What counts as a peak; lengths are in bins.

    The track is smoothed by a Gaussian of ``sigma``. A maximum counts if it is ``height`` above the
    ``noise_percentile`` of the smoothed track, ``distance`` from any higher one that counts, stands out by
    ``prominence``, and is 1 to ``max_width`` wide at half of that.
    """

    sigma: float = 1.0
    noise_percentile: float = 75.0
    height: float = 0.7
    distance: int = 10
    prominence: float = 0.5
    max_width: float = 40.0

    def __post_init__(self) -> None:
        for name, good, hint in (
            ("sigma", 0 <= self.sigma < math.inf, "0 (no smoothing) or more bins"),
            ("noise_percentile", 0 <= self.noise_percentile <= 100, "0 to 100"),
            ("height", math.isfinite(self.height), "a number, in units of the track"),
            ("distance", self.distance >= 1 and self.distance == int(self.distance), "1 or more whole bins"),
            ("prominence", 0 <= self.prominence < math.inf, "0 or more, in units of the track"),
            ("max_width", self.max_width >= 1, "1 bin or more"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "PeakConfig":
        """Read settings; those that are left out have their defaults."""
        unknown = sorted(set(settings) - {each.name for each in fields(cls)})
        if unknown:
            raise ConfigError(f"unknown {unknown[0]}", hint=f"known: {', '.join(each.name for each in fields(cls))}")
        return cls(**settings)


EVALUATION = PeakConfig(1.0, 85.0, 0.9, 6, 0.2, 120.0)  # the settings with which the paper's code evaluates


@dataclass(frozen=True)
class PeakGrid:
    """The settings that a sweep tries: all combinations, 288 by default. The paper's own grid is not known."""

    sigma: Sequence[float] = (1.0, 2.0, 3.0)
    noise_percentile: Sequence[float] = (75.0, 85.0)
    height: Sequence[float] = (0.5, 0.9, 1.5, 2.0)
    distance: Sequence[int] = (6, 10)
    prominence: Sequence[float] = (0.2, 0.5, 1.0)
    max_width: Sequence[float] = (40.0, 120.0)

    def configs(self) -> Iterator[PeakConfig]:
        """List the combinations, the last setting changing fastest."""
        for values in product(*(getattr(self, each.name) for each in fields(self))):
            yield PeakConfig(*values)


@dataclass(frozen=True)
class PeakSweep:
    """The metrics of every setting tried, in the order of the grid, and the one that is best."""

    aim: Aim
    rows: tuple[tuple[PeakConfig, BinaryMetrics], ...]
    best: PeakConfig = field(init=False)

    def __post_init__(self) -> None:
        if not self.rows:
            raise ConfigError("the grid is empty", hint="give at least one value of each setting")
        reached = [getattr(metrics, self.aim) for _, metrics in self.rows]
        place = max(range(len(reached)), key=lambda at: (not math.isnan(reached[at]), reached[at], -at))
        object.__setattr__(self, "best", self.rows[place][0])

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        rows = [config.to_dict() | metrics.to_dict() for config, metrics in self.rows]
        return {"aim": self.aim, "best": self.best.to_dict(), "rows": rows}


def call_peaks(track: NDArray[Any], config: PeakConfig | None = None) -> Flags:
    """Flag the bins of (n,) that belong to a peak: half a width to both sides of its top, rounded outwards.

    >>> call_peaks([0, 0, 1, 4, 1, 0, 0, 0], PeakConfig(sigma=0, distance=1)).tolist()
    [False, False, True, True, True, False, False, False]
    """
    config = config or PeakConfig()
    values = check_values(track)
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    smoothed = smooth_track(values, config.sigma)
    noise = float(np.percentile(smoothed, config.noise_percentile))
    return flags_of_runs(_runs(measure_maxima(smoothed), noise, config, len(values)), len(values))


def sweep_peaks(
    track: NDArray[Any], truth: NDArray[Any], grid: PeakGrid | Iterable[PeakConfig] | None = None, *, aim: Aim = "f1"
) -> PeakSweep:
    """Call peaks with every setting of a grid, and compare each call with the truth, both (n,).

    The best has the highest ``aim``: 'f1' of bins, 'recall' or 'mcc'; of equal ones the first.
    """
    if aim not in get_args(Aim):
        raise ConfigError(f"aim={aim!r}", hint=", ".join(get_args(Aim)))
    values, known = check_values(track), runs_of_flags(np.asarray(truth, dtype=np.bool_))
    if len(values) != len(truth) or not len(values):
        raise InputError(
            f"a track of {len(values)} bins and a truth of {len(truth)}", hint="give one flag for each bin"
        )
    measured: dict[float, Maxima] = {}
    noise: dict[tuple[float, float], float] = {}
    rows = []
    grid = PeakGrid() if grid is None else grid
    for config in grid.configs() if isinstance(grid, PeakGrid) else grid:
        if config.sigma not in measured or (config.sigma, config.noise_percentile) not in noise:
            smoothed = smooth_track(values, config.sigma)
            measured[config.sigma] = measure_maxima(smoothed)
            noise[config.sigma, config.noise_percentile] = float(np.percentile(smoothed, config.noise_percentile))
        height = noise[config.sigma, config.noise_percentile]
        found = _runs(measured[config.sigma], height, config, len(values))
        rows.append((config, compare_runs(known, found, len(values))))
    return PeakSweep(aim, tuple(rows))


def _runs(maxima: Maxima, noise: float, config: PeakConfig, n_bins: int) -> Spans:
    peaks = select_maxima(
        maxima,
        height=noise + config.height,
        distance=config.distance,
        prominence=config.prominence,
        max_width=config.max_width,
    )
    return runs_of_peaks(peaks, n_bins)
