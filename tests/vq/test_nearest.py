"""Quantisers: nearest codes by loops, the formulas by hand, a library's answers, and how codes are used."""

from math import log2
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import nearest as module
from genotok.kernels.draws import draw_words
from genotok.kernels.nearest import count_codes, entropy, level_vectors, nearest, outputs, quantise, used_bits
from vq import network_oracle as oracle

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "vq" / "vector_quantize_pytorch.npz")
SIZES = st.integers(2, 9)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def recorded(count, width, seed):
    """Draw the rows that the library was asked about, as `tests/train_vq/record_library.py` did."""
    shares = (draw_words(count * width, seed) >> np.uint64(40)).astype(np.float64) / 2**24
    return (4 * shares - 2).astype(np.float32).reshape(count, width)


@given(SIZES, st.integers(1, 4), st.integers(0, 20), st.integers(0, 99), st.sampled_from(["at", "einsum"]))
def test_the_nearest_code_is_that_of_plain_loops(size, width, n, seed, way):
    """Codes and margins are those of all distances, computed one by one."""
    vectors, codebook = draw(n, width, seed=seed), draw(size, width, seed=seed + 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOTOK_MATMUL", way)
        found = nearest(vectors, codebook, margins=True)
    told = [oracle.nearest(row, codebook.tolist()) for row in vectors.tolist()]
    assert found.codes[0].tolist() == [code for code, _ in told]
    np.testing.assert_allclose(found.margins[0], [margin for _, margin in told], atol=1e-9)


def test_ties_go_to_the_lowest_code():
    """Equal distances, and equal codewords, have the first code, whatever the way to multiply."""
    book = np.array([[3.0], [1.0], [1.0], [-1.0]], np.float32)
    found = nearest(np.array([[0.0], [1.0], [2.0]], np.float32), book, margins=True)
    assert found.codes.tolist() == [[1, 1, 0]]
    assert found.margins.tolist() == [[0, 0, 0]]


def test_few_vectors_at_once_give_the_same(monkeypatch):
    """Blocks change nothing."""
    vectors, codebook = draw(50, 3).astype(np.float32), draw(7, 3, seed=1).astype(np.float32)
    whole = nearest(vectors, codebook, margins=True)
    monkeypatch.setattr(module, "_SCORES", 21)
    parts = nearest(vectors, codebook, margins=True)
    assert np.array_equal(whole.codes, parts.codes)
    np.testing.assert_allclose(whole.margins, parts.margins, atol=1e-5)


def test_hrq_by_hand_in_two_dimensions():
    """Z(1) = (3, 1) takes (4, 0); H(2) = 2 (3, 2) - (4, 0) = (2, 4) takes (1, 4); the output is their mean."""
    books = [np.array([[0.0, 0], [4, 0]], np.float32), np.array([[3.0, 1], [1, 4], [0, 0]], np.float32)]
    taps = [np.array([[3.0, 1]], np.float32), np.array([[3.0, 2]], np.float32)]
    found = quantise(taps, "hrq", levels=(2, 3), vectors=books, margins=True)
    assert found.codes.tolist() == [[1], [1]]
    assert found.margins.tolist() == [[8], [9]]  # 10 - 2 and 10 - 1
    assert outputs(found.codes, "hrq", levels=(2, 3), vectors=books).tolist() == [[2.5, 2]]


def test_rvq_by_hand():
    """What the first level left over goes to the second, and the output is the sum."""
    books = [np.array([[0.0, 0], [4, 0]], np.float32), np.array([[0.0, 0], [-1, 1]], np.float32)]
    found = quantise([np.array([[3.2, 0.9]], np.float32)], "rvq", levels=(2, 2), vectors=books)
    assert found.codes.tolist() == [[1], [1]]
    assert outputs(found.codes, "rvq", levels=(2, 2), vectors=books).tolist() == [[3, 1]]


@given(st.integers(0, 99))
def test_hrq_is_that_of_plain_loops(seed):
    """Three levels, each with a tap of its own."""
    taps, books = draw(3, 8, 2, seed=seed), [draw(size, 2, seed=seed + size) for size in (2, 3, 5)]
    found = quantise(taps, "hrq", levels=(2, 3, 5), vectors=books)
    assert found.codes.tolist() == oracle.hrq(taps.tolist(), [each.tolist() for each in books])


@pytest.mark.parametrize("kind", ["hrq", "rvq", "tree"])
def test_one_level_of_anything_is_flat(kind):
    """N = 1 is the plain nearest code."""
    taps, books = [draw(40, 3)], [draw(6, 3, seed=1)]
    flat, other = (quantise(taps, each, levels=(6,), vectors=books, margins=True) for each in ("flat", kind))
    assert np.array_equal(flat.codes, other.codes)
    assert np.array_equal(flat.margins, other.margins)
    assert np.array_equal(
        outputs(flat.codes, "flat", levels=(6,), vectors=books), outputs(flat.codes, kind, levels=(6,), vectors=books)
    )


def test_a_tree_codes_its_finest_level_and_looks_up_the_others():
    """Parents of the finest code, its margin for all levels, its vector as output."""
    books, parents = [draw(2, 3), draw(4, 3, seed=1)], [np.array([1, 0, 0, 1], np.uint16)]
    found = quantise([draw(30, 3, seed=2)], "tree", levels=(2, 4), vectors=books, parents=parents, margins=True)
    flat = nearest(draw(30, 3, seed=2), books[1], margins=True)
    assert np.array_equal(found.codes, [parents[0][flat.codes[0]], flat.codes[0]])
    assert np.array_equal(found.margins, np.concatenate([flat.margins] * 2))
    assert np.array_equal(
        outputs(found.codes, "tree", levels=(2, 4), vectors=books), books[1][flat.codes[0]].astype(np.float32)
    )


def test_rvq_equals_the_library():
    """Codes and outputs of ResidualVQ, recorded."""
    vectors = recorded(16, 6, 2000)
    books = [vectors[:8], vectors[8:] * np.float32(0.4)]
    found = quantise([recorded(64, 6, 3000)], "rvq", levels=(8, 8), vectors=books)
    assert np.array_equal(found.codes, GOLDEN["rvq_codes"])
    np.testing.assert_allclose(
        outputs(found.codes, "rvq", levels=(8, 8), vectors=books), GOLDEN["rvq_output"], atol=1e-5
    )


def test_fsq_equals_the_library():
    """Codes and outputs of FSQ, recorded, with odd and even numbers of steps."""
    found = quantise([recorded(64, 4, 4000) * np.float32(1.5)], "fsq", levels=(8, 5, 4, 3))
    assert np.array_equal(found.codes[0], GOLDEN["fsq_codes"])
    np.testing.assert_allclose(outputs(found.codes, "fsq", levels=(8, 5, 4, 3)), GOLDEN["fsq_output"], atol=1e-6)


def test_all_codes_of_fsq_are_reached_and_are_the_grid():
    """From far below to far above, each dimension takes all of its steps; the first is the lowest digit."""
    axes = [np.linspace(-9, 9, 400), np.linspace(-9, 9, 300)]
    rows = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    found = quantise([rows], "fsq", levels=(4, 3), margins=True)
    assert sorted(set(found.codes[0].tolist())) == list(range(12))
    grid = outputs(np.arange(12, dtype=np.uint16)[None], "fsq", levels=(4, 3))
    assert grid.tolist() == [[a, b] for b in (-1, 0, 1) for a in (-1, -0.5, 0, 0.5)]
    assert 0 <= found.margins.min() < found.margins.max() <= 1


def test_unknown_codes_stand_for_nothing():
    """Each level's vector, and the output, is 0 where the code is 65,535."""
    books = [draw(3, 2).astype(np.float32), draw(5, 2, seed=1).astype(np.float32)]
    codes = np.array([[2, 65535], [4, 65535]], np.uint16)
    for kind, levels in (("hrq", (3, 5)), ("rvq", (3, 5)), ("fsq", (3, 5))):
        named = codes if kind != "fsq" else codes[:1]
        vectors = [] if kind == "fsq" else books
        assert outputs(named, kind, levels=levels, vectors=vectors)[1].tolist() == [0, 0]
        assert all(row[1].tolist() == [0, 0] for row in level_vectors(named, kind, levels=levels, vectors=vectors))
    assert [row[0].tolist() for row in level_vectors(codes, "hrq", levels=(3, 5), vectors=books)] == [
        books[0][2].tolist(),
        books[1][4].tolist(),
    ]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), max_size=30))
def test_used_bits_are_the_entropy_of_the_levels_together(pairs):
    """-Σ p log2 p over pairs of codes, unknown ones left out."""
    codes = np.array([*pairs, (65535, 65535)], np.uint16).T
    shares = [pairs.count(pair) / len(pairs) for pair in set(pairs)]
    expected = -sum(share * log2(share) for share in shares)
    assert used_bits(codes, (3, 5)) == pytest.approx(expected, abs=1e-12)
    assert count_codes(codes[1], 5).tolist() == [[b for _, b in pairs].count(code) for code in range(5)]


def test_many_joint_codes_are_sorted_instead_of_counted(monkeypatch):
    """Both ways to count pairs of codes agree."""
    codes = np.random.default_rng(0).integers(0, 40, (3, 2000)).astype(np.uint16)
    counted = used_bits(codes, (40, 40, 40))
    monkeypatch.setattr(module, "_BINS", 100)
    assert used_bits(codes, (40, 40, 40)) == pytest.approx(counted)


def test_entropy_of_even_use_is_the_logarithm_of_the_codes():
    """Eight codes used alike are 3 bits; one code is none."""
    assert entropy(np.full(8, 7, np.uint64)) == pytest.approx(3)
    assert entropy(np.array([9, 0, 0])) == 0
