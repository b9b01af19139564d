"""A file tokenized straight into an output: nothing is kept to look at, so memory does not grow with the file."""

from typing import Any, BinaryIO, cast

import numpy as np

from genotok.analysis.assemblies import ASSEMBLIES, count_beyond, furthest_ends
from genotok.bridge.desk import FILE_OPTIONS, Labels, Room
from genotok.bridge.formats import OUTPUTS, STREAMED, Streamed, base_name
from genotok.bridge.limits import MAX_PART
from genotok.bridge.outbox import Outbox
from genotok.bridge.outcome import Outcome, describe_result
from genotok.bridge.reading import Reading, Renames
from genotok.bridge.recipe import write_recipe
from genotok.bridge.reply import Answer, mapping, operation, text, whole
from genotok.errors import InputError
from genotok.export.gtok import GtokParts
from genotok.export.manifest import output_name
from genotok.export.meta import describe_options, flat_unk
from genotok.export.writers import TokenWriter, open_writer
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions


class StreamReading(Reading):
    """A file on its way into a download: `take` what is written between two calls of ``feed``.

    The parts, with `head` before them, are the bytes of the command line. What is known of the whole file is counted
    piece by piece; rows that must be sorted can't be streamed (InputError).
    """

    def __init__(
        self,
        name: str,
        tokenizer: IntervalTokenizer,
        kind: Streamed,
        labels: Labels,
        *,
        renames: Renames | None = None,
        allow_empty: bool = False,
    ) -> None:
        if kind not in STREAMED:
            raise InputError(f"format {kind!r} can't be streamed", hint=f"one of {', '.join(STREAMED)}")
        if tokenizer.config.sort:
            raise InputError("sorted rows can't be streamed", hint="leave sort out, or use the terminal")
        super().__init__(name, tokenizer, renames=renames, allow_empty=allow_empty, keep_lines=kind == "bed")
        self.output = output_name(base_name(name), kind)
        self.kind, self.labels = kind, labels
        self._outbox = Outbox()
        options = describe_options(tokenizer, rename_chroms=renames)
        sink = cast(BinaryIO, self._outbox)
        self._gtok = _GtokStream(sink, tokenizer) if kind == "gtok" else None
        self._writer: TokenWriter = self._gtok or open_writer(kind, sink, tokenizer, options=options)
        self._begun = False
        self._seen = np.zeros(tokenizer.vocab_size, dtype=np.bool_)
        self._chrom_names: dict[str, None] = {}
        self._past, self._furthest = 0, dict[str, int]()
        self.head, self.closed = b"", False

    def close(self) -> tuple[Outcome, dict[str, Any]]:
        """Take the end of the file; return what came of it, and the words about it."""
        if self.closed:
            raise InputError("the stream is closed", hint="take what is left of it")
        told = self.finish()
        self._writer.end()
        self._writer.close()
        if self._gtok is not None:
            self.head = self._gtok.head
        self.closed = True
        rows, distinct = self.reader.rows_seen, int(np.count_nonzero(self._seen))
        return Outcome(rows, distinct, tuple(self._chrom_names), self._past, self._furthest), told

    def take(self, limit: int) -> tuple[bytes, bool]:
        """Return up to ``limit`` bytes that are written, and whether there are more."""
        part = self._outbox.take(limit)
        return part, bool(self._outbox.bytes)

    def _keep(self, piece: Regions, rows: RaggedIds) -> None:
        """Write one piece, and count what can't be counted later."""
        if not self._begun:
            self._begun = True
            self._writer.begin(base_name(self.name))
        self._writer.write(piece, rows)
        self._seen[rows.ids] = True
        self._chrom_names.update(dict.fromkeys(piece.chrom_names))
        columns = (piece.chrom_names, piece.codes, piece.ends)
        self._past += count_beyond(*columns, ASSEMBLIES.get(self.labels.assembly or "", {}))
        for name, end in furthest_ends(*columns).items():
            self._furthest[name] = max(end, self._furthest.get(name, 0))


class _GtokStream:
    """One document as the parts of a .gtok file."""

    def __init__(self, sink: BinaryIO, tokenizer: IntervalTokenizer) -> None:
        self._parts = GtokParts(sink, largest=tokenizer.vocab_size - 1)
        self._unk, self._document, self.head = tokenizer.vocabulary.unk_id, "", b""

    def begin(self, document: str) -> None:
        self._document = document

    def write(self, _regions: Regions | None, rows: RaggedIds, /) -> None:
        self._parts.write(rows.ids)

    def end(self) -> None:
        if not self._parts.count:
            self._parts.write([flat_unk(self._unk, self._document)])

    def close(self) -> None:
        self.head = self._parts.close()


class StreamingRoom(Room):
    """Operations on files that are tokenized straight into a download."""

    @operation
    def open_stream(self, name: str, size: int, format: str, options: str) -> Answer:  # noqa: A002  # the page's word
        """Start tokenizing a BED file into an output of a format, without keeping its rows."""
        whole("size", size, 0, 2**53)
        tokenizer, chosen = self.desk.own_tokenizer(mapping(options, FILE_OPTIONS))
        kind: Any = text("format", format)
        return {
            "handle": self.desk.put(StreamReading(text("name", name), tokenizer, kind, self.desk.labels, **chosen))
        }, {}

    @operation
    def take_stream(self, handle: int, limit: int) -> Answer:
        """Return bytes that are written already; ``more`` tells whether there are others."""
        stream = self.desk.get(handle, StreamReading, "stream")
        part, more = stream.take(whole("limit", limit, 1, MAX_PART))
        return {"more": more}, {"part": np.frombuffer(part, dtype=np.uint8)}

    @operation
    def close_stream(self, handle: int) -> Answer:
        """Finish the file: the last bytes are written, and the words about it are those of a result."""
        stream = self.desk.get(handle, StreamReading, "stream")
        try:
            outcome, told = stream.close()
        except Exception:
            self.desk.drop(handle)
            raise
        words = {"handle": handle, **describe_result(stream, outcome, self.desk.labels), **told, "pasted": None}
        recipe = write_recipe(words, stream.labels, stream.tokenizer, stream.kind)
        return {**words, "streamed": True, "recipe": recipe}, {}

    @operation
    def end_stream(self, handle: int) -> Answer:
        """Say what the output is called, and give the bytes that stand before all parts; the stream is gone."""
        stream = self.desk.get(handle, StreamReading, "stream")
        if not stream.closed:
            raise InputError("the stream is not closed", hint="call close_stream")
        self.desk.drop(handle)
        return {"name": stream.output, "mime": OUTPUTS[stream.kind].mime}, {
            "head": np.frombuffer(stream.head, dtype=np.uint8)
        }
