"""The best path over runs is the best path over bases."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.cyclic import BACKGROUND, STATES, best_regions
from genotok.kernels.ragged import offsets_of

scores = st.lists(st.integers(-9, 3), min_size=STATES, max_size=STATES)
sequences = st.lists(st.lists(st.tuples(st.integers(1, 9), scores), min_size=1, max_size=6), max_size=4)


def find(parts):
    """Lay the sequences one behind the other and look for regions."""
    runs = [run for part in parts for run in part]
    lengths = np.array([length for length, _ in runs], dtype=np.int64)
    found = best_regions(
        positions=offsets_of(lengths)[:-1],
        lengths=lengths,
        scores=np.array([each for _, each in runs], dtype=np.int64).reshape(-1, STATES),
        offsets=offsets_of(np.array([len(part) for part in parts], dtype=np.int64)),
    )
    return [column.tolist() for column in found]


def states_of(found, size):
    """Spell a state for each base."""
    states = [BACKGROUND] * size
    for start, core, end, behind in zip(*found, strict=True):
        states[start:core] = [0] * (core - start)
        states[core:end] = [1] * (end - core)
        states[end:behind] = [2] * (behind - end)
    return states


def best_sum(run_list):
    """Go base by base, as the definition has it: stay or go on; begin behind a background base, end in one."""
    values = [None] * STATES
    values[BACKGROUND] = 0
    for length, each in run_list:
        for _ in range(length):
            ways = [[values[state], values[state - 1]] for state in range(STATES)]
            ways = [[value for value in way if value is not None] for way in ways]
            values = [max(way) + each[state] if way else None for state, way in enumerate(ways)]
    return values[BACKGROUND]


@given(sequences)
def test_no_path_scores_more(parts):
    """The regions spell a legal path whose sum is the highest that looking at every base finds."""
    at = 0
    found = find(parts)
    states = states_of(found, sum(length for part in parts for length, _ in part))
    assert all(len(column) == len(found[0]) for column in found)
    for part in parts:
        bases = [each for length, each in part for _ in range(length)]
        path = states[at : at + len(bases)]
        at += len(bases)
        assert path[-1] == BACKGROUND
        for before, state in zip([BACKGROUND, *path], path, strict=False):
            assert state in (before, (before + 1) % STATES)
        assert sum(each[state] for each, state in zip(bases, path, strict=True)) == best_sum(part)


def test_every_short_sequence_of_two_kinds():
    """All 3^6 choices of three runs of one or two bases: nothing slips through a small search space."""
    kinds = [[0, -5, -5, -1], [-5, 2, -5, -3], [-4, -4, 1, 0]]
    for choice in product(range(3), repeat=3):
        for sizes in product((1, 2, 5), repeat=3):
            part = [(size, kinds[kind]) for size, kind in zip(sizes, choice, strict=True)]
            found = find([part])
            path = states_of(found, sum(sizes))
            bases = [each for length, each in part for _ in range(length)]
            assert sum(each[state] for each, state in zip(bases, path, strict=True)) == best_sum(part)


def test_a_long_gap_costs_nothing():
    """Lengths are counted, not walked: a billion bases between two regions."""
    peak = [(3, [0, -9, -9, -2]), (20, [-9, 0, -9, -2]), (3, [-9, -9, 0, -2])]
    gap = [(10**9, [-9, -9, -9, 0])]
    assert find([peak + gap + peak + gap]) == [[0, 10**9 + 26], [3, 10**9 + 29], [23, 10**9 + 49], [26, 10**9 + 52]]


def test_no_sequence_has_no_region():
    assert find([]) == [[], [], [], []]
