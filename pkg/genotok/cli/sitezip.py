"""Unpacks the page's zip where nothing it holds can do harm, and checks every file by the page's own manifest."""

import hashlib
import json
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from genotok.errors import GenotokError

MAX_FILES = 5_000
MAX_BYTES = 2**28  # of all files; ten times what the page has
_BLOCK = 2**20


def unpack_site(archive: Path, folder: Path) -> str:
    """Unpack the page's zip into a folder that is not there yet, and return its version.

    Raises GenotokError if the zip is damaged, too large, has names that lead outside, or files other than built.
    """
    try:
        _unpack(archive, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise GenotokError(f"the zip is damaged ({error})", path=archive.name, hint="fetch it again") from error
    return check_site(folder, archive.name)


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as source:
        members = [member for member in source.infolist() if not member.is_dir()]
        if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
            raise GenotokError("the zip is too large to be the page", path=archive.name)
        left = MAX_BYTES
        for member in members:
            path = folder / _inside(member, archive.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with source.open(member) as stream, path.open("xb") as sink:
                while block := stream.read(_BLOCK):
                    left -= len(block)  # sizes in a zip may lie
                    if left < 0:
                        raise GenotokError("the zip is too large to be the page", path=archive.name)
                    sink.write(block)


def _inside(member: zipfile.ZipInfo, where: str) -> PurePosixPath:
    """Return a member's path if it stays inside on every system; links and devices don't count as files."""
    name = member.filename
    path = PurePosixPath(name)
    kind = stat.S_IFMT(member.external_attr >> 16)
    odd = any(part in ("", ".", "..") or part.endswith((".", " ")) for part in name.split("/"))
    if path.is_absolute() or odd or any(sign in name for sign in '\\:\0<>"|?*') or kind not in (0, stat.S_IFREG):
        raise GenotokError(f"{name!r} would be written outside the page's folder", path=where, hint="do not use it")
    return path


def check_site(folder: Path, where: str) -> str:
    """Compare every file with ``manifest.json`` and return the version; GenotokError names the first that differs."""
    version, files = read_manifest(folder, where)
    for name, fact in files.items():
        path = folder / (f"{name}.gz" if fact.get("gzip") else name)
        content = path.read_bytes() if path.is_file() else None
        if content is not None and fact.get("gzip"):
            content = _inflated(content, fact["bytes"])
        if content is None or len(content) != fact["bytes"] or hashlib.sha256(content).hexdigest() != fact["sha256"]:
            what = "is missing" if content is None else "is not as it was built"
            raise GenotokError(f"{name} {what}", path=where, hint="fetch or build the page again")
    return version


def read_manifest(folder: Path, where: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return version and files of the page that lies in a folder; GenotokError if none does."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        return str(manifest["genotok"]), {str(name): dict(fact) for name, fact in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "give what ./build_wasm.sh zip made, or web/dist"
        raise GenotokError("there is no page of genotok", path=where, hint=hint) from error


def _inflated(content: bytes, size: int) -> bytes:
    """Inflate at most one byte more than there should be."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    return inflater.decompress(content, size + 1)
