"""What needs no network: ridge regression on sums of tokens, or of k-mers, over the bins around each bin."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.errors import ConfigError, InputError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.ragged import offsets_of
from genotok.train.agreement import Agreement, agree
from genotok.train.contigs import Rows, TokenContig
from genotok.train.windows import Split, WindowConfig, scoring_windows
from genotok.values.csr import CsrMatrix

Floats = NDArray[np.float64]

REACH = 30  # bins to either side whose tokens are added up
PENALTIES = tuple(10.0**power for power in range(-5, 2))  # beside a variance of 1
CONTROLS = {"tokens": None, "4-mers": 4, "5-mers": 5, "composition": 1}  # by the length of words
_BLOCK = 8192  # bins at once


@dataclass(frozen=True, eq=False)
class Ridge:
    """Weights float64 (C, tracks) of square roots of sums less ``means`` (C,); ``base`` (tracks,) are mean targets."""

    weights: Floats
    means: Floats
    base: Floats
    penalty: float
    reach: int = REACH

    def predict(self, contig: TokenContig) -> NDArray[np.float32]:
        """Return float32 (B, tracks)."""
        return _predict([self], contig)[0]


@dataclass(frozen=True)
class ControlRow:
    """How one control agrees with the truth on the contigs to test with."""

    name: str
    features: int
    penalty: float
    agreement: Agreement

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"name": self.name, "features": self.features, "penalty": self.penalty} | self.agreement.to_dict()


class Moments:
    """Sums over bins from which a ridge regression of any penalty is solved; they add up over contigs."""

    def __init__(self, n_features: int, n_tracks: int) -> None:
        self.count = 0
        self.first = np.zeros(n_features)
        self.second = np.zeros((n_features, n_features))
        self.both = np.zeros((n_features, n_tracks))
        self.targets = np.zeros(n_tracks)

    def add(self, sums: Floats, targets: NDArray[Any]) -> None:
        """Add bins: features (n, C) and targets (n, tracks)."""
        wanted = targets.astype(np.float64)
        self.count += len(sums)
        self.first += sums.sum(axis=0, dtype=np.float64)
        self.second += sums.T @ sums
        self.both += sums.T @ wanted
        self.targets += wanted.sum(axis=0, dtype=np.float64)

    def solve(self, penalty: float, *, reach: int = REACH) -> Ridge:
        """Return the weights that minimise the mean square error plus ``penalty`` times their squares at variance 1."""
        means, base = self.first / self.count, self.targets / self.count
        covariance = self.second / self.count - np.outer(means, means)
        spread = np.sqrt(np.maximum(np.diag(covariance), 0))
        scale = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 1e-9)
        left = covariance * np.outer(scale, scale) + penalty * np.eye(len(scale))
        right = (self.both / self.count - np.outer(means, base)) * scale[:, None]
        return Ridge(np.linalg.solve(left, right) * scale[:, None], means, base, penalty, reach)


def run_control(
    name: str,
    training: Sequence[TokenContig],
    validation: Sequence[TokenContig],
    test: Sequence[TokenContig],
    *,
    reach: int = REACH,
    windows: WindowConfig | None = None,
) -> ControlRow:
    """Fit to some contigs, choose the penalty by others, and tell how the rest is predicted, window by window."""
    if not training or not len(training[0]):
        raise InputError("no bin to fit a control to", hint="give contigs to train on")
    if reach < 0:
        raise ConfigError(f"reach={reach}", hint="0 or more bins")
    moments = Moments(training[0].tokens.shape[1], training[0].targets.shape[1])
    for contig in training:
        for first, sums in iter_sums(contig.tokens, reach=reach):
            moments.add(sums, contig.targets[first : first + len(sums)])
    fits = [moments.solve(penalty, reach=reach) for penalty in PENALTIES]
    merits = [each.window_pearson for each in _judge(fits, validation, windows)]
    best = fits[int(np.argmax(np.nan_to_num(merits, nan=-2.0)))]
    return ControlRow(name, len(moments.first), best.penalty, _judge([best], test, windows)[0])


def run_controls(
    contigs: Sequence[TokenContig],
    codes: Sequence[Codes],
    split: Split,
    *,
    reach: int = REACH,
    windows: WindowConfig | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[ControlRow, ...]:
    """Run the four controls that every training is reported beside: tokens, 4-mers, 5-mers, composition.

    ``codes`` are the letters of each contig; the split is that of the training.
    """
    rows = []
    for number, (name, k) in enumerate(CONTROLS.items()):
        described = contigs if k is None else kmer_contigs(contigs, codes, k)
        parts = [[each for each in described if each.name in names] for names in split]
        rows.append(run_control(name, *parts, reach=reach, windows=windows))
        if progress:
            progress("controls", number + 1, len(CONTROLS))
    return tuple(rows)


def _judge(fits: list[Ridge], contigs: Sequence[TokenContig], windows: WindowConfig | None) -> list[Agreement]:
    """Tell how each of several fits agrees with the targets of contigs, which are summed once."""
    found = scoring_windows([len(each) for each in contigs], windows or WindowConfig())
    columns = (each.tolist() for each in (found.contigs, found.firsts, found.lasts))
    spans = list(zip(*columns, strict=True))
    predictions = zip(*(_predict(fits, each) for each in contigs), strict=True)
    return [agree(each, [contig.targets for contig in contigs], spans) for each in predictions]


def _predict(fits: list[Ridge], contig: TokenContig) -> list[NDArray[np.float32]]:
    """Predict float32 (B, tracks) by each of several fits to the same bins, which differ in their weights alone."""
    one, weights = fits[0], np.concatenate([each.weights for each in fits], axis=1)
    predicted = np.zeros((len(contig), len(fits), len(one.base)), dtype=np.float32)
    for first, sums in iter_sums(contig.tokens, reach=one.reach):
        found = (sums - one.means) @ weights
        predicted[first : first + len(sums)] = found.reshape(len(sums), len(fits), -1) + one.base
    return list(np.ascontiguousarray(predicted.swapaxes(0, 1)))


def iter_sums(rows: Rows, *, reach: int = REACH) -> Iterator[tuple[int, Floats]]:
    """Yield square roots of the sums over bins and ``reach`` bins to their sides, by blocks: the first bin, (n, C)."""
    n_bins = rows.shape[0]
    for first in range(0, n_bins, _BLOCK):
        last = min(first + _BLOCK, n_bins)
        begin, end = max(first - reach, 0), min(last + reach, n_bins)
        totals = np.zeros((end - begin + 1, rows.shape[1]))
        np.cumsum(rows.rows(slice(begin, end)).to_dense(), axis=0, dtype=np.float64, out=totals[1:])
        bins = np.arange(first, last, dtype=np.intp)
        high, low = np.minimum(bins + reach + 1, end) - begin, np.maximum(bins - reach, begin) - begin
        yield first, np.sqrt(np.maximum(totals[high] - totals[low], 0))


def kmer_rows(codes: Codes, boundaries: Coords, k: int) -> CsrMatrix:
    """Count the k-mers that begin in each bin, unknown bases in none: int32 (B, 4^k); k = 1 counts bases.

    >>> kmer_rows(np.array([0, 0, 1, 4, 1], dtype=np.uint8), np.array([0, 2, 5]), 1).to_dense().tolist()
    [[2, 0, 0, 0], [0, 2, 0, 0]]
    """
    if not 1 <= k <= 8:
        raise ConfigError(f"k={k}", hint="1 to 8 letters")
    n_words, n_bins = 4**k, len(boundaries) - 1
    words, known = np.zeros(max(len(codes) - k + 1, 0), dtype=np.int64), np.True_
    for place in range(k):
        letters = codes[place : place + len(words)]
        words = words * 4 + np.minimum(letters, UNKNOWN - 1)
        known = known & (letters != UNKNOWN)
    starts = np.flatnonzero(np.broadcast_to(known, words.shape))
    bins = np.searchsorted(boundaries, starts, side="right").astype(np.int64) - 1
    cells, counts = np.unique(bins * n_words + words[starts], return_counts=True)
    indptr = offsets_of(np.bincount(cells // n_words, minlength=n_bins).astype(np.int64))
    return CsrMatrix(indptr, (cells % n_words).astype(np.int32), counts.astype(np.int32), (n_bins, n_words))


def kmer_contigs(contigs: Sequence[TokenContig], codes: Sequence[Codes], k: int) -> list[TokenContig]:
    """Describe the same bins by their k-mers instead of tokens."""
    pairs = zip(contigs, codes, strict=True)
    return [TokenContig(c.name, c.boundaries, kmer_rows(text, c.boundaries, k), c.targets) for c, text in pairs]
