"""Parquet in Pyodide: the extra has wheels for it, and the bytes are those of this machine."""

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).parents[2]
SITE_PACKAGES = "/lib/python3.14/site-packages"


@pytest.fixture(scope="session")
def wasm_arrow():
    """A folder with arro3 for the pinned Pyodide, of the version that is installed here, kept in the cache."""
    from obtain import cache_folder, read_pins

    pins = read_pins()
    needs = [f"{name}=={importlib.metadata.version(name)}" for name in ("arro3-core", "arro3-io")]
    folder = cache_folder() / "-".join(["arrow", pins["pyodide"], *needs])
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.{os.getpid()}")
        version = pins["python"].replace(".", "")
        target = ["--platform", f"pyemscripten_{pins['abi']}_wasm32", "--implementation", "cp", "--abi", f"cp{version}"]
        words = ["install", "-q", "--only-binary=:all:", "--no-deps", "--python-version", pins["python"], *target]
        subprocess.run([sys.executable, "-m", "pip", *words, "--target", partial, *needs], check=True)
        partial.rename(folder)
    return folder


def test_parquet_has_the_same_bytes_in_pyodide(dist, originals, wasm_arrow, tmp_path):
    """What the page saves is what the terminal writes, byte by byte; pyarrow reads both."""
    from under_node import run_in_pyodide

    (wheel,) = dist.glob("e/*/genotok-*.whl")
    ran = run_in_pyodide(
        originals,
        "inside:write_parquet",
        ["/out/wasm.parquet"],
        mounts={"/node": ROOT / "tests/node", "/arrow": wasm_arrow, "/out": tmp_path},
        path=["/node", "/arrow"],
        packages=["numpy"],
        archives=[(wheel, SITE_PACKAGES)],
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    specification = importlib.util.spec_from_file_location("inside", ROOT / "tests/node/inside.py")
    inside = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(inside)
    inside.write_parquet(tmp_path / "native.parquet")
    assert (tmp_path / "wasm.parquet").read_bytes() == (tmp_path / "native.parquet").read_bytes()
    assert pq.read_table(tmp_path / "wasm.parquet").num_rows == 50
