"""Runs inside Pyodide during the build: turns archives of Python sources into stored archives of its own byte code."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import lzma
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from importlib._bootstrap_external import _code_to_hash_pyc  # type: ignore[attr-defined]  # py_compile writes files only
from pathlib import Path
from typing import Any, BinaryIO

EPOCH = (1980, 1, 1, 0, 0, 0)
XZ = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 25}]  # as far back as the bundles are long


def compile_source(source: bytes, name: str) -> bytes:
    """Byte-compile one source file as an unchecked-hash .pyc: no time stamp, and never compared with a source.

    Docstrings and asserts are left out: nobody reads them in a page, and they are a third of what must be loaded.
    """
    code = compile(source, name, "exec", dont_inherit=True, optimize=2)
    pyc: bytes = bytes(_code_to_hash_pyc(code, importlib.util.source_hash(source), False))
    return pyc


def write_stored(path: str | BinaryIO, *parts: Iterable[tuple[str, bytes]]) -> None:
    """Write members uncompressed, dated 1980, with one mode, part after part by name: content alone decides the bytes.

    Of several parts the first one's length in bytes is noted in the comment: `first 123`.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, members in enumerate(parts):
            for name, content in sorted(members):
                info = zipfile.ZipInfo(name, EPOCH)
                info.create_system = 3
                info.external_attr = 0o100644 << 16
                archive.writestr(info, content)
            if number == 0 and len(parts) > 1:
                archive.comment = f"first {archive.start_dir}".encode()


def _kept(path: str, prune: list[str]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith("/") and not any(fnmatchcase(name, pattern) for pattern in prune):
                yield name, archive.read(name)


def _compiled(
    members: Iterable[tuple[str, bytes]], prefix: str, empty: Iterable[str] = ()
) -> Iterator[tuple[str, bytes]]:
    for name, content in members:
        if name.endswith(".py"):
            yield name + "c", compile_source(b"" if name in empty else content, prefix + name)
        else:
            yield name, content


def _record(members: list[tuple[str, bytes]], name: str) -> bytes:
    """Rewrite a wheel's RECORD for what the wheel now holds."""
    rows = io.StringIO()
    for file, content in sorted(members):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.write(f"{file},sha256={digest},{len(content)}\n")
    rows.write(f"{name},,\n")
    return rows.getvalue().encode()


def repack(source: str, target: str, prune: list[str], prefix: str, empty: Iterable[str] = ()) -> None:
    """Write `source` (zip or wheel) to `target` with each .py replaced by its .pyc and the pruned patterns left out.

    ``prefix`` is put before member names in tracebacks. Of the modules in ``empty`` nothing is left but the name.
    """
    members = list(_compiled(_kept(source, prune), prefix, empty))
    for record in [name for name, _ in members if name.endswith(".dist-info/RECORD")]:
        members = [member for member in members if member[0] != record]
        members.append((record, _record(members, record)))
    write_stored(target, members)


def cache_beside(source: str, target: str, prune: list[str], prefix: str) -> None:
    """Write the byte code of a wheel that itself stays as it is: a zip of __pycache__ only, to lay over its folder."""
    sources = [(name, content) for name, content in _kept(source, prune) if name.endswith(".py")]
    write_stored(target, [(_cached(name), compile_source(text, prefix + name)) for name, text in sources])


def bundle(sources: list[str], target: str, prune: list[str], prefix: str) -> None:
    """Write several wheels, repacked, as one stored zip under xz: what packages have in common is then kept once."""
    content = io.BytesIO()
    write_stored(content, _compiled((member for source in sources for member in _kept(source, prune)), prefix))
    Path(target).write_bytes(lzma.compress(content.getvalue(), filters=XZ))


def _cached(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/__pycache__/{file.removesuffix('.py')}.{sys.implementation.cache_tag}.pyc"


def run(jobs: list[dict[str, Any]]) -> None:
    """Do several jobs, `{"do": name, **arguments}`, in one start of Pyodide."""
    acts: dict[str, Callable[..., None]] = {"repack": repack, "cache_beside": cache_beside, "bundle": bundle}
    for job in jobs:
        act = acts[job.pop("do")]
        act(**job)
