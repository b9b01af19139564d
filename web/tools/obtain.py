"""Gathers the pinned Pyodide files in the cache: whatever source answers, size and SHA-256 decide."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources import Answer, from_folder, from_npm, from_pypi

PINS = Path(__file__).with_name("pins.json")
Source = tuple[str, Callable[[Sequence[str]], dict[str, Answer]]]


class MissingFilesError(Exception):
    """No source had the right bytes; the text is the block that the user sees."""


def read_pins() -> dict[str, Any]:
    """Read `pins.json`."""
    pins: dict[str, Any] = json.loads(PINS.read_text(encoding="utf-8"))
    return pins


def cache_folder() -> Path:
    """Give the folder for everything that outlives a build: `GENOTOK_CACHE`, else `~/.cache/genotok/web`."""
    return Path(os.environ.get("GENOTOK_CACHE") or "~/.cache/genotok/web").expanduser()


def engine_folder(pins: Mapping[str, Any]) -> Path:
    """Give the cache folder of the verified original files."""
    return cache_folder() / f"pyodide-{pins['pyodide']}"


def fault(content: bytes, pin: Mapping[str, Any]) -> str | None:
    """Say how a file's content differs from its pin, or None."""
    if len(content) != pin["bytes"]:
        return f"{len(content)} bytes instead of {pin['bytes']}"
    digest = hashlib.sha256(content).hexdigest()
    return None if digest == pin["sha256"] else f"sha256 {digest}"


def sources_of(pins: Mapping[str, Any]) -> list[Source]:
    """List the sources in the order in which they are asked."""
    known = pins["sources"]
    mirror = os.environ.get("GENOTOK_PYODIDE_MIRROR")
    chosen: list[Source] = [("GENOTOK_PYODIDE_MIRROR", lambda names: from_folder(mirror, names))] if mirror else []
    npm, cdn, pypi = known.get("npm"), known.get("cdn"), known.get("pypi")
    if npm:
        runtime = [name for name in pins["files"] if not name.endswith(".whl")]  # the npm package holds no wheels
        chosen.append(("npm", lambda names: from_npm(npm, [name for name in names if name in runtime])))
    if cdn:
        chosen.append(("jsDelivr", lambda names: from_folder(cdn, names)))
    if pypi:
        chosen.append((f"PyPI {pypi['requirement']}", lambda names: from_pypi(pypi, names)))
    return chosen


def _store(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(target)


def obtain(folder: Path, files: Mapping[str, Any], sources: Sequence[Source]) -> list[str]:
    """Make `folder` hold every pinned file, verified, and tell in one line a file where it came from.

    Raises MissingFilesError with one block: file, expected hash, what each source answered, and the remedy.
    """
    told: list[str] = []
    answers: dict[str, list[str]] = {}
    for name, pin in files.items():
        held = (folder / name).read_bytes() if (folder / name).is_file() else None
        problem = "absent" if held is None else fault(held, pin)
        if problem:
            answers[name] = [f"cache: {problem}"]
    for label, ask in sources:
        if not answers:
            break
        for name, answer in ask(list(answers)).items():
            problem = answer if isinstance(answer, str) else fault(answer, files[name])
            if problem:
                answers[name].append(f"{label}: {problem}")
            elif isinstance(answer, bytes):
                _store(folder / name, answer)
                told.append(f"{name}: {label}")
                del answers[name]
    if answers:
        raise MissingFilesError(_block(answers, files))
    return told


def _block(answers: Mapping[str, Sequence[str]], files: Mapping[str, Any]) -> str:
    lines = [f"{len(answers)} of {len(files)} Pyodide files could not be had with the pinned content."]
    for name, said in answers.items():
        lines += [f"  {name}  ({files[name]['bytes']} bytes, sha256 {files[name]['sha256']})"]
        lines += [f"    {line}" for line in said]
    lines += [f"Remedy: GENOTOK_PYODIDE_MIRROR=/folder/with/these/{len(files)}/files (or a URL), then build again."]
    return "\n".join(lines)


def main() -> int:
    """Obtain all files of `pins.json`; exit code 1 and one block if that is impossible."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    pins = read_pins()
    try:
        for line in obtain(engine_folder(pins), pins["files"], sources_of(pins)):
            print(line)
    except MissingFilesError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
