"""How well scores at loci tell where each factor is bound: areas under ROC curves, intervals, and two controls."""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags
from genotok.errors import ConfigError, InputError
from genotok.kernels.draws import join_seeds
from genotok.train.loci import Loci

_AT_ONCE = 2**22  # draws held at once


@dataclass(frozen=True)
class Area:
    """An area under the ROC curve, equal scores counting half, and the 95 % interval of a bootstrap; NaN if none."""

    auc: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float | None]:
        """Return plain values, None for NaN."""
        return {name: None if value != value else value for name, value in asdict(self).items()}


@dataclass(frozen=True)
class FactorAreas:
    """One factor: how many loci are bound, are not, had no score, and the areas.

    Beside that by attribution stand two controls that ask no network: the best score of a motif, the value of tokens.
    """

    factor: str
    bound: int
    unbound: int
    unscored: int
    attribution: Area
    best_pwm: Area
    token_value: Area

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self) | {name: getattr(self, name).to_dict() for name in _KINDS}


_KINDS = ("attribution", "best_pwm", "token_value")


def tf_auc(
    attribution: NDArray[Any],
    loci: Loci,
    *,
    best_pwm: NDArray[Any],
    token_value: NDArray[Any],
    draws: int = 1000,
    seed: int = 0,
) -> tuple[FactorAreas, ...]:
    """Compare scores at n loci with what is bound, factor by factor, sorted by name.

    ``attribution`` comes from `score_tokens` or `score_bases`, the controls from `best_pwm` and `value_of_tokens`, and
    are always given. A locus without an attribution (NaN) has no part in any area of its factor; a control without a
    score counts as the lowest.
    """
    scores = {"attribution": attribution, "best_pwm": best_pwm, "token_value": token_value}
    for name, values in scores.items():
        if np.shape(values) != (len(loci),):
            raise InputError(f"{name} of {np.shape(values)} for {len(loci):,} loci", hint="one score for each locus")
    rows = []
    for number, factor in enumerate(sorted(set(loci.factors))):
        own = loci.of_factor(factor)
        known = own[~np.isnan(np.asarray(attribution, dtype=np.float64)[own])]
        bound = loci.is_bound[known]
        areas = {
            name: area_of(bound, _lowest_if_none(values, known), draws=draws, seed=join_seeds(seed, number))
            for name, values in scores.items()
        }
        n_bound = int(np.count_nonzero(bound))
        rows.append(FactorAreas(factor, n_bound, len(known) - n_bound, len(own) - len(known), **areas))
    return tuple(rows)


def _lowest_if_none(values: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(values, dtype=np.float64)[rows], nan=-math.inf)


def area_of(truth: Flags, scores: NDArray[Any], *, draws: int = 1000, seed: int = 0) -> Area:
    """Return the area of scores (n,), and the interval of ``draws`` bootstraps in which bound and unbound are redrawn.

    >>> area_of(np.array([True, True, False]), np.array([3.0, 1.0, 1.0]), draws=0).auc
    0.75
    """
    if draws < 0:
        raise ConfigError(f"draws={draws}", hint="0 (no interval) or more")
    if not truth.any() or truth.all():
        return Area(math.nan, math.nan, math.nan)
    order = np.argsort(scores, kind="stable")
    ordered, is_true = np.asarray(scores)[order], truth[order]
    firsts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    whole = float(_areas(np.ones((1, len(truth)), dtype=np.int64), is_true, firsts)[0])
    if not draws:
        return Area(whole, math.nan, math.nan)
    found = np.concatenate(list(_bootstrap(is_true, firsts, draws, seed)))
    low, high = np.percentile(found, [2.5, 97.5]).tolist()
    return Area(whole, low, high)


def _bootstrap(is_true: Flags, firsts: NDArray[np.intp], draws: int, seed: int) -> Any:
    """Yield areas in which each locus counts as often as it is drawn, bound among bound, unbound among unbound."""
    random = np.random.default_rng(seed)
    step = max(_AT_ONCE // len(is_true), 1)
    for first in range(0, draws, step):
        times = np.zeros((min(step, draws - first), len(is_true)), dtype=np.int64)
        for kind in (True, False):
            places = np.flatnonzero(is_true == kind)
            times[:, places] = random.multinomial(len(places), np.full(len(places), 1 / len(places)), size=len(times))
        yield _areas(times, is_true, firsts)


def _areas(times: NDArray[np.int64], is_true: Flags, firsts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the areas (d,) of sorted loci that count ``times`` (d, n); ``firsts`` begin runs of equal scores."""
    heads = firsts.astype(np.intp, copy=False)
    true = np.add.reduceat(times * is_true, heads, axis=1, dtype=np.int64)
    false = np.add.reduceat(times * ~is_true, heads, axis=1, dtype=np.int64)
    below = np.cumsum(false, axis=1, dtype=np.int64) - false
    wins = (true * (2 * below + false)).sum(axis=1, dtype=np.int64)  # twice, to stay whole
    areas: NDArray[np.float64] = wins / (2 * true.sum(axis=1, dtype=np.int64) * false.sum(axis=1, dtype=np.int64))
    return areas
