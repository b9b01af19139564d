"""The engine of the built page works, with the very wheel that pip installs; repacking changed nothing but speed."""

import hashlib
import importlib.metadata
import io
import json
import lzma
import subprocess
import sys
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE_PACKAGES = "/lib/python3.14/site-packages"
COMFORTS = ("click", "isal", "rich")
LOADED = f"import sys, genotok; print([name for name in {COMFORTS} if name in sys.modules])"
DROPPED = (
    "numpy._pyinstaller",
    "numpy.conftest",
    "numpy.f2py",
    "numpy.linalg.lapack_lite",
    "numpy.ma.testutils",
    "numpy.matlib",
    "numpy.random",
    "numpy.testing",
)


def front(path, folder):
    """The first part of an archive, as a file of its own."""
    with zipfile.ZipFile(path) as archive:
        length = int(archive.comment.split()[1])
    part = folder / path.name
    part.write_bytes(path.read_bytes()[:length])
    return part


def empty_sources(path, folder):
    """What the page lays beside byte code: modules without a line, for the importer to find it by."""
    target = folder / "sources.zip"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as made:
        for name in archive.namelist():
            place, _, file = name.rpartition("__pycache__/")
            made.writestr(f"{place}{file.partition('.')[0]}.py", b"")
    return target


def ask(engine, call, folder, *args, archives=(), laid=()):
    """Call a function of inside.py in an engine and read what it wrote."""
    from under_node import run_in_pyodide

    mounts = {"/node": ROOT / "tests/node", "/web": ROOT / "web", "/out": folder}
    ran = run_in_pyodide(
        engine,
        f"inside:{call}",
        [*args, "/out/told.json"],
        mounts=mounts,
        path=["/node"],
        packages=[] if laid else ["numpy", "genotok"] if any(engine.glob("genotok-*.whl")) else ["numpy"],
        archives=archives,
        laid=laid,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return json.loads((folder / "told.json").read_text())


def native(universe, bed):
    """The same as inside.tokenize, by the installed package."""
    import genotok
    from genotok.io.gtu import read_gtu

    rows = genotok.IntervalTokenizer(read_gtu(universe.read_bytes())[0]).encode_rows(bed)
    return {
        "ids": hashlib.sha256(rows.ids.astype("<i4").tobytes()).hexdigest(),
        "offsets": hashlib.sha256(rows.offsets.astype("<i8").tobytes()).hexdigest(),
        "tokens": len(rows.ids),
        "version": genotok.__version__,
    }


@pytest.mark.parametrize("bytecode", [True, False], ids=["with byte code", "sources only"])
def test_page_engine_gives_native_ids(engine, bytecode, tmp_path):
    """The CTCF sample on the default universe has the same ids and offsets in wasm as here."""
    archives = [(engine / "genotok-pyc.zip", SITE_PACKAGES)] if bytecode else []
    universe, bed = "assets/hg38-ensembl-regulatory.gtu", "samples/hg38-ctcf.bed.gz"
    told = ask(engine, "tokenize", tmp_path, f"/web/{universe}", f"/web/{bed}", archives=archives)
    assert (told.pop("platform"), told.pop("pointer")) == ("emscripten", 4)
    assert told == native(ROOT / "web" / universe, ROOT / "web" / bed)
    assert told["tokens"] == 12_329


def test_repacked_engine_equals_the_originals(engine, originals, tmp_path, manifest):
    """Same library but for the pruned modules, same NumPy but for what we never import, same public names."""
    from obtain import read_pins

    before, after = (ask(folder, "describe", tmp_path) for folder in (originals, engine))
    assert (before["numpy"], before["python"]) == (after["numpy"], after["python"])
    assert after["numpy"] == manifest["numpy"]
    pruned = {pattern.removesuffix(".py").removesuffix("/*") for pattern in read_pins()["prune"]["python_stdlib.zip"]}
    assert set(before["library"]) == set(after["library"]) | {name for name in pruned if "/" not in name}
    gone = set(before["modules"]) - set(after["modules"])
    assert [name for name in sorted(gone) if ".tests" not in name and not name.startswith(DROPPED)] == []
    assert len(after["modules"]) > 100
    assert [name for name, names in after["names"].items() if isinstance(names, str)] == []  # all that is left imports
    assert after["names"] == {name: before["names"][name] for name in after["names"]}


def members(*archives):
    return {name for archive in archives for name in zipfile.ZipFile(archive).namelist() if not name.endswith("/")}


def test_nothing_is_missing_but_what_was_pruned(engine, originals):
    """File by file: sources became byte code, the patterns of pins.json are gone, and nothing else changed."""
    from obtain import read_pins

    pins = read_pins()
    made = {name: [originals / name] for name in pins["prune"] if name in pins["files"]}
    made |= {name: [originals / wheel for wheel in wheels.values()] for name, wheels in pins["bundles"].items()}
    assert len(made) == 3
    for name, sources in made.items():
        held = engine / name
        archive = io.BytesIO(lzma.decompress(held.read_bytes())) if name.endswith(".xz") else held
        kept = {member for member in members(*sources) if not any(fnmatchcase(member, p) for p in pins["prune"][name])}
        assert members(archive) == {member + "c" if member.endswith(".py") else member for member in kept}
        assert all(any(fnmatchcase(member, p) for member in members(*sources)) for p in pins["prune"][name])


def test_a_start_imports_from_the_front_only(engine, tmp_path):
    """With nothing laid but the first parts of the archives the engine starts and opens a universe."""
    names = ("python_stdlib.zip", "numpy-*.whl", "genotok-pyc.zip")
    library, *packages = (front(next(engine.glob(name)), tmp_path) for name in names)
    packages.append(empty_sources(engine / "genotok-pyc.zip", tmp_path))
    laid = [(library, "/lib/python3.14"), *((archive, SITE_PACKAGES) for archive in packages)]
    told = ask(engine, "start", tmp_path, "/web/assets/hg38-ensembl-regulatory.gtu", laid=laid)
    assert told["n"] == 289_061
    assert told["path"] == ["/lib/python314.zip", "/lib/python3.14", "/lib/python3.14/lib-dynload", SITE_PACKAGES]


def test_page_wheel_is_the_installed_one(dist, manifest):
    """The SHA-256 in the manifest is that of the wheel in the site; the package under test came from such a wheel."""
    content = (dist / manifest["wheel"]["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest["wheel"]["sha256"]
    assert manifest["genotok"] == importlib.metadata.version("genotok")


def test_import_loads_numpy_and_the_standard_library_only():
    """The comforts of the command line are not paid by `import genotok`."""
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
