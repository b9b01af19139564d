"""Scores, their exact distributions and thresholds: the definition is the judge, all 841 motifs are the witnesses."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import ConfigError
from genotok.kernels.pwm import loss_of_chance, loss_of_share, mirror, score_counts, spread_losses
from genotok.values.motifs import MotifSet
from genotok.values.thresholds import ThresholdRule, thresholds_of
from motif import definitions, golden

JASPAR = MotifSet.from_jaspar()
UNIFORM = np.full(4, 0.25)
columns = st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), min_size=1, max_size=6)


@given(columns)
def test_the_distribution_counts_words(table):
    low, high = sum(map(min, table)), sum(map(max, table))
    within = spread_losses(np.array(table, dtype=np.int32), UNIFORM, high - low)
    expected = [float(definitions.chance(table, high - loss)) for loss in range(high - low + 1)]
    assert within.tolist() == expected  # quarters add up without a rounding
    for most in {0, (high - low) // 3, high - low}:
        part = spread_losses(np.array(table, dtype=np.int32), UNIFORM, most)
        assert part.tolist() == expected[: most + 1]


@given(columns, st.integers(0, 10), st.sampled_from([Fraction(1, 16), Fraction(1, 20), Fraction(1, 2), Fraction(1)]))
def test_a_share_of_the_range_is_reached_where_the_definition_says(table, tenths, p_max):
    low, high = sum(map(min, table)), sum(map(max, table))
    within = spread_losses(np.array(table, dtype=np.int32), UNIFORM, high - low)
    found = high - loss_of_share(within, high - low, tenths / 10, float(p_max))
    assert found == definitions.score_by_share(table, Fraction(tenths, 10), p_max)


@given(columns, st.sampled_from([Fraction(1, 4096), Fraction(1, 100), Fraction(1, 16), Fraction(1, 4)]))
def test_a_chance_is_reached_where_the_definition_says(table, p):
    low, high = sum(map(min, table)), sum(map(max, table))
    within = spread_losses(np.array(table, dtype=np.int32), UNIFORM, high - low)
    assert high - loss_of_chance(within, float(p)) == definitions.score_by_chance(table, p)


def test_letters_may_differ_in_their_shares():
    scores = np.array([[0, 1, 2, 3]], dtype=np.int32)
    assert spread_losses(scores, np.array([0.5, 0.25, 0.125, 0.125]), 3).tolist() == [0.125, 0.25, 0.5, 1.0]


def test_scores_made_of_counts_are_those_that_the_wheel_holds():
    assert np.array_equal(score_counts(JASPAR.counts, JASPAR.offsets, JASPAR.background), JASPAR.scores)


@pytest.mark.native
def test_scores_are_those_of_biopython():
    from Bio import motifs
    from Bio.motifs import jaspar

    for row, motif in enumerate(JASPAR.ids):
        counts = dict(zip("ACGT", JASPAR.counts_of(row).T.astype(float).tolist(), strict=True))
        theirs = motifs.Motif(alphabet="ACGT", counts=counts)
        theirs.pseudocounts = jaspar.calculate_pseudocounts(theirs)
        scores = np.array([theirs.pssm[letter] for letter in "ACGT"]).T
        assert np.array_equal(np.rint(100 * scores).astype(int), JASPAR.scores_of(row)), motif


@pytest.mark.parametrize(("name", "rule"), [("rel80", ThresholdRule()), ("p1e4", ThresholdRule(pvalue=1e-4))])
def test_thresholds_are_the_golden_ones(name, rule):
    expected, found = golden.answers(), thresholds_of(JASPAR, rule)
    assert np.array_equal(found.threshold, expected[f"threshold_{name}"])
    assert np.array_equal(found.min_score, expected["min_score"])
    assert np.array_equal(found.max_score, expected["max_score"])
    assert np.allclose(found.p_value, expected[f"p_at_{name}"], rtol=1e-12, atol=0)
    unreachable = [JASPAR.ids[row] for row in np.flatnonzero(~found.reachable)]
    assert unreachable == ([] if name == "rel80" else ["MA0004.1", "MA0006.1", "MA0130.1", "MA0151.1", "MA1684.1"])
    assert np.array_equal(found.budgets >= 0, found.reachable)


def test_the_other_strand_is_reversed_and_complemented():
    table = [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert mirror(np.array(table)).tolist() == definitions.mirrored(table) == [[8, 7, 6, 5], [4, 3, 2, 1]]


def test_another_background_changes_scores_and_chances():
    motifs = MotifSet.from_counts({"M": [[9, 0, 0, 0], [0, 9, 0, 0]]})
    skewed = motifs.against([0.4, 0.1, 0.1, 0.4])
    assert skewed.scores[0, 0] < motifs.scores[0, 0]
    assert skewed.scores[1, 1] > motifs.scores[1, 1]
    assert skewed.digest != motifs.digest
    assert motifs.against([0.25] * 4) is motifs
    assert thresholds_of(skewed, ThresholdRule(pvalue=0.05)).p_value.tolist() == pytest.approx([0.04])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pvalue": 0.0}, r"^pvalue is 0\.0; it lies between 0 and 1, as 1e-4 does$"),
        ({"pvalue": 1.0}, r"^pvalue is 1\.0;"),
        ({"relative": 1.1}, r"^relative is 1\.1; it lies between 0 and 1$"),
        ({"relative": -0.1}, r"^relative is -0\.1;"),
        ({"relative": float("nan")}, r"^relative is nan;"),
        ({"p_max": 0.0}, r"^p_max is 0\.0;"),
    ],
)
def test_a_rule_outside_its_range_is_refused(fields, message):
    with pytest.raises(ConfigError, match=message):
        ThresholdRule(**fields)


def test_a_threshold_that_no_motif_reaches_names_the_best_chance():
    motifs = MotifSet.from_counts({"M": [[9, 0, 0, 0]] * 4})
    with pytest.raises(
        ConfigError, match=r"^no motif reaches p <= 0\.001; the rarest word of any of them has p = 0\.00391$"
    ):
        thresholds_of(motifs, ThresholdRule(pvalue=1e-3))
    with pytest.raises(ConfigError, match=r"^no motif reaches p < 0\.001;"):
        thresholds_of(motifs, ThresholdRule(p_max=1e-3))


@given(columns, st.sampled_from([1e-3, 0.01, 0.1, 0.3, 0.9]), st.booleans())
def test_thresholds_look_as_far_as_they_must(table, p, relative):
    motifs = MotifSet(("M",), ("M",), [0, len(table)], np.ones((len(table), 4)), np.array(table))
    rule = ThresholdRule(relative=p, p_max=1.0) if relative else ThresholdRule(pvalue=p)
    share, chance = Fraction(str(p)), Fraction(str(p))
    expected = (
        definitions.score_by_share(table, share, Fraction(1))
        if relative
        else definitions.score_by_chance(table, chance)
    )
    if expected > sum(map(max, table)):
        with pytest.raises(ConfigError, match=r"^no motif reaches p <"):
            thresholds_of(motifs, rule)
    else:
        found = thresholds_of(motifs, rule)
        assert found.threshold.tolist() == [expected]
        assert found.p_value.tolist() == pytest.approx([float(definitions.chance(table, expected))])
