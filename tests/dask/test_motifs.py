"""Motif tokens on a Dask cluster: the same bytes as alone."""

import pytest
from distributed import Client, LocalCluster

from cli.motifdesk import made
from genotok import open_store
from genotok.cli.versions import versions_for
from motif.worlds import FASTA, bytes_of, subset_tokenizer

pytestmark = pytest.mark.native

SMALL = {"block": 9000, "halo": 700, "prominence_window": 1001}


@pytest.mark.filterwarnings("ignore::UserWarning:distributed")  # of tasks of some megabytes, as blocks are
def test_workers_of_a_cluster_change_no_byte(tmp_path):
    alone = subset_tokenizer(**SMALL).fit(FASTA, store=tmp_path / "alone")
    words = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(**words) as cluster, Client(cluster) as client:
        shared = subset_tokenizer(**SMALL).fit(FASTA, store=tmp_path / "shared", client=client)
    assert shared == alone
    assert bytes_of(tmp_path / "shared") == bytes_of(tmp_path / "alone")
    assert open_store(tmp_path / "shared").bins == open_store(tmp_path / "alone").bins


@pytest.fixture
def world(desk):
    for path in made().iterdir():
        (desk.folder / path.name).symlink_to(path)
    return desk


@pytest.fixture(scope="module")
def address():
    """A scheduler and two workers in this process; the value is its address."""
    words = {"n_workers": 2, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
    with LocalCluster(protocol="tcp", **words) as cluster:
        yield cluster.scheduler_address


@pytest.mark.filterwarnings("ignore::UserWarning:distributed")  # as above
def test_the_command_line_writes_the_same_bytes_by_a_cluster(world, address):
    """What is learnt, its store, tokens and shares; nothing else is left beside them."""
    fit = ("motif", "fit", "genome.fa.gz", "--motifs", "motifs.npz", "--min-count", "2", "--block", "8000", "-q")
    done = world.here(*fit, "-o", "m", "--store", "parts", "--dask", address)
    assert (done.code, done.err) == (0, "")
    assert bytes_of(world.folder / "m") == bytes_of(world.folder / "model")
    assert bytes_of(world.folder / "parts") == bytes_of(world.folder / "bins")
    encode = ("motif", "encode", "-t", "model", "genome.fa.gz", "-q")
    assert world.here(*encode, "-o", "one/a.npz", "--continuous", "one/y.npz").code == 0
    done = world.here(*encode, "-o", "two/a.npz", "--continuous", "two/y.npz", "--dask", address)
    assert (done.code, done.err) == (0, "")
    assert world.tree("two") == world.tree("one")
    folder = ("motif", "encode", "-t", "model", "genome.fa.gz", "more.fa", "-q", "--format", "tsv", "-o")
    assert [world.here(*folder, "three/").code, world.here(*folder, "four/", "--dask", address).code] == [0, 0]
    assert world.tree("four") == world.tree("three")
    assert not [path for path in world.folder.iterdir() if path.name.startswith(".")]


def test_workers_of_its_own_do_it_too(world):
    """The word local starts processes, as many as --jobs, which end with the run."""
    words = ("motif", "encode", "-t", "model", "genome.fa.gz", "-o", "x.jsonl", "-q")
    done = world.apart(*words, "--dask", "local", "--jobs", "2")
    assert (done.code, done.err) == (0, "")
    assert (world.folder / "x.jsonl").read_bytes() == world.here(*words[:5], "-q").out


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (("fit", "more.fa", "-o", "m"), 2, "--dask needs a place for bins that its workers see too, as --store bins/"),
        (("fit", "more.fa", "-o", "m", "--store", "s", "--shard", "1/2"), 2, "leave --shard out"),
        (
            ("fit", "more.fa", "-o", "m", "--store", "s", "--jobs", "2"),
            2,
            "how many workers there are; leave --jobs out",
        ),
        (("encode", "-t", "model", "more.fa"), 2, "--dask needs a folder or a file beside which its workers put bins"),
        (("encode", "-t", "model", "-", "-o", "x.npz"), 2, "standard input goes to no cluster; name files"),
        (("encode", "-t", "model", "more.fa", "-o", "x.npz", "--regions", "open.bed"), 2, "leave --regions out"),
        (("encode", "-t", "model", "more.fa", "-o", "x.npz"), 1, "nobody: no Dask scheduler answers there"),
    ],
)
def test_what_goes_with_no_cluster_is_refused(world, words, code, expected):
    done = world.here("motif", *words, "--dask", "nobody")
    assert (done.code, done.out, done.err.count("\n")) == (code, b"", 1), done.err
    assert expected in done.err
    assert not (world.folder / "x.npz").exists()


def test_a_folder_that_workers_do_not_see_is_told(monkeypatch, world, address):
    monkeypatch.setattr("genotok.cli.motif.spreading._look", _blind)
    done = world.here("motif", "encode", "-t", "model", "more.fa", "-o", "x.npz", "--dask", address)
    assert done.code == 1
    assert "the Dask worker tcp://" in done.err
    assert "it does not see " in done.err


def _blind(_folder):
    return versions_for("jsonl"), False
