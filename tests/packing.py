"""Texts packed as files come: gzip members, bgzip blocks."""

import gzip
import struct
import zlib

BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def gzip_of(*texts: bytes) -> bytes:
    """One gzip member for each text."""
    return b"".join(gzip.compress(text, mtime=0) for text in texts)


def bgzip_of(text: bytes, block_bytes: int = 65280, *, end: bool = True) -> bytes:
    """Pack as bgzip does: small members that tell their size, and an empty one at the end."""
    starts = range(0, len(text), block_bytes)
    blocks = b"".join(_bgzip_block(text[start : start + block_bytes]) for start in starts)
    return blocks + BGZF_END if end else blocks


def _bgzip_block(text: bytes) -> bytes:
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = deflate.compress(text) + deflate.flush()
    head = struct.pack("<4BI2BH2BHH", 0x1F, 0x8B, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(packed) + 25)
    return head + packed + struct.pack("<II", zlib.crc32(text), len(text))
