"""Windows, and what a network is shown of them."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import ConfigError, InputError
from genotok.train.contigs import BaseContig, Scaling, TokenContig, bin_track, grid_of, spread_on_grid
from genotok.train.dataset import WindowDataset, iter_batches
from genotok.train.windows import (
    WindowConfig,
    scoring_windows,
    shift_of,
    split_contigs,
    training_windows,
    windows_around,
)
from genotok.values.tracks import Track
from train.contigworlds import base_contig, token_contig

pytestmark = pytest.mark.native
SMALL = WindowConfig(length=12, stride=5, crop=3, shift=4)


@given(st.lists(st.integers(0, 40), max_size=4), st.integers(1, 12), st.integers(0, 5))
def test_every_unit_is_judged_once(sizes, length, crop):
    config = WindowConfig(length=length, stride=1, crop=min(crop, (length - 1) // 2))
    windows = scoring_windows(sizes, config)
    for contig, size in enumerate(sizes):
        times = np.zeros(size, dtype=int)
        mine = windows.contigs == contig
        for start, first, last in zip(*(each[mine].tolist() for each in windows[1:4]), strict=True):
            times[first:last] += 1
            assert 0 <= start <= first < last <= start + length
            assert start + length <= max(size, length)
            assert first - start >= config.crop or first == 0 or start + length == size
        assert (times == 1).all()


@given(st.lists(st.integers(0, 40), max_size=4))
def test_windows_to_train_on_are_whole_and_what_is_left_out_is_counted(sizes):
    windows = training_windows(sizes, SMALL)
    covered = 0
    for contig, size in enumerate(sizes):
        expected = [at for at in range(0, size, 5) if at + 12 <= size]
        assert windows.starts[windows.contigs == contig].tolist() == expected
        covered += expected[-1] + 12 if expected else 0
    assert windows.left_out == sum(sizes) - covered


def test_shifts_depend_on_seed_epoch_and_window_and_reach_both_ends():
    drawn = [shift_of(0, epoch, 7, 3) for epoch in range(400)]
    assert set(drawn) == set(range(-3, 5))
    assert drawn == [shift_of(0, epoch, 7, 3) for epoch in range(400)]
    assert drawn != [shift_of(1, epoch, 7, 3) for epoch in range(400)]
    assert shift_of(0, 3, 7, 0) == 0


def test_contigs_are_split_by_name():
    names = ["chrXV", "chrI", "chrX", "chrM", "chrXII"]
    split = split_contigs(names, validation=["chrXV"], test=["chrX"], exclude=["chrM", "chrXII"])
    assert split == (("chrI",), ("chrXV",), ("chrX",))
    with pytest.raises(InputError, match="no contig 'chr15', which is for validation; contigs begin with chrXV, chrI"):
        split_contigs(names)
    with pytest.raises(ConfigError, match="chrI is given twice"):
        split_contigs(names, validation=["chrI"], test=["chrI"])
    with pytest.raises(ConfigError, match="no contig is left for train"):
        split_contigs(["a", "b"], validation=["a"], test=["b"])


def test_an_item_is_the_dense_scaled_window():
    contig = token_contig(40)
    dataset = WindowDataset.to_train([contig], SMALL, scaling=Scaling(), seed=2)
    dense = contig.tokens.to_dense()
    for epoch in range(3):
        dataset.set_epoch(epoch)
        for index in range(len(dataset)):
            start = min(max(5 * index + shift_of(2, epoch, index, 4), 0), 28)
            item = dataset[index]
            assert np.allclose(item["inputs"], (dense[start : start + 12] - 0.03) * 3)
            assert np.array_equal(item["targets"], contig.targets[start : start + 12])
            assert (
                item["starts"].tolist() == (contig.boundaries[start : start + 12] - contig.boundaries[start]).tolist()
            )
            assert item["scored"].tolist() == [3, 9]


def test_noise_is_that_of_the_setting_and_anew_in_each_epoch():
    contig = token_contig(600)
    plain, noisy = (
        WindowDataset.to_score([contig], WindowConfig(length=600, crop=0), noise=noise) for noise in (0, 0.5)
    )
    first = noisy[0]["inputs"] - plain[0]["inputs"]
    assert first.std() == pytest.approx(0.2, rel=0.05)
    noisy.set_epoch(1)
    assert not np.array_equal(noisy[0]["inputs"], first + plain[0]["inputs"])


def test_a_contig_shorter_than_a_window_is_filled_up():
    contig = base_contig(100)
    item = WindowDataset.to_score([contig], SMALL)[0]
    assert item["inputs"].shape == (192, 4)
    assert not item["inputs"][100:].any()
    assert (item["inputs"][:100].sum(axis=1) == (contig.codes < 4)).all()
    assert item["scored"].tolist() == [0, 7]
    assert np.array_equal(item["inputs"].argmax(axis=1)[:100][contig.codes < 4], contig.codes[contig.codes < 4])


def test_windows_of_bases_have_the_middle_of_those_of_bins():
    contig = token_contig(200)
    sizes = [-(-int(contig.boundaries[-1]) // 16)]
    windows = training_windows([200], SMALL)
    around = windows_around(windows, [contig.boundaries], sizes, unit=16)
    middles = (contig.boundaries[windows.starts] + contig.boundaries[windows.starts + 12]) / 2
    inner = (around.starts > 0) & (around.starts < sizes[0] - 12)
    assert inner.sum() > len(inner) / 2
    assert (np.abs((around.starts + 6) * 16 - middles)[inner] <= 8).all()
    assert around.starts.min() >= 0
    assert around.starts.max() + 12 <= sizes[0]
    assert (around.firsts - around.starts == 3).all()
    short = windows_around(training_windows([12], SMALL), [np.arange(0, 130, 10)], [8], unit=16)
    assert [each.tolist() for each in short[:4]] == [[0], [0], [3], [8]]


def test_batches_are_the_same_for_any_number_of_workers():
    dataset = WindowDataset.to_train([token_contig(60)], SMALL, seed=4, noise=1)
    dataset.set_epoch(3)
    alone, helped = (list(iter_batches(dataset, 4, shuffled=True, workers=workers)) for workers in (0, 1))
    assert len(alone) == len(helped) == 3
    assert all(torch.equal(one[name], two[name]) for one, two in zip(alone, helped, strict=True) for name in one)
    dataset.set_epoch(4)
    assert not torch.equal(next(iter_batches(dataset, 4, shuffled=True))["inputs"], alone[0]["inputs"])


def test_a_track_is_averaged_as_the_loop_over_bases_says():
    random = np.random.default_rng(0)
    starts = np.arange(0, 90, 9)
    values = random.random(10) * 8
    track = Track(("one",), np.array([0, 10]), starts, starts + 7, values)
    boundaries = np.array([0, 4, 15, 60, 100])
    bases = np.zeros(100)
    for start, value in zip(starts, values.astype(np.float32), strict=True):
        bases[start : start + 7] = np.log(1 + value)
    expected = [bases[a:b].mean() / 4 for a, b in pairwise(boundaries)]
    found = bin_track([track, track], "one", boundaries)
    assert found[:, 0] == pytest.approx(expected, rel=1e-5)
    assert found.shape == (4, 2)
    assert found.dtype == np.float32


def test_values_are_spread_over_their_bases():
    random = np.random.default_rng(0)
    boundaries = np.concatenate([[0], np.cumsum(random.integers(1, 40, 50))])
    values = random.random((50, 2)).astype(np.float32)
    grid = grid_of(int(boundaries[-1]))
    bases = np.repeat(values, np.diff(boundaries), axis=0)
    expected = [bases[a:b].mean(axis=0) for a, b in pairwise(grid)]
    assert spread_on_grid(values, boundaries, grid) == pytest.approx(np.array(expected), rel=1e-4)


def test_scaling_has_the_mean_and_the_deviation_of_all_values():
    contigs = [token_contig(30, seed=1), token_contig(50, seed=2)]
    values = np.concatenate([each.tokens.to_dense() for each in contigs])
    scaling = Scaling.of(contigs, block=7)
    assert scaling.mean == pytest.approx(values.mean(), rel=1e-5)
    assert scaling.factor == pytest.approx(1 / values.std(), rel=1e-5)
    assert Scaling() == (0.03, 3.0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: WindowConfig(crop=625), ConfigError, "crop=625; 0 or more, less than half"),
        (lambda: WindowDataset.to_train([token_contig(5)], SMALL), InputError, "no window to look at"),
        (lambda: WindowDataset.to_score([token_contig(5)], SMALL, noise=-1), ConfigError, "noise=-1"),
        (lambda: BaseContig("x", np.zeros(20, np.uint8), np.zeros((1, 1))), InputError, r"x: targets of \(1, 1\)"),
        (lambda: BaseContig("x", np.zeros(9, np.uint8), -np.ones((1, 1))), InputError, "x: a target is negative"),
        (
            lambda: TokenContig("x", [0, 5], token_contig(3).tokens, np.zeros((1, 1))),
            InputError,
            "x: 1 bins and 3 rows",
        ),
    ],
)
def test_what_can_not_be_shown_is_told(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_shelves_stay_together_in_another_order():
    windows = WindowConfig(length=10, stride=1, crop=0)
    dataset = WindowDataset.to_train([token_contig(47)], windows, shelf=8)
    orders = []
    for epoch in range(3):
        dataset.set_epoch(epoch)
        flat = [at for batch in dataset.order(5, shuffled=True) for at in batch]
        assert sorted(flat) == list(range(38))
        shelves = [at // 8 for at in flat]
        assert len([1 for one, two in pairwise(shelves) if one != two]) == 4
        orders.append(flat)
    assert orders[0] != orders[1] != orders[2]
    assert dataset.order(5, shuffled=False)[0] == [0, 1, 2, 3, 4]
    with pytest.raises(ConfigError, match="shelf=0; 1 or more"):
        WindowDataset.to_train([token_contig(47)], windows, shelf=0)
