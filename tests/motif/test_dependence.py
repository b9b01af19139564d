"""Dependence scores and clusters: the dense formula and scipy are the judges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import dependence
from genotok.kernels.dependence import add_moments, dependence_of, measure_dependence, sum_moments
from genotok.kernels.linkage import link_average, link_single
from genotok.kernels.sparse import Sparse, slice_sparse
from motif import golden


def compressed(table):
    rows, columns = np.nonzero(table)
    indptr = np.searchsorted(rows, np.arange(len(table) + 1))
    return Sparse(indptr.astype(np.int64), columns.astype(np.int32), table[rows, columns].astype(np.uint8))


def by_definition(table, lengths, combine, min_support):
    """All 36 correlations of each pair, from whole columns."""
    x = table / np.asarray(lengths)
    columns = np.stack([x**k / math.sqrt(math.factorial(k)) * np.exp(-(x**2) / 2) for k in range(6)])  # (6, n, F)
    flat = columns.transpose(2, 0, 1).reshape(-1, len(table))  # feature by feature
    varies = flat.std(axis=1) > 1e-12
    found = np.zeros((len(flat), len(flat)))
    found[np.ix_(varies, varies)] = np.abs(np.atleast_2d(np.corrcoef(flat[varies]))) if varies.any() else 0
    found = found.reshape(x.shape[1], 6, x.shape[1], 6).transpose(0, 2, 1, 3).reshape(x.shape[1], x.shape[1], 36)
    how = {"max": found.max(axis=2), "mean": found.mean(axis=2), "rms": np.sqrt((found**2).mean(axis=2))}
    rare = np.count_nonzero(table, axis=0) < min_support
    scores = np.where(rare[:, None] | rare, 0, np.minimum(how[combine], 1))
    np.fill_diagonal(scores, 1)
    return scores


@st.composite
def samples(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n, features = draw(st.integers(2, 60)), draw(st.integers(1, 6))
    table = random.integers(0, 12, (n, features)) * (
        random.random((n, features)) < draw(st.sampled_from([0.1, 0.5, 1]))
    )
    if features > 2:
        table[:, 2] = table[:, 0]
    return table, random.integers(5, 20, features)


COMBINE = st.sampled_from(["max", "mean", "rms"])


@given(COMBINE, st.sampled_from([7, 2**20]), samples(), st.sampled_from([0, 3]))
def test_scores_are_those_of_the_dense_formula(combine, together, sample, min_support):
    table, lengths = sample
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dependence, "_TOGETHER", together)
        patch.setattr(dependence, "_GROUP", 2)
        scores, support = measure_dependence(compressed(table), lengths, combine=combine, min_support=min_support)
    assert support.tolist() == np.count_nonzero(table, axis=0).tolist()
    assert np.allclose(scores, by_definition(table, lengths, combine, min_support), rtol=0, atol=1e-9)
    assert np.array_equal(scores, scores.T)


@given(COMBINE, samples(), st.data())
def test_moments_of_parts_add_up_to_those_of_the_whole(combine, sample, data):
    table, lengths = sample
    whole, cut = compressed(table), data.draw(st.integers(0, len(table)))
    parts = [sum_moments(slice_sparse(whole, *span), lengths) for span in ((0, cut), (cut, len(table)))]
    scores = dependence_of(add_moments(*parts), combine=combine, min_support=1)
    assert np.allclose(scores, measure_dependence(whole, lengths, combine=combine, min_support=1)[0], rtol=0, atol=1e-9)


def test_scores_of_real_dna_are_the_golden_ones():
    expected, whole = golden.subset_answers(), golden.answers()
    offsets, columns, counts = (whole[f"{golden.PIECES[0]}/rel80/{key}"] for key in ("indptr", "columns", "counts"))
    places = np.full(1684, -1)
    places[expected["features"]] = np.arange(50)
    keep = places[columns] >= 0
    before = np.concatenate([[0], np.cumsum(keep)])
    sample = Sparse(before[offsets], places[columns[keep]].astype(np.int32), counts[keep])
    scores, support = measure_dependence(sample, expected["motif_lengths"])
    assert np.abs(scores - expected["ids_matrix"]).max() < 1e-12
    assert np.array_equal(support, expected["support"])
    assert np.array_equal(link_single(1 - scores, 0.38), expected["labels_single"])
    assert np.array_equal(link_average(1 - scores, 0.38), expected["labels_average"])


def test_no_bins_and_no_features_have_scores_too():
    nothing = Sparse(np.zeros(1, np.int64), np.empty(0, np.int32), np.empty(0, np.uint8))
    assert measure_dependence(nothing, np.array([5, 7]))[0].tolist() == [[1, 0], [0, 1]]
    assert dependence_of(sum_moments(nothing, np.array([5, 7]))).tolist() == [[1, 0], [0, 1]]


@st.composite
def distances(draw):
    """Symmetric distances, often with ties."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(1, 25))
    steps = draw(st.sampled_from([3, 8, 10**9]))
    table = np.triu(random.integers(0, steps + 1, (n, n)) / steps, 1)
    return table + table.T


@pytest.mark.native
@pytest.mark.parametrize(("method", "link"), [("single", link_single), ("average", link_average)])
@given(distances(), st.sampled_from([0, 0.25, 0.38, 0.5, 1]))
def test_partitions_are_those_of_scipy(method, link, table, cut):
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    labels = link(table, cut)
    assert labels.dtype == np.int32
    assert len(table) == 1 or same(labels, fcluster(linkage(squareform(table), method), cut, "distance"))
    firsts = [np.flatnonzero(labels == label)[0] for label in range(labels.max() + 1)]
    assert firsts == sorted(firsts)


def same(one, two):
    """Tell whether two labellings make the same parts."""
    return len(set(zip(one.tolist(), two.tolist(), strict=True))) == len(set(one.tolist())) == len(set(two.tolist()))
