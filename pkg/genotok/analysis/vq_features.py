"""What every tokenizer must tell to be compared: its tokens as streams of ids, and the bag that is counted of them."""

import hashlib
import json
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets
from genotok.errors import SequenceWarning
from genotok.kernels.nearest import entropy
from genotok.kernels.ragged import offsets_of, rows_of
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.csr import CsrMatrix

Texts: TypeAlias = Sequence[str]  # DNA in upper case, a document each

_BLOCK = 2**21  # letters that are counted at once
_DENSE = 8  # cells of a table of counts for each token, up to which it is cheaper than sorting
_MOST_JOINT = 2**22  # combinations of levels that make a stream of their own


class TokenStream(NamedTuple):
    """Ids of b documents: int32 (n,) below ``size``, -1 unknown, of which document i owns ``rows[i]:rows[i + 1]``."""

    ids: Ids
    rows: Offsets
    size: int


class Features(Protocol):
    """A tokenizer as the evaluation sees it: ``name`` in tables, and ``digest``, SHA-256 of all that decides its ids.

    ``streams`` gives one stream for each level, or for each length of words; ``coding`` is the place of the one that
    holds all it spends bits on, None if none does. The first ``levels`` streams have a token for each of the others'.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def digest(self) -> str: ...  # noqa: D102

    @property
    def coding(self) -> int | None: ...  # noqa: D102

    @property
    def levels(self) -> int: ...  # noqa: D102

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]: ...  # noqa: D102


@dataclass(frozen=True)
class Rates:
    """What a tokenizer makes of some DNA: ``tokens`` (unknown ones too) of ``bases``, and the codes met.

    ``used_bits`` is the entropy of a token, None where no single stream holds the whole code; ``levels`` are the codes
    used and the size of each stream.
    """

    tokens: int
    bases: int
    vocabulary: int
    codes_used: int
    used_bits: float | None
    levels: tuple[tuple[int, int], ...] = ()

    @property
    def nominal_bits(self) -> float | None:
        """Bits that name a token, were all used alike."""
        return None if self.used_bits is None else math.log2(self.vocabulary)

    @property
    def tokens_per_base(self) -> float:
        """Tokens for each letter; NaN of none."""
        return self.tokens / self.bases if self.bases else math.nan

    @property
    def bits_per_base(self) -> float | None:
        """Used bits for each letter."""
        return None if self.used_bits is None else self.used_bits * self.tokens_per_base


def bag_of(features: Features, texts: Texts, *, log: bool = True) -> CsrMatrix:
    """Count the ids of each document, streams side by side: float32 (b, sum of sizes), as log(1 + count) by default.

    Unknown ids are left out. How many documents are counted together changes nothing.
    """
    pieces = [_count(features.streams(block)) for block in _blocks(texts)] or [_count(features.streams([""]))]
    indptr = offsets_of(np.concatenate([np.diff(each.indptr) for each in pieces])[: len(texts)])
    counts = np.concatenate([each.data for each in pieces]).astype(np.float32)
    indices = np.concatenate([each.indices for each in pieces])
    return CsrMatrix(indptr, indices, np.log1p(counts) if log else counts, (len(texts), pieces[0].shape[1]))


def measure_rates(features: Features, texts: Texts) -> Rates:
    """Measure tokens, codes used and bits on some documents."""
    totals: list[NDArray[np.int64]] = []
    tokens = 0
    for block in _blocks(texts) if texts else ([""],):
        found = features.streams(block)
        coding = found if features.coding is None else (found[features.coding],)
        tokens += sum(len(each.ids) for each in coding)
        counts = [np.bincount(each.ids[each.ids >= 0], minlength=each.size).astype(np.int64) for each in found]
        totals = [one + two for one, two in zip(totals, counts, strict=True)] if totals else counts
    whole = np.concatenate(totals) if features.coding is None else totals[features.coding]
    return Rates(
        tokens=tokens,
        bases=sum(map(len, texts)),
        vocabulary=len(whole),
        codes_used=int(np.count_nonzero(whole)),
        used_bits=None if features.coding is None else entropy(whole),
        levels=tuple((int(np.count_nonzero(each)), len(each)) for each in totals),
    )


def _blocks(texts: Texts) -> Iterator[Texts]:
    """Cut documents into runs of about so many letters."""
    first = letters = 0
    for at, text in enumerate(texts):
        letters += len(text)
        if letters >= _BLOCK:
            yield texts[first : at + 1]
            first, letters = at + 1, 0
    if first < len(texts):
        yield texts[first:]


def _count(streams: tuple[TokenStream, ...]) -> CsrMatrix:
    """Count the ids of each document: int64 (b, sum of sizes)."""
    width, keys, shift = sum(each.size for each in streams), [], 0
    for each in streams:
        known = np.flatnonzero(each.ids >= 0)
        rows = rows_of(each.rows)[known].astype(np.int64)
        keys.append(rows * width + (each.ids[known] + np.int64(shift)))
        shift += each.size
    n_rows, flat = len(streams[0].rows) - 1, np.concatenate(keys)
    if n_rows * width <= _DENSE * len(flat):
        table = np.bincount(flat.astype(np.intp), minlength=n_rows * width).astype(np.int64)
        found = np.flatnonzero(table).astype(np.int64)
        counts = table[found]
    else:
        found, counts = np.unique(flat, return_counts=True)
    in_rows = np.bincount((found // width).astype(np.intp), minlength=n_rows).astype(np.int64)
    return CsrMatrix(offsets_of(in_rows), (found % width).astype(np.int32), counts.astype(np.int64), (n_rows, width))


@dataclass(frozen=True)
class VQFeatures:
    """A `VQTokenizer` as the evaluation sees it: a stream for each level, and the joint code of hrq and rvq."""

    name: str
    tokenizer: VQTokenizer

    @property
    def digest(self) -> str:
        """SHA-256 of the model and the settings."""
        settings = json.dumps(self.tokenizer.config.to_dict(), sort_keys=True)
        return hashlib.sha256(f"{self.tokenizer.model.digest} {settings}".encode()).hexdigest()

    @property
    def coding(self) -> int | None:
        """The joint code of several levels, or the finest level of a tree, holds all of them."""
        book = self.tokenizer.codebook
        if len(book.sizes) > 1 and book.quantizer != "tree":
            return len(book.sizes) if book.joint_size <= _MOST_JOINT else None
        return len(book.sizes) - 1

    @property
    def levels(self) -> int:
        """Levels of the codebook."""
        return len(self.tokenizer.codebook.sizes)

    def streams(self, texts: Texts) -> tuple[TokenStream, ...]:
        """Tokenize some documents: the levels, coarse to fine, and behind them the joint code where there is one."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SequenceWarning)  # a row too short for a token has an empty bag
            found = self.tokenizer.codes(list(texts))
        book, unknown = self.tokenizer.codebook, found.unknown
        levels = [np.where(unknown, -1, level.astype(np.int32)).astype(np.int32) for level in found.codes]
        streams = [TokenStream(ids, found.rows, size) for ids, size in zip(levels, book.sizes, strict=True)]
        if self.coding == len(book.sizes):
            streams.append(TokenStream(found.joint().astype(np.int32), found.rows, book.joint_size))
        return tuple(streams)
