"""The benchmark programs run and print their tables, with whatever rivals are installed."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import data

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("program", "row"),
    [
        ("interval.py", "| `encode_rows`, sorted queries |"),
        ("field.py", "| genotok CLI, .gtok |"),
        ("cells.py", "| `tokenize_fragments`, 2,000 sorted lines, 20 cells |"),
        ("memory.py", "| 2,000 rows to .gtok |"),
        ("universes.py", "| genotok, with the report |"),
        ("motifs.py", "| rel 0.8 |"),
        ("vq.py", "| vq-fine, table, native |"),
        ("vqequal.py", "| vq-hrq: network in NumPy, in torch |"),
        ("vqrepeat.py", "| table |"),
        ("models.py", "| grid.window_pearson |"),
        ("pretraining.py", "| vq-compact, untrained |"),
        ("equalbits.py", "| tree | 16 x 32 |"),
        ("cluster.py", "| genotok --dask local --jobs 2 |"),
    ],
)
def test_a_quick_run_prints_the_table(program: str, row: str, tmp_path: Path) -> None:
    """Every program ends well on tiny inputs and shows its rows, none of them failed or wrong."""
    command = [sys.executable, str(HERE / program), "--quick", "--work", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert row in done.stdout
    assert "genotok" in done.stdout
    ours = [line for line in done.stdout.splitlines() if line.startswith("| genotok")]
    assert not any(word in line for line in ours for word in ("wrong", "fails"))


def test_pairs_are_counted_as_defined() -> None:
    """The count that judges every tool is the number of (universe row, query) pairs that share a base."""
    rows = data.joined(data.nested(6), data.universe(40, seed=8, widths=(1, 10**8)))
    others = data.queries(30, rows, widths=(1, 10**7))
    pairs = [
        (i, j)
        for i in range(len(rows))
        for j in range(len(others))
        if rows.codes[i] == others.codes[j] and rows.starts[i] < others.ends[j] and rows.ends[i] > others.starts[j]
    ]
    assert data.count_pairs(rows, others) == len(pairs) > 0


def test_inputs_are_the_same_every_time(tmp_path: Path) -> None:
    """A seed gives the same file; disjoint universes are disjoint and have the size asked for."""
    screen = data.screen_like(500)
    first, second = (data.write_rows(tmp_path / name, data.screen_like(500), ids=True) for name in ("a.bed", "b.bed"))
    assert first.read_bytes() == second.read_bytes()
    assert len(screen) == len(data.universe(500)) == 500
    same = screen.codes[1:] == screen.codes[:-1]
    assert np.all(screen.starts[1:][same] >= screen.ends[:-1][same])
