"""Where bytes come from: a path, a URL or an open binary file, read in blocks."""

from collections.abc import Iterator
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO, TypeAlias

from genotok.errors import InputError
from genotok.io.remote import is_url, open_url

Source: TypeAlias = str | PathLike[str] | BinaryIO

BLOCK_BYTES = 2**20


def name_of(source: Source) -> str:
    """Name a source for messages: the path as given, or what the open file calls itself."""
    if isinstance(source, (str, PathLike)):
        return fspath(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "<stream>"


def iter_blocks(source: Source, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield the raw bytes of a source in blocks; a path or URL is opened and closed here, an open file is left open.

    A missing path raises FileNotFoundError and a folder IsADirectoryError, both with a hint; what is no
    binary file raises InputError.
    """
    if isinstance(source, (str, PathLike)):
        with open_path(fspath(source)) as file:
            yield from iter_blocks(file, block_bytes)
        return
    if not hasattr(source, "read"):
        raise InputError(f"{type(source).__name__} is no file", hint="give a path or a binary file; io.BytesIO(data)")
    while block := source.read(block_bytes):
        if isinstance(block, str):
            raise InputError("a file opened as text", hint="open it with mode 'rb'")
        yield block


def open_path(path: str) -> BinaryIO:
    """Open a file, or what a URL stands for, for reading; the errors are those of `iter_blocks`."""
    if is_url(path):
        return open_url(path)
    try:
        return Path(path).open("rb")
    except FileNotFoundError:
        hint = "regions from memory go in as [('chr1', 1, 9)]" if _looks_like_region(path) else "check the path"
        raise FileNotFoundError(f"{path}: no such file; {hint}") from None
    except ValueError:  # a NUL in the name, which no file has
        raise FileNotFoundError(f"{path!a}: no such file; check the path") from None
    except IsADirectoryError:
        raise IsADirectoryError(f"{path}: is a folder; name a file in it") from None


def _looks_like_region(text: str) -> bool:
    name, _, span = text.rpartition(":")
    start, _, end = span.partition("-")
    return bool(name) and start.isdecimal() and end.isdecimal()
