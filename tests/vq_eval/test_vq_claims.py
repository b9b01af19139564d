"""Claims about learned tokens are decided by figures of the other commands, which are read as they were written."""

import pytest

from genotok.analysis.claimpage import claims_page
from genotok.analysis.claims import Figure, judge_all
from genotok.analysis.vq_claims import HEAD, NOTE, TAIL, VQ_CLAIMS
from genotok.analysis.vq_figures import figures_of_evaluation, figures_of_lineages, figures_of_rates
from genotok.cli.vq.claiming import encoder_operations, figures_of_presets
from genotok.train.vq_presets import preset_config

pytestmark = pytest.mark.native
MADE = {"command": "genotok vq eval", "genotok": "0"}


def mean(value):
    return {"mean": value, "low": value - 0.01, "high": value + 0.01}


def table(merit="mcc", judge="probe-1", split="train", value=0.5):
    rows = [
        {
            "name": name,
            "overall": mean(value + step),
            "codes_used": used,
            "vocabulary": 64,
            "levels": [[used, 64], [4, 8]],
        }
        for name, step, used in (("bpe", 0.0, 64), ("vq-compact", 0.05, 63))
    ]
    gap = {"one": "vq-compact", "other": "bpe", "mean": 0.05, "low": 0.02, "high": 0.08, "verdict": "ahead"}
    told = {"title": "gue", "judge": judge, "rows": 12000, "merit": merit, "seeds": [0, 1], "differences": [gap]}
    return told | {"sets": {"a": {"rows": {split: 3, "test": 3}}}, "tokenizers": rows}


def test_the_list_of_claims_is_sound():
    """Keys are its own, every claim has a rule, and says what it needs."""
    assert len({each.key for each in VQ_CLAIMS}) == len(VQ_CLAIMS)
    for each in VQ_CLAIMS:
        assert each.rules, each.key
        assert each.needs, each.key
        assert each.says.endswith("."), each.key
        assert each.where, each.key


def test_figures_of_tables_are_told_by_their_kind():
    """The first of a kind counts; those of networks, and those learnt from dev, are none."""
    tables = [table(judge="cnn-1", value=0.1), table(split="dev", value=0.2), table(), table(value=0.9)]
    found = figures_of_evaluation({"made": MADE, "tables": [*tables, table(merit="macro_f1", value=0.3)]})
    assert found["probe.bpe"].value == pytest.approx(50)
    assert found["probe.bpe"].spread == "49.0 to 51.0"
    assert found["windows.bpe"].value == pytest.approx(30)
    assert found["probe.vq-compact - bpe.low"].value == pytest.approx(2)
    assert found["probe.bpe - vq-compact.low"].value == pytest.approx(-8)
    assert found["probe.bpe - vq-compact.high"].value == pytest.approx(-2)
    assert found["usage.vq-compact"].value == 63 / 64
    assert found["usage.bpe, level 2"].value == 0.5
    assert found["probe.bpe"].corpus == "gue: 1 sets, 12,000 train rows, 2 seeds"
    assert found["probe.bpe"].command == "genotok vq eval"


def test_figures_of_rates_are_the_worst_of_their_corpora():
    points = [
        {"name": "flat", "corpus": corpus, "accuracy": accuracy, "rate": rate, "nominal": 2.25}
        for corpus, accuracy, rate in (("a", 0.9, 1.0), ("b", 0.8, 1.5))
    ]
    found = figures_of_rates({"made": MADE, "points": points})
    values = {name: each.value for name, each in found.items()}
    assert values == {"rd.flat.accuracy": 0.8, "rd.flat.rate": 1.5, "rd.flat.nominal": 2.25}
    assert found["rd.flat.accuracy"].corpus == "a, b"


def test_differences_over_seeds_are_figures_of_rates_too():
    """In bases of a hundred, and those of the other side; an interval around 0 confirms nothing."""
    gap = {"one": "hrq", "other": "flat", "mean": -0.05, "low": -0.06, "high": -0.04, "seeds": 5}
    point = {"name": "hrq", "corpus": "a", "accuracy": 0.7, "rate": 1.4, "nominal": 1.5}
    found = figures_of_rates({"made": MADE, "points": [point], "differences": [gap]})
    assert found["rd.hrq - flat.low"].value == pytest.approx(-6)
    assert found["rd.flat - hrq.high"].value == pytest.approx(6)
    assert found["rd.hrq - flat.low"].corpus == "a; 5 seeds"
    assert found["rd.hrq - flat.mean"].spread == "-6.0 to -4.0"
    verdicts = {each.claim.key: each.verdict for each in judge_all(VQ_CLAIMS, found)}
    assert verdicts["hrq_flat_bases"] == "refuted"


def test_figures_of_lineages_are_told_by_level():
    scores = [
        {"name": name, "purity": 0.99, "macro": 0.96, "silhouette": value}
        for name, value in (("vq-fine", 0.3), ("vq-fine, level 1 (512)", 0.1))
    ]
    found = figures_of_lineages({"made": MADE, "genomes": 1767, "scored": ["a", "b"], "scores": scores})
    assert found["lineages.vq-fine, level 1.silhouette"].value == 0.1
    assert found["lineages.vq-fine.purity"].corpus == "1,767 genomes, 2 groups"


def test_verdicts_follow_from_the_figures():
    """A gap whose interval holds 0 confirms nothing; what lacks a figure is not checkable."""

    def verdicts(**values):
        figures = {name: Figure(value, "x", "y") for name, value in values.items()}
        return {each.claim.key: each.verdict for each in judge_all(VQ_CLAIMS, figures)}

    ahead = {"probe.vq-compact - bpe.low": 2.0, "probe.vq-compact - kmer6-step6.low": 0.5}
    assert verdicts(**ahead)["hand_crafted_strided"] == "reproduced"
    assert verdicts(**ahead | {"probe.vq-compact - bpe.low": -0.1})["hand_crafted_strided"] == "refuted"
    assert verdicts()["hand_crafted_strided"] == "not checkable"
    assert set(verdicts().values()) == {"not checkable"}
    purities = {"lineages.vq-fine.purity": 0.995, "lineages.random-table.purity": 0.999}
    assert verdicts(**purities)["significance"] == "refuted"


def test_the_page_names_claims_and_contradictions():
    page = claims_page(judge_all(VQ_CLAIMS, {}), made="Made by hand.", head=HEAD, place="", note=NOTE, tail=TAIL)
    assert page.startswith("# VQDNA's claims, checked\n\nMade by hand.\n")
    assert f"**{len(VQ_CLAIMS)} claims: 0 reproduced, 0 refuted, {len(VQ_CLAIMS)} not checkable.**" in page
    assert "**1. All codes of the learned vocabulary are used.** Analysis of the vocabulary; not checkable." in page
    assert page.rstrip().endswith("level 2 codes z again.")
    assert "Motif" not in page


def test_the_work_of_an_encoder_is_that_of_its_layers():
    """Multiply-adds of stem, blocks and codes, added up layer by layer for each token."""
    config = preset_config("strided", blocks=2, width=6, channels=8, expansion=3, window=9, stride=4, levels=(4, 8))
    token = 4 * 9 * 8 + 8 * 6  # stem, and what makes it narrower
    token += 2 * (7 * 6 + 6 * 18 + 18 * 6)
    token += 4 * 6 + 8 * 6
    assert encoder_operations(config, 10) == 3 * token
    assert encoder_operations(preset_config("strided", channels=32, width=32), 4) == (
        4 * 9 * 32 + 6 * (7 * 32 + 2 * 32 * 64) + 32 * 96
    )


def test_sizes_of_the_papers_preset_are_counted():
    found = figures_of_presets()
    gap = found["paper.hrq.parameters"].value - found["paper.flat.parameters"].value
    assert gap == 384 * (1024 + 2048 - 512)  # its codes, and nothing else
    assert found["paper.encoder_gmacs"].value > 3.6
