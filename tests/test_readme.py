"""The README says what is so: its examples give what it shows."""

import re
from pathlib import Path

import pytest

import shown

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Give a folder that looks like the checkout to the examples, and where they may write."""
    monkeypatch.setenv("PATH", str(shown.furnish(tmp_path)), prepend=":")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_examples_give_what_they_show(checkout):
    """All Python blocks run as one session at the checkout's root."""
    assert README.count("\n>>> ") >= 8
    assert shown.play(README, checkout, ("python",)) == README


def test_the_commands_print_what_they_show(checkout):
    """All console blocks run in order; what is shown is stdout and the error line together."""
    assert README.count("\n$ ") >= 5
    assert shown.play(README, checkout, ("console",)) == README


def test_every_path_it_names_exists():
    """Files named in the text are there."""
    for name in re.findall(r"`((?:web|tests|pkg)/[\w./-]+)`|\]\((web/[^)]+)\)", README):
        path = next(filter(None, name))
        assert path.startswith("web/dist") or (ROOT / path).exists(), path


def test_its_pictures_are_there_and_light():
    """Every picture that is shown exists, by day and by night, and weighs less than 250 kB."""
    shown = set(re.findall(r'(?:src|srcset)="([^"]+)"', README))
    assert len(shown) >= 2
    assert shown == {path.relative_to(ROOT).as_posix() for path in (ROOT / "web/pictures").iterdir()}
    assert {name.replace("light", "dark") for name in shown} <= shown
    assert all((ROOT / name).stat().st_size < 250_000 for name in shown)
