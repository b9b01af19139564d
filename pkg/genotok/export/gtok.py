"""Token files as gtars writes them: ``.gtok``, two bytes a token while they suffice, else four."""

from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.errors import GtokError
from genotok.io.sinks import atomic_write

MAGIC = b"GTOK"
_NARROW, _WIDE = b"\x01", b"\x02"
_DTYPES: dict[bytes, np.dtype[Any]] = {_NARROW: np.dtype("<u2"), _WIDE: np.dtype("<u4")}
_HEADER_BYTES = 5
_BLOCK = 2**18  # values converted at a time


class GtokWriter:
    """Streams token ids into a binary file object that can seek, read and write; the sink stays open.

    Values take two bytes until the first one over 65535 arrives; what was written before is then widened in place. The
    bytes depend on the values alone, not on how they were cut into pieces.

    >>> import io
    >>> sink = io.BytesIO()
    >>> GtokWriter(sink).write([1, 2, 65535])
    >>> sink.getvalue().hex()
    '47544f4b0101000200ffff'
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._start = sink.tell()
        self._flag = _NARROW
        self.count = 0
        sink.write(MAGIC + self._flag)

    def write(self, ids: Any) -> None:
        """Append (n,) token ids; negative ones and those over 2^32 - 1 raise GtokError and leave the file as it was."""
        values = checked_ids(ids)
        if self._flag == _NARROW and values.size and int(values.max()) > 0xFFFF:
            self._widen()
        self._sink.write(values.astype(_DTYPES[self._flag]).tobytes())
        self.count += values.size

    def _widen(self) -> None:
        """Turn the values written so far into four bytes each, last block first, so that none is overwritten unread."""
        for end in range(self.count, 0, -_BLOCK):
            first = max(end - _BLOCK, 0)
            self._sink.seek(self._place(first, 2))
            narrow = np.frombuffer(self._sink.read((end - first) * 2), dtype="<u2")
            self._sink.seek(self._place(first, 4))
            self._sink.write(narrow.astype("<u4").tobytes())
        self._flag = _WIDE
        self._sink.seek(self._start + len(MAGIC))
        self._sink.write(_WIDE)
        self._sink.seek(self._place(self.count, 4))

    def _place(self, index: int, width: int) -> int:
        return self._start + _HEADER_BYTES + index * width


class GtokParts:
    """Streams token ids into a sink that can't seek; what must stand before them, `head`, is known at the end.

    Nothing is written while it is open how wide values are: two bytes a token are held until the first one over 65535
    arrives, or the end. None are held where ``largest``, the largest id there can be, fits two bytes.

    >>> import io
    >>> sink = io.BytesIO()
    >>> parts = GtokParts(sink, largest=100_000)
    >>> parts.write([1, 2]); sink.getvalue()
    b''
    >>> parts.write([65536]); sink.getvalue().hex(), parts.close().hex()
    ('010000000200000000000100', '47544f4b02')
    """

    def __init__(self, sink: BinaryIO, *, largest: int) -> None:
        self._sink, self.count = sink, 0
        self._flag = _NARROW
        self._held: list[NDArray[Any]] | None = [] if largest > 0xFFFF else None

    def write(self, ids: Any) -> None:
        """Append (n,) token ids; negative ones and those over 2^32 - 1 raise GtokError."""
        values = checked_ids(ids)
        self.count += values.size
        if self._held is None:
            self._sink.write(values.astype(_DTYPES[self._flag]).tobytes())
        elif values.size and int(values.max()) > 0xFFFF:
            self._flag = _WIDE
            self._release()
            self._sink.write(values.astype(_DTYPES[_WIDE]).tobytes())
        else:
            self._held.append(values.astype(np.uint16))

    def close(self) -> bytes:
        """Write what was held; return the bytes that stand before all values."""
        self._release()
        return MAGIC + self._flag

    def _release(self) -> None:
        held, self._held = self._held or [], None
        for values in held:
            self._sink.write(values.astype(_DTYPES[self._flag]).tobytes())


def checked_ids(ids: Any, path: str | None = None) -> NDArray[Any]:
    """Return ids as a flat integer array after checking that each fits four bytes."""
    values = np.asarray(ids).ravel()
    if not values.size:
        return np.empty(0, dtype=np.int64)
    if values.dtype.kind not in "iu":
        raise GtokError(f"values of type {values.dtype} are no token ids", path=path, hint="give whole numbers")
    bad = values > 0xFFFFFFFF if values.dtype.kind == "u" else (values < 0) | (values > 0xFFFFFFFF)
    if bad.any():
        at = int(bad.argmax())
        raise GtokError(
            f"value {values[at]} at index {at} is no token id", path=path, hint="a .gtok file holds 0 to 4,294,967,295"
        )
    return values


def write_gtok(path: str | PathLike[str], ids: Any) -> None:
    """Write (n,) token ids as one document; folders are made, and the file appears only when it is whole.

    Two bytes a value iff all are <= 65535, as gtars does. Negative ids and ids over 2^32 - 1 raise GtokError.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "peaks.gtok")
    >>> write_gtok(path, [1, 2, 65535])
    >>> append_gtok(path, [70_000])
    >>> read_gtok(path).tolist()
    [1, 2, 65535, 70000]
    """
    values = checked_ids(ids, fspath(path))
    with atomic_write(path) as sink:
        GtokWriter(sink).write(values)


def read_gtok(path: str | PathLike[str]) -> NDArray[Any]:
    """Return the token ids of a file: int32 (n,), or int64 if one exceeds 2^31 - 1.

    A file that is too short, has a foreign magic number or width, or ends inside a value raises GtokError.
    """
    name = fspath(path)
    data = Path(path).read_bytes()
    dtype = _dtype_of(data[:_HEADER_BYTES], name)
    _check_tail(len(data), dtype, name)
    values = np.frombuffer(data, dtype=dtype, offset=_HEADER_BYTES)
    fits = dtype.itemsize == 2 or not values.size or int(values.max()) <= 2**31 - 1
    return values.astype(np.int32 if fits else np.int64)


def append_gtok(path: str | PathLike[str], ids: Any) -> None:
    """Add token ids at the end of a file, or start it; a file of narrow values is rewritten when a new one is wide."""
    name = fspath(path)
    values = checked_ids(ids, name)
    if not Path(path).exists():
        return write_gtok(path, values)
    with Path(path).open("rb") as file:
        dtype = _dtype_of(file.read(_HEADER_BYTES), name)
    _check_tail(Path(path).stat().st_size, dtype, name)
    if values.size and int(values.max()) > np.iinfo(dtype).max:
        return write_gtok(path, np.concatenate([read_gtok(path).astype(np.int64), values.astype(np.int64)]))
    with Path(path).open("ab") as file:
        file.write(values.astype(dtype).tobytes())
    return None


def _dtype_of(header: bytes, name: str) -> np.dtype[Any]:
    if len(header) < _HEADER_BYTES:
        raise GtokError(f"{len(header)} bytes are too few for a .gtok file", path=name, hint="was it copied whole?")
    if not header.startswith(MAGIC):
        raise GtokError("this is no .gtok file", path=name, hint=f"it begins with {header[:4]!r}, not {MAGIC!r}")
    flag = header[4:5]
    if flag not in _DTYPES:
        raise GtokError(f"width flag {flag[0]} is unknown", path=name, hint="1 is two bytes a token, 2 is four")
    return _DTYPES[flag]


def _check_tail(size: int, dtype: np.dtype[Any], name: str) -> None:
    whole, rest = divmod(size - _HEADER_BYTES, dtype.itemsize)
    if rest:
        raise GtokError(f"ends inside a value, {whole:,} whole values before", path=name, hint="was it copied whole?")
