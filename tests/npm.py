"""Packages from npm that tests and benchmarks use: pinned by integrity, kept in the build's cache, never shipped."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "web" / "tools"))

from obtain import cache_folder  # needs the path above
from sources import fetch_url, npm_registry


class Package(NamedTuple):
    """One version of a package, and the hash of its tarball as npm tells it."""

    name: str
    version: str
    integrity: str


AXE = Package(
    "axe-core",
    "4.14.1",
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)
GTARS = Package(
    "@databio/gtars",
    "0.8.1",
    "sha512-dh7yLgzRZqEjXOtZ/jCug0evCEHc/qxcp8A5+fg8Sujz/7ndzE+w6LJSrKHgrlAxZ8xefBBV7Qob7E16EUwd8g==",
)
TYPESCRIPT = Package(
    "typescript",
    "5.9.3",
    "sha512-jl1vZzPDinLr9eUt3J/t7V6FgNEw9QjvBPdysz9KfQDD41fQrC2Y4vKQdiaUpFT4bXlb1RHhLpp8wtm6M5TgSw==",
)


def tarball(package: Package) -> bytes:
    """Give the package as npm packs it, from the cache or the registry; checked either way. Raises OSError."""
    kept = cache_folder() / "npm" / f"{package.name.replace('/', '-')}-{package.version}.tgz"
    content = kept.read_bytes() if kept.is_file() else b""
    if _integrity(content) == package.integrity:
        return content
    about = json.loads(fetch_url(f"{npm_registry().rstrip('/')}/{package.name}/{package.version}"))
    content = fetch_url(about["dist"]["tarball"])
    if _integrity(content) != package.integrity:
        raise OSError(f"{package.name} {package.version} from npm is not the package that is pinned here")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(content)
    return content


def read(package: Package, *names: str) -> list[bytes]:
    """Read files of a package, named from its root."""
    with tarfile.open(fileobj=io.BytesIO(tarball(package))) as archive:
        streams = [archive.extractfile(f"package/{name}") for name in names]
        return [stream.read() for stream in streams if stream]


def unpacked(package: Package) -> Path:
    """Give a folder with all files of a package, in the cache."""
    folder = cache_folder() / "npm" / f"{package.name.replace('/', '-')}-{package.version}"
    if not folder.is_dir():
        partial = folder.with_name(f"{folder.name}.{os.getpid()}")
        with tarfile.open(fileobj=io.BytesIO(tarball(package))) as archive:
            archive.extractall(partial, filter="data")
        partial.rename(folder)
    return folder / "package"


def _integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
