"""Shortens the names inside a module that is shipped by itself; what it exports and says keeps its names."""

from __future__ import annotations

import subprocess
from pathlib import Path

from obtain import bundler_folder, read_pins
from under_node import find_node


def minify(module: Path) -> bytes:
    """Give a JavaScript module as the bundler shortens it."""
    command = [find_node(), str(bundler_folder(read_pins()) / "bin/esbuild"), str(module), "--minify", "--format=esm"]
    ran = subprocess.run([*command, "--log-level=error"], capture_output=True, check=False)
    if ran.returncode or ran.stderr:
        raise SystemExit(f"minify: {module.name}: {ran.stderr.decode(errors='replace')}")
    return ran.stdout
