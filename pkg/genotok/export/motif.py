"""Bins of motif encodings as files: BED with ids and texts, token files of every kind, and sparse matrices."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from genotok.export.formats import Format
from genotok.export.meta import FORMAT_VERSION
from genotok.export.npz import store_array
from genotok.export.text import escape
from genotok.export.writers import BINARY, open_writer
from genotok.tokenizers.motif_model import MotifModel
from genotok.values.csr import CsrMatrix
from genotok.values.motifencoding import MotifEncoding
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions

_ROWS = 2**15  # bins that are written at a time


def describe_motif_tokens(tokenizer: MotifModel) -> dict[str, Any]:
    """Return what ``.npz`` and ``.parquet`` files keep beside ids of motifs: which motifs, sizes, special ids."""
    words = tokenizer.vocabulary
    return {
        "format": FORMAT_VERSION,
        "kind": "motif",
        "motif_digest": tokenizer.motifs.digest,
        "vocab_size": words.vocab_size,
        "special_ids": dict(words.special_ids),
        "config": tokenizer.config.to_dict(),
    }


def iter_motif_tokens(
    sink: BinaryIO,
    encodings: Iterable[MotifEncoding],
    tokenizer: MotifModel,
    format: Format,  # noqa: A002  # the word that --format and users know
) -> Iterator[None]:
    """Write sequences in a token format, each a document in which every bin is a region with one id; yields between.

    ``bed`` files are those of `iter_motif_bed`; all others raise NotFittedError without ids.
    """
    if format == "bed":
        for each in encodings:
            yield from iter_motif_bed(sink, each, tokenizer)
        return
    held = io.BytesIO() if format in BINARY else None
    place = sink if held is None else cast(BinaryIO, held)
    unk, meta = tokenizer.vocabulary.unk_id, describe_motif_tokens(tokenizer)
    writer = open_writer(format, place, None, unk=unk, meta=meta)
    for each in encodings:
        writer.begin(each.name)
        ids = each.input_ids
        for at in range(0, len(ids), _ROWS):
            part = ids[at : at + _ROWS]
            rows = RaggedIds(part, np.arange(len(part) + 1, dtype=np.int64))
            writer.write(_regions(each, at, at + len(part)), rows)
            yield
        writer.end()
    writer.close()
    if held is not None:
        sink.write(held.getbuffer())
    yield


def write_motif_tokens(
    sink: BinaryIO,
    encodings: Iterable[MotifEncoding],
    tokenizer: MotifModel,
    format: Format = "tsv",  # noqa: A002  # as above
) -> None:
    r"""Write sequences in a token format, as `iter_motif_tokens` does, in one go.

    >>> import io
    >>> from genotok.values.motifs import MotifSet
    >>> from genotok.tokenizers.motif import MotifTokenizer
    >>> tokenizer = MotifTokenizer(MotifSet.from_counts({"M1": [[9, 0, 0, 0], [0, 9, 0, 0], [0, 0, 9, 0]]}))
    >>> sink = io.BytesIO()
    >>> write_motif_tokens(sink, [tokenizer.encode_sequence("ACGTTTTTT")], tokenizer, "bed")
    >>> sink.getvalue()
    b'\t0\t9\n'
    """
    for _ in iter_motif_tokens(sink, encodings, tokenizer, format):
        pass


def _regions(encoding: MotifEncoding, first: int, last: int) -> Regions:
    spans = encoding.offsets[first:last]
    codes = np.zeros(len(spans), dtype=np.int32)
    return Regions((encoding.name,), codes, spans[:, 0], spans[:, 1])


def iter_motif_bed(sink: BinaryIO, encoding: MotifEncoding, tokenizer: MotifModel) -> Iterator[None]:
    """Write ``chrom start end text id``, a line a bin; without ids ``chrom start end`` alone. Yields between pieces."""
    name, offsets, ids = escape(encoding.name), encoding.offsets, encoding.ids
    for at in range(0, len(encoding), _ROWS):
        spans = offsets[at : at + _ROWS].tolist()
        if ids is None:
            lines = [f"{name}\t{start}\t{end}\n" for start, end in spans]
        else:
            part = ids[at : at + _ROWS]
            distinct, which = np.unique(part, return_inverse=True)
            texts = tokenizer.vocabulary.texts_of(distinct)
            named = ((texts[place], number) for place, number in zip(which.tolist(), part.tolist(), strict=True))
            lines = [
                f"{name}\t{start}\t{end}\t{text}\t{number}\n"
                for (start, end), (text, number) in zip(spans, named, strict=True)
            ]
        sink.write("".join(lines).encode())
        yield


def write_csr(sink: BinaryIO, matrix: CsrMatrix) -> None:
    """Write a matrix as ``scipy.sparse.load_npz`` reads it: stored arrays, fixed dates, the same bytes everywhere."""
    wide = np.dtype("<i8" if matrix.nnz >= 2**31 else "<i4")
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        store_array(archive, "indices", matrix.indices.astype(wide, copy=False))
        store_array(archive, "indptr", matrix.indptr.astype(wide))
        store_array(archive, "format", np.array(b"csr"))
        store_array(archive, "shape", np.array(matrix.shape, dtype="<i8"))
        store_array(archive, "data", _little(matrix.data))


def _little(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(values.dtype.newbyteorder("<"), copy=False)
