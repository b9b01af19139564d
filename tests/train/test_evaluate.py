"""How a network is judged: every unit once, correlations as scipy's, on bins or on a common grid."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as known

from genotok.analysis.metrics import binary_metrics
from genotok.analysis.peakcalling import EVALUATION, call_peaks
from genotok.errors import InputError
from genotok.train.agreement import agree, pearson
from genotok.train.contigs import bin_track, grid_of
from genotok.train.dataset import WindowDataset
from genotok.train.evaluate import Predictions, predict_contigs
from genotok.train.models import ModelConfig, build_model, predict
from genotok.train.windows import WindowConfig
from genotok.values.tracks import Track
from train.contigworlds import base_contig, token_contig

pytestmark = pytest.mark.native
WINDOWS = WindowConfig(length=30, stride=10, crop=5)
ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=20)


@given(ROWS)
def test_correlations_are_those_of_numpy(pairs):
    one, two = np.array(pairs, dtype=np.float64).T
    if not one.any() and not two.any():
        assert pearson(one, two) == 1
    elif np.ptp(one) == 0 or np.ptp(two) == 0:
        assert math.isnan(pearson(one, two))
    else:
        assert pearson(one, two) == pytest.approx(np.corrcoef(one, two)[0, 1], abs=1e-12)


def test_constant_windows_are_counted_and_left_out_of_the_mean():
    target = np.array([0, 0, 0, 1, 1, 1, 1, 2, 3, 0, 0, 0], dtype=np.float64)[:, None]
    prediction = np.array([0, 0, 0, 1, 2, 3, 2, 4, 7, 1, 1, 2], dtype=np.float64)[:, None]
    found = agree([prediction], [target], [(0, at, at + 3) for at in (0, 3, 6, 9)])
    assert (found.windows, found.both_zero, found.undefined) == (4, 1, 2)
    assert found.window_pearson == pytest.approx((1 + np.corrcoef([1, 2, 3], [2, 4, 7])[0, 1]) / 2)
    assert found.pearson == pytest.approx(np.corrcoef(prediction[:, 0], target[:, 0])[0, 1])
    alone = agree([prediction], [target], [(0, 3, 6)])
    assert alone.to_dict()["window_pearson"] is None


@pytest.mark.parametrize("kind", ["tokens", "onehot"])
def test_every_unit_is_predicted_by_its_own_window(kind):
    contigs = [token_contig(75), token_contig(20)] if kind == "tokens" else [base_contig(1210), base_contig(90)]
    model = build_model(ModelConfig(kind, channels=6, scale=32))
    dataset = WindowDataset.to_score(contigs, WINDOWS)
    predictions = predict_contigs(model, dataset, batch=4, device="cpu")
    assert not model.training
    for contig, values in zip(contigs, predictions.values, strict=True):
        assert values.shape == contig.targets.shape
        assert (values > 0).all()
    for index in range(len(dataset)):
        item = dataset[index]
        with torch.no_grad():
            whole = predict(model, torch.tensor(item["inputs"])[None], None)[0].numpy()
        contig, first, last = predictions.spans[index]
        low, high = item["scored"].tolist()
        assert predictions.values[contig][first:last] == pytest.approx(whole[low:high], abs=1e-5)


def test_tokens_and_bases_meet_on_one_grid():
    contig = token_contig(120)
    length = int(contig.boundaries[-1])
    starts = np.arange(0, length - 20, 20)
    track = Track(("one",), np.array([0, len(starts)]), starts, starts + 11, np.sin(starts) + 1.5)
    predictions = Predictions((contig,), (contig.targets,), (contig.targets,), ((0, 0, 50), (0, 50, 120)))
    spread = predictions.on_grid(track)
    grid = grid_of(length)
    assert np.array_equal(spread.targets[0], bin_track(track, "one", grid))
    bases = np.repeat(contig.targets[:, 0], np.diff(contig.boundaries))
    expected = [bases[a:b].mean() for a, b in pairwise(grid)]
    assert spread.values[0][:, 0] == pytest.approx(np.array(expected), rel=1e-4)
    assert spread.spans[0][2] == spread.spans[1][1]
    assert (spread.spans[0][1], spread.spans[1][2]) == (0, len(grid) - 1)


def test_peaks_are_called_on_the_logarithm_and_judged_as_scikit_learn_does():
    random = np.random.default_rng(3)
    contigs, truths, founds = [token_contig(400, seed=at) for at in (0, 1)], [], []
    for _ in contigs:
        truth = np.convolve(random.random(400) > 0.97, np.hanning(15), "same") * 0.9
        truths.append(truth[:, None].astype(np.float32))
        founds.append((truth + random.random(400) * 0.2)[:, None].astype(np.float32))
    predictions = Predictions(tuple(contigs), tuple(founds), tuple(truths), ())
    found = predictions.compare_peaks(lambda track: call_peaks(track, EVALUATION), binary_metrics)
    true, called = (np.concatenate([call_peaks(4.0 * e[:, 0], EVALUATION) for e in each]) for each in (truths, founds))
    assert true.any()
    assert found.f1 == pytest.approx(known.f1_score(true, called))
    assert found.mcc == pytest.approx(known.matthews_corrcoef(true, called))
    assert found.auroc == pytest.approx(known.roc_auc_score(true, np.concatenate(founds)[:, 0]))
    assert found.peak_recall > 0.5


def test_a_network_with_other_units_or_tracks_is_refused():
    dataset = WindowDataset.to_score([token_contig(40)], WINDOWS)
    with pytest.raises(InputError, match=r"predicts \(30, 2\) units and tracks, the targets have \(30, 1\)"):
        predict_contigs(build_model(ModelConfig(channels=6, tracks=2, scale=32)), dataset, device="cpu")
