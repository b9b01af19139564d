"""Streams and bags of the baselines are those of their definitions, letter by letter."""

import json
import sys
from collections import Counter
from itertools import product
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokenizers
from genotok.analysis import vq_features
from genotok.analysis.vq_baselines import (
    BpeFeatures,
    JoinedFeatures,
    WordFeatures,
    baseline,
    nearest_words,
    random_codewords,
    random_table,
)
from genotok.analysis.vq_features import VQFeatures, bag_of, measure_rates
from genotok.errors import ConfigError, InputError, MissingExtraError, SequenceWarning
from genotok.kernels.nearest import used_bits
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable

TEXTS = st.lists(st.text("ACGTN", max_size=30), min_size=1, max_size=6)
TURNED = str.maketrans("ACGT", "TGCA")


def words(text, k, step=1):
    return [text[at : at + k] for at in range(0, len(text) - k + 1, step)]


def number(word):
    return int("".join(str("ACGT".index(letter)) for letter in word), 4)


@given(TEXTS, st.integers(1, 5), st.integers(1, 6))
def test_words_are_cut_from_the_first_base_of_each_document(texts, k, step):
    (stream,) = WordFeatures(k, step).streams(texts)
    wanted = [[-1 if "N" in word else number(word) for word in words(text, k, step)] for text in texts]
    assert stream.ids.tolist() == [each for row in wanted for each in row]
    assert np.diff(stream.rows).tolist() == [len(row) for row in wanted]


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_merged_words_share_an_id_with_their_reverse_complement_alone(k):
    features = WordFeatures(k, merged=True)
    all_words = ["".join(each) for each in product("ACGT", repeat=k)]
    ids = features.streams(all_words)[0].ids.tolist()
    for one, two in product(range(len(all_words)), repeat=2):
        same = all_words[two] in (all_words[one], all_words[one].translate(TURNED)[::-1])
        assert (ids[one] == ids[two]) == same
    assert set(ids) == set(range(features.size))


@given(TEXTS, st.sampled_from(["char", "kmer2", "kmer3-step2", "kmer2-merged", "kmer1+2+3"]))
def test_a_bag_is_the_count_of_ids_stream_by_stream(texts, name):
    features = baseline(name)
    streams = features.streams(texts)
    wanted = np.zeros((len(texts), sum(each.size for each in streams)))
    shift = 0
    for stream in streams:
        for row in range(len(texts)):
            for each in stream.ids[stream.rows[row] : stream.rows[row + 1]].tolist():
                wanted[row, shift + each] += each >= 0
        shift += stream.size
    assert np.array_equal(bag_of(features, texts, log=False).to_dense(), wanted)
    assert np.allclose(bag_of(features, texts).to_dense(), np.log1p(wanted), rtol=1e-6)


@given(TEXTS)
def test_blocks_change_no_bag_and_no_rates(texts):
    """However few letters are counted together, also where a table of counts replaces sorting."""
    features = baseline("kmer1+2")
    whole, rates = bag_of(features, texts), measure_rates(features, texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vq_features, "_BLOCK", 5)
        patch.setattr(vq_features, "_DENSE", 10**6)
        assert bag_of(features, texts) == whole
        assert measure_rates(features, texts) == rates


def test_no_documents_give_no_rows():
    found = bag_of(WordFeatures(2), [])
    assert found.shape == (0, 16)
    assert bag_of(WordFeatures(4), ["ACG", ""]).nnz == 0


@given(TEXTS, st.integers(1, 3))
def test_rates_are_those_of_the_definition(texts, k):
    rates = measure_rates(WordFeatures(k), texts)
    met = Counter(word for text in texts for word in words(text, k) if "N" not in word)
    total = sum(met.values())
    assert rates.tokens == sum(len(words(text, k)) for text in texts)
    assert (rates.bases, rates.vocabulary, rates.codes_used) == (sum(map(len, texts)), 4**k, len(met))
    assert rates.used_bits == pytest.approx(-sum(n / total * log2(n / total) for n in met.values()))
    if rates.bases:
        assert rates.bits_per_base == pytest.approx(rates.used_bits * rates.tokens / rates.bases)


def test_lengths_side_by_side_share_no_code():
    rates = measure_rates(baseline("kmer1+2"), ["ACGTACGT"])
    assert (rates.tokens, rates.vocabulary, rates.codes_used) == (15, 20, 8)
    assert rates.used_bits is rates.nominal_bits is rates.bits_per_base is None


def test_a_random_table_is_drawn_by_its_seed():
    """Each code about as often as the others; merged, a window and its reverse complement have one."""
    one, again, other = (random_table(window=6, size=16, seed=seed) for seed in (0, 0, 1))
    assert one.digest == again.digest != other.digest
    counts = np.bincount(one.table, minlength=16)
    assert counts.min() > 200
    text = "ACGTTGCAAGTCCA"
    back = text.translate(TURNED)[::-1]
    merged = random_table(window=6, size=16, merged=True)
    assert merged.streams([text])[0].ids.tolist() == merged.streams([back])[0].ids.tolist()[::-1]


@pytest.mark.parametrize("sigma", [2.5, 1e9])
def test_codewords_are_the_nearest_by_weighted_letters(sigma):
    """Of equally near ones the lowest, by adding up whole numbers."""
    window, random = 4, np.random.default_rng(3)
    chosen = np.sort(random.choice(4**window, 9, replace=False)).astype(np.intp)
    spelled = ["".join(each) for each in product("ACGT", repeat=window)]
    weights = [round(2**20 * np.exp(-(((j - 1.5) / sigma) ** 2))) for j in range(window)]
    found = nearest_words(chosen, window, sigma)
    for at, word in enumerate(spelled):
        alike = [sum(w for w, a, b in zip(weights, word, spelled[each], strict=True) if a == b) for each in chosen]
        assert found[at] == alike.index(max(alike))


def test_random_codewords_use_every_code_and_keep_their_own_window():
    features = random_codewords(window=5, size=40)
    assert set(features.table.tolist()) == set(range(40))
    assert features.name == "random-codewords"
    assert random_codewords(window=5, size=40, stride=4).streams(["ACGTACGTACGTA"])[0].rows.tolist() == [0, 3]


@pytest.fixture
def bpe_file(tmp_path):
    """A vocabulary of byte pairs of seven entries, as Hugging Face writes it, with [CLS] that it would put in front."""
    vocabulary = {"[UNK]": 0, "A": 1, "C": 2, "G": 3, "T": 4, "AC": 5, "GT": 6, "ACGT": 7}
    merges = [("A", "C"), ("G", "T"), ("AC", "GT")]
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, merges, unk_token="[UNK]"))
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    return path


def test_byte_pairs_are_those_of_their_file(bpe_file):
    features = BpeFeatures(bpe_file)
    (stream,) = features.streams(["ACGTA", "", "GTNAC"])
    assert stream.ids.tolist() == [7, 1, 6, -1, 5]
    assert stream.rows.tolist() == [0, 2, 2, 5]
    assert stream.size == 8
    assert len(features.digest) == 64
    assert features.coding == 0


def test_a_bad_vocabulary_is_told(tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"nosuch\.json: No such file"):
        BpeFeatures(tmp_path / "nosuch.json")
    (tmp_path / "x.json").write_text(json.dumps({"a": 1}))
    with pytest.raises(InputError, match=r"x\.json: no tokenizer in it"):
        BpeFeatures(tmp_path / "x.json")
    with pytest.raises(ConfigError, match="bpe without its vocabulary"):
        baseline("bpe")
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"tokenizers is not installed; pip install 'genotok\[eval\]'"):
        BpeFeatures(tmp_path / "x.json")


def tokenizer_of(quantizer, sizes, parents=()):
    """A learned tokenizer of windows of three letters, whose codes are drawn."""
    random = np.random.default_rng(0)
    book = Codebook(quantizer, sizes, tuple(random.normal(size=(k, 2)).astype(np.float32) for k in sizes), parents)
    kept = sizes[-1:] if quantizer == "tree" else sizes
    table = WindowTable(3, 1, np.stack([random.integers(0, k, 64).astype(np.uint16) for k in kept]))
    usage = tuple(np.ones(k, np.uint64) for k in sizes)
    return VQTokenizer(VQModel(book, table, None, window=3, stride=1, usage=usage))


@pytest.mark.parametrize(
    ("quantizer", "sizes", "coding", "streams"),
    [
        ("flat", (16,), 0, (16,)),
        ("tree", (4, 16), 1, (4, 16)),
        ("rvq", (4, 8), 2, (4, 8, 32)),
        ("hrq", (4, 8), 2, (4, 8, 32)),
    ],
)
def test_learned_codes_have_a_stream_for_each_level(quantizer, sizes, coding, streams):
    """And their joint code, if it is not the finest level; the bag of levels is the tokenizer's own."""
    parents = (np.arange(16, dtype=np.uint16) % 4,) if quantizer == "tree" else ()
    tokenizer = tokenizer_of(quantizer, sizes, parents)
    features, texts = VQFeatures("mine", tokenizer), ["ACGTTGCANACGT", "AC", "GGGTTTACA"]
    found = features.streams(texts)
    assert (features.coding, features.levels) == (coding, len(sizes))
    assert tuple(each.size for each in found) == streams
    with pytest.warns(SequenceWarning, match="1 of 3 sequences are too short"):
        codes = tokenizer.codes(texts)
    for stream, level in zip(found, codes.codes, strict=False):
        assert stream.rows.tolist() == codes.rows.tolist()
        assert stream.ids.tolist() == [-1 if each == 65535 else each for each in level.tolist()]
    bag, width = bag_of(features, texts).to_dense(), sum(sizes)
    assert np.allclose(bag[:, :width], tokenizer.bag(codes).to_dense())
    if coding == 2:
        assert found[2].ids.tolist() == codes.joint().tolist()
    rates = measure_rates(features, texts)
    assert rates.used_bits == pytest.approx(used_bits(codes.codes, sizes))
    assert rates.vocabulary == streams[coding]
    assert [size for _, size in rates.levels] == list(streams)


def test_the_digest_of_learned_codes_is_of_model_and_settings():
    tokenizer = tokenizer_of("flat", (16,))
    one, two, other = (
        VQFeatures("a", tokenizer),
        VQFeatures("b", tokenizer.replace(unknown="unk")),
        VQFeatures("a", tokenizer.replace(strand="reverse")),
    )
    assert one.digest == two.digest != other.digest
    assert VQFeatures("a", tokenizer_of("flat", (15,))).digest != one.digest


def test_names_of_baselines_are_read():
    """Each gives what it says; digests differ; what is no name of theirs is left to others."""
    names = ["char", "kmer3", "kmer6-step6", "kmer6-step4", "kmer7-merged", "kmer4+5+6", "random-table-merged"]
    found = [baseline(name) for name in names]
    assert [each.name for each in found] == names
    assert len({each.digest for each in found}) == len(names)
    assert isinstance(found[-2], JoinedFeatures)
    assert baseline("models/kmer") is None
    with pytest.raises(ConfigError, match="words of 11 letters, step 1; 1 to 10"):
        baseline("kmer11")
