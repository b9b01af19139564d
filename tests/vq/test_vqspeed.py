"""Speeds as ratios, which hold on any machine: many short sequences, opening a model, what is read twice."""

from time import perf_counter

import numpy as np

from genotok import VQTokenizer
from vq import models


def seconds(call, times=5):
    """Time a call a few times: the median."""
    taken = []
    for _ in range(times):
        begin = perf_counter()
        call()
        taken.append(perf_counter() - begin)
    return sorted(taken)[times // 2]


def drawn(n):
    return np.frombuffer(b"ACGT", np.uint8)[np.random.default_rng(0).integers(0, 4, n)].tobytes().decode()


def test_short_sequences_are_encoded_together():
    """20,000 reads of 101 bp take a few times as long as their bases in one piece, not a hundred times."""
    made, text = models.tokenizer(models.flat_model()), drawn(2_020_000)
    reads = [text[at : at + 101] for at in range(0, len(text), 101)]
    assert seconds(lambda: made.encode_batch(reads)) < 12 * seconds(lambda: made.encode_batch([text]))


def test_opening_takes_a_few_readings_of_its_file(tmp_path):
    """A model is opened as fast as its arrays are read and checked: nothing is computed that can wait."""
    made = models.tokenizer(models.flat_model(8, 1, 4096, symmetric=True))
    made.save_pretrained(tmp_path)
    reading = seconds(lambda: dict(np.load(tmp_path / "model.npz")))
    assert seconds(lambda: VQTokenizer.from_pretrained(tmp_path)) < 12 * reading


def test_unknown_bases_slow_little_down():
    """One N in a megabase costs no second pass."""
    made, text = models.tokenizer(models.flat_model()), drawn(2_000_000)
    holed = text[:1_000_000] + "N" + text[1_000_001:]
    assert seconds(lambda: made.codes(holed)) < 3 * seconds(lambda: made.codes(text))
