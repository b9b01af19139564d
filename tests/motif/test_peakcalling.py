"""Peaks on bins: scipy's call for call, scikit-learn's metrics, runs met one by one."""

import json
import math
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.analysis.metrics import binary_metrics
from genotok.analysis.peakcalling import EVALUATION, PeakConfig, PeakGrid, call_peaks, sweep_peaks
from genotok.errors import ConfigError, InputError
from genotok.kernels.peakcalls import flags_of_runs, keep_highest, measure_maxima, runs_of_flags, select_maxima

FLAGS = st.lists(st.booleans(), max_size=30)
CONFIGS = st.builds(
    PeakConfig,
    sigma=st.sampled_from([0, 1, 2.5]),
    noise_percentile=st.sampled_from([0, 50, 75]),
    height=st.sampled_from([-1, 0, 0.7]),
    distance=st.integers(1, 12),
    prominence=st.sampled_from([0, 0.2, 1]),
    max_width=st.sampled_from([2, 9, 40]),
)
TRACKS = st.lists(st.integers(0, 6), min_size=1, max_size=16) | st.lists(st.floats(0, 9), min_size=1, max_size=80)


def runs_of(flags):
    """Places of each run of True."""
    groups = groupby(enumerate(flags), key=lambda pair: bool(pair[1]))
    return [[place for place, _ in group] for is_run, group in groups if is_run]


def definition(track, config):
    """Peaks by scipy, bins marked one by one."""
    from scipy.ndimage import gaussian_filter1d
    from scipy.signal import find_peaks

    track = np.array(track, dtype=np.float64)
    smoothed = gaussian_filter1d(track, config.sigma) if config.sigma else track
    height = np.percentile(smoothed, config.noise_percentile) + config.height
    width = (1, config.max_width)
    places, found = find_peaks(
        smoothed, height=height, distance=config.distance, prominence=config.prominence, width=width
    )
    marked = np.zeros(len(track), dtype=bool)
    for place, width in zip(places.tolist(), found["widths"].tolist(), strict=True):
        for at in range(math.floor(place - width / 2), math.ceil(place + width / 2) + 1):
            if 0 <= at < len(track):
                marked[at] = True
    return marked


@pytest.mark.native  # scipy is absent in Pyodide's core
@pytest.mark.filterwarnings("ignore:some peaks have a")
@given(TRACKS, CONFIGS)
def test_peaks_are_those_of_scipy(track, config):
    smoothed = np.array(track, dtype=np.float64)
    heights = smoothed[measure_maxima(smoothed).places]
    if len(set(heights.tolist())) == len(heights) or len(heights) <= 16:  # more equal ones scipy takes in any order
        assert np.array_equal(call_peaks(track, config), definition(track, config))


@pytest.mark.native
def test_a_long_track_has_the_peaks_of_scipy():
    random = np.random.default_rng(2)
    track = np.cumsum(random.normal(size=20_000)) / 9 + random.normal(size=20_000)
    for config in (PeakConfig(), EVALUATION, PeakConfig(height=-9, distance=25, prominence=0, max_width=500)):
        assert np.array_equal(call_peaks(track, config), definition(track, config))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4)), max_size=30), st.integers(1, 12))
def test_the_highest_removes_what_is_near(steps, distance):
    """One after the other, the last of equals first."""
    places = np.cumsum([step for step, _ in steps], dtype=np.intp)
    heights = np.array([height for _, height in steps], dtype=np.float64)
    expected = []
    for at in sorted(range(len(steps)), key=lambda at: (-heights[at], -at)):
        if all(abs(places[at] - places[other]) >= distance for other in expected):
            expected.append(at)
    assert np.flatnonzero(keep_highest(places=places, heights=heights, distance=distance)).tolist() == sorted(expected)


@given(FLAGS)
def test_runs_and_flags_are_two_forms_of_one_thing(flags):
    runs = runs_of_flags(np.array(flags, dtype=bool))
    pairs = zip(runs.starts.tolist(), runs.ends.tolist(), strict=True)
    assert [list(range(start, end)) for start, end in pairs] == runs_of(flags)
    assert flags_of_runs(runs, len(flags)).tolist() == flags


@given(st.integers(0, 30), st.data())
def test_runs_that_meet_are_counted(n, data):
    truth, found = (data.draw(st.lists(st.booleans(), min_size=n, max_size=n)) for _ in range(2))
    metrics = binary_metrics(np.array(truth, dtype=bool), np.array(found, dtype=bool))
    for ours, of, others in ((metrics.peak_recall, truth, found), (metrics.peak_precision, found, truth)):
        runs = runs_of(of)
        met = [any(others[place] for place in run) for run in runs]
        assert ours == pytest.approx(sum(met) / len(runs) if runs else math.nan, nan_ok=True)


@pytest.mark.native
@given(st.integers(1, 40), st.data())
def test_metrics_are_those_of_scikit_learn(n, data):
    from sklearn import metrics as known  # absent in Pyodide's core

    truth, found = (np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n))) for _ in range(2))
    values = st.sampled_from([0.0, 0.25, 1.0]) | st.floats(-1, 1, width=32)
    scores = np.array(data.draw(st.lists(values, min_size=n, max_size=n)))
    ours = binary_metrics(truth, found, scores=scores)
    expected = {
        "recall": known.recall_score(truth, found, zero_division=math.nan),
        "precision": known.precision_score(truth, found, zero_division=math.nan),
        "specificity": known.recall_score(~truth, ~found, zero_division=math.nan),
        "accuracy": known.accuracy_score(truth, found),
        "f1": known.f1_score(truth, found, zero_division=math.nan),
        "mcc": math.nan if len({*truth}) < 2 or len({*found}) < 2 else known.matthews_corrcoef(truth, found),
        "auroc": math.nan if len({*truth}) < 2 else known.roc_auc_score(truth, scores),
        "average_precision": known.average_precision_score(truth, scores) if truth.any() else math.nan,
    }
    told = {name: getattr(ours, name) for name in expected}
    assert told == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_numbers_that_are_none_are_none_in_json():
    told = binary_metrics(np.zeros(3), np.ones(3)).to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["recall"] is told["peak_recall"] is told["auroc"] is None
    assert told["precision"] == told["specificity"] == 0
    assert told["false_positives"] == 3


@given(st.lists(st.integers(0, 9), min_size=4, max_size=60), st.data())
def test_a_sweep_calls_each_setting_as_if_alone(track, data):
    truth = data.draw(st.lists(st.booleans(), min_size=len(track), max_size=len(track)))
    configs = data.draw(st.lists(CONFIGS, min_size=1, max_size=6))
    sweep = sweep_peaks(track, truth, configs)
    assert [config for config, _ in sweep.rows] == configs
    for config, metrics in sweep.rows:
        alone = binary_metrics(truth, call_peaks(track, config))
        assert metrics.to_dict() == alone.to_dict()
    best = max((metrics.f1 for _, metrics in sweep.rows if not math.isnan(metrics.f1)), default=None)
    assert best is None or dict(sweep.rows)[sweep.best].f1 == best


def test_the_grid_has_288_settings_and_the_best_is_named():
    configs = list(PeakGrid().configs())
    assert len(set(configs)) == 288
    random = np.random.default_rng(4)
    truth = np.zeros(3000, dtype=bool)
    for start in range(100, 2900, 200):
        truth[start : start + 15] = True
    track = random.random(3000) / 4 + 3 * truth
    sweep = sweep_peaks(track, truth, aim="mcc")
    metrics = dict(sweep.rows)
    assert metrics[sweep.best].mcc == max(each.mcc for each in metrics.values() if not math.isnan(each.mcc)) > 0.8
    told = sweep.to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert PeakConfig.from_dict(told["best"]) == sweep.best


def test_prominence_knows_of_maxima_that_were_left_out():
    """What is too near to a higher maximum still bounds the lows of others."""
    track = np.array([0, 9, 1, 8, 6, 7, 0], dtype=np.float64)
    chosen = select_maxima(measure_maxima(track), height=0, distance=3, prominence=0, min_width=0, max_width=99)
    assert chosen.places.tolist() == [1, 5]
    assert chosen.prominences.tolist() == [9, 1]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: PeakConfig(sigma=-1), ConfigError, r"sigma=-1; 0 \(no smoothing\)"),
        (lambda: PeakConfig(noise_percentile=101), ConfigError, "noise_percentile=101"),
        (lambda: PeakConfig(distance=0), ConfigError, "distance=0"),
        (lambda: PeakConfig.from_dict({"widht": 3}), ConfigError, "unknown widht; known: sigma"),
        (lambda: call_peaks([0, math.nan]), InputError, "row 1: nan is no value"),
        (lambda: call_peaks([[0]]), InputError, "values of shape"),
        (lambda: binary_metrics([True], [True, False]), InputError, r"truth of \(1,\) and prediction of \(2,\)"),
        (lambda: binary_metrics([True], [True], scores=[1, 2]), InputError, "scores of"),
        (lambda: sweep_peaks([1, 2], [True]), InputError, "a track of 2 bins and a truth of 1"),
        (lambda: sweep_peaks([1], [True], []), ConfigError, "the grid is empty"),
        (lambda: sweep_peaks([1], [True], aim="auc"), ConfigError, "aim='auc'"),
    ],
)
def test_what_can_not_be_called_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_no_bin_has_no_peak():
    assert call_peaks([]).shape == (0,)
    assert not call_peaks([1.0, 1.0]).any()
