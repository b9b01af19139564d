"""Byte pairs in NumPy: the same words as one merge after the other, and as the library that DNABERT-2 is used with."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.analysis.wordcuts import count_lost, cut_kmers, cut_pairs, measure
from genotok.errors import BundleError
from genotok.io.merges import parse_merges, read_dnabert2_merges
from genotok.kernels.bases import encode_letters
from genotok.kernels.bytepairs import merge_pairs

GOLDEN = Path(__file__).parents[1] / "golden/vq/dnabert2_ids.json"


def codes_of(letters: str) -> np.ndarray:
    return encode_letters(np.frombuffer(letters.encode(), dtype=np.uint8))


def one_by_one(letters: list[int], merges: list[tuple[int, int]], first: int) -> list[tuple[int, int]]:
    """The definition: of all neighbours that may be joined the earliest merge, and of those the leftmost, is next."""
    words = [(word, start) for start, word in enumerate(letters)]
    while True:
        pairs = [(words[at][0], words[at + 1][0]) for at in range(len(words) - 1)]
        ranks = [(merges.index(pair), at) for at, pair in enumerate(pairs) if pair in merges]
        if not ranks:
            return words
        rank, at = min(ranks)
        words[at : at + 2] = [(first + rank, words[at][1])]


@st.composite
def merge_lists(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Merges over two letters, each of what there is before it."""
    found: list[tuple[int, int]] = []
    for _ in range(draw(st.integers(0, 9))):
        part = st.integers(0, 1 + len(found))
        pair = (draw(part), draw(part))
        if pair not in found:
            found.append(pair)
    return found


@given(merge_lists(), st.lists(st.sampled_from([0, 0, 1, 1, 99]), max_size=40))
def test_words_are_those_of_one_merge_after_the_other(merges, letters):
    """Runs of one letter, overlaps and letters that no merge names give what the definition gives."""
    left, right = (np.array([pair[side] for pair in merges], dtype=np.int32) for side in (0, 1))
    words = merge_pairs(np.array(letters, dtype=np.int32), left=left, right=right, first=2)
    assert list(zip(words.ids.tolist(), words.starts.tolist(), strict=True)) == one_by_one(letters, merges, 2)


def test_ids_are_those_of_dnabert2():
    """Ids recorded from its own tokenizer.json come out again; what is no base is a token by itself."""
    for case in json.loads(GOLDEN.read_text()):
        cuts = cut_pairs(codes_of(case["letters"]))
        assert np.where(cuts.ids < 0, 0, cuts.ids).tolist() == case["ids"]
        texts = [case["letters"][start:end] for start, end in zip(cuts.starts, cuts.ends, strict=True)]
        assert "".join(texts) == case["letters"]
        known = read_dnabert2_merges().texts
        assert all(each < 0 or known[each - 5] == text for each, text in zip(cuts.ids.tolist(), texts, strict=True))


@pytest.mark.native
def test_long_sequences_are_cut_as_the_library_does():
    """On 20,000 random bases, some unknown, ids and places equal those of tokenizers."""
    library = pytest.importorskip("tokenizers", reason="an extra")
    merges = read_dnabert2_merges()
    vocabulary = {"[UNK]": 0} | {text: 5 + at for at, text in enumerate(merges.texts)}
    pairs = [
        (merges.texts[left - 5], merges.texts[right - 5])
        for left, right in zip(merges.left.tolist(), merges.right.tolist(), strict=True)
    ]
    rival = library.Tokenizer(library.models.BPE(vocabulary, pairs, unk_token="[UNK]"))
    letters = "".join(np.random.default_rng(3).choice(list("ACGTN"), 20_000, p=[0.3, 0.2, 0.2, 0.299, 0.001]))
    expected = rival.encode(letters, add_special_tokens=False)
    cuts = cut_pairs(codes_of(letters))
    assert np.where(cuts.ids < 0, 0, cuts.ids).tolist() == expected.ids
    assert list(zip(cuts.starts.tolist(), cuts.ends.tolist(), strict=True)) == expected.offsets


def test_an_empty_sequence_has_no_words():
    """Nor do k-mers that are longer than the sequence."""
    assert len(cut_pairs(codes_of("")).ids) == 0
    assert len(cut_kmers(codes_of("ACG"), 4).ids) == len(cut_kmers(codes_of(""), 4).ids) == 0


@pytest.mark.parametrize("text", ["A", "A B\n", "A C\nA C\n", "AC A\n"])
def test_lists_that_are_none_are_refused(text):
    """A line of one word, of a word that was never made, or that makes a word twice."""
    with pytest.raises(BundleError, match=r"merges no two words that were made before; a line is two words"):
        parse_merges(text)


@given(st.text("ACGTN", max_size=60), st.integers(1, 6), st.integers(1, 6))
def test_kmers_are_slices(letters, k, step):
    """Each word is a slice of k letters, read in base 4; with an N it is unknown."""
    cuts = cut_kmers(codes_of(letters), k, step)
    words = [letters[at : at + k] for at in range(0, len(letters) - k + 1, step)]
    ids = [-1 if "N" in word else int("".join(str("ACGT".index(each)) for each in word), 4) for word in words]
    assert cuts.ids.tolist() == ids
    assert [letters[start:end] for start, end in zip(cuts.starts, cuts.ends, strict=True)] == words
    assert cuts.tiles == (step >= k)


@given(st.lists(st.integers(0, 5), max_size=30), st.lists(st.integers(0, 5), max_size=30))
def test_lost_tokens_are_counted_one_by_one(before, after):
    """Taking each new token out of the old ones leaves those that are lost."""
    left = list(before)
    for each in after:
        if each in left:
            left.remove(each)
    assert count_lost(np.array(before, dtype=np.int32), np.array(after, dtype=np.int32)) == len(left)


def test_bits_are_the_entropy_of_what_is_used():
    """Four words used alike take two bits; unknown ones count as tokens, not as words."""
    found = measure("x", np.array([0, 1, 2, 3, -1, -1]), 16, 12)
    assert (found.tokens, found.distinct, found.bits, found.bits_per_base) == (6, 4, 2.0, 1.0)
    assert measure("x", np.array([], dtype=np.int64), 16, 0).bits_per_base == 0
