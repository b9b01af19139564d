"""Runs inside Pyodide during the build: puts what a start of the page imports in front of its archives."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

from bytecode import write_stored

NAMELESS = ("os.py",)  # by this file the interpreter knows its library; it is frozen into the runtime, not imported
DESCRIPTION = ".dist-info/"  # looked through by the package loader


def imported(universe: str) -> set[str]:
    """Start as the worker does, up to an open universe, and list the files of all modules below their import folder."""
    from genotok.bridge import Session  # lazy: this file is also read by the build itself

    content = Path(universe).read_bytes()
    session = Session()
    session.hello()
    session.configure("{}")
    buffer: Any = session.staging(len(content))
    buffer[: len(content)] = memoryview(content)
    text, _ = session.open_asset(len(content), "first")
    if '"error"' in text:
        raise ValueError(text)
    session.configure("{}")  # with a universe it makes a tokenizer
    files = [getattr(module, "__file__", None) for module in sys.modules.values()]
    folders = sorted((folder.rstrip("/") + "/" for folder in sys.path if folder), key=len, reverse=True)
    return {file.removeprefix(next(filter(file.startswith, folders))) for file in files if file} | set(NAMELESS)


def order(source: str, target: str, first: set[str]) -> None:
    """Write an archive anew with the members that ``first`` names, as they are or as .py, in front of all others.

    The archive's comment says how many bytes the front has: `first 123`.
    """
    with zipfile.ZipFile(source) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    front = [member for member in members if _source_of(member[0]) in first or member[0] in first]
    front += [member for member in members if DESCRIPTION in member[0]]
    names = {name for name, _ in front}
    write_stored(target, front, [member for member in members if member[0] not in names])


def _source_of(name: str) -> str:
    """Name the source of byte code, which lies in its place, or in the __pycache__ beside it."""
    folder, beside, file = name.rpartition("__pycache__/")
    return f"{folder}{file.partition('.')[0]}.py" if beside else name.removesuffix("c")


def run(universe: str, jobs: list[dict[str, Any]]) -> None:
    """Order several archives, `{source, target}`, by one start."""
    first = imported(universe)
    for job in jobs:
        order(job["source"], job["target"], first)
