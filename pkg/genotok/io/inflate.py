"""gzip and bgzip by content, pushed block by block: every member is read, and nothing short passes for whole."""

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

PLAIN_BYTES = 2**20
_MAGIC = b"\x1f\x8b"
_GZIP_WBITS = 31
_BGZF_HEADER = struct.Struct("<4BI2BH2BHH")  # the fixed header that bgzip writes: one extra field, BC
_TRAILER = 8  # CRC-32 and length
_AGAIN = "copy or download the file again"


class Inflater:
    """Turns raw bytes into plain ones; the compression is found by content, never by name.

    ``compression`` is 'none', 'gzip' or 'bgzf' once two bytes (for bgzf: one header) were seen; ``raw_bytes`` and
    ``plain_bytes`` count what went in and came out. A cut member, a wrong checksum, bytes behind the last member other
    than zeros, and a bgzip file without its end block raise BedError.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.compression: Literal["none", "gzip", "bgzf"] = "none"
        self.raw_bytes = self.plain_bytes = 0
        self._waiting = b""
        self._member: Any = None  # the decompressor of the member we are in
        self._decided = self._ended = self._end_block = False

    def feed(self, raw: bytes) -> Iterator[bytes]:
        """Yield the plain bytes that these raw bytes complete, in blocks of about 1 MiB."""
        self.raw_bytes += len(raw)
        for block in self._pull(self._waiting + raw if self._waiting else raw):
            self.plain_bytes += len(block)
            yield block

    def close(self) -> Iterator[bytes]:
        """Yield what is left; raise BedError if the stream is not whole."""
        if not self._decided and self._waiting:
            yield self._waiting
            self.plain_bytes += len(self._waiting)
            return
        if self.compression == "none":
            return
        if self._member is not None or self._waiting.strip(b"\0"):
            raise self._error(f"the {self.compression} stream is cut at byte {self.raw_bytes:,}")
        if self.compression == "bgzf" and not self._end_block:
            raise self._error(f"the bgzip end block is missing: the file is cut at byte {self.raw_bytes:,}")

    def _pull(self, data: bytes) -> Iterator[bytes]:
        self._waiting = b""
        if not self._decided:
            if len(data) < len(_MAGIC):
                self._waiting = data
                return
            self._decided = True
            if data.startswith(_MAGIC):
                self.compression = "gzip"
        if self.compression == "none":
            for at in range(0, len(data), PLAIN_BYTES):
                yield data[at : at + PLAIN_BYTES]
            return
        yield from self._members(data)

    def _members(self, data: bytes) -> Iterator[bytes]:
        """Walk gzip members; what can't be decided yet waits."""
        while data or self._member is not None:
            if self._member is None:
                data = data.lstrip(b"\0") if self._ended else data
                must_wait, used = yield from self._bgzf_blocks(data)
                data = data[used:]
                if must_wait or not data:
                    self._waiting = data
                    return
                self._check_magic(data)
                self._member = _codec.decompressobj(_GZIP_WBITS)
            data = yield from self._inflate(data)
            if self._member is not None:  # wants more input
                return

    def _check_magic(self, data: bytes) -> None:
        if not _MAGIC.startswith(data[:2]) and not data.startswith(_MAGIC):
            place = self.raw_bytes - len(data)
            raise self._error(f"bytes that are no gzip follow the last member at byte {place:,}")

    def _inflate(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Inflate within one member; returns the bytes behind its end."""
        member = self._member
        while True:
            try:
                plain = member.decompress(data, PLAIN_BYTES)
            except (zlib.error, _codec.error) as error:
                place = self.raw_bytes - len(data)
                raise self._error(f"the gzip stream is damaged near byte {place:,} ({error})") from None
            if plain:
                yield plain
            if member.eof:
                self._member, self._ended, self._end_block = None, True, False
                return bytes(member.unused_data)
            data = member.unconsumed_tail
            if not data and len(plain) < PLAIN_BYTES:
                return b""

    def _bgzf_blocks(self, data: bytes) -> Generator[bytes, None, tuple[bool, int]]:
        """Inflate whole bgzip blocks, whose sizes their headers tell; returns (more must come first, bytes used)."""
        at, size = 0, 0
        parts: list[bytes] = []
        while (block := self._bgzf_size(data, at)) and at + block <= len(data):
            plain = self._inflate_block(data[at : at + block])
            self.compression, self._ended, self._end_block = "bgzf", True, not plain
            at += block
            parts.append(plain)
            size += len(plain)
            if size >= PLAIN_BYTES - 2**16:
                yield b"".join(parts)
                parts, size = [], 0
        if size:
            yield b"".join(parts)
        return block != 0, at

    def _bgzf_size(self, data: bytes, at: int) -> int:
        """Return the size of the bgzip block at a place, 0 for other data, 2^17 if the header is not all there."""
        header = data[at : at + _BGZF_HEADER.size]
        if len(header) < _BGZF_HEADER.size:
            return 2**17 if header[:4] == b"\x1f\x8b\x08\x04"[: len(header)] and header else 0
        first, second, method, flags, _, _, _, extra, one, two, length, size = _BGZF_HEADER.unpack(header)
        is_block = (first, second, method, flags) == (0x1F, 0x8B, 8, 4) and (extra, one, two, length) == (6, 66, 67, 2)
        return size + 1 if is_block else 0

    def _inflate_block(self, block: bytes) -> bytes:
        crc, length = struct.unpack("<II", block[-_TRAILER:])
        try:
            plain: bytes = _codec.decompress(block[_BGZF_HEADER.size : -_TRAILER], -15, max(length, 1))
        except (zlib.error, _codec.error) as error:
            raise self._error(f"a bgzip block is damaged before byte {self.raw_bytes:,} ({error})") from None
        if len(plain) != length or _codec.crc32(plain) != crc:
            raise self._error(f"a bgzip block before byte {self.raw_bytes:,} does not match its checksum")
        return plain

    def _error(self, what: str) -> BedError:
        return BedError(what, path=self.name, hint=_AGAIN)
