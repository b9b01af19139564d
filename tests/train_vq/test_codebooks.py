"""Codebooks: where they start, how they follow, and how dead codes come back."""

import numpy as np
import pytest
import torch

from genotok.errors import ConfigError
from genotok.train import vq_ema
from genotok.train.vq_ema import DEAD_STEPS, EmaCodebook
from genotok.train.vq_init import start_codebook
from train_vq.worlds import rows

pytestmark = pytest.mark.native


def clusters(n_clusters, count, seed=0):
    """Scatter rows closely around places 10 apart."""
    places = 10 * np.arange(n_clusters)[:, None] * np.ones(3)
    near = rows(count * n_clusters, 3, seed).reshape(count, n_clusters, 3) / 4
    return torch.from_numpy((places + near).astype(np.float32).reshape(-1, 3))


def test_nearest_is_the_nearest_with_ties_to_the_lowest(monkeypatch):
    """By the definition, whatever number of scores is held at a time."""
    monkeypatch.setattr(vq_ema, "_SCORES", 40)
    vectors = torch.from_numpy(rows(7, 3, 1)[[0, 1, 2, 0, 3, 4, 5]])
    batch = torch.from_numpy(rows(50, 3, 2))
    distances = (batch[:, None].double() - vectors[None].double()).square().sum(dim=2)
    found = EmaCodebook(vectors, torch.ones(7)).nearest(batch)
    assert found.tolist() == distances.argmin(dim=1).tolist()
    assert 3 not in found
    assert EmaCodebook(tensor_of([[1.0], [1.0]]), torch.ones(2)).nearest(tensor_of([[5.0]])).tolist() == [0]


def tensor_of(values):
    return torch.tensor(values)


def test_k_means_gives_every_code_rows_that_are_near_it():
    """Each vector is about the mean of its rows, all are used, and counts are those of one step."""
    data = clusters(10, 40)
    book = start_codebook(data, 20, seed=3, batch=100)
    codes = book.nearest(data)
    means = torch.stack([data[codes == code].mean(dim=0) for code in range(20)])
    torch.testing.assert_close(book.vectors, means, atol=0.5, rtol=0)
    assert book.counts.sum().item() == pytest.approx(100)
    torch.testing.assert_close(book.counts, torch.bincount(codes, minlength=20) / 4)
    torch.testing.assert_close(book.sums, book.vectors * book.counts[:, None])
    assert (data - book.vectors[codes]).square().mean() < 5


def test_k_means_needs_rows_that_differ():
    """Two refusals: too few tokens, and too few that differ."""
    with pytest.raises(ConfigError, match=r"90 tokens for 6 codes; give more sequence, or fewer codes: 16 tokens"):
        start_codebook(clusters(6, 15), 6, seed=0, batch=1)
    with pytest.raises(ConfigError, match=r"the corpus has 2 different tokens for 3 codes"):
        start_codebook(tensor_of([[0.0], [1.0]]).repeat(40, 1), 3, seed=0, batch=1)


def test_a_planted_dead_code_restarts_on_a_row_of_the_batch():
    """It waits for twenty steps below 5 % of the mean use, then is put where rows are, and is used again."""
    data = clusters(4, 25)
    book = start_codebook(data, 4, seed=0, batch=100)
    book.vectors[2] = 1e6
    book.sums[2] = 1e6 * book.counts[2]
    restarted = []
    for step in range(80):
        codes = book.nearest(data)
        book.update(data, codes)
        restarted.append(book.restart(data, seed=step))
        if restarted[-1]:
            assert (data == book.vectors[2]).all(dim=1).any()
            break
    assert restarted.count(1) == 1
    assert DEAD_STEPS < len(restarted) < 60
    assert 2 in book.nearest(data)


def test_at_most_a_twentieth_of_the_codes_restart_in_a_step():
    """Of 40 dead codes of 60, three at a time; those that live stay."""
    data = clusters(20, 30)
    book = EmaCodebook(torch.from_numpy(rows(60, 3, 4)), torch.full((60,), 10.0))
    book.low[:40] = DEAD_STEPS
    book.recent[:40] = 0
    before = book.vectors[40:].clone()
    assert [book.restart(data, seed=step) for step in range(15)] == [3] * 13 + [1, 0]
    assert torch.equal(book.vectors[40:], before)


def test_a_code_that_nobody_uses_keeps_its_vector_while_its_count_fades():
    """Sums and counts fade alike."""
    book = EmaCodebook(tensor_of([[0.0], [8.0]]), torch.ones(2), decay=0.5)
    for _ in range(10):
        book.update(tensor_of([[1.0]]), tensor_of([0]))
    assert book.vectors[1].item() == 8
    assert book.counts[1].item() == 2**-10
