"""genotok motif claims: figures of a small genome decide; a step that is done is kept; what is missing is told."""

import json

import pytest

from cli.motifdesk import made
from genotok.cli.motif.claiming import join_known

pytestmark = pytest.mark.native

WORDS = ("motif", "claims", "--data", ".", "--genome", "genome.fa.gz", "--motifs", "motifs.npz", "--bases", "12000")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where runs keep what they measure, for each other."""
    return tmp_path_factory.mktemp("claims") / "kept"


@pytest.fixture
def world(desk):
    for name in ("genome.fa.gz", "motifs.npz"):
        (desk.folder / name).symlink_to(made() / name)
    return desk


def verdicts(path):
    return {each["key"]: each for each in json.loads(path.read_text())["claims"]}


def test_figures_of_a_genome_decide(world, kept):
    """With 24 motifs a count is refuted and the length of a window is not; a second run measures nothing anew."""
    done = world.here(*WORDS, "--work", kept, "-o", "page.md")
    assert done.code == 0, done.err
    found = verdicts(world.folder / "page.json")
    features, windows = found["features"], found["shorter"]
    assert (features["figures"]["motifs.features"]["value"], features["verdict"]) == (50, "refuted")
    assert windows["figures"]["bins.mean"]["value"] >= 10
    assert windows["verdict"] == "reproduced"
    assert {found[key]["verdict"] for key in ("k562", "zipf_bpe4096")} == {"not checkable"}  # 12 kb for 4,096 tokens
    assert found["covered"]["figures"]["bins.covered"]["corpus"] == "genome.fa.gz, first 12,000 of its known stretches"
    page = (world.folder / "page.md").read_text()
    assert page.startswith("# The paper's claims, checked\n\nMade by `genotok motif claims --genome genome.fa.gz ")
    assert "missing: k562.onehot.pearson, k562.tokens.pearson; needs the K562 ATAC-seq track" in page
    again = world.here(*WORDS, "--work", kept, "-o", "again.md")
    assert again.code == 0, again.err
    assert again.err.count("kept from an earlier run") == 9
    assert (world.folder / "again.json").read_text() == (world.folder / "page.json").read_text()
    other = world.here(*WORDS[:-1], "9000", "--work", kept)
    assert other.code == 2
    assert f"{kept} is of another corpus or other settings; name another --work" in other.err
    counted = json.loads(world.here("motif", "zipf", "-t", kept / "model", kept / "bins", "--json").out)
    assert counted["corpora"][0]["records"][0]["r"] == found["zipf_all"]["figures"]["zipf.all"]["value"]


def test_figures_of_networks_are_taken_from_a_file(world, kept):
    """By their names; the rule decides about them as about the others."""
    gap = {"value": 0.04, "corpus": "yeast", "command": "models.py"}
    world.write(
        "models.json",
        json.dumps({"figures": {"yeast-atac.pearson_gap": gap, "yeast-atac.f1_gap": {**gap, "value": 1}}}),
    )
    done = world.here(*WORDS, "--models", "models.json", "--work", kept)
    assert done.code == 0, done.err
    found = verdicts(world.folder / "claims.json")
    assert (found["comparable"]["verdict"], found["peaks"]["verdict"]) == ("reproduced", "refuted")
    assert found["comparable"]["figures"]["yeast-atac.pearson_gap"] == gap | {"spread": ""}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--genome", "nosuch.fa"], 2, "nosuch.fa is not there; name a FASTA in the folder"),
        (["-o", "page.html"], 2, "--output page.html promises another format than Markdown; end it in .md"),
        (["--bases", "0"], 2, "'0' is neither a number of bases nor all"),
        (["--bases", "many"], 2, "'many' is neither a number of bases nor all"),
        (["--models", "models.json", "-o", "models.md"], 2, "models.json is both --models and its numbers"),
        (["--models", "models.json"], 1, "models.json: no figures of networks; give what"),
        (
            ["--models", "genome.fa.gz"],
            1,
            "genome.fa.gz: no figures of networks; give what tests/benchmarks/models.py wrote",
        ),
        (["--genome", "empty.fa"], 1, "empty.fa has no known base; give a FASTA of DNA"),
    ],
)
def test_a_wrong_call_is_told_at_once(world, words, code, told):
    world.write("models.json", "{}")
    world.write("empty.fa", ">one\nNNNN\n")
    found = world.here(*WORDS, *words)
    assert (found.code, found.out) == (code, b"")
    assert told in found.err


def test_known_stretches_are_laid_end_to_end(desk):
    """Each with its gap, across contigs, and no further than asked."""
    path = desk.write("x.fa", ">a\nNNacgtNNNNTT\n>b\nGGGG\nRA\n")
    gap = b"N" * 40
    whole = b"".join(each + gap for each in (b"ACGT", b"TT", b"GGGG", b"A"))
    assert join_known(path, 10_000) == whole
    assert join_known(path, 50) == whole[:50]
