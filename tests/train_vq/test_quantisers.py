"""Quantisers: the formulas of the specification by hand, the library's answers, and gradients that pass through."""

from pathlib import Path

import numpy as np
import pytest
import torch

from genotok.errors import ConfigError
from genotok.kernels.nearest import outputs, quantise
from genotok.train.vq_ema import EmaCodebook
from genotok.train.vq_hrq import GridQuantiser, VectorQuantiser, build_quantiser, pass_through
from train_vq.worlds import rows

pytestmark = pytest.mark.native
GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "vq" / "vector_quantize_pytorch.npz")


def tensor(values):
    return torch.tensor(values, dtype=torch.float32)


def with_vectors(kind, *vectors):
    quantiser = VectorQuantiser(kind, tuple(map(len, vectors)))
    quantiser.take([tensor(each) for each in vectors])
    return quantiser


def test_hrq_follows_its_formula_by_hand():
    """H(1) = Z(1), H(2) = 2 Z(2) - e(M(1)), output the mean of both vectors, commitment the sum of mean squares."""
    quantiser = with_vectors("hrq", [[0, 0], [2, 0]], [[1, 1], [3, 1], [0, 9]])
    out = quantiser([tensor([[1.5, 0.0]]), tensor([[2.0, 1.0]])])
    assert out.codes.tolist() == [[1], [0]]  # H(2) = (4, 2) - (2, 0) = (2, 2): 2 from (1, 1), 2 from (3, 1): the lowest
    assert out.output.tolist() == [[1.5, 0.5]]
    assert out.residuals[1].tolist() == [[2, 2]]
    assert out.commitment.item() == pytest.approx((0.25 + 0) / 2 + (1 + 1) / 2)


def test_one_level_of_hrq_and_of_rvq_is_flat():
    """With N = 1 the three kinds are one."""
    taps, vectors = [torch.from_numpy(rows(50, 3, 1))], rows(5, 3, 2)
    flat, hrq, rvq = (with_vectors(kind, vectors)(taps) for kind in ("flat", "hrq", "rvq"))
    for other in (hrq, rvq):
        assert torch.equal(flat.codes, other.codes)
        assert torch.equal(flat.output, other.output)
        assert flat.commitment == other.commitment


@pytest.mark.parametrize("kind", ["flat", "hrq", "rvq", "fsq"])
def test_training_and_use_give_the_same_codes_and_outputs(kind):
    """Torch here and NumPy in the kernels are two writings of one definition."""
    levels = {"flat": (9,), "fsq": (5, 4, 3)}.get(kind, (4, 6))
    quantiser = build_quantiser(kind, levels)
    vectors = [rows(size, 3, 10 + size) for size in levels] if kind != "fsq" else []
    quantiser.take([tensor(each) for each in vectors])
    taps = [rows(400, 3, 20 + n) for n in range(2 if kind == "hrq" else 1)]
    out = quantiser([torch.from_numpy(each) for each in taps])
    codes = quantise(taps, kind, levels=levels, vectors=vectors).codes
    np.testing.assert_array_equal(out.codes.numpy(), codes)
    np.testing.assert_allclose(out.output, outputs(codes, kind, levels=levels, vectors=vectors), atol=1e-6)


@pytest.mark.parametrize(("kind", "passed"), [("flat", (1,)), ("rvq", (1,)), ("hrq", (0.5, 1))])
def test_gradients_pass_straight_through(kind, passed):
    """The gradient of the output is that of what is quantised: for hrq (Z(1) + 2 Z(2)) / 2, as e has none."""
    vectors = [rows(4, 3, 1)] if kind == "flat" else [rows(4, 3, 1), rows(6, 3, 2)]
    taps = [torch.from_numpy(rows(30, 3, 5 + n)).requires_grad_() for n in range(len(passed))]
    weights = torch.from_numpy(rows(30, 3, 9))
    (with_vectors(kind, *vectors)(taps).output * weights).sum().backward()
    for tap, share in zip(taps, passed, strict=True):
        torch.testing.assert_close(tap.grad, share * weights)


def test_what_passes_through_is_the_value_with_the_gradient_of_the_rows():
    """Straight-through is the identity backwards."""
    given = tensor([1.0, 2.0]).requires_grad_()
    out = pass_through(given, tensor([5.0, 7.0]))
    out.sum().backward()
    assert out.tolist() == [5, 7]
    assert given.grad.tolist() == [1, 1]


@pytest.mark.parametrize("kind", ["flat", "hrq", "rvq", "fsq"])
def test_before_the_start_everything_passes(kind):
    """The warm-up is the limit of ever more codes: as if each token had a vector of its own."""
    levels = {"flat": (9,), "fsq": (65, 65, 65)}.get(kind, (4, 6))
    taps = [torch.from_numpy(rows(40, 3, n)) for n in range(2 if kind == "hrq" else 1)]
    out = build_quantiser(kind, levels)(taps)
    assert out.codes is None
    assert out.commitment == 0
    if kind == "fsq":
        fine = GridQuantiser(levels)
        fine.take(())
        torch.testing.assert_close(out.output, fine(taps).output, atol=1 / 64, rtol=0)
    else:
        torch.testing.assert_close(out.output, taps[-1] if kind != "hrq" else taps[1])


def test_ema_equals_the_library_over_fifty_steps():
    """Vectors, counts, codes and commitment of VectorQuantize 1.32.0 (decay 0.9, 12 codes, 240 rows a step)."""
    book = EmaCodebook(torch.from_numpy(rows(12, 6, 1000)), torch.ones(12), decay=0.9)
    for step in range(50):
        batch = torch.from_numpy(rows(240, 6, step))
        codes = book.nearest(batch)
        assert np.array_equal(codes, GOLDEN["ema_codes"][step])
        commitment = (batch - book.vectors[codes]).square().mean()
        assert commitment == pytest.approx(GOLDEN["ema_commitment"][step], abs=1e-5)
        book.update(batch, codes)
        if f"ema_vectors_{step}" in GOLDEN:
            np.testing.assert_allclose(book.vectors, GOLDEN[f"ema_vectors_{step}"], atol=1e-5)
            np.testing.assert_allclose(book.counts, GOLDEN[f"ema_counts_{step}"], rtol=1e-5)


def test_residual_and_grid_equal_the_library():
    """Codes and outputs of ResidualVQ and FSQ 1.32.0."""
    vectors = rows(16, 6, 2000)
    rvq = with_vectors("rvq", vectors[:8], vectors[8:] * np.float32(0.4))([torch.from_numpy(rows(64, 6, 3000))])
    assert np.array_equal(rvq.codes, GOLDEN["rvq_codes"])
    np.testing.assert_allclose(rvq.output, GOLDEN["rvq_output"], atol=1e-5)
    grid = GridQuantiser((8, 5, 4, 3))
    grid.take(())
    fsq = grid([torch.from_numpy(rows(64, 4, 4000) * np.float32(1.5))])
    assert np.array_equal(fsq.codes[0], GOLDEN["fsq_codes"])
    np.testing.assert_allclose(fsq.output, GOLDEN["fsq_output"], atol=1e-6)


def test_state_of_a_quantiser_comes_back():
    """What is kept of codebooks is all that they are."""
    for kind, levels in (("hrq", (3, 4)), ("fsq", (3, 3, 3))):
        quantiser, other = build_quantiser(kind, levels), build_quantiser(kind, levels)
        assert not quantiser.state()
        taps = [torch.from_numpy(rows(200, 3, n)) for n in range(2)]
        quantiser.start(taps, seed=0, batch=100)
        quantiser.follow(quantiser(taps), seed=1, restart=True)
        other.load(quantiser.state())
        assert other.is_started
        for name, value in quantiser.state().items():
            assert torch.equal(value, other.state()[name]), name


def test_a_tree_is_no_quantiser_of_a_network():
    """Trees come of tables."""
    with pytest.raises(ConfigError, match="has no vectors that training moves; flat, hrq or rvq"):
        build_quantiser("tree", (4, 8))
