"""One changed base changes the tokens that see it; a start one base later keeps what it keeps by definition."""

from collections import Counter

import numpy as np
import pytest

from genotok.analysis.vq_baselines import WordFeatures, baseline
from genotok.analysis.vq_sensitivity import draw_windows, measure_sensitivity, substitute_once
from genotok.errors import InputError
from vq_eval.worlds import dna


@pytest.fixture
def codes():
    random = np.random.default_rng(0)
    letters = random.integers(0, 4, 4000).astype(np.uint8)
    letters[1000:1200] = 4
    return letters


def test_windows_are_known_and_lie_in_the_sequence(codes):
    whole = "".join("ACGTN"[each] for each in codes)
    windows = draw_windows(codes, count=50, length=40)
    assert len(set(windows)) == 50
    assert windows == draw_windows(codes, count=50, length=40) != draw_windows(codes, count=50, length=40, seed=1)
    for each in windows:
        assert len(each) == 41
        assert each in whole
        assert "N" not in each
    with pytest.raises(InputError, match="0 windows of 505 known bases; 200 are drawn; give a longer sequence"):
        draw_windows(codes[900:1300])
    with pytest.raises(InputError, match="0 windows of 505 known bases"):
        draw_windows(codes[:10])


def test_one_base_is_changed_to_another():
    texts = [dna(np.random.default_rng(at), 12) for at in range(200)]
    changed = substitute_once(texts)
    places, bases = Counter(), Counter()
    for one, two in zip(texts, changed, strict=True):
        (at,) = [at for at, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
        places[at] += 1
        bases[two[at]] += 1
    assert set(places) == set(range(11))  # the last base is behind the window
    assert min(bases.values()) > 20
    assert changed == substitute_once(texts) != substitute_once(texts, seed=1)


@pytest.mark.parametrize("name", ["kmer3", "kmer3-step3", "kmer2-merged", "kmer1+2", "random-table"])
def test_changes_are_those_of_the_definition(codes, name):
    """Tokens of the bag that are gone, and the share that is there one base later, by counting."""
    windows = draw_windows(codes, count=20, length=60)
    features = baseline(name)
    mutated = substitute_once(windows)

    def bag(text, stream):
        return Counter(features.streams([text])[stream].ids.tolist())

    for stream, found in enumerate(measure_sensitivity(features, windows)):
        gone, kept, tokens = [], [], []
        for window, other in zip(windows, mutated, strict=True):
            before = bag(window[:-1], stream)
            tokens.append(before.total())
            gone.append((before - bag(other[:-1], stream)).total())
            kept.append((before & bag(window[1:], stream)).total() / before.total())
        assert found.tokens == pytest.approx(np.mean(tokens))
        assert found.changed == pytest.approx(np.mean(gone))
        assert found.kept == pytest.approx(np.mean(kept))
        assert found.changed_share == pytest.approx(np.mean(gone) / np.mean(tokens))


def test_words_of_k_letters_change_with_k_tokens_at_most(codes):
    """And a stride cuts that by as much; a shift by the stride would keep all, one base keeps few."""
    windows = draw_windows(codes, count=60, length=120)
    (each_base,) = measure_sensitivity(WordFeatures(6), windows)
    (each_six,) = measure_sensitivity(WordFeatures(6, 6), windows)
    assert 5 < each_base.changed <= 6
    assert each_six.changed == 1
    assert each_base.kept > 0.98
    assert each_six.kept < 0.1
    assert each_base.name == "kmer6 (4,096)"
