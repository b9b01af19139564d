"""Fragment files to cells: which token each line stands for, and which cell it belongs to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids
from genotok.errors import InputError
from genotok.io.barcodes import BarcodeTable, read_barcodes
from genotok.io.fragments import BLOCK_BYTES, FragmentReader
from genotok.io.sources import Source
from genotok.io.spill import HELD_TOKENS, CellSpill
from genotok.kernels.grouping import pair_keys, split_keys
from genotok.kernels.merging import KeyCounter
from genotok.tokenizers.config import Unmatched
from genotok.tokenizers.outcome import Misses, fill_misses
from genotok.values.cells import CellMatrix, CellReport, CellTokens
from genotok.values.chroms import propose_renames
from genotok.values.lines import LineMap
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.reports import EncodeReport, LoadReport

if TYPE_CHECKING:
    from genotok.tokenizers.cells import Cells

Weight: TypeAlias = Literal["lines", "count"]
Barcodes: TypeAlias = Iterable[str] | Source
Renames: TypeAlias = Mapping[str, str] | Literal["auto"]


class FragmentTokens(NamedTuple):
    """The tokens of one block of n lines: line ``i`` is of the cell ``barcodes[codes[i]]`` and owns ``tokens.row(i)``.

    ``barcodes`` (k,) are those of the block by first appearance, ``codes`` int32 (n,).
    """

    barcodes: NDArray[np.str_]
    codes: Ids
    tokens: RaggedIds


class _Lines(NamedTuple):
    """Lines of cells that are wanted: n regions, the cell of each, and where asked for how often it was seen."""

    regions: Regions
    cells: Ids
    counts: Coords | None


class CellLines:
    """Reads a fragment file for one tokenizer, with its chromosomes renamed and only the cells asked for."""

    def __init__(
        self,
        tokenizer: "Cells",
        source: Source,
        *,
        barcodes: Barcodes | None = None,
        rename_chroms: Renames | None = None,
        unmatched: Unmatched = "drop",
        counts: bool = False,
        allow_empty: bool = False,
        advance: Callable[[int], None] | None = None,
    ) -> None:
        """Prepare to read; ``advance`` is told how many lines each block has."""
        if isinstance(rename_chroms, str) and rename_chroms != "auto":
            raise InputError(f"rename_chroms={rename_chroms!r} names no mapping", hint="give a mapping, or 'auto'")
        self._advance = advance
        self._tokenizer, self._unmatched, self._rename = tokenizer, unmatched, rename_chroms
        invalid = tokenizer.config.invalid
        self._reader = FragmentReader(source, invalid=invalid, counts=counts, allow_empty=allow_empty)
        self._only = None if barcodes is None else read_barcodes(barcodes)
        self.table = BarcodeTable(self._only)
        self.unlisted = 0
        self.renamed: dict[str, str] = {}
        self.encode: EncodeReport = tokenizer.report_rows(Regions.empty(), RaggedIds.concat([]))
        self._misses = Misses()

    @property
    def load(self) -> LoadReport:
        """What became of every line; complete once all pieces are taken."""
        return self._reader.report

    def lines(self, block_bytes: int = BLOCK_BYTES, *, afresh: bool = False) -> Iterator[_Lines]:
        """Yield the wanted lines in order; ``afresh`` numbers the cells of each block from 0."""
        for block in self._reader.blocks(block_bytes):
            if self._advance is not None:
                self._advance(len(block.regions))
            if afresh:
                self.table = BarcodeTable()
            cells = self.table.codes_of(block.text, block.barcode_starts, block.barcode_ends)
            regions, counts = self._renamed(block.regions), block.counts
            if self._only is not None:
                kept = np.flatnonzero(cells >= 0)
                self.unlisted += len(cells) - len(kept)
                regions, cells = _take_lines(regions, kept), cells[kept]
                counts = None if counts is None else counts[kept]
            yield _Lines(regions, cells, counts)

    def _renamed(self, regions: Regions) -> Regions:
        if self._rename is None:
            return regions
        names = regions.chrom_names
        like = self._tokenizer.universe.chrom_names
        mapping = propose_renames(names, like) if isinstance(self._rename, str) else self._rename
        here = {name: mapping[name] for name in names if name in mapping}
        self.renamed.update(here)
        return regions.rename(here) if here else regions

    def tokens_of(self, regions: Regions) -> RaggedIds:
        """Return the tokens of some lines, a row each; `finish` raises for misses under 'error'."""
        offsets, ids = self._tokenizer.universe.encode(regions, engine=self._tokenizer.config.engine)
        if self._unmatched == "error":
            self._misses.add(regions, offsets)
        unk = self._tokenizer.unk_token_id
        rows = fill_misses(offsets, ids, unk) if self._unmatched == "unk" else RaggedIds(ids, offsets)
        self.encode += self._tokenizer.report_rows(regions, rows)
        return rows

    def finish(self) -> None:
        """Raise UnmatchedError if a line hit nothing and 'error' was asked for."""
        self._misses.raise_if_any()

    def report(self, n_fragments: Coords, least: int) -> CellReport:
        """Return what became of the whole file, whose cells have (c,) lines; those with fewer than ``least`` go."""
        few = n_fragments[n_fragments < least]
        left_out = {"unlisted": self.unlisted, "sparse": len(few), "sparse_lines": int(few.sum(dtype=np.int64))}
        return CellReport(self.load, self.encode, len(n_fragments) - len(few), **left_out, renamed=self.renamed)


def _take_lines(regions: Regions, rows: NDArray[np.intp]) -> Regions:
    """Return some rows of a file's regions, which still know their lines."""
    if len(rows) == len(regions):
        return regions
    taken = regions.take(rows)
    if regions.lines is None:
        return taken
    left_out = np.ones(len(regions), dtype=np.bool_)
    left_out[rows] = False
    skipped = np.union1d(regions.lines.skipped, regions.lines.lines_of(np.flatnonzero(left_out)))
    fields: dict[str, Any] = {"source": regions.source, "texts": taken.texts}
    lines = LineMap(regions.lines.first, skipped)
    return Regions(taken.chrom_names, taken.codes, taken.starts, taken.ends, lines=lines, **fields)


def tokenize_fragments(
    lines: CellLines, *, min_fragments: int, vocab_size: int, held_tokens: int = HELD_TOKENS
) -> CellTokens:
    """Gather the tokens of each cell."""
    _check_least(min_fragments)
    n_fragments = np.zeros(len(lines.table), dtype=np.int64)
    with CellSpill(held_tokens=held_tokens) as spill:
        for block in lines.lines():
            n_fragments = _add_counts(n_fragments, block.cells)
            rows = lines.tokens_of(block.regions)
            spill.append(np.repeat(block.cells, rows.counts().astype(np.intp)), rows.ids)
        lines.finish()
        offsets, ids = spill.grouped(len(lines.table))
    report = lines.report(n_fragments, min_fragments)
    cells = CellTokens(lines.table.names(), RaggedIds(ids, offsets), n_fragments, vocab_size, report)
    return cells if report.cells == len(cells) else cells.take(n_fragments >= min_fragments)


def _add_counts(counts: Coords, cells: Ids) -> Coords:
    """Add the lines of each cell; the cells may be more than before."""
    added = np.bincount(cells, minlength=len(counts)).astype(np.int64)
    added[: len(counts)] += counts
    return added


def iter_fragments(lines: CellLines, block_bytes: int) -> Iterator[FragmentTokens]:
    """Yield the tokens of each line, block by block."""
    if isinstance(block_bytes, bool) or not isinstance(block_bytes, (int, np.integer)) or block_bytes < 1:
        raise InputError(f"block_bytes is {block_bytes!r}", hint="a whole number from 1")
    for block in lines.lines(block_bytes, afresh=True):
        yield FragmentTokens(lines.table.names(), block.cells, lines.tokens_of(block.regions))
    lines.finish()


def count_fragments(lines: CellLines, *, min_fragments: int, vocab_size: int) -> tuple[CellMatrix, CellReport]:
    """Count the tokens of each cell, each line once or as often as its fragment was seen."""
    _check_least(min_fragments)
    n_fragments = np.zeros(len(lines.table), dtype=np.int64)
    counter = KeyCounter()
    for block in lines.lines():
        n_fragments = _add_counts(n_fragments, block.cells)
        rows = lines.tokens_of(block.regions)
        times = rows.counts().astype(np.intp)
        weights = None if block.counts is None else np.repeat(block.counts, times)
        counter.add(pair_keys(np.repeat(block.cells, times), rows.ids), weights)
    keys, data = counter.finish()
    indptr, indices = split_keys(keys, len(lines.table))
    matrix = CellMatrix(data, indices, indptr, (len(lines.table), vocab_size), lines.table.names())
    report = lines.report(n_fragments, min_fragments)
    return (matrix if report.cells == len(matrix) else matrix.take(n_fragments >= min_fragments)), report


def check_weight(weight: Weight) -> None:
    """Refuse a weight that does not exist."""
    if weight not in get_args(Weight):
        raise InputError(f"weight={weight!r} is unknown", hint="'lines' counts lines, 'count' adds up column five")


def _check_least(min_fragments: int) -> None:
    if isinstance(min_fragments, bool) or not isinstance(min_fragments, (int, np.integer)) or min_fragments < 0:
        raise InputError(f"min_fragments is {min_fragments!r}", hint="a whole number, 0 for all cells")
