"""Tokens as a language model reads them: the codes of each level in one table of ids, and who makes them of DNA."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from os import PathLike
from typing import Any, NamedTuple, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Offsets
from genotok.errors import ConfigError, SequenceWarning
from genotok.kernels.draws import draw_below, join_seeds
from genotok.kernels.ragged import expand_ranges
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq import VQTokenizer

Table: TypeAlias = NDArray[np.int64]

SPECIALS = 7  # of a learned tokenizer: unk, pad, mask, cls, eos, bos, sep
_ORDER = ("unknown", "pad", "mask")  # the first three of them


class TokenRows(NamedTuple):
    """Codes of each level, int64 (N, n), -1 where a token is unknown; document i owns ``rows[i]:rows[i + 1]``."""

    codes: Table
    rows: Offsets


@dataclass(frozen=True, eq=False)
class TokenSpace:
    """Ids of a network: the codes of all levels of ``sizes``, one level's behind the other's, then special ids.

    ``rows`` ids in all, ``unknown``, ``pad`` and ``mask`` among them. ``words`` int64 (V, N) lists the tokens there are
    by the codes of each level; None where all combinations are tokens.

    >>> space = TokenSpace.of_levels((2, 4))
    >>> space.rows, space.pad, space.ids_of(np.array([[0, 1, -1], [3, 0, -1]])).tolist()
    (13, 7, [[0, 1, 6], [5, 2, 6]])
    """

    sizes: tuple[int, ...]
    rows: int
    unknown: int
    pad: int
    mask: int
    words: Table | None = None

    @classmethod
    def of_levels(cls, sizes: tuple[int, ...], words: Table | None = None) -> Self:
        """Lay levels out as learned tokenizers do, with their special ids behind."""
        codes = sum(sizes)
        return cls(sizes, codes + SPECIALS, **{name: codes + at for at, name in enumerate(_ORDER)}, words=words)

    @cached_property
    def starts(self) -> Table:
        """The first id of each level: int64 (N,)."""
        return np.cumsum([0, *self.sizes[:-1]], dtype=np.int64)

    def ids_of(self, codes: Table) -> Table:
        """Turn codes (N, n), -1 unknown, into ids (N, n): an unknown token is so in all levels."""
        return np.where((codes < 0).any(axis=0), self.unknown, codes + self.starts[:, None])

    def is_known(self, ids: Table) -> NDArray[np.bool_]:
        """Tell which tokens of ids (b, N, t) are neither unknown nor padding: (b, t)."""
        first = ids[:, 0]
        known: NDArray[np.bool_] = (first != self.unknown) & (first != self.pad)
        return known

    def draw(self, count: int, seed: int) -> Table:
        """Draw tokens, each as likely as any other: ids (N, count)."""
        if self.words is not None:
            codes = self.words[draw_below(count, len(self.words), seed).astype(np.intp)].T
        else:
            codes = np.stack([draw_below(count, size, join_seeds(seed, at)) for at, size in enumerate(self.sizes)])
        return codes + self.starts[:, None]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, but not the words."""
        names = ("rows", *_ORDER)
        return {"levels": list(self.sizes), **{name: getattr(self, name) for name in names}}


class Reader(Protocol):
    """A tokenizer as a language model sees it; ``digest`` is that of all that decides its tokens."""

    name: str

    @property
    def digest(self) -> str: ...  # noqa: D102

    @property
    def space(self) -> TokenSpace: ...  # noqa: D102

    @property
    def symmetric(self) -> bool:
        """Whether both strands of a window have one token."""

    def bases_for(self, tokens: int) -> int:
        """Return how many bases make so many tokens, or some more."""

    def read(self, texts: Sequence[str]) -> TokenRows:
        """Tokenize documents of DNA."""

    def save(self, folder: str | PathLike[str]) -> None:
        """Write the tokenizer's own files."""


class VQReader:
    """A `VQTokenizer` as a language model sees it: by its levels, or ``folded``, by one id for each token.

    The latter takes ids as the tokenizer gives them, and is for layouts that have one id a token.
    """

    def __init__(self, name: str, tokenizer: VQTokenizer, *, folded: bool = False) -> None:
        self.name, self.tokenizer, self.folded = name, tokenizer, folded
        if folded and tokenizer.vocabulary.ids_per_token > 1:
            raise ConfigError("a token has an id for each level", hint="read its levels instead")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the model and the settings."""
        settings = json.dumps(self.tokenizer.config.to_dict(), sort_keys=True)
        return sha256(f"{self.tokenizer.model.digest} {settings}".encode()).hexdigest()

    @cached_property
    def space(self) -> TokenSpace:
        """Levels of the codebook, or all tokens as one level."""
        if self.folded:
            size = self.tokenizer.vocabulary.n_content
            return TokenSpace.of_levels((size,), np.arange(size, dtype=np.int64)[:, None])
        return TokenSpace.of_levels(self.tokenizer.levels, words_of(self.tokenizer))

    @property
    def symmetric(self) -> bool:
        """What the model says of itself."""
        return self.tokenizer.strand_symmetric

    def bases_for(self, tokens: int) -> int:
        """Whole windows, or a stride for each token where ends are padded."""
        model, config = self.tokenizer.model, self.tokenizer.config
        whole = (config.ends or model.ends) == "valid"
        return config.phase + ((tokens - 1) * model.stride + model.window if whole else tokens * model.stride)

    def read(self, texts: Sequence[str]) -> TokenRows:
        """Tokenize documents of DNA; what is too short for a token has none."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SequenceWarning)
            found = self.tokenizer.codes(list(texts))
        codes = found.codes.astype(np.int64)
        codes[found.codes == UNKNOWN_CODE] = -1
        if self.folded:
            codes = codes[-1:] if self.tokenizer.layout == "fine" else found.joint()[None]
        return TokenRows(codes, found.rows)

    def save(self, folder: str | PathLike[str]) -> None:
        """Write what `VQTokenizer.from_pretrained` and AutoTokenizer open."""
        self.tokenizer.save_pretrained(folder, remote_code=True)


def words_of(tokenizer: VQTokenizer) -> Table | None:
    """List the codes of all levels of each id that is a token: int64 (V, N); None if a token has several ids."""
    book = tokenizer.codebook
    if tokenizer.vocabulary.ids_per_token > 1:
        return None
    numbers = np.arange(tokenizer.vocabulary.n_content, dtype=np.int64)
    if book.quantizer == "tree":
        return np.stack([*(each.astype(np.int64) for each in book.parents), numbers], axis=1)
    return np.stack(np.unravel_index(numbers, book.sizes), axis=1).astype(np.int64)


def lay_out(space: TokenSpace, tokens: TokenRows, width: int) -> Table:
    """Lay documents out as ids (b, N, width): what is longer is cut, what is shorter padded."""
    counts = np.minimum(np.diff(tokens.rows), width)
    return lay_pieces(space, tokens.codes, starts=tokens.rows[:-1], counts=counts, width=width)


def lay_pieces(space: TokenSpace, codes: Table, *, starts: Table, counts: Table, width: int) -> Table:
    """Lay out ``counts[i]`` tokens from ``starts[i]`` on, ``width`` at most, as ids (b, N, width) with padding."""
    table = np.full((len(counts), len(space.sizes), width), space.pad, dtype=np.int64)
    inside = np.arange(width, dtype=np.int64) < counts[:, None]
    ids = space.ids_of(codes[:, expand_ranges(starts, counts).astype(np.intp)])
    for level, each in enumerate(ids):
        table[:, level][inside] = each
    return table
