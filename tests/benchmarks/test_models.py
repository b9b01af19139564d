"""What the program of networks puts together: contigs of known stretches, tracks of bases, intervals over seeds."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def worlds(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("modelworlds")


@pytest.fixture
def summary(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return import_module("modelsummary")


def test_spliced_places_have_the_letters_they_had(worlds: Any) -> None:
    """A centre far enough inside a known stretch keeps the bases around it; any other is left out."""
    random = np.random.default_rng(1)
    codes = random.integers(0, 5, 4000).astype(np.uint8)
    codes[np.repeat(random.random(80) < 0.4, 50)] = worlds.UNKNOWN
    centres, reach = np.arange(10, 3990), 2
    kept = 0
    for each in worlds.splice(codes, codes.size).values():
        joined = each.gather(codes, worlds.UNKNOWN)
        within = (centres >= each.starts[0]) & (centres < each.ends[-1])
        around = [codes[at - reach : at + reach] for at in centres[within]]
        known = [letters for letters in around if np.all(letters != worlds.UNKNOWN)]
        found = [joined[at - reach : at + reach] for at in each.place(centres[within], reach)]
        assert np.array_equal(known, found)
        kept += int(np.count_nonzero(joined != worlds.UNKNOWN))
    assert kept == np.count_nonzero(codes != worlds.UNKNOWN)


def test_parts_follow_each_other_and_have_their_shares(worlds: Any) -> None:
    """Parts take 60, 10 and 30 % of the known bases, from left to right, and no stretch twice."""
    codes = np.zeros(100_000, dtype=np.uint8)
    codes[::50] = worlds.UNKNOWN
    parts = worlds.splice(codes, codes.size)
    shares = [int(np.sum(each.ends - each.starts)) / np.count_nonzero(codes == 0) for each in parts.values()]
    assert shares == pytest.approx([0.6, 0.1, 0.3], abs=0.001)
    starts = np.concatenate([each.starts for each in parts.values()])
    assert np.all(np.diff(starts) > 0)


def test_no_more_bases_are_used_than_asked_for(worlds: Any) -> None:
    """The parts of the first bases end where these end, and have the same shares."""
    codes = np.zeros(100_000, dtype=np.uint8)
    codes[::50] = worlds.UNKNOWN
    parts = worlds.splice(codes, 20_000)
    used = [int(np.sum(each.ends - each.starts)) for each in parts.values()]
    assert used == pytest.approx([12_000, 2_000, 6_000], abs=100)
    assert parts["test"].ends[-1] < 20_500


def test_a_track_of_bases_gives_them_back(worlds: Any) -> None:
    """The value of each base, zeros and ends of contigs included, is what the track was made of."""
    values = {"a": np.array([0, 0, 2, 2, 1, 0], np.float32), "b": np.array([3, 3, 0, 0, 5], np.float32)}
    track = worlds.track_of(values)
    for name, each in values.items():
        assert track.dense(name, 0, len(each)).tolist() == each.tolist()


def test_intervals_over_seeds_are_students(summary: Any) -> None:
    """Three seeds have the interval that scipy computes; one has none."""
    stats = import_module("scipy.stats")
    values = [0.5, 0.52, 0.57]
    found = summary.interval_of(values)
    low, high = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert [found["low"], found["high"]] == pytest.approx([low, high], abs=1e-4)
    assert summary.interval_of([0.5])["low"] is None


def test_the_difference_is_of_windows_that_both_have(summary: Any) -> None:
    """Seeds are averaged, windows without a correlation left out, and equal runs differ by nothing."""
    ones, others = np.array([[0.5, 0.7, np.nan], [0.7, 0.7, 0.1]]), np.full((2, 3), 0.5)
    found = summary.paired_difference(ones, others)
    assert (found["windows"], found["mean"]) == (2, pytest.approx(0.15))
    assert found["low"] <= found["mean"] <= found["high"]
    assert summary.paired_difference(others, others) == {"mean": 0.0, "low": 0.0, "high": 0.0, "windows": 3}


def test_figures_are_named_by_their_way_down(summary: Any) -> None:
    """Nested scores become one row; the ends of intervals are no figures."""
    scores = {"grid": {"pearson": 0.5}, "attribution": {"random": {"auc": 0.9, "low": 0.8, "high": 1.0}}}
    assert summary.flatten(scores) == {"grid.pearson": 0.5, "attribution.random.auc": 0.9}
