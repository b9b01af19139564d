"""Operations that save bins of motifs: parts of a file, and the words that make the same file elsewhere."""

import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from genotok.bridge.exporting import ExportingRoom
from genotok.bridge.formats import OUTPUTS, base_name
from genotok.bridge.motifrecipe import ENDINGS, FIGURES, write_motif_recipe
from genotok.bridge.motifresult import MotifResult
from genotok.bridge.outbox import Export, Outbox
from genotok.bridge.reply import Answer, operation, text
from genotok.errors import InputError, NotFittedError
from genotok.export.formats import ONE_DOCUMENT, Format
from genotok.export.motif import iter_motif_tokens, write_csr
from genotok.values.blocks import stack_rows

BED, COUNTS, SHARES = "bed", "counts", "continuous"
TOKENS: tuple[Format, ...] = ("jsonl", "tsv", "npz", "gtok")
KINDS = (BED, *TOKENS, COUNTS, SHARES, *FIGURES)
_PACKED = "application/octet-stream"


class MotifExport(Export):
    """The bins of all sequences of a result, in one file."""

    def __init__(self, result: MotifResult, kind: str) -> None:
        if kind not in KINDS:
            raise InputError(f"format {kind!r} is unknown", hint=f"one of {', '.join(KINDS)}")
        if kind not in (BED, COUNTS) and not result.tokenizer.is_fitted:
            raise NotFittedError(f"{kind} needs tokens, and there are none yet", hint="learn them first")
        if kind in ONE_DOCUMENT and len(result.cuts) > 1:
            raise InputError(f"a .{kind} file holds one sequence, not {len(result.cuts)}", hint="take npz or jsonl")
        ending = ENDINGS.get(kind, kind)
        outbox = Outbox()
        sink = cast(BinaryIO, outbox)
        super().__init__(f"{base_name(result.name)}.{ending}", _write(result, kind, sink), outbox)


def _write(result: MotifResult, kind: str, sink: BinaryIO) -> Iterator[None]:
    if kind in FIGURES:
        from genotok.bridge.motiffigures import write_figure  # late: few ask for one

        yield
        sink.write(write_figure(result, kind))
        yield
        return
    if kind not in (COUNTS, SHARES):
        yield from iter_motif_tokens(sink, [cut.encoding for cut in result.cuts], result.tokenizer, cast(Format, kind))
        return
    each = [cut.encoding.counts if kind == COUNTS else cut.encoding.continuous for cut in result.cuts]
    width = result.tokenizer.n_features if kind == COUNTS else result.tokenizer.n_clusters
    yield
    held = io.BytesIO()  # zips into what can't seek are other bytes
    write_csr(held, stack_rows(each, width))
    sink.write(held.getbuffer())
    yield


class MotifSavingRoom(ExportingRoom):
    """One output at a time; its parts are taken as those of other outputs."""

    motif_part = ExportingRoom.next_part
    motif_end = ExportingRoom.end_export

    @operation
    def motif_save(self, handle: int, format: str) -> Answer:  # noqa: A002  # the word of the page
        """Start an output of all bins of a result."""
        kind = text("format", format)
        self._export = None
        self._export = MotifExport(self.desk.get(handle, MotifResult, "result of motifs"), kind)
        mime = OUTPUTS[kind].mime if kind in OUTPUTS else _PACKED
        return {"name": self._export.name, "mime": mime}, {}

    @operation
    def motif_recipe(self, handle: int, format: str) -> Answer:  # noqa: A002  # as above
        """Say how to make the same bytes in Python and in the terminal."""
        result, kind = self.desk.get(handle, MotifResult, "result of motifs"), text("format", format)
        return write_motif_recipe(result, kind), {}
