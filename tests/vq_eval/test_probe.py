"""The probe reads what a bag holds: it finds planted words, repeats itself, and chooses on dev alone."""

import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, matthews_corrcoef

from genotok.analysis.vq_baselines import WordFeatures
from genotok.analysis.vq_features import bag_of
from genotok.analysis.vq_probe import STRENGTHS, ProbeRun, draw_rows, probe
from genotok.analysis.vq_sets import LabelledRows, LabelledSet, read_sets
from genotok.errors import ConfigError, InputError, MissingExtraError
from genotok.kernels.confusion import accuracy, count_confusion, macro_f1, matthews
from vq_eval.worlds import planted, write_set

pytestmark = pytest.mark.native


@pytest.fixture
def task(tmp_path):
    write_set(tmp_path / "easy", n=(300, 100, 100), noise=0.1)
    return read_sets(tmp_path)[0]


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_figures_equal_those_of_scikit_learn(classes):
    random = np.random.default_rng(classes)
    for _ in range(20):
        truth, said = random.integers(0, classes, (2, 37))
        counts = count_confusion(truth, said, classes=classes)
        assert matthews(counts) == pytest.approx(matthews_corrcoef(truth, said))
        assert macro_f1(counts) == pytest.approx(f1_score(truth, said, average="macro"))
        assert accuracy(counts) == pytest.approx((truth == said).mean())
    once = count_confusion(np.zeros(4, int), np.array([0, 1, 0, 1]), classes=classes)
    assert matthews(once) == 0


def test_weighted_counts_are_those_of_repeated_rows():
    random = np.random.default_rng(0)
    truth, said = random.integers(0, 3, (2, 20))
    weights = random.integers(0, 4, (6, 20)).astype(float)
    counts = count_confusion(truth, said, classes=3, weights=weights)
    for row, found in zip(weights.astype(int), counts, strict=True):
        assert np.array_equal(found, count_confusion(truth.repeat(row), said.repeat(row), classes=3))


def test_planted_words_are_found_where_they_are_counted(task):
    """Words of their own length tell the classes apart, single letters hardly."""
    long, short = (next(iter(probe(WordFeatures(k), task, [None]))) for k in (4, 1))
    truth = task.test.labels
    assert matthews_corrcoef(truth, long.predicted) > 0.6
    assert matthews_corrcoef(truth, long.predicted) > matthews_corrcoef(truth, short.predicted) + 0.2
    assert long.settled


def test_the_strength_is_the_first_of_the_best_on_dev(task):
    """And what is said of the test rows is what scikit-learn says with it."""
    features = WordFeatures(3)
    train, dev, test = (bag_of(features, rows.texts).to_dense().astype(float) for rows in task.splits.values())
    fits = [LogisticRegression(C=each, max_iter=500).fit(train, task.train.labels) for each in STRENGTHS]
    merits = [matthews_corrcoef(task.dev.labels, fit.predict(dev)) for fit in fits]
    (run,) = probe(features, task, [None], most=None)
    assert run.chose == STRENGTHS[merits.index(max(merits))]
    assert run.dev_mcc == pytest.approx(max(merits))
    assert run.predicted.tolist() == fits[merits.index(max(merits))].predict(test).tolist()


def test_test_rows_decide_nothing(task):
    """With other test labels the same is said of them."""
    other = LabelledSet("x", task.train, task.dev, LabelledRows(task.test.texts, 1 - task.test.labels))
    one, two = (next(iter(probe(WordFeatures(3), each, [4]))) for each in (task, other))
    assert one.to_dict() == two.to_dict()


def test_a_seed_draws_rows_with_replacement_and_repeats_itself(task):
    for n, most in ((50, None), (50, 20), (20, 50)):
        rows = draw_rows(n, most, 3)
        assert len(rows) == min(n, most or n)
        assert len(set(rows.tolist())) < len(rows)
        assert rows.tolist() == draw_rows(n, most, 3).tolist() != draw_rows(n, most, 4).tolist()
    one, two = (list(probe(WordFeatures(3), task, [0, 1], most=100)) for _ in range(2))
    assert [each.to_dict() for each in one] == [each.to_dict() for each in two]
    assert one[0].predicted.tolist() != one[1].predicted.tolist()


def test_rows_drawn_twice_count_twice(task):
    """Weights give the fit that repeated rows give."""
    rows = draw_rows(len(task.train), 60, 0)
    repeated = LabelledSet("x", task.train.take(rows), task.dev, task.test)
    (one,) = probe(WordFeatures(3), task, [0], most=60)
    (two,) = probe(WordFeatures(3), repeated, [None], most=None)
    assert one.chose == two.chose
    assert (one.predicted == two.predicted).mean() > 0.98  # an end at the same gradient is not the same end


def test_without_train_rows_folds_of_dev_choose(tmp_path):
    """Three classes, learnt from dev alone."""
    words = ("", "TTGACATA", "GGGCCCGG")
    write_set(tmp_path / "a", n=(0, 150, 90), splits=("dev", "test"), words=words)
    (task,) = read_sets(tmp_path)
    runs = list(probe(WordFeatures(4), task, [None, 0]))
    assert [each.seed for each in runs] == [None, 0]
    for each in runs:
        assert matthews_corrcoef(task.test.labels, each.predicted) > 0.5
        assert each.chose in STRENGTHS
        assert each.dev_mcc > 0.4


def test_a_run_is_kept_as_plain_values(task):
    (run,) = probe(WordFeatures(2), task, [1], most=50)
    again = ProbeRun.from_dict(run.to_dict())
    assert again.to_dict() == run.to_dict()
    assert again.predicted.dtype == np.int32


def test_what_cannot_be_probed_is_told(task, monkeypatch):
    rows, _ = planted(8)
    few = LabelledSet("few", LabelledRows(tuple(rows), np.array([0] * 7 + [1])), task.dev, task.test)
    with pytest.raises(InputError, match="few: the rows of seed 0 lack a class; give more rows of each"):
        list(probe(WordFeatures(2), few, range(9), most=2))
    with pytest.raises(ConfigError, match="rows=1; 2 or more"):
        list(probe(WordFeatures(2), task, [0], most=1))
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(MissingExtraError, match=r"scikit-learn is not installed; pip install 'genotok\[eval\]'"):
        list(probe(WordFeatures(2), task, [0]))
