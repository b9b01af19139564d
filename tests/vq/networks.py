"""Small networks of all kinds, the golden ones, and bases laid out as kernels take them."""

import json
from math import prod, sqrt
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from genotok.kernels.bases import encode_letters
from genotok.kernels.network import encode, prepare_encoder
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvShape, ConvWeights

GOLDEN = Path(__file__).parents[1] / "golden" / "vq"
SMALL = ConvShape(kernel=5, stride=2, channels=3, width=4, expansion=2, blocks=2, taps=(1, 2), decoder_blocks=1)
PLANS = {
    "small": SMALL,
    "plain": ConvShape(kernel=4, stride=1, channels=4, width=4, expansion=1, blocks=1, taps=(1,), decoder_blocks=0),
    "wide stride": ConvShape(
        kernel=9, stride=4, channels=4, width=4, expansion=2, blocks=1, taps=(0, 1), decoder_blocks=2
    ),
    "other code width": ConvShape(
        kernel=5, stride=5, channels=4, width=3, blocks=1, taps=(1,), code_width=2, decoder_blocks=1
    ),
    "stem alone": ConvShape(kernel=3, channels=2, width=2, blocks=0, taps=(0,), decoder_blocks=0),
}


def draw_weights(shape, seed=0):
    """Draw weights that keep numbers near one."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: rng.normal(size=size) / sqrt(prod(size[1:])) + name.endswith("norm.weight")
        for name, size in shape.shapes().items()
    }
    return ConvWeights(shape, arrays)


def draw_book(shape, levels, *, kind="hrq", parents=(), seed=0):
    rng = np.random.default_rng(seed + 1000)
    vectors = () if kind == "fsq" else [rng.normal(size=(size, shape.code_width)).astype(np.float32) for size in levels]
    return Codebook(kind, levels, tuple(vectors), parents)


def draw_bases(n, seed=0, unknown=0.1):
    rng = np.random.default_rng(seed)
    return np.where(rng.random(n) < unknown, 4, rng.integers(0, 4, n)).astype(np.uint8)


def laid(bases, encoder, shape, n):
    """Give a sequence the unknown bases around it that its tokens see, and say which tokens are none."""
    halo = encoder.halo
    padded = np.full((n + 2 * halo) * shape.stride + shape.kernel, 4, np.uint8)
    start = halo * shape.stride + shape.lead
    padded[start : start + len(bases)] = bases
    outside = np.ones(n + 2 * halo, np.bool_)
    outside[halo : halo + n] = False
    return sliding_window_view(padded, shape.kernel)[:: shape.stride][: n + 2 * halo].T, outside


def encode_alone(bases, weights, dtype=np.float32):
    shape = weights.shape
    encoder = prepare_encoder(weights, blocks=shape.blocks, taps=shape.taps, dtype=dtype)
    seen, outside = laid(bases, encoder, shape, -(-len(bases) // shape.stride))
    return encode(seen, encoder, outside=outside)


def letters(text):
    return encode_letters(np.frombuffer(text.encode(), np.uint8))


def golden(name):
    """Read a golden network: codebook, weights, smallest margin, and its cases."""
    told, arrays = json.loads((GOLDEN / f"{name}.json").read_text()), np.load(GOLDEN / f"{name}.npz")
    its = told["config"]
    shape = ConvShape(
        kernel=its["stem_width"],
        stride=its["stride"],
        channels=its["stem_channels"],
        width=its["dim"],
        expansion=its["expansion"],
        blocks=its["blocks"],
        taps=tuple(its["taps"]),
    )
    assert (shape.lead, its["depthwise_width"], its["norm_eps"], its["gelu"]) == (its["stem_left_pad"], 7, 1e-6, "tanh")
    books = tuple(arrays[f"codebooks.{level}"] for level in range(2))
    weights = ConvWeights(shape, {each: arrays[each] for each in arrays if not each.startswith("codebooks")})
    return Codebook("hrq", tuple(its["levels"]), books), weights, told["smallest_margin"], list(told["cases"].values())
