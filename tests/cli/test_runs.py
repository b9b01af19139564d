"""Many inputs: folders, jobs, shards, and runs that are stopped."""

import json
import os
import re
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from cli.desk import PEAKS, environment
from cli.stopping import is_alive, start, wait_for

FULL = ("tokenize", "-u", "u.bed", "--format", "gtok", "-q")


def test_a_folder_mirrors_its_inputs(desk):
    """Each input has one file, named by its whole name, below the folder; the manifest accounts for all."""
    names = [str(desk.write(f"data/{name}", PEAKS)) for name in ("a/x.bed", "a/x.narrowPeak", "b/x.bed")]
    assert desk.here("tokenize", "-u", "u.bed", *names, "-o", "out").code == 0
    tree = desk.tree("out")
    assert sorted(tree) == ["a/x.bed.jsonl", "a/x.narrowPeak.jsonl", "b/x.bed.jsonl", "manifest.jsonl"]
    assert tree["b/x.bed.jsonl"] == b'{"id":"b/x.bed","input_ids":[0,1,3]}\n'
    lines = [json.loads(line) for line in tree["manifest.jsonl"].splitlines()]
    assert [line["input"] for line in lines] == ["a/x.bed", "a/x.narrowPeak", "b/x.bed"]
    assert lines[0] == {
        "input": "a/x.bed",
        "size": len(PEAKS),
        "sha256": "e6813e356b50c2f06c4bc5dd35092063f3388951002a8dee025e95e286a6ead3",
        "options": lines[1]["options"],
        "output": "a/x.bed.jsonl",
        "regions": 3,
        "tokens": 3,
        "skipped": {"comment": 1},
    }


@pytest.mark.parametrize("kind", ["jsonl", "tsv", "bed", "parquet", "npz"])
def test_jobs_do_not_change_a_file(desk, kind):
    """One file of many documents has the same bytes for 1 and 4 jobs, in a file and on standard output."""
    names = desk.write_many(9)
    args = ("tokenize", "-u", "u.bed", *names, "--rows", "--report", "json", "-o")
    one, four = desk.apart(*args, f"one.{kind}"), desk.apart(*args, f"four.{kind}", "--jobs", "4")
    assert (one.code, four.code) == (0, 0)
    assert one.err == four.err, "nor does the report change"
    expected = (desk.folder / f"one.{kind}").read_bytes()
    assert (desk.folder / f"four.{kind}").read_bytes() == expected
    if kind in ("parquet", "npz"):  # those that must be gathered before it can be sent
        assert desk.apart(*args, "-", "--format", kind, "--jobs", "2").out == expected
    assert not [path for path in desk.folder.iterdir() if path.name.startswith(".")]


def test_jobs_and_shards_do_not_change_a_folder(desk):
    """A folder is the same for 1 and 4 jobs, and for the union of shards in any order."""
    names = desk.write_many(10)
    assert desk.apart(*FULL, *names, "-o", "one").code == 0
    assert desk.apart(*FULL, *names, "-o", "four", "--jobs", "4").code == 0
    for shard in ("2/3", "3/3", "1/3"):
        assert desk.here(*FULL, *names, "-o", "shards", "--shard", shard).code == 0
    expected = desk.tree("one")
    assert len(expected) == 11
    assert desk.tree("four") == expected
    assert desk.tree("shards") == expected
    for shard in ("1/3", "2/3", "3/3"):
        again = desk.here(*FULL, *names, "-o", "shards", "--shard", shard, "--resume")
        assert again.code == 0
    assert desk.tree("shards") == expected


def test_shards_share_the_inputs(desk):
    """Shard i of n takes the inputs i, i + n, i + 2n, ..; documents keep the names of the whole run."""
    names = desk.write_many(5)
    taken = [desk.here("tokenize", "-u", "u.bed", *names, "--shard", f"{i}/2", "-q").out for i in (1, 2)]
    ids = [[json.loads(line)["id"] for line in lines.splitlines()] for lines in taken]
    assert ids == [["d0/f000.bed", "d2/f002.bed", "d1/f004.bed"], ["d1/f001.bed", "d0/f003.bed"]]


def test_a_count_of_shards_costs_nothing(desk):
    """Whoever writes a huge one waits no longer for the end."""
    assert desk.here(*FULL, "q.bed", "-o", "out", "--shard", "1/99999999999").code == 0
    assert sorted(desk.tree("out")) == ["manifest.jsonl", "q.bed.gtok"]
    assert desk.here(*FULL, "q.bed", "u.bed", "-o", "two", "--shard", "2/99999999999").code == 0
    assert "manifest.2-of-99999999999.jsonl" in desk.tree("two")


def test_what_only_this_process_can_open_is_read_here(desk):
    """A universe or an input behind a pipe goes with --jobs."""
    names = desk.write_many(2)
    one = desk.here(*FULL, *names, "-o", "one")
    shell = f"{shlex.join(desk.command(*FULL, *names, '-o', 'out', '--jobs', '2'))} -u <(cat u.bed) <(cat q.bed)"
    done = subprocess.run(["bash", "-c", shell], cwd=desk.folder, env=environment(), capture_output=True, timeout=60)
    assert (one.code, done.returncode, done.stderr) == (0, 0, b"")
    assert len(desk.tree("out")) == 4


def test_a_folder_in_the_place_of_an_output_is_named(desk):
    """Not the temporary file that was to become the output."""
    (desk.folder / "out/q.bed.gtok").mkdir(parents=True)
    found = desk.here(*FULL, "q.bed", "-o", "out")
    assert (found.code, found.err) == (1, "error: out/q.bed.gtok: a folder stands where the file should go\n")


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_run_goes_on(desk, jobs):
    """After SIGKILL no process is left, and --resume ends with the folder of a run that was never stopped."""
    names = desk.write_many(40)
    desk.write("list.txt", "\n".join(names))
    assert desk.apart(*FULL, "--from-file", "list.txt", "-o", "whole").code == 0
    slow = desk.folder / names[20]
    slow.unlink()
    os.mkfifo(slow)  # nobody writes into it, so the run can't end
    args = (*FULL, "--from-file", "list.txt", "-o", "out", "--jobs", str(jobs))
    process = start(desk, *args)
    partial = desk.folder / "out/manifest.jsonl.partial"
    wait_for(lambda: partial.exists() and partial.read_bytes().count(b"\n") >= 10)
    process.kill()
    process.communicate()
    wait_for(lambda: not is_alive(process.pid))
    slow.unlink()
    desk.write_many(40)
    partial.write_bytes(partial.read_bytes()[:-9])  # a line that was half written
    desk.write("out/d0/.f000.bed.gtok.ab12_xyz", b"half a file")
    kept = desk.apart(*args[:-2], "--resume", "--report", "json", "--report-file", "report.json")
    assert kept.code == 0
    report = json.loads((desk.folder / "report.json").read_text())
    assert len(report["kept"]) >= 9
    assert len(report["kept"]) + len(report["documents"]) == 40
    assert desk.tree("out") == desk.tree("whole")


@pytest.mark.parametrize(
    ("jobs", "number", "code", "word"),
    [
        (1, signal.SIGINT, 130, b"interrupted"),
        (3, signal.SIGINT, 130, b"interrupted"),
        (2, signal.SIGTERM, 143, b"terminated"),
    ],
)
def test_an_interrupted_run_cleans_up(desk, jobs, number, code, word):
    """Ctrl-C and SIGTERM end with one line that says how far it came, no half-written file and no process left."""
    names = desk.write_many(20)
    desk.write("in/large.bed", "chr1\t18\t19\n" * 4_000_000)  # seconds of work, in many pieces
    names.insert(10, "in/large.bed")
    process = start(desk, *FULL, *names, "-o", "out", "--jobs", str(jobs))
    partial = desk.folder / "out/manifest.jsonl.partial"
    wait_for(lambda: process.poll() is not None or (partial.exists() and partial.read_bytes().count(b"\n") >= 3))
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == b""
    assert re.fullmatch(word + rb"; \d+ of 21 outputs whole, --resume goes on from there\n", err)
    wait_for(lambda: not is_alive(process.pid))
    assert not list((desk.folder / "out").rglob(".*"))


def test_resume_redoes_what_no_longer_fits(desk):
    """A changed input, a missing output and other options are done again; the rest is left alone."""
    names = desk.write_many(4)
    assert desk.here(*FULL, *names, "-o", "out").code == 0
    old = {path: path.stat().st_mtime_ns for path in (desk.folder / "out").rglob("*.gtok")}
    desk.write(names[0], PEAKS)
    (desk.folder / "out/d1/f001.bed.gtok").unlink()
    args = ("tokenize", "-u", "u.bed", *names, "--format", "gtok", "-o", "out", "--resume")
    again = desk.here(*args, "--report", "json")
    assert json.loads(again.err)["kept"] == ["d2/f002.bed", "d0/f003.bed"]
    same = [path for path, time in old.items() if path.stat().st_mtime_ns == time]
    assert sorted(path.name for path in same) == ["f002.bed.gtok", "f003.bed.gtok"]
    assert desk.here(*FULL, *names, "-o", "fresh").code == 0
    assert desk.tree("out") == desk.tree("fresh")
    other = desk.here(*FULL, *names, "-o", "out", "--resume", "--unmatched", "unk", "--report-file", "r.json")
    assert other.code == 0
    assert json.loads((desk.folder / "r.json").read_text())["kept"] == []


def test_an_error_stops_the_run_and_names_what_is_done(desk):
    """Without --keep-going the first bad input ends the run; --resume goes on when it is mended."""
    names = desk.write_many(3)
    desk.write(names[1], "chr1\t5.0\t9\n")
    stopped = desk.here(*FULL, *names, "-o", "out")
    assert stopped.code == 1
    assert stopped.err.count("\n") == 1
    assert stopped.err.startswith(f"error: {names[1]}:1: start '5.0' is not a whole number")
    assert stopped.err.endswith("; 1 of 3 outputs whole, --resume goes on from there\n")
    desk.write(names[1], PEAKS)
    assert desk.here(*FULL, *names, "-o", "out", "--resume").code == 0
    assert desk.here(*FULL, *names, "-o", "fresh").code == 0
    assert desk.tree("out") == desk.tree("fresh")


@pytest.mark.parametrize("jobs", [1, 3])
def test_keep_going_leaves_out_what_fails(desk, jobs):
    """With --keep-going the exit code is 3, each failure is one line, and the other inputs are all there."""
    names = desk.write_many(4)
    good = [name for name in names if name != names[1]]
    assert desk.here(*FULL, *good, "-o", "good").code == 0
    desk.write(names[1], "chr1\t1\t2\nchr1\t9\t5\n")
    for output in ("out", "out.jsonl", "-"):
        kind = "gtok" if output == "out" else "jsonl"
        args = ("tokenize", "-u", "u.bed", *names, "missing.bed", "--format", kind, "-q", "--jobs", str(jobs))
        found = desk.apart(*args, "-o", output, "--keep-going")
        assert found.code == 3
        lines = found.err.splitlines()
        assert len(lines) == 2
        assert lines[0].startswith(f"error: {names[1]}:2: end 5 precedes start 9")
        assert lines[1] == "error: missing.bed: no such file; check the path"
    assert (desk.folder / "out.jsonl").read_bytes() == found.out
    ids = [json.loads(line)["id"] for line in found.out.splitlines()]
    assert ids == ["in/d0/f000.bed", "in/d2/f002.bed", "in/d0/f003.bed"]
    outputs = {name.removeprefix("in/"): data for name, data in desk.tree("out").items() if name.endswith(".gtok")}
    assert outputs == {name: data for name, data in desk.tree("good").items() if name.endswith(".gtok")}


def test_an_error_in_a_worker_reads_like_one_here(desk):
    """Errors cross from process to process whole."""
    names = desk.write_many(3)
    desk.write(names[2], "chr1\t9\t5\n")
    here = desk.apart("tokenize", "-u", "u.bed", *names, "-o", "t.jsonl")
    there = desk.apart("tokenize", "-u", "u.bed", *names, "-o", "t.jsonl", "--jobs", "2")
    assert (here.code, here.err) == (there.code, there.err)
    assert not (desk.folder / "t.jsonl").exists()


def test_a_reader_that_leaves_early_is_no_error(desk):
    """`| head` ends quietly with 0, for one stream and for joined parts."""
    rows = "".join(f"chr1\t{at % 40}\t{at % 40 + 3}\n" for at in range(300_000))
    desk.write("big.bed", rows)
    desk.write("big2.bed", rows)
    for more in ((), ("big2.bed", "--jobs", "2")):
        process = start(desk, "tokenize", "-u", "u.bed", "big.bed", *more)
        assert process.stdout.read(20) == b'{"id":"big.bed","inp'
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


def test_a_full_disk_is_an_error(desk):
    """What can't be written is said, once, with exit code 1."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            desk.command("tokenize", "-u", "u.bed", "q.bed", "-q"),
            cwd=desk.folder,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (1, b"error: <stdout>: No space left on device\n")
    named = desk.apart("tokenize", "-u", "u.bed", "q.bed", "-q", "-o", "/dev/full", "--format", "jsonl")
    assert (named.code, named.err) == (1, "error: /dev/full: No space left on device\n")


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (("q.bed", "-o", "t.bed"), "t.bed"),
        (("q.bed", "u.bed", "-o", "out/", "--format", "bed"), "out/q.bed.bed"),
    ],
)
def test_a_full_disk_names_what_did_not_fit(desk, args, name):
    """The output, not the temporary file nor standard output; nothing half-written stays."""
    desk.write("q.bed", PEAKS * 400)
    shell = f"ulimit -f 1; exec {shlex.join(desk.command('tokenize', '-u', 'u.bed', *args))}"  # no file beyond 1 KiB
    done = subprocess.run(["bash", "-c", shell], cwd=desk.folder, env=environment(), capture_output=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.decode().startswith(f"error: {name}: File too large")
    assert not list(desk.folder.rglob(f"*{Path(name).name}*"))


def test_closed_streams(desk):
    """Without a stderr the work is done in silence; without a stdout a file can still be written; others say so."""
    shell = "exec {} tokenize -u u.bed q.bed {}"
    for args, code in (("-o t.jsonl 2>&-", 0), ("-o t.jsonl >&-", 0), ("-q >&-", 1)):
        line = shell.format(" ".join(desk.command()), args)
        done = subprocess.run(["bash", "-c", line], cwd=desk.folder, env=environment(), capture_output=True, timeout=60)
        assert done.returncode == code, args
    assert done.stderr == b"error: standard output is closed; name a file with -o\n"
    assert (desk.folder / "t.jsonl").read_bytes() == b'{"id":"q.bed","input_ids":[0,1,3]}\n'
    line = f"exec {' '.join(desk.command('tokenize', '-u', 'u.bed', '-'))} <&-"
    done = subprocess.run(["bash", "-c", line], cwd=desk.folder, env=environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"error: standard input is closed; name a file\n")


def test_memory_does_not_grow_with_the_file(desk):
    """Ten times the rows take hardly more memory."""
    line = "import sys; from genotok.cli.app import run; code = run(sys.argv[1:]); "
    line += "print(*(each for each in open('/proc/self/status') if each.startswith('VmHWM'))); sys.exit(code)"
    peaks = []
    for rows in (200_000, 2_000_000):
        block = "".join(f"chr1\t{at}\t{at + 9}\n" for at in range(1000))
        desk.write("big.bed", block * (rows // 1000))
        command = [desk.command()[0], "-c", line, "tokenize", "-u", "u.bed", "big.bed", "-o", "t.gtok", "-q"]
        options = {"cwd": desk.folder, "env": environment(), "capture_output": True, "timeout": 120}
        done = subprocess.run(command, **options, check=True)
        peaks.append(int(done.stdout.split()[1]) / 1024)
    assert peaks[1] - peaks[0] < 20, f"MB: {peaks}"
