"""The words of a learned tokenizer: numbers for each code of each level, and which code lies within which."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from math import log2, prod
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import frozen
from genotok.errors import BundleError, ConfigError
from genotok.kernels.tables import UNKNOWN_CODE

Quantizer: TypeAlias = Literal["flat", "hrq", "rvq", "fsq", "tree"]
Vectors: TypeAlias = NDArray[np.float32]
CodeArray: TypeAlias = NDArray[np.uint16]

MAX_CODES = 65_534


@dataclass(frozen=True, eq=False)
class Codebook:
    """N levels of codes: level n has K_n of them, each a vector of D numbers.

    ``vectors`` are float32 (K_n, D), one array per level; ``levels`` are K_1 to K_N. A ``fsq`` codebook is a grid and
    has no vectors: its ``levels`` are the steps of each of D dimensions, and it has one level of codes, their product.
    ``parents`` is for a ``tree`` only: uint16 (K_N,) for each coarser level, the code that each finest code lies in.
    Arrays are read-only views. Equal if kind, levels and all numbers are.

    >>> import numpy as np
    >>> book = Codebook("rvq", (4, 2), (np.eye(4, 3, dtype=np.float32), np.eye(2, 3, dtype=np.float32)))
    >>> book.sizes, book.width, book.nominal_bits, book.joint_size
    ((4, 2), 3, 3.0, 8)
    >>> Codebook("fsq", (8, 5, 5), ()).sizes
    (200,)
    """

    quantizer: Quantizer
    levels: tuple[int, ...]
    vectors: tuple[Vectors, ...]
    parents: tuple[CodeArray, ...] = ()

    def __post_init__(self) -> None:
        if self.quantizer not in get_args(Quantizer):
            raise ConfigError(f"quantizer={self.quantizer!r} is no choice", hint=", ".join(get_args(Quantizer)))
        object.__setattr__(self, "levels", tuple(int(size) for size in self.levels))
        object.__setattr__(self, "vectors", tuple(frozen(np.asarray(each, np.float32)) for each in self.vectors))
        object.__setattr__(self, "parents", tuple(_codes(each) for each in self.parents))
        _check_levels(self)
        _check_vectors(self)
        _check_parents(self)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Codes of each level, coarse to fine."""
        return (prod(self.levels),) if self.quantizer == "fsq" else self.levels

    @property
    def width(self) -> int:
        """Numbers in a vector, D."""
        return len(self.levels) if self.quantizer == "fsq" else int(self.vectors[0].shape[1])

    @property
    def joint_size(self) -> int:
        """How many combinations of codes of all levels there are."""
        return prod(self.sizes)

    @property
    def nominal_bits(self) -> float:
        """Bits that name one token, were all codes used alike; the coarser levels of a tree cost none."""
        return log2(self.sizes[-1]) if self.quantizer == "tree" else sum(log2(size) for size in self.sizes)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the quantizer, the levels as decimal text (``tree 512 4096``), the vectors and the parents."""
        text = " ".join((self.quantizer, *map(str, self.levels)))
        sha = sha256(text.encode())
        for vectors in self.vectors:
            sha.update(np.ascontiguousarray(vectors, dtype="<f4").data)
        for parents in self.parents:
            sha.update(np.ascontiguousarray(parents, dtype="<u2").data)
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Codebook) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return Codebook, (self.quantizer, self.levels, self.vectors, self.parents)

    def __repr__(self) -> str:
        sizes = " x ".join(f"{size:,}" for size in self.sizes)
        return f"Codebook({self.quantizer}, {sizes} codes, width {self.width})"


def _codes(array: Any) -> CodeArray:
    """View an array of codes as uint16; numbers that do not fit are refused, not wrapped."""
    raw = np.asarray(array)
    if raw.dtype == np.uint16:
        return frozen(raw)
    if raw.dtype.kind not in "iu" or (raw.size and not 0 <= int(raw.min()) <= int(raw.max()) <= UNKNOWN_CODE):
        raise BundleError(f"codes are whole numbers from 0 to {UNKNOWN_CODE}, found {raw.dtype}", hint="give uint16")
    return frozen(raw.astype(np.uint16))


def _check_levels(book: Codebook) -> None:
    n_levels = len(book.levels)
    if not n_levels or (book.quantizer == "flat" and n_levels != 1):
        raise ConfigError(f"{book.quantizer} has {n_levels} levels", hint="flat has one, the others one or more")
    for size in (*book.sizes, *book.levels):
        if not 2 <= size <= MAX_CODES:
            raise BundleError(f"a level of {size:,} codes", hint=f"from 2 to {MAX_CODES:,} are possible")


def _check_vectors(book: Codebook) -> None:
    wanted = () if book.quantizer == "fsq" else book.levels
    if len(book.vectors) != len(wanted):
        raise BundleError(f"{len(book.vectors)} arrays of vectors, expected {len(wanted)}", hint="one for each level")
    for n, (vectors, size) in enumerate(zip(book.vectors, wanted, strict=True)):
        width = book.vectors[0].shape[-1] if book.vectors[0].ndim else 0
        if vectors.shape != (size, width) or not width:
            what = f"vectors of level {n + 1} have shape {vectors.shape}, expected ({size}, {width})"
            raise BundleError(what, hint="one row for each code, as wide as in the first level")
        if not np.isfinite(vectors).all():
            row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
            raise BundleError(f"the vector of code {row} of level {n + 1} is not finite", hint="train it again")


def _check_parents(book: Codebook) -> None:
    wanted = book.levels[:-1] if book.quantizer == "tree" else ()
    if len(book.parents) != len(wanted):
        what = f"{len(book.parents)} arrays of parents in a {book.quantizer} of {len(book.levels)} levels"
        raise BundleError(what, hint="a tree has one for each coarser level, others none")
    for n, (parents, size) in enumerate(zip(book.parents, wanted, strict=True)):
        if parents.shape != book.levels[-1:]:
            what = f"parents of level {n + 1} have shape {parents.shape}, expected ({book.levels[-1]},)"
            raise BundleError(what, hint="one for each of the finest codes")
        if int(parents.max()) >= size:
            raise BundleError(f"parent {int(parents.max())} of level {n + 1}, expected below {size}")
