"""``genotok tokenize --dask``: the bytes of one process, whoever does the work and whatever is killed on the way."""

import json
import os
import re
import signal
import sys
from pathlib import Path

import pytest

from cli.stopping import start, wait_for

pytestmark = pytest.mark.native
FULL = ("tokenize", "-u", "u.bed", "--format", "parquet", "-q")
LOCAL = ("--dask", "local", "--jobs", "2")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers, started from another folder than the commands; the value is its address."""
    from distributed import LocalCluster

    elsewhere = tmp_path_factory.mktemp("elsewhere")
    before = Path.cwd()
    os.chdir(elsewhere)
    try:
        with LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address="127.0.0.1:0") as local:
            os.chdir(before)
            yield local.scheduler_address
    finally:
        os.chdir(before)


def test_a_cluster_writes_the_bytes_of_one_process(desk, cluster):
    """A folder of partitions, manifest too, is the same from one process and from workers that stand elsewhere."""
    names = desk.write_many(12)
    assert desk.here(*FULL, *names, "-o", "one").code == 0
    found = desk.here(*FULL, *names, "-o", "many", "--dask", cluster)
    assert (found.code, found.err) == (0, "")
    assert desk.tree("many") == desk.tree("one")


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_cluster_writes_one_file_in_the_order_of_its_inputs(desk, cluster, kind):
    """Documents stand in the file as they were given, whichever worker was first."""
    names = desk.write_many(9)
    args = ("tokenize", "-u", "u.bed", *names, "--rows", "--report", "json", "-o")
    one, many = desk.here(*args, f"one.{kind}"), desk.here(*args, f"many.{kind}", "--dask", cluster)
    assert (one.code, many.code, many.err) == (0, 0, one.err)
    assert (desk.folder / f"many.{kind}").read_bytes() == (desk.folder / f"one.{kind}").read_bytes()
    assert not [path for path in desk.folder.iterdir() if path.name.startswith(".")]


def test_partitions_are_one_table(desk, cluster):
    """The folder opens as one data set of a row a document."""
    import pyarrow.dataset

    names = desk.write_many(5)
    assert desk.here(*FULL, *names, "-o", "out", "--dask", cluster).code == 0
    files = sorted(map(str, (desk.folder / "out").rglob("*.parquet")))
    table = pyarrow.dataset.dataset(files).to_table()
    assert sorted(table["id"].to_pylist()) == sorted(name.removeprefix("in/") for name in names)


def test_errors_read_like_one_here(desk, cluster):
    """A bad input ends the run in one line, or with --keep-going is left out."""
    names = desk.write_many(4)
    desk.write(names[1], "chr1\t9\t5\n")
    stopped = desk.here(*FULL, *names, "-o", "out", "--dask", cluster)
    assert stopped.code == 1
    assert stopped.err.startswith(f"error: {names[1]}:1: end 5 precedes start 9")
    going = desk.here(*FULL, *names, "-o", "out", "--dask", cluster, "--keep-going")
    here = desk.here(*FULL, *names, "-o", "here", "--keep-going")
    assert (going.code, going.err) == (here.code, here.err) == (3, going.err)
    assert desk.tree("out") == desk.tree("here")


def test_a_worker_without_an_extra_is_named(desk, cluster):
    """With what to install there; --keep-going does not make every input fail of it."""
    from distributed import Client

    url = f"file://{desk.folder}/q.bed"
    args = (*FULL, url, "u.bed", "-o", "out", "--keep-going", "--dask", cluster)
    with Client(cluster, set_as_default=False) as client:
        client.run(exec, "import sys, fsspec.core; sys.hidden = fsspec.core; sys.modules['fsspec.core'] = None")
        try:
            found = desk.here(*args)
        finally:
            client.run(exec, "import sys; sys.modules['fsspec.core'] = sys.hidden")
    words = (
        r"error: the Dask worker tcp://\S+: fsspec, which opens URLs, is not installed; pip install 'genotok\[dask\]'"
    )
    assert found.code == 4
    assert re.match(words, found.err)
    assert desk.here(*args).code == 0


def test_shards_and_clusters_go_together(desk, cluster):
    """A shard given to a cluster fills its part of the folder."""
    names = desk.write_many(7)
    assert desk.here(*FULL, *names, "-o", "one").code == 0
    for shard in ("2/2", "1/2"):
        assert desk.here(*FULL, *names, "-o", "shards", "--shard", shard, "--dask", cluster).code == 0
    assert desk.tree("shards") == desk.tree("one")


@pytest.mark.slow
def test_two_hundred_files_killed_half_way_go_on(desk):
    """After SIGKILL in the middle no process is left, and --resume ends with the bytes of one process."""
    names = desk.write_many(200, rows=200)
    desk.write("list.txt", "\n".join(names))
    args = (*FULL, "--from-file", "list.txt")
    assert desk.apart(*args, "-o", "one").code == 0
    slow = desk.folder / names[100]
    content = slow.read_bytes()
    slow.unlink()
    os.mkfifo(slow)  # nobody writes into it, so the run can't end
    process = start(desk, *args, "-o", "out", *LOCAL)
    partial = desk.folder / "out/manifest.jsonl.partial"
    wait_for(lambda: partial.exists() and partial.read_bytes().count(b"\n") >= 100)
    process.kill()
    process.communicate()
    slow.unlink()
    slow.write_bytes(content)
    report = ("--report", "json", "--report-file", "report.json")
    assert desk.apart(*args, "-o", "out", *LOCAL, "--resume", *report).code == 0
    found = json.loads((desk.folder / "report.json").read_text())
    assert len(found["kept"]) >= 100
    assert len(found["kept"]) + len(found["documents"]) == 200
    assert desk.tree("out") == desk.tree("one")


def test_an_interrupted_run_cleans_up(desk):
    """Ctrl-C ends with 130 and one line; no half-written file stays."""
    names = desk.write_many(20)
    desk.write("in/large.bed", "chr1\t18\t19\n" * 4_000_000)  # seconds of work, in many pieces
    names.insert(10, "in/large.bed")
    process = start(desk, "--debug", *FULL, *names, "-o", "out", *LOCAL)
    partial = desk.folder / "out/manifest.jsonl.partial"
    wait_for(lambda: process.poll() is not None or (partial.exists() and partial.read_bytes().count(b"\n") >= 3))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == b""
    assert re.fullmatch(rb"interrupted; \d+ of 21 outputs whole, --resume goes on from there\n", err)
    assert not list((desk.folder / "out").rglob(".*"))


def test_a_worker_that_dies_is_replaced(desk, cluster):
    """What a killed worker had begun is done by another."""
    from distributed import Client

    names = desk.write_many(20)
    desk.write("in/d0/large.bed", "chr1\t18\t19\n" * 3_000_000)
    names.append("in/d0/large.bed")
    assert desk.here(*FULL, *names, "-o", "one").code == 0
    process = start(desk, *FULL, *names, "-o", "out", "--dask", cluster)
    with Client(cluster, set_as_default=False) as client:
        wait_for(lambda: any((desk.folder / "out/d0").glob(".large*")))
        busy = next(address for address, keys in client.processing().items() if keys)
        os.kill(client.run(os.getpid, workers=[busy])[busy], signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    assert (process.returncode, out, err) == (0, b"", b"")
    assert desk.tree("out") == desk.tree("one")


def test_an_output_that_workers_do_not_see_is_refused(desk, cluster, monkeypatch):
    """Outputs must not be strewn over the disks of machines."""
    from genotok.cli import cluster as module

    real = module.Bench.__init__

    def blind(self, name, tokenizer, settings, witness):
        real(self, name, tokenizer, settings, Path(f"/nowhere{witness}"))

    monkeypatch.setattr(module.Bench, "__init__", blind)
    found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", cluster)
    assert found.code == 1
    words = r"error: the Dask worker tcp://.*: it does not see /nowhere/.*/out/manifest.jsonl.partial; give an output "
    assert re.match(words, found.err)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["q.bed"], "--dask needs a folder or a file that its workers see too, as -o tokens/"),
        (["-", "-o", "out"], "the workers of --dask can't read standard input; name files or URLs"),
        (["q.bed", "-o", "out", "--jobs", "2"], "the cluster says how many workers there are; leave --jobs out"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused(desk, args, words):
    """Before anything starts, in words."""
    found = desk.here("tokenize", "-u", "u.bed", *args, "--dask", "tcp://127.0.0.1:9")
    assert (found.code, found.err) == (2, f"error: {words}; see genotok tokenize --help\n")


def test_a_scheduler_that_is_not_there(desk, monkeypatch):
    """The address is named, and what can be given."""
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "300ms"}):
        found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", "tcp://127.0.0.1:9")
    assert found.code == 1
    assert found.err.startswith("error: tcp://127.0.0.1:9: no Dask scheduler answers there (")


def test_a_scheduler_without_workers_is_not_waited_for_for_ever(desk):
    """After a while a line says so; after the time that Dask's configuration grants, the run ends."""
    from distributed import LocalCluster

    import dask

    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp") as empty,
        dask.config.set({"genotok.workers-timeout": "400ms"}),
    ):
        address = empty.scheduler_address
        found = desk.here(*FULL[:-1], "q.bed", "-o", "out", "--dask", address)
        quiet = desk.here(*FULL, "q.bed", "-o", "out", "--dask", address)
    first, last = found.err.splitlines()
    assert (found.code, quiet.code) == (1, 1)
    assert first == f"{address}: the Dask cluster has no workers; waiting 0.4 s for some"
    hint = "start some, as with dask worker, and run this again; DASK_GENOTOK__WORKERS_TIMEOUT=2h waits longer"
    assert last == f"error: {address}: the Dask cluster has had no worker for 0.4 s; {hint}"
    assert quiet.err.splitlines() == [last]


def test_workers_that_come_late_are_told(monkeypatch):
    """What was said of none is taken back."""
    from distributed import LocalCluster

    from genotok.cli import patience

    said = []
    monkeypatch.setattr(patience, "_ASK_SECONDS", 0.01)
    monkeypatch.setattr(patience, "_SAY_SECONDS", 0.01)
    with LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0") as local, local.get_client() as to:
        watch = patience.WorkerWatch(to, "here", said.append)
        wait_for(lambda: watch.look() or said, 20)
        local.scale(1)
        to.wait_for_workers(1)
        wait_for(lambda: watch.look() or len(said) == 2, 20)
    assert said == ["here: the Dask cluster has no workers; waiting 10 min for some", "there are workers again"]


@pytest.mark.parametrize("chosen", ["soon", "-1s", 0, [5]])
def test_a_time_that_is_none_is_refused(desk, cluster, chosen):
    """A wrong word in Dask's configuration is told."""
    import dask

    with dask.config.set({"genotok.workers-timeout": chosen}):
        found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", cluster)
    words = f"error: genotok.workers-timeout is {chosen!r} in Dask's configuration; write a time, as 30min or 2h\n"
    assert (found.code, found.err) == (1, words)


@pytest.mark.parametrize(("kind", "code"), [("parquet", 1), ("jsonl", 0)])
def test_another_version_of_what_writes_the_bytes_is_refused(desk, cluster, monkeypatch, kind, code):
    """Where the format depends on it, and nowhere else."""
    from genotok.cli import versions

    real = versions._version_of
    monkeypatch.setattr(versions, "_version_of", lambda name: "0.1" if name == "arro3-io" else real(name))
    found = desk.here("tokenize", "-u", "u.bed", "-q", "q.bed", "-o", "out", "--format", kind, "--dask", cluster)
    words = rf"error: the Dask worker tcp://.*: it has arro3-io {real('arro3-io')}, and the run .* has 0\.1; install "
    assert found.code == code
    assert re.match(words, found.err) if code else not found.err


def test_without_dask_the_extra_is_named(desk, monkeypatch):
    """One line with the pip command, and exit code 4."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "genotok.cli.cluster", raising=False)
    found = desk.here(*FULL, "q.bed", "-o", "out", *LOCAL)
    message = "error: distributed is not installed; pip install 'genotok[dask]'\n"
    assert (found.code, found.err) == (4, message)
