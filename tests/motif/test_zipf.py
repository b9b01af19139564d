"""Zipf's law: always two records, each with its corpus and filter; controls beside them."""

import json
import math

import numpy as np
import pytest

from genotok.analysis.zipf import ZipfReport, filter_for, word_controls, zipf, zipf_table
from genotok.errors import ConfigError, InputError
from genotok.kernels.rankfreq import fit_line, fit_power_law
from motif.golden import subset_answers

COUNTS = np.array([5000, 900, 300, 100, 30, 12, 3, 2, 1, 1, 1, 0])


def test_all_types_and_the_filtered_ones_with_and_without_the_empty_set():
    report = zipf(COUNTS, corpus="some", empty=0, max_count=1000)
    told = [(record.is_filtered, record.with_empty, record.types) for record in report.records]
    assert told == [(False, True, 11), (False, False, 10), (True, True, 5), (True, False, 5)]
    everything, rest = report.unfiltered, report.filtered
    assert (everything.r, everything.slope) == fit_line(COUNTS[COUNTS > 0])
    assert (rest.exponent, rest.distance) == fit_power_law(COUNTS[1:6], lowest=10, highest=1000)
    assert everything.tokens == COUNTS.sum()
    assert everything.hapax_share == pytest.approx(3 / 11)
    assert rest.kept_share == pytest.approx(COUNTS[1:6].sum() / COUNTS.sum())
    assert report.records[3].kept_share == pytest.approx(COUNTS[1:6].sum() / COUNTS[1:].sum())


def test_a_filter_alone_brings_r_near_minus_one():
    """Of the golden vocabulary too, whose rare types bend the line."""
    counts = subset_answers()["set_counts"]
    report = zipf(np.concatenate([counts, np.ones(400, dtype=np.int64)]), corpus="chr17, 24 motifs", empty=0)
    assert -0.95 < report.unfiltered.r < -0.8
    assert report.filtered.r < -0.98


def test_a_record_is_not_shown_alone():
    report = zipf(COUNTS, corpus="some")
    with pytest.raises(InputError, match="not shown alone"):
        f"{report.filtered}"
    with pytest.raises(InputError, match="without its counterpart"):
        ZipfReport(report.records[1:])
    with pytest.raises(InputError, match="without its counterpart"):
        ZipfReport(())


def test_the_table_shows_both_under_the_name_of_their_corpus():
    lines = str(zipf(COUNTS, corpus="chr22, strict", empty=0)).splitlines()
    assert len(lines) == 5
    assert all(line.startswith("chr22, strict") for line in lines[1:])
    assert [line.split("  ")[1].strip() for line in lines[1:]] == ["all types"] * 2 + ["10 to 412"] * 2
    assert len(zipf_table([zipf(COUNTS, corpus="a"), zipf(COUNTS, corpus="b")]).splitlines()) == 5


def test_numbers_that_are_none_are_none_in_json():
    told = zipf([7, 7], corpus="two of a kind").to_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [record["r"] for record in told["records"]] == [None, None]
    assert math.isnan(zipf([7, 7], corpus="two of a kind").filtered.hapax_share)
    assert zipf([], corpus="nothing").unfiltered.types == 0


def test_the_filter_is_that_of_the_paper_scaled_by_the_corpus():
    assert filter_for(15_400_000) == (500, 1_000_000)
    assert filter_for(675_084) == (22, 43_837)
    assert filter_for(100) == (10, 10)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"corpus": " "}, "the corpus has no name"),
        ({"min_count": 1}, "a filter from 1 to"),
        ({"min_count": 20, "max_count": 19}, "a filter from 20 to 19"),
    ],
)
def test_what_can_not_be_measured_is_told(fields, message):
    with pytest.raises(ConfigError, match=message):
        zipf(COUNTS, **{"corpus": "some"} | fields)


def test_controls_count_words_of_the_sequence_and_of_drawn_letters():
    codes = np.array([0, 1, 2, 3, 4] * 2000, dtype=np.uint8)  # ACGTN
    reports = word_controls(codes, corpus="five", lengths=(2, 5), seed=3)
    assert [(report.unfiltered.corpus, report.unfiltered.types) for report in reports] == [
        ("five: 2-mers, overlapping", 3),
        ("five: 2-mers, separate", 2),
        ("five, drawn letters (seed 3): 2-mers, overlapping", 16),
        ("five, drawn letters (seed 3): 2-mers, separate", 16),
    ]
