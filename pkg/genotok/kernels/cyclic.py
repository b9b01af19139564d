"""The best path through states that follow each other in a ring, over runs of bases that score alike.

Four states, start -> core -> end -> background -> start: a base stays in the state of the base before, or goes on to
the next one. Within a run every base scores alike, so the best way through it is known without looking at its bases: it
passes each state on its way for one base and spends the rest in the best of them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Offsets, Places
from genotok.kernels.ragged import offsets_of

STATES = 4
BACKGROUND = 3
_STEPS = (
    2 * STATES
)  # more than once around a run is never better: the states are the same, fewer bases are left to choose
_NEVER = -(2**62)


class FlexibleSpans(NamedTuple):
    """Regions with soft borders: each starts in ``[starts, core_starts)`` and ends in ``[core_ends, ends)``; (m,)."""

    starts: Coords
    core_starts: Coords
    core_ends: Coords
    ends: Coords


def best_regions(*, positions: Coords, lengths: Coords, scores: NDArray[np.int64], offsets: Offsets) -> FlexibleSpans:
    """Find the path with the highest sum of scores in each of (s,) sequences of runs, and read the regions off it.

    Run ``i`` covers ``lengths[i]`` bases, one at least, from ``positions[i]``, and every base of it scores
    ``scores[i, state]``: whole numbers, so that sums are exact and the same everywhere. Sequence ``j`` has the runs
    ``offsets[j]`` to ``offsets[j + 1]``; it begins behind a background base and ends in one. Of equal paths the one
    that goes on less often is taken, from the end backwards.
    """
    ways, ends = _walk(lengths, scores, offsets)
    steps, last = _trace(ways, ends, offsets)
    return _regions_of(positions, lengths, scores, steps, last)


def _walk(lengths: Coords, scores: NDArray[np.int64], offsets: Offsets) -> tuple[NDArray[np.int8], Places]:
    """Go through all sequences at once, run by run; (r, 4) steps by which each state is best reached in each run.

    The second value are the sequences in order of their number of runs, most first: those still on their way are always
    the first few.
    """
    counts = np.diff(offsets)
    order = np.argsort(-counts, kind="stable")
    ways = np.zeros((len(lengths), STATES), dtype=np.int8)
    values = np.full((len(order), STATES), _NEVER, dtype=np.int64)
    values[:, BACKGROUND] = 0
    for step, going in enumerate(_still_going(counts[order])):
        runs = offsets[:-1][order[:going]] + step
        values[:going], ways[runs] = _cross(values[:going], lengths[runs], scores[runs])
    return ways, order


def _still_going(counts: Coords) -> list[int]:
    """Count, for each step, the sequences that have a run there: (most,) for counts that descend."""
    most = int(counts[0]) if len(counts) else 0
    going: list[int] = np.searchsorted(-counts, -np.arange(most, dtype=np.int64), side="left").tolist()
    return going


def _cross(
    values: NDArray[np.int64], lengths: Coords, scores: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Carry (n, 4) values through one run each; returns the values behind it and the steps taken to each state."""
    best = np.full(values.shape, _NEVER, dtype=np.int64)
    ways = np.zeros(values.shape, dtype=np.int8)
    passed, finest = np.zeros_like(values), scores.copy()  # by the state before the run
    for steps in range(_STEPS):
        if steps:
            entered = np.roll(scores, -steps, axis=1)
            passed += entered
            np.maximum(finest, entered, out=finest)
        rest = lengths[:, None] - steps
        alive = (rest >= 0) & (values > _NEVER)
        reached = np.roll(np.where(alive, values + passed + rest * finest, _NEVER), steps, axis=1)
        better = reached > best
        best[better] = reached[better]
        ways[better] = steps
    return best, ways


def _trace(ways: NDArray[np.int8], order: Places, offsets: Offsets) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Go back from the background at the end of each sequence: (r,) steps in each run, and the state behind it."""
    counts = np.diff(offsets)[order]
    steps = np.zeros(len(ways), dtype=np.int64)
    last = np.zeros(len(ways), dtype=np.int64)
    states = np.full(len(order), BACKGROUND, dtype=np.int64)
    for step, going in reversed(list(enumerate(_still_going(counts)))):
        runs = offsets[:-1][order[:going]] + step
        last[runs] = states[:going]
        steps[runs] = ways[runs, states[:going]]
        states[:going] = (states[:going] - steps[runs]) % STATES
    return steps, last


def _regions_of(
    positions: Coords, lengths: Coords, scores: NDArray[np.int64], steps: NDArray[np.int64], last: NDArray[np.int64]
) -> FlexibleSpans:
    """Place each step within its run and sort the places by the state that is entered there."""
    runs = np.flatnonzero(steps)
    first = (last[runs] - steps[runs]) % STATES
    visited = (first[:, None] + np.arange(STATES, dtype=np.int64)) % STATES  # (k, 4) in order of the way
    there = np.take_along_axis(scores[runs], visited, axis=1)
    there[np.arange(STATES, dtype=np.int64) > steps[runs][:, None]] = _NEVER
    favoured = there.argmax(axis=1)  # where the bases are spent that are left
    owner = np.repeat(np.arange(len(runs), dtype=np.int64), steps[runs].astype(np.intp))
    number = np.arange(len(owner), dtype=np.int64) - offsets_of(steps[runs])[owner] + 1  # 1 .. steps, in each run
    early = number <= favoured[owner]
    at = np.where(early, number - 1, (lengths[runs] - steps[runs])[owner] + number - 1)
    entered = (first[owner] + number) % STATES
    places = positions[runs][owner] + at
    return FlexibleSpans(*(places[entered == state] for state in range(STATES)))
