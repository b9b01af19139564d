"""The how-to page: every command it shows gives what it shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.desk import environment

pytestmark = pytest.mark.native
PAGE = Path(__file__).parents[2] / "web/docs/cluster.md"


def test_commands_give_what_the_page_shows(desk, monkeypatch):
    """In their order, in one folder; what follows a line with $ is all that it prints."""
    desk.write("bin/genotok", f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n').chmod(0o755)
    (desk.folder / "u.bed").rename(desk.folder / "universe.bed")
    for number in range(3):
        desk.write(f"peaks/{number}.bed", "chr1\t18\t19\nchr1\t90\t95\nchr2\t0\t6\n" * (number + 1))
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shown = [part.split("\n", 1) for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    assert len(shown) == 6
    path = f"{desk.folder / 'bin'}:/usr/bin:/bin"
    for command, output in shown:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=desk.folder,
            env=environment(PATH=path),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        assert done.stdout.decode() == output, command
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    monkeypatch.chdir(desk.folder)
    names = {}
    exec(program, names)
    assert (names["table"].column_names, names["table"].num_rows) == (["id", "tokens"], 3)
