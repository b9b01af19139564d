"""How well tokens spell motifs: every offset in plain loops, cuts that are fair, figures known beforehand."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.analysis.coverage import compare_coverage, motif_coverage
from genotok.errors import InputError
from genotok.kernels import likeness
from genotok.kernels.bases import encode_letters
from genotok.kernels.cuts import cut_at_random, cut_in_a_row
from genotok.kernels.likeness import best_likeness
from genotok.kernels.ragged import offsets_of
from genotok.values.motifs import MotifSet
from motif import golden

COLUMN = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)
MOTIFS = st.lists(st.lists(COLUMN, min_size=1, max_size=5), min_size=1, max_size=4)
TOKENS = st.lists(st.text("ACGTN", min_size=1, max_size=6), min_size=1, max_size=6)


def arrays_of(motifs, tokens):
    text = "".join(tokens).encode()
    return {
        "counts": np.array([column for motif in motifs for column in motif], dtype=np.float32),
        "motif_offsets": offsets_of(np.array([len(motif) for motif in motifs])),
        "letters": encode_letters(np.frombuffer(text, np.uint8)),
        "token_offsets": offsets_of(np.array([len(token) for token in tokens], dtype=np.int64)),
    }


def likeness_of(motif, token):
    """The best product over all offsets at which both meet, over the norms of both as a whole."""
    weights = [[n / sum(column) - 0.25 for n in column] for column in motif]
    spelled = [[(letter == each) - 0.25 if letter in "ACGT" else 0.0 for each in "ACGT"] for letter in token]
    norm = math.sqrt(sum(w * w for row in weights for w in row) * sum(s * s for row in spelled for s in row))
    products = [
        sum(
            weights[at][each] * spelled[at - offset][each]
            for at in range(max(offset, 0), min(len(weights), offset + len(token)))
            for each in range(4)
        )
        for offset in range(1 - len(token), len(weights))
    ]
    return max(products) / norm if norm else 0.0


@pytest.mark.parametrize(("cells", "short"), [(1, 8), (100, 3), (2**22, 0)])
@given(MOTIFS, TOKENS)
def test_scores_are_the_best_over_tokens_and_offsets(cells, short, motifs, tokens):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likeness, "_CELLS", cells)
        patch.setattr(likeness, "_SHORT", short)
        scores = best_likeness(**arrays_of(motifs, tokens))
    expected = [max(0.0, *(likeness_of(motif, token) for token in tokens)) for motif in motifs]
    assert scores == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("length", "mean"), [(3, 0.637), (4, 0.718), (5, 0.782)])
def test_all_words_of_a_length_score_as_is_known(length, mean):
    words = map("".join, itertools.product("ACGT", repeat=length))
    score = motif_coverage(words, MotifSet.from_jaspar(), name="words")
    assert score.mean == pytest.approx(mean, abs=5e-4)
    assert score.tokens == 4**length
    assert score.mean_length == length
    assert score.q10 < score.median < max(score.scores)
    assert score.good_share == (score.scores > 0.8).mean()


def test_a_motif_spelled_out_scores_one():
    motifs = MotifSet.from_counts({"M1": [[7, 0, 0, 0], [0, 0, 7, 0], [0, 0, 0, 7]]})
    assert motif_coverage(["agu"], motifs).scores == pytest.approx([1])
    assert motif_coverage(["ACT", "NNN"], motifs).scores == pytest.approx([2 / 3 - 1 / 9])


def test_vocabularies_are_told_beside_random_cuts_of_the_same_lengths():
    sequence = golden.sequences()[golden.PIECES[0]]
    bins = golden.answers()[f"{golden.PIECES[0]}/rel80/boundaries"][:600].tolist()
    words = ["".join(word) for word in itertools.product("ACGT", repeat=2)]
    tokens = {"bins": [sequence[start:end] for start, end in itertools.pairwise(bins)], "2-mers": words}
    table = compare_coverage(tokens, MotifSet.from_jaspar().subset(slice(0, 40)), sequence)
    (score, control), (every, all_of_them) = table.pairs
    assert score.is_comparable(control)
    assert control.name == "random cuts as bins"
    assert table.gains()["bins"] == pytest.approx(score.mean - control.mean)
    assert np.array_equal(every.scores, all_of_them.scores)  # the sequence has the same sixteen
    assert len(str(table).splitlines()) == 5
    told = json.loads(json.dumps(table.to_dict(), allow_nan=False))
    assert [pair["gain"] for pair in told["pairs"]] == list(table.gains().values())


def test_no_gain_is_drawn_over_a_control_that_came_out_smaller():
    motifs = MotifSet.from_counts({"M1": [[7, 0, 0, 0], [0, 0, 7, 0]]})
    assert compare_coverage({"pairs": ["AC", "GT"]}, motifs, "AAAAAAA").gains() == {"pairs": None}
    with pytest.raises(InputError, match="no word as long as a token of pairs"):
        compare_coverage({"pairs": ["AC", "GT"]}, motifs, "ANANA")


@pytest.mark.parametrize(
    ("tokens", "message"), [("ACGT", "one text is no vocabulary"), ([], "no token"), (["A", ""], "an empty token")]
)
def test_what_is_no_vocabulary_is_told(tokens, message):
    with pytest.raises(InputError, match=message):
        motif_coverage(tokens, MotifSet.from_counts({"M1": [[7, 0, 0, 0]]}))


@given(st.text("ACGTN", max_size=60), st.lists(st.integers(0, 5), max_size=12), st.integers())
def test_random_cuts_are_different_words_of_the_sequence(text, lengths, seed):
    codes = encode_letters(np.frombuffer(text.encode(), np.uint8))
    offsets, letters = cut_at_random(codes, np.array(lengths, dtype=np.int64), seed)
    words = ["".join("ACGT"[at] for at in letters[start:end].tolist()) for start, end in itertools.pairwise(offsets)]
    assert len(set(words)) == len(words)
    for length in set(lengths):
        possible = {text[at : at + length] for at in range(len(text) - length + 1)} if length else set()
        found = [word for word in words if len(word) == length]
        assert len(found) == min(lengths.count(length), sum("N" not in word for word in possible))
        assert set(found) <= possible


def test_another_seed_gives_other_cuts():
    codes = golden.codes(golden.PIECES[0])
    lengths = np.full(50, 12, dtype=np.int64)
    first, again, other = (cut_at_random(codes, lengths, seed)[1].tobytes() for seed in (1, 1, 2))
    assert first == again != other


@given(st.text("ACGTN", max_size=60), st.integers(1, 9))
def test_stretches_are_cut_in_a_row(text, width):
    starts, ends = cut_in_a_row(encode_letters(np.frombuffer(text.encode(), np.uint8)), width)
    expected = [
        stretch[at : at + width] for stretch in text.split("N") if stretch for at in range(0, len(stretch), width)
    ]
    assert [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)] == expected
