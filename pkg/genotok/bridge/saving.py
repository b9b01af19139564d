"""Results as files, part by part: the writers of the terminal, into memory that is emptied as it fills."""

import hashlib
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

import numpy as np

from genotok.analysis.document import Document
from genotok.bridge.formats import OUTPUTS, ZIP, base_name
from genotok.bridge.outbox import EPOCH, PIECE_ROWS, Export, Outbox
from genotok.bridge.result import Result
from genotok.errors import BedError, InputError
from genotok.export.manifest import MANIFEST, ManifestLine, options_digest, output_name, render_manifest
from genotok.export.meta import describe_options
from genotok.export.writers import BINARY, FORMATS, ONE_DOCUMENT, Format, TokenWriter, open_writer
from genotok.io.bedreader import BedReader
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

Named = tuple[int, str, Result]  # handle, name of the document, result


class TokenExport(Export):
    """Results in a token format, in one file or as a zip laid out like the terminal's output folder.

    ``.bed`` repeats the input's lines and a zip's manifest names the input's SHA-256; neither was kept, so the
    files are read again, through `feed`.
    """

    def __init__(self, results: Sequence[Named], kind: Format, *, rows: bool, zipped: bool) -> None:
        _check(results, kind, rows=rows, zipped=zipped)
        self.results, self.kind, self.rows = results, kind, rows
        if kind == "bed" or zipped:
            self.inputs = tuple(handle for handle, _, result in results if result.words["pasted"] is None)
        self.awaited: int | None = None
        self._idle = False  # all that came in was worked off
        self._inbox: deque[bytes | None] = deque()
        self._sha256 = hashlib.sha256()  # of the input read last
        outbox = Outbox()
        single = output_name(base_name(results[0][1]), kind) if len(results) == 1 else f"tokens.{kind}"
        work = self._write_zip(outbox) if zipped else self._write_one(cast(BinaryIO, outbox), results)
        super().__init__(f"tokens.{ZIP}" if zipped else single, work, outbox)

    def is_waiting(self) -> bool:
        """Tell whether the bytes of an input must come first."""
        return self._idle and not self._inbox

    def feed(self, handle: int, data: bytes | None) -> None:
        """Take bytes of the input that is awaited, None at its end."""
        self._work_off()
        if handle != self.awaited:
            raise InputError(f"the input of result {handle} is not what comes next", hint=f"feed {self.awaited}")
        self._inbox.append(data)
        self._work_off()  # so that a wrong input is refused by the call that brought it

    def _work_off(self) -> None:
        while not self.done and not self.is_waiting():
            self.advance()

    def _write_one(self, sink: BinaryIO, results: Sequence[Named]) -> Iterator[None]:
        """Write all documents into one file."""
        tokenizer = results[0][2].tokenizer
        held = cast(BinaryIO, io.BytesIO()) if self.kind in BINARY else sink
        writer = open_writer(self.kind, held, tokenizer, rows=self.rows, options=self._options(results[0][2]))
        for named in results:
            yield from self._write_document(writer, *named)
        writer.close()
        if held is not sink:
            sink.write(cast(io.BytesIO, held).getbuffer())
        yield

    def _write_document(self, writer: TokenWriter, handle: int, name: str, result: Result) -> Iterator[None]:
        writer.begin(name)
        for regions, rows in self._pieces_with_lines(handle, result) if self.kind == "bed" else _pieces_of(result):
            if len(rows):
                writer.write(regions, rows)
            yield
        if not len(result.document):
            writer.write(*_nothing(result))
        writer.end()

    def _write_zip(self, outbox: Outbox) -> Iterator[None]:
        lines = []
        with zipfile.ZipFile(cast(BinaryIO, outbox), "w", zipfile.ZIP_STORED) as archive:
            for named in self.results:
                _, name, result = named
                entry = zipfile.ZipInfo(output_name(name, self.kind), date_time=EPOCH)
                entry.create_system = 3  # the same bytes on every platform
                with archive.open(entry, "w", force_zip64=True) as file:
                    if self.kind != "bed":
                        yield from (None for _ in self._input_of(*named))  # for its SHA-256
                    yield from self._write_one(cast(BinaryIO, file), [named])
                lines.append(self._manifest_line(name, result))
            manifest = zipfile.ZipInfo(MANIFEST, date_time=EPOCH)
            manifest.create_system = 3
            archive.writestr(manifest, render_manifest(lines))
        yield

    def _manifest_line(self, name: str, result: Result) -> ManifestLine:
        words = result.words
        return ManifestLine(
            input=name,
            size=words["load"]["bytes"],
            sha256=self._sha256.hexdigest(),
            options=options_digest(self.kind, result.tokenizer, self._options(result)),
            output=output_name(name, self.kind),
            regions=words["encode"]["regions"],
            tokens=words["encode"]["tokens"],
            skipped=words["load"]["skipped"],
            renamed=words["renamed"],
        )

    def _options(self, result: Result) -> dict[str, Any]:
        renames = result.words["options"].get("rename")
        return describe_options(result.tokenizer, rows=self.rows, rename_chroms=renames)

    def _input_of(self, handle: int, name: str, result: Result) -> Iterator[bytes]:
        """Yield an input's bytes as they come in again, empty ones while there are none; BedError if they changed."""
        words, size, crc32 = result.words, 0, 0
        self._sha256, self.awaited = hashlib.sha256(), handle
        if words["pasted"] is not None:
            self._inbox.extend([words["pasted"].encode("utf-8", "surrogatepass"), None])
        while True:
            while not self._inbox:
                self._idle = True
                yield b""
            self._idle = False
            data = self._inbox.popleft()
            if data is None:
                break
            self._sha256.update(data)
            size, crc32 = size + len(data), zlib.crc32(data, crc32)
            yield data
        self.awaited = None
        if (size, crc32) != (words["load"]["bytes"], words["crc32"]):
            raise _changed(name)

    def _pieces_with_lines(self, handle: int, result: Result) -> Iterator[tuple[Regions, RaggedIds]]:
        """Yield the rows with their input lines, as the bytes of the file come in again."""
        document, name, config = result.document, result.words["name"], result.tokenizer.config
        reader = BedReader(name, invalid=config.invalid, keep_lines=True, allow_empty=True)
        held: list[Regions] = []  # an order is of the whole
        at = 0
        for data in self._input_of(handle, name, result):
            piece = reader.feed(data)
            if config.sort:
                held.append(piece)
                yield Regions.empty(), _no_rows()
                continue
            if at + len(piece) > len(document):
                raise _changed(name)
            yield piece, document.rows(at, at + len(piece))
            at += len(piece)
        last = reader.close()
        yield _put_in_order(document, [*held, last]) if config.sort else (last, document.rows(at, at + len(last)))


def _put_in_order(document: Document, pieces: Sequence[Regions]) -> tuple[Regions, RaggedIds]:
    """Return all rows as they stand in the file, and the document's ids with the order of its rows."""
    regions = Regions.concat(pieces)
    assert regions.lines is not None, "the rows come from a file"
    lines = regions.lines.lines_of(np.arange(len(regions), dtype=np.int64))
    order = np.searchsorted(lines, document.lines)
    return regions, replace(document.rows(0, len(document)), order=order)


def _changed(name: str) -> BedError:
    return BedError("the file changed since it was tokenized", path=name, hint="drop it again")


def _pieces_of(result: Result) -> Iterator[tuple[Regions, RaggedIds]]:
    document = result.document
    for at in range(0, len(document), PIECE_ROWS):
        last = min(at + PIECE_ROWS, len(document))
        yield document.regions(at, last), document.rows(at, last)


def _nothing(result: Result) -> tuple[Regions, RaggedIds]:
    return result.document.regions(0, 0), _no_rows()


def _no_rows() -> RaggedIds:
    return RaggedIds(np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int64))


def _check(results: Sequence[Named], kind: Format, *, rows: bool, zipped: bool) -> None:
    """Refuse what the terminal refuses, and results that one file can't hold together."""
    if not results:
        raise InputError("nothing is selected", hint="choose at least one file")
    if kind not in FORMATS:
        raise InputError(f"format {kind!r} is unknown", hint=f"one of {', '.join(OUTPUTS)}")
    if kind in ONE_DOCUMENT and len(results) > 1 and not zipped:
        raise InputError(f"a .{kind} file holds one document, and {len(results)} are selected", hint="take the zip")
    if rows and kind == "gtok":
        raise InputError("a .gtok file can't keep rows", hint="use npz or jsonl")
    check_alike(results)


def check_alike(results: Sequence[Named]) -> None:
    """Refuse results of different universes or options, which one command can't make."""
    first = results[0][2].words
    for _, name, result in results[1:]:
        if result.words["universe"]["digest"] != first["universe"]["digest"]:
            digests = [each["universe"]["digest"][:8] for each in (first, result.words)]
            raise InputError(f"{name} was made with universe {digests[1]}, others with {digests[0]}")
        if result.words["options"] != first["options"]:
            raise InputError(f"{name} was tokenized with other options", hint="run the files again, or save each alone")
