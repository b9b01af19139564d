"""The network in NumPy: plain loops, torch, both ways to multiply, blocks, windows, and the weights it takes."""

import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from genotok.errors import BundleError, ConfigError
from genotok.kernels import matmul, network
from genotok.kernels.matmul import multiply
from genotok.kernels.network import decode, encode, prepare_decoder, prepare_encoder
from genotok.values.convweights import ConvShape, ConvWeights
from vq import network_oracle as oracle
from vq.networks import PLANS, SMALL, draw_bases, draw_weights, encode_alone

WAYS = ["at", "einsum"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PLANS)
def test_taps_and_logits_are_those_of_plain_loops(name, way, monkeypatch):
    """30 bp with unknown bases, in float64 to 1e-11 and in float32 to 1e-4."""
    monkeypatch.setenv("GENOTOK_MATMUL", way)
    shape, bases = PLANS[name], draw_bases(30)
    weights = draw_weights(shape)
    told = oracle.encode(bases.tolist(), weights)
    heard = np.random.default_rng(1).normal(size=(len(told[0]), shape.code_width))
    said = oracle.decode(heard.tolist(), weights, 30, shape.lead)
    for dtype, ease in ((np.float64, 1e-11), (np.float32, 1e-4)):
        taps = encode_alone(bases, weights, dtype)
        assert len(taps) == len(told)
        for tap, rows in zip(taps, told, strict=True):
            assert tap.dtype == dtype
            np.testing.assert_allclose(tap, rows, atol=ease)
        decoder = prepare_decoder(weights, stride=shape.stride, blocks=shape.decoder_blocks, dtype=dtype)
        logits = decode(heard.astype(dtype), decoder, length=30, lead=shape.lead)
        assert logits.dtype == dtype
        np.testing.assert_allclose(logits, said, atol=ease)


@pytest.mark.native  # torch is not there in a tab
@pytest.mark.parametrize("name", PLANS)
def test_torch_gives_the_same_numbers(name):
    """Taps and decoder logits of the module that is trained, to 1e-4."""
    import torch

    from genotok.train import vq_model

    shape, bases = PLANS[name], draw_bases(301, seed=3)
    weights = draw_weights(shape, seed=3)
    tensors = {each: torch.from_numpy(array.copy()) for each, array in weights.items()}
    with torch.no_grad():
        told = vq_model.encode(tensors, shape, torch.from_numpy(bases)[None])
        said = vq_model.decode(tensors, shape, told[-1], len(bases))
    taps = encode_alone(bases, weights)
    for tap, rows in zip(taps, told, strict=True):
        np.testing.assert_allclose(tap, rows[0], atol=1e-4)
    decoder = prepare_decoder(weights, stride=shape.stride, blocks=shape.decoder_blocks)
    np.testing.assert_allclose(decode(taps[-1], decoder, length=len(bases), lead=shape.lead), said[0], atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.integers(1, 9), st.sampled_from(sorted(PLANS)))
def test_a_decoder_may_hear_its_tokens_in_blocks(length, tokens, name):
    """Few tokens at once say the same as all."""
    shape = PLANS[name]
    decoder = prepare_decoder(draw_weights(shape), stride=shape.stride, blocks=shape.decoder_blocks)
    heard = np.random.default_rng(length).normal(size=(-(-length // shape.stride), shape.code_width)).astype(np.float32)
    whole = decode(heard, decoder, length=length, lead=shape.lead)
    parts = decode(heard, decoder, length=length, lead=shape.lead, tokens=tokens)
    assert whole.shape == (length, 4)
    np.testing.assert_allclose(parts, whole, atol=1e-5)


def test_tiles_change_nothing(monkeypatch):
    """Tokens go through a block in tiles; their size is nobody's business."""
    weights, bases = draw_weights(SMALL), draw_bases(200)
    whole = encode_alone(bases, weights)
    monkeypatch.setattr(network, "_TILE", 7)
    for one, two in zip(whole, encode_alone(bases, weights), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)


def test_rows_place_by_place_are_single_rows():
    """Tokens that are ``step`` columns apart are neighbours: three rows of nine tokens give the middle ones of each."""
    weights = draw_weights(PLANS["plain"])
    encoder = prepare_encoder(weights, blocks=1, taps=(1,))
    rows = [sliding_window_view(draw_bases(12, seed), 4).T for seed in range(3)]  # (4, 9)
    together = encode(np.stack(rows, axis=2).reshape(4, -1), encoder, step=3)[0]
    assert together.shape == (9, 4)
    for number, row in enumerate(rows):
        np.testing.assert_allclose(together[number::3], encode(row, encoder)[0], atol=1e-5)


def test_too_few_tokens_give_none():
    """Without three neighbours on either side nothing is left."""
    encoder = prepare_encoder(draw_weights(PLANS["plain"]), blocks=1, taps=(1,))
    assert encode(np.zeros((4, 6), np.uint8), encoder)[0].shape == (0, 4)


def test_very_large_numbers_pass_the_gelu_without_a_warning():
    """x / (1 + exp(-2u)) is x far above 0, and 0 far below."""
    x = np.array([[-1e4, -50, -1, 0, 1, 50, 1e4]], np.float32)
    with np.errstate(divide="raise", invalid="raise"):
        found = network._gelu(x.copy(), np.empty_like(x))
    np.testing.assert_allclose(found[0], [oracle.gelu(float(each)) for each in x[0]], atol=1e-6)


def test_memory_stays_within_three_hidden_layers():
    """8,192 tokens of the strided preset: scratch of at most 8,192 · eD · 4 · 3 bytes, whatever they come from."""
    shape = ConvShape(kernel=9, stride=4, channels=32, width=32, expansion=2, taps=(3, 6))
    encoder = prepare_encoder(draw_weights(shape), blocks=6, taps=(3, 6))
    tokens = 8192 + 2 * encoder.halo
    seen = sliding_window_view(draw_bases(tokens * 4 + 5, unknown=0), 9)[::4].T
    encode(seen, encoder)
    tracemalloc.start()
    taps = encode(seen, encoder, outside=np.arange(tokens) % 99 == 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - sum(tap.nbytes for tap in taps) <= 8192 * 64 * 4 * 3


@pytest.mark.parametrize("way", WAYS)
def test_products_are_those_of_the_definition(way, monkeypatch):
    """Both ways multiply, into a given array too, whichever side is the longer."""
    monkeypatch.setenv("GENOTOK_MATMUL", way)
    for n, k, m in ((3, 4, 5), (50, 2, 3), (2, 3, 50), (1, 1, 1)):
        rng = np.random.default_rng(n)
        left, right = rng.normal(size=(n, k)), rng.normal(size=(k, m))
        expected = [[sum(left[i, x] * right[x, j] for x in range(k)) for j in range(m)] for i in range(n)]
        np.testing.assert_allclose(multiply(left, right), expected)
        out = np.empty((n, m))
        assert multiply(left, right, out) is out
        np.testing.assert_allclose(out, expected)


def test_the_way_is_timed_once_for_each_shape_class(monkeypatch):
    """Longer arrays of a known inner size and shorter side are not timed again; the slower way loses."""
    monkeypatch.delenv("GENOTOK_MATMUL", raising=False)
    matmul._choose.cache_clear()
    asked = []

    def product(left, right, way, out):
        asked.append(way)
        if way == "at":
            _wait(left)
        return np.einsum("ij,jk->ik", left, right)

    monkeypatch.setattr(matmul, "_product", product)
    for n in (10, 500, 2000):
        multiply(np.ones((4, 3), np.float32), np.ones((3, n), np.float32))
    assert asked.count("at") == asked.count("einsum") - 3
    assert matmul._choose.cache_info().misses == 1
    assert matmul._choose(3, 4, True, "f") == "einsum"
    multiply(np.ones((500, 3), np.float32), np.ones((3, 4), np.float32))
    assert matmul._choose.cache_info().misses == 2
    matmul._choose.cache_clear()


def _wait(left):
    for _ in range(20):
        left @ left.T


def test_another_way_to_multiply_is_refused(monkeypatch):
    """The variable names one of the two."""
    monkeypatch.setenv("GENOTOK_MATMUL", "blas")
    with pytest.raises(ConfigError, match="GENOTOK_MATMUL='blas' is no way to multiply; at or einsum"):
        multiply(np.ones((2, 2)), np.ones((2, 2)))


def test_names_and_shapes_are_those_of_the_specification():
    """Of the plan of the paper: 256 -> 384 channels by a projection, four times wider within a block."""
    shapes = ConvShape(kernel=5, taps=(3, 6)).shapes()
    assert list(shapes)[:8] == [
        *("stem.conv.weight", "stem.conv.bias", "stem.norm.weight", "stem.norm.bias", "stem.proj.weight"),
        *("stem.proj.bias", "blocks.0.depthwise.weight", "blocks.0.depthwise.bias"),
    ]
    assert shapes["stem.conv.weight"] == (256, 4, 5)
    assert shapes["stem.proj.weight"] == (384, 256)
    assert shapes["blocks.5.depthwise.weight"] == (384, 7)
    assert shapes["blocks.5.shrink.weight"] == (384, 1536)
    assert len(shapes) == 6 + 6 * 8
    assert not [name for name in shapes if name.startswith(("taps", "decoder"))]
    other = PLANS["other code width"].shapes()
    assert other["taps.0.weight"] == (2, 3)
    assert other["decoder.proj.weight"] == (3, 2)
    assert other["decoder.out.weight"] == (3, 4, 5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kernel": 0}, "kernel of a network is 0; a whole number from 1 to"),
        ({"width": 2.5}, "width of a network is 2.5; a whole number"),
        ({"blocks": 10**9}, "blocks of a network is 1000000000; a whole number from 0 to 256"),
        ({"stride": 6}, "stride 6 leaves bases out that a kernel of 5 never sees"),
        ({"taps": ()}, r"taps after blocks \(\) of a network of 2"),
        ({"taps": (2, 1)}, r"taps after blocks \(2, 1\) of a network of 2; taps ascend"),
        ({"taps": (3,)}, r"taps after blocks \(3,\) of a network of 2; .* none lies behind the last block"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(change, message):
    """Each field is checked when the plan is made."""
    plan = {"kernel": 5, "channels": 2, "width": 2, "blocks": 2, "taps": (2,)}
    with pytest.raises(ConfigError, match=message):
        ConvShape(**plan | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stem.conv.bias": None}, "weights, array stem.conv.bias: missing"),
        ({"stem.extra": np.zeros(2)}, "weights, array stem.extra: no weight of this network"),
        ({"stem.conv.bias": np.zeros(3)}, r"stem.conv.bias: shape \(3,\); the plan asks for \(2,\)"),
        ({"stem.conv.bias": np.zeros(2, np.int8)}, "stem.conv.bias: numbers of type int8; float32 or float16"),
        ({"stem.conv.bias": np.array([1, np.nan])}, "stem.conv.bias: nan among its numbers; all must be finite"),
        ({"stem.conv.bias": np.array([1, -1e300])}, "stem.conv.bias: -inf among its numbers"),
    ],
)
def test_weights_that_do_not_fit_their_plan_are_refused(change, message):
    """The message names the array, what was found and what was expected."""
    shape = PLANS["stem alone"]
    arrays = {name: array for name, array in (dict(draw_weights(shape)) | change).items() if array is not None}
    with pytest.raises(BundleError, match=message):
        ConvWeights(shape, arrays)


def test_weights_are_read_only_widened_and_come_back_from_a_pickle():
    """float16 becomes float32 once; equal weights have one digest."""
    shape = PLANS["stem alone"]
    weights = ConvWeights(shape, {name: array.astype(np.float16) for name, array in draw_weights(shape).items()})
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    with pytest.raises(ValueError, match="read-only"):
        weights["stem.conv.bias"][0] = 1
    again = pickle.loads(pickle.dumps(weights))
    assert again == weights
    assert hash(again) == hash(weights)
    assert not again["stem.conv.bias"].flags.writeable
    assert weights != draw_weights(shape)
    assert weights != draw_weights(shape, seed=1)
