"""Where the output goes: standard output, one file, or a folder with a file for each input."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Literal, cast

import click

from genotok.cli.inputs import Input
from genotok.export.manifest import MANIFEST, output_name
from genotok.export.writers import BINARY, FORMATS, ONE_DOCUMENT, Format, format_of
from genotok.io.sinks import atomic_write, told_when_full

_IN_MEMORY = 2**26  # bytes of a binary format held before a temporary file takes them


@dataclass(frozen=True)
class Target:
    """A place for output and its format; ``path`` is None for standard output."""

    kind: Literal["stdout", "file", "folder"]
    path: Path | None
    format: Format

    @property
    def label(self) -> str:
        """Return the name that messages use."""
        return "standard output" if self.path is None else f"{self.path}/" if self.kind == "folder" else str(self.path)


def choose_target(output: str, chosen: Format | None) -> Target:
    """Decide what ``-o`` means.

    ``-`` is standard output. An existing folder, a name that ends in a slash or has no ending is a folder; anything
    else is one file, whose ending tells the format unless ``--format`` does.
    """
    if output == "-":
        return Target("stdout", None, chosen or "jsonl")
    path = Path(output)
    if path.is_dir() or output.endswith(("/", "\\")) or not (path.suffix or path.exists()):
        return Target("folder", path, chosen or "jsonl")
    told = format_of(path)
    if chosen is None and told is None and path.suffix:
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise click.UsageError(f"{output!r} tells no format: add --format, end it in {endings}, or in / for a folder")
    if chosen is not None and told is not None and chosen != told:
        raise click.UsageError(f"--format {chosen} and -o {output} disagree")
    return Target("file", path, chosen or told or "jsonl")


def check_target(target: Target, inputs: Sequence[Input], *, rows: bool) -> None:
    """Refuse what can't be written."""
    if target.kind != "folder" and target.format in ONE_DOCUMENT and len(inputs) > 1:
        raise click.UsageError(
            f"a .{target.format} file holds one document, and there are {len(inputs)} inputs; "
            f"give a folder, as -o tokens/ --format {target.format}"
        )
    if rows and target.format == "gtok":
        raise click.UsageError("a .gtok file can't keep rows; use --format npz or jsonl, or leave --rows out")


def check_report(target: Target, inputs: Sequence[Input], report: str | None) -> None:
    """Refuse a report that would take the place of an output in the folder, or of its manifest."""
    if target.kind != "folder" or target.path is None or report is None:
        return
    place = os.path.realpath(report)
    if not place.startswith(os.path.realpath(target.path) + os.sep):
        return
    names = [MANIFEST, *(output_name(each.document, target.format) for each in inputs)]
    if any(place == os.path.realpath(target.path / name) for name in names):
        raise click.UsageError(f"{report} is both output and --report-file")


@contextmanager
def open_sink(target: Target) -> Iterator[BinaryIO]:
    """Open one output: a file appears when it is whole; devices, pipes and standard output get bytes as they come.

    Formats that must seek are gathered first where the output can't.
    """
    if target.kind == "stdout":
        if sys.stdout is None:
            raise OSError("standard output is closed; name a file with -o")
        with _gathered(sys.stdout.buffer, target.format) as sink:
            yield sink
        sys.stdout.buffer.flush()
    elif target.path is not None and target.path.exists() and not target.path.is_file():
        with (
            told_when_full(target.path),
            target.path.open("wb") as device,
            _gathered(device, target.format) as sink,
        ):
            yield sink
    else:
        assert target.path is not None, "only standard output has no path"
        with atomic_write(target.path) as sink:
            yield sink


@contextmanager
def _gathered(sink: BinaryIO, format: Format) -> Iterator[BinaryIO]:  # noqa: A002  # the word that users know
    if format not in BINARY:
        yield sink
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as gathered:
        yield cast(BinaryIO, gathered)
        gathered.seek(0)
        shutil.copyfileobj(gathered, sink, 2**20)
