"""Frequencies by rank: how straight they lie on double-logarithmic paper, what power law fits, and plain controls."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords
from genotok.errors import CapacityError
from genotok.kernels.draws import draw_words

LETTERS = 4  # codes of A, C, G, T are 0 to 3; all above are unknown
MAX_WORD = 12  # letters of a word: 4^12 counts are held

_STEP = 1e-20  # of the imaginary part, by which a derivative is exact
_DIRECT = 16  # terms of a sum that are added one by one
_SERIES = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160)  # Bernoulli numbers over factorials
_FLATTEST, _STEEPEST = -16.0, 64.0  # exponents looked at
_DRAWN = 2**20  # letters drawn at a time


class Line(NamedTuple):
    """The straight line through (log10 rank, log10 frequency): correlation and slope, NaN where there is none."""

    r: float
    slope: float


class PowerLaw(NamedTuple):
    """``p(f) ~ f^-exponent`` over frequencies, and the largest distance of its distribution from the one found (KS)."""

    exponent: float
    distance: float


def fit_line(counts: NDArray[Any]) -> Line:
    """Correlate log10 of rank, 1 for the most frequent of (n,) types, with log10 of frequency; least squares.

    Counts are above 0, in any order; equal ones take ranks one after the other.
    """
    if len(counts) < 2 or counts.min() == counts.max():
        return Line(np.nan, np.nan)
    y = np.log10(-np.sort(-counts.astype(np.float64)))
    x = np.log10(np.arange(1, len(y) + 1, dtype=np.float64))
    x -= x.mean(dtype=np.float64)
    y -= y.mean(dtype=np.float64)
    xx, xy, yy = (float((one * two).sum(dtype=np.float64)) for one, two in ((x, x), (x, y), (y, y)))
    return Line(xy / math.sqrt(xx * yy), xy / xx)


def fit_power_law(counts: NDArray[Any], *, lowest: int = 1, highest: int | None = None) -> PowerLaw:
    """Fit the exponent of a discrete power law to the frequencies of (n,) types by maximum likelihood.

    All counts lie from ``lowest`` to ``highest`` (no bound), beyond which nothing was looked at (Clauset, Shalizi and
    Newman, SIAM Review 51:661, 2009). A law of rank with the slope ``-s`` goes with the exponent ``1 + 1 / s``.
    Exponents from -16, or 1 without a bound, to 64 are looked at. Infinite if all counts are the lowest, NaN for none.
    """
    if not len(counts):
        return PowerLaw(np.nan, np.nan)
    values, types = np.unique(counts.astype(np.int64), return_counts=True)
    if values[-1] == lowest:
        return PowerLaw(np.inf, 0.0)
    mean = float((np.log(values / lowest) * types).sum(dtype=np.float64)) / len(counts)
    low, high = 1.0 if highest is None else _FLATTEST, _STEEPEST
    for _ in range(80):  # the mean logarithm falls as the exponent grows
        middle = (low + high) / 2
        if _mean_log(middle, lowest, highest) > mean:
            low = middle
        else:
            high = middle
    return PowerLaw(middle, _distance(middle, values, types, lowest, highest))


def _mean_log(exponent: float, lowest: int, highest: int | None) -> float:
    """Return the mean of log(f / lowest): what the sum of powers falls by, relative to itself."""
    total = _power_sums(exponent, lowest, highest)
    return -float(total.imag / total.real) / _STEP


def _power_sums(exponent: float, lowest: int, highest: Any) -> Any:
    """Return the sum of ``(f / lowest)^-exponent`` up to ``highest``, None for infinity; complex, for derivatives."""
    s, ends = complex(exponent, _STEP), np.array(lowest, dtype=np.float64)
    if highest is None:
        return _tail(s, ends, lowest, is_near_one=False)
    is_near_one = abs(exponent - 1) < 0.25  # where two tails are large and their difference is not
    beyond = _tail(s, np.asarray(highest, dtype=np.float64) + 1, lowest, is_near_one=is_near_one)
    return _tail(s, ends, lowest, is_near_one=is_near_one) - beyond


def _tail(s: complex, start: NDArray[np.float64], lowest: int, *, is_near_one: bool) -> Any:
    """Return the sum of ``(f / lowest)^-s`` from each start on, by Euler and Maclaurin.

    Near s = 1 the constant ``lowest / (s - 1)`` is left out, which differences don't need; without it there is no pole.
    """
    steps = start[..., None] + np.arange(_DIRECT, dtype=np.float64)
    total = np.exp(-s * np.log(steps / lowest)).sum(axis=-1, dtype=np.complex128)
    begin = start + _DIRECT
    far = (1 - s) * np.log(begin / lowest)
    total += (np.expm1(far) if is_near_one else np.exp(far)) * lowest / (s - 1)
    term = np.exp(-s * np.log(begin / lowest))
    total += term / 2
    factor = s * term / begin
    for order, share in enumerate(_SERIES):
        total += share * factor
        factor *= (s + 2 * order + 1) * (s + 2 * order + 2) / begin**2
    return total


def _distance(exponent: float, values: Coords, types: Coords, lowest: int, highest: int | None) -> float:
    """Return the largest distance of two distributions; between two values found it is largest just before the next."""
    found = np.cumsum(types, dtype=np.float64) / types.sum(dtype=np.int64)
    whole = _power_sums(exponent, lowest, highest).real
    at, before = (_share_up_to(exponent, lowest, places, highest) / whole for places in (values, values - 1))
    gaps = np.abs(np.concatenate([found - at, np.concatenate([[0.0], found[:-1]]) - before]))
    return float(gaps.max())


def _share_up_to(exponent: float, lowest: int, places: Coords, highest: int | None) -> Any:
    if highest is not None:
        return _power_sums(exponent, lowest, places).real
    s, starts = complex(exponent, _STEP), np.array(lowest, dtype=np.float64)
    beyond = _tail(s, (places + 1).astype(np.float64), lowest, is_near_one=False)
    return (_tail(s, starts, lowest, is_near_one=False) - beyond).real


def count_words(codes: Bytes, length: int, *, overlapping: bool) -> Coords:
    """Count the words of ``length`` letters, at most `MAX_WORD`, in a sequence of codes: int64 (4^length,), A..A first.

    Words with an unknown letter don't count. Those that don't overlap are cut from the start of each known stretch, and
    what is left at its end is dropped.
    """
    if not 1 <= length <= MAX_WORD:
        raise CapacityError(f"words of {length} letters", hint=f"those of 1 to {MAX_WORD} letters can be counted")
    n_words = len(codes) - length + 1
    counts = np.zeros(LETTERS**length, dtype=np.int64)
    if n_words < 1:
        return counts
    words = np.zeros(n_words, dtype=np.int32)
    for place in range(length):
        words *= LETTERS
        words += codes[place : place + n_words] & np.uint8(LETTERS - 1)
    whole = _is_known(codes, length, overlapping=overlapping)
    return counts + np.bincount(words[whole].astype(np.intp), minlength=len(counts)).astype(np.int64)


def _is_known(codes: Bytes, length: int, *, overlapping: bool) -> NDArray[np.bool_]:
    """Flag the places where a word of known letters starts, all or every ``length`` letters of a stretch."""
    n_words = len(codes) - length + 1
    places = np.arange(len(codes), dtype=np.int64)
    unknown = np.where(codes < LETTERS, -1, places)
    last = np.maximum.accumulate(unknown)  # the nearest unknown letter up to here
    known = last[length - 1 :] < places[:n_words]
    return known if overlapping else known & ((places[:n_words] - last[:n_words] - 1) % length == 0)


def shuffle_letters(codes: Bytes, seed: int) -> Bytes:
    """Draw each known letter anew, by the shares of the four, independently of its neighbours; others stay.

    The same on every platform; any integer is a seed.
    """
    counts = np.bincount(codes, minlength=LETTERS).tolist()[:LETTERS]
    borders = [(sum(counts[: letter + 1]) << 64) // max(sum(counts), 1) for letter in range(LETTERS - 1)]
    limits = np.array([min(border, 2**64 - 1) for border in borders], dtype=np.uint64)
    drawn = codes.copy()
    for first, words in _drawn(len(codes), seed):
        piece = drawn[first : first + len(words)]
        known = piece < LETTERS
        piece[known] = np.searchsorted(limits, words[known], side="right").astype(np.uint8)
    return drawn


def _drawn(count: int, seed: int) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    for first in range(0, count, _DRAWN):
        yield first, draw_words(min(_DRAWN, count - first), seed ^ (first << 1))
