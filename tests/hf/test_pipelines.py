"""From documents to batches: collators, loaders in other processes, and datasets that remember what they made."""

import json
import multiprocessing

import numpy as np
import pytest
import torch
from datasets import Dataset
from datasets.fingerprint import Hasher
from torch.utils.data import DataLoader
from transformers import DataCollatorForLanguageModeling, DataCollatorWithPadding

from hf.worlds import BATCH, FORKS, Collate, interval, run, tokenizer

DOCUMENTS = [[("chr1", 18, 19)] * (1 + count % 3) + [("chr2", 0, 6)] for count in range(12)]


def test_padding_collator_gives_what_the_core_gives():
    """Single encodings, padded together: ids, masks and dtypes of one call of the core."""
    tok = tokenizer(padding_side="left")
    batch = DataCollatorWithPadding(tok, pad_to_multiple_of=4)([tok(document) for document in BATCH])
    wanted = interval(padding_side="left")(BATCH, padding=True, pad_to_multiple_of=4, return_tensors="pt")
    assert torch.equal(batch["input_ids"], wanted["input_ids"])
    assert torch.equal(batch["attention_mask"], wanted["attention_mask"])


@pytest.mark.parametrize("marked", [False, True])
def test_masking_spares_special_tokens(marked):
    """Only regions are masked, replaced or kept as targets; the labels are what stood there."""
    tok = tokenizer(special_tokens_pattern="cls_sep")
    collator = DataCollatorForLanguageModeling(tok, mlm_probability=0.5, seed=3)
    encodings = [tok(document, return_special_tokens_mask=marked) for document in DOCUMENTS * 20]
    batch = collator(encodings)
    original = tok.pad({"input_ids": [each["input_ids"] for each in encodings]}, return_tensors="pt")["input_ids"]
    special = original >= tok.interval.n_regions
    chosen = batch["labels"] != -100
    assert not (chosen & special).any()
    assert torch.equal(batch["labels"][chosen], original[chosen])
    assert torch.equal(batch["input_ids"][~chosen], original[~chosen])
    assert 0.45 < chosen.sum() / (~special).sum() < 0.55
    assert 0.7 < (batch["input_ids"][chosen] == tok.mask_token_id).float().mean() < 0.9
    assert batch["input_ids"].max() < len(tok)


@pytest.mark.slow  # a process that imports torch
def test_loaders_tokenize_in_spawned_processes():
    """The tokenizer travels by pickle and gives the same tensors there."""
    tok = tokenizer()
    assert multiprocessing.get_start_method(allow_none=True) != "spawn"  # so the words below matter
    loader = DataLoader(DOCUMENTS, 4, collate_fn=Collate(tok), num_workers=1, multiprocessing_context="spawn")
    wanted = tok(DOCUMENTS, padding="max_length", max_length=8, return_tensors="pt")
    assert torch.equal(torch.cat([batch["input_ids"] for batch in loader]), wanted["input_ids"])


def columns(documents):
    names = ("chrom", "start", "end")
    return {name: [[row[at] for row in document] for document in documents] for at, name in enumerate(names)}


@FORKS
def test_map_in_processes_gives_the_same_rows(tmp_path):
    """datasets.map over columns of regions, alone and in four processes."""
    tok = tokenizer()
    data = Dataset.from_dict(columns(DOCUMENTS))
    wanted = [tok(document)["input_ids"] for document in DOCUMENTS]
    for processes in (None, 4):
        mapped = data.map(tok, num_proc=processes, remove_columns=data.column_names)
        assert mapped["input_ids"][:] == wanted
    mapped = data.map(tok, batched=True, batch_size=2, remove_columns=data.column_names)
    assert mapped["input_ids"][:] == wanted
    mapped.set_format("numpy")
    assert mapped[0]["input_ids"].dtype == np.int64


FINGERPRINT = """
import json, sys
from datasets.fingerprint import Hasher
from genotok.hf import GenotokIntervalTokenizer
from genotok import IntervalTokenizer
from transformers import AutoTokenizer
(folder,) = json.loads(sys.argv[1])
del sys.modules["torch"]  # datasets asks whether it is loaded
found = [Hasher.hash(AutoTokenizer.from_pretrained(folder)), Hasher.hash(IntervalTokenizer(folder))]
print(json.dumps(found))
"""


@pytest.mark.slow  # two processes that import transformers and datasets
def test_fingerprints_stay_the_same(tmp_path):
    """In every process, whatever its hash seed, before and after use; another setting is another fingerprint."""
    tokenizer(model_max_length=2).save_pretrained(tmp_path)
    seen = {json.dumps(run(FINGERPRINT, str(tmp_path), PYTHONHASHSEED=seed)) for seed in "12"}
    assert len(seen) == 1
    tok = tokenizer(model_max_length=2)
    before = Hasher.hash(tok)
    tok(DOCUMENTS, padding=True, truncation=True)
    tok.encode(DOCUMENTS[2])
    assert Hasher.hash(tok) == before
    assert Hasher.hash(tokenizer(model_max_length=3)) != before
    tok.add_tokens(["<cell>"])
    assert Hasher.hash(tok) != before
