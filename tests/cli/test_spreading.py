"""Processes are started where they pay, and never change a byte."""

import pytest

from genotok.cli import spreading
from genotok.cli.inputs import Input, name_documents
from genotok.cli.spreading import processes_for


def files(folder, *sizes, ending=".bed"):
    """Write files of some sizes."""
    paths = [folder / f"{number}{ending}" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        with path.open("wb") as file:
            file.truncate(size)  # a hole, which takes no disk
    return name_documents([str(path) for path in paths])


@pytest.mark.parametrize(
    ("sizes", "ending", "jobs", "processes"),
    [
        ([100] * 12, ".bed", 8, 1),
        ([2**24, 2**24], ".bed", 8, 2),
        ([2**24, 2**24 - 1], ".bed", 8, 1),
        ([2**22, 2**22], ".bed.gz", 2, 2),
        ([2**23] * 9, ".bed", 4, 4),
        ([2**30], ".bed", 4, 1),
        ([2**30] * 2, ".bed", 1, 1),
    ],
)
def test_processes_start_where_there_is_much_to_do(tmp_path, sizes, ending, jobs, processes):
    """At most one for each input; packed bytes count for more."""
    assert processes_for(files(tmp_path, *sizes, ending=ending), jobs) == processes


def test_what_has_no_size_counts_as_large(tmp_path):
    """A URL may be slow to read, a missing file is told by whoever opens it."""
    (known,) = files(tmp_path, 9)
    assert processes_for([known, Input("s3://b/x.bed", "x.bed")], 2) == 2
    assert processes_for([known, Input(str(tmp_path / "none.bed"), "none.bed")], 2) == 2


def test_standard_input_is_read_here_only(tmp_path):
    """Whatever the size of the others."""
    assert processes_for([*files(tmp_path, 2**30), Input("-", "stdin")], 2) == 1


@pytest.mark.native
@pytest.mark.parametrize(("worth", "expected"), [(2**25, 0), (0, 1)])
def test_small_inputs_start_no_process(desk, monkeypatch, worth, expected):
    """The output is the same, and the pool is opened only where it is worth it."""
    from genotok.cli import workers

    opened = []
    real = workers.open_pool
    monkeypatch.setattr(workers, "open_pool", lambda *args: opened.append(args) or real(*args))
    monkeypatch.setattr(spreading, "WORTH_BYTES", worth)
    names = desk.write_many(3)
    assert desk.here("tokenize", "-u", "u.bed", *names, "-o", "one", "-q").code == 0
    assert desk.here("tokenize", "-u", "u.bed", *names, "-o", "two", "-q", "--jobs", "2").code == 0
    assert (len(opened), desk.tree("two")) == (expected, desk.tree("one"))
