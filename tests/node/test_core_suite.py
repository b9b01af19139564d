"""The core's own tests hold where a pointer has 32 bits: they run inside Pyodide, on its official archives."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("kernels", "values", "io", "tokenizers", "export", "analysis", "bridge", "motif", "vq")
SHARED = ("conftest.py", "oracles.py", "strategies.py", "packing.py", "fixtures", "golden")


def test_core_suite_passes_in_pyodide(dist, originals, wasm_pytest, tmp_path):
    """Every test of the rooms that the page uses passes on wasm32, with the wheel of the page."""
    from under_node import run_in_pyodide

    checkout = tmp_path / "checkout"
    (checkout / "tests").mkdir(parents=True)
    for name in (*ROOMS, *SHARED):
        source = ROOT / "tests" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, checkout / "tests" / name)
    shutil.copy(ROOT / "pyproject.toml", checkout)
    (wheel,) = dist.glob("e/*/genotok-*.whl")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys"]
    words = [*options, "-m", "not native", *(f"tests/{room}" for room in ROOMS)]
    ran = run_in_pyodide(
        originals,
        "inside:run_suite",
        [words],
        mounts={"/checkout": checkout, "/pytest": wasm_pytest, "/node": ROOT / "tests/node"},
        path=["/pytest", "/node"],
        packages=["numpy"],
        archives=[(wheel, "/lib/python3.14/site-packages")],
    )
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
    passed = int(re.search(r"(\d+) passed", ran.stdout)[1])
    assert passed > 500
    print(ran.stdout.strip().splitlines()[-1])
