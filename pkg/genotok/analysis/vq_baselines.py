"""The tokenizers that learned codes are held against: letters, words of k letters, byte pairs, and chance."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.vq_features import Features, Texts, TokenStream
from genotok.arrays import Ids, Offsets, Places
from genotok.errors import ConfigError, InputError, missing_extra
from genotok.kernels.bases import Codes, encode_letters
from genotok.kernels.draws import draw_below, draw_words
from genotok.kernels.ragged import expand_ranges, offsets_of
from genotok.kernels.tables import reverse_windows

CHANCE_WINDOW, CHANCE_SIZE, SIGMA = 8, 4096, 2.5  # those of the bundled tables
LONGEST_WORD = 10

_SHAPE = re.compile(r"kmer(?P<k>\d+)(?:-step(?P<step>\d+))?(?P<merged>-merged)?")
_WORDS = 1000  # documents encoded by byte pairs at a time
_EXACT = 2.0**20  # what weights are rounded to, so that float32 adds up to eight of them without error
_ROWS = 2048  # windows that look for their codeword at once


@dataclass(frozen=True)
class WordFeatures:
    """Words of ``k`` letters, one each ``step``; ``merged`` gives a word and its reverse complement one id.

    >>> WordFeatures(2).streams(["ACGNA", "T"])[0]
    TokenStream(ids=array([ 1,  6, -1, -1], dtype=int32), rows=array([0, 4, 4]), size=16)
    >>> WordFeatures(6, merged=True).name, WordFeatures(6, merged=True).size
    ('kmer6-merged', 2080)
    """

    k: int
    step: int = 1
    merged: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.k <= LONGEST_WORD or self.step < 1:
            raise ConfigError(
                f"words of {self.k} letters, step {self.step}", hint=f"1 to {LONGEST_WORD}, step 1 or more"
            )

    @property
    def name(self) -> str:
        """What tables call it."""
        if self.k == 1:
            return "char"
        return f"kmer{self.k}" + f"-step{self.step}" * (self.step > 1) + "-merged" * self.merged

    @property
    def digest(self) -> str:
        """SHA-256 of the three numbers."""
        return hashlib.sha256(f"words {self.k} {self.step} {self.merged}".encode()).hexdigest()

    @property
    def coding(self) -> int | None:
        """Its one stream."""
        return 0

    @property
    def levels(self) -> int:
        """Its one stream."""
        return 1

    @cached_property
    def _merged_ids(self) -> Ids:
        numbers, turned = np.arange(4**self.k, dtype=np.intp), reverse_windows(self.k)
        first = np.minimum(numbers, turned)
        return (np.cumsum(first == numbers, dtype=np.int32) - 1).astype(np.int32)[first]

    @property
    def size(self) -> int:
        """Words that there are."""
        return int(self._merged_ids.max()) + 1 if self.merged else int(4**self.k)

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]:
        """Give each word the number of its letters, the first the highest digit; -1 if a base of it is unknown."""
        ids, rows = windows_of(texts, self.k, self.step)
        if self.merged:
            ids = np.where(ids < 0, -1, self._merged_ids[ids]).astype(np.int32)
        return (TokenStream(ids, rows, self.size),)


@dataclass(frozen=True, eq=False)
class TableFeatures:
    """Windows looked up in a table of codes, (4^window,) below ``size``, one each ``stride`` bases."""

    name: str
    table: NDArray[np.integer[Any]]
    size: int
    window: int
    stride: int = 1

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the table and the stride."""
        head = f"table {self.window} {self.stride} {self.size} ".encode()
        return hashlib.sha256(head + self.table.astype("<i4").tobytes()).hexdigest()

    @property
    def coding(self) -> int | None:
        """Its one stream."""
        return 0

    @property
    def levels(self) -> int:
        """Its one stream."""
        return 1

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]:
        """Look the windows up."""
        numbers, rows = windows_of(texts, self.window, self.stride)
        ids = np.where(numbers < 0, -1, self.table[numbers]).astype(np.int32)
        return (TokenStream(ids, rows, self.size),)


@dataclass(frozen=True)
class JoinedFeatures:
    """The streams of several tokenizers side by side; no single one holds the whole code."""

    name: str
    parts: tuple[Features, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the parts' digests."""
        return hashlib.sha256(" ".join(each.digest for each in self.parts).encode()).hexdigest()

    @property
    def coding(self) -> int | None:
        """No stream is all of it."""
        return None

    @property
    def levels(self) -> int:
        """None, as words of other lengths begin elsewhere."""
        return 0

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]:
        """Tokenize by each part."""
        return tuple(stream for each in self.parts for stream in each.streams(texts))


class BpeFeatures:
    """Byte pairs of a ``tokenizer.json`` of Hugging Face (extra ``[eval]``), as DNABERT-2's; its specials stay out."""

    def __init__(self, path: str | PathLike[str], name: str = "bpe") -> None:
        self.name = name
        library = _load_tokenizers()
        try:
            content = Path(path).read_bytes()
        except OSError as fault:
            raise InputError(fault.strerror or "cannot be read", path=str(path), hint="a tokenizer.json") from None
        self.digest = hashlib.sha256(content).hexdigest()
        try:
            self._tokenizer: Any = library.Tokenizer.from_str(content.decode())
        except Exception as fault:  # the library raises plain Exception
            raise InputError("no tokenizer in it", path=str(path), hint="a tokenizer.json of byte pairs") from fault
        unknown = self._tokenizer.token_to_id("[UNK]")
        self._unknown = -1 if unknown is None else int(unknown)

    @property
    def coding(self) -> int | None:
        """Its one stream."""
        return 0

    @property
    def levels(self) -> int:
        """Its one stream."""
        return 1

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]:
        """Tokenize documents, each as one word."""
        ids: list[int] = []
        counts: list[int] = []
        for first in range(0, len(texts), _WORDS):
            batch = self._tokenizer.encode_batch(list(texts[first : first + _WORDS]), add_special_tokens=False)
            for each in batch:
                counts.append(len(each.ids))
                ids += each.ids
        found = np.array(ids, dtype=np.int32)
        found[found == self._unknown] = -1
        return (TokenStream(found, offsets_of(np.array(counts, dtype=np.int64)), self._tokenizer.get_vocab_size()),)


def windows_of(texts: Texts, k: int, step: int = 1) -> tuple[Ids, Offsets]:
    """Read the windows of k letters of each document, from its first base on, as numbers in base 4.

    Returns int32 (n,), A, C, G, T = 0..3 and the first letter the highest digit, -1 with an unknown base; and the rows.
    """
    codes: Codes = encode_letters(np.frombuffer("".join(texts).encode("ascii", "replace"), dtype=np.uint8))
    lengths = np.array([len(each) for each in texts], dtype=np.int64)
    whole = max(len(codes) - k + 1, 0)
    numbers = np.zeros(whole, dtype=np.int32)
    for place in range(k):
        numbers = numbers << 2 | (codes[place : place + whole] & 3)
    unknown = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(codes > 3, dtype=np.int64)])
    numbers[unknown[k : k + whole] > unknown[:whole]] = -1
    counts = np.maximum((lengths - k) // step + 1, 0)
    places = expand_ranges(np.zeros_like(counts), counts) * step
    starts = offsets_of(lengths)[:-1]
    return numbers[places + np.repeat(starts, counts.astype(np.intp))], offsets_of(counts)


def random_table(
    *,
    window: int = CHANCE_WINDOW,
    size: int = CHANCE_SIZE,
    merged: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> TableFeatures:
    """Give each window a code by chance; ``merged`` gives the reverse complement the same."""
    table = draw_below(4**window, size, seed).astype(np.int32)
    if merged:
        table = table[np.minimum(np.arange(4**window, dtype=np.intp), reverse_windows(window))]
    return TableFeatures(name or "random-table" + "-merged" * merged, table, size, window)


def random_codewords(
    *, window: int = CHANCE_WINDOW, size: int = CHANCE_SIZE, stride: int = 1, sigma: float = SIGMA, seed: int = 0
) -> TableFeatures:
    """Draw codewords among all windows, and give each window the nearest: what learning starts from.

    A letter that differs at place j counts ``exp(-((j - (window - 1) / 2) / sigma)^2)``; ties go to the lowest code.
    """
    words = np.sort(np.argsort(draw_words(4**window, seed), kind="stable")[:size])
    name = "random-codewords" + f"-step{stride}" * (stride > 1)
    return TableFeatures(name, nearest_words(words, window, sigma), size, window, stride)


def nearest_words(words: Places, window: int, sigma: float) -> Ids:
    """Return for each of 4^window windows the nearest of (k,) ``words`` by their numbers: int32 (4^window,)."""
    places = np.arange(window, dtype=np.float64)
    weights = np.exp(-(((places - (window - 1) / 2) / sigma) ** 2))
    whole = np.round(weights * (_EXACT * 8 / max(window, 8)))
    letters = (np.arange(4**window, dtype=np.int64)[:, None] >> (2 * np.arange(window - 1, -1, -1, dtype=np.int64))) & 3
    marks = (letters[:, :, None] == np.arange(4, dtype=np.int64)).astype(np.float32)
    rows = marks.reshape(len(letters), -1)
    wanted = np.ascontiguousarray((marks[words] * whole[:, None].astype(np.float32)).reshape(len(words), -1).T)
    found = np.empty(len(letters), dtype=np.int32)
    for first in range(0, len(letters), _ROWS):
        found[first : first + _ROWS] = np.argmax(rows[first : first + _ROWS] @ wanted, axis=1)
    return found


def _word_features(name: str) -> Features | None:
    """Read names such as kmer6, kmer6-step6, kmer7-merged and kmer4+5+6."""
    if "+" in name and (lengths := name.removeprefix("kmer").split("+")) and all(map(str.isdecimal, lengths)):
        return JoinedFeatures(name, tuple(WordFeatures(int(each)) for each in lengths))
    shape = _SHAPE.fullmatch(name)
    if shape is None:
        return None
    return WordFeatures(int(shape["k"]), int(shape["step"] or 1), shape["merged"] is not None)


_NAMED: dict[str, Callable[[], Features]] = {
    "char": lambda: WordFeatures(1),
    "random-table": random_table,
    "random-table-merged": lambda: random_table(merged=True),
    "random-codewords": random_codewords,
    "random-codewords-step4": lambda: random_codewords(stride=4),
}
NAMES = ("char", "kmer3..kmer10", "kmerK-stepN", "kmerK-merged", "kmer4+5+6", "bpe", *list(_NAMED)[1:])


def baseline(name: str, *, bpe: str | PathLike[str] | None = None) -> Features | None:
    """Return the baseline of a name, None for a name that is none of theirs; ``bpe`` is needed for bpe alone.

    >>> [baseline(each).name for each in ("char", "kmer6-step4", "kmer7-merged", "kmer4+5+6")]
    ['char', 'kmer6-step4', 'kmer7-merged', 'kmer4+5+6']
    >>> baseline("vq-fine") is None
    True
    """
    if name == "bpe":
        if bpe is None:
            raise ConfigError("bpe without its vocabulary", hint="name the tokenizer.json of DNABERT-2")
        return BpeFeatures(bpe)
    return _NAMED[name]() if name in _NAMED else _word_features(name)


def _load_tokenizers() -> Any:
    try:
        return import_module("tokenizers")
    except ImportError:
        raise missing_extra("eval", "tokenizers") from None
