"""What a finished model gives back of DNA that it was not trained on, by the tokenizer that users have."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genotok.errors import ConfigError
from genotok.io.sources import Source
from genotok.kernels.bases import UNKNOWN, Codes, reverse_complement
from genotok.kernels.nearest import used_bits
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.vq_corpus import Corpus, HashedReader, read_records, stretches_of
from genotok.values.vqmodel import VQModel

MOST_BASES = 1_000_000  # of each file
_PIECE = 200_000  # bases decoded together
_LETTERS = np.frombuffer(b"ACGTN", np.uint8)


class HeldOut(NamedTuple):
    """Stretches of DNA that were not trained on: ``what`` they are, the ``sha256`` of their file."""

    what: str
    sha256: str
    stretches: tuple[Codes, ...]


def held_out_parts(corpus: Corpus) -> list[HeldOut]:
    """Return the ends that a corpus held out, file by file."""
    parts = []
    for number, file in enumerate(corpus.files):
        stretches = tuple(each.codes for each in corpus.held_out if each.file == number)
        if stretches:
            parts.append(HeldOut(f"{file.file}, ends of records held out", file.sha256, stretches))
    return parts


def read_held_out(sources: Iterable[Source], corpus: Corpus) -> tuple[list[HeldOut], list[str]]:
    """Read files to judge by; those that were trained on are noted, as they prove nothing."""
    parts, notes = [], []
    for source in sources:
        reader = HashedReader(source)
        stretches = [each for _, codes in read_records(reader) for _, each in stretches_of(codes)]
        digest, name = reader.sha.hexdigest(), Path(reader.name).name
        if any(digest == each.sha256 for each in corpus.files):
            notes.append(f"{name} was trained on, and is no proof of what the model does elsewhere")
        parts.append(HeldOut(name, digest, tuple(stretches)))
    return parts, notes


def judge(model: VQModel, parts: Sequence[HeldOut], *, most: int = MOST_BASES) -> list[dict[str, Any]]:
    """Encode and decode the first ``most`` bases of each part; a row of plain values for each.

    ``accuracy`` is the share of known bases that come back, of those that tokens cover; ``used_bits`` the entropy of
    the tokens. Of a symmetric table ``reversed_alike`` tells whether the other strand had the same ids, reversed.
    """
    tokenizer = VQTokenizer(model)
    return [_judge_part(tokenizer, each, most) for each in parts]


def _judge_part(tokenizer: VQTokenizer, part: HeldOut, most: int) -> dict[str, Any]:
    right = known = 0
    found, alike = [], True
    for bases in _pieces(part.stretches, most):
        if len(bases) < (tokenizer.window if tokenizer.model.ends == "valid" else 1):
            continue
        codes = tokenizer.codes(bases)
        length = len(bases)
        if codes.first or tokenizer.model.ends == "valid":
            length = min(length, (codes.n_tokens - 1) * tokenizer.stride + tokenizer.window)
        back = np.frombuffer(tokenizer.decode(codes).encode(), np.uint8)[:length]
        asked = bases[:length] != UNKNOWN
        right += int(np.count_nonzero((back == _LETTERS[bases[:length]]) & asked))
        known += int(np.count_nonzero(asked))
        found.append(codes.codes)
        if tokenizer.strand_symmetric:
            turned = tokenizer.codes(reverse_complement(bases[:length]))
            alike = alike and np.array_equal(turned.codes[:, ::-1], tokenizer.codes(bases[:length]).codes)
    if not known:
        raise ConfigError(f"{part.what}: no stretch is as long as a token", hint="judge by longer sequences")
    row = {"what": part.what, "bases": known, "accuracy": round(right / known, 8)}
    bits = used_bits(np.concatenate(found, axis=1), tokenizer.levels)
    row |= {"used_bits_per_token": round(bits, 4), "used_bits_per_base": round(bits / tokenizer.stride, 4)}
    return row | ({"reversed_alike": alike} if tokenizer.strand_symmetric else {}) | {"sha256": part.sha256}


def _pieces(stretches: Iterable[Codes], most: int) -> Iterator[Codes]:
    """Yield pieces that are decoded together, up to ``most`` bases in all."""
    for bases in stretches:
        for at in range(0, min(len(bases), most), _PIECE):
            yield bases[at : min(at + _PIECE, most)]
        most -= min(len(bases), most)
        if most <= 0:
            return
