"""Bundles the page's modules and style sheets, so that a first visit asks for a dozen files instead of a hundred.

Names stay as they are written: what the page shows of an error, and what a visitor reads, is still the source.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from layout import Files
from obtain import bundler_folder, read_pins
from under_node import find_node

SHEETS = ("style/page.css", "style/dark.css", "style/dna.css", "style/motif.css", "style/vq.css")
TOGETHER = ("start.js", "app.js", "genotok.js", *SHEETS)  # they share what they both import
ALONE = ("worker.js", "genotok/nodeworker.js")  # each a file by itself: workers see no preloaded modules
BROWSERS = "chrome119,firefox121,safari17.4"
OPTIONS = (
    "--bundle",
    "--format=esm",
    f"--target={BROWSERS}",
    "--minify-whitespace",
    "--minify-syntax",
    "--legal-comments=none",  # vendor/ keeps the licences
    "--external:node:*",
    "--entry-names=[name]",
    "--chunk-names=[name]-[hash]",
    "--log-level=warning",
)


def bundle(web: Path) -> Files:
    """Give the bundles of ``web`` by name, all without a folder: an address inside them starts at the app folder."""
    with tempfile.TemporaryDirectory() as target:
        running = [_start(web, TOGETHER, target, "--splitting"), _start(web, ALONE, target)]
        said = [process.communicate()[1] for process in running]
        if any(process.returncode for process in running) or any(said):
            raise SystemExit("bundle: " + "\n".join(said))
        return {path.name: path.read_bytes() for path in sorted(Path(target).iterdir())}


def _start(web: Path, entries: Sequence[str], target: str, *more: str) -> subprocess.Popen[str]:
    bundler = bundler_folder(read_pins()) / "bin/esbuild"
    command = [find_node(), str(bundler), *entries, *OPTIONS, *more, f"--outdir={target}"]
    return subprocess.Popen(command, cwd=web, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
