"""Brings the page's JavaScript libraries from npm into web/vendor (for maintainers); every build re-checks them."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parent.parent / "vendor"
Part = dict[str, Any]  # name, version, licence, from, file, imports, and (filled in) integrity, sha256


def read_parts(folder: Path) -> list[Part]:
    """Read `VENDOR.json`, the list of vendored modules."""
    parts: list[Part] = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))
    return parts


def faults(folder: Path) -> list[str]:
    """List what differs from `VENDOR.json`: changed, missing, unlisted, importing bare names, without licence."""
    found: list[str] = []
    parts = read_parts(folder)
    for part in parts:
        module = folder / part["file"]
        if not module.is_file():
            found.append(f"{part['file']}: missing")
        elif hashlib.sha256(module.read_bytes()).hexdigest() != part["sha256"]:
            found.append(f"{part['file']}: not the content that VENDOR.json lists")
        elif bare := bare_imports(module.read_text(encoding="utf-8")):
            found.append(f"{part['file']}: imports {', '.join(bare)}, which no browser can resolve")
        if not (folder / f"{part['file']}.LICENSE").is_file():
            found.append(f"{part['file']}: its licence is missing")
    listed = {part["file"] for part in parts}
    known = listed | {f"{name}.LICENSE" for name in listed} | {"VENDOR.json"}
    return found + [f"{path.name}: not in VENDOR.json" for path in sorted(folder.iterdir()) if path.name not in known]


def bare_imports(source: str) -> list[str]:
    """List the specifiers that a module imports from anywhere but a relative path."""
    specifiers = re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']""", source)
    return [name for name in specifiers if not name.startswith((".", "/"))]


def adapt(source: str, imports: Mapping[str, str]) -> str:
    """Rewrite the given bare specifiers and drop the pointer to a source map that is not shipped."""
    for bare, relative in imports.items():
        pattern = rf"""((?:\bfrom|\bimport)\s*)(["']){re.escape(bare)}\2"""
        source = re.sub(pattern, rf"\g<1>\g<2>{relative}\g<2>", source)
    return re.sub(r"//# sourceMappingURL=\S*\s*$", "", source).rstrip() + "\n"


def _packed(part: Mapping[str, Any], folder: Path) -> Path:
    package = f"{part['name']}@{part['version']}"
    command = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (tarball,) = folder.glob("*.tgz")
    return tarball


def bring(part: Part, target: Path) -> Part:
    """Fetch one package, copy its module and licence to ``target``, and give the part with its hashes filled in."""
    with tempfile.TemporaryDirectory() as folder:
        tarball = _packed(part, Path(folder))
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if part.get("integrity", integrity) != integrity:
            raise SystemExit(f"vendor: {part['name']}@{part['version']} is not the package that VENDOR.json lists")
        with tarfile.open(tarball) as archive:
            content = {name.removeprefix("package/"): name for name in archive.getnames()}
            licence = next(name for name in sorted(content) if re.fullmatch(r"licen[cs]e(\.\w+)?", name, re.IGNORECASE))
            module = adapt(_text(archive, content[part["from"]]), part["imports"]).encode()
            (target / part["file"]).write_bytes(module)
            (target / f"{part['file']}.LICENSE").write_text(_text(archive, content[licence]), encoding="utf-8")
    return {**part, "integrity": integrity, "sha256": hashlib.sha256(module).hexdigest()}


def _text(archive: tarfile.TarFile, name: str) -> str:
    stream = archive.extractfile(name)
    if stream is None:
        raise SystemExit(f"vendor: {name} is no file")
    return stream.read().decode("utf-8")


def main() -> int:
    """Bring all parts of VENDOR.json, or only check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare web/vendor with VENDOR.json and fetch nothing")
    if not parser.parse_args().check:
        parts = [bring(part, VENDOR) for part in read_parts(VENDOR)]
        (VENDOR / "VENDOR.json").write_text(json.dumps(parts, indent=2) + "\n", encoding="utf-8")
    problems = faults(VENDOR)
    for problem in problems:
        print(f"web/vendor/{problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
