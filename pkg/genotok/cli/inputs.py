"""Which files a command line means, and what each is called in the output."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import click

STDIN = "-"


@dataclass(frozen=True)
class Input:
    """One input: its ``path`` as the user gave it, ``-`` for standard input, and the name of its ``document``."""

    path: str
    document: str

    @property
    def is_stdin(self) -> bool:
        """Tell whether this is standard input."""
        return self.path == STDIN

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return "<stdin>" if self.is_stdin else self.path

    @property
    def size(self) -> int:
        """Return the bytes of a plain file, 0 for what has no size of its own."""
        return 0 if self.is_stdin or not Path(self.path).is_file() else Path(self.path).stat().st_size


@dataclass(frozen=True)
class Shard:
    """One of ``count`` runs that share the inputs; ``index`` counts from 1."""

    index: int
    count: int

    def take(self, inputs: Sequence[Input]) -> list[Input]:
        """Return the inputs of this run: every ``count``-th one."""
        return list(inputs[self.index - 1 :: self.count])


def list_paths(paths: Iterable[str], list_file: str | None) -> list[str]:
    """Join the paths of the command line with those of a list: one a line, blank lines and ``#`` lines aside."""
    found = list(paths)
    if list_file is not None:
        if list_file == STDIN in found:
            raise click.UsageError("standard input can't be both the list and an input")
        lines = os.fsdecode(_read_list(list_file)).split("\n")  # a path may hold any other line separator
        found += [line.removesuffix("\r") for line in lines if line.strip() and not line.startswith("#")]
    if not found:
        raise click.UsageError("no input; name BED files, or - for standard input")
    if found.count(STDIN) > 1:
        raise click.UsageError("standard input is given twice")
    return found


def _read_list(list_file: str) -> bytes:
    if list_file != STDIN:
        return Path(list_file).read_bytes()
    if sys.stdin is None:
        raise click.UsageError("standard input is closed; name the file of the list")
    return sys.stdin.buffer.read()


def name_documents(paths: Sequence[str]) -> list[Input]:
    """Name each input by its path below the folder that all have in common; a single one by its file name.

    >>> [each.document for each in name_documents(["data/a/peaks.bed", "data/b/peaks.bed"])]
    ['a/peaks.bed', 'b/peaks.bed']
    """
    files = [os.path.abspath(path) for path in paths if path != STDIN]  # noqa: PTH100  # resolve() would follow links
    root = os.path.commonpath([os.path.dirname(file) for file in files]) if files else ""  # noqa: PTH120  # as above
    return [
        Input(path, "stdin" if path == STDIN else PurePath(os.path.relpath(path, root)).as_posix()) for path in paths
    ]


def parse_shard(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> Shard | None:
    """Read ``i/n``, counted from 1."""
    if value is None:
        return None
    index, _, count = value.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise click.BadParameter(f"{value!r} is no shard; write i/n with i from 1 to n, as 2/8")
    return Shard(int(index), int(count))


def parse_renames(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | str | None:
    """Read ``auto``, or ``old=new`` pairs, several separated by commas."""
    pairs = [pair for value in values for pair in value.split(",")]
    if not pairs:
        return None
    if pairs == ["auto"]:
        return "auto"
    mapping = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (old and sign and new):
            raise click.BadParameter(f"{pair!r} is neither auto nor old=new")
        mapping[old] = new
    return mapping
