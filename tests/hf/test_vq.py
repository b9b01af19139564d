"""The learned tokenizer in transformers: the ids and masks of the core, found again by Auto classes."""

import copy
import json
import pickle
from io import BytesIO

import pytest
import torch
from datasets import Dataset
from datasets.fingerprint import Hasher
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, DataCollatorForLanguageModeling

from genotok import VQTokenizer
from genotok.errors import BundleError, ConfigError, InputError
from genotok.hf import GenotokVQTokenizer
from genotok.tokenizers import vq_saving
from hf.worlds import FORKS, run
from vq import models

TEXTS = ["ACGTACGTTGCAACGTNACGTACGT", "ACGTACGTTGCAAC", "acgtACGTTG"]


def core(**settings):
    return models.tokenizer(models.toy_model(2), **settings)


def wrapped(**words):
    return GenotokVQTokenizer(core(), **words)


@pytest.mark.parametrize("layout", ["joint", "interleave"])
@pytest.mark.parametrize("pattern", ["none", "cls_sep", "bos_eos"])
@pytest.mark.parametrize("words", [{}, {"padding": True}, {"padding": True, "truncation": True, "max_length": 9}])
def test_core_and_transformers_give_the_same_inputs(layout, pattern, words):
    """Ids and masks, lists and tensors, padded and cut: also where a token has two ids, which stay together."""
    settings = {"special_tokens_pattern": pattern, "layout": layout}
    inner, outer = core(**settings), wrapped(**settings)
    for value in (TEXTS[0], TEXTS):
        if isinstance(value, list) or "truncation" not in words:
            assert dict(outer(value, **words)) == dict(inner(value, **words))
    padded = {"padding": True} | words
    tensors, expected = outer(TEXTS, return_tensors="pt", **padded), inner(TEXTS, return_tensors="pt", **padded)
    assert all(torch.equal(tensors[name], expected[name]) for name in expected)
    assert outer.encode(TEXTS[0], add_special_tokens=False) == inner.encode(TEXTS[0])
    assert outer.tokenize(TEXTS[1]) == inner.tokenize(TEXTS[1])


@pytest.mark.filterwarnings("ignore::genotok.errors.SequenceWarning")
@pytest.mark.parametrize("pattern", ["none", "cls_sep"])
@pytest.mark.parametrize("value", ["", "ACG", b"AC", [""], ["AC", ""], ["AC", TEXTS[1], ""]])
@pytest.mark.parametrize("words", [{}, {"padding": True}, {"padding": "max_length", "max_length": 7}])
def test_documents_without_tokens_are_no_batch_of_nothing(pattern, value, words):
    """Empty ones, and those too short for a token: alone and among others, padded or not."""
    settings = {"special_tokens_pattern": pattern}
    inner, outer = core(**settings), wrapped(**settings)
    expected, found = inner(value, **words), outer(value, **words)
    assert found["input_ids"] == expected["input_ids"]
    assert found.get("attention_mask", []) == expected["attention_mask"]


def test_texts_and_ids_are_those_of_the_core():
    """Texts of tokens are read back; bases are at the core."""
    outer, inner = wrapped(), core()
    assert (len(outer), outer.vocab_size, outer.unk_token_id) == (25, 25, 18)
    assert outer.get_vocab() == dict(inner.get_vocab())
    ids = inner.encode(TEXTS[0])
    assert outer.decode(ids).split() == inner.convert_ids_to_tokens(ids)
    assert outer(outer.decode(ids))["input_ids"] == ids
    assert outer.encode(outer.convert_ids_to_tokens(ids), add_special_tokens=False) == ids
    assert outer(ids)["input_ids"] == ids
    assert outer([ids, ids[:2]])["input_ids"] == [ids, ids[:2]]
    assert (
        outer(BytesIO(b">a\nACGTACGT\n>b\nACGTA\n"))["input_ids"]
        == inner.encode_batch(["ACGTACGT", "ACGTA"]).to_lists()
    )
    assert outer.vq.decode(ids) == inner.decode(ids)
    assert outer.add_tokens(["[extra]"]) == 1
    assert outer("v0.0 [extra]")["input_ids"] == [0, 25]
    with pytest.raises(InputError, match="offsets are in bp"):
        outer("ACGT", return_offsets_mapping=True)
    with pytest.raises(InputError, match="no pairs"):
        outer("ACGT", "ACGT")


@pytest.mark.parametrize("model", [models.tree_model(), models.network_model()], ids=["table", "network"])
def test_folders_are_the_same_from_either_side(model, tmp_path):
    """Saved by the core or by transformers: one tokenizer, opened by either."""
    inner = models.tokenizer(model)
    outer = GenotokVQTokenizer(inner, model_max_length=77)
    inner.replace(model_max_length=77).save_pretrained(tmp_path / "core")
    outer.save_pretrained(tmp_path / "outer")
    for folder in ("core", "outer"):
        opened = AutoTokenizer.from_pretrained(tmp_path / folder)
        assert isinstance(opened, GenotokVQTokenizer)
        assert opened.vq == inner.replace(model_max_length=77)
        assert opened.vq.card == inner.card
        assert VQTokenizer.from_pretrained(tmp_path / folder) == inner.replace(model_max_length=77)
    assert (tmp_path / "core" / "model.npz").read_bytes() == (tmp_path / "outer" / "model.npz").read_bytes()
    one, two = (json.loads((tmp_path / each / "tokenizer_config.json").read_text()) for each in ("core", "outer"))
    assert one["genotok"] == two["genotok"]
    other = GenotokVQTokenizer.from_pretrained(tmp_path / "core", unknown="drop", padding_side="left")
    assert (other.vq.config.unknown, other.padding_side) == ("drop", "left")
    outer.add_special_tokens({"mask_token": "[M]"})
    outer.save_pretrained(tmp_path / "more", remote_code=True)
    again = AutoTokenizer.from_pretrained(tmp_path / "more")
    assert (again.mask_token, again.mask_token_id, len(again)) == ("[M]", inner.vocab_size, inner.vocab_size + 1)
    assert (tmp_path / "more" / "tokenization_genotok.py").is_file()


def test_weights_as_safetensors_are_found(tmp_path):
    """The folder of a network may hold either kind of file."""
    inner = models.tokenizer(models.network_model())
    inner.save_pretrained(tmp_path, weights="safetensors")
    assert AutoTokenizer.from_pretrained(tmp_path).vq == inner


def test_names_of_the_wheel_are_opened(tmp_path, monkeypatch):
    """A bundled name is no repository."""
    core().save_pretrained(tmp_path / "models/vq-fine")
    monkeypatch.setattr(vq_saving.resources, "files", lambda _: tmp_path)
    assert GenotokVQTokenizer.from_pretrained("vq-fine", layout="interleave").vq == core(layout="interleave")
    assert GenotokVQTokenizer("vq-fine").vq == core()


OPEN = """
import json
from transformers import AutoTokenizer
folder, text = json.loads(sys.argv[1])
opened = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
print(json.dumps([type(opened).__name__, opened(text)["input_ids"]]))
"""


@pytest.mark.slow  # a process that imports transformers
def test_a_process_that_knows_no_genotok_finds_it_by_remote_code(tmp_path):
    """The folder says by itself what opens it."""
    core().save_pretrained(tmp_path, remote_code=True)
    home = {"HF_HOME": str(tmp_path / "home"), "HF_MODULES_CACHE": str(tmp_path / "modules")}
    assert run(OPEN, str(tmp_path), TEXTS[0], **home) == ["GenotokVQTokenizer", core().encode(TEXTS[0])]


def test_a_model_is_trained_on_masked_tokens():
    """The collator masks what is no special token, and a model takes the batch."""
    outer = wrapped(special_tokens_pattern="cls_sep")
    collate = DataCollatorForLanguageModeling(outer, mlm_probability=0.3)
    batch = collate([outer(text) for text in TEXTS * 4])
    assert not (batch["labels"][batch["input_ids"] == outer.cls_token_id] != -100).any()
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    model = BertForMaskedLM(BertConfig(vocab_size=len(outer), pad_token_id=outer.pad_token_id, **small))
    assert torch.isfinite(model(**batch).loss)


@FORKS
@pytest.mark.native  # processes
def test_data_sets_are_mapped_in_two_processes(tmp_path):
    """Every worker gives what one would, and the cache knows the tokenizer again after its use."""
    outer = wrapped(special_tokens_pattern="cls_sep")
    data = Dataset.from_dict({"dna": TEXTS * 8})
    before = Hasher.hash(outer)

    def encode(rows):
        return outer(rows["dna"])

    two = data.map(encode, batched=True, batch_size=5, num_proc=2, cache_file_name=str(tmp_path / "two.arrow"))
    assert two["input_ids"][:] == outer(TEXTS * 8)["input_ids"]
    assert Hasher.hash(outer) == before


def test_copies_behave_alike_and_use_leaves_no_trace():
    """Pickles and copies give the same; the pickle does not change with use."""
    outer = wrapped()
    before = pickle.dumps(outer)
    outer(TEXTS, padding=True)
    assert pickle.dumps(outer) == before
    for other in (pickle.loads(before), copy.deepcopy(outer)):
        assert dict(other(TEXTS)) == dict(outer(TEXTS))
        assert other.vq == outer.vq


def test_what_is_no_learned_tokenizer_is_told(tmp_path):
    """The errors are ours, also through transformers' own way of opening."""
    with pytest.raises(ConfigError, match="no tokenizer is given"):
        GenotokVQTokenizer()
    with pytest.raises(BundleError, match="int is no learned tokenizer"):
        GenotokVQTokenizer(3)
    with pytest.raises(InputError, match="a prefix 'x'"):
        wrapped().save_vocabulary(str(tmp_path), "x")
    core().save_pretrained(tmp_path)
    (tmp_path / "model.npz").write_bytes(b"cut")
    with pytest.raises(BundleError, match="the archive is damaged or cut"):
        GenotokVQTokenizer.from_pretrained(tmp_path)
