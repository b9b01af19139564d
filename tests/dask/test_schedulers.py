"""Schedulers of somebody else's making, and what goes wrong with them: told in one line."""

import json
import os
import re
import signal
import socket
import sys
import threading
from contextlib import suppress

import pytest

from cli.stopping import start, start_program, wait_for

pytestmark = pytest.mark.native
FULL = ("tokenize", "-u", "u.bed", "--format", "parquet", "-q")
TOOL = (sys.executable, "-m")


@pytest.fixture
def parts(desk):
    """``dask scheduler`` and ``dask worker`` as one starts them by hand; no task gets a second worker.

    The scheduler writes scheduler.json into the desk's folder, the worker stands in another one.
    """
    file = desk.folder / "scheduler.json"
    (desk.folder / "elsewhere").mkdir()
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    words = ("--scheduler-file", file, "--host", "127.0.0.1", "--no-dashboard")
    scheduler = start_program(desk, *TOOL, "distributed.cli.dask_scheduler", *words, "--port", "0", **once)
    wait_for(file.exists)
    more = ("--nworkers", "2", "--nthreads", "1", "--local-directory", desk.folder / "elsewhere")
    worker = start_program(desk, *TOOL, "distributed.cli.dask_worker", *words, *more)
    yield {"scheduler": scheduler, "worker": worker}
    for process in (worker, scheduler):
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def never_ending(desk):
    """Name an input that nobody writes into."""
    os.mkfifo(desk.folder / "slow.bed")
    return "slow.bed"


def wait_for_last(desk, whole):
    """Wait until a number of outputs is whole, and a worker is at the input that never ends."""
    folder = desk.folder / "out"
    wait_for(lambda: any(folder.glob(".slow.bed*")))
    wait_for(lambda: (folder / "manifest.jsonl.partial").read_bytes().count(b"\n") == whole)


def test_a_scheduler_may_be_named_by_its_file(desk, parts):
    """The file that ``dask scheduler --scheduler-file`` writes serves as an address."""
    names = desk.write_many(5)
    assert desk.here(*FULL, *names, "-o", "one").code == 0
    found = desk.here(*FULL, *names, "-o", "many", "--dask", "scheduler.json")
    assert (found.code, found.err) == (0, "")
    assert desk.tree("many") == desk.tree("one")


def test_an_input_that_kills_its_worker_is_named(desk, parts):
    """One line, no traceback; the next run goes on."""
    names = desk.write_many(3)
    process = start(desk, *FULL, *names, never_ending(desk), "-o", "out", "--dask", "scheduler.json")
    wait_for_last(desk, whole=3)
    os.kill(_busy_worker_of(desk), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, b"")
    words = (
        rb"error: slow.bed: the Dask workers that were given it died, one after the other; have they enough memory?; "
    )
    assert re.fullmatch(words.replace(b"?", rb"\?") + rb"3 of 4 outputs whole, --resume goes on from there\n", err)
    (desk.folder / "slow.bed").unlink()
    desk.write("slow.bed", "chr1\t18\t19\n")
    again = desk.here(*FULL, *names, "slow.bed", "-o", "out", "--dask", "scheduler.json", "--resume")
    assert (again.code, again.err) == (0, "")
    assert desk.here(*FULL, *names, "slow.bed", "-o", "one").code == 0
    assert desk.tree("out") == desk.tree("one")


def test_keep_going_outlives_an_input_that_kills_its_worker(desk, parts):
    """It is left out as any other that fails."""
    names = desk.write_many(3)
    args = ("tokenize", "-u", "u.bed", "-q", never_ending(desk), *names, "-o", "t.jsonl", "--keep-going")
    process = start(desk, *args, "--dask", "scheduler.json")
    wait_for(lambda: list(desk.folder.glob(".genotok.*/.0.jsonl*")))
    os.kill(_busy_worker_of(desk), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, b"")
    words = "the Dask workers that were given it died, one after the other; have they enough memory?"
    failed = [line.removeprefix("error: ").removesuffix(f": {words}") for line in err.decode().splitlines()]
    assert failed[0] == "slow.bed"
    whole = [json.loads(line)["id"] for line in (desk.folder / "t.jsonl").read_bytes().splitlines()]
    assert sorted(whole + failed[1:]) == names  # the dead worker may have held one more


def test_a_scheduler_that_goes_away_is_told(desk, parts):
    """One line, and what is whole stays so."""
    names = desk.write_many(3)
    args = (*FULL, *names, never_ending(desk), "-o", "out", "--dask", "scheduler.json")
    process = start_program(desk, *desk.command(*args), DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="2s")
    wait_for_last(desk, whole=3)
    os.killpg(parts["scheduler"].pid, signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    assert (process.returncode, out) == (1, b"")
    words = b"error: the Dask scheduler was lost; see its log; 3 of 4 outputs whole, --resume goes on from there\n"
    assert err == words


def test_ctrl_c_on_one_file_leaves_what_was_there(desk, parts):
    """The old file stands, no part of the new one is left, and the same command once more makes it."""
    names = desk.write_many(3)
    desk.write("t.jsonl", "as it was\n")
    slow = desk.write("slow.bed", "chr1\t18\t19\n" * 4_000_000)  # seconds of work, in many pieces
    args = ("tokenize", "-u", "u.bed", "-q", *names, "slow.bed", "-o", "t.jsonl", "--dask", "scheduler.json")
    process = start(desk, *args)
    wait_for(lambda: list(desk.folder.glob(".genotok.*/.3.jsonl*")))
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")
    assert (desk.folder / "t.jsonl").read_bytes() == b"as it was\n"
    wait_for(lambda: not list(desk.folder.glob(".*")), 20)
    slow.write_text("chr1\t18\t19\n")
    assert desk.here(*args).code == 0
    assert desk.here(*args[:-2], "-o", "one.jsonl").code == 0
    assert (desk.folder / "t.jsonl").read_bytes() == (desk.folder / "one.jsonl").read_bytes()


def test_another_version_of_distributed_is_refused(desk, parts, monkeypatch):
    """Both versions are named, with what to do."""
    from distributed import __version__

    from genotok.cli import scheduler

    monkeypatch.setattr(scheduler, "_VERSION", "2000.1.0")
    found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", "scheduler.json")
    words = f"the Dask scheduler has distributed {__version__}, and here it is 2000.1.0; install one version everywhere"
    assert (found.code, found.err) == (1, f"error: scheduler.json: {words}\n")


def test_another_version_of_genotok_is_refused(desk, parts, monkeypatch):
    """A worker says which it has."""
    from genotok import __version__
    from genotok.cli import versions

    monkeypatch.setattr(versions, "__version__", "2000.1.0")  # of the run; the worker is another process
    found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", "scheduler.json")
    assert found.code == 1
    words = rf"error: the Dask worker tcp://.*: it has genotok {__version__}, and the run that asks .* has 2000\.1\.0; "
    assert re.match(words, found.err)


def test_ctrl_c_while_nobody_answers(desk):
    """The question to a scheduler ends at once."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        process = start(desk, *FULL, "q.bed", "-o", "out", "--dask", f"tcp://127.0.0.1:{deaf.getsockname()[1]}")
        caller, _ = deaf.accept()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        caller.close()
    assert (process.returncode, out, err) == (130, b"", b"interrupted\n")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"", "connected, but no answer after 0.3 s"),
        (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\nContent-Length: 0\r\n\r\n", "what answers is something else"),
    ],
)
def test_an_address_of_something_else(desk, says, words):
    """A dashboard's port, say: it is told in words, and soon."""
    import dask

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            with suppress(OSError):  # until the server is closed
                while True:
                    callers.append(server.accept()[0])
                    callers[-1].sendall(says)

        callers = []
        thread = threading.Thread(target=answer)
        thread.start()
        with dask.config.set({"distributed.comm.timeouts.connect": "300ms"}):
            found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", address)
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for caller in callers:
            caller.close()
    assert found.code == 1
    assert found.err.startswith(f"error: {address}: no Dask scheduler answers there (")
    assert words in found.err


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"address": 5}'])
def test_a_file_that_no_scheduler_wrote(desk, content):
    """It is named, with what can be given."""
    desk.write("scheduler.json", content)
    found = desk.here(*FULL, "q.bed", "-o", "out", "--dask", "scheduler.json")
    assert found.code == 1
    assert re.fullmatch(r"error: scheduler\.json: no Dask scheduler .*; give local, an address as .*\n", found.err)


def _busy_worker_of(desk):
    """Return the process id of the worker that holds the input that never ends; the other one goes on."""
    from distributed import Client

    with Client(scheduler_file=str(desk.folder / "scheduler.json"), set_as_default=False) as client:
        wait_for(lambda: sum(map(len, client.processing().values())) == 1)
        (busy,) = (address for address, keys in client.processing().items() if keys)
        return client.run(os.getpid, workers=[busy])[busy]
