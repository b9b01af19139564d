"""Byte-pair encoding of DNA: pairs that are frequent become tokens, the same ones each time."""

import sys
from collections import Counter

import pytest

from genotok.analysis.baselines import train_bpe
from genotok.analysis.zipf import zipf
from genotok.errors import ConfigError, InputError, MissingExtraError
from motif import golden

pytestmark = pytest.mark.native  # the extra [motif]


def test_the_most_frequent_pair_is_the_first_token():
    bpe = train_bpe(["TATATATACG", "nnTATAnnGGn"], 6)
    assert bpe.texts == ("A", "C", "G", "T", "TA", "TATA")
    assert bpe.count({"x": "TATATANuauaG"}).tolist() == [0, 0, 1, 0, 1, 2]


def test_tokens_of_real_dna_are_the_same_each_time():
    sequence = golden.sequences()[golden.PIECES[1]]
    one, two = (train_bpe([sequence], 300, seed=seed) for seed in (0, 0))
    assert one.texts == two.texts
    assert len(one.texts) == 300
    counts = one.count([sequence])
    letters = sum(n * len(text) for n, text in zip(counts.tolist(), one.texts, strict=True))
    assert letters == sum(Counter(sequence.upper())[letter] for letter in "ACGT")
    assert max(map(len, one.texts)) <= 512
    report = zipf(counts, corpus="chr22 piece, BPE300")
    assert report.unfiltered.tokens == counts.sum()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        ((["ACGT"], 3), ConfigError, "vocab_size=3"),
        ((["NN", ""], 9), InputError, "no letter to train on"),
        (("ACGT", 9), InputError, "one text is no list"),
    ],
)
def test_what_can_not_be_trained_on_is_told(call, error, message):
    with pytest.raises(error, match=message):
        train_bpe(*call)
    with pytest.raises(ConfigError, match="word=1"):
        train_bpe(["ACGT"], 9, word=1)


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'genotok\[motif\]'"):
        train_bpe(["ACGT"], 9)
