"""A page without a browser: calls the session as the worker does, and checks what every reply must be."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from genotok.bridge import Session

CROSSING = {np.dtype(np.int32), np.dtype(np.float32), np.dtype(np.uint8)}
RESULT_ARRAYS = ("ids", "offsets", "codes", "starts", "ends", "lines")


def open_reply(reply: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Take a reply apart after checking its shape."""
    text, arrays = reply
    values = json.loads(text)
    names = values.pop("arrays")
    assert len(names) == len(set(names)) == len(arrays)
    for array in arrays:
        assert array.dtype in CROSSING
        assert array.flags.c_contiguous
    return values, dict(zip(names, arrays, strict=True))


class Tab:
    """One session and the words to talk to it."""

    def __init__(self) -> None:
        self.session = Session()

    def call(self, name: str, *arguments: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Call an operation that must succeed; arrays are copied, as the worker does."""
        values, arrays = open_reply(getattr(self.session, name)(*arguments))
        assert "error" not in values, values["detail"]
        return values, {key: array.copy() for key, array in arrays.items()}

    def fail(self, name: str, *arguments: Any) -> dict[str, Any]:
        """Call an operation that must fail; return the error."""
        values, arrays = open_reply(getattr(self.session, name)(*arguments))
        assert set(values) == {"error", "detail"}, values
        assert not arrays
        assert set(values["error"]) == {"code", "message", "where", "line", "hint", "action"}
        return values["error"]

    def stage(self, data: bytes) -> int:
        """Put bytes into the session's buffer."""
        buffer = self.session.staging(len(data))
        buffer[: len(data)] = np.frombuffer(data, np.uint8)
        return len(data)

    def feed(self, handle: int, data: bytes, step: int = 2**20) -> dict[str, int]:
        """Feed bytes in blocks; return the last count."""
        counts: dict[str, int] = {}
        for at in range(0, len(data), step):
            counts, _ = self.call("feed", handle, self.stage(data[at : at + step]))
        return counts

    def open_universe(self, data: bytes, name: str = "u.bed", step: int = 2**20, **options: Any) -> dict[str, Any]:
        """Read a universe file into use."""
        handle = self.call("open_universe", name, len(data), json.dumps(options))[0]["handle"]
        self.feed(handle, data, step)
        return self.call("close_universe", handle)[0]

    def tokenize(
        self, data: bytes, name: str = "peaks.bed", step: int = 2**20, **options: Any
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Tokenize a file."""
        handle = self.call("open_file", name, len(data), json.dumps(options))[0]["handle"]
        self.feed(handle, data, step)
        return self.call("close_file", handle)

    def stream(
        self, data: bytes, kind: str, name: str = "peaks.bed", step: int = 2**20, limit: int = 2**23, **options: Any
    ) -> tuple[dict[str, Any], str, bytes]:
        """Tokenize a file straight into an output: its words, name and bytes."""
        handle = self.call("open_stream", name, len(data), kind, json.dumps(options))[0]["handle"]
        parts: list[bytes] = []
        for at in range(0, len(data), step):
            self.call("feed", handle, self.stage(data[at : at + step]))
            parts.append(self.call("take_stream", handle, limit)[1]["part"].tobytes())
        words, arrays = self.call("close_stream", handle)
        assert not arrays
        more = True
        while more:
            values, arrays = self.call("take_stream", handle, limit)
            more = values["more"]
            assert len(arrays["part"]) <= limit
            parts.append(arrays["part"].tobytes())
        ended, arrays = self.call("end_stream", handle)
        return words, ended["name"], b"".join([arrays["head"].tobytes(), *parts])

    def save(
        self, handles: list[int], kind: str, inputs: tuple[bytes, ...] = (), limit: int = 2**23, **options: Any
    ) -> tuple[str, bytes]:
        """Save results; ``inputs`` are the files again, for formats that repeat their lines."""
        begun, _ = self.call("begin_export", json.dumps(handles), kind, json.dumps(options))
        out = bytearray()
        for handle, data in zip(begun["needs_input"], inputs, strict=True):
            for at in range(0, len(data), limit):
                self.call("feed_export", handle, self.stage(data[at : at + limit]))
                out += self.drain(limit)
            self.call("feed_export", handle, -1)
        while True:
            values, arrays = self.call("next_part", limit)
            assert len(arrays["part"]) <= limit
            out += arrays["part"].tobytes()
            if values["done"]:
                assert values["bytes"] == len(out)
                break
        self.call("end_export")
        return begun["name"], bytes(out)

    def drain(self, limit: int) -> bytes:
        """Take the parts that are ready."""
        out = bytearray()
        while True:
            part = self.call("next_part", limit)[1]["part"]
            if not len(part):
                return bytes(out)
            out += part.tobytes()


def bed_text(rows: list[tuple[str, int, int]]) -> bytes:
    """Render rows as BED3."""
    return "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in rows).encode()


def terminal_bytes(folder: Path, files: dict[str, bytes], universe: bytes, output: str, *words: str) -> bytes:
    """Write files into a folder, run the command line on them there, and return the bytes of its output."""
    from genotok.cli.app import run  # late: only tests of bytes need the terminal

    (folder / "universe.bed").write_bytes(universe)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    paths = [str(folder / name) for name in files]
    assert run(["tokenize", "-u", str(folder / "universe.bed"), *paths, "-o", str(folder / output), "-q", *words]) == 0
    return (folder / output).read_bytes()
