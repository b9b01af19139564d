"""Codes of windows back to bases: what each code says about the letters of its window, and the sum of what all say."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Flags, Places
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.tables import UNKNOWN_CODE

SMOOTHING = 0.01  # added to each share: what was never seen is unlikely, not impossible
SCALE = 65_536  # logarithms are summed as whole numbers of this part
CLEAR = 0.2  # share from which on a letter is named in a consensus
_TOGETHER = 16_384  # bases at once
_IUPAC = np.frombuffer(b".ACMGRSVTWYHKDBN", dtype=np.uint8)  # by the sum of A 1, C 2, G 4, T 8


def letter_shares(
    codes: NDArray[Any], *, n_codes: int, window: int, chosen: Places | None = None
) -> NDArray[np.float64]:
    """Give the share of each base at each place among the windows of each code: float64 (K, R, 4).

    ``codes`` (4^R,) are those of all windows of ``window`` bp; only ``chosen`` ones count (None: all). The four shares
    of a place sum to 1, or are 0 in a code without windows.

    >>> letter_shares(np.array([0, 0, 1, 1]), n_codes=2, window=1).tolist()
    [[[0.5, 0.5, 0.0, 0.0]], [[0.0, 0.0, 0.5, 0.5]]]
    """
    numbers = np.arange(4**window, dtype=np.intp) if chosen is None else chosen
    owners = codes[numbers].astype(np.intp) * 4
    counts = np.empty((n_codes, window, 4), dtype=np.float64)
    for place in range(window):
        digits = numbers >> 2 * (window - 1 - place) & 3
        counts[:, place] = np.bincount(owners + digits, minlength=4 * n_codes).astype(np.float64).reshape(-1, 4)
    counts /= np.maximum(counts[:, :1].sum(axis=2, keepdims=True, dtype=np.float64), 1)
    return counts


def letter_logs(shares: NDArray[np.float64]) -> NDArray[np.int32]:
    """Turn shares (K, R, 4) into log(share + 0.01) in parts of 1/65,536: int32 (K + 1, R, 4).

    A code without windows says nothing: its rows are 0, as the last one is, which stands for unknown.
    """
    logs = np.zeros((len(shares) + 1, *shares.shape[1:]), dtype=np.int32)
    seen = shares.any(axis=(1, 2))
    logs[:-1][seen] = np.rint(np.log(shares[seen] + SMOOTHING) * SCALE)
    return logs


def decode_letters(
    codes: Places, *, logs: NDArray[np.int32], stride: int, lead: int, length: int, turned: Flags | None = None
) -> Codes:
    """Decode n tokens to the ``length`` bases that fit them best: uint8 (length,), 0..3, 4 where no token tells.

    Token ``t`` covers R bases from ``t * stride - lead`` on. ``codes`` intp (n,) choose among the rows of ``logs`` (see
    `letter_logs`); ``turned`` bool (n,) marks windows that are read from their other strand. Ties go to A, C, G, T in
    this order. Sums are whole numbers: the same on every machine.

    >>> logs = letter_logs(letter_shares(np.arange(16), n_codes=16, window=2))
    >>> decode_letters(np.array([1, 6, 16, 16, 11]), logs=logs, stride=1, lead=0, length=6).tolist()
    [0, 1, 2, 4, 2, 3]
    """
    bases = np.empty(length, dtype=np.uint8)
    for begin, scores in _score_blocks(codes, logs, stride, lead, length, turned):
        best = scores.argmax(axis=1)
        best[~scores.any(axis=1)] = UNKNOWN  # shares + 0.01 have a mean of 0.26: the logs of four never sum to 0
        bases[begin : begin + len(scores)] = best
    return bases


def decode_probabilities(
    codes: Places, *, logs: NDArray[np.int32], stride: int, lead: int, length: int, turned: Flags | None = None
) -> NDArray[np.float32]:
    """Give the probability of each base at each place, as if tokens told independently: float32 (length, 4).

    Arguments are those of `decode_letters`. Where no token tells, all four are 0.25.
    """
    shares = np.empty((length, 4), dtype=np.float32)
    for begin, scores in _score_blocks(codes, logs, stride, lead, length, turned):
        odds = np.exp((scores - scores.max(axis=1, keepdims=True)) / SCALE)
        shares[begin : begin + len(scores)] = odds / odds.sum(axis=1, keepdims=True, dtype=np.float64)
    return shares


def _score_blocks(
    codes: Places, logs: NDArray[np.int32], stride: int, lead: int, length: int, turned: Flags | None
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the sums of logs over all tokens at each base, (m, 4), block by block."""
    window = logs.shape[1]
    if turned is not None:
        codes = np.where(turned, codes + len(logs), codes)
        logs = np.concatenate([logs, logs[:, ::-1, ::-1]])  # complement and reverse
    for begin in range(0, length, _TOGETHER):
        end = min(begin + _TOGETHER, length)
        first = max((begin + lead - window) // stride + 1, 0)  # the first token that reaches into the block
        last = max(min(-(-(end + lead) // stride), len(codes)), first)
        start = first * stride - lead
        votes = logs[codes[first:last]]
        scores = np.zeros((max(end - start, len(votes) * stride + window), 4), dtype=np.int64)
        for place in range(window):
            scores[place : place + len(votes) * stride : stride] += votes[:, place]
        yield begin, scores[begin - start : end - start]


def join_levels(codes: NDArray[np.uint16], sizes: tuple[int, ...]) -> NDArray[np.int64]:
    """Read the codes of N levels (N, n) as one number, the first level the highest digit, -1 if unknown: int64 (n,)."""
    numbers: NDArray[np.int64] = codes[0].astype(np.int64)
    for level, size in zip(codes[1:], sizes[1:], strict=True):
        numbers *= size
        numbers += level
    numbers[codes[-1] == UNKNOWN_CODE] = -1
    return numbers


def consensus_letters(shares: NDArray[np.float64]) -> Bytes:
    """Name the bases of a share of at least 0.2 at each place by one letter of IUPAC: (R, 4) to uint8 (R,).

    >>> consensus_letters(np.array([[0.9, 0.1, 0.0, 0.0], [0.0, 0.5, 0.0, 0.5]])).tobytes()
    b'AY'
    """
    return _IUPAC[((shares >= CLEAR) @ np.array([1, 2, 4, 8], dtype=np.intp)).astype(np.intp)]


def information_bits(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how much is known at each place, 0 to 2 bits: (R, 4) to float64 (R,)."""
    safe = np.where(shares > 0, shares, 1.0)
    bits: NDArray[np.float64] = 2 + (safe * np.log2(safe)).sum(axis=1, dtype=np.float64)
    return np.where(shares.any(axis=1), bits, 0.0)
