"""What notebooks show: true facts, a well-formed picture, no script, and no word of a file taken for HTML."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import Encoding, IntervalTokenizer, RaggedIds, Regions, Universe
from strategies import universes

REGIONS = Regions.from_tuples([("chr2", 5, 9), ("chr10", 10, 20), ("chr2", 0, 7)])
TOKENIZER = IntervalTokenizer(Universe.from_regions(REGIONS))
SVG = "{http://www.w3.org/2000/svg}"


def card(value):
    """Parse what a notebook gets: it must be well formed, as any nesting in a page could break it otherwise."""
    return ElementTree.fromstring(value._repr_html_())


def facts(value):
    """The words of a card, without those of its style and picture."""
    return ["".join(each.itertext()) for each in card(value) if each.tag == "div"]


def picture(value):
    return card(value).find(f"{SVG}svg")


def shapes(value, kind):
    return [each.get("d") for each in picture(value).iter(f"{SVG}path") if each.get("class") == kind]


def labels(value):
    return [each.text for each in picture(value).iter(f"{SVG}text")]


def test_regions_tell_how_many_they_are_and_how_wide():
    assert facts(REGIONS) == ["Regions 3 regions · 2 chromosomes · width 4 to 10 bp, median 7"]
    assert facts(REGIONS.take([0])) == ["Regions 1 region · 1 chromosome · width 4 bp, median 4"]


def test_rows_of_no_chromosome_are_told():
    """They stand in no bin of the picture."""
    regions = Regions.from_arrays(["chr1", None], [1, 2], [3, 4], invalid="skip")
    assert facts(regions) == ["Regions 2 regions · 1 chromosome · width 2 bp, median 2 · 1 of no chromosome"]
    assert labels(regions) == ["chr1"]


def test_a_universe_tells_its_digest():
    assert facts(TOKENIZER.universe)[0].endswith(f"SHA-256 {TOKENIZER.universe.digest[:12]}")


def test_a_tokenizer_tells_its_special_tokens_and_settings():
    head, specials, settings = facts(TOKENIZER)
    assert head.startswith("IntervalTokenizer 10 tokens · 3 regions")
    assert specials == "special tokens: <unk> 3, <pad> 4, <mask> 5, <cls> 6, <eos> 7, <bos> 8, <sep> 9"
    assert "unmatched='drop'" in settings


def test_signs_that_no_document_may_hold_are_marked():
    """XML has no control characters; a name that has one leaves the card well formed, and all others as they are."""
    regions = Regions.from_tuples([("nul\0", 1, 2), ("<b>&'\"", 1, 2), ("日本 é", 1, 2)])
    assert labels(regions) == ["<b>&'\"", "nul\ufffd", "日本 é"]


def test_chromosomes_stand_in_natural_order():
    assert labels(REGIONS) == ["chr2", "chr10"]


def test_only_the_chromosomes_with_most_regions_are_drawn():
    """An assembly of thousands of scaffolds stays a small picture, which says what it leaves out."""
    names = tuple(f"scaffold_{number}" for number in range(3000))
    codes = np.arange(3000, dtype=np.int32)
    regions = Regions(names, codes, np.zeros(3000, np.int64), np.full(3000, 100))
    assert picture(regions).find(f"{SVG}title").text.endswith("; 2,976 more chromosomes")
    assert len(regions._repr_html_()) < 12_000


@given(universes(kept=True))
def test_each_bin_with_rows_has_a_column(rows):
    """Also where rows are crowded at one place or at the far end of what is allowed."""
    regions = Regions.from_tuples(rows, invalid="keep")
    columns = "".join(shapes(regions, "g-hit")).count("M")
    assert 1 <= columns <= len(rows)
    heights = [float(y) for shape in shapes(regions, "g-hit") for y in re.findall(r"V(-?[\d.]+)H", shape)]
    assert all(0 <= y <= 47 for y in heights)
    assert min(heights) == 0


def test_rows_of_ids_count_those_without_any_and_those_with_many():
    rows = RaggedIds(np.zeros(23, np.int32), np.array([0, 0, 1, 3, 23]))
    assert facts(rows) == ["RaggedIds 4 rows · 23 ids · 1 row without any"]
    assert labels(rows) == [*map(str, range(11)), "11+"]
    assert (len(shapes(rows, "g-miss")), len(shapes(rows, "g-hit"))) == (1, 3)
    assert "sorted" in facts(RaggedIds(rows.ids, rows.offsets, np.arange(4)))[0]


@pytest.mark.parametrize("tensors", [None, "np"])
def test_an_encoding_shows_content_special_tokens_and_padding(tensors):
    """A band a document, cut where the kind of token changes."""
    tok = TOKENIZER.replace(special_tokens_pattern="cls_sep")
    asked = {"padding": True, "return_special_tokens_mask": True, "return_tensors": tensors}
    inputs = tok([[("chr2", 0, 9)], [("chr10", 0, 19)]], **asked)
    expected = "Encoding 2 documents · 4 ids each · input_ids, attention_mask, special_tokens_mask"
    assert facts(inputs) == [expected]
    assert [len(shapes(inputs, kind)) for kind in ("g-hit", "g-miss", "g-wash")] == [3, 5, 2]  # the legend's too
    assert labels(inputs) == ["regions", "special tokens", "padding"]


def test_a_large_encoding_is_a_small_picture():
    """The first documents and places stand for the rest, and the picture says so."""
    inputs = Encoding({"input_ids": np.zeros((500, 4000), np.int64), "attention_mask": np.ones((500, 4000), np.int64)})
    assert picture(inputs).find(f"{SVG}title").text.startswith("The first 8 documents, 512 places wide")
    assert len(inputs._repr_html_()) < 4000


@pytest.mark.parametrize(
    "empty", [Regions.empty(), RaggedIds.concat([]), Encoding({}), Encoding({"input_ids": [[], []]})]
)
def test_what_is_empty_has_no_picture(empty):
    assert picture(empty) is None
    assert len(facts(empty)) == 1


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1))
def test_no_word_of_a_file_is_taken_for_html(word):
    """Chromosome names, paths and special tokens are shown as they are."""
    hostile = f'<script>alert("{word}")</script>&amp;'
    regions = Regions((hostile,), np.zeros(1, np.int32), np.array([0]), np.array([9**9]), source=hostile)
    tok = IntervalTokenizer(Universe.from_regions(regions), {"mask": re.sub(r"\s", "", hostile)})
    for value in (regions, tok):
        assert "<script" not in value._repr_html_()
        assert facts(value)[0].endswith(hostile)


@pytest.mark.parametrize("value", [REGIONS, TOKENIZER.encode_rows(REGIONS), TOKENIZER([REGIONS])], ids=type)
def test_a_card_touches_nothing_but_itself(value):
    """No script, nothing fetched, and each rule of its style begins with its own class."""
    html = value._repr_html_()
    assert not re.search(r"<script|\son\w+=|url\(|@import|(?<!xmlns=\")https?:", html)
    style = card(value).find("style").text
    for selector in re.findall(r"([^{}]+)\{", style):
        assert all(".genotok-card" in each for each in selector.split(",")), selector
