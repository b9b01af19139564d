"""The motif tokenizer in transformers: the ids and masks of the core, found again by Auto classes."""

import copy
import json
import pickle

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, DataCollatorForLanguageModeling

from genotok import MotifTokenizer
from genotok.errors import BundleError, ConfigError, InputError, NotFittedError
from genotok.hf import GenotokMotifTokenizer
from motif.worlds import fitted, subset_tokenizer, text_of

TEXTS = [text_of(end=600), text_of(start=600, end=700), "N" * 30]


def wrapped(**words):
    return GenotokMotifTokenizer(fitted(), **words)


@pytest.mark.parametrize("pattern", ["none", "cls_sep", "bos_eos"])
@pytest.mark.parametrize("words", [{}, {"padding": True}, {"padding": True, "truncation": True, "max_length": 9}])
def test_core_and_transformers_give_the_same_inputs(pattern, words):
    core, outer = fitted().replace(special_tokens_pattern=pattern), wrapped(special_tokens_pattern=pattern)
    for value in (TEXTS[0], TEXTS):
        if isinstance(value, list) or "truncation" not in words:
            assert dict(outer(value, **words)) == dict(core(value, **words))
    padded = {"padding": True} | words
    tensors, expected = outer(TEXTS, return_tensors="pt", **padded), core(TEXTS, return_tensors="pt", **padded)
    assert all(torch.equal(tensors[name], expected[name]) for name in expected)
    assert outer.encode(TEXTS[0], add_special_tokens=False) == core.encode(TEXTS[0])
    assert outer.tokenize(TEXTS[1]) == core.tokenize(TEXTS[1])


def test_texts_and_ids_are_those_of_the_core():
    outer = wrapped()
    assert (len(outer), outer.vocab_size, outer.unk_token_id) == (136, 136, fitted().unk_token_id)
    assert outer.get_vocab() == dict(fitted().get_vocab())
    ids = fitted().encode(TEXTS[0])
    assert outer.decode(ids).split() == fitted().decode(ids)
    assert outer(outer.decode(ids))["input_ids"] == ids
    assert outer.encode(outer.convert_ids_to_tokens(ids), add_special_tokens=False) == ids
    assert outer.add_tokens(["[extra]"]) == 1
    assert outer("{} [extra]")["input_ids"] == [0, 136]
    with pytest.raises(InputError, match="offsets are in bp"):
        outer("ACGT", return_offsets_mapping=True)
    with pytest.raises(InputError, match="no pairs"):
        outer("ACGT", "ACGT")


def test_folders_are_the_same_from_either_side(tmp_path):
    core, outer = fitted(), wrapped(model_max_length=77)
    core.replace(model_max_length=77).save_pretrained(tmp_path / "core")
    outer.save_pretrained(tmp_path / "outer")
    for folder in ("core", "outer"):
        opened = AutoTokenizer.from_pretrained(tmp_path / folder)
        assert isinstance(opened, GenotokMotifTokenizer)
        assert opened.motif == core.replace(model_max_length=77)
        assert MotifTokenizer.from_pretrained(tmp_path / folder) == core.replace(model_max_length=77)
    assert (tmp_path / "core" / "arrays.npz").read_bytes() == (tmp_path / "outer" / "arrays.npz").read_bytes()
    one, two = (json.loads((tmp_path / each / "tokenizer_config.json").read_text()) for each in ("core", "outer"))
    assert one["genotok"] == two["genotok"]
    other = GenotokMotifTokenizer.from_pretrained(tmp_path / "core", unknown="backoff", padding_side="left")
    assert (other.motif.config.vocabulary.unknown, other.padding_side) == ("backoff", "left")
    outer.add_special_tokens({"mask_token": "[M]"})
    outer.save_pretrained(tmp_path / "more", remote_code=True)
    again = AutoTokenizer.from_pretrained(tmp_path / "more")
    assert (again.mask_token, again.mask_token_id, len(again)) == ("[M]", 136, 137)
    assert (tmp_path / "more" / "tokenization_genotok.py").is_file()


def test_plain_transformers_read_the_words(tmp_path):
    from transformers import PreTrainedTokenizerFast

    fitted().save_pretrained(tmp_path, tokenizer_json=True)
    plain = PreTrainedTokenizerFast(tokenizer_file=str(tmp_path / "tokenizer.json"))
    ids = fitted().encode(TEXTS[0])
    assert plain(" ".join(fitted().decode(ids)))["input_ids"] == ids


def test_a_model_is_trained_on_masked_bins():
    outer = wrapped(special_tokens_pattern="cls_sep")
    collate = DataCollatorForLanguageModeling(outer, mlm_probability=0.3)
    batch = collate([outer(text) for text in TEXTS[:2]])
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = BertForMaskedLM(BertConfig(vocab_size=len(outer), pad_token_id=outer.pad_token_id, **small))
    assert torch.isfinite(model(**batch).loss)


def test_copies_behave_alike_and_use_leaves_no_trace():
    outer = wrapped()
    before = pickle.dumps(outer)
    outer(TEXTS, padding=True)
    assert pickle.dumps(outer) == before
    for other in (pickle.loads(before), copy.deepcopy(outer)):
        assert dict(other(TEXTS)) == dict(outer(TEXTS))
        assert np.array_equal(other.motif.labels, outer.motif.labels)


def test_what_is_no_motif_tokenizer_is_told(tmp_path):
    with pytest.raises(NotFittedError, match="fit it first"):
        GenotokMotifTokenizer(subset_tokenizer())
    with pytest.raises(ConfigError, match="no tokenizer is given"):
        GenotokMotifTokenizer()
    with pytest.raises(BundleError, match="int is no motif tokenizer"):
        GenotokMotifTokenizer(3)
    fitted().save_pretrained(tmp_path)
    (tmp_path / "arrays.npz").write_bytes(b"cut")
    with pytest.raises(BundleError, match="the archive is damaged or cut"):
        GenotokMotifTokenizer.from_pretrained(tmp_path)
