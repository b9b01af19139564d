"""What a command reads and what it writes must be different places: nobody means to lose an input to a report."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from genotok.io.remote import is_url

Place = tuple[str, str | None]  # what it is for, as "input" or "--report-file", and the path; None if not given


def check_places(read: Iterable[Place], written: Iterable[Place]) -> None:
    """Refuse names that are empty, outputs that are URLs, and a file that is written besides being read or written.

    ``-`` is no place, and devices and pipes may serve as often as one likes.
    """
    inputs, outputs = list(_named(read)), list(_named(written))
    for _, path in outputs:
        if is_url(path):
            raise click.UsageError(f"{path} is a URL, and output goes to files; write them here, then copy them there")
    seen: dict[str, str] = {}
    for role, path in outputs:
        other = seen.setdefault(os.path.realpath(path), role)
        if other != role and not _is_stream(path):
            raise click.UsageError(f"{path} is both {other} and {role}")
    there = {key: (output, path) for output, path in outputs if (key := _file_key(path)) is not None}
    for role, path in inputs if there else ():  # most outputs are new, and inputs may be many
        key = _file_key(path)
        if key in there:
            output, place = there[key]
            raise click.UsageError(f"{place} is both {role} and {output}")


def _named(places: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """Yield the places that are given and have a name of their own."""
    for role, path in places:
        if path == "":
            raise click.UsageError(f"{role}: the name is empty; is a variable not set?")
        if path is not None and path != "-":
            yield role, path


def _is_stream(path: str) -> bool:
    return Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()


def _file_key(path: str) -> tuple[int, int] | None:
    """Tell a plain file from any other, whatever its names; None for what is none."""
    try:
        found = Path(path)
        return (found.stat().st_dev, found.stat().st_ino) if found.is_file() else None
    except (OSError, ValueError):  # whoever opens it says what is wrong
        return None
