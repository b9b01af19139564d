"""Rank and frequency: lines and power laws beside their formulas in plain sums, words counted one by one."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.rankfreq import count_words, fit_line, fit_power_law, shuffle_letters

COUNTS = st.lists(st.integers(1, 9) | st.integers(1, 10**6), min_size=1, max_size=30)
CODES = st.lists(st.sampled_from([0, 1, 2, 3, 3, 3, 4, 255]), max_size=40)


def codes_of(values):
    return np.array(values, dtype=np.uint8)


@given(COUNTS)
def test_the_line_is_that_of_least_squares(counts):
    line = fit_line(np.array(counts))
    if len(set(counts)) < 2:
        assert math.isnan(line.r)
        assert math.isnan(line.slope)
    else:
        x, y = np.log10(np.arange(1, len(counts) + 1)), np.log10(sorted(counts, reverse=True))
        assert line.r == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)
        assert line.slope == pytest.approx(np.polyfit(x, y, 1)[0], abs=1e-9)


def test_an_exact_law_is_a_straight_line():
    counts = np.array([2**20 // rank for rank in (1, 2, 4, 8)])
    assert fit_line(counts[:2]) == pytest.approx((-1, -1))


def likelihood(exponent, counts, lowest, highest):
    total = sum((f / lowest) ** -exponent for f in range(lowest, highest + 1))
    return -exponent * sum(math.log(f / lowest) for f in counts) - len(counts) * math.log(total)


@given(st.integers(1, 20), st.integers(1, 80), st.data())
def test_no_exponent_is_likelier_within_bounds(lowest, span, data):
    highest = lowest + span
    counts = data.draw(st.lists(st.integers(lowest, highest), min_size=1, max_size=20))
    law = fit_power_law(np.array(counts), lowest=lowest, highest=highest)
    if max(counts) == lowest:
        assert law == (math.inf, 0)
    elif -15 < law.exponent < 63:
        best = likelihood(law.exponent, counts, lowest, highest)
        for step in (1e-3, -1e-3):
            assert likelihood(law.exponent + step, counts, lowest, highest) <= best + 1e-9
        sums = np.cumsum([(f / lowest) ** -law.exponent for f in range(lowest, highest + 1)])
        found = [sum(count <= f for count in counts) / len(counts) for f in range(lowest, highest + 1)]
        assert law.distance == pytest.approx(np.abs(found - sums / sums[-1]).max(), abs=1e-9)


@pytest.mark.native
@pytest.mark.parametrize("lowest", [1, 7, 500])
def test_without_a_bound_the_law_is_that_of_zeta(lowest):
    from scipy.optimize import minimize_scalar  # absent in Pyodide's core
    from scipy.special import zeta

    uniform = np.random.default_rng(lowest).random(4000)
    counts = np.floor((lowest - 0.5) * (1 - uniform) ** (-1 / 1.4) + 0.5).astype(np.int64)
    logs = np.log(counts).sum()
    best = minimize_scalar(
        lambda a: a * logs + len(counts) * np.log(zeta(a, lowest)), bounds=(1.01, 9), method="bounded"
    )
    law = fit_power_law(counts, lowest=lowest)
    assert law.exponent == pytest.approx(best.x, abs=1e-4)
    places = np.unique(np.concatenate([counts, counts[counts > lowest] - 1]))
    fitted = 1 - zeta(law.exponent, places + 1) / zeta(law.exponent, lowest)
    found = (np.sort(counts)[None, :] <= places[:, None]).mean(axis=1)
    assert law.distance == pytest.approx(np.abs(found - fitted).max(), abs=1e-9)


@pytest.mark.parametrize("exponent", [0.0, 1.0, 1.0 + 1e-9, 2.5])
def test_a_drawn_law_is_found_again(exponent):
    """At the exponent 1, where the formula has a pole, as elsewhere."""
    places = np.arange(10, 100_001, dtype=np.float64)
    shares = np.cumsum(places**-exponent)
    uniform = (np.arange(20_000) + 0.5) / 20_000
    counts = places[np.searchsorted(shares / shares[-1], uniform)].astype(np.int64)
    law = fit_power_law(counts, lowest=10, highest=100_000)
    assert law.exponent == pytest.approx(exponent, abs=2e-3)
    assert law.distance < 1e-3


def test_no_type_has_no_law():
    none = np.empty(0, dtype=np.int64)
    assert all(map(math.isnan, (*fit_line(none), *fit_power_law(none))))


@given(CODES, st.integers(1, 5), st.booleans())
def test_words_are_counted_one_by_one(values, length, overlapping):
    found, at = Counter(), 0
    while at + length <= len(values):
        word = values[at : at + length]
        if max(word) > 3:  # go on behind the first unknown letter, or one further
            at += 1 if overlapping else next(step for step, letter in enumerate(word) if letter > 3) + 1
            continue
        found[sum(letter * 4 ** (length - 1 - place) for place, letter in enumerate(word))] += 1
        at += 1 if overlapping else length
    counts = count_words(codes_of(values), length, overlapping=overlapping)
    assert {word: n for word, n in enumerate(counts.tolist()) if n} == found
    assert len(counts) == 4**length


@given(CODES, st.integers())
def test_drawn_letters_are_known_where_they_were(values, seed):
    codes = codes_of(values)
    drawn = shuffle_letters(codes, seed)
    assert np.array_equal(drawn < 4, codes < 4)
    assert np.array_equal(drawn[codes > 3], codes[codes > 3])
    assert set(drawn[codes < 4].tolist()) <= set(codes[codes < 4].tolist())


def test_drawn_letters_have_the_shares_of_the_sequence():
    codes = codes_of([0] * 40_000 + [2] * 10_000 + [3] * 50_000)
    drawn = shuffle_letters(codes, 1)
    shares = np.bincount(drawn, minlength=4) / len(drawn)
    assert shares == pytest.approx([0.4, 0, 0.1, 0.5], abs=0.01)
    assert (drawn[1:] == drawn[:-1]).mean() == pytest.approx(0.42, abs=0.01)  # the sum of their squares
    assert not np.array_equal(drawn, shuffle_letters(codes, 2))


def test_long_sequences_are_drawn_in_pieces(monkeypatch):
    from genotok.kernels import rankfreq

    monkeypatch.setattr(rankfreq, "_DRAWN", 1000)
    drawn = shuffle_letters(codes_of([0, 1, 2, 3] * 1000), 5)
    pieces = drawn.reshape(4, 1000)
    assert len({piece.tobytes() for piece in pieces}) == 4


def test_drawn_letters_are_the_same_on_every_platform():
    drawn = shuffle_letters(codes_of([0, 1, 2, 3, 4] * 6), 0)
    assert "".join("ACGTN"[letter] for letter in drawn.tolist()) == "TCATNCATANCTGGNGCTANTGTCNGCCGN"
