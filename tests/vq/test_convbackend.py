"""Codes of a network: golden answers, plain loops, documents that do not see each other, and what is refused."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genotok.errors import BundleError, ConfigError, InputError
from genotok.kernels.nearest import outputs, quantise
from genotok.tokenizers.vq_conv import ConvBackend, encode_windows
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvShape, ConvWeights
from vq import network_oracle as oracle
from vq.networks import PLANS, SMALL, draw_bases, draw_book, draw_weights, encode_alone, golden, letters

OTHER = 65_535
WAYS = ["at", "einsum"]
NAMES = ["hrq_tiny_s1", "hrq_tiny_s4"]
NARROW = ConvShape(kernel=3, stride=1, channels=3, width=4, expansion=2, blocks=1, taps=(0, 1))
EASE = 1e-4  # a margin below it, times 1 + |z|², float32 can't tell
DOCUMENTS = st.lists(st.tuples(st.integers(0, 23), st.integers(0, 99)), max_size=5)


def laid(documents):
    return np.concatenate([np.empty(0, np.uint8), *documents]), np.cumsum([0, *map(len, documents)], dtype=np.int64)


def alone(backend, bases, **words):
    return backend.codes(bases, rows=np.array([0, len(bases)]), **words)


def told(bases, weights, book, ends="same"):
    """Say codes (N, n) and which tokens' calls are too near for float32, by plain loops."""
    taps = oracle.encode(bases.tolist(), weights, ends)
    codebooks = [each.tolist() for each in book.vectors]
    codes = np.array(oracle.hrq(taps, codebooks), np.uint16).reshape(len(codebooks), -1)
    near = np.zeros(codes.shape[1], bool)
    for token in range(codes.shape[1]):
        rest = taps[0][token]
        for level, codebook in enumerate(codebooks):
            near[token] |= oracle.nearest(rest, codebook)[1] <= EASE * (1 + sum(each**2 for each in rest))
            if level + 1 < len(codebooks):
                chosen = codebook[codes[level, token]]
                rest = [2 * z - e for z, e in zip(taps[level + 1][token], chosen, strict=True)]
    return codes, near


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_values_codes_margins_and_outputs_are_golden(name, way, monkeypatch):
    """Seven sequences: codes before any unknown policy, first Z(1), last H(2), mean output, smallest margin of all."""
    monkeypatch.setenv("GENOTOK_MATMUL", way)
    book, weights, smallest, cases = golden(name)
    margins = []
    for case in cases:
        taps = encode_alone(letters(case["sequence"]), weights)
        found = quantise(taps, "hrq", levels=book.levels, vectors=book.vectors, margins=True)
        assert found.codes.tolist() == case["codes"]
        np.testing.assert_allclose(taps[0][0], case["z1_first"], atol=1e-4)
        np.testing.assert_allclose(2 * taps[1][-1] - book.vectors[0][found.codes[0, -1]], case["h2_last"], atol=1e-4)
        mean = outputs(found.codes, "hrq", levels=book.levels, vectors=book.vectors).mean(axis=0, dtype=np.float64)
        np.testing.assert_allclose(mean, case["embedding_mean"], atol=1e-4)
        margins.append(found.margins.min())
    assert min(margins) == pytest.approx(smallest, rel=2e-3)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_the_backend_gives_golden_codes_where_bases_are_known(name, way, monkeypatch):
    """All sequences in one call; a token whose core holds an ambiguous letter is unknown."""
    monkeypatch.setenv("GENOTOK_MATMUL", way)
    book, weights, _, cases = golden(name)
    bases, rows = laid([letters(case["sequence"]) for case in cases])
    found = ConvBackend(book, weights).codes(bases, rows=rows)
    for case, first, last in zip(cases, found.rows[:-1], found.rows[1:], strict=True):
        stride, text = weights.shape.stride, case["sequence"].upper()
        expected = np.array(case["codes"])
        expected[:, [bool(set(text[at : at + stride]) - set("ACGT")) for at in range(0, len(text), stride)]] = OTHER
        assert found.codes[:, first:last].tolist() == expected.tolist()


@settings(max_examples=40, deadline=None)
@given(DOCUMENTS, st.sampled_from(["same", "valid"]), st.integers(1, 40), st.sampled_from(WAYS))
def test_documents_are_those_of_plain_loops_whatever_lies_beside_them(documents, ends, block, way):
    """Any lengths, any block size, either way to multiply: each document's codes are its own."""
    weights, book = draw_weights(SMALL), draw_book(SMALL, (5, 7))
    parts = [draw_bases(length, seed) for length, seed in documents]
    bases, rows = laid(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENOTOK_MATMUL", way)
        found = ConvBackend(book, weights).codes(bases, rows=rows, ends=ends, block=block)
    assert np.diff(found.rows).tolist() == [oracle.count(part, SMALL, ends) for part in parts]
    lead = 0 if ends == "same" else SMALL.lead
    for number, part in enumerate(parts):
        codes, near = told(part, weights, book, ends)
        mine = found.codes[:, found.rows[number] : found.rows[number + 1]]
        for token in range(mine.shape[1]):
            if 4 in part[lead + 2 * token : lead + 2 * token + 2]:
                assert mine[:, token].tolist() == [OTHER, OTHER]
            elif not near[token]:
                assert mine[:, token].tolist() == codes[:, token].tolist()


@pytest.mark.parametrize("name", PLANS)
def test_blocks_and_batches_change_nothing_outside_the_margin_rule(name):
    """1,500 bases in one document or cut into seven, block sizes from 5 to 8,192."""
    shape = PLANS[name]
    kind, levels = ("hrq", (5, 7)[: len(shape.taps)])
    backend = ConvBackend(draw_book(shape, levels, kind=kind), draw_weights(shape))
    documents = [draw_bases(n, n, unknown=0.02) for n in (1, 2, 3, 400, 7, 800, 287)]
    bases, rows = laid(documents)
    whole = backend.codes(bases, rows=rows, margins=True)
    sure = whole.margins.min(axis=0) > 1e-3
    for block in (5, 64, 333):
        assert np.array_equal(backend.codes(bases, rows=rows, block=block).codes[:, sure], whole.codes[:, sure])
    single = [alone(backend, each, block=77) for each in documents]
    assert np.array_equal(np.concatenate([each.codes for each in single], axis=1)[:, sure], whole.codes[:, sure])
    assert sure.mean() > 0.95


def test_unknown_scopes_differ_by_what_is_looked_at():
    """The core alone, or all that the stem sees, beyond the ends too."""
    shape = PLANS["wide stride"]  # a stem of 9 bases, 2 before the core of 4
    backend = ConvBackend(draw_book(shape, (5, 7)), draw_weights(shape))
    bases = letters("ACGTACGTNACGTACGTACG")
    core = alone(backend, bases, unknown_scope="core").codes[0] == OTHER
    window = alone(backend, bases, unknown_scope="window").codes[0] == OTHER
    assert core.tolist() == [False, False, True, False, False]  # of cores 0-4, 4-8, 8-12, ..
    assert window.tolist() == [True, True, True, False, True]  # of windows -2..7, 2..11, 6..15, 10..19, 14..23
    inside = alone(backend, bases, unknown_scope="window", ends="valid").codes[0] == OTHER
    assert inside.tolist() == [True, True, True]  # of windows 0..9, 4..13, 8..17


def test_a_last_core_that_is_cut_is_unknown_only_by_its_own_bases():
    """What lies beyond the end is no unknown base of the core."""
    backend = ConvBackend(draw_book(SMALL, (5, 7)), draw_weights(SMALL))
    assert (alone(backend, letters("ACGTA")).codes[0] == OTHER).tolist() == [False, False, False]
    assert (alone(backend, letters("ACGTN")).codes[0] == OTHER).tolist() == [False, False, True]


def test_unknown_bases_add_nothing_but_are_not_ends():
    """A neighbour of unknown bases hears tokens that are there; a neighbour of the end hears none."""
    backend = ConvBackend(draw_book(SMALL, (50, 70)), draw_weights(SMALL))
    text = "ACGTTGCAGT"
    padded, bare = (alone(backend, letters(each)).codes for each in (text + "N" * 20, text))
    assert not np.array_equal(padded[:, :5], bare)
    assert (padded[:, 5:] == OTHER).all()


def test_nothing_gives_no_tokens():
    """No document, empty ones, and ones shorter than the stem where windows must lie inside."""
    backend = ConvBackend(draw_book(SMALL, (5, 7)), draw_weights(SMALL))
    none = backend.codes(np.empty(0, np.uint8), rows=np.array([0]), margins=True)
    assert (none.codes.shape, none.rows.tolist(), none.margins.shape) == ((2, 0), [0], (2, 0))
    found = backend.codes(letters("ACGT"), rows=np.array([0, 0, 4, 4]), ends="valid")
    assert (found.codes.shape, found.rows.tolist()) == ((2, 0), [0, 0, 0, 0])
    assert backend.codes(letters("ACGT"), rows=np.array([0, 0, 4, 4])).rows.tolist() == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("kind", "levels", "parents"),
    [
        ("flat", (9,), ()),
        ("rvq", (4, 5), ()),
        ("fsq", (3, 4), ()),
        ("tree", (2, 4), (np.array([0, 1, 1, 0], np.uint16),)),
    ],
)
def test_any_quantiser_reads_one_tap(kind, levels, parents):
    """Codes of all levels, below their sizes, are those of the kernel on the last tap."""
    shape = ConvShape(kernel=5, stride=2, channels=3, width=4, blocks=1, taps=(1,), code_width=2)
    book, weights, bases = (
        draw_book(shape, levels, kind=kind, parents=parents),
        draw_weights(shape),
        draw_bases(90, 5, 0),
    )
    found = alone(ConvBackend(book, weights), bases, margins=True)
    taps = encode_alone(bases, weights)
    expected = quantise(taps, kind, levels=levels, vectors=book.vectors, parents=parents, margins=True)
    assert np.array_equal(found.codes, expected.codes)
    assert np.array_equal(found.margins, expected.margins)
    assert (found.codes.max(axis=1) < np.array(book.sizes)).all()


@pytest.mark.parametrize("shape", [NARROW, ConvShape(kernel=9, stride=4, channels=3, width=3, blocks=0, taps=(0, 0))])
def test_single_windows_have_the_codes_of_a_long_sequence(shape):
    """All that a token sees decides it: float64 windows against plain loops, and against the backend."""
    weights, book = draw_weights(shape), draw_book(shape, (5, 7))
    span, stride = shape.receptive_span, shape.stride
    bases = draw_bases(90, unknown=0.05)
    before = (span - stride) // 2
    tokens = [t for t in range(-(-len(bases) // stride)) if 0 <= t * stride - before <= len(bases) - span]
    windows = np.stack([bases[t * stride - before :][:span] for t in tokens])
    found = encode_windows(windows, book, weights)
    codes, near = told(bases, weights, book)
    assert found.codes.tolist() == codes[:, tokens].tolist()
    assert found.margins.dtype == np.float64
    single = encode_windows(windows, book, weights, dtype=np.float32)
    assert single.margins.dtype == np.float32
    streamed = alone(ConvBackend(book, weights), bases).codes[:, tokens]
    sure = ~near[tokens]
    assert np.array_equal(single.codes[:, sure], found.codes[:, sure])
    sure &= streamed[0] != OTHER
    assert np.array_equal(streamed[:, sure], found.codes[:, sure])
    assert sure.sum(dtype=np.int64) > len(tokens) // 2


def test_windows_of_another_length_are_refused():
    """A token of this network sees nine bases."""
    with pytest.raises(InputError, match=r"windows of shape \(1, 8\); a token sees 9 bases"):
        encode_windows(np.zeros((1, 8), np.uint8), draw_book(NARROW, (5, 7)), draw_weights(NARROW))


def test_scratch_does_not_grow_with_the_sequence():
    """Four times as many bases take no more memory beside their codes."""
    backend = ConvBackend(draw_book(SMALL, (5, 7)), draw_weights(SMALL))
    peaks = []
    for length in (8_000, 8_000, 32_000):
        bases, rows = draw_bases(length, unknown=0), np.array([0, length])
        tracemalloc.start()
        found = backend.codes(bases, rows=rows, block=1024)
        peaks.append(tracemalloc.get_traced_memory()[1] - found.codes.nbytes)
        tracemalloc.stop()
    assert peaks[2] < 1.1 * peaks[1]


def test_majority_is_refused():
    """A network reads unknown bases as they are, so there is nothing to vote on."""
    backend = ConvBackend(draw_book(SMALL, (5, 7)), draw_weights(SMALL))
    with pytest.raises(ConfigError, match="unknown='majority' needs a table, and this is a network"):
        alone(backend, letters("ACGT"), unknown="majority")


@pytest.mark.parametrize(
    ("book", "message"),
    [
        (draw_book(SMALL, (5,)), "asks for 1 taps of hrq, the network has 2; they belong to different models"),
        (draw_book(SMALL, (5,), kind="flat"), "asks for 1 taps of flat, the network has 2"),
        (Codebook("hrq", (2, 2), (np.zeros((2, 3), "f4"),) * 2), "asks for 3 numbers in a code, the network has 4"),
    ],
)
def test_a_codebook_of_another_network_is_refused(book, message):
    """Width and taps must fit, for single windows too."""
    weights = draw_weights(SMALL)
    for make in (ConvBackend, lambda *both: encode_windows(np.zeros((1, 29), np.uint8), *both)):
        with pytest.raises(BundleError, match=message):
            make(book, weights)


def test_numbers_that_overflow_are_refused():
    """Weights are finite, and yet what they make may not be: no code is better than any code."""
    shape = PLANS["stem alone"]
    arrays = dict(draw_weights(shape)) | {"stem.norm.weight": np.full(2, 3e38), "stem.norm.bias": np.full(2, 3e38)}
    backend = ConvBackend(draw_book(shape, (5,)), ConvWeights(shape, arrays))
    with pytest.raises(BundleError, match="the network's numbers overflow; its weights are damaged"):
        alone(backend, letters("ACGT"))
