"""What the help of genotok motif shows works as shown."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from cli.desk import environment
from cli.motifdesk import made
from genotok.cli.motif import COMMANDS

pytestmark = pytest.mark.native


def examples(desk):
    """Collect the example lines of all pages; those that fit come first, as others use what they leave."""
    pages = [desk.here("motif", name, "--help").out.decode() for name in COMMANDS] + [desk.here("motif").out.decode()]
    return [line for page in pages for line in re.findall(r"^    (genotok motif .*)$", page, re.MULTILINE)]


def test_every_example_runs(desk):
    """In a folder that has such files; all motifs of the wheel are replaced by a few, which is faster."""
    shutil.copytree(made(), desk.folder, dirs_exist_ok=True)
    shutil.rmtree(desk.folder / "bins")
    shutil.rmtree(desk.folder / "paper")
    shutil.copy(desk.folder / "motifs.npz", desk.folder / "jaspar2022")  # a file of this name goes before
    scan = ("motif", "scan", "genome.fa.gz", "-q", "-o", "hits.tsv.gz")
    assert desk.here(*scan).code == 0
    script = desk.write("bin/genotok", f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    script.chmod(0o755)
    variables = environment(PATH=f"{script.parent}:{os.environ['PATH']}")
    found = list(dict.fromkeys(examples(desk)))
    assert len(found) >= 30
    for line in found:
        if re.search("[|>]", line):
            words = ["bash", "-o", "pipefail", "-c", line]
            done = subprocess.run(words, cwd=desk.folder, env=variables, capture_output=True, timeout=120)
            assert done.returncode == 0, (line, done.stderr)
        else:
            result = desk.here(*shlex.split(line)[1:])
            assert result.code == 0, (line, result.err)
