"""Writes the Pyodide lock of the page: the official entries of what is shipped, and genotok's own."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any


def shipped_lock(
    official: Mapping[str, Any], keep: Sequence[str], *, hashes: Mapping[str, str], wheel: str, version: str
) -> str:
    """Give the lock as JSON text with sorted keys.

    ``official`` is Pyodide's own lock, ``keep`` the names of its packages that are shipped, ``hashes`` the SHA-256 of
    every shipped archive by file name (they differ from the official ones where an archive was repacked), ``wheel``
    genotok's file name. ``loadPyodide({packages: ["numpy", "genotok"]})`` resolves against it.
    """
    packages = {name: copy.deepcopy(official["packages"][name]) for name in keep}
    packages["genotok"] = {
        "depends": ["numpy"],
        "file_name": wheel,
        "imports": ["genotok"],
        "install_dir": "site",
        "name": "genotok",
        "package_type": "package",
        "unvendored_tests": False,
        "version": version,
    }
    for entry in packages.values():
        entry["sha256"] = hashes[entry["file_name"]]
    return json.dumps({"info": official["info"], "packages": packages}, indent=1, sort_keys=True) + "\n"
