"""Embeddings keep like rows together, repeat themselves, and say what they lack; pictures become PNG as they are."""

import struct
import sys
import zlib

import numpy as np
import pytest

from genotok.analysis import svg
from genotok.analysis.dependencepicture import count_clusters, order_by_cluster, strongest_pairs
from genotok.analysis.embedding import EmbeddingConfig, embed, find_groups, leading_columns
from genotok.analysis.png import render_png
from genotok.errors import ConfigError, InputError, MissingExtraError
from genotok.values.motiffeatures import MotifFeatures
from motif.worlds import subset_motifs

pytestmark = pytest.mark.native
SMALL = EmbeddingConfig(layout="tsne", components=8, neighbours=10, subneighbours=5)


def clouds(n=30, seed=0):
    """Three clouds of rows, each high in a column of its own; the last is twice as large."""
    random = np.random.default_rng(seed)
    kinds = np.repeat([0, 1, 2, 2], n)
    rows = random.random((len(kinds), 6)) * 0.2
    rows[np.arange(len(kinds)), kinds] += 3
    return rows, kinds


@pytest.mark.parametrize("layout", ["tsne", "pca"])
def test_rows_of_a_kind_lie_together(layout):
    rows, kinds = clouds()
    found = embed(rows, EmbeddingConfig(**vars(SMALL) | {"layout": layout}))
    centres = np.stack([found.places[kinds == each].mean(axis=0) for each in range(3)])
    nearest = np.linalg.norm(found.places[:, None] - centres[None], axis=2).argmin(axis=1)
    assert (nearest == kinds).mean() > 0.95
    for group in range(len(found.sizes)):
        assert len(set(kinds[found.groups == group].tolist())) == 1
    assert found.sizes == sorted(found.sizes, reverse=True)
    assert sum(found.sizes) == len(rows)
    assert found.modularity > 0.4
    leaders = leading_columns(rows, found.groups)
    assert all(row[0] == kinds[found.groups == group][0] for group, row in enumerate(leaders))
    assert found.to_dict()["settings"]["layout"] == layout


def test_equal_seeds_give_equal_places_and_groups():
    rows, _ = clouds()
    one, two = (embed(rows, SMALL) for _ in range(2))
    for name in ("places", "groups", "subgroups"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert set(one.libraries) == {"scikit-learn", "openTSNE", "igraph"}


def test_modularity_is_that_of_its_definition():
    """Of the edges, the share inside groups less what degrees alone would give."""
    rows, _ = clouds(10, seed=1)
    groups, modularity = find_groups(rows, 4, seed=3)
    distances = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    near = np.zeros((len(rows), len(rows)), dtype=bool)
    np.put_along_axis(near, np.argsort(distances, axis=1)[:, :4], True, axis=1)
    graph = (near | near.T).astype(float)
    degrees, twice = graph.sum(axis=1), graph.sum()
    same = groups[:, None] == groups[None]
    assert modularity == pytest.approx(((graph - np.outer(degrees, degrees) / twice) * same).sum() / twice)


def test_what_has_no_layout_is_refused():
    with pytest.raises(InputError, match=r"rows of \(5, 3\) are too few"):
        embed(np.eye(5, 3))
    with pytest.raises(InputError, match="all rows are alike"):
        embed(np.ones((20, 3)))
    with pytest.raises(ConfigError, match="layout='map'; umap"):
        EmbeddingConfig(layout="map")
    with pytest.raises(ConfigError, match="neighbours=0; 1 or more"):
        EmbeddingConfig(neighbours=0)


@pytest.mark.parametrize(
    ("module", "package"), [("igraph", "igraph"), ("umap", "umap-learn"), ("openTSNE", "openTSNE")]
)
def test_a_missing_package_is_named_with_its_extra(monkeypatch, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"{package} is not installed; pip install 'genotok\[motif\]'"):
        embed(clouds()[0], EmbeddingConfig(layout="tsne" if module == "openTSNE" else "umap"))


def test_rows_on_a_line_lie_on_a_line():
    rows = np.outer(np.arange(20.0), [1.0, 2.0])
    found = embed(rows, EmbeddingConfig(layout="tsne"))
    assert not found.places[:, 1].any()
    assert len(np.unique(found.places[:, 0])) == 20


def test_clusters_by_distance_are_those_of_the_tokenizer():
    features = MotifFeatures.of(subset_motifs())
    n = len(features)
    random = np.random.default_rng(0)
    scores = random.random((n, n))
    scores = np.maximum(scores, scores.T)
    np.fill_diagonal(scores, 1)
    rows = count_clusters(scores, features, linkage="average", distances=(0.5, 0.1))
    assert [each.distance for each in rows] == [0.1, 0.5]
    for each in rows:
        labels = features.clustered(scores, linkage="average", distance=each.distance).labels
        sizes = np.bincount(labels)
        assert (each.clusters, each.largest, each.single) == (len(sizes), sizes.max(), np.sum(sizes == 1))
    pairs = strongest_pairs(scores, 7)
    wanted = sorted((-scores[a, b], a, b) for a in range(n) for b in range(a + 1, n))[:7]
    assert [(-score, one, two) for one, two, score in pairs] == wanted
    order = order_by_cluster(np.array([0, 1, 0, 2, 1, 0]))
    assert order.tolist() == [0, 2, 5, 1, 4, 3]


def pixels(png):
    """Read a PNG of 8 bits a colour: (height, width, channels)."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    channels, at, data = {2: 3, 6: 4}[kind], 8, b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        data += png[at + 8 : at + 8 + size] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += size + 12
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, width * channels + 1)
    table = np.zeros((height, width * channels), dtype=np.int64)
    for row in range(height):
        kind, line = int(raw[row, 0]), raw[row, 1:].astype(np.int64)
        above = table[row - 1] if row else np.zeros_like(line)
        for column in range(len(line)):
            left = table[row, column - channels] if column >= channels else 0
            corner = above[column - channels] if column >= channels else 0
            guess = left + above[column] - corner
            ranked = sorted((left, above[column], corner), key=lambda each: abs(guess - each))
            paeth = next(e for e in (left, above[column], corner) if abs(guess - e) == abs(guess - ranked[0]))
            line[column] = (line[column] + (0, left, above[column], (left + above[column]) // 2, paeth)[kind]) % 256
            table[row, column] = line[column]
    return table.reshape(height, width, channels)


def test_a_picture_has_the_same_boxes_as_png():
    """In the places, and the colours, that the SVG says; the same bytes each time."""
    body = [
        svg.path("M4 4H12V12H4z", "solid"),
        '<rect class="sheet" x="20" y="4" width="8" height="8"/>',
        '<circle fill="#ff0000" cx="36" cy="8" r="4"/>',
        svg.path("M4 20h8", "curve"),
        svg.text(30, 28, "$a$ & b", "title"),
    ]
    picture = svg.document(48, 32, "x", "y", body)
    png = render_png(picture, scale=1)
    assert png == render_png(picture, scale=1)
    found = pixels(png)[..., :3]
    assert found.shape == (32, 48, 3)
    for (x, y), colour in {
        (1, 1): "f7f9f8",
        (8, 8): "0b6153",
        (24, 8): "ffffff",
        (36, 8): "ff0000",
        (8, 19): "0b6153",
        (8, 25): "f7f9f8",
    }.items():
        assert bytes(found[y, x].astype(np.uint8)).hex() == colour, (x, y)
    assert (found[16:30, 30:] < 100).any()


def test_what_no_picture_has_is_refused():
    with pytest.raises(InputError, match="<line> is not among"):
        render_png(svg.document(9, 9, "x", "y", ["<line/>"]))
    with pytest.raises(InputError, match="a path with 'C' is not among"):
        render_png(svg.document(9, 9, "x", "y", [svg.path("M0 0C1 1 2 2 3 3", "curve")]))


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"matplotlib is not installed; pip install 'genotok\[motif\]'"):
        render_png("")
