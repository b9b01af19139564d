"""What one changed base, or a start one base later, does to the tokens of a window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.vq_features import Features, bag_of
from genotok.errors import InputError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.draws import draw_below, draw_words, join_seeds
from genotok.values.csr import CsrMatrix

WINDOWS, LENGTH = 200, 504  # windows, and their bp: a multiple of strides 2, 3, 4, 6, 7, 8

_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)


@dataclass(frozen=True)
class Sensitivity:
    """Of one stream of tokens: how many a window has, how many of them one substitution changes, what a shift keeps.

    ``changed`` is the mean number of tokens of the bag that are gone after a substitution of one base, ``kept`` the
    mean share of the bag that is the same one base later; both count tokens as often as they occur.
    """

    name: str
    tokens: float
    changed: float
    kept: float

    @property
    def changed_share(self) -> float:
        """Changed tokens among all."""
        return self.changed / self.tokens if self.tokens else 0.0


def draw_windows(codes: Codes, *, count: int = WINDOWS, length: int = LENGTH, seed: int = 0) -> list[str]:
    """Draw windows of a genome, ``length`` + 1 bp each and without unknown bases; InputError if there are too few.

    ``codes`` are uint8 (n,), A, C, G, T = 0..3. The base behind a window is what a shifted one ends with.
    """
    wide = length + 1
    unknown = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(codes >= UNKNOWN, dtype=np.int64)])
    good = np.flatnonzero(unknown[wide:] == unknown[: max(len(unknown) - wide, 0)]) if len(codes) >= wide else codes[:0]
    if len(good) < count:
        what = f"{len(good):,} windows of {wide:,} known bases"
        raise InputError(what, hint=f"{count:,} are drawn; give a longer sequence")
    chosen = good[np.sort(np.argsort(draw_words(len(good), seed), kind="stable")[:count])]
    return [_LETTERS[codes[at : at + wide]].tobytes().decode() for at in chosen.tolist()]


def substitute_once(texts: Sequence[str], *, seed: int = 0) -> list[str]:
    """Change one base of each text to another one, both drawn; the last letter of a text stays.

    >>> one = substitute_once(["ACGTACGT"])[0]
    >>> len(one), sum(a != b for a, b in zip("ACGTACGT", one))
    (8, 1)
    """
    found = []
    for number, text in enumerate(texts):
        at = int(draw_below(1, len(text) - 1, join_seeds(seed, number, 0))[0])
        others = "ACGT".replace(text[at], "")
        base = others[int(draw_below(1, len(others), join_seeds(seed, number, 1))[0])]
        found.append(text[:at] + base + text[at + 1 :])
    return found


def measure_sensitivity(features: Features, windows: Sequence[str], *, seed: int = 0) -> list[Sensitivity]:
    """Measure each stream of a tokenizer on windows of `draw_windows`."""
    first = [each[:-1] for each in windows]
    later, mutated = [each[1:] for each in windows], [each[:-1] for each in substitute_once(windows, seed=seed)]
    bags = [bag_of(features, texts, log=False) for texts in (first, mutated, later)]
    sizes = [each.size for each in features.streams([""])]
    found, begin = [], 0
    for level, size in enumerate(sizes, start=1):
        tokens, shared, moved = (_shared(bags[0], other, begin, begin + size) for other in bags)
        share = np.divide(moved, tokens, out=np.zeros_like(moved), where=tokens > 0)
        name = features.name if len(sizes) == 1 else f"{features.name}, level {level}"
        if level > features.levels > 0:
            name = f"{features.name}, joint"
        changed = float((tokens - shared).mean())
        found.append(Sensitivity(f"{name} ({size:,})", float(tokens.mean()), changed, float(share.mean())))
        begin += size
    return found


def _shared(one: CsrMatrix, other: CsrMatrix, begin: int, end: int) -> NDArray[np.float64]:
    """Count the tokens that two bags share in some columns, row by row: float64 (b,)."""
    found = np.zeros(len(one), dtype=np.float64)
    for row in range(len(one)):
        parts = []
        for bag in (one, other):
            here = slice(int(bag.indptr[row]), int(bag.indptr[row + 1]))
            inside = (bag.indices[here] >= begin) & (bag.indices[here] < end)
            parts.append((bag.indices[here][inside], bag.data[here][inside]))
        _, left, right = np.intersect1d(parts[0][0], parts[1][0], assume_unique=True, return_indices=True)
        found[row] = np.minimum(parts[0][1][left], parts[1][1][right]).sum(dtype=np.float64)
    return found
