"""The benchmark of the page runs, and its contenders agree."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "benchmarks/browser.py"


@pytest.mark.browser
def test_the_page_races_gtars_in_one_browser(dist, tmp_path):
    """The page's worker and gtars' WebAssembly give the same ids, and both are timed."""
    words = ["--quick", "--rounds", "1", "--work", str(tmp_path), "--json", str(tmp_path / "told.json")]
    command = [sys.executable, str(PROGRAM), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| seeded, 3,000 | 2,000 rows to ids |" in done.stdout
    told = json.loads((tmp_path / "told.json").read_text())
    assert all(seconds > 0 for line in told["times"] for times in line["seconds"].values() for seconds in times)
    assert all(figure > 50 for each in told["memory"].values() for figure in each.values())
