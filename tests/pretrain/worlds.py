"""DNA that a language model can learn, tokenizers of every kind, and settings that are quick."""

import json
from functools import cache
from io import BytesIO

import numpy as np

from genotok.kernels.draws import draw_below, draw_words
from genotok.tokenizers.vq import VQTokenizer
from genotok.train.mlm_config import MlmConfig
from genotok.train.mlm_tokens import VQReader
from genotok.train.mlm_words import words_tokenizer
from genotok.train.vq_corpus import read_corpus
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

QUICK = MlmConfig(layers=1, hidden=32, heads=2, ffn=64, tokens=32, batch=8, steps=20, every=5, rate=5e-3)


def dna(length, seed):
    return np.frombuffer(b"ACGT", np.uint8)[draw_below(length, 4, seed)].tobytes().decode()


def fasta(length, seed=0):
    """Write DNA in which few words of eight letters are common: 16 of them follow each other at random."""
    words = draw_below(16 * 8, 4, seed).astype(np.uint8).reshape(16, 8)
    text = np.frombuffer(b"ACGT", np.uint8)[words[draw_below(length // 8, 16, seed + 1)]].ravel()
    return b">one\n" + text.tobytes() + b"\n"


@cache
def corpus(length=110_000, seed=0):
    return read_corpus([BytesIO(fasta(length, seed))], crop=40)


def _vectors(size):
    return (draw_words(size * 2, size) >> np.uint64(40)).astype(np.float32).reshape(size, 2) / 2**24


@cache
def tokenizer(kind):
    """Windows of three letters by two levels of codes: tree, hrq, rvq; of wide a token has an id for each level."""
    if kind == "tree":
        parents = (np.arange(16) // 4).astype(np.uint16)
        book, codes = Codebook("tree", (4, 16), (_vectors(4), _vectors(16)), (parents,)), draw_below(64, 16, 1)[None]
    elif kind == "wide":
        book = Codebook("rvq", (300, 400), (_vectors(300), _vectors(400)))
        codes = np.stack([draw_below(64, 300, 2), draw_below(64, 400, 3)])
    else:
        book = Codebook(kind, (4, 6), (_vectors(4), _vectors(6)))
        codes = np.stack([draw_below(64, 4, 2), draw_below(64, 6, 3)])
    return VQTokenizer(VQModel(book, WindowTable(3, 1, codes.astype(np.uint16)), None, window=3, stride=1))


def reader(kind="kmer3"):
    found = words_tokenizer(kind)
    return VQReader(kind, tokenizer(kind) if found is None else found)


def byte_pairs(path):
    """Write a tokenizer.json of byte pairs as a BERT has them: special ids first, and specials put around."""
    texts = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    added = [
        {"id": at, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True} for at, text in enumerate(texts)
    ]  # fmt: skip
    merges = [["A", "C"], ["G", "T"], ["AC", "GT"], ["A", "A"], ["T", "T"]]
    words = [*texts, *"ACGT", *("".join(pair) for pair in merges)]
    model = {
        "type": "BPE",
        "unk_token": "[UNK]",
        "vocab": {text: at for at, text in enumerate(words)},
        "merges": merges,
    }
    around = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]}},
    }
    table = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
             "pre_tokenizer": None, "post_processor": around, "decoder": None, "model": model}  # fmt: skip
    path.write_text(json.dumps(table))
    return path
