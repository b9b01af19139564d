"""Where bytes go: a file appears whole under its name, or not at all."""

import gzip
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, EISDIR, ENOSPC
from os import PathLike, fspath
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

_LEVEL = 6  # of gzip: the highest takes coordinates in no order four times as long, to save a fiftieth
_FULL = (ENOSPC, EDQUOT, EFBIG)  # what only a write fails with
_READING_UMASK = threading.Lock()  # the mask belongs to the process, not to a thread


@contextmanager
def told_when_full(path: str | PathLike[str]) -> Iterator[None]:
    """Let an error that a write fails with, which knows no file, name the one that was written."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL and error.filename is None:
            error.filename = fspath(path)
        raise


@contextmanager
def atomic_write(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a seekable binary file that takes the name ``path`` when the block ends without an error.

    Parent folders are made; until then, and after an error, whatever stood at ``path`` is untouched.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
    part = NamedTemporaryFile("w+b", dir=target.parent, prefix=f".{target.name}.", delete=False)  # noqa: SIM115  # below
    with told_when_full(target), part as file:
        try:
            yield cast(BinaryIO, file)
            file.flush()
            Path(file.name).chmod(mode & 0o777)
            file.close()
            if target.is_dir():
                raise IsADirectoryError(EISDIR, "a folder stands where the file should go", str(target))
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@contextmanager
def open_packed(file: BinaryIO, *, packed: bool) -> Iterator[BinaryIO]:
    """Write into an open file as it is, or ``packed`` with gzip, without a name or a time: equal data, equal bytes."""
    if not packed:
        yield file
        return
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as archive:
        yield cast(BinaryIO, archive)


def _umask() -> int:
    """Read the mask for new files, which can only be read by setting it."""
    with _READING_UMASK:
        mask = os.umask(0o022)
        os.umask(mask)
    return mask
