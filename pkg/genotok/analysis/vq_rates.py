"""Bits spent against bases that come back: learned codes, plain words, a perfect code, and what no code can pass."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from math import log2
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.vq_baselines import WordFeatures
from genotok.analysis.vq_features import measure_rates
from genotok.errors import InputError
from genotok.kernels.bases import UNKNOWN, Codes, encode_letters
from genotok.kernels.nearest import count_codes, entropy, used_bits
from genotok.tokenizers.vq import VQTokenizer

Kind: TypeAlias = Literal["model", "control"]

SHORTEST = 1000  # known bases in a row that are measured
LOSSLESS = 2.0  # bits per base, from which on a word of letters loses nothing

_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_LONGEST = 2**20  # bases that are coded at once
_LEAST = 2.0**-20  # of a probability, so that a wrong certainty costs 20 bits
_HAMMING = ((1, 0), (0, 1), (1, 1), (1, 2), (1, 3))  # columns of the parity check: all points of the line over GF(4)
_HAMMING_LENGTH = len(_HAMMING)


@dataclass(frozen=True)
class RatePoint:
    """What a code makes of a corpus: ``rate`` is its used bits a base, ``nominal`` those of its size.

    ``accuracy`` is the share of covered bases that come back right; ``loss`` the bits a base that are still missing,
    None where there are no probabilities. ``levels`` are the codes of each, ``level_bits`` what each would spend alone.
    """

    name: str
    kind: Kind
    corpus: str
    quantizer: str
    levels: tuple[int, ...]
    stride: int
    bases: int
    covered: float
    used_bits: float
    nominal_bits: float
    accuracy: float
    loss: float | None = None
    level_bits: tuple[float, ...] = ()

    @property
    def rate(self) -> float:
        """Used bits a base."""
        return self.used_bits / self.stride

    @property
    def nominal(self) -> float:
        """Nominal bits a base."""
        return self.nominal_bits / self.stride

    @property
    def shared_bits(self) -> float:
        """Bits of a token that its levels say more than once: what each spends alone, less what they spend together."""
        return max(sum(self.level_bits) - self.used_bits, 0.0) if self.level_bits else 0.0

    @property
    def compresses(self) -> bool:
        """Whether it spends fewer bits than the letters themselves, nominally."""
        return self.nominal < LOSSLESS - 1e-9

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        told = {"rate": self.rate, "nominal": self.nominal, "compresses": self.compresses}
        lists = {"levels": list(self.levels), "level_bits": list(self.level_bits), "shared_bits": self.shared_bits}
        return asdict(self) | lists | told | {"bound": bound_accuracy(self.rate)}


def bound_rate(accuracy: float) -> float:
    """Return the bits a base without which uniform bases can't come back so right, by Shannon: R(D) of four letters.

    >>> round(bound_rate(1.0), 3), round(bound_rate(0.25), 3), round(bound_rate(0.8125), 3)
    (2.0, 0.0, 1.007)
    """
    error = min(max(1 - accuracy, 0.0), 0.75)
    entropy = 0.0 if error in (0.0, 1.0) else -error * log2(error) - (1 - error) * log2(1 - error)
    return 2 - entropy - error * log2(3)


def bound_accuracy(rate: float) -> float:
    """Return the most bases, as a share, that can come back right of uniform ones at some bits a base.

    >>> round(bound_accuracy(1.2), 3), round(bound_accuracy(1.5), 3), bound_accuracy(2.5), bound_accuracy(0)
    (0.861, 0.926, 1.0, 0.25)
    """
    if rate >= LOSSLESS:
        return 1.0
    low, high = 0.25, 1.0
    if rate <= 0:
        return low
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if bound_rate(middle) < rate else (low, middle)
    return low


def known_runs(codes: Codes, shortest: int = SHORTEST) -> list[str]:
    """Cut a sequence, uint8 (n,), into runs of known bases, of 1 Mb at most; shorter ones than asked are left out."""
    known = np.concatenate([[False], codes < UNKNOWN, [False]])
    edges = np.flatnonzero(known[1:] != known[:-1]).reshape(-1, 2)
    texts = []
    for first, last in edges.tolist():
        for at in range(first, last, _LONGEST):
            piece = codes[at : min(at + _LONGEST, last)]
            if len(piece) >= shortest:
                texts.append(_LETTERS[piece].tobytes().decode())
    return texts


def measure_model(name: str, tokenizer: VQTokenizer, texts: Sequence[str], corpus: str) -> RatePoint:
    """Encode and decode a corpus of `known_runs`; bases that no token covers are not judged.

    A network that was saved without its decoder raises ConfigError.
    """
    bases = covered = right = 0
    missing, codes = 0.0, []
    for text in texts:
        if len(text) < tokenizer.window:
            bases += len(text)
            continue
        found = tokenizer.codes(text)
        codes.append(found.codes)
        truth = encode_letters(np.frombuffer(text.encode(), dtype=np.uint8))
        seen = _covered(tokenizer, found.n_tokens, len(text))
        shares = tokenizer.decode_probabilities(found)[:seen]
        right += int(np.count_nonzero(shares.argmax(axis=1) == truth[:seen]))
        mine = shares[np.arange(seen, dtype=np.intp), truth[:seen].astype(np.intp)]
        missing -= float(np.log2(np.maximum(mine, _LEAST), dtype=np.float64).sum(dtype=np.float64))
        bases, covered = bases + len(text), covered + seen
    if not covered:
        raise InputError(f"no base of {corpus} is covered by a token of {name}", hint="give longer sequences")
    book, joined = tokenizer.codebook, np.concatenate(codes, axis=1)
    return RatePoint(
        name=name,
        kind="model",
        corpus=corpus,
        quantizer=book.quantizer,
        levels=book.sizes,
        stride=tokenizer.stride,
        bases=bases,
        covered=covered / bases,
        used_bits=used_bits(joined, tokenizer.levels),
        nominal_bits=book.nominal_bits,
        accuracy=right / covered,
        loss=missing / covered,
        level_bits=tuple(entropy(count_codes(*each)) for each in zip(joined, book.sizes, strict=True)),
    )


def _covered(tokenizer: VQTokenizer, tokens: int, length: int) -> int:
    """Return how many bases, from the first on, have a token whose window holds them."""
    if (tokenizer.config.ends or tokenizer.model.ends) == "same":
        return length
    return (tokens - 1) * tokenizer.stride + tokenizer.window if tokens else 0


def truncation_points(stride: int, texts: Sequence[str], corpus: str) -> Iterator[RatePoint]:
    """Yield the plainest codes of a stride: m of its bases as they are, the rest guessed as the commonest base."""
    letters = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    commonest = int(np.bincount(letters, minlength=256).astype(np.int64).max()) / max(len(letters), 1)
    for kept in range(1, stride + 1):
        rates = measure_rates(WordFeatures(kept, stride), texts)
        accuracy = (kept + (stride - kept) * commonest) / stride
        yield RatePoint(
            name=f"{kept} of {stride} bases",
            kind="control",
            corpus=corpus,
            quantizer="word",
            levels=(4**kept,),
            stride=stride,
            bases=rates.bases,
            covered=1.0,
            used_bits=rates.used_bits or 0.0,
            nominal_bits=2.0 * kept,
            accuracy=accuracy,
        )


def hamming_words() -> NDArray[np.uint8]:
    """Return the 64 words of the perfect [5, 3] Hamming code over GF(4): letters uint8 (64, 5), in order.

    Every word of five letters differs from exactly one of them in at most one place.
    """
    words = np.indices((4,) * _HAMMING_LENGTH).reshape(_HAMMING_LENGTH, -1).T.astype(np.uint8)
    sums = np.zeros((len(words), 2), dtype=np.uint8)
    for place, column in enumerate(_HAMMING):
        for row, factor in enumerate(column):
            sums[:, row] ^= _times(words[:, place], factor)  # adding in GF(4) is xor of two bits
    kept: NDArray[np.uint8] = words[~sums.any(axis=1)]
    return kept


def _times(letters: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Multiply in GF(4) of 0, 1, w, w + 1 = 0..3."""
    powers = np.array([[0, 0, 0, 0], [0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2]], dtype=np.uint8)
    products: NDArray[np.uint8] = powers[factor][letters]
    return products


def hamming_point(texts: Sequence[str], corpus: str) -> RatePoint:
    """Code disjoint words of five letters by the perfect code: 13 of 16 bases right at 1.2 bits, of uniform ones."""
    words = hamming_words()
    counts, right, judged = np.zeros(len(words), dtype=np.int64), 0, 0
    for text in texts:
        letters = encode_letters(np.frombuffer(text.encode(), dtype=np.uint8))
        rows = letters[: len(letters) // _HAMMING_LENGTH * _HAMMING_LENGTH].reshape(-1, _HAMMING_LENGTH)
        for first in range(0, len(rows), _LONGEST // 64):
            part = rows[first : first + _LONGEST // 64]
            alike = (part[:, None, :] == words[None]).sum(axis=2, dtype=np.int64)
            right += int(alike.max(axis=1).sum(dtype=np.int64))
            counts += np.bincount(alike.argmax(axis=1), minlength=len(words)).astype(np.int64)
            judged += part.size
    if not judged:
        raise InputError(f"{corpus} has no five known bases in a row", hint="give longer sequences")
    return RatePoint(
        name="[5, 3] Hamming code",
        kind="control",
        corpus=corpus,
        quantizer="perfect",
        levels=(len(words),),
        stride=_HAMMING_LENGTH,
        bases=sum(map(len, texts)),
        covered=judged / sum(map(len, texts)),
        used_bits=entropy(counts),
        nominal_bits=log2(len(words)),
        accuracy=right / judged,
    )
