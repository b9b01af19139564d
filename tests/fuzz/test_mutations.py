"""Damaged files end in a result or in an error that was meant; `mutate.py` tries many more."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import genotok
from fuzz.mutate import Kind, mutate, outcome_of
from genotok.errors import BedError

SCRIPT = Path(__file__).with_name("mutate.py")
COUNT = 3_900


def test_thousands_of_damaged_files_are_read_or_refused_and_nothing_else():
    package = str(Path(genotok.__file__).parent.parent)  # the package under test, installed or not
    words = [sys.executable, str(SCRIPT), "--count", str(COUNT), "--seed", "7"]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": package}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    assert len(lines) == 13
    for kind, files, read, refused, other, *_ in lines:
        assert int(files) == COUNT // 13 == int(read) + int(refused), kind
        assert int(refused) > COUNT // 100, f"the damage to {kind} is never noticed"
        assert int(other) == 0


def _raises(error):
    def read(path, dice):
        raise error

    return Kind([b"x"], "x", read)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (BedError("bad"), "BedError"),
        (FileNotFoundError("x"), "FileNotFoundError"),
        (KeyError("x"), "! KeyError in test_mutations.py:"),
        (MemoryError(), "! MemoryError in test_mutations.py:"),
        (ValueError("x"), "! ValueError in test_mutations.py:"),
        (RuntimeWarning("overflow"), "! RuntimeWarning in test_mutations.py:"),
    ],
)
def test_any_other_exception_is_a_finding(tmp_path, error, outcome):
    assert outcome_of(_raises(error), tmp_path / "x", random.Random(1), b"x").startswith(outcome)


def test_a_sealed_file_that_is_accepted_with_other_content_is_a_finding(tmp_path):
    path = tmp_path / "x"
    sealed = Kind([b"valid"], "x", lambda path, _: path.read_bytes(), sealed=True)
    for content, outcome in ((b"other", "! accepted with other rows"), (b"valid", "read")):
        path.write_bytes(content)
        assert outcome_of(sealed, path, random.Random(1), b"valid") == outcome


def test_a_mutation_changes_the_bytes_and_the_same_dice_change_them_alike():
    data = bytes(range(256))
    changed = [mutate(data, random.Random(seed)) for seed in range(200)]
    assert sum(each != data for each in changed) > 190
    assert changed == [mutate(data, random.Random(seed)) for seed in range(200)]
