"""Tokens of DNA in token files: many short documents at once, or a chromosome piece by piece."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from genotok.arrays import Coords
from genotok.export.formats import Format
from genotok.export.jsonl import JsonlWriter
from genotok.export.meta import FORMAT_VERSION
from genotok.export.npz import NpzWriter
from genotok.export.parquet import ParquetWriter
from genotok.export.text import NEWLINE, TAB, escape, id_column, span_column, table_column, weave
from genotok.export.tsv import HEADER
from genotok.export.writers import TokenWriter, open_writer
from genotok.kernels.ragged import rows_of
from genotok.tokenizers.vq import VQTokenizer
from genotok.values.ragged import RaggedIds
from genotok.values.vqcodes import VQCodes

_TOKENS = 2**17  # written at a time


def describe_vq_tokens(tokenizer: VQTokenizer) -> dict[str, Any]:
    """Return what ``.npz`` and ``.parquet`` files keep beside ids of a learned tokenizer: which, sizes, settings."""
    words = tokenizer.vocabulary
    return {
        "format": FORMAT_VERSION,
        "kind": "vq",
        "model_digest": tokenizer.model.digest,
        "layout": tokenizer.layout,
        "levels": list(tokenizer.levels),
        "vocab_size": words.vocab_size,
        "special_ids": dict(words.special_ids),
        "config": tokenizer.config.to_dict(),
    }


class VQTokenWriter:
    r"""Writes documents of codes as ids; ``close`` what comes last.

    jsonl, npz and parquet have a row a document, empty if it has no tokens; tsv a line a token, ``document chrom start
    end ids``, and bed ``chrom start end text id``; gtok holds one document, which is unk if it has no tokens. Where a
    last token may stand for fewer bases than others (``ends='same'``), how many bases a document has is kept too: jsonl
    has ``bases``, npz and parquet ``lengths`` in what they tell of their making.

    >>> import io
    >>> from genotok.values.codebook import Codebook
    >>> from genotok.values.vqmodel import VQModel
    >>> from genotok.values.windowtable import WindowTable
    >>> book = Codebook("flat", (2,), (np.zeros((2, 1), np.float32),))
    >>> table = WindowTable(1, 1, np.array([[0, 1, 1, 0]], np.uint16))
    >>> tokenizer = VQTokenizer(VQModel(book, table, None, window=1, stride=1))
    >>> sink = io.BytesIO()
    >>> writer = VQTokenWriter(sink, tokenizer, "tsv")
    >>> for names, codes in tokenizer.iter_codes({"a": "AC", "b": ""}):
    ...     writer.write(names, codes)
    >>> writer.close()
    >>> sink.getvalue().splitlines()[1:]
    [b'a\ta\t0\t1\t0', b'a\ta\t1\t2\t1']
    """

    def __init__(self, sink: BinaryIO, tokenizer: VQTokenizer, format: Format) -> None:  # noqa: A002  # the users' word
        self._sink, self._tokenizer, self._format = sink, tokenizer, format
        self._rows: JsonlWriter | NpzWriter | ParquetWriter | None = None
        self._single: TokenWriter | None = None
        meta = self._meta = describe_vq_tokens(tokenizer)
        same = (tokenizer.config.ends or tokenizer.model.ends) == "same"
        self._lengths: list[int] | None = [] if same else None
        if format == "jsonl":
            self._rows = JsonlWriter(sink, unk=None, rows=False)
        elif format in ("npz", "parquet"):
            kind = NpzWriter if format == "npz" else ParquetWriter
            self._rows = kind(sink, unk=None, rows=False, meta=meta)
        elif format == "gtok":
            self._single = open_writer("gtok", sink, None, unk=tokenizer.vocabulary.special_ids["unk"])
        elif format == "tsv":
            sink.write(HEADER)

    def write(self, names: list[str], codes: VQCodes) -> None:
        """Add whole documents and their names."""
        if self._lengths is not None:
            self._lengths += np.maximum(codes.lengths - self._tokenizer.config.phase, 0).tolist()
        if self._rows is not None and len(names) > 1:
            ids = self._tokenizer.vocabulary.ids_of_codes(codes.codes)
            self._add(names, RaggedIds(ids, codes.rows * self._tokenizer.vocabulary.ids_per_token))
        elif self._rows is not None or self._single is not None:
            for name, document in zip(names, codes, strict=True):
                self._write_document(name, document)
        else:
            table = [escape(name).encode() for name in names]
            for first, part in _pieces(codes):
                self._write_lines(table, part, rows_of(part.rows).astype(np.int64) + first)

    def _add(self, names: list[str], rows: RaggedIds) -> None:
        """Add rows of ids, of the documents that came last."""
        assert self._rows is not None, "lines are written elsewhere"
        if isinstance(self._rows, JsonlWriter):
            self._rows.add(names, rows, None if self._lengths is None else self._lengths[-len(names) :])
        else:
            self._rows.add(names, rows)

    def _write_document(self, name: str, codes: VQCodes) -> None:
        writer = self._rows if self._rows is not None else self._single
        assert writer is not None, "lines are written elsewhere"
        if not codes.n_tokens and self._rows is not None:
            self._add([name], RaggedIds(np.empty(0, np.int32), np.zeros(2, np.int64)))
            return
        writer.begin(name)
        for _, part in _pieces(codes):
            ids = self._tokenizer.vocabulary.ids_of_codes(part.codes)
            writer.write(None, RaggedIds(ids, np.array([0, len(ids)], dtype=np.int64)))
        if isinstance(writer, JsonlWriter):
            writer.end(None if self._lengths is None else self._lengths[-1])
        else:
            writer.end()

    def _write_lines(self, names: list[bytes], codes: VQCodes, owners: Coords) -> None:
        """Write a line a token."""
        words = self._tokenizer.vocabulary
        spans, ids = codes.offsets, words.ids_of_codes(codes.codes)
        places = span_column(spans[:, 0], spans[:, 1], between=TAB, after=TAB)
        ends = np.arange(len(spans) + 1, dtype=np.int64) * words.ids_per_token
        if self._format == "tsv":
            heads = table_column([each + b"\t" + each + b"\t" for each in names], owners)
            cells = [heads, places, id_column(ids, ends, NEWLINE)]
        else:
            rows = ids.reshape(len(spans), words.ids_per_token)
            distinct, which = np.unique(rows[:, 0] if words.ids_per_token == 1 else rows, axis=0, return_inverse=True)
            texts = [",".join(words.texts_of(row)).encode() + b"\t" for row in distinct.reshape(-1, rows.shape[1])]
            heads = table_column([each + b"\t" for each in names], owners)
            cells = [heads, places, table_column(texts, which.reshape(-1)), id_column(ids, ends, NEWLINE)]
        self._sink.write(weave(*cells)[0].tobytes())

    def close(self) -> None:
        """Write what stands at the end of the file; the sink stays open."""
        if self._lengths is not None:
            self._meta["lengths"] = self._lengths
        for writer in (self._rows, self._single):
            if writer is not None:
                writer.close()


def _pieces(codes: VQCodes) -> Iterator[tuple[int, VQCodes]]:
    """Cut documents into runs of tokens, the parts of a document as of one; yields the first document of each run."""
    for start in range(0, codes.n_tokens, _TOKENS):
        stop = min(start + _TOKENS, codes.n_tokens)
        first = int(np.searchsorted(codes.rows, start, side="right")) - 1
        last = int(np.searchsorted(codes.rows, stop, side="left"))
        rows = np.clip(codes.rows[first : last + 1], start, stop) - start
        places = np.arange(start, stop, dtype=np.int64) - codes.rows[first:last][rows_of(rows).astype(np.intp)]
        part = VQCodes(
            codes=codes.codes[:, start:stop],
            rows=rows,
            levels=codes.levels,
            lengths=codes.lengths[first:last],
            stride=codes.stride,
            first=codes.first,
            reverse=None if codes.reverse is None else codes.reverse[first:last],
            places=places if codes.places is None else codes.places[start:stop],
        )
        yield first, part
