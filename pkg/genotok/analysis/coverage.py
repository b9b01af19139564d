"""How well tokens spell the motifs of transcription factors, always beside random cuts of the same lengths.

A longer token, and a larger vocabulary, is like more motifs by chance alone. So scores are told with their control:
as many words of the same lengths, cut from the sequence at random places.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.tables import decimals, text_table
from genotok.arrays import Bytes, Offsets, frozen
from genotok.errors import InputError
from genotok.kernels.bases import encode_letters
from genotok.kernels.cuts import cut_at_random
from genotok.kernels.likeness import best_likeness
from genotok.kernels.ragged import offsets_of

GOOD = 0.8  # a motif whose score is above this is spelled well
_COLUMNS = ("tokens", "n", "length", "mean", "median", "q10", f"> {GOOD}")


class Motifs(Protocol):
    """Motifs as `genotok.MotifSet` holds them: ``counts`` (sum of lengths, 4) by ``offsets`` (M + 1,)."""

    @property
    def counts(self) -> NDArray[Any]:
        """Counts of A, C, G and T in each column."""

    @property
    def offsets(self) -> NDArray[Any]:
        """Where the columns of each motif begin."""


@dataclass(frozen=True, eq=False)
class CoverageScore:
    """The scores of M motifs, float64 (M,), with the token that is most like each: see `genotok.kernels.likeness`.

    ``lengths`` counts the tokens of each length.
    """

    name: str
    lengths: Mapping[int, int]
    scores: NDArray[np.float64]

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return sum(self.lengths.values())

    @property
    def mean_length(self) -> float:
        """Mean letters of a token."""
        return sum(length * n for length, n in self.lengths.items()) / self.tokens

    @property
    def mean(self) -> float:
        """Mean score over motifs."""
        return float(self.scores.mean(dtype=np.float64))

    @property
    def median(self) -> float:
        """Median score over motifs."""
        return float(np.median(self.scores))

    @property
    def q10(self) -> float:
        """The score that a tenth of the motifs stay below."""
        return float(np.quantile(self.scores, 0.1))

    @property
    def good_share(self) -> float:
        """Share of motifs with a score above 0.8."""
        return float(np.count_nonzero(self.scores > GOOD)) / len(self.scores)

    def is_comparable(self, other: "CoverageScore") -> bool:
        """Tell whether both have as many tokens of each length, and the same number of motifs."""
        return self.lengths == other.lengths and len(self.scores) == len(other.scores)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        lengths = {str(length): n for length, n in self.lengths.items()}
        names = ("tokens", "mean_length", "mean", "median", "q10", "good_share")
        told = {"name": self.name, **{name: getattr(self, name) for name in names}}
        return told | {"lengths": lengths, "scores": self.scores.tolist()}


@dataclass(frozen=True)
class CoverageTable:
    """Scores of vocabularies, each with that of its control; ``gains`` are drawn between these two alone."""

    pairs: tuple[tuple[CoverageScore, CoverageScore], ...]

    def gains(self) -> dict[str, float | None]:
        """Return by how much the mean score of each exceeds its control's; None if the control came out smaller.

        A sequence may hold too few different words of a length, as it does if the vocabulary has all of them.
        """
        return {
            score.name: score.mean - control.mean if score.is_comparable(control) else None
            for score, control in self.pairs
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        gains = self.gains()
        pairs = [
            {"score": score.to_dict(), "control": control.to_dict(), "gain": gains[score.name]}
            for score, control in self.pairs
        ]
        return {"pairs": pairs}

    def __str__(self) -> str:
        rows = [
            (
                each.name,
                f"{each.tokens:,}",
                decimals(each.mean_length, 1),
                *map(decimals, (each.mean, each.median, each.q10, each.good_share)),
            )
            for pair in self.pairs
            for each in pair
        ]
        return text_table(_COLUMNS, rows, texts=1)


def motif_coverage(tokens: Iterable[str], motifs: Motifs, *, name: str = "tokens") -> CoverageScore:
    """Score each motif with the token most like it; ``tokens`` are DNA texts of any lengths, each counted once.

    >>> from genotok.values.motifs import MotifSet
    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0], [0, 9, 0, 0]], "M2": [[0, 0, 9, 0], [0, 0, 0, 9]]})
    >>> motif_coverage(["AC", "TT"], motifs).scores.round(3).tolist()
    [1.0, 0.5]
    """
    return _score(name, *_letters_of(tokens), motifs)


def compare_coverage(
    vocabularies: Mapping[str, Iterable[str]], motifs: Motifs, sequence: str | Bytes, *, seed: int = 0
) -> CoverageTable:
    """Score vocabularies, and for each as many random cuts of the same lengths from a sequence (text or codes)."""
    codes = encode_letters(np.frombuffer(sequence.encode(), np.uint8)) if isinstance(sequence, str) else sequence
    pairs = []
    for name, tokens in vocabularies.items():
        offsets, letters = _letters_of(tokens)
        cuts = cut_at_random(codes, np.diff(offsets), seed)
        if len(cuts[0]) == 1:
            raise InputError(f"the sequence has no word as long as a token of {name}", hint="give a longer one")
        control = _score(f"random cuts as {name}", *cuts, motifs)
        pairs.append((_score(name, offsets, letters, motifs), control))
    return CoverageTable(tuple(pairs))


def _letters_of(tokens: Iterable[str]) -> tuple[Offsets, Bytes]:
    if isinstance(tokens, (str, bytes)):
        raise InputError("one text is no vocabulary", hint="give a list of tokens")
    texts = list(dict.fromkeys(tokens))
    if not texts or not all(texts):
        raise InputError("an empty token" if texts else "no token at all", hint="give texts of letters A, C, G, T")
    letters = encode_letters(np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8))
    return offsets_of(np.array([len(text) for text in texts], dtype=np.int64)), letters


def _score(name: str, offsets: Offsets, letters: Bytes, motifs: Motifs) -> CoverageScore:
    scores = best_likeness(
        counts=motifs.counts,
        motif_offsets=np.asarray(motifs.offsets, dtype=np.int64),
        letters=letters,
        token_offsets=offsets,
    )
    return CoverageScore(name, dict(sorted(Counter(np.diff(offsets).tolist()).items())), frozen(scores))
