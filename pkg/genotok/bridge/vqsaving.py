"""Operations that save learned codes: parts of a file, and the words that make the same file elsewhere."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from genotok.bridge.exporting import ExportingRoom
from genotok.bridge.formats import OUTPUTS
from genotok.bridge.outbox import Export, Outbox
from genotok.bridge.reply import Answer, operation, text
from genotok.bridge.vqrecipe import DECODED, output_name, tiles, write_vq_recipe
from genotok.bridge.vqresult import VQResult
from genotok.errors import InputError
from genotok.export.formats import BINARY, ONE_DOCUMENT, Format
from genotok.export.vq import VQTokenWriter

TOKENS: tuple[Format, ...] = ("jsonl", "tsv", "bed", "npz", "gtok")
KINDS = (*TOKENS, DECODED)
_WIDTH = 80  # letters of a line, as `genotok vq decode` writes them
_PIECE = 4_096  # lines of one piece


class VQExport(Export):
    """The tokens of all sequences of a result, or what they stand for, in one file."""

    def __init__(self, result: VQResult, kind: str) -> None:
        if kind not in KINDS:
            raise InputError(f"format {kind!r} is unknown", hint=f"one of {', '.join(KINDS)}")
        if kind in ONE_DOCUMENT and len(result.coded) > 1:
            raise InputError(f"a .{kind} file holds one sequence, not {len(result.coded)}", hint="take npz or jsonl")
        outbox = Outbox()
        sink = cast(BinaryIO, outbox)
        work = _decode(result, sink) if kind == DECODED else _write(result, cast(Format, kind), sink)
        super().__init__(output_name(result.name, kind), work, outbox)


def _write(result: VQResult, kind: Format, sink: BinaryIO) -> Iterator[None]:
    held = io.BytesIO() if kind in BINARY else None  # zips into what can't seek are other bytes, .gtok needs to
    writer = VQTokenWriter(sink if held is None else held, result.tokenizer, kind)
    for coded in result.coded:
        writer.write([coded.sequence.name], coded.codes)
        yield
    writer.close()
    if held is not None:
        sink.write(held.getbuffer())
    yield


def _decode(result: VQResult, sink: BinaryIO) -> Iterator[None]:
    """Write what the ids alone stand for, or where cores tile a sequence, as many bases as it has."""
    tokenizer = result.tokenizer
    for coded in result.coded:
        ids = tokenizer.vocabulary.ids_of_codes(coded.codes.codes)
        letters = tokenizer.decode(coded.codes if tiles(tokenizer) else ids).encode()
        sink.write(f">{coded.sequence.name}\n".encode())
        for begin in range(0, len(letters), _WIDTH * _PIECE):
            some = letters[begin : begin + _WIDTH * _PIECE]
            sink.write(b"".join(some[at : at + _WIDTH] + b"\n" for at in range(0, len(some), _WIDTH)))
            yield


class VQSavingRoom(ExportingRoom):
    """One output at a time; its parts are taken as those of other outputs."""

    vq_part = ExportingRoom.next_part
    vq_end = ExportingRoom.end_export

    @operation
    def vq_save(self, handle: int, format: str) -> Answer:  # noqa: A002  # the word of the page
        """Start an output of all tokens of a result."""
        kind = text("format", format)
        self._export = None
        self._export = VQExport(self.desk.get(handle, VQResult, "result of codes"), kind)
        mime = "text/x-fasta" if kind == DECODED else OUTPUTS[kind].mime
        return {"name": self._export.name, "mime": mime}, {}

    @operation
    def vq_recipe(self, handle: int, format: str) -> Answer:  # noqa: A002  # as above
        """Say how to make the same bytes in Python and in the terminal."""
        result, kind = self.desk.get(handle, VQResult, "result of codes"), text("format", format)
        return write_vq_recipe(result, kind), {}
