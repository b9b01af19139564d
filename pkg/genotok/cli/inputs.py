"""Which files a command line means, and what each is called in the output."""

import codecs
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO, Self

import click

from genotok.io.remote import is_url, list_urls, place_of, size_of_url, total_size
from genotok.io.sources import iter_blocks

STDIN = "-"


@dataclass(frozen=True)
class Input:
    """One input: its ``path`` as the user gave it, ``-`` for standard input, and the name of its ``document``.

    ``anchor`` is the folder that a relative path starts from, where that is not the current one.
    """

    path: str
    document: str
    anchor: str = ""

    @property
    def place(self) -> str:
        """Return what to open: the path, below the anchor if that is given and the path is relative."""
        return self.path if self.is_url or not self.anchor else os.path.join(self.anchor, self.path)  # noqa: PTH118  # as text

    def anchored(self, folder: str) -> Self:
        """Return the same input as a process in another folder finds it."""
        return replace(self, anchor=folder)

    @property
    def is_stdin(self) -> bool:
        """Tell whether this is standard input."""
        return self.path == STDIN

    @property
    def is_url(self) -> bool:
        """Tell whether it lies elsewhere, to be read through fsspec."""
        return is_url(self.path)

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return "<stdin>" if self.is_stdin else self.path

    @property
    def size(self) -> int:
        """Return the bytes of a plain file, 0 for what has no size of its own."""
        if self.is_stdin or self.is_url or not Path(self.place).is_file():
            return 0
        return Path(self.place).stat().st_size

    def ask_size(self) -> int | None:
        """Return the bytes of a file or of what a URL stands for; None if its server does not say."""
        return size_of_url(self.path) if self.is_url else self.size


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
    if "" in (*found, list_file):
        raise click.UsageError("the name of an input is empty; is a variable not set?")
    if list_file is not None:
        if list_file == STDIN in found:
            raise click.UsageError("standard input can't be both the list and an input")
        text = os.fsdecode(_read_list(list_file).removeprefix(codecs.BOM_UTF8))
        if "\0" in text:
            raise click.UsageError(f"{list_file} is no list of paths: it holds a NUL byte; write one path a line")
        lines = text.split("\n")  # a path may hold any other line separator
        found += [line.removesuffix("\r") for line in lines if line.strip() and not line.startswith("#")]
    found = [path for each in found for path in _expand(each)]
    if not found:
        raise click.UsageError("no input; name BED files, or - for standard input")
    if found.count(STDIN) > 1:
        raise click.UsageError("standard input is given twice")
    return found


def _expand(path: str) -> list[str]:
    """Return the URLs that a URL with ``*`` stands for, which no shell does; anything else stands for itself."""
    if "*" not in path or not is_url(path):
        return [path]
    urls = list_urls(path)
    if not urls:
        raise click.UsageError(f"nothing fits {path}")
    return urls


def _read_list(list_file: str) -> bytes:
    return b"".join(iter_blocks(open_stdin() if list_file == STDIN else list_file))


def open_stdin() -> BinaryIO:
    """Return standard input as bytes; OSError if it is closed."""
    if sys.stdin is None:
        raise OSError("standard input is closed; name a file")
    return sys.stdin.buffer


def name_documents(paths: Sequence[str]) -> list[Input]:
    """Name each input by its path below the folder that all have in common; a single one by its file name.

    The folders of a URL begin with its scheme and its host.

    >>> [each.document for each in name_documents(["data/a/peaks.bed", "data/b/peaks.bed"])]
    ['a/peaks.bed', 'b/peaks.bed']
    >>> [each.document for each in name_documents(["s3://x/a/peaks.bed", "s3://y/peaks.bed"])]
    ['x/a/peaks.bed', 'y/peaks.bed']
    """
    files = [_absolute(path) for path in paths if path != STDIN]
    root = os.path.commonpath([os.path.dirname(file) for file in files]) if files else ""  # noqa: PTH120  # as above
    return [
        Input(path, "stdin" if path == STDIN else PurePath(os.path.relpath(_absolute(path), root)).as_posix())
        for path in paths
    ]


def _absolute(path: str) -> str:
    return place_of(path) if is_url(path) else os.path.abspath(path)  # noqa: PTH100  # resolve() would follow links


def total_bytes(inputs: Sequence[Input]) -> int:
    """Return the bytes of all inputs; 0, which says not known, if the server of a URL does not tell."""
    urls = [each.path for each in inputs if each.is_url]
    away = total_size(urls) if urls else 0
    return 0 if urls and not away else away + sum(each.size for each in inputs)


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
