"""Lays out web/dist: the page's sources, the engine and the manifest, in folders named by their content."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import docs
import vendor
from assets import provenance_faults
from bundle import bundle
from layout import SAMPLE_RESULT, Files, gzipped, layout, sha256
from obtain import cache_folder, read_pins
from repack import ENGINE, LIBRARY
from sample import make_sample_result, wheel_first

WEB = Path(__file__).parent.parent
DIST = WEB / "dist"
# at the root of the site, with their tokens replaced
ROOT_FILES = ("index.html", "sw.js", "manifest.webmanifest", "genotok.d.ts", "package.json")
MODULE = """// The address of the JavaScript module that outlives versions.
export * from "./@APP@/genotok.js";
"""
FOLDERS = ("assets", "icons", "samples", "vendor")  # what goes to the site as it is, but for scripts
AS_IT_IS = ("theme.js",)  # a plain script that runs before the modules
TWINS = (".css", ".html", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".webmanifest")  # what compresses well


def read_app(web: Path) -> Files:
    """Read the page's own files by their path in the app folder: bundled modules and sheets, and what goes as it is."""
    inside = [path for folder in FOLDERS for path in (web / folder).rglob("*") if path.is_file()]
    kept = [path for path in inside if path.suffix != ".js" and not path.name.startswith(".")]  # desktops leave files
    asis = [web / name for name in AS_IT_IS] + kept
    return {path.relative_to(web).as_posix(): path.read_bytes() for path in sorted(asis)} | bundle(web)


def twins_of(content: bytes) -> Files:
    """Give the compressed twins of a file by suffix, from the cache if they were made before."""
    makers = {".gz": gzipped} | ({".br": _brotli} if shutil.which("brotli") else {})
    twins: Files = {}
    for suffix, make in makers.items():
        cached = cache_folder() / "twins" / f"{sha256(content)}{suffix}"
        if not cached.is_file():
            cached.parent.mkdir(parents=True, exist_ok=True)
            partial = cached.with_name(f"{cached.name}.{os.getpid()}.part")
            partial.write_bytes(make(content))
            partial.replace(cached)
        twins[suffix] = cached.read_bytes()
    return twins


def _brotli(content: bytes) -> bytes:
    return subprocess.run(["brotli", "--stdout", "-"], input=content, capture_output=True, check=True).stdout


def write_site(site: Files, target: Path) -> None:
    """Write all files and their twins beside the old site, then put the new one in its place."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, content in sorted(site.items()):
        files = {"": content}
        if name.endswith(TWINS):
            files |= {suffix: twin for suffix, twin in twins_of(content).items() if len(twin) < len(content)}
        for suffix, data in files.items():
            path = fresh / (name + suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def pack(dist: Path, folder: Path) -> Path:
    """Write the page as one zip that any static host can serve; the compressed twins and the docs stay out."""
    names = sorted(path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file())
    names = [name for name in names if not name.startswith("docs/")]  # the manifest has none of them
    names = [name for name in names if not (name.endswith((".gz", ".br")) and name.rpartition(".")[0] in names)]
    version = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))["genotok"]
    target = folder / f"genotok-page-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (dist / name).read_bytes())
    content = target.read_bytes()  # `genotok serve` checks it by what lies beside it, as `sha256sum -c` can
    told = f"# {len(content)} bytes\n{sha256(content)}  {target.name}\n"
    target.with_name(f"{target.name}.sha256").write_text(told, encoding="ascii")
    return target


def main() -> int:
    """Stage web/dist from web/ and web/build/engine, or pack it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zip", action="store_true", help="pack web/dist into web/build instead of making it")
    if parser.parse_args().zip:
        print(pack(DIST, WEB / "build"))
        return 0
    problems = [f"web/vendor/{fault}" for fault in vendor.faults(WEB / "vendor")] + provenance_faults(WEB)
    needed = [WEB / "index.html", ENGINE / LIBRARY]
    problems += [
        f"{path.relative_to(WEB.parent)}: missing; run ./build_wasm.sh" for path in needed if not path.is_file()
    ]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    root = {name: (WEB / name).read_bytes() for name in ROOT_FILES if (WEB / name).is_file()}
    root["genotok.js"] = MODULE.encode()
    engine = {path.name: path.read_bytes() for path in sorted(ENGINE.iterdir())}
    app = read_app(WEB)
    with wheel_first(next(ENGINE.glob("genotok-*.whl"))):
        app[SAMPLE_RESULT] = make_sample_result(WEB)
    site, manifest = layout(root, app, engine, read_pins())
    write_site(site, DIST)
    docs.stage(DIST)  # if they were made of these sources
    total = sum(len(content) for content in site.values()) / 1e6
    wheel = manifest["wheel"]
    print(f"web/dist: {len(site)} files, {total:.1f} MB; {wheel['file']} sha256 {wheel['sha256']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
