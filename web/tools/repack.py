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
from minify import minify
from obtain import cache_folder, engine_folder, fault, read_pins
from under_node import run_in_pyodide

TOOLS = Path(__file__).parent
ENGINE = TOOLS.parent / "build" / "engine"
LIBRARY = "python_stdlib.zip"
LOADER = "pyodide.asm.mjs"  # a fifth of it is names that nothing outside knows
BYTECODE = "genotok-pyc.zip"  # byte code of the wheel, to lay beside its sources
# byte code keeps lines but no columns, which are a quarter of it: without sources nothing could be underlined
COMPILING = {"PYTHONNODEBUGRANGES": "1"}
FIRST_UNIVERSE = "hg38-ensembl-regulatory.gtu"  # any would do to see what opening one imports


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def numpy_wheel(pins: Mapping[str, Any]) -> str:
    """Give the file name of the pinned NumPy wheel."""
    names: list[str] = [name for name in pins["files"] if name.startswith("numpy-")]
    return names[0]


def _jobs(pins: Mapping[str, Any], wheel: Path) -> dict[str, dict[str, Any]]:
    site = f"/lib/python{pins['python']}/site-packages/"
    library = f"/lib/python{pins['python']}/"
    prefixes = {LIBRARY: library, numpy_wheel(pins): site}
    jobs: dict[str, dict[str, Any]] = {
        name: {"do": "repack", "source": f"/originals/{name}", "prefix": prefix, "empty": pins["empty"].get(name, [])}
        for name, prefix in prefixes.items()
    }
    jobs[BYTECODE] = {"do": "cache_beside", "source": f"/wheel/{wheel.name}", "prefix": site}
    for name, wheels in pins["bundles"].items():
        jobs[name] = {"do": "bundle", "sources": [f"/originals/{file}" for file in wheels.values()], "prefix": site}
    return {name: {**job, "prune": pins["prune"].get(name, [])} for name, job in jobs.items()}


def _key(*decisive: Any) -> str:
    """Name what decides the bytes of one archive of ours, the tools and pins included."""
    makers = [sha256_of(TOOLS / name) for name in ("bytecode.py", "order.py", "pins.json")]
    return hashlib.sha256(json.dumps([*decisive, *makers, COMPILING], sort_keys=True).encode()).hexdigest()[:24]


def compiled(pins: Mapping[str, Any], wheel: Path) -> dict[str, Path]:
    """Give the archives with byte code by their name in the engine folder, made by the shipped Pyodide or cached."""
    jobs = _jobs(pins, wheel)
    wheel_hash = sha256_of(wheel)  # of the other sources the pins, which are in every key, have the hashes
    found = {
        name: _cache() / f"{_key(job, wheel_hash if name == BYTECODE else '')}-{name}" for name, job in jobs.items()
    }
    todo = {name: archive for name, archive in found.items() if not _intact(archive)}
    mounts = {"/originals": engine_folder(pins), "/wheel": wheel.parent, "/out": _cache(), "/tools": TOOLS}
    _run("bytecode:run", [[{**jobs[name], "target": f"/out/{file.name}"} for name, file in todo.items()]], pins, mounts)
    _note(todo)
    return found


def repacked(pins: Mapping[str, Any], wheel: Path) -> dict[str, Path]:
    """Give the same with what a start of the page imports in front, so that the rest can wait."""
    made = compiled(pins, wheel)
    ordered = (LIBRARY, numpy_wheel(pins), BYTECODE)
    key = _key(*(sha256_of(made[name]) for name in ordered))
    found = {name: _cache() / f"{key}-first-{name}" for name in ordered}
    todo = {name: archive for name, archive in found.items() if not _intact(archive)}
    jobs = [{"source": f"/out/{made[name].name}", "target": f"/out/{file.name}"} for name, file in todo.items()]
    mounts = {"/out": _cache(), "/tools": TOOLS, "/assets": TOOLS.parent / "assets"}
    site = f"/lib/python{pins['python']}/site-packages"
    archives = [(file, site) for file in (made[numpy_wheel(pins)], wheel, made[BYTECODE])]
    _run("order:run", [f"/assets/{FIRST_UNIVERSE}", jobs], pins, mounts, archives)
    _note(todo)
    return {**made, **found}


def _run(call: str, args: list[Any], pins: Mapping[str, Any], mounts: Mapping[str, Path], archives: Any = ()) -> None:
    """Call a function of the tools in the pinned Pyodide if its last argument, the jobs, has any."""
    if not args[-1]:
        return
    ran = run_in_pyodide(
        engine_folder(pins), call, args, mounts=mounts, path=["/tools"], archives=archives, env=COMPILING
    )
    if ran.returncode:
        raise SystemExit(f"repack: {call} failed; --no-repack ships the originals\n{ran.stderr}")


def _cache() -> Path:
    """Give the folder in which an archive lies beside its SHA-256; it is used only while that holds."""
    folder = cache_folder() / "repacked"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _note(made: Mapping[str, Path]) -> None:
    for archive in made.values():
        archive.with_suffix(".sha256").write_text(sha256_of(archive), encoding="ascii")


def _intact(archive: Path) -> bool:
    noted = archive.with_suffix(".sha256")
    return archive.is_file() and noted.is_file() and noted.read_text(encoding="ascii") == sha256_of(archive)


def make_engine(pins: Mapping[str, Any], wheel: Path, target: Path, *, repack: bool = True) -> None:
    """Fill the folder ``target`` with all that the worker loads: the pinned files (repacked or not), wheel and lock."""
    originals = engine_folder(pins)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    bundled = {file for wheels in pins["bundles"].values() for file in wheels.values()}
    for name, pin in pins["files"].items():
        content = (originals / name).read_bytes()
        if problem := fault(content, pin):
            raise SystemExit(f"{originals / name}: {problem}; run obtain.py")
        if name not in bundled:
            (target / name).write_bytes(content)
    if repack:
        (target / LOADER).write_bytes(minify(originals / LOADER))
    made = repacked(pins, wheel) if repack else {name: compiled(pins, wheel)[name] for name in pins["bundles"]}
    for name, archive in made.items():
        shutil.copyfile(archive, target / name)
    shutil.copyfile(wheel, target / wheel.name)
    official = json.loads((originals / "pyodide-lock.json").read_text(encoding="utf-8"))
    hashes = {file.name: sha256_of(file) for file in target.glob("*.whl")}
    names = [name.split("-")[0] for name in hashes if name in pins["files"]]
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
