"""A learned tokenizer as it is saved: its words, what finds them (a table, a network, or both), and how it was made."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from math import prod
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import frozen
from genotok.errors import BundleError, CapacityError, ConfigError
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvWeights
from genotok.values.windowtable import WindowTable

Ends: TypeAlias = Literal["valid", "same"]
UnknownScope: TypeAlias = Literal["window", "core"]


@dataclass(frozen=True, eq=False)
class VQModel:
    """What encodes and what is encoded to; ``table`` or ``network`` is there, or both (a network and its table).

    ``window`` is R of the table, or the width of the network's stem if there is no table; tokens are ``stride`` bp
    apart. ``ends`` and ``unknown_scope`` are what it was made for. ``usage`` uint64 (K_n,), one array per level, counts
    its tokens on the corpus of the ``card``; it may be empty. Equal if the tokens are: digest and usage.

    >>> import numpy as np
    >>> book = Codebook("flat", (2,), (np.zeros((2, 1), np.float32),))
    >>> table = WindowTable(1, 1, np.array([[0, 1, 1, 0]], np.uint16))
    >>> model = VQModel(book, table, None, window=1, stride=1)
    >>> model.ends, model.unknown_scope, model.core, len(model.digest)
    ('valid', 'window', 0, 64)
    """

    codebook: Codebook
    table: WindowTable | None
    network: ConvWeights | None
    window: int
    stride: int
    ends: Ends = "valid"
    unknown_scope: UnknownScope = "window"
    usage: tuple[NDArray[np.uint64], ...] = ()
    strand_symmetric: bool = False
    card: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "usage", tuple(frozen(np.asarray(each, np.uint64)) for each in self.usage))
        for name, choices in (("ends", get_args(Ends)), ("unknown_scope", get_args(UnknownScope))):
            if getattr(self, name) not in choices:
                raise ConfigError(f"{name}={getattr(self, name)!r} is no choice", hint=" or ".join(choices))
        if self.table is None and self.network is None:
            raise BundleError("there is neither a table nor a network", hint="a model has one of them, or both")
        if not 1 <= self.stride <= self.window:
            raise ConfigError(f"stride={self.stride} in windows of {self.window} bp", hint="1 <= stride <= window")
        if self.usage and tuple(len(each) for each in self.usage) != self.codebook.sizes:
            found = tuple(len(each) for each in self.usage)
            raise BundleError(f"usage of {found} codes, expected {self.codebook.sizes}", hint="one count for each code")
        if self.table is not None:
            _check_table(self, self.table)
        elif self.strand_symmetric:
            raise BundleError("strand_symmetric without a table", hint="only of tables it can be told")
        if self.network is not None:
            _check_network(self, self.network)

    @property
    def core(self) -> int:
        """Bases of a window before its core."""
        return (self.window - self.stride) // 2

    @property
    def table_sizes(self) -> tuple[int, ...]:
        """Codes of each level that the table keeps: of a tree only the finest."""
        sizes = self.codebook.sizes
        return sizes[-1:] if self.codebook.quantizer == "tree" else sizes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the tokens depend on; card and usage are not part of it."""
        facts = (self.window, self.stride, self.ends, self.unknown_scope, self.strand_symmetric)
        sha = sha256(" ".join((self.codebook.digest, *map(str, facts))).encode())
        if self.table is not None:
            sha.update(self.table.sha256.encode())
        if self.network is not None:
            sha.update(self.network.digest.encode())
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VQModel):
            return NotImplemented
        same = self.digest == other.digest and len(self.usage) == len(other.usage)
        return same and all(np.array_equal(mine, its) for mine, its in zip(self.usage, other.usage, strict=True))

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        parts = [name for name in ("table", "network") if getattr(self, name) is not None]
        return f"VQModel({self.codebook!r}, {' and '.join(parts)}, window {self.window}, stride {self.stride})"


def _check_network(model: VQModel, network: ConvWeights) -> None:
    plan, book = network.shape, model.codebook
    facts = {
        "window": (model.window, plan.kernel if model.table is None else network.span),
        "stride": (model.stride, plan.stride),
        "width of codewords": (book.width, plan.code_width),
        "levels read": (len(book.levels) if book.quantizer == "hrq" else 1, len(plan.taps)),
    }
    for name, (found, wanted) in facts.items():
        if found != wanted:
            what = f"{name}: {found}, expected {wanted} by the network"
            raise BundleError(what, hint="network and codebook belong to different models")


def _check_table(model: VQModel, table: WindowTable) -> None:
    for name in ("window", "stride", "strand_symmetric"):
        if getattr(table, name) != getattr(model, name):
            what = f"the table has {name}={getattr(table, name)!r}, the model {getattr(model, name)!r}"
            raise BundleError(what, hint="they belong to different models")
    if table.n_levels != len(model.table_sizes):
        what = f"the table has {table.n_levels} levels, expected {len(model.table_sizes)}"
        raise BundleError(what, hint="a tree keeps its finest level, others keep all")
    if prod(model.table_sizes) >= 2**63:
        what = f"levels of {model.table_sizes} codes make no number of 63 bits"
        raise CapacityError(what, hint="a table of fewer levels can be decoded")
    for n, (codes, size) in enumerate(zip(table.codes, model.table_sizes, strict=True)):
        if int(codes.max()) >= size:
            what = f"code {int(codes.max())} in row {n} of the table, expected below {size}"
            raise BundleError(what, hint="table and codebook belong to different models")
