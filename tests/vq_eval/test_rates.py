"""Bits and bases: the bound is the bound, the perfect code is perfect, and a table pays what its tokens cost."""

from itertools import product

import numpy as np
import pytest

from genotok.analysis.vq_rates import (
    bound_accuracy,
    bound_rate,
    hamming_point,
    hamming_words,
    known_runs,
    measure_model,
    truncation_points,
)
from genotok.errors import InputError
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.codebook import Codebook
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable
from vq_eval.worlds import dna


def table_tokenizer(codes, window, stride, size):
    """A tokenizer of one level by its table."""
    book = Codebook("flat", (size,), (np.eye(size, 2, dtype=np.float32),))
    table = WindowTable(window, stride, np.asarray(codes, np.uint16)[None])
    usage = (np.ones(size, np.uint64),)
    return VQTokenizer(VQModel(book, table, None, window=window, stride=stride, usage=usage))


@pytest.mark.parametrize("accuracy", [0.25, 0.3, 0.5, 0.8125, 0.95, 0.999, 1.0])
def test_the_bound_and_its_inverse_agree(accuracy):
    assert bound_accuracy(bound_rate(accuracy)) == pytest.approx(accuracy, abs=1e-9)


def test_the_bound_is_shannons():
    """By the mutual information of a base and one that is wrong with some chance, all errors alike."""
    for error in (0.01, 0.1, 0.4):
        joint = np.full((4, 4), error / 3 / 4) + np.eye(4) * (1 - error - error / 3) / 4
        information = (joint * np.log2(joint / (1 / 16))).sum()
        assert bound_rate(1 - error) == pytest.approx(information)
    assert bound_rate(0.1) == 0


def test_every_word_is_one_change_at_most_from_one_codeword_alone():
    """That is what perfect means: balls of radius one around 64 words of five letters tile all 1,024."""
    words = hamming_words()
    assert words.shape == (64, 5)
    everything = np.array(list(product(range(4), repeat=5)))
    distances = (everything[:, None] != words[None]).sum(axis=2)
    assert ((distances <= 1).sum(axis=1) == 1).all()


def test_the_perfect_code_returns_13_of_16_bases():
    """Of all words of five letters once each, which are uniform bases; below the bound, as everything is."""
    text = "".join("".join(each) for each in product("ACGT", repeat=5))
    point = hamming_point([text], "all")
    assert (point.accuracy, point.used_bits, point.rate, point.stride) == (13 / 16, 6.0, 1.2, 5)
    assert point.accuracy < bound_accuracy(1.2)
    assert point.compresses
    with pytest.raises(InputError, match="x has no five known bases in a row"):
        hamming_point(["ACGT"], "x")


def test_words_cut_short_guess_the_rest():
    """As the commonest base; the whole word loses nothing and compresses nothing."""
    text = "A" * 5000 + dna(np.random.default_rng(0), 5000)
    points = list(truncation_points(4, [text], "x"))
    commonest = text.count("A") / len(text)
    assert [each.accuracy for each in points] == pytest.approx([(m + (4 - m) * commonest) / 4 for m in (1, 2, 3, 4)])
    assert [each.nominal for each in points] == [0.5, 1.0, 1.5, 2.0]
    assert [each.compresses for each in points] == [True, True, True, False]
    assert all(each.rate < each.nominal for each in points)


def test_a_table_of_whole_words_returns_every_base():
    """At the bits of its words."""
    tokenizer = table_tokenizer(np.arange(256), 4, 4, 256)
    text = dna(np.random.default_rng(1), 20_000)
    point = measure_model("words", tokenizer, [text], "x")
    assert point.accuracy == 1
    assert point.covered == 1
    assert point.nominal_bits == 8
    assert 7.9 < point.used_bits < 8
    assert point.loss == pytest.approx(-np.log2(1.01 / 1.04), rel=1e-3)  # the 0.01 that is added to each share
    assert not point.compresses
    assert point.to_dict()["bound"] == bound_accuracy(point.rate)


def test_a_table_that_keeps_one_base_in_two_returns_it_and_guesses():
    """Half the bases, and of the others as many as the lowest letter makes up; bases behind the last token are left."""
    tokenizer = table_tokenizer(np.arange(16) // 4, 2, 2, 4)
    text = dna(np.random.default_rng(2), 4001)
    point = measure_model("half", tokenizer, [text], "x")
    guessed = np.mean([letter == "A" for letter in text[1:-1:2]])
    assert point.accuracy == pytest.approx(0.5 + guessed / 2)
    assert point.covered == pytest.approx(4000 / 4001)
    assert (point.rate, point.nominal) == (pytest.approx(1, abs=0.01), 1)
    assert point.loss == pytest.approx((-np.log2(1.01 / 1.04) + 2) / 2, rel=1e-2)
    with pytest.raises(InputError, match="no base of y is covered by a token of half; give longer sequences"):
        measure_model("half", tokenizer, ["A"], "y")


def test_known_runs_are_those_between_unknown_bases(monkeypatch):
    codes = np.array([4] * 3 + [0, 1, 2, 3] * 5 + [4] + [1] * 4 + [4, 4], np.uint8)
    assert known_runs(codes, 5) == ["ACGT" * 5]
    assert known_runs(codes, 4) == ["ACGT" * 5, "CCCC"]
    assert known_runs(np.zeros(0, np.uint8)) == []
    monkeypatch.setattr("genotok.analysis.vq_rates._LONGEST", 8)
    assert known_runs(codes, 4) == ["ACGTACGT", "ACGTACGT", "ACGT", "CCCC"]


def test_what_levels_say_twice_is_what_they_spend_alone_less_what_they_spend_together():
    """Two levels that are the same code spend its bits once; two that have nothing in common say nothing twice."""
    text = dna(np.random.default_rng(3), 40_000)
    vectors = (np.eye(4, 2, dtype=np.float32),) * 2
    usage = (np.ones(4, np.uint64),) * 2
    for second, shared in ((np.arange(16) // 4, 2.0), (np.arange(16) % 4, 0.0)):
        table = WindowTable(2, 2, np.stack([np.arange(16) // 4, second]).astype(np.uint16))
        model = VQModel(Codebook("rvq", (4, 4), vectors), table, None, window=2, stride=2, usage=usage)
        point = measure_model("two", VQTokenizer(model), [text], "x")
        assert point.level_bits == pytest.approx((2, 2), abs=0.01)
        assert point.shared_bits == pytest.approx(shared, abs=0.01)
        assert point.used_bits + point.shared_bits == pytest.approx(sum(point.level_bits))
        assert point.to_dict()["shared_bits"] == point.shared_bits
