"""Controls without a network: sums and counts as loops say, weights as scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge as Known

from genotok.errors import ConfigError, InputError
from genotok.train import controls
from genotok.train.contigs import TokenContig
from genotok.train.controls import Moments, iter_sums, kmer_contigs, kmer_rows, run_control, run_controls
from genotok.train.windows import Split, WindowConfig
from train.contigworlds import base_contig, sparse_of, token_contig

pytestmark = pytest.mark.native
WINDOWS = WindowConfig(length=50, crop=5)


@given(st.lists(st.integers(0, 4), max_size=40), st.integers(1, 3), st.data())
def test_kmers_are_counted_where_they_begin(letters, k, data):
    codes = np.array(letters, dtype=np.uint8)
    cuts = data.draw(st.sets(st.integers(1, max(len(letters) - 1, 1)), max_size=5)) - {len(letters)}
    boundaries = np.array(sorted({0, len(letters), *(cut for cut in cuts if cut < len(letters))}))
    expected = np.zeros((len(boundaries) - 1, 4**k), dtype=int)
    for at in range(len(letters) - k + 1):
        word = letters[at : at + k]
        if 4 not in word:
            expected[np.searchsorted(boundaries, at, side="right") - 1, int("".join(map(str, word)), 4)] += 1
    assert kmer_rows(codes, boundaries, k).to_dense().tolist() == expected.tolist()


@pytest.mark.parametrize("reach", [0, 3, 30])
@pytest.mark.parametrize("block", [7, 8192])
def test_sums_are_over_the_bins_around(reach, block, monkeypatch):
    monkeypatch.setattr(controls, "_BLOCK", block)
    dense = token_contig(40).tokens.to_dense()
    found = np.concatenate([sums for _, sums in iter_sums(sparse_of(dense), reach=reach)])
    expected = [np.sqrt(dense[max(at - reach, 0) : at + reach + 1].sum(axis=0)) for at in range(40)]
    assert found == pytest.approx(np.array(expected), abs=1e-6)


def test_weights_are_those_of_scikit_learn():
    random = np.random.default_rng(0)
    features, targets = random.random((200, 4)) * [1, 2, 3, 0], random.random((200, 2))
    features[:, 3] = 0.5  # a constant has no weight
    moments = Moments(4, 2)
    moments.add(features[:90], targets[:90])
    moments.add(features[90:], targets[90:])
    fit = moments.solve(0.1)
    spread = features[:, :3].std(axis=0)
    known = Known(alpha=0.1 * 200).fit(features[:, :3] / spread, targets)
    assert fit.weights[:3] == pytest.approx(known.coef_.T / spread[:, None], rel=1e-6)
    assert fit.weights[3] == pytest.approx([0, 0])
    expected = known.predict(features[:, :3] / spread)
    assert (features - fit.means) @ fit.weights + fit.base == pytest.approx(expected, rel=1e-6)


def test_a_control_finds_what_sums_decide():
    contigs = []
    for seed in range(3):
        contig = token_contig(400, seed=seed)
        around = np.concatenate([sums for _, sums in iter_sums(contig.tokens, reach=4)])
        contigs.append(TokenContig(f"c{seed}", contig.boundaries, contig.tokens, around[:, :1]))
    row = run_control("tokens", *([each] for each in contigs), reach=4, windows=WINDOWS)
    assert row.agreement.pearson > 0.999
    assert row.agreement.window_pearson > 0.999
    assert row.features == 6
    assert row.penalty == 1e-5
    assert row.to_dict()["name"] == "tokens"
    other = run_control("too far", *([each] for each in contigs), reach=40, windows=WINDOWS)
    assert other.agreement.window_pearson < 0.5


def test_kmers_control_what_letters_decide():
    contigs, texts = [], []
    for seed in range(3):
        text = base_contig(16 * 300, seed=seed)
        contigs.append(TokenContig(f"c{seed}", text.boundaries, token_contig(300).tokens, text.targets))
        texts.append(text.codes)
    described = kmer_contigs(contigs, texts, 1)
    row = run_control("composition", described[:1], described[1:2], described[2:], reach=0, windows=WINDOWS)
    assert row.features == 4
    assert row.agreement.pearson > 0.95  # letters are counts, their roots not quite a line


def test_all_four_controls_are_run_on_the_split():
    texts = [base_contig(16 * 150, seed=seed) for seed in range(3)]
    contigs = [
        TokenContig(f"c{at}", text.boundaries, token_contig(150, seed=at).tokens, text.targets)
        for at, text in enumerate(texts)
    ]
    split, calls = Split(("c0",), ("c1",), ("c2",)), []
    rows = run_controls(
        contigs, [text.codes for text in texts], split, windows=WINDOWS, progress=lambda *each: calls.append(each)
    )
    assert [(row.name, row.features) for row in rows] == [
        ("tokens", 6),
        ("4-mers", 256),
        ("5-mers", 1024),
        ("composition", 4),
    ]
    assert {row.agreement.windows for row in rows} == {4}
    assert calls[-1] == ("controls", 4, 4)


def test_what_is_no_control_is_told():
    with pytest.raises(InputError, match="no bin to fit a control to"):
        run_control("none", [], [], [])
    with pytest.raises(ConfigError, match="k=9; 1 to 8 letters"):
        kmer_rows(np.zeros(3, np.uint8), np.array([0, 3]), 9)
    with pytest.raises(ConfigError, match="reach=-1"):
        run_control("none", [token_contig(9)], [], [], reach=-1)
