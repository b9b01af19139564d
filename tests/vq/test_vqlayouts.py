"""Codes as ids: three layouts that turn into each other, texts that are read back, special tokens behind."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import ConfigError, VocabularyError
from genotok.values.codewords import CodeWords, choose_layout
from genotok.values.specials import SpecialTokens
from vq import models

LAYOUTS = ("fine", "joint", "interleave")
SIZES = st.lists(st.integers(2, 12), min_size=1, max_size=3).map(tuple)


@st.composite
def coded(draw):
    """Draw sizes of levels, and codes of tokens of which some are unknown: (N, n)."""
    sizes = draw(SIZES)
    tokens = draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in sizes)) | st.none(), max_size=9))
    rows = [token or (65_535,) * len(sizes) for token in tokens]
    return sizes, np.array(rows, dtype=np.uint16).reshape(-1, len(sizes)).T


def ids_by_definition(layout, sizes, token):
    """Name one token's ids."""
    if layout == "fine":
        return [sizes[-1] if token is None else token[-1]]
    total = int(np.prod(sizes)) if layout == "joint" else sum(sizes)
    if token is None:
        return [total] * (len(sizes) if layout == "interleave" else 1)
    if layout == "interleave":
        return [sum(sizes[:level]) + code for level, code in enumerate(token)]
    number = 0
    for code, size in zip(token, sizes, strict=True):
        number = number * size + code
    return [number]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(coded())
def test_ids_follow_the_definition_and_turn_back(layout, drawn):
    """Ids are those of the formula; codes come back from them, and ids from their texts."""
    sizes, codes = drawn
    words = CodeWords(layout, sizes, SpecialTokens())
    tokens = [None if token[0] == 65_535 else token for token in codes.T.tolist()]
    ids = words.ids_of_codes(codes)
    assert ids.dtype == np.int32
    assert ids.tolist() == [each for token in tokens for each in ids_by_definition(layout, sizes, token)]
    assert np.array_equal(words.codes_of_ids(ids), codes[-1:] if layout == "fine" else codes)
    texts = words.texts_of(ids)
    assert words.ids_of(texts).tolist() == ids.tolist()


@given(coded())
def test_layouts_turn_into_each_other(drawn):
    """Joint and interleaved ids name the same codes, and fine ones the last of them."""
    sizes, codes = drawn
    words = {layout: CodeWords(layout, sizes, SpecialTokens()) for layout in LAYOUTS}
    ids = {layout: each.ids_of_codes(codes) for layout, each in words.items()}
    joint = words["joint"].codes_of_ids(ids["joint"])
    assert np.array_equal(words["interleave"].ids_of_codes(joint), ids["interleave"])
    assert np.array_equal(words["fine"].ids_of_codes(joint), ids["fine"])


@pytest.mark.parametrize(("layout", "n_content"), [("fine", 8), ("joint", 32), ("interleave", 12)])
def test_every_id_has_a_text_of_its_own(layout, n_content):
    """All texts differ, and each is found again; special tokens stand behind the codes."""
    words = CodeWords(layout, (4, 8), SpecialTokens())
    texts = words.texts_of(range(words.vocab_size))
    assert words.n_content == n_content
    assert words.vocab_size == len(set(texts)) == n_content + 7
    assert words.ids_of(texts).tolist() == list(range(words.vocab_size))
    assert texts[n_content:] == ["<unk>", "<pad>", "<mask>", "<cls>", "<eos>", "<bos>", "<sep>"]
    view = words.get_vocab()
    assert dict(view) == {text: number for number, text in enumerate(texts)}
    assert (len(view), view[texts[3]], "nope" in view) == (n_content + 7, 3, False)


@pytest.mark.parametrize(
    ("layout", "texts"),
    [
        ("fine", ["v8", "v03", "v-1", "V3", "v", "v3.1", "v1:3", "v٣", "3", "v3 "]),
        ("joint", ["v3", "v3.8", "v4.1", "v3.01", "v3.1.1", "v3.", "v.1", "v1:3"]),
        ("interleave", ["v0:1", "v3:1", "v1:4", "v2:8", "v1:03", "v01:3", "v3", "v1:"]),
    ],
)
def test_texts_that_no_code_has_are_unknown(layout, texts):
    """A text is read only as it is written."""
    words = CodeWords(layout, (4, 8), SpecialTokens())
    assert words.find(texts).tolist() == [-1] * len(texts)


@pytest.mark.parametrize(
    ("quantizer", "sizes", "layout"),
    [
        ("flat", (4096,), "fine"),
        ("tree", (512, 4096), "fine"),
        ("fsq", (1000,), "fine"),
        ("hrq", (32, 64), "joint"),
        ("rvq", (256, 256), "joint"),
        ("rvq", (256, 257), "interleave"),
        ("hrq", (1024, 2048), "interleave"),
    ],
)
def test_the_layout_of_a_kind(quantizer, sizes, layout):
    """One id a token wherever 65,536 of them are enough."""
    assert choose_layout(quantizer, sizes) == layout


def test_a_joint_layout_that_is_too_large_is_refused():
    """It says which layout fits."""
    with pytest.raises(ConfigError, match=r"512 x 4096 codes has more than 65,536 ids; layout='interleave'"):
        CodeWords("joint", (512, 4096), SpecialTokens())


@pytest.mark.parametrize("text", ["v5", "v0"])
def test_special_texts_that_are_also_codes_are_refused(text):
    """One text, one id."""
    with pytest.raises(VocabularyError, match=rf"'{text}' is also the text of a code"):
        models.tokenizer(models.flat_model(), {"mask": text})


def test_special_tokens_that_share_a_text_share_an_id():
    """Ids of special tokens go on without a gap."""
    made = models.tokenizer(models.flat_model(), {"cls": "<s>", "bos": "<s>", "eos": "</s>", "sep": "</s>"})
    assert (made.cls_token_id, made.bos_token_id, made.eos_token_id, made.sep_token_id) == (10, 10, 11, 11)
    assert (made.vocab_size, made.unk_token_id, made.pad_token_id) == (12, 7, 8)


def test_words_compare_by_what_they_are():
    """Equal words are one key, also behind a pickle."""
    one, other = (CodeWords("joint", (4, 8), SpecialTokens()) for _ in range(2))
    assert one == other == pickle.loads(pickle.dumps(one))
    assert len({one, other}) == 1
    assert one != CodeWords("fine", (4, 8), SpecialTokens())
    assert one != "joint"


def test_codes_that_an_id_names():
    """An id names levels and codes; a special token none."""
    named = {layout: CodeWords(layout, (4, 8), SpecialTokens()) for layout in LAYOUTS}
    assert named["fine"].codes_named(5) == ((2, 5),)
    assert named["joint"].codes_named(29) == ((1, 3), (2, 5))
    assert named["interleave"].codes_named(3) == ((1, 3),)
    assert named["interleave"].codes_named(9) == ((2, 5),)
    assert named["fine"].codes_named(8) == ()
