"""What is installed around genotok: versions, extras with what they lack, and folders that must take files."""

import os
import platform
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import genotok
from genotok.cli.site import cache_folder, checkout_of

_REQUIREMENT = re.compile(r"\s*([\w.-]+)\s*(?:\[[^]]*\])?\s*([^;]*?)\s*(?:;\s*(.*))?")
_LEAST = re.compile(r"(?:>=|==)\s*([\d.]+)")
_NAME_SIGNS = re.compile(r"[-_.]+")  # which are one sign in names of packages
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([\w.-]+)["']""")
_FOR_DEVELOPERS = {"test", "docs"}


class Requirement(NamedTuple):
    """A package that is asked for: its name, the versions as written, and the extra that brings it, "" for none."""

    package: str
    versions: str
    extra: str


def describe_installation() -> dict[str, Any]:
    """Return versions, extras and folders as plain values."""
    home = Path(genotok.__file__)
    needed = list(_requirements(home))
    extras = dict.fromkeys(each.extra for each in needed if each.extra)
    return {
        "genotok": {
            "version": genotok.__version__,
            "path": str(home.parent),
            "checkout": checkout_of(home) is not None,
            "command": shutil.which("genotok"),
        },
        "python": {
            "version": platform.python_version(),
            "executable": sys.executable,
            "platform": platform.platform(),
            "bits": 64 if sys.maxsize > 2**32 else 32,
        },
        "packages": {each.package: _found(each) for each in needed if not each.extra},
        "extras": {name: _describe_extra(name, needed) for name in extras},
        "folders": [_describe_folder(*each) for each in _folders()],
    }


def _requirements(home: Path) -> Iterator[Requirement]:
    """Yield what this very package asks for: a checkout says so in pyproject.toml, an installed package in its data."""
    checkout = checkout_of(home)
    if checkout is None:
        lines = metadata.requires("genotok") or []
    else:
        project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        lines = list(project["dependencies"])
        for name, packages in project["optional-dependencies"].items():
            lines += [f"{line.partition(';')[0]}; extra == '{name}'" for line in packages]
    for line in lines:
        found = _REQUIREMENT.fullmatch(line)
        if found:
            extra = _EXTRA.search(found[3] or "")
            if extra is None or extra[1] not in _FOR_DEVELOPERS:
                package = _NAME_SIGNS.sub("-", found[1]).lower()
                yield Requirement(package, found[2].strip(" ()"), extra[1] if extra else "")


def _describe_extra(name: str, needed: Sequence[Requirement]) -> dict[str, Any]:
    packages = {each.package: _found(each) for each in needed if each.extra == name}
    present = all(each["fits"] for each in packages.values())
    return {"present": present, "packages": packages, "install": None if present else f"pip install 'genotok[{name}]'"}


def _found(wanted: Requirement) -> dict[str, Any]:
    """Tell which version is installed, and if it is new enough."""
    try:
        version = metadata.version(wanted.package)
    except metadata.PackageNotFoundError:
        return {"wanted": wanted.versions, "version": None, "fits": False}
    least = _LEAST.search(wanted.versions)
    return {
        "wanted": wanted.versions,
        "version": version,
        "fits": least is None or _numbers(version) >= _numbers(least[1]),
    }


def _numbers(version: str) -> tuple[int, ...]:
    """Read the release part of a version: ``2.5.0rc1`` is (2, 5, 0)."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, release[0].split("."))) if release else ()


def _folders() -> Iterator[tuple[str, str, Path]]:
    """Yield the folders that files go to unasked: a name, what for, and the path."""
    yield "page", "genotok serve keeps the page there", cache_folder()
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface"))
    yield "hub", "what comes from model repositories", Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    yield "temporary", "formats that must be gathered first", Path(tempfile.gettempdir())


def _describe_folder(name: str, purpose: str, folder: Path) -> dict[str, Any]:
    """Try to write where the folder is, or would be made; nothing stays behind."""
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            problem = None
        free = shutil.disk_usage(there).free
    except OSError as error:
        problem, free = error.strerror or str(error), 0
    return {
        "name": name,
        "purpose": purpose,
        "path": str(folder),
        "exists": folder.exists(),
        "writable": problem is None,
        "problem": problem,
        "free_bytes": free,
    }
