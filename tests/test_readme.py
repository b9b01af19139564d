"""The README says what is so: its examples give what it shows."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    (command, expected)
    for block in re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)
]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """Give a folder that looks like the checkout to the examples, and where they may write."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "web").symlink_to(ROOT / "web")
    launcher = folder / "bin" / "genotok"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    launcher.chmod(0o755)
    return folder


def test_the_python_examples_give_what_they_show(checkout, monkeypatch):
    """All Python blocks run as one session at the checkout's root."""
    monkeypatch.chdir(checkout)
    session = "\n".join(re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(session, {}, "README", "README.md", 0)
    assert len(examples.examples) >= 8
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_the_commands_print_what_they_show(checkout, monkeypatch):
    """All console blocks run in order; what is shown is stdout and the error line together."""
    monkeypatch.setenv("PATH", str(checkout / "bin"), prepend=":")
    assert len(COMMANDS) >= 5
    for command, expected in COMMANDS:
        done = subprocess.run(
            ["bash", "-c", f"({command}) 2>&1"], cwd=checkout, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.stdout == expected, command


def test_every_path_it_names_exists():
    """Files named in the text are there."""
    for name in re.findall(r"`((?:web|tests|pkg)/[\w./-]+)`|\]\((web/[^)]+)\)", README):
        path = next(filter(None, name))
        assert path.startswith("web/dist") or (ROOT / path).exists(), path
