"""Token files by their name's ending: one call to read any, one to write any."""

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike, fspath
from pathlib import PurePath
from typing import Any, BinaryIO, TypeAlias

import numpy as np

from genotok.errors import InputError, VocabularyError
from genotok.export.bed import read_token_bed
from genotok.export.documents import TokenDocument, TokenFile, document_of
from genotok.export.gtok import read_gtok
from genotok.export.jsonl import read_jsonl
from genotok.export.meta import check_universe
from genotok.export.npz import read_npz
from genotok.export.parquet import read_parquet
from genotok.export.tsv import read_tsv
from genotok.export.writers import FORMATS, Format, format_of, open_writer
from genotok.io.sinks import atomic_write
from genotok.tokenizers.interval import IntervalTokenizer, interval_of
from genotok.values.cells import CellTokens
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.vocabulary import Vocabulary

Tokens: TypeAlias = TokenFile | RaggedIds | CellTokens | Mapping[str, Any]


def read_tokens(path: str | PathLike[str], tokenizer: IntervalTokenizer | None = None) -> TokenFile:
    """Read a token file: .jsonl, .tsv, .bed, .parquet, .npz or .gtok.

    With a tokenizer, ids that another universe made are refused: UniverseError where the file names its universe
    (parquet, npz) or the tokens' texts (bed), VocabularyError for an id past the vocabulary.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "two.jsonl")
    >>> write_tokens(path, {"a.bed": [4, 5], "b.bed": [6]})
    >>> [(document.name, document.ids.tolist()) for document in read_tokens(path)]
    [('a.bed', [4, 5]), ('b.bed', [6])]
    """
    tokenizer = None if tokenizer is None else interval_of(tokenizer)
    found = _read(path, _known_format(path), None if tokenizer is None else tokenizer.vocabulary)
    if tokenizer is not None:
        check_universe(found.meta, tokenizer, fspath(path))
        _check_ids(found, tokenizer, fspath(path))
    return found


def _read(path: str | PathLike[str], kind: Format, vocabulary: Vocabulary | None) -> TokenFile:
    if kind == "npz":
        return read_npz(path)
    if kind == "parquet":
        return read_parquet(path)
    if kind == "jsonl":
        return TokenFile(tuple(read_jsonl(path)))
    if kind == "tsv":
        return TokenFile(tuple(read_tsv(path)))
    name = PurePath(fspath(path)).stem
    if kind == "bed":
        return TokenFile((read_token_bed(path, name, vocabulary),))
    return TokenFile((document_of(name, read_gtok(path), path=fspath(path)),))


def _check_ids(found: TokenFile, tokenizer: IntervalTokenizer, path: str) -> None:
    size = tokenizer.vocabulary.vocab_size
    for document in found:
        if len(document.ids) and int(document.ids.max()) >= size:
            raise VocabularyError(
                f"id {int(document.ids.max())} of {document.name!r} is past the vocabulary of {size:,}",
                path=path,
                hint="give the universe that made it",
            )


def _known_format(path: str | PathLike[str]) -> Format:
    kind = format_of(path)
    if kind is None:
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise InputError("the name's ending tells no token format", path=fspath(path), hint=f"one of {endings}")
    return kind


def write_tokens(
    path: str | PathLike[str],
    tokens: Tokens | Iterable[int],
    tokenizer: IntervalTokenizer | None = None,
    *,
    rows: bool = False,
) -> None:
    """Write a token file of the format that the name ends in; it appears only when it is whole.

    ``tokens`` is what `read_tokens` returned; or a mapping from document names to ids (n,), to `RaggedIds` (one row a
    query region), or to ``(Regions, RaggedIds)``; or `CellTokens`, whose cells become documents named by barcode; or
    the ids or `RaggedIds` of one document, named after the file.
    ``.tsv`` and ``.bed`` are made of regions, and ``.bed`` needs the tokenizer; ``rows=True`` keeps the rows in
    ``.jsonl``, ``.parquet`` and ``.npz``. A document without ids is written as ``[unk]``, which needs the tokenizer.
    With one, an id past its vocabulary is refused.
    """
    kind = _known_format(path)
    documents = tuple(_documents_of(tokens, PurePath(fspath(path)).stem))
    found = TokenFile(documents, tokens.meta if isinstance(tokens, TokenFile) else None)
    tokenizer = None if tokenizer is None else interval_of(tokenizer)
    if tokenizer is not None:
        _check_ids(found, tokenizer, fspath(path))
    with atomic_write(path) as sink:
        write_documents(sink, kind, found, tokenizer, rows=rows)


def write_documents(
    sink: BinaryIO, kind: Format, tokens: TokenFile, tokenizer: IntervalTokenizer | None, *, rows: bool
) -> None:
    """Write documents that were read before into a sink; the line formats need their regions (InputError)."""
    unk = next((document.loose for document in tokens if document.loose is not None), None)
    writer = open_writer(kind, sink, tokenizer, rows=rows, unk=unk, options=_options(tokens.meta), meta=tokens.meta)
    for document in tokens:
        if kind in ("tsv", "bed") and document.regions is None:
            what = f"the regions of document {document.name!r} are not known"
            raise InputError(what, hint=f"a .{kind} file lists them")
        writer.begin(document.name)
        writer.write(document.regions, document.rows)
        writer.end()
    writer.close()


def _options(meta: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if meta is None else meta.get("options")


def _documents_of(tokens: Any, name: str) -> Iterator[TokenDocument]:
    if isinstance(tokens, TokenFile):
        yield from tokens
    elif isinstance(tokens, CellTokens):
        for barcode, ids in zip(tokens.barcodes.tolist(), tokens.tokens, strict=True):
            yield document_of(barcode, ids)
    elif isinstance(tokens, Mapping):
        for each, value in tokens.items():
            yield _document_from(each, value)
    else:
        yield _document_from(name, tokens)


def _document_from(name: str, value: Any) -> TokenDocument:
    if isinstance(value, RaggedIds):
        return document_of(name, value.ids, value.offsets)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Regions):
        regions, rows = value
        if len(regions) != len(rows):
            raise InputError(f"{len(regions)} regions and {len(rows)} rows of ids in {name!r}", hint="one row a region")
        return document_of(name, rows.ids, rows.offsets, regions if rows.order is None else regions.take(rows.order))
    ids = np.asarray(value)
    if ids.ndim != 1:
        raise InputError(f"the ids of document {name!r} have {ids.ndim} dimensions", hint="one list of ids a document")
    return document_of(name, ids)
