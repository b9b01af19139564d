"""The recipes leave what one run of the command leaves."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.desk import Desk, environment

pytestmark = pytest.mark.native
HERE = Path(__file__).parent


@pytest.fixture
def desk(tmp_path):
    """A folder with a universe, twenty inputs, and a ``genotok`` on the path."""
    desk = Desk(tmp_path)
    desk.write("bin/genotok", f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n').chmod(0o755)
    desk.write("list.txt", "\n".join(desk.write_many(20)))
    return desk


def variables(desk, **more):
    path = os.pathsep.join([str(desk.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    return environment(PATH=path, UNIVERSE="u.bed", LIST="list.txt", OUTPUT="tokens/", FORMAT="gtok", **more)


def test_a_slurm_array_fills_one_folder(desk):
    """All tasks at once, one of them twice as after a failure: the folder is that of one run."""
    tasks = [
        subprocess.Popen(
            ["bash", str(HERE / "slurm/tokenize.sbatch")],
            cwd=desk.folder,
            env=variables(desk, SLURM_ARRAY_TASK_ID=str(task), SHARDS="3"),
            stderr=subprocess.PIPE,
        )
        for task in (1, 2, 3)
    ]
    for task in tasks:
        _, err = task.communicate(timeout=120)
        assert task.returncode == 0, err
    again = variables(desk, SLURM_ARRAY_TASK_ID="2", SHARDS="3", SLURM_ARRAY_TASK_COUNT="1")
    subprocess.run(["bash", HERE / "slurm/tokenize.sbatch"], cwd=desk.folder, env=again, check=True, timeout=60)
    one = desk.apart("tokenize", "-u", "u.bed", "--from-file", "list.txt", "-o", "one/", "--format", "gtok")
    assert one.code == 0
    assert desk.tree("tokens") == desk.tree("one")


def test_the_script_of_a_nextflow_task(desk):
    """What Nextflow would hand to bash writes the partition of one run, under the name that the task promises."""
    recipe = (HERE / "nextflow/main.nf").read_text()
    desk.write("with space.bed", "chr1\t18\t19\n")
    values = {"universe": "u.bed", "regions": "with space.bed", "regions.name": "with space.bed"}
    script, output = (
        re.sub(r"\$\{(.+?)\}", lambda found: values[found[1]], re.search(pattern, recipe, re.DOTALL)[1])
        for pattern in (r'script:\n    """\n(.+?)"""', r'output:\n    path "(.+?)"')
    )
    subprocess.run(["bash", "-euc", script], cwd=desk.folder, env=variables(desk), check=True, timeout=60)
    one = desk.apart("tokenize", "-u", "u.bed", "with space.bed", "-o", "one/", "--format", "parquet")
    assert one.code == 0
    assert (desk.folder / output).read_bytes() == (desk.folder / "one" / output).read_bytes()
