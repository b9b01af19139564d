"""Files that are read here and there, or more than once: what no plain file can give that is copied first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from genotok.errors import GenotokError
from genotok.io.remote import is_url, place_of
from genotok.io.sinks import told_when_full
from genotok.io.sources import BLOCK_BYTES, open_path


@contextmanager
def held(path: str, look: Callable[[], None] = lambda: None) -> Iterator[str]:
    """Yield where the bytes of a path or URL lie as a file of the same name; a copy lasts as long as the block.

    ``look`` is called now and then while it is fetched. Errors about the copy name ``path``.
    """
    if not is_url(path):
        yield path
        return
    with TemporaryDirectory(prefix="genotok.") as folder:
        copy = Path(folder, PurePath(place_of(path)).name)
        with open_path(path) as source:
            copy_bytes(source, copy, look)
        try:
            yield str(copy)
        except GenotokError as error:
            raise _renamed(error, str(copy), path) from None


def copy_bytes(source: BinaryIO, target: Path, look: Callable[[], None] = lambda: None) -> None:
    """Copy an open file into a new one."""
    with told_when_full(target), target.open("wb") as copy:
        while block := source.read(BLOCK_BYTES):
            copy.write(block)
            look()


def _renamed(error: GenotokError, old: str, new: str) -> GenotokError:
    """Return an error about the copy as one about what was copied."""
    if error.path != old:
        return error
    rebuild, (kind, what, fields) = error.__reduce__()
    return rebuild(kind, what, {**fields, "path": new, "where": None})  # type: ignore[no-any-return]  # as pickle does
