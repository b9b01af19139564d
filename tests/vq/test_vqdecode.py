"""From codes back to bases: what windows of a code share, summed, with strands by the best path."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.orientation import best_path, find_turned, neighbour_scores
from genotok.kernels.tables import UNKNOWN_CODE, canonical_windows, look_up, reverse_windows
from genotok.kernels.vqdecode import (
    consensus_letters,
    decode_letters,
    decode_probabilities,
    information_bits,
    join_levels,
    letter_logs,
    letter_shares,
)
from genotok.tokenizers.vq_meaning import TableMeaning
from genotok.values.codebook import Codebook
from genotok.values.windowtable import WindowTable
from motif import golden
from vq import oracles, worlds

STEPS = st.lists(st.tuples(*[st.tuples(*[st.integers(-3, 3)] * 2)] * 2), max_size=9)
KEPT = "ACGTN"


def spelt(bases):
    return "".join(KEPT[base] for base in bases)


def shares_of(window, *, symmetric=False, n_codes=7):
    """Make a table and the shares of its letters: codes (4^R,), (K, R, 4)."""
    codes = (worlds.symmetric_table if symmetric else worlds.tables)(window, n_codes=n_codes)[0]
    chosen = canonical_windows(window) if symmetric else None
    return codes, letter_shares(codes, n_codes=n_codes + 1, window=window, chosen=chosen)  # the last has no window


def meaning_of(table, *sizes):
    """Decode a table whose codes have no vectors worth the name."""
    vectors = tuple(np.zeros((size, 1), np.float32) for size in sizes)
    return TableMeaning(table, Codebook("rvq", sizes, vectors))


@st.composite
def tokens(draw, n_codes=7, **sizes):
    """Draw codes of tokens in a row, some unknown (the last number) or of no window (the one before)."""
    return np.array(draw(st.lists(st.integers(0, n_codes + 1), **sizes)), np.intp)


@pytest.mark.parametrize("symmetric", [False, True])
@pytest.mark.parametrize("window", [1, 2, 4])
def test_shares_of_letters_match_the_definition(window, symmetric):
    """A share is the count of a letter at a place among the windows of a code; of two strands one counts."""
    codes, shares = shares_of(window, symmetric=symmetric)
    assert np.allclose(shares, oracles.shares(codes, 8, window, symmetric=symmetric))
    assert not shares[7].any()
    assert np.allclose(shares[:7].sum(axis=2, dtype=np.float64), shares[:7].any(axis=(1, 2))[:, None])


@given(tokens(max_size=30), st.sampled_from([(1, 1), (3, 1), (4, 2), (4, 4), (5, 3)]), st.booleans(), st.data())
def test_decoding_matches_the_definition(codes, shape, is_symmetric, data):
    """The sum of logs over all tokens of a base names it; N where no token tells, and A before C, G, T."""
    window, stride = shape
    _, shares = shares_of(window, symmetric=is_symmetric)
    lead, length = data.draw(st.integers(0, window - 1)), data.draw(st.integers(0, len(codes) * stride + window + 3))
    states = st.lists(st.booleans(), min_size=len(codes), max_size=len(codes))
    turned = np.array(data.draw(states), np.bool_) if is_symmetric else None
    asked = {"logs": letter_logs(shares), "stride": stride, "lead": lead, "length": length, "turned": turned}
    parts = [*shares.tolist(), [[0.0] * 4] * window]
    expected = oracles.decode(codes.tolist(), parts, stride, lead=lead, length=length, turned=turned)
    assert spelt(decode_letters(codes, **asked)) == expected
    shares = decode_probabilities(codes, **asked)
    assert shares.dtype == np.float32
    assert np.allclose(shares.sum(axis=1, dtype=np.float64), 1)
    named = np.array([KEPT.index(letter) for letter in expected], np.intp)
    assert np.allclose(shares.max(axis=1, initial=0), shares[np.arange(length), np.minimum(named, 3)])
    assert np.all(shares[named == 4] == 0.25)


def test_long_sequences_decode_as_in_one_piece():
    """Blocks leave no trace: each token of its own code gives the window back, over several blocks."""
    bases = np.random.default_rng(1).integers(0, 4, 50_000).astype(np.uint8)
    for window, stride in ((4, 1), (5, 3), (4, 4)):
        table = WindowTable(window, stride, np.arange(4**window, dtype=np.uint16)[None])
        letters, codes = meaning_of(table, 4**window), look_up(bases, tables=table.codes, window=window, stride=stride)
        covered = (codes.shape[1] - 1) * stride + window
        assert np.array_equal(letters.letters(codes, lead=0, length=covered), bases[:covered])
        assert letters.letters(codes, lead=0, length=covered + 2).tolist()[-2:] == [4, 4]
        assert letters.letters(codes[:, :0], lead=0, length=2).tolist() == [4, 4]


def test_same_ends_decode_to_the_length_of_the_sequence():
    """With `same` the bases are those of the cores, or as many as are asked for; what unknown tokens hide is N."""
    bases = worlds.bases("ACGTTGCATGCCGATAGG")
    table = WindowTable(6, 4, np.arange(4**6, dtype=np.uint16)[None])
    letters, codes = meaning_of(table, 4**6), look_up(bases, tables=table.codes, window=6, stride=4, ends="same")
    assert (codes[0] == UNKNOWN_CODE).tolist() == [True, False, False, False, True]
    assert spelt(letters.letters(codes, lead=table.core, length=20)) == "NNNTTGCATGCCGATAGNNN"
    assert spelt(letters.letters(codes, lead=table.core, length=18)) == "NNNTTGCATGCCGATAGN"


@given(STEPS)
def test_the_best_path_is_the_best_of_all(steps):
    """Of all 2^n ways through two states the one found sums to most; of equal ones it stays forward the longest."""
    assert best_path(np.array(steps, np.int32).reshape(-1, 2, 2)).tolist() == oracles.best_path(steps)


def test_long_paths_are_as_good_as_a_plain_walk():
    """Pieces that are walked side by side give what one walk from the end gives, ties too."""
    rng = np.random.default_rng(2)
    for n in (15, 16, 17, 500, 3_001):
        steps = rng.integers(-2, 3, (n, 2, 2)).astype(np.int32)
        values, choices = [0, 0], []
        for step in steps[::-1].tolist():
            ways = [[step[one][two] + values[two] for two in (0, 1)] for one in (0, 1)]
            choices.append([way.index(max(way)) for way in ways])
            values = [max(way) for way in ways]
        path = [values.index(max(values))]
        for choice in reversed(choices):
            path.append(choice[path[-1]])
        assert best_path(steps).tolist() == path


@given(tokens(min_size=2, max_size=7), st.sampled_from([(2, 1), (3, 1), (4, 1), (4, 2), (3, 3)]), st.booleans())
def test_orientations_agree_best_with_their_neighbours(codes, shape, is_symmetric):
    """No other choice of strands fits the shared bases better, in tables that mix palindromes with others."""
    window, stride = shape
    _, shares = shares_of(window, symmetric=is_symmetric)
    parts = [*shares.tolist(), None]
    both = [(part, [row[::-1] for row in part[::-1]] if part else None) for part in parts]
    expected = [
        [[oracles.agreement(one, two, stride) if one and two else 0.0 for two in both[right]] for one in both[left]]
        for left, right in pairwise(codes)
    ]
    steps = neighbour_scores(codes, shares=shares, stride=stride)
    assert np.abs(steps - np.array(expected) * 65_536).max() <= 0.5001

    def total(way):
        return sum(step[one][two] for step, (one, two) in zip(expected, pairwise(way), strict=True))

    found = find_turned(codes, shares=shares, stride=stride).tolist()
    assert total(found) >= total(oracles.best_path(expected)) - len(expected) / 65_536


@pytest.mark.parametrize("window", [4, 6, 7])
def test_a_symmetric_table_of_all_windows_gives_dna_back(window):
    """Where each pair of strands has its own code, real DNA comes back whole, strand by strand."""
    turned = reverse_windows(window)
    pairs = np.unique(np.minimum(np.arange(4**window), turned), return_inverse=True)
    table = WindowTable(window, 1, pairs[1].astype(np.uint16)[None], strand_symmetric=True)
    bases = golden.codes(golden.PIECES[0])[:20_000]
    letters = meaning_of(table, len(pairs[0]))
    codes = look_up(bases, tables=table.codes, window=window, stride=1)
    assert np.array_equal(letters.letters(codes, lead=0, length=len(bases)), bases)


def test_tokens_of_several_levels_decode_by_their_combination():
    """Two levels that each know half of a window give all of it together; what no window has tells nothing."""
    windows = np.arange(4**4, dtype=np.uint16)
    table = WindowTable(4, 4, np.stack([windows // 16, windows % 16]))
    bases = worlds.bases("ACGTTGCA")
    codes = look_up(bases, tables=table.codes, window=4, stride=4)
    assert np.array_equal(meaning_of(table, 16, 16).letters(codes, lead=0, length=8), bases)
    few = meaning_of(WindowTable(1, 1, np.array([[0, 0, 1, 1], [0, 1, 0, 0]], np.uint16)), 2, 2)
    codes = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], np.uint16)
    assert few.letters(codes, lead=0, length=4).tolist() == [0, 1, 2, 4]


def test_joint_numbers():
    """The first level is the highest digit, and unknown is -1."""
    codes = np.array([[1, 0, UNKNOWN_CODE], [2, 4, UNKNOWN_CODE]], np.uint16)
    assert join_levels(codes, (2, 5)).tolist() == [7, 4, -1]


def test_consensus_and_information():
    """Letters of at least a fifth are named together; a certain place tells 2 bits, an even one none."""
    rows = [[1, 0, 0, 0], [0.25] * 4, [0.5, 0, 0.5, 0], [0.2, 0.3, 0.19, 0.31], [0, 0, 0, 0]]
    assert consensus_letters(np.array(rows)).tobytes() == b"ANRH."
    assert information_bits(np.array(rows))[[0, 1, 2, 4]].tolist() == [2, 0, 1, 0]
