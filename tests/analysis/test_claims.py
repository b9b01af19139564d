"""A claim is decided by its rule and its figures, by nothing else; the list of claims is sound."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.analysis.claimpage import claims_page
from genotok.analysis.claims import Above, Between, Claim, Figure, Near, count_verdicts, judge, judge_all
from genotok.analysis.modelfigures import figures_of_models
from genotok.analysis.paperclaims import CLAIMS
from genotok.errors import ConfigError

NUMBERS = st.floats(-1e9, 1e9)


def claim(*rules):
    return Claim("k", "2", "It is so.", "15", rules, "a genome", "Mind the gap.")


def figures(**values):
    return {name: Figure(value, "chr22", f"measure {name}") for name, value in values.items()}


@given(NUMBERS, NUMBERS, st.floats(0, 1e9))
def test_near_means_no_further_than_its_ease(value, wanted, ease):
    expected = "reproduced" if abs(value - wanted) <= ease else "refuted"
    assert judge(claim(Near("x", wanted, ease)), figures(x=value)).verdict == expected


@given(NUMBERS, st.none() | NUMBERS, NUMBERS)
def test_bounds_belong_to_what_they_bound(value, low, high):
    expected = (low is None or value >= low) and value <= high
    assert (judge(claim(Between("x", low, high)), figures(x=value)).verdict == "reproduced") == expected


@given(NUMBERS, st.lists(NUMBERS, min_size=1, max_size=3), st.booleans())
def test_above_must_beat_each_of_the_others(value, others, below):
    names = tuple(f"y{at}" for at in range(len(others)))
    found = judge(claim(Above("x", names, below=below)), figures(x=value, **dict(zip(names, others, strict=True))))
    wins = value < min(others) if below else value > max(others)
    assert (found.verdict == "reproduced") == wins


def test_a_margin_is_exceeded_and_not_reached():
    rule = claim(Above("x", ("y",), margin=1))
    assert [judge(rule, figures(x=value, y=4)).verdict for value in (5, 5.5)] == ["refuted", "reproduced"]


def test_all_rules_must_hold():
    both = claim(Near("x", 1, 0), Near("y", 2, 0))
    assert judge(both, figures(x=1, y=2)).verdict == "reproduced"
    assert judge(both, figures(x=1, y=3)).verdict == "refuted"


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_what_is_missing_or_undefined_cannot_be_checked(value):
    """Even if the other rule is broken: half of the evidence decides nothing."""
    given = figures(x=9) | (figures(y=value) if value is not None else {})
    found = judge(claim(Near("x", 1, 0), Near("y", 2, 0)), given)
    assert found.verdict == "not checkable"
    assert list(found.figures) == ["x"]


def test_a_rule_without_a_bound_is_none():
    with pytest.raises(ConfigError, match="a rule on x without a bound; give least, most, or both"):
        Between("x")


def test_the_list_of_claims_can_be_decided():
    """Keys are unique; each has a rule, and says what it needs."""
    assert len({each.key for each in CLAIMS}) == len(CLAIMS) >= 30
    assert all(each.rules and each.needs and each.says.endswith(".") for each in CLAIMS)


@pytest.mark.parametrize("listed", CLAIMS, ids=lambda each: each.key)
def test_figures_can_turn_every_claim(listed):
    """Some figures reproduce it and others refute it: no verdict is settled beforehand."""
    suiting = {name: value for rule in listed.rules for name, value in _suiting(rule).items()}
    against = suiting | _against(listed.rules[-1])
    assert judge(listed, figures(**suiting)).verdict == "reproduced"
    assert judge(listed, figures(**against)).verdict == "refuted"
    assert judge(listed, {}).verdict == "not checkable"


def _suiting(rule):
    if isinstance(rule, Near):
        return {rule.figure: rule.value}
    if isinstance(rule, Between):
        return {rule.figure: rule.least if rule.least is not None else rule.most}
    sign = -1 if rule.below else 1
    return {rule.figure: sign * 5.0} | dict.fromkeys(rule.others, 0.0)


def _against(rule):
    if isinstance(rule, Near):
        return {rule.figure: rule.value + 2 * rule.ease + 1}
    if isinstance(rule, Between):
        return {rule.figure: rule.least - 1 if rule.least is not None else rule.most + 1}
    return {rule.figure: 0.0}


def test_the_page_tells_figure_rule_corpus_command_and_verdict():
    claims = (
        claim(Near("x", 15, 0.5)),
        replace(claim(Between("y", least=1)), key="l", says="Another | thing."),
        replace(claim(Near("z", 1, 0)), key="m"),
    )
    findings = judge_all(claims, figures(x=14.8, y=0.25))
    assert count_verdicts(findings) == {"reproduced": 1, "refuted": 1, "not checkable": 1}
    page = claims_page(findings, made="Made by hand.")
    assert "**3 claims: 1 reproduced, 1 refuted, 1 not checkable.**" in page
    assert "| 1 | It is so. | 15 | 14.8 | reproduced |" in page
    assert "| 2 | Another \\| thing. | 15 | 0.25 | **refuted** |" in page
    assert "| 3 | It is so. | 15 | - | not checkable |" in page
    assert "- `x` must be within 0.5 of 15\n- measured: x 14.8 (chr22)\n- Mind the gap." in page
    assert "- missing: z; needs a genome" in page
    assert "- `measure x`: `x`" in page
    assert findings[1].to_dict()["figures"] == {
        "y": {"value": 0.25, "corpus": "chr22", "command": "measure y", "spread": ""}
    }


def results(seeds=3, learnt=0.5):
    """A file of results of one signal, in which bases are ahead."""
    areas = {f"attribution.input_x_gradient.{name}.auc": {"mean": mean} for name, mean in (("a", 0.5), ("b", 0.7))}
    better = {name: {"mean": each["mean"] + 0.125} for name, each in areas.items()}
    known = {"grid.window_pearson": {"mean": 0.5}}
    tokens = areas | known | {"peaks.swept.f1": {"mean": 0.25}}
    bases = better | known | {"peaks.swept.f1": {"mean": 0}, "grid.window_pearson": {"mean": learnt}}
    runs = [f"{kind}/{seed}" for kind, n in (("tokens", 3), ("onehot", seeds)) for seed in range(n)]
    paired = {"mean": -1, "low": -2, "high": -0.5}
    summary = {"tokens": tokens, "onehot": bases, "difference": paired}
    return {"signals": {"yeast": {"runs": dict.fromkeys(runs), "summary": summary}, "other": {}}}


def test_runs_of_networks_give_their_gaps():
    """Bases less tokens, of each signal; the areas of several kinds of places are averaged."""
    found = figures_of_models(results())
    assert {name: each.value for name, each in found.items()} == pytest.approx(
        {"yeast.pearson_gap": 1, "yeast.f1_gap": -0.25, "yeast.auc_gap": 0.125}
    )
    assert found["yeast.pearson_gap"].spread == "0.500 to 2.000, 95 % over test windows"
    assert found["yeast.auc_gap"].spread == "bases 0.625 to 0.825, tokens 0.500 to 0.700 over seeds"
    assert {each.corpus for each in found.values()} == {"yeast, networks of 3 seeds"}


@pytest.mark.parametrize("weak", [{"seeds": 2}, {"learnt": 0.09}])
def test_few_seeds_and_networks_that_learnt_nothing_decide_nothing(weak):
    assert figures_of_models(results(**weak)) == {}
