"""Tells whether web/dist still belongs to the sources: a digest of every input is kept beside the build."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
STAMP = ROOT / "web" / "build" / "inputs.sha256"
INPUTS = ("pkg", "web", "pyproject.toml", "README.md", "LICENSE", "build_wasm.sh")
APART = ("dist", "dist.new", "dist.docs", "build", "docs")  # what is made, and the docs, of which the page is not made


def digest_of_inputs(root: Path) -> str:
    """Hash names and contents of all that a build of the page reads."""
    return digest_of(root, INPUTS, apart=[root / "web" / name for name in APART])


def digest_of(root: Path, inputs: Sequence[str], apart: Sequence[Path] = ()) -> str:
    """Hash names and contents of files and of all in folders, but for some folders."""
    total = hashlib.sha256()
    for start in (root / name for name in inputs):
        for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
            left_out = "__pycache__" in path.parts or any(path.is_relative_to(folder) for folder in apart)
            if path.is_file() and not left_out:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(root).as_posix()} {digest}\n".encode())
    return total.hexdigest()


def main() -> int:
    """Exit with 0 if web/dist is fresh, else with 1; or note that it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mark", action="store_true", help="note that web/dist was just built from these inputs")
    if parser.parse_args().mark:
        STAMP.parent.mkdir(parents=True, exist_ok=True)
        STAMP.write_text(digest_of_inputs(ROOT), encoding="ascii")
        return 0
    noted = STAMP.read_text(encoding="ascii") if STAMP.is_file() else ""
    return 0 if (ROOT / "web/dist/manifest.json").is_file() and noted == digest_of_inputs(ROOT) else 1


if __name__ == "__main__":
    sys.exit(main())
