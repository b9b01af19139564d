"""Gathers the pinned files of Pyodide and of the bundler in the cache: whatever source answers, hashes decide."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources import Answer, from_folder, from_index, from_npm, from_pypi

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


def bundler_folder(pins: Mapping[str, Any]) -> Path:
    """Give the cache folder of the bundler's verified files."""
    return cache_folder() / "{package}-{version}".format(**pins["bundler"])


def fault(content: bytes, pin: Mapping[str, Any]) -> str | None:
    """Say how a file's content differs from its pin, or None."""
    if len(content) != pin["bytes"]:
        return f"{len(content)} bytes instead of {pin['bytes']}"
    digest = hashlib.sha256(content).hexdigest()
    return None if digest == pin["sha256"] else f"sha256 {digest}"


def sources_of(pins: Mapping[str, Any]) -> list[Source]:
    """List the sources of `files` in the order in which they are asked."""
    mirror = os.environ.get("GENOTOK_PYODIDE_MIRROR")
    npm, cdn, pypi, index = (pins["sources"].get(name) for name in ("npm", "cdn", "pypi", "index"))
    own = index["wheels"] if index else {}  # wheels that the package index has and that Pyodide does not redistribute
    official = [name for name in pins["files"] if name not in own]
    runtime = [name for name in official if not name.endswith(".whl")]  # the npm package holds no wheels
    chosen: list[Source] = []

    def add(label: str, ask: Callable[[Any, Sequence[str]], dict[str, Answer]], pin: Any, has: Collection[str]) -> None:
        if pin:
            chosen.append((label, lambda names: ask(pin, [name for name in names if name in has])))

    add("GENOTOK_PYODIDE_MIRROR", from_folder, mirror, pins["files"])
    add("npm", from_npm, npm, runtime)
    add("jsDelivr", from_folder, cdn, official)
    add("PyPI", from_index, index, own)
    add(f"PyPI {pypi['requirement']}" if pypi else "", from_pypi, pypi, official)
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
    lines = [f"{len(answers)} of {len(files)} pinned files could not be had with the pinned content."]
    for name, said in answers.items():
        lines += [f"  {name}  ({files[name]['bytes']} bytes, sha256 {files[name]['sha256']})"]
        lines += [f"    {line}" for line in said]
    lines += [f"Remedy: GENOTOK_PYODIDE_MIRROR=/folder/with/these/{len(files)}/files (or a URL), then build again."]
    return "\n".join(lines)


def main() -> int:
    """Obtain all files of `pins.json`; exit code 1 and one block if that is impossible."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    pins = read_pins()
    missing = 0
    for folder, wanted in ((engine_folder(pins), pins), (bundler_folder(pins), pins["bundler"])):
        try:
            for line in obtain(folder, wanted["files"], sources_of(wanted)):
                print(line)
        except MissingFilesError as error:
            print(error, file=sys.stderr)
            missing = 1
    return missing


if __name__ == "__main__":
    sys.exit(main())
