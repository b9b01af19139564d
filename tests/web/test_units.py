"""The page's modules without a browser, by Node's own test runner."""

import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
UNITS = Path(__file__).parent / "units"


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.test.mjs")), ids=lambda path: path.name.partition(".")[0])
def test_module(unit, tmp_path):
    """Every claim about the module holds in Node."""
    for path in WEB.glob("*.js"):
        shutil.copy(path, tmp_path)
    for folder in ("charts", "genotok", "plain", "pool", "rooms", "vendor", "views", "worker"):
        shutil.copytree(WEB / folder, tmp_path / folder)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "units").mkdir()
    shutil.copy(unit, tmp_path / "units")
    shutil.copytree(UNITS / "golden", tmp_path / "units/golden")
    from under_node import find_node  # the build's tools come onto the path with the fixtures

    command = [find_node(), "--test", "--test-reporter=tap", f"units/{unit.name}"]
    outcome = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "# pass 0" not in outcome.stdout
