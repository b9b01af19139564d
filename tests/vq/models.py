"""Small learned tokenizers of every kind, made of random codes: what they say has no meaning, but one answer."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from genotok import Codebook, VQConfig, VQTokenizer
from genotok.values.convweights import ConvShape, ConvWeights
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import WindowTable
from vq import worlds

GOLDEN = Path(__file__).parents[1] / "golden/vq"
TOY = json.loads((GOLDEN / "table_toy.json").read_text())
CARD = {
    "name": "toy",
    "seed": 0,
    "corpus": [{"file": "x.fa", "sha256": "00", "bases": 9, "known": 9}],
    "usage": [{"level": 1, "codes": 7, "used": 7}],
}


def vectors(*sizes, width=3):
    """Draw vectors that float16 holds exactly."""
    rng = np.random.default_rng(len(sizes))
    return tuple(rng.integers(-8, 9, (size, width)).astype(np.float32) / 4 for size in sizes)


def usage(*sizes):
    return tuple(np.arange(size, 0, -1, dtype=np.uint64) for size in sizes)


@cache
def toy_model(stride=1):
    """Return the table of the golden cases: window 4, levels of 6 and 3 codes."""
    codes = np.array([TOY["table_level0"], TOY["table_level1"]], np.uint16)
    return VQModel(Codebook("rvq", (6, 3), vectors(6, 3)), WindowTable(4, stride, codes), None, 4, stride)


@cache
def flat_model(window=8, stride=4, n_codes=7, symmetric=False):
    codes = worlds.symmetric_table(window, n_codes) if symmetric else worlds.tables(window, 1, n_codes)
    table = WindowTable(window, stride, codes, symmetric)
    book = Codebook("flat", (n_codes,), vectors(n_codes))
    return VQModel(book, table, None, window, stride, usage=usage(n_codes), strand_symmetric=symmetric, card=CARD)


@cache
def tree_model(window=4, stride=1, symmetric=True):
    codes = worlds.symmetric_table(window, 7) if symmetric else worlds.tables(window, 1, 7)
    book = Codebook("tree", (3, 7), vectors(3, 7), (np.array([0, 1, 2, 0, 1, 2, 2], np.uint16),))
    table = WindowTable(window, stride, codes, symmetric)
    return VQModel(book, table, None, window, stride, usage=usage(3, 7), strand_symmetric=symmetric, card=CARD)


@cache
def identity_model(window=3, stride=1):
    """Each window is a code of its own: nothing is lost."""
    codes = np.arange(4**window, dtype=np.uint16)[None]
    book = Codebook("flat", (4**window,), vectors(4**window))
    return VQModel(book, WindowTable(window, stride, codes), None, window, stride)


@cache
def network_model(name="hrq_tiny_s1", decoder=True):
    """Return one of the golden networks, with random weights of a decoder."""
    arrays = dict(np.load(GOLDEN / f"{name}.npz"))
    books = tuple(arrays.pop(f"codebooks.{n}") for n in range(2))
    c0, _, kernel = arrays["stem.conv.weight"].shape
    wide, width = arrays["blocks.0.expand.weight"].shape
    stride = 4 if name.endswith("s4") else 1
    words = {"channels": c0, "width": width, "expansion": wide // width, "taps": (3, 6)}
    plan = ConvShape(kernel=kernel, stride=stride, decoder_blocks=1 if decoder else None, **words)
    rng = np.random.default_rng(0)
    for each, shape in plan.shapes().items():
        if each not in arrays:
            arrays[each] = rng.normal(size=shape).astype(np.float16).astype(np.float32)
    book = Codebook("hrq", tuple(map(len, books)), books)
    counts = usage(*book.sizes)
    return VQModel(book, None, ConvWeights(plan, arrays), kernel, stride, "same", "core", counts, card=CARD)


@cache
def grid_model(window=3):
    """Return a table of codes of a grid of 3 x 2 steps."""
    table = WindowTable(window, 1, worlds.tables(window, 1, 6))
    return VQModel(Codebook("fsq", (3, 2), ()), table, None, window, 1, usage=usage(6))


@cache
def compiled_model():
    """Return a network that sees few bases, beside a table of as many."""
    plan = ConvShape(kernel=4, stride=2, channels=2, width=3, expansion=1, blocks=0, taps=(0,), decoder_blocks=0)
    rng = np.random.default_rng(1)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in plan.shapes().items()}
    book, table = Codebook("flat", (7,), vectors(7)), WindowTable(4, 2, worlds.tables(4, 1, 7))
    return VQModel(book, table, ConvWeights(plan, weights), 4, 2, usage=usage(7), card=CARD)


def tokenizer(model, texts=None, **settings):
    return VQTokenizer(model, VQConfig(**settings), texts)


def every_kind():
    """List one tokenizer of each kind."""
    return [
        tokenizer(toy_model(2)),
        tokenizer(toy_model(2), layout="interleave"),
        tokenizer(flat_model()),
        tokenizer(flat_model(stride=1, symmetric=True)),
        tokenizer(tree_model()),
        tokenizer(network_model()),
        tokenizer(network_model("hrq_tiny_s4"), layout="interleave"),
        tokenizer(grid_model()),
        tokenizer(compiled_model()),
        tokenizer(compiled_model(), backend="conv"),
    ]
