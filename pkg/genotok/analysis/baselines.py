"""Byte-pair encoding of DNA, what motif tokens are held against; trained by the library that language models use."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError, InputError, missing_extra
from genotok.kernels.bases import encode_letters
from genotok.kernels.cuts import cut_in_a_row
from genotok.kernels.draws import draw_words

_LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
_BATCH = 1000  # words encoded at a time


@dataclass(frozen=True, eq=False)
class BpeBaseline:
    """A byte-pair vocabulary: ``texts`` in order of their ids, and the tokenizer of Hugging Face that has them.

    ``word`` is the length of the pieces that a sequence is cut into before it is encoded; no token crosses one.
    """

    texts: tuple[str, ...]
    word: int
    tokenizer: Any

    def count(self, sequences: Iterable[str] | Mapping[str, str]) -> NDArray[np.int64]:
        """Count the tokens in sequences: int64 (vocabulary,)."""
        counts = np.zeros(len(self.texts), dtype=np.int64)
        words = list(_words_of(sequences, self.word))
        for at in range(0, len(words), _BATCH):
            ids = [each.ids for each in self.tokenizer.encode_batch(words[at : at + _BATCH])]
            flat = np.array([number for row in ids for number in row], dtype=np.intp)
            counts += np.bincount(flat, minlength=len(counts)).astype(np.int64)
        return counts


def train_bpe(
    sequences: Iterable[str] | Mapping[str, str], vocab_size: int, *, word: int = 512, seed: int = 0
) -> BpeBaseline:
    """Train byte-pair encoding on DNA (extra ``[motif]``).

    Stretches of A, C, G and T, in either case, are cut into words of ``word`` letters, which come in an order drawn by
    the seed. DNA has no blanks; how a corpus is cut decides what may become a token, so say it with every figure.
    """
    if vocab_size < len(_LETTERS):
        raise ConfigError(f"vocab_size={vocab_size}", hint="four letters are the least vocabulary")
    if word < 2:
        raise ConfigError(f"word={word}", hint="a word has two letters at least, or there is no pair")
    try:
        library: Any = import_module("tokenizers")
    except ImportError:
        raise missing_extra("motif", "tokenizers") from None
    words = list(_words_of(sequences, word))
    if not words:
        raise InputError("no letter to train on", hint="give sequences of A, C, G and T")
    order = np.argsort(draw_words(len(words), seed), kind="stable").tolist()
    tokenizer = library.Tokenizer(library.models.BPE())
    alphabet = [chr(letter) for letter in _LETTERS.tolist()]
    trainer = library.trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator((words[at] for at in order), trainer)
    texts = sorted(tokenizer.get_vocab().items(), key=lambda item: int(item[1]))
    return BpeBaseline(tuple(text for text, _ in texts), word, tokenizer)


def _words_of(sequences: Iterable[str] | Mapping[str, str], word: int) -> Iterator[str]:
    """Cut sequences into words of known letters, in upper case, U as T."""
    if isinstance(sequences, (str, bytes)):
        raise InputError("one text is no list of sequences", hint="give [text]")
    for text in sequences.values() if isinstance(sequences, Mapping) else sequences:
        codes = encode_letters(np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8))
        plain = _LETTERS.take(codes, mode="clip").tobytes().decode("ascii")
        starts, ends = cut_in_a_row(codes, word)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield plain[start:end]
