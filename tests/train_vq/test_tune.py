"""Tuning a table: never below its start, the same for the same seed, every kind of table, and what is refused."""

import numpy as np
import pytest

from genotok.errors import ConfigError, TrainingError
from genotok.kernels.tables import reverse_windows
from genotok.train.vq import plan_training, train
from genotok.train.vq_table import TableConfig, train_table
from genotok.train.vq_tune import TuneConfig, table_bits, tune_table
from genotok.values.windowtable import WindowTable
from train_vq.worlds import corpus

pytestmark = pytest.mark.native
QUICK = TuneConfig(steps=30, batch=512, rate=3e-3, every=10, hidden=16)
SETTINGS = {
    "tree": TableConfig(window=4, levels=(4, 16)),
    "flat": TableConfig(window=5, stride=4, levels=(16,)),
    "rvq": TableConfig(window=4, stride=2, quantizer="rvq", levels=(4, 8)),
    "hrq": TableConfig(window=4, stride=2, quantizer="hrq", levels=(4, 8)),
}


def tune(name, tuning=QUICK, **words):
    config = SETTINGS[name]
    model = train_table(corpus(), config)
    return model, tune_table(model, corpus(), config, tuning, device="cpu", **words)


def bits_by_definition(table, sizes, counts):
    """Window by window: the shares of letters among all windows of the same codes, of the lesser of two strands."""
    joint = [tuple(codes) for codes in table.codes.T.tolist()]
    turned = reverse_windows(table.window)
    chosen = [number for number in range(4**table.window) if not table.strand_symmetric or number <= turned[number]]
    letters = {number: [number // 4**place % 4 for place in range(table.window)][::-1] for number in chosen}
    spent = total = 0.0
    for number in range(4**table.window):
        its = min(number, turned[number]) if table.strand_symmetric else number
        family = [other for other in chosen if joint[other] == joint[its]]
        for place, letter in enumerate(letters[its]):
            share = np.mean([letters[other][place] == letter for other in family])
            spent -= counts[number] * np.log2((share + 0.01) / 1.04)
        total += counts[number] * table.window
    assert len(sizes) == len(table.codes)
    return spent / total


@pytest.mark.parametrize("symmetric", [False, True])
def test_bits_of_a_table_are_those_of_its_definition(symmetric):
    """What is left of a base once the codes are known, of one strand or of both."""
    drawn = np.random.default_rng(3)
    codes = drawn.integers(0, 3, (2, 64)).astype(np.uint16)
    if symmetric:
        codes = codes[:, np.minimum(np.arange(64), reverse_windows(3))]
    table, counts = WindowTable(3, 1, codes, symmetric), drawn.random(64)
    assert table_bits(table, (3, 3), counts) == pytest.approx(bits_by_definition(table, (3, 3), counts))


@pytest.mark.parametrize("name", list(SETTINGS))
def test_the_table_that_is_kept_is_never_worse_than_its_start(name):
    """Whatever the steps did; codes, parents and usage fit each other."""
    config, (start, tuned) = SETTINGS[name], tune(name)
    assert tuned.bits <= tuned.start_bits
    assert tuned.bits == min(tuned.start_bits, *(each["bits"] for each in tuned.records))
    assert [each["step"] for each in tuned.records] == [10, 20, 30]
    assert (tuned.model == start) == (tuned.step == 0)
    assert tuned.model.codebook.quantizer == config.kind
    assert [int(each.sum()) for each in tuned.model.usage] == [int(each.sum()) for each in start.usage]


def test_a_rate_that_destroys_leaves_the_start():
    """The model itself, not a copy of what came of it."""
    start, tuned = tune("tree", TuneConfig(steps=20, batch=256, rate=0.5, every=5, hidden=16))
    assert min(each["bits"] for each in tuned.records) > tuned.start_bits
    assert tuned.model is start or tuned.model == start
    assert tuned.step == 0


def test_steps_that_help_are_kept():
    """From codewords without a round of k-means, gradients find better ones."""
    config = TableConfig(window=5, stride=4, levels=(16,), rounds=0)
    model, told = train_table(corpus(), config), []
    tuned = tune_table(model, corpus(), config, QUICK, device="cpu", progress=lambda *each: told.append(each))
    assert tuned.step > 0
    assert tuned.bits < tuned.start_bits
    assert tuned.model != model
    assert told[-1] == ("tune", 30, 30)


def test_equal_seeds_give_equal_tables():
    """And other seeds other batches."""
    (_, one), (_, two) = tune("flat"), tune("flat")
    assert one.records == two.records
    assert one.model == two.model
    _, other = tune("flat", TuneConfig(**QUICK.to_dict() | {"seed": 1}))
    assert other.records != one.records


def test_a_table_is_tuned_when_steps_are_asked_for():
    """By the one entry of training; the card says what it brought."""
    plan = plan_training("table", window=4, levels=(4, 16), steps=10, batch=128, seed=2)
    assert (plan.tuning.steps, plan.tuning.batch, plan.tuning.seed) == (10, 128, 2)
    card = train(corpus(), plan, device="cpu").card
    assert card["tuned"]["bits"] <= card["tuned"]["bits_before"]
    assert card["settings"]["tuning"]["steps"] == 10
    assert plan_training("table").tuning is None


def test_wrong_settings_and_a_loss_that_is_no_number_are_told(monkeypatch):
    """By name, with what is right."""
    with pytest.raises(ConfigError, match=r"steps=0; 1 or more"):
        TuneConfig(steps=0)
    monkeypatch.setattr("genotok.train.vq_tune._SHARPNESS", float("inf"))
    with pytest.raises(TrainingError, match=r"the loss is no number at step 1; lower the rate"):
        tune("flat")
