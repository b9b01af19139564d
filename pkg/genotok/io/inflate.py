"""gzip and bgzip by content, pushed piece by piece: every member is read, and nothing short passes for whole."""

import struct
import zlib
from collections.abc import Generator, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any, Literal

from genotok.errors import BedError

_codec: Any = zlib
with suppress(ImportError):  # the same format, several times faster; absent in the browser
    _codec = import_module("isal.isal_zlib")

PLAIN_BYTES = 2**20  # plain bytes handed out at once, about
_RAW_BYTES = 2**16  # raw bytes inflated at once
_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31
_BGZF_HEADER = struct.Struct("<4BI2BH2BHH")  # the fixed header that bgzip writes: one extra field, BC
_BGZF_START = b"\x1f\x8b\x08\x04"
_BGZF_LARGEST = 2**16
_TRAILER = 8  # CRC-32 and length
_AGAIN = "copy or download the file again"


class Inflater:
    """Turns raw bytes into plain ones; the compression is found by content, never by name.

    ``compression`` is 'none', 'gzip' or 'bgzf'; ``raw_bytes`` and ``plain_bytes`` count what went in and came out,
    ``members`` the gzip members that began, bgzip's blocks apart. A
    cut member, a wrong checksum, bytes behind the last member other than zeros, and a bgzip file without its end block
    raise BedError. Compressed bytes are inflated in steps that lie on fixed places of the file, so that what was read
    before an error depends on the file alone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.compression: Literal["none", "gzip", "bgzf"] = "none"
        self.raw_bytes = self.plain_bytes = self.members = 0
        self._pending = b""  # raw bytes up to the next step
        self._waiting = b""  # the beginning of a member that is not all there
        self._member: Any = None  # the decompressor of the member we are in
        self._member_start = 0
        self._inflated = 0  # raw bytes handed to members
        self._decided = self._ended = self._end_block = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Yield the plain bytes that these raw bytes complete, in blocks of about 1 MiB at most."""
        self.raw_bytes += len(raw)
        self._pending += raw
        if not self._decided and len(self._pending) >= len(_MAGIC):
            self._decided = True
            self.compression = "gzip" if self._pending.startswith(_MAGIC) else "none"
        if self._decided:
            yield from self._counted(self._steps() if self.compression != "none" else self._pass_through())

    def close(self) -> Iterator[bytes]:
        """Yield what is left; raise BedError if the stream is not whole."""
        if self.compression == "none":
            yield from self._counted(self._pass_through())
            return
        data, self._pending = self._pending, b""
        yield from self._counted(self._members(self._next(data)))
        if self._member is not None or self._waiting.strip(b"\0"):
            raise self._error(f"the {self.compression} stream is cut at byte {self.raw_bytes:,}")
        if self.compression == "bgzf" and not self._end_block:
            raise self._error(f"the bgzip end block is missing: the file is cut at byte {self.raw_bytes:,}")

    def _counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.plain_bytes += len(block)
            yield block

    def _pass_through(self) -> Iterator[bytes]:
        data, self._pending = self._pending, b""
        for at in range(0, len(data), PLAIN_BYTES):
            yield data[at : at + PLAIN_BYTES]

    def _steps(self) -> Iterator[bytes]:
        """Inflate up to the last fixed place reached."""
        data = self._pending
        whole = len(data) - len(data) % _RAW_BYTES
        self._pending = data[whole:]
        for at in range(0, whole, _RAW_BYTES):
            yield from self._members(self._next(data[at : at + _RAW_BYTES]))

    def _next(self, data: bytes) -> bytes:
        """Put the bytes of a step behind those that waited for it."""
        self._inflated += len(data)
        data, self._waiting = self._waiting + data, b""
        return data

    def _members(self, data: bytes) -> Iterator[bytes]:
        """Walk gzip members; what can't be decided yet waits for more."""
        while data or self._member is not None:
            if self._member is not None:
                data = yield from self._inflate(data)
                if self._member is not None:
                    return
            data = data.lstrip(b"\0") if self._ended else data
            if not data:
                return
            size = self._bgzf_size(data, 0)
            if size > len(data) or _is_prefix(data, _MAGIC):
                self._waiting = data
                return
            if size:
                data = yield from self._bgzf_blocks(data)
                continue
            place = self._inflated - len(data)
            if not data.startswith(_MAGIC):
                raise self._error(f"bytes that are no gzip follow the last member at byte {place:,}")
            self._member, self._member_start = _codec.decompressobj(_GZIP_WBITS), place
            self.members += 1

    def _inflate(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Inflate within one member; returns the bytes behind its end."""
        member = self._member
        while True:
            try:
                plain = member.decompress(data, PLAIN_BYTES)
            except (zlib.error, _codec.error):
                where = f"the gzip member that begins at byte {self._member_start:,}"
                raise self._error(f"{where} is damaged") from None
            if plain:
                yield plain
            if member.eof:
                self._member, self._ended, self._end_block = None, True, False
                return bytes(member.unused_data)
            data = member.unconsumed_tail
            if not data and len(plain) < PLAIN_BYTES:
                return b""

    def _bgzf_blocks(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Inflate whole bgzip blocks, whose sizes their headers tell; returns the bytes behind them."""
        at, held, parts = 0, 0, list[bytes]()
        while (size := self._bgzf_size(data, at)) and at + size <= len(data):
            place = self._inflated - len(data) + at
            try:
                parts.append(self._inflate_block(data[at : at + size], place))
            except BedError:
                yield b"".join(parts)  # what came before the damage was readable
                raise
            at += size
            self.compression, self._ended, self._end_block = "bgzf", True, not parts[-1]
            held += len(parts[-1])
            if held >= PLAIN_BYTES:
                yield b"".join(parts)
                held, parts = 0, []
        plain = b"".join(parts)
        if plain:
            yield plain
        return data[at:]

    def _bgzf_size(self, data: bytes, at: int) -> int:
        """Return the size of the bgzip block at a place, 0 for other data; too large if the header is not all there."""
        header = data[at : at + _BGZF_HEADER.size]
        if len(header) < _BGZF_HEADER.size:
            starts_so = _is_prefix(header, _BGZF_START) or header.startswith(_BGZF_START)
            return _BGZF_LARGEST + 1 + at if header and starts_so else 0
        *start, _, _, _, extra, one, two, length, size = _BGZF_HEADER.unpack(header)
        is_block = bytes(start) == _BGZF_START and (extra, one, two, length) == (6, 66, 67, 2)
        return size + 1 if is_block else 0

    def _inflate_block(self, block: bytes, place: int) -> bytes:
        if len(block) < _BGZF_HEADER.size + _TRAILER:
            raise self._error(f"the bgzip block at byte {place:,} is damaged")
        crc, length = struct.unpack("<II", block[-_TRAILER:])
        try:
            plain: bytes = _codec.decompress(block[_BGZF_HEADER.size : -_TRAILER], -15, _BGZF_LARGEST)
        except (zlib.error, _codec.error):
            raise self._error(f"the bgzip block at byte {place:,} is damaged") from None
        if len(plain) != length or _codec.crc32(plain) != crc:
            raise self._error(f"the bgzip block at byte {place:,} does not match its checksum")
        return plain

    def _error(self, what: str) -> BedError:
        return BedError(what, path=self.name, hint=_AGAIN)


def _is_prefix(data: bytes, magic: bytes) -> bool:
    """Tell whether the data is the mere beginning of a magic number."""
    return 0 < len(data) < len(magic) and magic.startswith(data)
