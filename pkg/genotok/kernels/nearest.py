"""Which code a vector gets, by each kind of quantiser, how near a call it was, and how evenly codes are used."""

from collections.abc import Sequence
from math import atanh, prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.kernels.matmul import multiply
from genotok.kernels.tables import UNKNOWN_CODE

Floats: TypeAlias = NDArray[Any]  # float32, or float64 throughout
CodeRows: TypeAlias = NDArray[np.uint16]

EDGE = 1e-3  # by which the grid of fsq is wider than its outermost steps, as the library has it
_SCORES = 2**17  # of vectors against codes that are held at once: they stay within the cache
_BINS = 2**22  # joint codes that are counted in bins; more are sorted


class Quantised(NamedTuple):
    """Codes uint16 (N, n), and margins (N, n): how much farther, in squared distance, the second nearest code lies."""

    codes: CodeRows
    margins: Floats | None = None


def nearest(vectors: Floats, codebook: Floats, *, margins: bool = False) -> Quantised:
    """Find the nearest of K codewords (K, D) for each of (n, D) vectors, ties to the lowest: N = 1.

    >>> found = nearest(np.array([[0.0, 0.9], [2.0, 0.5]]), np.array([[0.0, 0.0], [0.0, 1.0]]), margins=True)
    >>> found.codes.tolist(), found.margins.round(3).tolist()
    ([[1, 0]], [[0.8, 0.0]])
    """
    n, size = len(vectors), len(codebook)
    columns = np.ascontiguousarray(codebook.T)
    half = np.einsum("ij,ij->j", columns, columns) / 2
    codes = np.empty((1, n), dtype=np.uint16)
    gaps = np.empty((1, n), dtype=vectors.dtype) if margins else None
    step = max(_SCORES // size, 1)
    room = np.empty((min(step, n), size), dtype=np.result_type(vectors, codebook))
    for begin in range(0, n, step):
        here = slice(begin, min(begin + step, n))
        scores = multiply(vectors[here], columns, room[: here.stop - begin])
        scores -= half
        best = scores.argmax(axis=1)
        codes[0, here] = best
        if gaps is not None:
            rows = np.arange(len(scores), dtype=np.intp)
            top = scores[rows, best]
            scores[rows, best] = -np.inf
            gaps[0, here] = 2 * (top - scores.max(axis=1))
    return Quantised(codes, gaps)


def quantise(
    taps: Sequence[Floats],
    quantizer: str,
    *,
    levels: Sequence[int],
    vectors: Sequence[Floats] = (),
    parents: Sequence[CodeRows] = (),
    margins: bool = False,
) -> Quantised:
    """Find the codes of all N levels for (n, D) rows of the taps.

    hrq takes one tap per level, H(1) = Z(1) and H(n) = 2 Z(n) - e(M(n - 1)); others take one tap. rvq codes what the
    levels before left over; a tree codes its finest level and looks its ``parents`` up, whose margins are those of the
    finest; fsq has one code for all its dimensions.

    >>> book = [np.array([[0.0], [4.0]]), np.array([[0.0], [1.0]])]
    >>> quantise([np.array([[4.6]])], "rvq", levels=(2, 2), vectors=book).codes.tolist()
    [[1], [1]]
    >>> quantise([np.array([[4.6]])] * 2, "hrq", levels=(2, 2), vectors=[book[0], 4 + book[1]]).codes.tolist()
    [[1], [1]]
    """
    if quantizer == "fsq":
        return _round_to_grid(taps[0], levels, margins=margins)
    if quantizer == "tree":
        fine = nearest(taps[0], vectors[-1], margins=margins)
        codes = np.concatenate([*(each[fine.codes] for each in parents), fine.codes])
        return Quantised(codes, None if fine.margins is None else np.concatenate([fine.margins] * len(codes)))
    found: list[Quantised] = []
    rest = taps[0]
    for n, codebook in enumerate(vectors):
        found.append(nearest(rest, codebook, margins=margins))
        if n + 1 < len(vectors):
            chosen = codebook[found[-1].codes[0]]
            rest = (rest if quantizer == "rvq" else 2 * taps[n + 1]) - chosen
    return Quantised(
        np.concatenate([each.codes for each in found]),
        np.concatenate([each.margins for each in found if each.margins is not None]) if margins else None,
    )


def level_vectors(
    codes: CodeRows, quantizer: str, *, levels: Sequence[int], vectors: Sequence[Floats] = ()
) -> list[NDArray[np.float32]]:
    """Return the codewords of (N, n) codes, level by level: float32 (n, D) each, 0 where a code is unknown.

    A coarser level of a tree has codewords of its own, as its codebook has; fsq has one level.
    """
    if quantizer == "fsq":
        return [_blank(_grid_rows(codes[0], levels), codes[0])]
    return [_blank(book[np.minimum(row, len(book) - 1)], row) for row, book in zip(codes, vectors, strict=True)]


def outputs(
    codes: CodeRows, quantizer: str, *, levels: Sequence[int], vectors: Sequence[Floats] = ()
) -> NDArray[np.float32]:
    """Return what (N, n) codes stand for, which is what a decoder hears: float32 (n, D), 0 where unknown.

    hrq: the mean of the levels' codewords; rvq: their sum; flat and tree: the finest; fsq: steps from -1 to 1.

    >>> book = [np.array([[0.0], [4.0]], "f4"), np.array([[0.0], [1.0]], "f4")]
    >>> outputs(np.array([[1, 65535], [1, 65535]], np.uint16), "hrq", levels=(2, 2), vectors=book).tolist()
    [[2.5], [0.0]]
    """
    if quantizer in ("flat", "tree"):
        return level_vectors(codes[-1:], quantizer, levels=levels[-1:], vectors=vectors[-1:])[0]
    rows = level_vectors(codes, quantizer, levels=levels, vectors=vectors)
    total = rows[0].astype(np.float32)
    for row in rows[1:]:
        total += row
    return total / np.float32(len(rows)) if quantizer == "hrq" else total


def _blank(rows: Floats, codes: CodeRows) -> NDArray[np.float32]:
    blanked: NDArray[np.float32] = rows.astype(np.float32)
    blanked[codes == UNKNOWN_CODE] = 0
    return blanked


def _round_to_grid(rows: Floats, levels: Sequence[int], *, margins: bool) -> Quantised:
    """Bound each dimension to its steps and round, half to even; the first dimension is the lowest digit."""
    halves = [(steps - 1) * (1 + EDGE) / 2 for steps in levels]
    offsets = [0.0 if steps % 2 else 0.5 for steps in levels]
    shifts = [atanh(offset / half) for offset, half in zip(offsets, halves, strict=True)]
    half, offset, shift = (np.array(each, dtype=rows.dtype) for each in (halves, offsets, shifts))
    bounded = np.tanh(rows + shift) * half - offset
    nearest_step = np.rint(bounded)
    digits = nearest_step.astype(np.int64) + np.array([steps // 2 for steps in levels], dtype=np.int64)
    codes = (digits * _place_values(levels)).sum(axis=1, dtype=np.int64).astype(np.uint16)
    if not margins:
        return Quantised(codes[None])
    miss = np.abs(bounded - nearest_step)  # the next step lies 1 - miss away: (1 - miss)² - miss²
    return Quantised(codes[None], (1 - 2 * miss).min(axis=1)[None])


def _grid_rows(codes: CodeRows, levels: Sequence[int]) -> Floats:
    known = np.where(codes == UNKNOWN_CODE, 0, codes).astype(np.int64)
    sizes = np.array(levels, dtype=np.int64)
    digits = known[:, None] // _place_values(levels) % sizes
    return digits / (sizes // 2) - 1


def _place_values(levels: Sequence[int]) -> NDArray[np.int64]:
    return np.array([prod(levels[:place]) for place in range(len(levels))], dtype=np.int64)


def count_codes(codes: CodeRows, size: int) -> NDArray[np.uint64]:
    """Count the uses of each of ``size`` codes, unknown ones left out: uint64 (size,).

    >>> count_codes(np.array([1, 1, 65535], np.uint16), 3).tolist()
    [0, 2, 0]
    """
    return np.bincount(codes[codes != UNKNOWN_CODE], minlength=size).astype(np.uint64)


def entropy(counts: NDArray[Any]) -> float:
    """Return the bits that name one use, for counts of uses of any number of codes; 0 if there are none.

    2 to this power is the perplexity, the number of codes that would be used as evenly.

    >>> entropy(np.array([5, 5, 0])), entropy(np.array([0]))
    (1.0, 0.0)
    """
    used = counts[counts > 0].astype(np.float64)
    total = used.sum(dtype=np.float64)
    return float(np.log2(total) - (used * np.log2(used)).sum(dtype=np.float64) / total) if total else 0.0


def used_bits(codes: CodeRows, levels: Sequence[int]) -> float:
    """Return the bits of a token as it is used: the entropy of the codes of all levels together, unknown ones left out.

    >>> used_bits(np.array([[0, 0, 1, 1], [0, 1, 0, 1]], np.uint16), (2, 2))
    2.0
    """
    known = codes[:, codes[-1] != UNKNOWN_CODE]
    joint, top = np.zeros(known.shape[1], dtype=np.int64), 1
    for row, size in zip(known, levels, strict=True):
        if top * size > _BINS:
            joint = np.unique(joint, return_inverse=True)[1].astype(np.int64)
            top = known.shape[1]
        joint, top = joint * size + row, top * size
    return entropy(np.unique(joint, return_counts=True)[1] if top > _BINS else np.bincount(joint).astype(np.int64))
