"""Pyodide under Node: the engine of the built page, the official archives, and pytest for wasm."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SUITE_NEEDS = ("pytest>=8", "hypothesis>=6.170", "click>=8.1", "rich>=13")  # the last two for tests that ask the CLI
sys.path.insert(0, str(ROOT / "web" / "tools"))


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("node")
    items.sort(key=lambda item: item.path.name != "test_core_suite.py")  # the longest begins first


@pytest.fixture(scope="session")
def dist():
    """The site as these sources make it."""
    if subprocess.run([sys.executable, ROOT / "web/tools/fresh.py"], check=False).returncode:
        subprocess.run([ROOT / "build_wasm.sh"], check=True, cwd=ROOT, timeout=540)
    return ROOT / "web/dist"


@pytest.fixture(scope="session")
def manifest(dist):
    return json.loads((dist / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def engine(dist, manifest, tmp_path_factory):
    """The engine folder of the site as the worker sees it: archives inflated."""
    folder = tmp_path_factory.mktemp("engine")
    for name, fact in manifest["files"].items():
        if name.startswith(manifest["engine"]):
            file = dist / (name + ".gz" if fact.get("gzip") else name)
            content = file.read_bytes()
            (folder / Path(name).name).write_bytes(gzip.decompress(content) if fact.get("gzip") else content)
    return folder


@pytest.fixture(scope="session")
def originals():
    """The verified official files in the cache."""
    from obtain import engine_folder, read_pins

    return engine_folder(read_pins())


@pytest.fixture(scope="session")
def wasm_pytest():
    """A folder with what the suite imports, built for the pinned Pyodide, kept in the cache."""
    from obtain import cache_folder, read_pins

    pins = read_pins()
    key = hashlib.sha256(" ".join(SUITE_NEEDS).encode()).hexdigest()[:8]
    folder = cache_folder() / f"suite-{pins['pyodide']}-{key}"
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.{os.getpid()}")
        version = pins["python"].replace(".", "")
        target = ["--platform", f"pyemscripten_{pins['abi']}_wasm32", "--implementation", "cp", "--abi", f"cp{version}"]
        words = ["install", "-q", "--only-binary=:all:", "--python-version", pins["python"], *target]
        subprocess.run([sys.executable, "-m", "pip", *words, "--target", partial, *SUITE_NEEDS], check=True)
        partial.rename(folder)
    return folder
