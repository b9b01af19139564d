"""On which strand each window lies, where a code stands for both: the most likely path through two states per token."""

from math import isqrt

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags, Places
from genotok.kernels.vqdecode import SCALE, SMOOTHING

Steps = NDArray[np.int32]  # (m, 2, 2): forward or turned, then the next one's

_TOGETHER = 16_384  # tokens at once


def find_turned(codes: Places, *, shares: NDArray[np.float64], stride: int) -> Flags:
    """Tell which of n windows in a row are read from their other strand: bool (n,).

    ``codes`` intp (n,) choose among the K rows of ``shares`` (K, R, 4), K itself is unknown. Of all 2^n ways the one
    is found in which neighbours agree best about the bases they share; of equal ones the one whose first window that
    differs is forward.

    >>> shares = np.zeros((2, 2, 4))
    >>> shares[0, [0, 1], [0, 1]] = shares[1, [0, 1], [3, 0]] = 1  # AC, else GT; TA, its own other strand
    >>> find_turned(np.array([0, 1]), shares=shares, stride=1).tolist()  # GT, TA
    [True, False]
    """
    return best_path(neighbour_scores(codes, shares=shares, stride=stride))


def neighbour_scores(codes: Places, *, shares: NDArray[np.float64], stride: int) -> Steps:
    """Score how well each window and the next agree, for both strands of both: int32 (n - 1, 2, 2).

    That is the sum over the R - S bases they share of log Σ_b P[b] P'[b], with P = share + 0.01 of the letters (turned:
    of the complements, from the other end), in parts of 1/65,536; 0 beside an unknown window.
    """
    n_codes, window, _ = shares.shape
    both = np.ones((2, n_codes + 1, window, 4), dtype=np.float64)
    both[0, :-1] = shares + SMOOTHING
    both[1] = both[0, :, ::-1, ::-1]
    steps = np.zeros((max(len(codes) - 1, 0), 2, 2), dtype=np.int32)
    if stride >= window:
        return steps
    for begin in range(0, len(steps), _TOGETHER):
        here = codes[begin : begin + _TOGETHER + 1]
        for one, two in np.ndindex(2, 2):
            left, right = both[one, here[:-1], stride:], both[two, here[1:], : window - stride]
            # sums are written out: each machine adds in the same order
            shared = left[..., 0] * right[..., 0]
            for base in range(1, 4):
                shared += left[..., base] * right[..., base]
            likelihood = shared[:, 0].copy()
            for place in range(1, shared.shape[1]):
                likelihood *= shared[:, place]
            steps[begin : begin + _TOGETHER, one, two] = np.rint(np.log(likelihood) * SCALE)
    unknown = codes == n_codes
    steps[unknown[:-1] | unknown[1:]] = 0
    return steps


def best_path(steps: Steps) -> Flags:
    """Choose one of two states for each of n tokens so that the ``steps`` (n - 1, 2, 2) between them sum to most.

    Of equal paths the one that has state 0 where they first differ. Tokens are cut into about √n pieces that are walked
    side by side: once to learn what each piece adds from either state to either, once with what follows it known.

    >>> best_path(np.array([[[0, 5], [1, 0]], [[0, 0], [0, 2]]], np.int32)).tolist()
    [False, True, True]
    """
    n_steps = len(steps)
    if not n_steps:
        return np.zeros(1, dtype=np.bool_)
    length = isqrt(n_steps) + 1
    n_pieces = -(-n_steps // length)
    padded = np.zeros((n_pieces * length, 2, 2), dtype=np.int64)  # steps of 0 behind the last token change nothing
    padded[:n_steps] = steps
    pieces = padded.reshape(n_pieces, length, 2, 2)
    moves, values = _best_moves(pieces, _values_behind(pieces))
    return _follow(moves, bool(values[0, 1] > values[0, 0]))[: n_steps + 1]


def _values_behind(pieces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum up the best way from either state at the end of each piece to the very end: (p, 2)."""
    n_pieces, length = pieces.shape[:2]
    across = pieces[:, -1]
    for place in range(length - 2, -1, -1):
        step = pieces[:, place]
        across = np.maximum(step[:, :, :1] + across[:, :1, :], step[:, :, 1:] + across[:, 1:, :])
    behind = np.zeros((n_pieces, 2), dtype=np.int64)
    for piece in range(n_pieces - 2, -1, -1):
        behind[piece] = (across[piece + 1] + behind[piece + 1]).max(axis=1)
    return behind


def _best_moves(pieces: NDArray[np.int64], values: NDArray[np.int64]) -> tuple[Flags, NDArray[np.int64]]:
    """Tell for each step where the best way goes from either state, bool (p, length, 2), and its value from the start.

    ``values`` (p, 2) are those behind each piece. Ties go to state 0.
    """
    moves = np.empty(pieces.shape[:3], dtype=np.bool_)
    for place in range(pieces.shape[1] - 1, -1, -1):
        ways = pieces[:, place] + values[:, None, :]
        moves[:, place] = ways[:, :, 1] > ways[:, :, 0]
        values = ways.max(axis=2)
    return moves, values


def _follow(moves: Flags, state: bool) -> Flags:
    """List the states from ``state`` on, in all pieces for both states to begin with, and then join those that meet."""
    n_pieces, length, _ = moves.shape
    states = np.empty((n_pieces, length + 1, 2), dtype=np.bool_)
    states[:, 0] = [False, True]
    for place in range(length):
        states[:, place + 1] = np.where(states[:, place], moves[:, place, 1:], moves[:, place, :1])
    path = np.empty(n_pieces * length + 1, dtype=np.bool_)
    for piece in range(n_pieces):
        path[piece * length : (piece + 1) * length + 1] = states[piece, :, int(state)]
        state = bool(path[(piece + 1) * length])
    return path
