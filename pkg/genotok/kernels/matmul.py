"""Products of matrices by the faster of two ways: BLAS behind ``@``, or NumPy's own loops where there is no BLAS."""

import os
from functools import lru_cache
from time import perf_counter
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError

Way: TypeAlias = Literal["at", "einsum"]

VARIABLE = "GENOTOK_MATMUL"
_LONG = 1024  # columns, or rows, that the ways are timed on
_WORK = 2**22  # operations of one timed product: 5 ms where there is no BLAS
_PATIENCE = 0.02  # seconds


def multiply(left: NDArray[Any], right: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return the product of (n, k) and (k, m) of one floating type, in ``out`` if it is given.

    The way is timed once for each inner size, shorter side and type, at first use; the variable GENOTOK_MATMUL=at or
    einsum settles it. Sums may differ in their last digits between the ways.

    >>> multiply(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    way = os.environ.get(VARIABLE) or _choose(left.shape[1], *_sides(left, right), left.dtype.char)
    if way not in ("at", "einsum"):
        raise ConfigError(f"{VARIABLE}={way!r} is no way to multiply", hint="at or einsum; leave it out to be timed")
    return _product(left, right, way, out)


def _sides(left: NDArray[Any], right: NDArray[Any]) -> tuple[int, bool]:
    """Return the shorter outer side, and whether it is that of the left."""
    n, m = left.shape[0], right.shape[1]
    return min(n, m), n <= m


def _product(left: NDArray[Any], right: NDArray[Any], way: str, out: NDArray[Any] | None) -> NDArray[Any]:
    if way == "at":
        return np.matmul(left, right, out=out)
    # its innermost loop runs along the rows of `right`: 5 GFLOP/s in a tab, where @ does 0.8
    product: NDArray[Any] = np.einsum("ij,jk->ik", left, right, out=out)
    return product


@lru_cache(maxsize=256)
def _choose(inner: int, short: int, left_is_short: bool, kind: str) -> Way:
    """Time both ways on ones of such sizes, in turn, for 20 ms at most; the better best wins."""
    long = min(_LONG, max(16, _WORK // max(2 * inner * short, 1)))
    sides = (short, long) if left_is_short else (long, short)
    left, right = np.ones((sides[0], inner), dtype=kind), np.ones((inner, sides[1]), dtype=kind)
    best: dict[Way, float] = {"at": np.inf, "einsum": np.inf}
    end = perf_counter() + _PATIENCE
    for _ in range(5):
        for way in best:
            begin = perf_counter()
            _product(left, right, way, None)
            best[way] = min(best[way], perf_counter() - begin)
        if perf_counter() > end:
            break
    return min(best, key=lambda way: best[way])
