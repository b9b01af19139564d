"""Genomes by lineage: scores are those of scikit-learn, components those of the decomposition, and chance is told."""

import gzip

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import NearestNeighbors

from genotok.analysis.vq_baselines import WordFeatures, baseline
from genotok.analysis.vq_features import bag_of
from genotok.analysis.vq_lineages import (
    Genomes,
    bags_by_level,
    leading_components,
    lineage_windows,
    mask_clustered,
    read_genomes,
    score_lineages,
)
from genotok.errors import InputError, SequenceError
from genotok.kernels import separation
from genotok.kernels.separation import neighbour_purity, silhouette
from genotok.values.csr import CsrMatrix
from vq_eval.worlds import dna


def mutants(random, base, n, changes):
    """Copies of a genome, each with some substitutions of its own."""
    texts = []
    for _ in range(n):
        letters = list(base)
        for at in random.choice(len(letters), changes, replace=False):
            letters[at] = "ACGT"[random.integers(4)]
        texts.append("".join(letters))
    return texts


def world(n=14, length=900, changes=6, seed=0):
    """Three lineages of one ancestor, of which the last is too small to be scored."""
    random = np.random.default_rng(seed)
    ancestor = dna(random, length)
    groups = {"Alpha": n, "Delta": n + 3, "Few": 4}
    texts, names = [], []
    for group, size in groups.items():
        (founder,) = mutants(random, ancestor, 1, 25)
        texts += mutants(random, founder, size, changes)
        names += [group] * size
    ids = tuple(f"g{at}" for at in range(len(texts)))
    return Genomes(ids, tuple(f"{name}.1" for name in names), tuple(names), tuple(texts))


def write_genomes(path, genomes):
    rows = zip(genomes.names, genomes.lineages, genomes.groups, genomes.texts, strict=True)
    path.write_bytes(gzip.compress("".join(f">{a}|{b}|{c}\n{text}\n" for a, b, c, text in rows).encode(), mtime=0))
    return path


@pytest.mark.parametrize("seed", range(4))
def test_silhouette_and_purity_equal_those_of_scikit_learn(seed, monkeypatch):
    """Also where rows are done a few at a time, and a label has one point."""
    monkeypatch.setattr(separation, "_CELLS", 200)
    random = np.random.default_rng(seed)
    points, labels = random.normal(size=(60, 4)), random.integers(0, 4, 60).astype(np.int32)
    labels[0], points = 4, points + labels[:, None]
    assert silhouette(points, labels) == pytest.approx(silhouette_samples(points, labels), abs=1e-9)
    near = NearestNeighbors(n_neighbors=7).fit(points).kneighbors(return_distance=False)
    assert neighbour_purity(points, labels, 7) == pytest.approx((labels[near] == labels[:, None]).mean(axis=1))


def test_few_points_have_few_neighbours():
    points, labels = np.array([[0.0], [1.0], [1.5]]), np.array([0, 1, 1], np.int32)
    assert neighbour_purity(points, labels, 10).tolist() == [0, 0.5, 0.5]
    assert silhouette(points[:1], labels[:1]).tolist() == [0]


@pytest.mark.parametrize("shape", [(12, 40), (40, 12)])
def test_components_are_those_of_the_decomposition(shape):
    """Up to their sign, of which the largest number is positive; constant columns count for nothing."""
    random = np.random.default_rng(1)
    dense = random.integers(0, 3, shape).astype(np.float32)
    dense[:, 3] = 2
    rows, columns = np.nonzero(dense)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    found = leading_components(CsrMatrix(indptr, columns, dense[rows, columns], shape), 5)
    wanted = PCA(5, svd_solver="full").fit_transform(dense)
    assert np.allclose(np.abs(found), np.abs(wanted), atol=1e-5)
    assert (found[np.abs(found).argmax(axis=0), np.arange(5)] > 0).all()
    assert np.all(np.diff((found**2).sum(axis=0)) <= 1e-9)


def test_alike_genomes_have_no_components():
    with pytest.raises(InputError, match="all genomes are alike; give genomes that differ"):
        leading_components(bag_of(WordFeatures(2), ["ACGT"] * 5))


def test_lineages_lie_together_where_codes_see_substitutions():
    """Words of six letters see them; the small group is nobody's neighbour."""
    genomes = world()
    bag = bag_of(baseline("kmer6"), genomes.texts)
    score = score_lineages("kmer6", leading_components(bag), genomes, bag.shape[1])
    assert score.purity > 0.98
    assert score.silhouette > 0.2
    assert (score.name, score.columns) == ("kmer6", 4096)
    assert set(score.by_group) == {"Alpha", "Delta"}
    assert score.macro == pytest.approx(np.mean(list(score.by_group.values())))
    assert score.purity == pytest.approx((14 * score.by_group["Alpha"] + 17 * score.by_group["Delta"]) / 31)
    assert score.chance == pytest.approx((14 * 13 + 17 * 16) / (31 * 30))


def test_random_labels_score_chance():
    """Of points that know nothing of their labels purity is about the chance that is told."""
    random = np.random.default_rng(0)
    groups = tuple(random.permutation(["a"] * 150 + ["b"] * 50).tolist())
    genomes = Genomes(groups, groups, groups, groups)
    score = score_lineages("x", random.normal(size=(200, 3)), genomes, 3)
    assert score.purity == pytest.approx(score.chance, abs=0.05)


def test_one_group_has_nothing_to_be_told_from():
    genomes = Genomes(("a",) * 12, ("a",) * 12, ("a",) * 12, ("ACGT",) * 12)
    with pytest.raises(InputError, match="1 groups of 10 genomes or more; give two at least"):
        score_lineages("x", np.zeros((12, 2)), genomes, 2)


def test_each_stream_has_a_bag_of_its_own():
    """The whole, then the parts, which are its columns."""
    texts = [dna(np.random.default_rng(at), 50) for at in range(3)]
    (_, whole), *parts = bags_by_level(baseline("kmer1+2+3"), texts)
    assert [name for name, _ in parts] == [
        "kmer1+2+3, level 1 (4)",
        "kmer1+2+3, level 2 (16)",
        "kmer1+2+3, level 3 (64)",
    ]
    for k, (_, bag) in enumerate(parts, start=1):
        assert bag == bag_of(WordFeatures(k), texts)
    assert np.array_equal(np.hstack([bag.to_dense() for _, bag in parts]), whole.to_dense())
    assert [name for name, _ in bags_by_level(WordFeatures(2), texts)] == ["kmer2"]


def test_headers_name_the_groups(tmp_path):
    """Gaps of an alignment are taken out and counted; lower case and N are read."""
    path = tmp_path / "x.fa"
    path.write_text(">a|B.1|Alpha what else\nAC-G\nTn\n>b|B.2|Delta\nA-C-\n")
    found = read_genomes(path)
    assert (found.texts, found.gaps) == (("ACGTN", "AC"), 3)
    assert (found.names, found.lineages, found.groups) == (("a", "b"), ("B.1", "B.2"), ("Alpha", "Delta"))
    assert found.sizes == {"Alpha": 1, "Delta": 1}
    path.write_text(">a|B.1|Alpha\nAC\n>b\nAC\n")
    with pytest.raises(InputError, match=r"x\.fa:3: the header 'b'; write >id\|lineage\|group"):
        read_genomes(path)
    path.write_text(">a|B.1|Alpha\nACJ\n")
    with pytest.raises(SequenceError, match="letter 'J' at base 3"):
        read_genomes(path)


def test_positions_that_many_lack_are_masked_in_all():
    texts = ("ACGTA", "ANGTAC", "ANGTN", "ACGTA")
    genomes = Genomes(texts, texts, texts, texts)
    assert mask_clustered(genomes, 0.3).texts == ("ANGTA", "ANGTAC", "ANGTN", "ANGTA")
    assert mask_clustered(genomes, 0.2).texts == ("ANGTN", "ANGTNC", "ANGTN", "ANGTN")
    assert mask_clustered(genomes, 0.5).texts == texts


def test_windows_are_split_by_genome(tmp_path, monkeypatch):
    """No genome gives windows to two splits; windows of many unknown bases and small groups are left out."""
    monkeypatch.setattr("genotok.analysis.vq_lineages._LARGE", 15)
    genomes = world(n=20, length=2600, changes=150)
    texts = (genomes.texts[0][:1100] + "N" * 10 + genomes.texts[0][1110:], *genomes.texts[1:])
    task = lineage_windows(
        write_genomes(tmp_path / "x.fa.gz", Genomes(genomes.names, genomes.lineages, genomes.groups, texts))
    )
    assert task.classes == 2
    owner = {text[at : at + 1000]: row for row, text in enumerate(texts) for at in (0, 1000)}
    owners = {split: {owner[each] for each in rows.texts} for split, rows in task.splits.items()}
    assert sum(map(len, owners.values())) == len(set().union(*owners.values()))
    whole = [each for rows in task.splits.values() for each in rows.texts]
    assert len(whole) == 2 * 43 - 1
    assert set().union(*owners.values()) == set(range(43))
    assert len(owners["test"]) == pytest.approx(0.2 * 43, abs=3)
    for rows in task.splits.values():
        for text, label in zip(rows.texts, rows.labels.tolist(), strict=True):
            assert genomes.groups[owner[text]] == ("Alpha", "Delta")[label]
    monkeypatch.setattr("genotok.analysis.vq_lineages._LARGE", 22)
    with pytest.raises(InputError, match=r"x\.fa\.gz: 1 large groups; two groups of 22"):
        lineage_windows(tmp_path / "x.fa.gz")
