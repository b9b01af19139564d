"""Reports: what became of every line and of every region; reports of a stream's pieces add up."""

import json

import pytest

from genotok import IntervalTokenizer, Regions, Universe
from genotok.values.chroms import propose_renames
from genotok.values.reports import EncodeReport, LoadReport

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)]
QUERIES = [("chr1", 12, 13), ("chr1", 50, 60), ("7", 1, 2), ("chr2", 0, 9), ("7", 5, 6), ("MT", 1, 2)]


@pytest.fixture
def tokenizer():
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)))


def test_a_load_report_is_its_own_json():
    report = LoadReport(path="u.bed", lines=3, rows=2, skipped={"blank": 1}, examples={"blank": [2]}, columns=(3, 4))
    told = report.to_dict()
    assert json.loads(json.dumps(told)) == told
    assert told["columns"] == [3, 4]
    assert told["lines"] == told["rows"] + sum(told["skipped"].values())
    assert list(told) == [
        *("path", "bytes", "compression", "lines", "rows", "skipped", "examples", "duplicates", "zero_length"),
        *("kept_text", "columns", "sorted", "chroms", "notes"),
    ]


def test_an_encode_report_counts_hits_tokens_and_unknown_names(tokenizer):
    report = tokenizer.report(QUERIES)
    assert (report.regions, report.regions_hit, report.tokens) == (6, 2, 2)
    assert report.unknown_chroms == {"7": 2, "MT": 1}
    assert (report.unmatched, report.hint) == ("drop", None)
    assert report.universe_sha256 == tokenizer.universe.digest
    told = report.to_dict()
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize("cut", range(7))
def test_reports_of_pieces_add_up_to_the_report_of_the_whole(tokenizer, cut):
    pieces = [tokenizer.report(part) for part in (QUERIES[:cut], QUERIES[cut:])]
    assert pieces[0] + pieces[1] == tokenizer.report(QUERIES)
    unknown = [("1", 5, 6), ("2", 1, 2), ("3", 1, 2), ("4", 1, 2), ("5", 1, 2), ("6", 1, 2)]
    pieces = [tokenizer.report(part) for part in (unknown[:cut], unknown[cut:])]
    total = pieces[0] + pieces[1]
    assert total.unknown_chroms == tokenizer.report(unknown).unknown_chroms
    assert "1 -> chr1" in total.hint


def test_a_hint_falls_silent_once_a_name_is_known(tokenizer):
    unknown, known = tokenizer.report([("1", 5, 6)]), tokenizer.report([("chr1", 5, 6)])
    assert unknown.hint
    assert (unknown + known).hint is None
    assert (known + unknown).hint is None
    assert isinstance(unknown + known, EncodeReport)


@pytest.mark.parametrize(
    ("names", "like", "expected"),
    [
        (["1", "X", "MT"], ["chr1", "chrX", "chrM"], {"1": "chr1", "X": "chrX", "MT": "chrM"}),
        (["chr1", "chrX", "chrM"], ["1", "X", "MT"], {"chr1": "1", "chrX": "X", "chrM": "MT"}),
        (["Chr1", "CHRX"], ["chr1", "chrX"], {"Chr1": "chr1", "CHRX": "chrX"}),
        (["x"], ["chrX"], {"x": "chrX"}),
        (["chr1"], ["chr1", "1"], {}),
        (["GL000220.1", "chrUn"], ["chr1"], {}),
        ([], ["chr1"], {}),
        (["1"], [], {}),
    ],
)
def test_a_renaming_is_proposed_only_to_names_that_are_there(names, like, expected):
    assert propose_renames(names, like) == expected
