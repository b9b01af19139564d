"""The vocabulary: regions first, special tokens after them, texts and ids each other's inverse."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok.errors import VocabularyError
from genotok.values.regions import Regions
from genotok.values.specials import SpecialTokens
from genotok.values.universe import Universe
from genotok.values.vocabulary import Vocabulary
from strategies import universes

ROWS = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)]


def vocabulary_of(rows, **texts):
    universe = Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))
    return Vocabulary(universe, SpecialTokens(**texts))


@given(universes(kept=True), st.dictionaries(st.sampled_from(oracles.ROLES), st.sampled_from(["<s>", "<pad>", "[U]"])))
def test_it_is_the_plain_dictionary(rows, texts):
    """Ids, texts, length and order are those of a dict of region texts and then of special texts."""
    words = vocabulary_of(rows, **texts)
    expected = oracles.vocabulary([f"{chrom}:{start}-{end}" for chrom, start, end in rows], texts)
    view = words.get_vocab()
    assert list(view) == list(expected)
    assert dict(view) == dict(view.items()) == words.to_dict() == expected
    assert list(words.to_dict()) == list(expected)
    assert list(view.values()) == list(expected.values())
    assert len(view) == words.vocab_size == len(expected)
    assert words.texts_of(range(len(expected))) == list(expected)
    assert words.ids_of(list(expected)).tolist() == list(expected.values())


def test_shared_texts_share_ids_as_in_roberta():
    """bos with cls, and eos with sep, leave a vocabulary of U + 5."""
    words = vocabulary_of(ROWS, bos="<s>", cls="<s>", eos="</s>", sep="</s>")
    assert words.special_ids == {"unk": 3, "pad": 4, "mask": 5, "cls": 6, "eos": 7, "bos": 6, "sep": 7}
    assert words.vocab_size == 8


def test_unk_and_pad_may_share_a_text():
    """The shared text has the first id after the regions, and the others move up."""
    words = vocabulary_of(ROWS, unk="<pad>")
    assert (words.special_ids["unk"], words.special_ids["pad"], words.special_ids["mask"]) == (3, 3, 4)


def test_unknown_texts_and_ids_past_the_end_are_unk():
    """Both directions answer unk, as gtars does."""
    words = vocabulary_of(ROWS)
    assert words.ids_of(["nope", "chr1:10-21", "chr3:1-2", "chr1:+10-20", "chr1:10-20 "]).tolist() == [3] * 5
    assert words.texts_of([99, 10, 2**40, 2]) == ["<unk>", "<unk>", "<unk>", "chr2:5-9"]


def test_negative_ids_are_refused():
    """No text stands at a negative id, not even counted from the end."""
    with pytest.raises(VocabularyError, match=r"-1 is no id; ids run from 0 to 9"):
        vocabulary_of(ROWS).texts_of([0, -1])


def test_a_special_text_that_is_a_region_is_refused():
    """Two tokens can't have one text."""
    with pytest.raises(VocabularyError, match=r"'chr1:15-30' is also the text of region 1; choose another text"):
        vocabulary_of(ROWS, mask="chr1:15-30")


def test_a_special_text_may_look_like_a_region_that_is_not_there():
    """Only the text of a region in the universe collides."""
    assert vocabulary_of(ROWS, unk="chrUNKNOWN:100-200").special_ids["unk"] == 3


def test_the_view_is_read_in_any_order_and_refuses_what_it_lacks():
    """Looking up backwards, forwards and at random gives the ids; other keys raise KeyError."""
    rows = [("chr1", start, start + 5) for start in range(300)]
    view = vocabulary_of(rows).get_vocab()
    texts = list(view)
    random = np.random.default_rng(1).integers(0, len(texts), 99)
    for places in (range(len(texts)), reversed(range(len(texts))), random):
        assert all(view[texts[place]] == place for place in places)
    for key in ("nope", "chr1:1-2", 5, None, ("a",)):
        assert key not in view
    with pytest.raises(KeyError, match="nope"):
        view["nope"]


def test_the_view_survives_pickling_and_compares_as_a_mapping():
    """A pickled view equals the view and the dict that it stands for."""
    view = vocabulary_of(ROWS).get_vocab()
    dict(view)
    assert pickle.loads(pickle.dumps(view)) == view == dict(view)
