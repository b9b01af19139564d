"""The benchmark of factors: areas as scikit-learn's, scores as loops over places, controls always beside."""

import math
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from genotok.errors import BedError, EmptyFileError, InputError
from genotok.train import tf_benchmark
from genotok.train.attribution import input_x_gradient
from genotok.train.contigs import Scaling
from genotok.train.loci import Loci, read_loci
from genotok.train.locus_scores import (
    best_fit,
    best_pwm,
    columns_of_factor,
    motifs_of_factor,
    score_bases,
    score_tokens,
    value_of_tokens,
)
from genotok.train.models import ModelConfig, build_model
from genotok.train.tf_benchmark import area_of, tf_auc
from genotok.values.motifs import MotifSet
from train.contigworlds import base_contig, token_contig

pytestmark = pytest.mark.native
MOTIFS = MotifSet.from_counts(
    {"M1": [[9, 0, 0, 1], [0, 8, 1, 1], [0, 0, 9, 1]], "M2": [[1, 0, 0, 9], [5, 5, 0, 0]], "M3": [[0, 9, 0, 0]]},
    names={"M1": "CTCF", "M2": "Gata1::TAL1", "M3": "RARA(var.2)"},
)
LABELS = np.array([0, 1, 1, 2, 3, 0], dtype=np.int32)
RANKED = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=25)


@given(RANKED)
def test_areas_are_those_of_scikit_learn(pairs):
    truth, scores = np.array([one for one, _ in pairs]), np.array([two for _, two in pairs], dtype=np.float64)
    found = area_of(truth, scores, draws=0).auc
    assert found == pytest.approx(roc_auc_score(truth, scores)) if 0 < truth.sum() < len(truth) else math.isnan(found)


def test_a_bootstrap_counts_loci_as_often_as_they_are_drawn():
    random = np.random.default_rng(0)
    scores = np.sort(random.integers(0, 9, 60))
    truth = random.random(60) < 0.4
    firsts = np.flatnonzero(np.append(True, np.diff(scores) > 0))
    times = random.integers(0, 3, (5, 60))
    expected = [roc_auc_score(np.repeat(truth, row), np.repeat(scores, row)) for row in times]
    assert tf_benchmark._areas(times, truth, firsts) == pytest.approx(expected)


def test_an_interval_holds_the_area_and_shrinks_with_more_loci():
    random = np.random.default_rng(1)
    widths = []
    for n in (60, 1500):
        truth = np.arange(n) < n // 3
        found = area_of(truth, random.normal(size=n) + truth, draws=400)
        assert found.low < found.auc < found.high
        assert found.low < 0.76 < found.high  # of two normal curves one deviation apart
        assert found == area_of(truth, np.random.default_rng(1).normal(size=n) + truth, draws=400) or n > 60
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 3


def test_an_interval_is_that_of_any_step(monkeypatch):
    truth, scores = np.arange(40) < 15, np.arange(40) * 7 % 13
    whole = area_of(truth, scores, draws=2000)
    monkeypatch.setattr(tf_benchmark, "_AT_ONCE", 400)
    parts = area_of(truth, scores, draws=2000)
    assert parts.auc == whole.auc
    assert (parts.low, parts.high) == pytest.approx((whole.low, whole.high), abs=0.02)


def test_names_of_factors_are_found_in_any_case_and_in_pairs():
    found = {name: motifs_of_factor(name, MOTIFS).tolist() for name in ("ctcf", "TAL1", "GATA1", "rara", "TAL", "var")}
    assert found == {"ctcf": [0], "TAL1": [1], "GATA1": [1], "rara": [2], "TAL": [], "var": []}
    assert columns_of_factor("CTCF", MOTIFS, LABELS).tolist() == [0, 1]
    assert columns_of_factor("tal1", MOTIFS, LABELS).tolist() == [1, 2]
    assert columns_of_factor("none", MOTIFS, LABELS).tolist() == []


def loci_of(contig, factors=("CTCF", "TAL1", "none"), n=30, seed=3):
    random = np.random.default_rng(seed)
    starts = random.integers(0, int(contig.boundaries[-1]) - 50, n)
    names = tuple(factors[at % len(factors)] for at in range(n))
    return Loci(("one",) * n, starts, starts + random.integers(10, 50, n), names, random.random(n) < 0.5)


def marked(inputs, starts):
    """Attributions that tell their place: the input itself, negative."""
    return -inputs


def test_tokens_are_scored_in_the_bins_of_the_locus_alone():
    contig = token_contig(120)
    loci, dense = loci_of(contig), contig.tokens.to_dense()
    columns = {factor: columns_of_factor(factor, MOTIFS, LABELS) for factor in set(loci.factors)}
    scores = score_tokens(loci, {"one": contig}, columns, marked, length=20, batch=4)
    scaled = score_tokens(loci, {"one": contig}, columns, marked, length=20, scaling=Scaling(0.0, 2.0))
    values = value_of_tokens(loci, {"one": contig}, columns)
    for row in range(len(loci)):
        own = columns[loci.factors[row]]
        inside = [
            at
            for at in range(len(contig))
            if contig.boundaries[at] < loci.ends[row] and contig.boundaries[at + 1] > loci.starts[row]
        ]
        expected = dense[np.ix_(inside, own)].max() if len(own) else math.nan
        assert scores[row] == pytest.approx(expected, nan_ok=True)
        assert scaled[row] == pytest.approx(2 * expected, nan_ok=True)
        assert values[row] == pytest.approx(expected, nan_ok=True)


def test_bases_are_scored_by_the_best_fit_at_any_offset_of_both_strands():
    contig = base_contig(2000)
    loci = loci_of(contig)
    random = np.random.default_rng(5)
    field = random.normal(size=(2000, 4)).astype(np.float32)

    def attribute(inputs, starts):
        return np.stack([field[find(each) : find(each) + len(each)] for each in inputs])

    letters = contig.inputs(0, len(contig))

    def find(window):
        return next(at for at in range(0, 2000, 16) if np.array_equal(letters[at : at + len(window)], window))

    scores = score_bases(loci, {"one": contig}, MOTIFS, attribute, length=10, batch=4)
    for row in range(len(loci)):
        best = []
        for motif in motifs_of_factor(loci.factors[row], MOTIFS).tolist():
            counts = MOTIFS.counts_of(motif)
            table = counts / counts.sum(axis=1, keepdims=True) - 0.25
            part = (field * (letters[:2000] > 0))[loci.starts[row] : loci.ends[row]]
            for weights in (table, table[::-1, ::-1]):
                places = range(len(part) - len(weights) + 1)
                best += [float((part[at : at + len(weights)] * weights).sum()) for at in places]
        assert scores[row] == pytest.approx(max(best, default=math.nan), abs=1e-5, nan_ok=True)
    assert best_fit(np.zeros((2, 4)), np.zeros((3, 4))) is None


def test_the_best_score_of_a_motif_is_that_of_all_windows():
    contig = base_contig(2000)
    loci = loci_of(contig)
    scores = best_pwm(loci, {"one": contig.codes}, MOTIFS)
    for row in range(len(loci)):
        letters, best = contig.codes[loci.starts[row] : loci.ends[row]].tolist(), []
        for motif in motifs_of_factor(loci.factors[row], MOTIFS).tolist():
            table = MOTIFS.scores_of(motif)
            low, high = table.min(axis=1).sum(), table.max(axis=1).sum()
            for strand in (table, table[::-1, ::-1]):
                for at in range(len(letters) - len(table) + 1):
                    window = letters[at : at + len(table)]
                    if 4 not in window:
                        best.append((sum(strand[j][letter] for j, letter in enumerate(window)) - low) / (high - low))
        assert scores[row] == pytest.approx(max(best, default=math.nan), nan_ok=True)


def test_a_table_has_each_factor_with_both_controls():
    contig = token_contig(200, seed=4)
    loci = loci_of(contig, n=60)
    columns = {factor: columns_of_factor(factor, MOTIFS, LABELS) for factor in set(loci.factors)}
    model = build_model(ModelConfig(channels=6, scale=32))

    def attribute(inputs, starts):
        return input_x_gradient(model, inputs, starts, crop=2, device="cpu").values

    attribution = score_tokens(loci, {"one": contig}, columns, attribute, length=20)
    values = value_of_tokens(loci, {"one": contig}, columns)
    pwm = np.random.default_rng(0).random(60)
    rows = tf_auc(attribution, loci, best_pwm=pwm, token_value=values, draws=50)
    assert [row.factor for row in rows] == ["CTCF", "TAL1", "none"]
    for row in rows[:2]:
        own = loci.of_factor(row.factor)
        truth = loci.is_bound[own]
        assert (row.bound, row.unbound, row.unscored) == (truth.sum(), (~truth).sum(), 0)
        for area, scores in ((row.attribution, attribution), (row.best_pwm, pwm), (row.token_value, values)):
            assert area.auc == pytest.approx(roc_auc_score(truth, scores[own]))
            assert area.low <= area.auc <= area.high
    assert (rows[2].bound, rows[2].unbound, rows[2].unscored) == (0, 0, 20)
    assert rows[2].to_dict()["attribution"] == {"auc": None, "low": None, "high": None}


def test_loci_are_read_from_a_table():
    text = b"# peaks\nchr1\t5\t9\tCTCF\tbound\textra\n\nchr2\t7\t8\tTAL1\t0\n"
    loci = read_loci(BytesIO(text))
    assert loci.contigs == ("chr1", "chr2")
    assert loci.factors == ("CTCF", "TAL1")
    assert loci.is_bound.tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (b"chr1\t5\t9\tCTCF\n", BedError, ":1: no locus of a factor; lines are contig, start"),
        (b"chr1\t5\t9\tA\tbound\nchr1\tx\t9\tA\tbound", BedError, ":2: no locus of a factor"),
        (b"chr1\t5\t9\tA\tmaybe\n", BedError, ":1: no locus of a factor"),
        (b"chr1\t9\t9\tA\tbound\n", BedError, ":1: the locus is empty"),
        (b"#\n", EmptyFileError, "there is no locus in it"),
    ],
)
def test_tables_that_hold_no_loci_are_refused(text, error, message):
    with pytest.raises(error, match=message):
        read_loci(BytesIO(text))


def test_loci_elsewhere_are_refused():
    contig, columns = token_contig(20), {"CTCF": np.array([0])}

    def at(name, start):
        return Loci((name,), [start], [start + 5], ("CTCF",), [True])

    with pytest.raises(InputError, match="row 0: no contig 'chr9'; contigs begin with one"):
        score_tokens(at("chr9", 0), {"one": contig}, columns, marked)
    with pytest.raises(InputError, match="row 0: no contig 'chr9'"):
        best_pwm(at("chr9", 0), {"one": np.zeros(9, np.uint8)}, MOTIFS)
    with pytest.raises(InputError, match="row 0: a locus at 99,999 is beyond one"):
        value_of_tokens(at("one", 99_999), {"one": contig}, columns)
    with pytest.raises(InputError, match=r"best_pwm of \(2,\) for 1 loci"):
        tf_auc(np.zeros(1), at("one", 0), best_pwm=np.zeros(2), token_value=np.zeros(1))
    with pytest.raises(InputError, match="row 0: a locus is empty"):
        Loci(("one",), [5], [5], ("CTCF",), [True])
