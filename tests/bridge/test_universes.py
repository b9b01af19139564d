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
    assert tab.session.universe == expected
    assert list(said["chroms"].values()) == [sum(row[0] == name for row in rows) for name in said["chrom_names"]]


def test_a_gzipped_universe_with_repeats_says_so():
    """Repeated rows are counted, warned of, and do not move ids."""
    tab = Tab()
    said = tab.open_universe(gzip.compress(TEXT + b"chr1\t10\t20\n"), name="u.bed.gz")
    assert (said["n"], said["report"]["duplicates"], said["report"]["compression"]) == (4, 1, "gzip")
    assert said["warnings"][0].startswith("u.bed.gz: 1 repeated rows (first at line 5)")


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
    assert other.session.universe == tab.session.universe
    assert other.session.universe.digest == universe_of(rows).digest


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
