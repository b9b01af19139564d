"""Tables learnt from counts of windows: each code is the nearest, levels follow their formula, seeds decide all."""

import hashlib
import io
import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genotok import VQTokenizer
from genotok.errors import ConfigError
from genotok.kernels.bases import encode_letters
from genotok.kernels.windowcells import place_weights
from genotok.train import vq_windows
from genotok.train.vq import estimate, plan_training, train
from genotok.train.vq_card import describe_tokens, limits_of
from genotok.train.vq_corpus import read_corpus
from genotok.train.vq_judge import HeldOut, judge, read_held_out
from genotok.train.vq_table import TableConfig, joint_bits, train_table
from genotok.train.vq_windows import sample_windows

WORDS = {window: ["".join(each) for each in itertools.product("ACGT", repeat=window)] for window in (3, 4)}
PAIRS = str.maketrans("ACGT", "TGCA")


@cache
def corpus(length=6_000, seed=0):
    """Uneven DNA: A and T are commoner."""
    letters = np.random.default_rng(seed).choice(list("ACGT"), length, p=[0.35, 0.15, 0.15, 0.35])
    return read_corpus([io.BytesIO(f">a\n{''.join(letters)}\n".encode())])


def learn(**chosen):
    words = {"window": 3, "levels": (4, 12), "sigma": 1.5, "rounds": 4, **chosen}
    return train_table(corpus(), TableConfig(**words))


def one_hot(word, weights):
    return np.array(
        [weight * (base == letter) for weight, base in zip(weights, word, strict=True) for letter in "ACGT"]
    )


def is_nearest(row, vectors, code):
    """Whether no other vector is nearer, but for rounding."""
    squares = ((row - vectors.astype(float)) ** 2).sum(axis=1)
    return squares[code] <= squares.min() + 1e-5


@pytest.mark.parametrize("symmetric", [False, True])
def test_the_code_of_a_window_is_the_nearest_or_that_of_its_other_strand(symmetric):
    model = learn(symmetric=symmetric)
    weights = place_weights(3, 1.5)
    for number, word in enumerate(WORDS[3]):
        other = word.translate(PAIRS)[::-1]
        row = one_hot(min(word, other) if symmetric else word, weights)
        assert is_nearest(row, model.codebook.vectors[-1], int(model.table.codes[0, number]))
    assert model.strand_symmetric == symmetric


@pytest.mark.parametrize("kind", ["rvq", "hrq"])
def test_levels_follow_their_formula(kind):
    """The second level of rvq sees what the first leaves, that of hrq twice the window less the first's vector."""
    model = learn(quantizer=kind, levels=(3, 5), symmetric=False)
    first, second = model.codebook.vectors
    for number, word in enumerate(WORDS[3]):
        row = one_hot(word, place_weights(3, 1.5))
        coarse, fine = model.table.codes[:, number].tolist()
        assert is_nearest(row, first, coarse)
        assert is_nearest((2 if kind == "hrq" else 1) * row - first[coarse], second, fine)


def test_usage_counts_the_windows_of_the_corpus_and_parents_those_of_their_codes():
    model = learn(levels=(2, 4, 12))
    text = "".join("ACGT"[code] for code in corpus().train[0].codes)
    expected = np.zeros((3, 12), dtype=int)
    for at in range(len(text) - 2):
        fine = int(model.table.codes[0, WORDS[3].index(text[at : at + 3])])
        for level, code in enumerate([int(each[fine]) for each in model.codebook.parents] + [fine]):
            expected[level, code] += 1
    for level, (size, usage) in enumerate(zip((2, 4, 12), model.usage, strict=True)):
        assert usage.tolist() == expected[level, :size].tolist()
        assert usage.min() > 0


def test_a_coarser_level_of_a_tree_never_parts_what_a_finer_one_joins():
    coarse, middle = learn(levels=(2, 4, 12)).codebook.parents
    assert all(len(set(coarse[middle == code].tolist())) == 1 for code in set(middle.tolist()))


def test_one_seed_gives_one_table_and_another_seed_another():
    assert learn().digest == learn().digest
    assert learn().digest != learn(seed=1).digest


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_rounds_bring_codes_nearer_to_windows(seed):
    """0 rounds leave the random start."""

    def distance(rounds):
        model = learn(seed=seed, rounds=rounds, symmetric=False, quantizer="flat", levels=(9,))
        rows = np.array([one_hot(word, place_weights(3, 1.5)) for word in WORDS[3]])
        squares = ((rows - model.codebook.vectors[0][model.table.codes[0]]) ** 2).sum(axis=1)
        return (corpus().count_windows(3) * squares).sum()

    assert distance(6) < distance(0)


def test_vectors_are_as_they_will_be_saved():
    for vectors in learn().codebook.vectors:
        assert np.array_equal(vectors, vectors.astype(np.float16).astype(np.float32))


def test_bits_are_those_of_all_levels_together():
    """A tree's coarser levels add none; two levels of rvq are told together."""
    tree = learn()
    shares = tree.usage[-1] / tree.usage[-1].sum()
    assert joint_bits(tree, corpus()) == pytest.approx(-(shares * np.log2(shares)).sum())
    assert describe_tokens(tree)["tokens"]["used_bits_per_token"] == pytest.approx(joint_bits(tree, corpus()), abs=1e-4)
    pair = learn(quantizer="rvq", levels=(3, 5), symmetric=False)
    seen = {}
    for first, second, count in zip(*pair.table.codes.tolist(), corpus().count_windows(3), strict=True):
        seen[first, second] = seen.get((first, second), 0) + count
    shares = np.array([each for each in seen.values() if each]) / sum(seen.values())
    assert joint_bits(pair, corpus()) == pytest.approx(-(shares * np.log2(shares)).sum())


def test_of_many_windows_a_sample_takes_part(monkeypatch):
    """Drawn as often as they occur; all 4^R get a code nevertheless."""
    monkeypatch.setattr(vq_windows, "MOST_WINDOWS", 30)
    counts = np.array([0.0, 1, 99] * 20)
    chosen, times = sample_windows(counts, 0)
    assert times.sum() == 30
    assert set((chosen % 3).tolist()) <= {1, 2}
    assert times[chosen % 3 == 2].sum() > 25
    assert learn(symmetric=False).table.codes.shape == (1, 64)


def test_the_card_counts_codes_in_use():
    told = describe_tokens(learn(stride=2, symmetric=True))
    assert [(each["level"], each["codes"], each["used"]) for each in told["usage"]] == [(1, 4, 4), (2, 12, 12)]
    assert told["tokens"]["nominal_bits_per_base"] == pytest.approx(math.log2(12) / 2, abs=1e-4)
    assert "2 phases" in " ".join(limits_of(learn(stride=2)))


@pytest.mark.parametrize(
    ("chosen", "match"),
    [
        ({"window": 11}, "window=11; 1 to 10 bp"),
        ({"window": 4, "stride": 5}, "stride=5 of windows of 4 bp"),
        ({"quantizer": "fsq", "levels": (8, 8)}, "quantizer='fsq' of a table; flat, tree, rvq or hrq"),
        ({"quantizer": "flat", "levels": (8, 8)}, "levels=8,8 of a flat codebook"),
        ({"quantizer": "tree", "levels": (8,)}, "levels=8 of a tree codebook"),
        ({"quantizer": "tree", "levels": (8, 8)}, "levels=8,8 of a tree; from coarse to fine"),
        ({"quantizer": "flat", "levels": (1,)}, "a level of 1 codes; from 2 to 65,534"),
        ({"sigma": 0.0}, r"sigma=0.0; above 0"),
        ({"rounds": -1}, "rounds=-1"),
        ({"levels": (16, 400)}, "the corpus has 5,998 windows, 400 codes need 6,400"),
        ({"levels": (16, 33), "window": 3}, "the corpus has 32 different windows for 33 codes"),
    ],
)
def test_settings_that_fit_nothing_are_refused(chosen, match):
    with pytest.raises(ConfigError, match=match):
        learn(**chosen)


def test_presets_follow_the_stride():
    assert TableConfig().to_dict() == {
        "window": 8, "stride": 1, "quantizer": "tree", "levels": [512, 4096], "symmetric": True,
        "sigma": 2.5, "rounds": 12, "seed": 0,
    }  # fmt: skip
    strided = TableConfig(stride=4, sigma=math.inf).to_dict()
    assert TableConfig(levels=(512,)).kind == "flat"
    assert TableConfig(stride=4, levels=(8, 64)).kind == "tree"
    assert (strided["quantizer"], strided["levels"], strided["symmetric"]) == ("flat", [4096], False)
    assert strided["sigma"] == "inf"


def test_what_comes_back_is_counted_base_by_base():
    """Of known bases that tokens cover; each file on its own, and no more of it than is asked for."""
    model = learn(stride=3, levels=(20,), symmetric=False)
    tokenizer = VQTokenizer(model)
    text = "".join("ACGT"[code] for code in corpus().train[0].codes[:200])
    text = f"{text[:50]}NN{text[52:]}"
    right = known = 0
    for letter, back in zip(text, tokenizer.decode(tokenizer.encode(text)), strict=False):
        known += letter != "N"
        right += letter == back != "N"
    held = HeldOut("x.fa", "00", (encode_letters(np.frombuffer(text.encode(), np.uint8)),))
    (row,) = judge(model, [held])
    assert (row["what"], row["bases"], row["accuracy"]) == ("x.fa", known, pytest.approx(right / known, abs=1e-8))
    assert judge(model, [held], most=30)[0]["bases"] == 30
    codes = tokenizer.codes(text).codes[0]
    counts = np.bincount(codes[codes < 65_535])
    shares = counts[counts > 0] / counts.sum()
    assert row["used_bits_per_token"] == pytest.approx(-(shares * np.log2(shares)).sum(), abs=1e-4)


def test_of_a_symmetric_table_both_strands_are_compared():
    (row,) = judge(learn(), [HeldOut("x", "00", (corpus().train[0].codes,))])
    assert row["reversed_alike"] is True


def test_nothing_long_enough_to_judge_by_is_refused():
    with pytest.raises(ConfigError, match="x: no stretch is as long as a token"):
        judge(learn(), [HeldOut("x", "00", (np.zeros(2, np.uint8),))])


def test_one_entry_trains_judges_and_tells():
    """The card has rows for the end that was held out, and for a file beside."""
    text = "".join(np.random.default_rng(5).choice(list("ACGT"), 100_000))
    source = f">long\n{text}\n".encode()
    whole = read_corpus([io.BytesIO(source)])
    other = HeldOut("other", "11", (corpus().train[0].codes,))
    plan = plan_training("table", window=4, levels=(9, 40))
    model = train(whole, plan, name="mine", command="made so", held_out=[other], notes=["note"])
    told = model.card
    assert [each["what"] for each in told["accuracy"]] == ["<stream>, ends of records held out", "other"]
    assert told["accuracy"][0]["bases"] == 10_000
    assert (told["name"], told["command"], told["notes"], told["seed"]) == ("mine", "made so", ["note"], 0)
    assert told["settings"]["levels"] == [9, 40]
    assert told["corpus"][0]["sha256"] == hashlib.sha256(source).hexdigest()
    assert estimate(plan, whole.bases)["bits_per_base"] == pytest.approx(math.log2(40))


@pytest.mark.parametrize(
    ("preset", "chosen", "match"),
    [
        ("tabel", {}, "preset='tabel' is no choice; table, strided, paper"),
        ("table", {"crop": 9}, "crop is no setting of preset 'table'; it is one of 'strided' or 'paper'"),
        ("strided", {"sigma": 2.0}, "sigma is no setting of preset 'strided'; it is one of 'table'"),
        ("table", {"beta": 1.0}, "beta is of the tuning of a table; name its steps"),
    ],
)
def test_settings_of_another_preset_are_refused(preset, chosen, match):
    with pytest.raises(ConfigError, match=match):
        plan_training(preset, **chosen)


def test_a_file_that_was_trained_on_is_told_of(tmp_path):
    path = tmp_path / "x.fa"
    path.write_text(">a\nACGTNACG\n")
    parts, notes = read_held_out([path], read_corpus([path]))
    assert notes == ["x.fa was trained on, and is no proof of what the model does elsewhere"]
    assert [each.tolist() for each in parts[0].stretches] == [[0, 1, 2, 3, 4, 0, 1, 2]]
