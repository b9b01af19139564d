"""`build_wasm.sh`: the same bytes from any folder, offline the second time, and the very wheel that pip makes."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = ("pkg", "web", "pyproject.toml", "README.md", "LICENSE", "build_wasm.sh")

OFFLINE = ("http_proxy", "https_proxy", "npm_config_registry", "PIP_INDEX_URL")
NOWHERE = {**dict.fromkeys(OFFLINE, "http://127.0.0.1:9"), "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}


def copied(root, target, cache):
    """A second checkout with the build's environment and perhaps the cached originals, but nothing that was made."""
    from obtain import bundler_folder, engine_folder, read_pins

    if cache:
        for originals in (engine_folder(read_pins()), bundler_folder(read_pins())):
            shutil.copytree(originals, cache / originals.name)
    target.mkdir(parents=True)
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(
                root / name, target / name, ignore=shutil.ignore_patterns("dist", "dist.new", "build", "__pycache__")
            )
        else:
            shutil.copy(root / name, target / name)
    (target / ".venv-web").symlink_to((root / ".venv-web").resolve())
    return target


def run(checkout, *words, **environment):
    command = [checkout / "build_wasm.sh", *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=False
    )


def contents(dist):
    return {path.relative_to(dist).as_posix(): path.read_bytes() for path in sorted(dist.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """Two builds in folders of different depth and age, each compiling anew, the second without any network."""
    base = tmp_path_factory.mktemp("builds")
    one = copied(Path(__file__).parents[2], base / "one", base / "cache one")
    two = copied(
        one, base / "two/of/other/depth", base / "cache two"
    )  # of the copy: the checkout may be edited meanwhile
    first = run(one, GENOTOK_CACHE=str(base / "cache one"), TZ="UTC0")
    second = run(two, GENOTOK_CACHE=str(base / "cache two"), TZ="UTC5", **NOWHERE)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    return one, two


@pytest.mark.slow
def test_two_builds_give_the_same_bytes(twice):
    """Every file of the site is equal, compressed twins included."""
    one, two = (contents(checkout / "web/dist") for checkout in twice)
    assert [name for name in sorted(one.keys() | two.keys()) if one.get(name) != two.get(name)] == []


@pytest.mark.slow
def test_the_page_loads_the_wheel_that_pip_makes(twice, tmp_path):
    """The manifest's SHA-256 is that of the file in the site and of what `pip wheel` gives anyone."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "-w",
        tmp_path,
        twice[0],
    ]
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"}, stderr=subprocess.DEVNULL)
    (made,) = tmp_path.glob("*.whl")
    manifest = json.loads((twice[0] / "web/dist/manifest.json").read_text())
    shipped = twice[0] / "web/dist" / manifest["wheel"]["path"]
    assert made.name == manifest["wheel"]["file"]
    assert made.name.endswith("-py3-none-any.whl")
    assert manifest["wheel"]["sha256"] == hashlib.sha256(made.read_bytes()).hexdigest()
    assert shipped.read_bytes() == made.read_bytes()


@pytest.mark.slow
def test_the_site_stays_small(twice):
    """Without twins at most 22 MB, and nothing of the build's own is in it."""
    site = contents(twice[0] / "web/dist")
    manifest = json.loads(site["manifest.json"])
    listed = [name + (".gz" if fact.get("gzip") else "") for name, fact in manifest["files"].items()]
    assert sum(len(site[name]) for name in listed) <= 22_000_000
    twins = {name + suffix for name in [*listed, "manifest.json"] for suffix in (".gz", ".br")}
    assert site.keys() - twins == {*listed, "manifest.json"} - twins


@pytest.mark.slow
def test_fresh_sites_are_known(twice):
    """A built site is fresh until any source changes, and clean again after the change is taken back."""
    checkout = twice[0]
    fresh = [sys.executable, checkout / "web/tools/fresh.py"]
    page = checkout / "web/index.html"
    before = page.read_bytes()
    assert subprocess.run(fresh, check=False).returncode == 0
    page.write_bytes(before + b" ")
    assert subprocess.run(fresh, check=False).returncode == 1
    page.write_bytes(before)
    assert subprocess.run(fresh, check=False).returncode == 0


@pytest.mark.slow
def test_clean_leaves_the_sources_only(twice):
    """`clean` removes what was made and keeps the cache, `clean --cache` removes that too."""
    checkout = twice[1]
    cache = checkout.parents[3] / "cache two"
    assert run(checkout, "clean", GENOTOK_CACHE=str(cache)).returncode == 0
    assert not (checkout / "web/dist").exists()
    assert not (checkout / "web/build").exists()
    assert cache.is_dir()
    assert run(checkout, "clean", "--cache", GENOTOK_CACHE=str(cache)).returncode == 0
    assert not cache.exists()


@pytest.mark.slow
@pytest.mark.parametrize("call", ["serve", "zip"])
def test_nothing_is_served_after_a_failed_build(root, tmp_path, call):
    """Without sources every call ends with 1 and the block that names files, answers and remedy."""
    checkout = copied(root, tmp_path / "checkout", None)
    ran = run(checkout, call, GENOTOK_CACHE=str(tmp_path / "cache"), **NOWHERE)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "10 of 10 pinned files could not be had with the pinned content." in ran.stderr
    assert "4 of 4 pinned files could not be had" in ran.stderr
    assert "Remedy: GENOTOK_PYODIDE_MIRROR=" in ran.stderr
    assert not (checkout / "web/dist").exists()


def test_unknown_calls_are_refused(root):
    """A typing error builds nothing."""
    ran = run(root, "srve")
    assert ran.returncode == 1
    assert ran.stderr == "build_wasm.sh: unknown call 'srve'; see the first lines of this file\n"


def test_the_script_stays_a_page(root):
    """At most 80 lines, each tool at most 200."""
    assert len((root / "build_wasm.sh").read_text().splitlines()) <= 80
    for tool in (root / "web/tools").glob("*.py"):
        assert len(tool.read_text().splitlines()) <= 200, tool.name
