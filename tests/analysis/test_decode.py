import json
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import Regions, Universe
from genotok.analysis.decode import find_ids
from genotok.errors import InputError
from genotok.values.specials import SpecialTokens
from genotok.values.vocabulary import Vocabulary

ROWS = [("chr1", 10, 20), ("chr2", 5, 9), ("chré", 0, 4294967295), ("HLA-A*01:01", 3, 4)]
PLAIN = Vocabulary(Universe.from_regions(Regions.from_tuples(ROWS, invalid="keep")), SpecialTokens())
BRACKETS = Vocabulary(PLAIN.universe, SpecialTokens(unk="[UNK]", pad="pad", mask="<m>"))
SIZE = PLAIN.vocab_size


def said(text, vocabulary=PLAIN):
    found = find_ids(text, vocabulary)
    assert len(found.ids) == len(found.places)
    return found.kind, found.ids.tolist(), [each.text for each in found.unknown]


@pytest.mark.parametrize(
    ("text", "kind", "ids", "unknown"),
    [
        ("", "ids", [], []),
        ("0", "ids", [0], []),
        ("0 1,2;3\n0\t1|2/3:0_1&2 3", "ids", [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3], []),
        ("0,,1 , 2", "ids", [0, 1, 2], []),
        ("007", "ids", [7], []),
        ("10 11", "ids", [10], ["11"]),
        (
            "99999999999 4294967296 -1 +1 1.0 1e0 x1 ..",
            "ids",
            [],
            ["99999999999", "4294967296", "-1", "+1", "1.0", "1e0", "x1", ".."],
        ),
        ("tensor([[0, 1],\n [2, 3]])", "ids", [0, 1, 2, 3], ["tensor"]),
        ("[0, 1]", "json", [0, 1], []),
        (" [[0],[1,[2]]]", "json", [0, 1, 2], []),
        ("[0 1\n 2]", "json", [0, 1, 2], []),
        ('["chr2:5-9", "<unk>", 1]', "json", [1, 4, 1], []),
        ('{"input_ids": [0, 1], "attention_mask": [1, 1]}', "json", [0, 1], []),
        ('{"id":"3","input_ids":[0,1],"offsets":[0,2]}\n{"id":"x","input_ids":[2]}\n', "json", [0, 1, 2], []),
        ('{"ids": 3, "id": 9}', "json", [3], []),
        ('{"tokens": {"a": [1], "b": [2]}, "n": 5}', "json", [1, 2], ["a", ":", "b", ":"]),
        ('{"input_ids": [[0], [1', "json", [0, 1], []),
        ('{"input_ids": 3', "json", [3], []),
        ("chr1:10-20 chr2:5-9,<unk><pad>", "texts", [0, 1, 4, 5], []),
        ("chr1:10-20\nchr1:10-21\nchr1:010-20 chr1:10-20-", "texts", [0], ["chr1:10-21", "chr1:010-20", "chr1:10-20-"]),
        ("['chr1:10-20', 'HLA-A*01:01:3-4']", "json", [0, 3], []),
        ("chré:0-4294967295\u00a0\U0001f9ec:1-2", "texts", [2], ["\U0001f9ec:1-2"]),
        ("chr1:10-20 1 2", "ids", [0, 1, 2], []),
        ("|", "ids", [], ["|"]),
    ],
)
def test_texts_are_read_as_a_person_reads_them(text, kind, ids, unknown):
    """One truth a line: numbers, JSON, token texts, and what is neither."""
    assert said(text) == (kind, ids, unknown)


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("[UNK] chr1:10-20", "texts", [4, 0]),
        ("[UNK][UNK]<m>", "texts", [4, 4, 6]),
        ('["[UNK]", "pad", 1]', "json", [4, 5, 1]),
        ('{"tokens": ["[UNK]", "chr2:5-9"], "x": [1]}', "json", [4, 1]),
        ("[1, [2]]", "json", [1, 2]),
        ("pad,spad", "texts", [5]),
    ],
)
def test_special_tokens_may_be_written_with_brackets(text, kind, ids):
    found = find_ids(text, BRACKETS)
    assert (found.kind, found.ids.tolist()) == (kind, ids)


WORDS = st.sampled_from(
    ["0", "3", "11", "x", "chr1:10-20", "chré:0-4294967295", "<mask>", "\U0001f9ec", "9999999999999"]
)
GAPS = st.sampled_from([" ", ",", "\n", "; ", "\t", "['", '"}'])
KNOWN = {"0": 0, "3": 3, "chr1:10-20": 0, "chré:0-4294967295": 2, "<mask>": 6}


@given(st.lists(st.tuples(WORDS, GAPS), max_size=30))
def test_every_word_keeps_its_place(drawn):
    """Known words and unknown ones stand where the text has them, counted as JavaScript counts."""
    text = "".join(word + gap for word, gap in drawn)
    found = find_ids(text, PLAIN)
    lengths = [len((word + gap).encode("utf-16-le")) // 2 for word, gap in drawn]
    places = list(accumulate(lengths, initial=0))[:-1]
    known = [(KNOWN[word], place) for (word, _), place in zip(drawn, places, strict=True) if word in KNOWN]
    assert list(zip(found.ids.tolist(), found.places.tolist(), strict=True)) == known
    expected = [
        (place, place + len(word.encode("utf-16-le")) // 2, word)
        for (word, _), place in zip(drawn, places, strict=True)
        if word not in KNOWN
    ]
    assert [tuple(each) for each in found.unknown] == expected
    assert found.n_unknown == len(expected)


@given(st.lists(st.integers(0, SIZE - 1)))
def test_ids_come_back_from_every_spelling(ids):
    """As a list, as lines, as JSON of transformers, as token texts."""
    for text in (repr(ids), "\n".join(map(str, ids)), json.dumps({"attention_mask": [1], "input_ids": ids})):
        assert find_ids(text, PLAIN).ids.tolist() == ids
    texts = " ".join(PLAIN.texts_of(ids)) if ids else ""
    assert PLAIN.texts_of(find_ids(texts, PLAIN).ids) == PLAIN.texts_of(ids)


@given(st.text())
def test_any_text_gives_an_answer(text):
    """Whatever is pasted: ids and unknown words that lie in the text in order, or an InputError."""
    try:
        found = find_ids(text, PLAIN)
    except InputError:
        return
    spans = [each[:2] for each in found.unknown]
    assert all(0 <= first < last <= 2 * len(text) for first, last in spans)
    assert found.places.tolist() == sorted(found.places.tolist())
    assert all(0 <= each < SIZE for each in found.ids.tolist())


def test_a_surrogate_without_its_partner_is_only_an_unknown_word():
    assert said("1 \ud800 2") == ("ids", [1, 2], ["\ud800"])


def test_many_unknown_words_are_counted_and_the_first_are_listed():
    """Two hundred are marked; long ones are shown in part."""
    found = find_ids("y" * 500 + " z" * 999, PLAIN)
    assert (len(found.unknown), found.n_unknown) == (200, 1000)
    assert (found.unknown[0].last, found.unknown[0].text) == (500, "y" * 100)


def test_json_without_tokens_says_what_it_looked_for():
    with pytest.raises(InputError, match=r"the JSON has no input_ids; \{\"input_ids\": \[1, 2, 3\]\}"):
        find_ids('{"attention_mask": [1]}', PLAIN)


def test_more_words_than_anybody_looks_at_are_refused():
    with pytest.raises(InputError, match="1,048,577 words are too many; decode up to 1,048,576 at a time"):
        find_ids("0 " * (2**20 + 1), PLAIN)
