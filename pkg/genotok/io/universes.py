"""A universe from a file of either kind, BED or compact, told by content."""

from os import PathLike
from pathlib import Path

from genotok.io.bed import read_universe
from genotok.io.gtu import MAGIC, read_gtu
from genotok.io.sources import Source, name_of
from genotok.values.bounds import Invalid
from genotok.values.universe import Universe


def open_universe_file(source: Source, *, invalid: Invalid = "error") -> Universe:
    """Read a path or binary file as a compact universe if it begins as one, else as BED with the rule ``invalid``."""
    if isinstance(source, (str, PathLike)) and _is_compact(Path(source)):
        return read_gtu(Path(source).read_bytes(), name_of(source))[0]
    return read_universe(source, invalid=invalid)


def _is_compact(path: Path) -> bool:
    if not path.is_file():  # reading it as BED finds the words for that
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
