"""Intervals hold what they should: paired, wide enough, and silent where there is no difference."""

import json

import numpy as np
import pytest

from genotok.analysis.vq_cache import ResultCache
from genotok.analysis.vq_comparison import Difference, compare
from genotok.errors import InputError
from genotok.kernels.confusion import count_confusion, macro_f1, matthews


def answers(random, truth, share):
    """Say the truth of about this share of the rows."""
    return np.where(random.random(len(truth)) < share, truth, 1 - truth)


@pytest.fixture
def world():
    random = np.random.default_rng(0)
    truths = {name: random.integers(0, 2, n) for name, n in (("a", 150), ("b", 220))}
    shares = {"good": 0.9, "fair": 0.75, "poor": 0.6}
    said = {
        name: {task: [answers(random, truth, share) for _ in range(4)] for task, truth in truths.items()}
        for name, share in shares.items()
    }
    return said, truths


@pytest.mark.parametrize(("merit", "figure"), [("mcc", matthews), ("macro_f1", macro_f1)])
def test_means_are_those_of_the_definition(world, merit, figure):
    """The mean over seeds, then over sets, each set of the same weight."""
    said, truths = world
    found = compare(said, truths, merit=merit, replicates=50)
    for name in said:
        of_sets = []
        for task, truth in truths.items():
            scores = [float(figure(count_confusion(truth, each, classes=2))) for each in said[name][task]]
            of_sets.append(np.mean(scores))
            assert found.of_set(name, task).mean == pytest.approx(of_sets[-1])
        assert found.overall(name).mean == pytest.approx(np.mean(of_sets))
    gap = found.difference("good", "poor")
    assert gap.mean == pytest.approx(found.overall("good").mean - found.overall("poor").mean)
    assert (gap.low, gap.high) == pytest.approx(
        [-found.difference("poor", "good").high, -found.difference("poor", "good").low]
    )


def test_intervals_repeat_themselves_and_hold_their_mean(world):
    said, truths = world
    one, two = (compare(said, truths, replicates=200) for _ in range(2))
    assert np.array_equal(one.replicates, two.replicates)
    assert not np.array_equal(one.replicates, compare(said, truths, replicates=200, seed=1).replicates)
    for name in said:
        for interval in (one.overall(name), *(one.of_set(name, task) for task in truths)):
            assert interval.low < interval.mean < interval.high


def test_rows_are_drawn_once_for_all_seeds(world):
    """Answers that are the same in each seed are no surer than those of one seed."""
    said, truths = world
    once = {"x": {task: said["fair"][task][:1] for task in truths}}
    often = {"x": {task: said["fair"][task][:1] * 8 for task in truths}}
    assert np.allclose(compare(once, truths).replicates, compare(often, truths).replicates)


def test_seeds_add_to_the_width():
    """Seeds that disagree widen the interval of their mean."""
    random = np.random.default_rng(1)
    truth = random.integers(0, 2, 400)
    level = [answers(random, truth, 0.75)] * 2
    apart = [answers(random, truth, share) for share in (0.98, 0.52)]
    widths = []
    for each in (level, apart):
        interval = compare({"x": {"a": each}}, {"a": truth}).overall("x")
        widths.append(interval.high - interval.low)
    assert widths[1] > 2 * widths[0]


def test_the_interval_is_about_that_of_the_binomial():
    """With one seed and balanced classes MCC is about 2 * accuracy - 1, whose spread is known."""
    random = np.random.default_rng(2)
    truth = np.arange(1000) % 2
    said = answers(random, truth, 0.8)
    interval = compare({"x": {"a": [said]}}, {"a": truth}, replicates=2000).overall("x")
    share = (said == truth).mean()
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 2 * np.sqrt(share * (1 - share) / 1000), rel=0.1)


def test_differences_are_paired_and_named(world):
    said, truths = world
    found = compare(said, truths)
    assert found.difference("good", "poor").verdict == "ahead"
    assert found.difference("poor", "good").verdict == "behind"
    twin = compare({"one": said["fair"], "two": said["fair"]}, truths).difference("one", "two")
    assert (twin.low, twin.mean, twin.high, twin.verdict) == (0, 0, 0, "no difference")
    assert Difference(0.1, 0.0, 0.2).verdict == "no difference"
    assert found.difference("good", "poor").to_dict()["verdict"] == "ahead"


def test_what_does_not_fit_is_refused(world):
    said, truths = world
    with pytest.raises(InputError, match="not every tokenizer has answers of every set and seed"):
        compare({**said, "half": {"a": said["good"]["a"]}}, truths)
    with pytest.raises(InputError, match="answers do not fit the 150 test rows of a"):
        compare({"x": {"a": [np.zeros(3, int)]}}, {"a": truths["a"]})
    with pytest.raises(InputError, match="'none' was not compared; good, fair, poor"):
        compare(said, truths, replicates=2).overall("none")


def test_kept_results_come_back_by_all_of_their_key(tmp_path):
    cache = ResultCache(tmp_path)
    key = {"tokenizer": "t", "set": "s", "seed": None, "rows": 12000, "protocol": "probe-1"}
    assert cache.get(key) is None
    cache.put(key, {"predicted": [0, 1]})
    assert cache.get(dict(reversed(key.items()))) == {"predicted": [0, 1]}
    for name in key:
        assert cache.get({**key, name: "other"}) is None
    (file,) = (path for path in tmp_path.rglob("*.json"))
    for damaged in (b"", b"{", b"[]", json.dumps({"key": {}, "result": {}}).encode(), b"\xff"):
        file.write_bytes(damaged)
        assert cache.get(key) is None
    assert ResultCache().get(key) is None
    ResultCache().put(key, {})
