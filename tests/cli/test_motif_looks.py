"""genotok motif embed and ids: tables, pictures, and what is said of them."""

import json
import subprocess

import numpy as np
import pytest

from cli.desk import environment
from cli.motifdesk import encodings, made, tokenizer
from genotok import open_store
from genotok.tokenizers.motif_clusters import cluster_features

pytestmark = pytest.mark.native

EMBED = ("motif", "embed", "-t", "model", "bins", "--min-count", "8", "--max-count", "9999", "--layout", "pca")


@pytest.fixture
def world(desk):
    for path in made().iterdir():
        (desk.folder / path.name).symlink_to(path)
    return desk


def table(text):
    head, *rows = (line.split("\t") for line in text.splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_bins_that_pass_the_filter_are_laid_out(world):
    """Each with its place, id and group; a sample of them is the same each time."""
    done = world.here(*EMBED)
    assert done.code == 0, done.err
    rows = table(done.out.decode())
    ids = np.concatenate([each.input_ids for each in encodings()])
    counts = np.bincount(ids, minlength=tokenizer().vocab_size)
    counts[[1, *tokenizer().vocabulary.special_ids.values()]] = 0  # the gap, and what no set is called
    wanted = [
        (each.name, *map(str, each.offsets[at].tolist()), str(each.input_ids[at]))
        for each in encodings()
        for at in range(len(each))
        if counts[each.input_ids[at]] >= 8
    ]
    assert [(row["contig"], row["start"], row["end"], row["id"]) for row in rows] == wanted
    assert rows[0]["token"] == tokenizer().convert_ids_to_tokens(int(rows[0]["id"]))
    sampled = [world.here(*EMBED, "--sample", "40").out for _ in range(2)]
    assert sampled[0] == sampled[1]
    assert len(table(sampled[0].decode())) == 40
    assert "modularity" in done.err


def test_tokens_and_features_have_places_too(world):
    words = ("motif", "embed", "-t", "model", "hg38.fa.gz", "--of", "tokens", "--min-count", "3", "--layout", "pca")
    done = world.here(*words, "--json", "-o", "t.tsv", "--plot", "t.png")
    assert done.code == 0, done.err
    told, rows = json.loads(done.out), table((world.folder / "t.tsv").read_text())
    assert told["rows"] == len(rows) == sum(told["groups"])
    assert len({row["id"] for row in rows}) == len(rows)
    assert min(int(row["count"]) for row in rows) >= 3
    assert (world.folder / "t.png").read_bytes().startswith(b"\x89PNG")
    fit = ("motif", "fit", "genome.fa.gz", "-o", "m", "--motifs", "motifs.npz", "--min-count", "2", "--save-ids", "-q")
    assert world.here(*fit).code == 0
    features = table(world.here("motif", "embed", "-t", "m", "--of", "features", "--layout", "tsne").out.decode())
    assert sorted(row["feature"] for row in features) == sorted(tokenizer().features)
    saved = json.loads(world.here("motif", "ids", "-t", "m", "--json").out)
    assert saved["pairs"][0]["score"] == pytest.approx(1.0)


def test_umap_leads_to_tsne(world):
    """Run without its compiler, which takes longer than the work on so few rows."""
    words = world.command(*EMBED[:-2], "--sample", "24", "--json", "-o", "u.tsv")
    quick = environment(NUMBA_DISABLE_JIT="1", PYTHONWARNINGS="ignore")
    done = subprocess.run(words, cwd=world.folder, env=quick, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["settings"]["layout"] == "umap+tsne"
    assert set(told["libraries"]) == {"scikit-learn", "umap-learn", "openTSNE", "igraph"}
    places = np.array([[float(row["x"]), float(row["y"])] for row in table((world.folder / "u.tsv").read_text())])
    assert places.shape == (24, 2)
    assert np.isfinite(places).all()


def test_dependence_is_that_of_the_fit(world):
    """Measured anew on a store, and the clusters at the tokenizer's own distance are its own."""
    done = world.here("motif", "ids", "-t", "model", "bins", "--json", "--plot", "d.svg", "--top", "3")
    assert done.code == 0, done.err
    told, mine = json.loads(done.out), tokenizer()
    own = next(each for each in told["clusters"] if each["distance"] == mine.config.features.distance)
    assert (own["clusters"], own["largest"]) == (mine.n_clusters, int(np.bincount(mine.labels).max()))
    store = open_store(world.folder / "bins")
    scores = cluster_features(store, mine.single, mine.config.features, seed=mine.config.seed).scores
    for each in told["pairs"]:
        one, two = (mine.features.index(each[name]) for name in ("one", "two"))
        assert each["score"] == pytest.approx(float(scores[one, two]))
    rows = table((world.folder / "d.tsv").read_text())
    assert [row["feature"] for row in rows] == list(rows[0])[2:]
    assert (world.folder / "d.svg").read_text().startswith("<svg")
    text = world.here("motif", "ids", "-t", "model", "genome.fa.gz", "--top", "1").out.decode()
    assert "0.38 *" in text


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("motif", "ids", "-t", "model"), 2, "the scores were not saved; name the corpus, or fit with --save-ids"),
        (("motif", "embed", "-t", "model", "--of", "features"), 2, "the dependence scores were not saved"),
        (("motif", "embed", "-t", "model"), 2, "bins are those of a corpus; name a FASTA, or a store"),
        ((*EMBED, "--json"), 2, "--json goes to stdout; send the table elsewhere"),
        ((*EMBED, "--min-count", "9999"), 1, "no token occurs 9,999 to "),
        ((*EMBED, "--components", "1"), 1, "components=1; 2 or more"),
        ((*EMBED, "--plot", "x.jpg"), 2, "promises another format than SVG or PNG"),
        (("motif", "zipf", "-t", "model", "--plot", "x.gif"), 2, "promises another format than SVG or PNG"),
    ],
)
def test_what_can_not_be_done_is_one_line(world, words, code, expected):
    done = world.here(*words)
    assert (done.code, done.out, done.err.count("\n")) == (code, b"", 1), done.err
    assert expected in done.err
