"""One input of cells: a fragment file or an .h5ad file, read with progress and written cell by cell."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

import numpy as np

from genotok.cli.document import Advance, DocumentReport
from genotok.cli.holding import held
from genotok.cli.inputs import Input, open_stdin
from genotok.cli.settings import Settings
from genotok.export.anndata import open_h5ad
from genotok.export.writers import TokenWriter
from genotok.io.sources import iter_blocks, open_path
from genotok.tokenizers.fragments import CellLines, Weight, count_fragments, tokenize_fragments
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.cells import CellMatrix, CellReport, CellTokens
from genotok.values.ragged import RaggedIds


class _Watched:
    """A binary file that tells how far it was read, and hashes what is read where that is wanted."""

    def __init__(self, file: BinaryIO, name: str, advance: Advance, *, fingerprint: bool) -> None:
        self._file, self.name, self._advance = file, name, advance
        self._hash = hashlib.sha256() if fingerprint else None

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes."""
        data = self._file.read(size)
        self._advance(len(data), 0)
        if self._hash is not None:
            self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        """SHA-256 hex of what was read, empty if not asked for."""
        return "" if self._hash is None else self._hash.hexdigest()


def tokenize_cells(
    source: Input, tokenizer: IntervalTokenizer, settings: Settings, writer: TokenWriter, advance: Advance
) -> DocumentReport:
    """Write each cell as a document named by its barcode, behind the input's own name where there are several."""
    cells, sha256 = read_cells(source, tokenizer, settings, advance)
    before = f"{source.document}/" if settings.prefix else ""
    for barcode, ids in zip(cells.barcodes.tolist(), cells.tokens, strict=True):
        writer.begin(f"{before}{barcode}")
        writer.write(None, RaggedIds(ids, np.array([0, len(ids)], dtype=np.int64)))
        writer.end()
    return report_cells(source, cells.report, sha256)


def read_cells(
    source: Input, tokenizer: IntervalTokenizer, settings: Settings, advance: Advance
) -> tuple[CellTokens, str]:
    """Return the cells of an input, and the SHA-256 of its bytes where the settings ask for it."""
    if settings.kind == "h5ad":
        with _opened_h5ad(source, settings, advance) as (adata, sha256):
            return tokenizer.tokenize_anndata(adata, layer=settings.layer), sha256
    with _watched(source, settings, advance) as file:
        lines = _lines(file, tokenizer, settings, advance)
        cells = tokenize_fragments(lines, min_fragments=settings.min_fragments, vocab_size=tokenizer.vocab_size)
        return cells, file.sha256


def read_matrix(
    source: Input, tokenizer: IntervalTokenizer, settings: Settings, advance: Advance, *, weight: Weight
) -> tuple[CellMatrix, CellReport | None]:
    """Return the count matrix of an input, and what became of it."""
    if settings.kind == "h5ad":
        with _opened_h5ad(source, settings, advance) as (adata, _):
            return tokenizer.count_anndata(adata, layer=settings.layer), tokenizer.report_anndata(adata)
    with _watched(source, settings, advance) as file:
        counts = weight == "count"
        lines = _lines(file, tokenizer.replace(unmatched="drop"), settings, advance, counts=counts)
        return count_fragments(lines, min_fragments=settings.min_fragments, vocab_size=tokenizer.vocab_size)


def report_cells(source: Input, report: CellReport | None, sha256: str = "") -> DocumentReport:
    """Say what became of an input in the words of a run's report."""
    assert report is not None, "readers of files give one"
    counts = {name: getattr(report, name) for name in ("cells", "unlisted", "sparse", "sparse_lines")}
    return DocumentReport(
        source.document, source.label, report.load, report.encode, dict(report.renamed), sha256, counts
    )


def _lines(
    file: _Watched, tokenizer: IntervalTokenizer, settings: Settings, advance: Advance, *, counts: bool = False
) -> CellLines:
    return CellLines(
        tokenizer,
        cast(BinaryIO, file),
        barcodes=settings.barcodes,
        rename_chroms=settings.rename_chroms,
        unmatched=tokenizer.config.unmatched,
        counts=counts,
        allow_empty=settings.keep_empty,
        advance=lambda rows: advance(0, rows),
    )


@contextmanager
def _watched(source: Input, settings: Settings, advance: Advance) -> Iterator[_Watched]:
    if source.is_stdin:
        yield _Watched(open_stdin(), source.label, advance, fingerprint=settings.fingerprint)
        return
    with open_path(source.place) as file:
        yield _Watched(file, source.label, advance, fingerprint=settings.fingerprint)


@contextmanager
def _opened_h5ad(source: Input, settings: Settings, advance: Advance) -> Iterator[tuple[Any, str]]:
    """Open a file whose matrix stays on disk; from behind a URL it is fetched first."""
    with held(source.place, lambda: advance(0, 0)) as place:
        adata = open_h5ad(place)
        try:
            yield adata, _sha256_of(place) if settings.fingerprint else ""
            advance(source.size, adata.n_obs)
        finally:
            adata.file.close()


def _sha256_of(path: str) -> str:
    digest = hashlib.sha256()
    for block in iter_blocks(path):
        digest.update(block)
    return digest.hexdigest()
