"""Bins of motifs written piece by piece, so that whole genomes pass: token files, sparse matrices, regions with ids.

The bytes are those of `genotok.export.motif`, which writes encodings that are at hand.
"""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Offsets
from genotok.export.formats import Format
from genotok.export.motif import describe_motif_tokens, iter_motif_bed
from genotok.export.npz import store_array, store_blocks
from genotok.export.spool import Spool
from genotok.export.text import escape
from genotok.export.writers import TokenWriter, open_writer
from genotok.tokenizers.motif_model import MotifModel
from genotok.values.csr import CsrMatrix
from genotok.values.motifencoding import MotifEncoding
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

_ROWS = 2**15  # bins that are written at a time


class MotifTokenWriter:
    """Writes sequences, each a document in which every bin is a region with one id; ``bed`` is a line a bin.

    ``begin(name)``, then ``write`` each piece of the sequence in order, ``end()``; ``close()`` behind the last one.
    """

    def __init__(self, sink: BinaryIO, tokenizer: MotifModel, format: Format, *, rows: bool = False) -> None:  # noqa: A002  # the word that --format and users know
        self._sink, self._tokenizer = sink, tokenizer
        self._writer = None if format == "bed" else open_motif_writer(sink, tokenizer, format, rows=rows)

    def begin(self, name: str) -> None:
        """Start a sequence."""
        if self._writer is not None:
            self._writer.begin(name)

    def write(self, piece: MotifEncoding) -> None:
        """Add bins."""
        if self._writer is None:
            for _ in iter_motif_bed(self._sink, piece, self._tokenizer):
                pass
            return
        ids, spans = piece.input_ids, piece.offsets
        for at in range(0, len(ids), _ROWS):
            part, places = ids[at : at + _ROWS], spans[at : at + _ROWS]
            codes = np.zeros(len(part), dtype=np.int32)
            regions = Regions((piece.name,), codes, places[:, 0], places[:, 1])
            self._writer.write(regions, RaggedIds(part, np.arange(len(part) + 1, dtype=np.int64)))

    def end(self) -> None:
        """Finish the sequence."""
        if self._writer is not None:
            self._writer.end()

    def close(self) -> None:
        """Write what comes last."""
        if self._writer is not None:
            self._writer.close()


def open_motif_writer(
    sink: BinaryIO,
    tokenizer: MotifModel,
    format: Format,  # noqa: A002  # as above
    *,
    rows: bool = False,
) -> TokenWriter:
    """Start a token file of motif ids, in any format but bed."""
    meta = describe_motif_tokens(tokenizer)
    return open_writer(format, sink, None, rows=rows, unk=tokenizer.vocabulary.unk_id, meta=meta)


def write_region_bed(sink: BinaryIO, regions: Regions, rows: RaggedIds, tokenizer: MotifModel) -> None:
    """Write ``chrom start end ids texts``, a line a region; ids and texts joined by commas, ``.`` for none."""
    names, codes = [escape(each) for each in regions.chrom_names], regions.codes.tolist()
    starts, ends = regions.starts.tolist(), regions.ends.tolist()
    for row, ids in enumerate(rows):
        texts = ",".join(tokenizer.vocabulary.texts_of(ids)) or "."
        numbers = ",".join(map(str, ids.tolist())) or "."
        sink.write(f"{names[codes[row]]}\t{starts[row]}\t{ends[row]}\t{numbers}\t{texts}\n".encode())


class CsrWriter:
    """Gathers the rows of a sparse matrix, on disk if they are many; ``close`` writes what `write_csr` would.

    ``columns`` is the width of the matrix, ``dtype`` a little-endian type of its values.
    """

    def __init__(self, sink: BinaryIO, columns: int, dtype: str = "<f4") -> None:
        self._sink, self._columns, self._dtype = sink, columns, dtype
        self._indices, self._data, self._counts = Spool("<i4"), Spool(dtype), Spool("<i8")

    def add(self, matrix: CsrMatrix) -> None:
        """Add rows."""
        self._indices.append(matrix.indices)
        self._data.append(matrix.data)
        self._counts.append(np.diff(matrix.indptr))

    def close(self) -> None:
        """Write the archive."""
        n_values, n_rows = self._indices.count, self._counts.count
        wide = "<i8" if n_values >= 2**31 else "<i4"
        with zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED) as archive:
            store_blocks(archive, "indices", wide, (n_values,), _cast(self._indices.blocks(), wide))
            store_blocks(archive, "indptr", wide, (n_rows + 1,), _cast(_sums(self._counts.blocks()), wide))
            store_array(archive, "format", np.array(b"csr"))
            store_array(archive, "shape", np.array((n_rows, self._columns), dtype="<i8"))
            store_blocks(archive, "data", self._dtype, (n_values,), self._data.blocks())
        for each in (self._indices, self._data, self._counts):
            each.close()


def _cast(blocks: Iterator[NDArray[Any]], dtype: str) -> Iterator[NDArray[Any]]:
    return (each.astype(dtype) for each in blocks)


def _sums(blocks: Iterator[NDArray[Any]]) -> Iterator[Offsets]:
    """Yield 0, then the running sums."""
    total = np.zeros(1, dtype=np.int64)
    yield total
    for block in blocks:
        sums = np.cumsum(block, dtype=np.int64) + total[-1]
        yield sums
        total = sums[-1:]
