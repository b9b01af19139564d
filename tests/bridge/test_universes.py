import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.tab import Tab, bed_text
from genotok import IntervalTokenizer, Regions, Universe
from genotok.io.gtu import encode_gtu
from strategies import universes

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
TEXT = bed_text(ROWS)
ARRAYS = ("codes", "starts", "ends")


def universe_of(rows):
    return Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))


@given(universes(kept=True), st.integers(1, 40))
def test_a_universe_file_is_the_one_of_the_public_door_however_it_is_cut(rows, step):
    """Rows, ids and digest are those of Universe.from_bed, also with reversed rows and coordinates up to 2^32 - 1."""
    tab = Tab()
    said = tab.open_universe(bed_text(rows), step=step, invalid="keep")
    expected = universe_of(rows)
    assert said["digest"] == expected.digest
    assert (said["n"], said["vocab_size"]) == (len(rows), len(rows) + 7)
    assert tab.session.desk.universe == expected
    assert list(said["chroms"].values()) == [sum(row[0] == name for row in rows) for name in said["chrom_names"]]


def test_a_gzipped_universe_with_repeats_says_so():
    """Repeated rows are counted, warned of, and do not move ids."""
    tab = Tab()
    said = tab.open_universe(gzip.compress(TEXT + b"chr1\t10\t20\n"), name="u.bed.gz")
    assert (said["n"], said["report"]["duplicates"], said["report"]["compression"]) == (4, 1, "gzip")
    assert said["warnings"][0].startswith("u.bed.gz: 1 repeated row (line 5)")


def test_renamed_chromosomes_make_another_universe():
    """The mapping of ``rename`` is applied before ids and digest are made."""
    tab = Tab()
    said = tab.open_universe(b"1\t10\t20\nMT\t1\t5\n", rename={"1": "chr1", "MT": "chrM"})
    assert said["digest"] == universe_of([("chr1", 10, 20), ("chrM", 1, 5)]).digest


@given(universes(kept=True))
def test_a_universe_given_away_comes_back_the_same(rows):
    """What universe_arrays says and gives makes the same universe in another session, from any kind of buffer."""
    tab, other = Tab(), Tab()
    said = tab.open_universe(bed_text(rows), invalid="keep")
    handed, arrays = tab.call("universe_arrays")
    assert [arrays[key].dtype for key in ARRAYS] == [np.int32] * 3
    buffers = (memoryview(arrays[key]) for key in ARRAYS)
    assert other.call("set_universe", json.dumps(handed["meta"]), *buffers)[0] == said
    assert other.session.desk.universe == tab.session.desk.universe
    assert other.session.desk.universe.digest == universe_of(rows).digest


def test_texts_that_are_no_plain_decimals_survive_the_journey():
    """``0010`` is part of the token's text, hence of the digest, hence of what is given away."""
    tab, other = Tab(), Tab()
    said = tab.open_universe(b"chr1\t0010\t20\nchr1\t5\t+9\n")
    handed, arrays = tab.call("universe_arrays")
    back = other.call("set_universe", json.dumps(handed["meta"]), *(arrays[key] for key in ARRAYS))[0]
    assert back["digest"] == said["digest"]
    assert other.call("texts", "[0, 1]")[0]["texts"] == ["chr1:0010-20", "chr1:5-+9"]


@pytest.mark.parametrize("change", ["codes", "starts", "ends"])
def test_a_damaged_store_is_noticed(change):
    """One changed number in a stored array is refused, and the universe in use stays."""
    tab = Tab()
    said = tab.open_universe(TEXT)
    handed, arrays = tab.call("universe_arrays")
    arrays[change][1] ^= 1
    error = tab.fail("set_universe", json.dumps(handed["meta"]), *(arrays[key] for key in ARRAYS))
    assert error["code"] == "UniverseError"
    assert error["message"] == "the stored universe is damaged; open its file again"
    assert tab.call("universe_arrays")[0]["meta"]["digest"] == said["digest"]


def test_a_compact_universe_equals_its_file_and_knows_the_classes():
    """The bundled form gives the same ids, names its assembly and licence, and tells classes."""
    tab, header = Tab(), {"name": "small", "assembly": "hg38", "licence": "CC0", "source": "here"}
    data = encode_gtu(universe_of(ROWS), header, classes=["promoter", "", "enhancer", "promoter"])
    said = tab.call("open_asset", tab.stage(data), "small.gtu")[0]
    assert said["digest"] == universe_of(ROWS).digest
    assert {key: said[key] for key in header} == header
    values, arrays = tab.call("classes", "[3, 1, 2]")
    assert values["names"] == ["promoter", "enhancer"]
    assert arrays["codes"].tolist() == [0, 255, 1]
    assert tab.tokenize(b"chr1\t12\t16\n")[1]["ids"].tolist() == [0, 1]


def test_a_universe_of_a_file_has_no_classes():
    """The names are empty then, and so are the codes."""
    tab = Tab()
    tab.open_universe(TEXT)
    values, arrays = tab.call("classes", "[0]")
    assert values["names"] == []
    assert not len(arrays["codes"])


def test_settings_are_those_of_the_tokenizer():
    """configure answers with what an IntervalTokenizer of these settings has; what is left out is the default."""
    tab = Tab()
    before = tab.call("configure", json.dumps({"unmatched": "unk"}))[0]
    assert (before["options"]["unmatched"], before["vocab_size"], before["special_ids"]) == ("unk", None, None)
    tab.open_universe(TEXT)
    special_tokens = {"bos": "<s>", "cls": "<s>", "eos": "</s>", "sep": "</s>"}
    said = tab.call("configure", json.dumps({"special_tokens": special_tokens, "engine": "ailist"}))[0]
    expected = IntervalTokenizer(universe_of(ROWS), special_tokens)
    assert said["special_ids"] == expected.vocabulary.special_ids
    assert said["special_tokens"] == expected.vocabulary.special_tokens
    assert said["vocab_size"] == expected.vocab_size == 9
    assert (said["options"]["unmatched"], said["options"]["engine"]) == ("drop", "ailist")


def test_wrong_settings_change_nothing():
    """After a refusal the settings before it are in force."""
    tab = Tab()
    tab.open_universe(TEXT)
    tab.call("configure", '{"unmatched": "unk"}')
    assert tab.fail("configure", '{"unmatched": "maybe"}')["code"] == "ConfigError"
    assert tab.fail("configure", '{"special_tokens": {"pad": "chr1:10-20"}}')["code"] == "VocabularyError"
    assert tab.tokenize(b"chr9\t1\t2\n")[1]["ids"].tolist() == [4]


def test_special_tokens_that_are_regions_keep_a_universe_out():
    """The universe in use before stays in use."""
    tab = Tab()
    tab.open_universe(TEXT)
    tab.call("configure", '{"special_tokens": {"pad": "chr7:1-2"}}')
    handle = tab.call("open_universe", "other.bed", 12, "{}")[0]["handle"]
    tab.feed(handle, b"chr7\t1\t2\n")
    assert tab.fail("close_universe", handle)["code"] == "VocabularyError"
    assert tab.call("universe_arrays")[0]["meta"]["digest"] == universe_of(ROWS).digest


def test_an_assembly_is_guessed_only_from_enough_chromosomes():
    """Rows near the ends of hg19's chromosomes mean hg19; four rows mean nothing."""
    from genotok.analysis.assemblies import ASSEMBLIES

    tab = Tab()
    ends = [(name, size - 600, size - 100) for name, size in ASSEMBLIES["hg19"].items()]
    assert tab.open_universe(bed_text(ends))["assembly"] == "hg19"
    assert tab.open_universe(TEXT)["assembly"] is None


def other_universe(tab):
    """Another universe, as the page has it: given away by a session that used it."""
    other = Tab()
    said = other.open_universe(bed_text([("chr1", 10, 20), ("chr1", 35, 50), ("chr3", 1, 5)]), name="other.bed")
    handed, arrays = other.call("universe_arrays")
    laid = tab.call("lay_universe", json.dumps(handed["meta"]), *(arrays[key] for key in ARRAYS))[0]
    return said, laid


def test_a_universe_is_laid_beside_the_one_in_use():
    """It has a handle and the words of any universe; what is in use, and files, are untouched."""
    tab = Tab()
    used = tab.open_universe(TEXT)
    said, laid = other_universe(tab)
    handle = laid.pop("handle")
    assert laid == said
    data = encode_gtu(universe_of(ROWS[:2]), {"name": "small", "assembly": "hg38"})
    asset = tab.call("lay_asset", tab.stage(data), "small.gtu")[0]
    assert (asset["name"], asset["n"], asset["assembly"]) == ("small", 2, "hg38")
    assert tab.call("universe_arrays")[0]["meta"]["digest"] == used["digest"]
    assert tab.tokenize(b"chr3\t1\t2\n")[0]["tokens"] == 0
    tab.call("forget", handle)
    assert tab.fail("compare_universes", 0, handle, 0)["code"] == "InputError"


def test_two_universes_are_compared():
    """Rows, overlaps, bases, chromosomes, widths, and what a file has from each."""
    tab = Tab()
    used = tab.open_universe(TEXT)
    _, laid = other_universe(tab)
    result = tab.tokenize(b"chr1\t36\t37\nchr1\t11\t18\nchr3\t2\t3\nchr1\t38\t45\n")[0]["handle"]
    values, arrays = tab.call("compare_universes", 0, laid["handle"], result)
    assert values == {
        "a": {"name": "u.bed", "digest": used["digest"], "n": 4, "bases": 34, "median_width": 10, "assembly": None},
        "b": {"name": "other.bed", "digest": laid["digest"], "n": 3, "bases": 29, "median_width": 10, "assembly": None},
        "same": 1,
        "touched_a": 3,
        "touched_b": 2,
        "shared_bases": 15,
        "jaccard_bases": 15 / 48,
        "chrom_names": ["chr1", "chr2", "chr3"],
        "result": {
            "name": "peaks.bed",
            "regions": 4,
            "a": {"hit": 3, "tokens": 4, "distinct": 3},
            "b": {"hit": 4, "tokens": 4, "distinct": 3},
        },
    }
    assert arrays["chrom_rows_a"].tolist() == [3, 1, 0]
    assert arrays["chrom_rows_b"].tolist() == [2, 0, 1]
    assert arrays["width_edges"].dtype == np.float32
    assert (arrays["widths_a"].sum(), arrays["widths_b"].sum()) == (4, 3)
    alone = tab.call("compare_universes", laid["handle"], 0, 0)[0]
    assert (alone["result"], alone["touched_a"], alone["touched_b"]) == (None, 2, 3)
    same = tab.call("compare_universes", 0, 0, 0)[0]
    assert (same["same"], same["jaccard_bases"]) == (4, 1)


@pytest.mark.parametrize("handles", [(1, 0, 0), (0, "x", 0), (0, 0, 7), (-1, 0, 0), (None, 0, 0)])
def test_what_is_no_universe_can_not_be_compared(handles):
    tab = Tab()
    tab.open_universe(TEXT)
    assert tab.fail("compare_universes", *handles)["code"] == "InputError"


def test_special_tokens_that_are_regions_keep_a_universe_from_being_laid():
    """As from being used."""
    tab = Tab()
    tab.open_universe(TEXT)
    tab.call("configure", '{"special_tokens": {"pad": "chr1:35-50"}}')
    other = Tab()
    other.open_universe(b"chr1\t35\t50\n")
    handed, arrays = other.call("universe_arrays")
    error = tab.fail("lay_universe", json.dumps(handed["meta"]), *(arrays[key] for key in ARRAYS))
    assert error["code"] == "VocabularyError"
