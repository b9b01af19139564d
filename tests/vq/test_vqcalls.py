"""Model inputs: what calls return, padded, cut and with offsets and codes; the names that all tokenizers share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import Encoding, VQTokenizer
from genotok.errors import InputError
from vq import models

TEXTS = ["ACGTACGTTGCAACGTNACGTACGT", "ACGTACGTTGCAAC", "ACGTACGTTG"]


def made(**settings):
    return models.tokenizer(models.toy_model(2), **settings)


def documents(tokenizer, texts, pattern):
    """Write out what stands around each document, and the documents."""
    around = {"none": ([], []), "cls_sep": (["cls"], ["sep"]), "bos_eos": (["bos"], ["eos"])}[pattern]
    ids = tokenizer.vocabulary.special_ids
    before, after = ([ids[role] for role in each] for each in around)
    return [(before, tokenizer.encode(text), after) for text in texts]


@pytest.mark.parametrize("layout", ["fine", "joint", "interleave"])
@pytest.mark.parametrize("pattern", ["none", "cls_sep", "bos_eos"])
def test_calls_put_special_tokens_around_and_pad(layout, pattern):
    """Ids, masks, offsets and codes of a batch, written out."""
    tokenizer = made(layout=layout, special_tokens_pattern=pattern)
    parts, width = documents(tokenizer, TEXTS, pattern), tokenizer.vocabulary.ids_per_token
    longest = max(len(before + ids + after) for before, ids, after in parts)
    found = tokenizer(
        TEXTS, padding=True, return_offsets=True, return_codes=True, return_special_tokens_mask=True, return_length=True
    )
    for place, (text, (before, ids, after)) in enumerate(zip(TEXTS, parts, strict=True)):
        row, tokens = before + ids + after, tokenizer.codes(text)
        pad = longest - len(row)
        assert found["length"][place] == len(row)
        assert found["input_ids"][place] == row + [tokenizer.pad_token_id] * pad
        assert found["attention_mask"][place] == [1] * len(row) + [0] * pad
        special = [int(each >= tokenizer.vocabulary.n_content) for each in row]
        assert found["special_tokens_mask"][place] == special + [1] * pad
        spans = [span for span in tokens.offsets.tolist() for _ in range(width)]
        wanted = [[0, 0]] * len(before) + spans + [[0, 0]] * (len(after) + pad)
        assert found["offset_mapping"][place] == wanted
        codes = [[-1 if code == 65_535 else code for code in token] for token in tokens.codes.T.tolist()]
        codes = [token for token in codes for _ in range(width)]
        none = [-1] * len(tokens.levels)
        assert found["codes"][place] == [none] * len(before) + codes + [none] * (len(after) + pad)


def test_one_document_and_tensors():
    """One document gives plain lists; tensors have a batch axis, int64."""
    tokenizer = made(special_tokens_pattern="cls_sep")
    one = tokenizer(TEXTS[0], return_offsets_mapping=True, return_codes=True)
    assert isinstance(one, Encoding)
    many = tokenizer(TEXTS[:1], return_offsets=True, return_codes=True)
    assert {name: [value] for name, value in one.items()} == dict(many)
    check_tensors(tokenizer(TEXTS[0], return_tensors="np", return_offsets=True, return_codes=True), np.ndarray, many)
    with pytest.raises(InputError, match="padding"):
        tokenizer(TEXTS, return_tensors="np", return_codes=True)


@pytest.mark.native
def test_tensors_of_torch():
    """The same as tensors of PyTorch."""
    import torch  # here, so that Pyodide does without it

    tokenizer = made(special_tokens_pattern="cls_sep")
    many = tokenizer(TEXTS[:1], return_offsets=True, return_codes=True)
    check_tensors(tokenizer(TEXTS[0], return_tensors="pt", return_offsets=True, return_codes=True), torch.Tensor, many)


def check_tensors(tensors, kind, lists):
    n = len(lists["input_ids"][0])
    assert all(isinstance(each, kind) for each in tensors.values())
    assert tuple(tensors["input_ids"].shape) == (1, n)
    assert tuple(tensors["offset_mapping"].shape) == (1, n, 2)
    assert tuple(tensors["codes"].shape) == (1, n, 2)
    assert str(tensors["codes"].dtype).endswith("int64")
    assert tensors["codes"].tolist() == lists["codes"]


@given(st.integers(2, 30), st.sampled_from(["right", "left"]), st.sampled_from([True, "sample"]))
def test_truncation_leaves_whole_tokens(length, side, truncation):
    """Where a token has two ids, both stay or both go; special tokens have their room."""
    tokenizer = made(layout="interleave", special_tokens_pattern="cls_sep", truncation_side=side)
    words = {"truncation": truncation, "max_length": length, "return_offsets": True, "return_codes": True}
    found = tokenizer(TEXTS, **words)
    for text, ids, spans in zip(TEXTS, found["input_ids"], found["offset_mapping"], strict=True):
        whole, every = tokenizer.encode(text), tokenizer.codes(text).offsets.tolist()
        kept = (len(ids) - 2) // 2
        assert len(ids) == 2 + 2 * min(len(whole) // 2, (length - 2) // 2)
        tokens = [ids[at : at + 2] for at in range(1, len(ids) - 1, 2)]
        all_tokens = [whole[at : at + 2] for at in range(0, len(whole), 2)]
        if truncation is True:
            low = len(all_tokens) - kept if side == "left" else 0
            assert tokens == all_tokens[low : low + kept]
            assert spans[1:-1:2] == spans[2:-1:2] == every[low : low + kept]
        places = [every.index(span) for span in spans[1:-1:2]]
        assert places == sorted(set(places))
        assert tokens == [all_tokens[place] for place in places]


def test_sampled_tokens_follow_their_seed():
    """One seed, one draw."""
    tokenizer = made(layout="interleave")
    draws = [tokenizer(TEXTS[0], truncation="sample", max_length=9, seed=seed)["input_ids"] for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    assert len(draws[0]) == 8


def test_shared_names_say_what_they_say_elsewhere():
    """Texts, ids, masks and padding under the names of transformers."""
    tokenizer = made(layout="interleave", special_tokens_pattern="cls_sep")
    ids = tokenizer.encode(TEXTS[1])
    texts = tokenizer.tokenize(TEXTS[1])
    assert tokenizer.convert_ids_to_tokens(ids) == texts
    assert tokenizer.convert_tokens_to_ids(texts) == ids
    assert tokenizer.convert_ids_to_tokens(ids[0]) == texts[0]
    assert tokenizer.convert_tokens_to_ids("v2:2") == 8
    assert tokenizer.convert_ids_to_tokens([0, 9, 99], skip_special_tokens=True) == ["v1:0"]
    assert len(tokenizer) == tokenizer.vocab_size == 16
    assert tokenizer.all_special_ids == list(range(9, 16))
    assert tokenizer.special_tokens_map["mask_token"] == "<mask>"
    assert tokenizer.num_special_tokens_to_add() == 2
    assert tokenizer.get_special_tokens_mask([0, 9], already_has_special_tokens=True) == [0, 1]
    assert tokenizer.model_input_names == ["input_ids", "attention_mask"]
    calls = [tokenizer(text) for text in TEXTS]
    assert dict(tokenizer.pad(calls)) == dict(tokenizer(TEXTS, padding=True))
    assert tokenizer.get_vocab()["v1:5"] == 5


def test_words_of_a_call_are_checked():
    """A wrong word is told before any work."""
    with pytest.raises(InputError, match="padding is 'max'; one of"):
        made()(TEXTS, padding="max")
    with pytest.raises(InputError, match="max_length 1 has no room for 2 special tokens"):
        made(special_tokens_pattern="cls_sep")(TEXTS, truncation=True, max_length=1)
    with pytest.raises(InputError, match="max_length 1 has no room for 2 special tokens"):
        made(special_tokens_pattern="cls_sep", layout="interleave")(TEXTS, truncation=True, max_length=1)


def test_settings_of_calls_are_defaults():
    """``model_max_length`` cuts, sides pad and cut, unless a call says otherwise."""
    tokenizer = made(model_max_length=3, truncation_side="left", padding_side="left")
    whole = tokenizer.encode(TEXTS[0])
    assert tokenizer(TEXTS[0], truncation=True)["input_ids"] == whole[-3:]
    assert tokenizer(TEXTS[2], padding="max_length", max_length=5)["input_ids"] == [
        tokenizer.pad_token_id,
        *tokenizer.encode(TEXTS[2]),
    ]
    assert isinstance(tokenizer, VQTokenizer)
