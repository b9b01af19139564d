"""Hits, bins and sparse matrices: what they promise, and what they refuse."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import CapacityError, ConfigError, HitsError, InputError
from genotok.kernels import sparse
from genotok.kernels.draws import sample_bins, splitmix64
from genotok.values.bins import MotifBins
from genotok.values.csr import CsrMatrix
from genotok.values.hits import MotifHits
from genotok.values.motiffeatures import MotifFeatures
from genotok.values.motifs import MotifSet


@st.composite
def dense_tables(draw):
    shape = draw(st.integers(0, 7)), draw(st.integers(1, 9))
    size = shape[0] * shape[1]
    cells = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 7]), min_size=size, max_size=size))
    return np.array(cells, dtype=np.int64).reshape(shape)


def compressed(table):
    rows, columns = np.nonzero(table)
    indptr = np.searchsorted(rows, np.arange(len(table) + 1))
    return CsrMatrix(indptr, columns, table[rows, columns], table.shape)


@given(dense_tables(), st.data())
def test_a_sparse_matrix_does_what_the_dense_one_does(table, data):
    matrix = compressed(table)
    assert np.array_equal(matrix.to_dense(), table)
    assert matrix.nnz == np.count_nonzero(table)
    first, last, step = (data.draw(st.none() | st.integers(-8, 8)) for _ in range(3))
    step = step or None
    assert np.array_equal(matrix.rows(slice(first, last, step)).to_dense(), table[first:last:step])
    places = data.draw(st.lists(st.integers(0, len(table) - 1), max_size=9)) if len(table) else []
    assert np.array_equal(matrix.take(np.array(places, dtype=int)).to_dense(), table[places])
    assert np.array_equal(matrix.at_least(2).to_dense(), np.where(table >= 2, table, 0))
    divisors = np.arange(1, table.shape[1] + 1)
    assert np.array_equal(matrix.divide_columns(divisors).to_dense(), table / divisors)
    assert pickle.loads(pickle.dumps(matrix)) == matrix
    assert matrix.astype(np.float32).data.dtype == np.float32


@pytest.mark.parametrize("together", [1, 5, 2**20])
@given(dense_tables(), st.data())
def test_columns_of_a_label_are_averaged_in_their_order(together, table, data):
    n_labels = data.draw(st.integers(1, 5))
    labels = np.array(
        data.draw(st.lists(st.integers(0, n_labels - 1), min_size=table.shape[1], max_size=table.shape[1]))
    )
    values = table / 7
    expected = np.zeros((len(table), n_labels))
    for row in range(len(table)):
        for column, label in enumerate(labels.tolist()):
            expected[row, label] += values[row, column]
        expected[row] /= np.maximum(np.bincount(labels, minlength=n_labels), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sparse, "_TOGETHER", together)
        found = compressed(table).divide_columns(np.full(table.shape[1], 7)).mean_by_label(labels, n_labels)
    assert found.shape == expected.shape
    assert np.array_equal(found.to_dense(), expected)
    assert np.all(found.data > 0)


@pytest.mark.native
@given(dense_tables())
def test_scipy_takes_it_and_gives_it_back(table):
    from scipy.sparse import coo_array

    matrix = compressed(table)
    assert np.array_equal(matrix.to_scipy().toarray(), table)
    assert CsrMatrix.from_scipy(matrix.to_scipy()) == matrix
    twice = coo_array((np.ones(3), ([1, 0, 1], [2, 1, 2])), shape=(2, 3))
    assert CsrMatrix.from_scipy(twice).to_dense().tolist() == [[0, 1, 0], [0, 0, 2]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"indptr": [0, 1]}, r"^2 offsets, 3 columns and 3 values make no matrix of 2 x 3; offsets start at 0, never"),
        ({"indptr": [0, 4, 3]}, r"^3 offsets, 3 columns and 3 values make no matrix"),
        ({"indptr": [0, 2, 2]}, r"^3 offsets, 3 columns and 3 values make no matrix"),
        ({"data": [1, 2]}, r"^3 offsets, 3 columns and 2 values make no matrix"),
        ({"indices": [0, 3, 1]}, r"^a column is outside 0 to 2; shape is \(rows, columns\)$"),
        ({"indices": [2, 0, 1]}, r"^row 0: columns do not ascend; sort each row"),
        ({"indices": [0, 1, 1], "indptr": [0, 1, 3]}, r"^row 1: columns do not ascend;"),
    ],
)
def test_a_matrix_is_checked_at_birth(fields, message):
    whole = {"indptr": [0, 2, 3], "indices": [0, 2, 1], "data": [1, 2, 3], "shape": (2, 3)}
    assert CsrMatrix(**whole).nnz == 3
    with pytest.raises(InputError, match=message):
        CsrMatrix(**(whole | fields))


def test_a_matrix_too_large_is_not_written_out():
    huge = CsrMatrix(np.zeros(2**20 + 1, np.int64), np.empty(0), np.empty(0), (2**20, 2**20))
    with pytest.raises(CapacityError, match=r"^the dense matrix would take 8,192\.0 GiB; take some rows at a time$"):
        huge.to_dense()
    with pytest.raises(InputError, match=r"^1 labels for 1,048,576 columns; one label for each column, from 0 to 0$"):
        huge.mean_by_label([0])


MOTIFS = MotifSet.from_counts({"A": [[9, 0, 0, 0]] * 3, "B": [[0, 9, 0, 0]] * 5})


def test_hits_are_found_by_motif_and_strand():
    hits = MotifHits([1, 5, 2, 7, 9], [0, 2, 3, 3, 5])
    assert [hits.row(motif, strand).tolist() for motif in (0, -1) for strand in "+-"] == [[1, 5], [2], [], [7, 9]]
    assert (len(hits), hits.counts.tolist()) == (5, [2, 1, 0, 2])


@pytest.mark.parametrize(
    ("starts", "offsets", "message"),
    [
        ([1, 2], [0, 2], r"^2 offsets do not cut 2 hits into motifs and strands; offsets start at 0"),
        ([1, 2], [0, 1, 1], r"^3 offsets do not cut 2 hits"),
        ([2, 1], [0, 2, 2], r"^row 0: starts do not ascend; sort each row, and drop repeats$"),
        ([1, 3, 3], [0, 1, 3], r"^row 1: starts do not ascend;"),
        ([-1], [0, 1, 1], r"^start -1 is negative; starts are 0-based$"),
    ],
)
def test_hits_are_checked_at_birth(starts, offsets, message):
    with pytest.raises(HitsError, match=message):
        MotifHits(starts, offsets)


def test_hits_fit_their_motifs_and_their_sequence():
    hits = MotifHits([1, 5, 2], [0, 2, 2, 2, 3])
    hits.check(MOTIFS, 8)
    assert pickle.loads(pickle.dumps(hits)) == hits
    with pytest.raises(
        HitsError, match=r"^a hit of A ends at 8, beyond the 7 bases; starts are 0-based, windows as wide"
    ):
        hits.check(MOTIFS, 7)
    with pytest.raises(HitsError, match=r"^hits of 2 motifs, not of 1; give their own set$"):
        hits.check(MOTIFS.subset([0]), 8)
    with pytest.raises(HitsError, match=r"^strand '\.'; '\+' or '-'$"):
        hits.row(0, ".")


def test_bins_are_the_whole_sequence():
    bins = MotifBins.of_sequence([0, 2, 5], np.array([4, 4, 0, 4, 1], np.uint8))
    assert (bins.widths.tolist(), bins.is_gap.tolist()) == ([2, 3], [True, False])
    assert bins.locate([0, 1, 2, 4]).tolist() == [0, 0, 1, 1]
    assert pickle.loads(pickle.dumps(bins)) == bins
    assert len(MotifBins([0], [])) == 0
    with pytest.raises(InputError, match=r"^position 5 is outside the 5 bases; positions are 0-based$"):
        bins.locate([5])
    with pytest.raises(InputError, match=r"^3 boundaries and 1 flags make no bins; boundaries ascend from 0;"):
        MotifBins([0, 2, 5], [False])
    with pytest.raises(InputError, match=r"^2 boundaries and 1 flags make no bins;"):
        MotifBins([1, 2], [False])
    with pytest.raises(InputError, match=r"^the last bin does not end at 3; bins are the whole sequence$"):
        MotifBins.of_sequence([0, 2], np.zeros(3, np.uint8))


def test_features_are_motifs_on_both_strands_and_cpg_last():
    features = MotifFeatures.of(MotifSet.from_jaspar())
    assert (len(features), features.n_clusters) == (1684, 1684)
    assert features.texts[:3] == ("MA0002.2+", "MA0002.2-", "MA0003.4+")
    assert features.texts[-2:] == ("CpG+", "CpG-")
    assert features.lengths[-3:].tolist()[1:] == [1, 1]
    bare = MotifFeatures.of(MotifSet.from_jaspar(), cpg=False)
    assert bare.texts == features.texts[:-2]
    assert features.cluster_texts == features.texts


@given(st.lists(st.integers(-3, 5), min_size=6, max_size=6))
def test_clusters_count_from_0_by_their_smallest_member(labels):
    features = MotifFeatures.of(MOTIFS).labelled(labels)
    order = list(dict.fromkeys(labels))
    assert features.labels.tolist() == [order.index(label) for label in labels]
    for cluster, label in enumerate(order):
        members = [place for place, each in enumerate(labels) if each == label]
        assert features.members(cluster).tolist() == members
        assert features.sizes[cluster] == len(members)
        assert features.cluster_texts[cluster] == (f"c{cluster}" if len(members) > 1 else features.texts[members[0]])
    assert pickle.loads(pickle.dumps(features)) == features


def test_features_are_clustered_by_their_scores():
    scores = np.eye(6)
    scores[0, 2] = scores[2, 0] = scores[2, 4] = scores[4, 2] = 0.62
    features = MotifFeatures.of(MOTIFS)
    assert features.clustered(scores).labels.tolist() == [0, 1, 0, 2, 0, 3]
    assert features.clustered(scores, linkage="average").n_clusters == 5
    assert features.clustered(scores, distance=0.37).n_clusters == 6
    with pytest.raises(ConfigError, match=r"^linkage is 'ward'; 'single' or 'average'$"):
        features.clustered(scores, linkage="ward")
    with pytest.raises(ConfigError, match=r"^distance is 1\.5; it lies between 0 and 1$"):
        features.clustered(scores, distance=1.5)
    with pytest.raises(
        InputError, match=r"^labels do not count from 0 by the smallest member; MotifFeatures\.labelled"
    ):
        MotifFeatures(("a", "b"), [1, 1], [1, 0])
    with pytest.raises(InputError, match=r"^2 features, 1 lengths and 2 labels; one of each for every feature$"):
        MotifFeatures(("a", "b"), [1], [0, 1])


def test_numbers_are_scattered_as_published():
    """The first values of Vigna's splitmix64 from the seed 1234567."""
    state = [(1234567 + step * 0x9E3779B97F4A7C15) % 2**64 for step in range(5)]
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert splitmix64(np.array(state, dtype=np.uint64)).tolist() == expected


def test_a_sample_depends_on_place_and_seed_alone():
    starts = np.arange(0, 10**6, 15, dtype=np.int64)
    whole = sample_bins(starts, contig=3, share=0.3, seed=7)
    assert abs(whole.mean() - 0.3) < 0.01
    assert np.array_equal(sample_bins(starts[999:], contig=3, share=0.3, seed=7), whole[999:])
    assert not np.array_equal(sample_bins(starts, contig=4, share=0.3, seed=7), whole)
    assert not np.array_equal(sample_bins(starts, contig=3, share=0.3, seed=8), whole)
    assert np.all(whole[sample_bins(starts, contig=3, share=0.1, seed=7)])
    assert sample_bins(starts, contig=3, share=1, seed=7).all()
    assert not sample_bins(starts, contig=3, share=0, seed=7).any()
