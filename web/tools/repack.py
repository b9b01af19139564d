"""Makes the engine folder of the page: Pyodide, its library and NumPy as byte code, the wheel as it is, the lock."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lockfile import shipped_lock
from obtain import cache_folder, engine_folder, fault, read_pins
from under_node import run_in_pyodide

TOOLS = Path(__file__).parent
ENGINE = TOOLS.parent / "build" / "engine"
LIBRARY = "python_stdlib.zip"
BYTECODE = "genotok-pyc.zip"  # byte code of the wheel, to lay beside its sources


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def numpy_wheel(pins: Mapping[str, Any]) -> str:
    """Give the file name of the pinned NumPy wheel."""
    names: list[str] = [name for name in pins["files"] if name.startswith("numpy-")]
    return names[0]


def _jobs(pins: Mapping[str, Any], wheel: Path) -> dict[str, dict[str, Any]]:
    site = f"/lib/python{pins['python']}/site-packages/"
    library = f"/lib/python{pins['python'].replace('.', '')}.zip/"
    prefixes = {LIBRARY: library, numpy_wheel(pins): site}
    jobs: dict[str, dict[str, Any]] = {
        name: {"do": "repack", "source": f"/originals/{name}", "prune": pins["prune"][name], "prefix": prefix}
        for name, prefix in prefixes.items()
    }
    jobs[BYTECODE] = {"do": "cache_beside", "source": f"/wheel/{wheel.name}", "prune": [], "prefix": site}
    return jobs


def _key(job: Mapping[str, Any], source: str) -> str:
    """Name what decides the bytes of one repacked archive."""
    makers = [sha256_of(TOOLS / "bytecode.py"), sha256_of(TOOLS / "pins.json")]
    return hashlib.sha256("\n".join([source, json.dumps(job, sort_keys=True), *makers]).encode()).hexdigest()[:24]


def repacked(pins: Mapping[str, Any], wheel: Path) -> dict[str, Path]:
    """Give the repacked archives by their name in the engine folder, compiled by the shipped Pyodide or from the cache.

    A cached archive lies beside its SHA-256 and is used only if that still holds.
    """
    originals, cache = engine_folder(pins), cache_folder() / "repacked"
    cache.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    todo: list[dict[str, Any]] = []
    for name, job in _jobs(pins, wheel).items():
        source = sha256_of(wheel) if name == BYTECODE else pins["files"][name]["sha256"]
        found[name] = cache / f"{_key(job, source)}-{name}"
        if not _intact(found[name]):
            todo.append({**job, "target": f"/out/{found[name].name}"})
    if todo:
        mounts = {"/originals": originals, "/wheel": wheel.parent, "/out": cache, "/tools": TOOLS}
        ran = run_in_pyodide(originals, "bytecode:run", [todo], mounts=mounts, path=["/tools"])
        if ran.returncode:
            raise SystemExit(f"repack: compiling failed; --no-repack ships the originals\n{ran.stderr}")
        for job in todo:
            archive = cache / Path(job["target"]).name
            archive.with_suffix(".sha256").write_text(sha256_of(archive), encoding="ascii")
    return found


def _intact(archive: Path) -> bool:
    noted = archive.with_suffix(".sha256")
    return archive.is_file() and noted.is_file() and noted.read_text(encoding="ascii") == sha256_of(archive)


def make_engine(pins: Mapping[str, Any], wheel: Path, target: Path, *, repack: bool = True) -> None:
    """Fill the folder ``target`` with all that the worker loads: the pinned files (repacked or not), wheel and lock."""
    originals = engine_folder(pins)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, pin in pins["files"].items():
        content = (originals / name).read_bytes()
        if problem := fault(content, pin):
            raise SystemExit(f"{originals / name}: {problem}; run obtain.py")
        (target / name).write_bytes(content)
    for name, archive in (repacked(pins, wheel) if repack else {}).items():
        shutil.copyfile(archive, target / name)
    shutil.copyfile(wheel, target / wheel.name)
    official = json.loads((originals / "pyodide-lock.json").read_text(encoding="utf-8"))
    hashes = {file.name: sha256_of(file) for file in target.glob("*.whl")}
    names = [name.split("-")[0] for name in pins["files"] if name.endswith(".whl")]
    lock = shipped_lock(official, names, hashes=hashes, wheel=wheel.name, version=wheel.name.split("-")[1])
    (target / "pyodide-lock.json").write_text(lock, encoding="utf-8")


def main() -> int:
    """Make `web/build/engine` from the cache and the wheel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--no-repack", action="store_true", help="ship the official archives unchanged (slower start)")
    options = parser.parse_args()
    make_engine(read_pins(), options.wheel, ENGINE, repack=not options.no_repack)
    return 0


if __name__ == "__main__":
    sys.exit(main())
