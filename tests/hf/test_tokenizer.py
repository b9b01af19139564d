"""The tokenizer in transformers: the ids and masks of the core, under the contract of a PreTrainedTokenizer."""

import copy
import io
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizer, pipeline

from genotok import IntervalTokenizer, Regions, Universe
from genotok.errors import ConfigError, InputError, VocabularyError
from genotok.hf import GenotokIntervalTokenizer
from hf.worlds import BATCH, DOCUMENT, ROWS, interval, run, tokenizer
from strategies import queries, universes

PATTERNS = ("none", "cls_sep", "bos", "eos", "bos_eos")
SIDES = st.sampled_from(["left", "right"])


@st.composite
def calls(draw):
    """A universe, documents and the words of one call that both tokenizers know."""
    rows = draw(universes())
    documents = draw(st.lists(queries(rows), min_size=1, max_size=4))
    texts = draw(st.dictionaries(st.sampled_from(["unk", "pad", "cls", "sep"]), st.sampled_from(["<s>", "[é]"])))
    config = {
        "unmatched": draw(st.sampled_from(["drop", "unk"])),
        "sort": draw(st.booleans()),
        "special_tokens_pattern": draw(st.sampled_from(PATTERNS)),
        "padding_side": draw(SIDES),
        "truncation_side": draw(SIDES),
        "model_max_length": draw(st.none() | st.integers(2, 6)),
    }
    longest = draw(st.none() | st.integers(2, 9))
    words = {"add_special_tokens": draw(st.booleans()), "truncation": draw(st.booleans())}
    limit = longest or config["model_max_length"]
    words["padding"] = draw(st.sampled_from([False, True, "longest", *(["max_length"] if limit else [])]))
    if words["truncation"] or words["padding"] == "max_length":  # else transformers warns that a length does nothing
        words["max_length"] = longest
    if words["padding"] and not words["truncation"]:
        words["pad_to_multiple_of"] = draw(st.none() | st.integers(1, 5))
    value = [Regions.from_tuples(each) for each in documents] if draw(st.booleans()) else documents[0]
    return rows, texts, config, value, words


@settings(max_examples=150)
@given(calls())
def test_core_and_transformers_give_the_same_inputs(call):
    """Same universe, same documents, same words: the same ids and masks, single or in a batch."""
    rows, texts, config, value, words = call
    core = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(rows)), texts).replace(**config)
    for tok in (
        GenotokIntervalTokenizer(core),
        GenotokIntervalTokenizer(core.universe, **core.special_tokens_map, **config),
    ):
        got, wanted = tok(value, **words), core(value, **words)
        assert dict(got) == dict(wanted)


@pytest.mark.parametrize("pack", ["np", "pt"])
def test_tensors_are_those_of_the_core(pack):
    """One document has a batch axis, a batch is padded; whole numbers of 64 bits."""
    tok, core = tokenizer(), interval()
    for value, words in (
        (DOCUMENT, {}),
        (BATCH, {"padding": True}),
        (BATCH, {"padding": "max_length", "max_length": 7}),
    ):
        got, wanted = tok(value, return_tensors=pack, **words), core(value, return_tensors=pack, **words)
        for name in ("input_ids", "attention_mask"):
            assert got[name].dtype == wanted[name].dtype in (np.int64, torch.int64)
            assert got[name].tolist() == wanted[name].tolist()


def test_every_kind_of_input_is_taken(tmp_path):
    """Path, open file, Regions, table, triples, one region, objects; batches of them; nothing at all."""
    tok, core = tokenizer(), interval()
    path = tmp_path / "q.bed"
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in DOCUMENT))
    frame = pd.DataFrame(DOCUMENT, columns=["chrom", "start", "end"])
    for value in (
        path,
        str(path),
        frame,
        Regions.from_tuples(DOCUMENT),
        DOCUMENT,
        [path, path],
        [frame],
        iter(DOCUMENT),
    ):
        again = DOCUMENT if not isinstance(value, list) or value is DOCUMENT else [DOCUMENT] * len(value)
        assert tok(value)["input_ids"] == core(again)["input_ids"]
    assert tok(io.BytesIO(path.read_bytes()))["input_ids"] == [2, 0, 1]
    assert tok(("chr1", 12, 14))["input_ids"] == [0]
    assert tok([])["input_ids"] == [tok.unk_token_id]
    with pytest.raises(InputError, match="an array of int64 can't be tokenized"):
        tok(np.arange(3))
    with pytest.raises(FileNotFoundError, match=r"chr9:1-2: no such file; regions from memory go in as"):
        tok("chr9:1-2")


def test_what_is_decoded_is_read_again():
    """Ids, their texts, and the texts as one string come back as the same ids, in a call and in encode."""
    tok = tokenizer()
    ids = tok.encode(DOCUMENT)
    assert ids == [2, 0, 1]
    assert tok.tokenize(DOCUMENT) == ["chr2:5-9", "chr1:10-20", "chr1:15-30"]
    assert tok.decode(ids) == "chr2:5-9 chr1:10-20 chr1:15-30"
    assert tok.batch_decode([[0], [1, tok.pad_token_id]], skip_special_tokens=True) == ["chr1:10-20", "chr1:15-30"]
    for value in (ids, tok.tokenize(DOCUMENT), tok.decode(ids)):
        assert tok.encode(value) == ids
    assert tok(tok.decode(ids))["input_ids"] == tok(ids)["input_ids"] == ids
    assert tok(tok.batch_decode([[0, 1], [2]]))["input_ids"] == [[0, 1], [2]]  # a batch of texts is one of documents
    assert tok([[0, 1], [2]], padding=True)["input_ids"] == [[0, 1], [2, tok.pad_token_id]]
    around = tokenizer(special_tokens_pattern="cls_sep")
    assert around.encode(DOCUMENT, None, False) == around.encode(DOCUMENT)[1:-1] == ids
    assert tok(tok.tokenize(DOCUMENT), is_split_into_words=True)["input_ids"] == ids
    assert tok.decode(torch.tensor([[0, 5]])) == ["chr1:10-20 <pad>"]
    with pytest.raises(InputError, match=r"element 1: 'nope' is no token of the vocabulary; convert_tokens_to_ids"):
        tok.encode(["chr1:10-20", "nope"])


def test_words_without_a_meaning_are_refused():
    """Pairs and character offsets don't exist; what has the rows instead is named."""
    tok = tokenizer()
    with pytest.raises(InputError, match="there are no pairs of documents"):
        tok(DOCUMENT, DOCUMENT)
    with pytest.raises(InputError, match="there are no pairs of documents"):
        tok.get_special_tokens_mask([1], [2])
    with pytest.raises(InputError, match=r"interval\(x, return_offsets=True\) has their rows"):
        tok(DOCUMENT, return_offsets_mapping=True)
    with pytest.raises(ConfigError, match="no universe is given"):
        GenotokIntervalTokenizer()


def test_vocabulary_and_special_tokens_are_the_cores():
    """Every id and text, the seven roles, and a length that counts them."""
    tok, core = tokenizer(mask_token="[M]", unmatched="unk"), interval({"mask": "[M]"})
    assert isinstance(tok, PreTrainedTokenizer)
    assert tok.get_vocab() == dict(core.get_vocab())
    assert len(tok) == tok.vocab_size == len(core) == 11
    assert tok.special_tokens_map == core.special_tokens_map
    assert sorted(tok.all_special_ids) == core.all_special_ids
    assert tok.mask_token_id == core.mask_token_id
    assert (tok.is_fast, tok.model_input_names) == (False, ["input_ids", "attention_mask"])
    assert tok.convert_ids_to_tokens([0, 6, 99]) == core.convert_ids_to_tokens([0, 6, 99])
    assert tok.convert_ids_to_tokens(np.int64(6)) == tok.convert_ids_to_tokens(6) == "[M]"
    assert tok.convert_ids_to_tokens(torch.tensor([0, 6]), skip_special_tokens=True) == ["chr1:10-20"]
    assert tok.convert_ids_to_tokens([]) == []
    assert tok.convert_tokens_to_ids(["chr2:5-9", "[M]", "nope"]) == [2, 6, 4]
    assert tok.convert_tokens_to_ids("chr2:5-9") == 2
    assert tok.convert_tokens_to_ids(None) is None
    with pytest.raises(InputError, match="str is no row of ids; give whole numbers"):
        tok.convert_ids_to_tokens("chr2:5-9")
    with pytest.raises(VocabularyError, match="-1 is no id"):
        tok.decode([-1])


def test_a_mask_marks_what_is_special():
    """For ids with and without the special tokens around them, and for texts, as in the core."""
    for pattern in PATTERNS:
        tok, core = tokenizer(special_tokens_pattern=pattern), interval(special_tokens_pattern=pattern)
        for ids in ([0, 1], [4, 0, 5, 5], []):
            assert tok.get_special_tokens_mask(ids) == core.get_special_tokens_mask(ids)
            assert tok.get_special_tokens_mask(ids, None, True) == core.get_special_tokens_mask(ids, None, True)
        assert tok.get_special_tokens_mask(["chr2:5-9", "<pad>"]) == [0, 1]
        assert tok.num_special_tokens_to_add() == core.num_special_tokens_to_add()


def test_added_tokens_stand_behind_the_vocabulary():
    """They move no id; a region or special token is not added again; empty ones count for nothing."""
    tok = tokenizer()
    before = tok.get_vocab()
    assert tok.add_tokens(["<cell>", "chr1:10-20", "<pad>", "", "<cell>"]) == 1
    assert tok.add_special_tokens({"extra_special_tokens": ["<batch>"], "mask_token": "[M]"}) == 2
    assert tok.get_vocab() == {**before, "<cell>": 11, "<batch>": 12, "[M]": 13}
    assert (len(tok), tok.vocab_size, tok.mask_token_id) == (14, 11, 13)
    assert tok.decode([0, 11, 12, 13, 14]) == "chr1:10-20 <cell> <batch> [M] <unk>"
    assert tok.decode([0, 11, 12, 13], skip_special_tokens=True) == "chr1:10-20 <cell>"
    assert tok("<cell> chr1:10-20 <batch>")["input_ids"] == [11, 0, 12]
    assert tok.get_special_tokens_mask([11, 12, 13, 0], None, True) == [0, 1, 1, 0]
    tok.pad_token = tok.eos_token  # as people do with models that have no padding
    assert tok.pad_token_id == tok.eos_token_id == before["<eos>"]


def test_copies_behave_alike_and_use_leaves_no_trace():
    """Pickle and deepcopy keep everything; the pickle's bytes are the same after use."""
    tok = tokenizer(special_tokens_pattern="cls_sep", model_max_length=3)
    tok.add_tokens(["<cell>"])
    before = pickle.dumps(tok)
    wanted = tok(BATCH, padding=True)
    tok.encode(DOCUMENT)  # longer than the model takes: transformers warns once, and remembers
    assert pickle.dumps(tok) == before
    for again in (pickle.loads(before), copy.deepcopy(tok)):
        assert dict(again(BATCH, padding=True)) == dict(wanted)
        assert again.get_vocab() == tok.get_vocab()
        assert again.interval == tok.interval


def test_a_universe_opens_as_in_the_core(tmp_path):
    """From a BED file with texts and settings, from a saved folder, from a settings file."""
    path = tmp_path / "u.bed"
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in ROWS))
    tok = GenotokIntervalTokenizer(str(path), unk_token="[U]", sort=True, model_max_length=8, padding_side="left")
    assert tok.interval == IntervalTokenizer.from_bed(
        path, {"unk": "[U]"}, sort=True, model_max_length=8, padding_side="left"
    )
    assert (tok.unk_token_id, tok.model_max_length, tok.padding_side) == (4, 8, "left")
    tok.interval.save_pretrained(tmp_path / "saved")
    for source in (tmp_path / "saved", tmp_path / "saved/tokenizer.toml"):
        again = GenotokIntervalTokenizer(source, sort=False)
        assert again.interval == tok.interval.replace(sort=False)
    with pytest.raises(ConfigError, match="unmatched is 'no'"):
        GenotokIntervalTokenizer(path, unmatched="no")


def test_a_fill_mask_pipeline_takes_regions_as_text():
    """What decode writes is what pipelines of transformers read: texts of tokens with blanks between."""
    tok = tokenizer()
    model = BertForMaskedLM(
        BertConfig(vocab_size=len(tok), hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    )
    fill = pipeline("fill-mask", model=model, tokenizer=tok, device="cpu")
    answers = fill("chr1:10-20 <mask> chr2:5-9", top_k=3)
    assert {answer["token_str"] for answer in answers} <= set(tok.get_vocab())
    for answer in answers:  # special tokens are left out of the sequence
        words = answer["sequence"].split(" ")
        assert (words[0], words[-1]) == ("chr1:10-20", "chr2:5-9")


@pytest.mark.parametrize("package", ["transformers", "datasets"])
def test_a_missing_package_is_named_with_its_extra(package):
    """The import says which pip command helps; the core never asks for it."""
    code = f"""
import json, sys
sys.modules[{package!r}] = None
import genotok
genotok.IntervalTokenizer
try:
    from genotok.hf import load_bed_folder
except ImportError as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""
    wanted = f"{package} is not installed; pip install 'genotok[hf]'"
    assert run(code) == ["MissingExtraError", wanted]


def test_files_may_have_a_prefix(tmp_path):
    """As with other tokenizers; what refers to another file knows its name."""
    paths = tokenizer().save_pretrained(tmp_path, filename_prefix="atac", tokenizer_json=True)
    assert {"atac-universe.bed.gz", "atac-tokenizer.toml", "atac-tokenizer.json"} <= {Path(path).name for path in paths}
    assert IntervalTokenizer(tmp_path / "atac-tokenizer.toml") == interval()
