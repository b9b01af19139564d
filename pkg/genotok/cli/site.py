"""Where the page comes from: a zip or folder that was named, the checkout that runs, the cache, or the release."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import genotok
from genotok.cli.sitezip import MAX_BYTES, read_manifest, unpack_site
from genotok.errors import GenotokError

RELEASES = ""  # the folder of the release's files, {version} in it; GENOTOK_PAGE_URL comes before it
TIMEOUT = 30  # s without a byte
_MAX_SUM = 4096  # bytes of a .sha256 file
_SUM = re.compile(r"# (\d+) bytes\s+([0-9a-f]{64}) [ *](\S+)\s*")
_BLOCK = 2**20

Say = Callable[[str], None]


def find_site(site: Path | None, *, rebuild: bool, say: Say) -> Path:
    """Return the folder of the page, getting or building it if need be; ``say`` hears what takes time.

    A ``site`` that was named comes first: a folder is served as it is, a zip is unpacked into the cache, where later
    calls find it. A checkout serves what its own sources make. Otherwise it is the cache, then the release.
    """
    if site is not None:
        return _named(site)
    checkout = checkout_of(Path(genotok.__file__))
    if checkout is not None:
        return _built(checkout, rebuild=rebuild, say=say)
    kept = kept_site()
    if rebuild or not _is_kept(kept):
        _fetch(kept, say)
    return kept


def cache_folder() -> Path:
    """Return the folder for what can be had again: ``GENOTOK_CACHE``, else ``~/.cache/genotok/web``, as the build."""
    return Path(os.environ.get("GENOTOK_CACHE") or "~/.cache/genotok/web").expanduser()


def kept_site() -> Path:
    """Return where this version's page is kept."""
    return cache_folder() / f"page-{genotok.__version__}"


def _is_kept(folder: Path) -> bool:
    try:
        return read_manifest(folder, folder.name)[0] == genotok.__version__
    except GenotokError:
        return False


def _named(site: Path) -> Path:
    if site.is_dir():
        read_manifest(site, str(site))
        return site
    kept = kept_site()
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        _keep(site, Path(folder) / "page", kept)
    return kept


def _keep(archive: Path, fresh: Path, kept: Path) -> None:
    """Unpack a zip, and if it is of this version put its page in the place of the one that is kept."""
    version = unpack_site(archive, fresh)
    if version != genotok.__version__:
        what = f"it is the page of genotok {version}, and this is {genotok.__version__}"
        raise GenotokError(what, path=archive.name, hint=f"pip install genotok=={version}, or take the other zip")
    shutil.rmtree(kept, ignore_errors=True)
    fresh.rename(kept)


def checkout_of(package: Path) -> Path | None:
    """Return the root of the source checkout that a package's file lies in, None for an installed package."""
    root = package.resolve().parents[2]
    parts = ("build_wasm.sh", "pyproject.toml", "web/index.html", "pkg/genotok")
    return root if all((root / part).exists() for part in parts) else None


def _built(checkout: Path, *, rebuild: bool, say: Say) -> Path:
    """Build the page from the sources unless that was done since they changed."""
    fresh = [sys.executable, str(checkout / "web/tools/fresh.py")]
    if rebuild or subprocess.run(fresh, check=False).returncode:  # noqa: S603  # the checkout's own tool
        say("building the page from this checkout")
        script = [str(checkout / "build_wasm.sh")]
        built = subprocess.run(script, stdout=sys.stderr, check=False)  # noqa: S603  # as above
        if built.returncode:
            hint = "its reasons stand above; --site PATH serves a page that was built elsewhere"
            raise GenotokError(f"build_wasm.sh ended with {built.returncode}", hint=hint)
    return checkout / "web/dist"


def _fetch(kept: Path, say: Say) -> None:
    """Get the release's zip of this version, check it by the .sha256 beside it, unpack it into the cache."""
    name = f"genotok-page-{genotok.__version__}.zip"
    base = os.environ.get("GENOTOK_PAGE_URL") or RELEASES.format(version=genotok.__version__)
    if not base:
        raise _absent(name, "no address is set from which to fetch it (GENOTOK_PAGE_URL)")
    address = urljoin(base.rstrip("/") + "/", name)
    if urlsplit(address).scheme not in ("http", "https"):
        raise GenotokError(f"{base!r} is no address", hint="GENOTOK_PAGE_URL begins with https://; --site takes files")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        archive = Path(folder) / name
        try:
            size, digest = _read_sum(address)
            say(f"fetching {address} ({size / 1e6:.1f} MB)")
            with archive.open("wb") as sink:
                _download(address, sink, size, digest)
        except HTTPError as error:
            raise _absent(name, f"{error.url} answers {error.code} {error.reason}") from error
        except (URLError, OSError) as error:
            raise _absent(name, f"{address} can't be reached ({getattr(error, 'reason', error)})") from error
        _keep(archive, Path(folder) / "page", kept)


def _absent(name: str, why: str) -> GenotokError:
    hint = f"connect once, or get {name} (./build_wasm.sh zip makes it) and run: genotok serve --site {name}"
    return GenotokError(f"the page of genotok {genotok.__version__} is not here yet: {why}", hint=hint)


def _read_sum(address: str) -> tuple[int, str]:
    """Read size and SHA-256 of a zip from the file that lies beside it."""
    with urlopen(f"{address}.sha256", timeout=TIMEOUT) as reply:  # noqa: S310  # the scheme was checked
        text = reply.read(_MAX_SUM).decode("ascii", "replace")
    found = _SUM.fullmatch(text)
    if found is None or found[3] != urlsplit(address).path.rpartition("/")[2] or int(found[1]) > MAX_BYTES:
        raise GenotokError("it does not tell size and SHA-256 of the page", path=f"{address}.sha256")
    return int(found[1]), found[2]


def _download(address: str, sink: BinaryIO, size: int, digest: str) -> None:
    """Copy a file of known size and SHA-256; what differs is refused before anything uses it."""
    total, seen = hashlib.sha256(), 0
    with urlopen(address, timeout=TIMEOUT) as reply:  # noqa: S310  # as above
        while block := reply.read(_BLOCK):
            seen += len(block)
            if seen > size:
                break
            total.update(block)
            sink.write(block)
    if (seen, total.hexdigest()) != (size, digest):
        what = f"what came is not the file that its .sha256 describes ({seen} of {size} bytes)"
        raise GenotokError(what, path=address, hint="try again")
