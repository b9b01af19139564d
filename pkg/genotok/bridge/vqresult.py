"""What a session holds of learned codes: sequences with their tokens, decoded again, and what looks at them need."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.codelook import HUES, code_hues
from genotok.analysis.wordcuts import Cuts, cut_kmers, cut_pairs
from genotok.arrays import Bytes, Coords, Flags
from genotok.bridge.dna import Limit, describe_letters
from genotok.bridge.stepping import Step, Stepwise
from genotok.errors import ConfigError
from genotok.kernels.bases import UNKNOWN, Codes, encode_letters
from genotok.kernels.nearest import count_codes, used_bits
from genotok.kernels.tables import UNKNOWN_CODE, canonical_windows, climb
from genotok.kernels.vqdecode import letter_shares
from genotok.tokenizers.vq import VQTokenizer
from genotok.tokenizers.vq_letters import encode_record
from genotok.values.codebook import CodeArray
from genotok.values.sequences import Sequence, Sequences
from genotok.values.vqcodes import VQCodes

MOST_NETWORK = 200_000  # bases that a network encodes in a tab, at some 0.2 Mb/s
MOST_DECODED = 1_000_000  # bases that are decoded again, or cut by others
_HINT = "use the terminal: genotok vq encode FILE -o tokens.npz"


def _encode(text: Any, name: str, **place: Any) -> Codes:
    return encode_record(bytes(text), name, **place)


LIMIT = Limit(_HINT, encode=_encode)
NETWORK_LIMIT = Limit(f"take a model with a table, or {_HINT}", MOST_NETWORK, _encode)


def limit_of(tokenizer: VQTokenizer) -> Limit:
    """Return how much is taken for a tokenizer."""
    return NETWORK_LIMIT if tokenizer.table is None else LIMIT


class Model(NamedTuple):
    """A tokenizer, and the name it came under; ``bundled`` with the wheel, ``learnt`` from the sequences themselves."""

    name: str
    tokenizer: VQTokenizer
    bundled: bool = True
    learnt: dict[str, Any] | None = None


@dataclass
class Coded:
    """One sequence with its tokens, and the bases that these stand for, 4 where none tells."""

    sequence: Sequence
    codes: VQCodes
    decoded: Codes | None = None

    @cached_property
    def wrong(self) -> Flags:
        """Which bases, of those that tokens tell of, do not come back: bool (L,)."""
        bases, decoded = self.sequence.codes, self.decoded
        if decoded is None:
            return np.zeros(len(bases), dtype=np.bool_)
        found: Flags = (decoded != bases) & (decoded != UNKNOWN) & (bases != UNKNOWN)
        return found

    def token_at(self, base: int) -> int:
        """Return the token that stands for a base, or the nearest one."""
        return max(0, min(self.codes.n_tokens - 1, (base - self.codes.first) // self.codes.stride))

    def spans(self, first: int, last: int) -> tuple[Coords, Coords]:
        """Return where the cores of tokens ``first`` to ``last`` begin and end: int64."""
        starts = self.codes.first + np.arange(first, last, dtype=np.int64) * self.codes.stride
        return starts, np.minimum(starts + self.codes.stride, len(self.sequence))


class VQWork(Stepwise):
    """The way of some sequences to their codes and back: ``coded`` grows."""

    told = ("encode", 0, 1)

    def __init__(self, tokenizer: VQTokenizer, sequences: Sequences) -> None:
        self.tokenizer, self.sequences = tokenizer, sequences
        self.coded: list[Coded] = []
        super().__init__()

    def _work(self) -> Iterator[Step]:
        bases, done = sum(map(len, self.sequences.values())), 0
        for each in self.sequences.values():
            yield "encode", done, bases
            self.coded.append(Coded(each, self.tokenizer.codes([each])))
            done += len(each)
        yield "encode", bases, bases
        if bases > MOST_DECODED or not _decodes(self.tokenizer):
            return
        done = 0
        for coded in self.coded:
            yield "decode", done, bases
            text = self.tokenizer.decode(coded.codes)
            coded.decoded = encode_letters(np.frombuffer(text.encode(), dtype=np.uint8))
            done += len(coded.sequence)
        yield "decode", bases, bases


def _decodes(tokenizer: VQTokenizer) -> bool:
    try:
        tokenizer.decode([])
    except ConfigError:  # a network that was saved without its decoder
        return False
    return True


@dataclass
class VQResult:
    """Sequences with their codes; ``source`` are the bytes of the file they were read from."""

    name: str
    sequences: Sequences
    model: Model
    coded: list[Coded]
    source: bytes
    pasted: bool = False
    hues: tuple[Bytes, ...] = ()
    counts: dict[tuple[int, int], NDArray[np.int64]] = field(default_factory=dict)
    cuts: dict[int, list[Cuts]] = field(default_factory=dict)
    logos: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def tokenizer(self) -> VQTokenizer:
        """What made the codes."""
        return self.model.tokenizer

    def hues_of(self, level: int, codes: CodeArray) -> Bytes:
        """Return the hues of some codes of a level, 0 the coarsest, unknown ones 0: uint8."""
        if not self.hues:
            self.hues = _hues(self.tokenizer)
        known = np.minimum(codes, len(self.hues[level]) - 1)
        found: Bytes = np.where(codes == UNKNOWN_CODE, 0, self.hues[level][known]).astype(np.uint8)
        return found

    def counts_of(self, number: int, level: int) -> NDArray[np.int64]:
        """Count the codes of a level, 0 the coarsest, on a sequence: int64 (K,)."""
        if (number, level) not in self.counts:
            codes = self.coded[number].codes
            found = count_codes(codes.codes[level], codes.levels[level])
            self.counts[number, level] = found.astype(np.int64)
        return self.counts[number, level]

    def logos_of(self, level: int) -> NDArray[np.float64]:
        """Return the shares of letters in the windows of each code of a level, 0 the coarsest: (K, R, 4)."""
        table, book = self.tokenizer.table, self.tokenizer.codebook
        assert table is not None, "a network has no windows"
        if level not in self.logos:
            fine = book.quantizer == "tree"
            codes = table.codes[0 if fine else level]
            codes = climb(codes, book.parents[level]) if fine and level < len(book.parents) else codes
            chosen = canonical_windows(table.window) if table.strand_symmetric else None
            size = book.sizes[level]
            self.logos[level] = letter_shares(codes, n_codes=size, window=table.window, chosen=chosen)
        return self.logos[level]

    def cuts_of(self, number: int) -> list[Cuts]:
        """Return how others cut a sequence."""
        if number not in self.cuts:
            self.cuts = {number: cut_by_others(self.coded[number].sequence.codes)}
        return self.cuts[number]

    def describe(self) -> dict[str, Any]:
        """Say what was made of it."""
        return {
            "name": self.name,
            "model": describe_model(self.model),
            "sequences": [_describe_coded(each) for each in self.coded],
            "letters": describe_letters(self.sequences),
            "notes": [*self.sequences.report.notes, *_notes(self.coded, self.tokenizer)],
        }


def cut_by_others(bases: Codes) -> list[Cuts]:
    """Cut a sequence by byte pairs and by words of letters."""
    return [cut_pairs(bases), cut_kmers(bases, 6, 6), cut_kmers(bases, 6), cut_kmers(bases, 3)]


def _hues(tokenizer: VQTokenizer) -> tuple[Bytes, ...]:
    book, usage = tokenizer.codebook, tokenizer.model.usage
    if not book.vectors:  # of a grid the place of a code is its number
        return tuple((1 + np.arange(size, dtype=np.int64) * HUES // size).astype(np.uint8) for size in book.sizes)
    uses = usage or tuple(np.ones(size, dtype=np.float64) for size in book.sizes)
    return code_hues(book.vectors, tuple(np.asarray(each, dtype=np.float64) for each in uses))


def describe_model(model: Model) -> dict[str, Any]:
    """Say what a tokenizer is."""
    tokenizer = model.tokenizer
    book, card = tokenizer.codebook, tokenizer.card
    return {
        "name": model.name,
        "bundled": model.bundled,
        "learnt": model.learnt,
        "quantizer": book.quantizer,
        "levels": list(tokenizer.levels),
        "layout": tokenizer.layout,
        "vocab_size": tokenizer.vocab_size,
        "window": tokenizer.window,
        "stride": tokenizer.stride,
        "span": tokenizer.receptive_span,
        "symmetric": tokenizer.strand_symmetric,
        "network": tokenizer.table is None,
        "nominal_bits": book.nominal_bits,
        "used_bits": card.get("tokens", {}).get("used_bits_per_token"),
        "corpus": [[each["file"], each["known"]] for each in card.get("corpus", [])],
        "digest": tokenizer.model.digest,
    }


def _describe_coded(coded: Coded) -> dict[str, Any]:
    bases, codes = coded.sequence.codes, coded.codes
    known = bases != UNKNOWN
    return {
        "name": coded.sequence.name,
        "bases": len(bases),
        "known": int(np.count_nonzero(known)),
        "tokens": codes.n_tokens,
        "first": codes.first,
        "unknown": int(np.count_nonzero(codes.unknown)),
        "distinct": [len(np.unique(level[level != UNKNOWN_CODE])) for level in codes.codes],
        "bits": used_bits(codes.codes, codes.levels),
        "told": None if coded.decoded is None else int(np.count_nonzero(known & (coded.decoded != UNKNOWN))),
        "wrong": None if coded.decoded is None else int(np.count_nonzero(coded.wrong)),
    }


def _notes(coded: list[Coded], tokenizer: VQTokenizer) -> list[str]:
    short = sum(1 for each in coded if not each.codes.n_tokens and len(each.sequence))
    unknown = sum(1 for each in coded if each.codes.n_tokens and each.codes.unknown.all())
    bases = sum(len(each.sequence) for each in coded)
    told = {
        f"{short:,} of {len(coded):,} sequences are too short for a token, which takes {tokenizer.window} bases": short,
        f"{unknown:,} of {len(coded):,} sequences have unknown tokens only": unknown,
        f"more than {MOST_DECODED:,} bases are not decoded here": bases > MOST_DECODED,
        "this model was saved without what decodes it": bases <= MOST_DECODED and not _decodes(tokenizer),
    }
    return [words for words, holds in told.items() if holds]
