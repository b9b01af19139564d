"""Token files of one BED line a query region: the input line unchanged, then ids and texts."""

from io import BytesIO
from os import PathLike, fspath
from typing import BinaryIO

import numpy as np

from genotok.arrays import Bytes, Coords, Flags, Ids, Offsets
from genotok.errors import InputError, UniverseError
from genotok.export.documents import TokenDocument, document_of
from genotok.export.text import (
    DASH,
    NEWLINE,
    TAB,
    Column,
    escape,
    id_column,
    list_column,
    list_separators,
    parse_id_lists,
    span_column,
    split_rows,
    table_column,
    weave,
)
from genotok.io.bed import iter_bed
from genotok.kernels.ragged import expand_ranges, offsets_of
from genotok.values.lines import LineBytes
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.vocabulary import Vocabulary


class BedWriter:
    """Writes a line a region in row order: the line, TAB, ids, TAB, texts, each joined by commas, ``.`` for none.

    Regions that do not come from a file, or were read without their lines, are rendered as ``chrom start end``.
    """

    def __init__(self, sink: BinaryIO, vocabulary: Vocabulary) -> None:
        self._sink, self._vocabulary = sink, vocabulary
        universe = vocabulary.universe.regions
        self._names = [f"{name}:".encode() for name in universe.chrom_names]
        self._odd = np.array(sorted(universe.texts), dtype=np.int64)  # ids whose text is no plain decimals

    def begin(self, document: str) -> None:
        """Do nothing: the lines bear no name."""

    def write(self, regions: Regions | None, rows: RaggedIds, /) -> None:
        """Write a line a region."""
        assert regions is not None, "lines are made of regions"
        for at, ids, offsets in split_rows(rows):
            texts = self.render(ids, list_separators(offsets, NEWLINE))
            text, _ = weave(
                _line_column(regions, at), id_column(ids, offsets, TAB), list_column(texts, offsets, NEWLINE)
            )
            self._sink.write(text.tobytes())

    def end(self) -> None:
        """Do nothing: a document without regions has no line."""

    def close(self) -> None:
        """Do nothing: every line is written."""

    def render(self, ids: Ids | Coords, separators: Bytes) -> Column:
        """Render each token as ``chrom:start-end`` and its separator; special tokens are their text."""
        universe = self._vocabulary.universe.regions
        odd = ids >= len(universe)
        if self._odd.size:
            odd |= np.isin(ids, self._odd)
        plain = ids[~odd]
        texts = weave(
            table_column(self._names, universe.codes[plain]),
            span_column(universe.starts[plain], universe.ends[plain], between=DASH, after=separators[~odd]),
        )
        if not odd.any():
            return texts
        distinct, which = np.unique(ids[odd], return_inverse=True)
        words = table_column([text.encode() for text in self._vocabulary.texts_of(distinct)], which)
        ends = (separators[odd], np.arange(len(which) + 1, dtype=np.int64))
        return weave(_spread(texts, ~odd), _spread(weave(words, ends), odd))


def _line_column(regions: Regions, at: Coords) -> Column:
    """Return the input line of each row and a TAB."""
    lines = regions.line_bytes
    if lines is None:
        table = [f"{escape(name)}\t".encode() for name in (*regions.chrom_names, "")]
        span = span_column(regions.starts[at], regions.ends[at], between=TAB, after=TAB)
        return weave(table_column(table, regions.codes[at]), span)
    lengths = lines.ends[at] - lines.starts[at]
    text = np.frombuffer(lines.buffer, dtype=np.uint8)[expand_ranges(lines.starts[at], lengths)]
    tabs = np.full(len(at), TAB, dtype=np.uint8)
    return weave((text, offsets_of(lengths)), (tabs, np.arange(len(at) + 1, dtype=np.int64)))


def _spread(column: Column, where: Flags) -> Column:
    """Give a column's rows to the flagged rows of a longer one; the others are empty."""
    counts = np.zeros(len(where), dtype=np.int64)
    counts[where] = np.diff(column[1])
    return column[0], offsets_of(counts)


def read_token_bed(path: str | PathLike[str], name: str, vocabulary: Vocabulary | None = None) -> TokenDocument:
    """Read a file that `BedWriter` wrote, as one document; a line without ids and texts raises InputError.

    With a vocabulary, texts that are not those of the ids raise UniverseError.
    """
    place = fspath(path)
    regions = Regions.concat(list(iter_bed(path, invalid="keep", keep_lines=True)))
    lines = regions.line_bytes
    assert lines is not None, "the lines were asked for"
    cells = [lines[row].rsplit(b"\t", 2) for row in range(len(regions))]
    ids, offsets, bad = parse_id_lists([cell[1] if _is_token_line(cell) else b"?" for cell in cells])
    if bad < 0 and len(ids) and not any(b":" in cell[2] for cell in cells):
        bad = 0  # as in plain BED6, where a score and a strand come last
    if bad >= 0:
        what = "this line does not end in ids and texts"
        raise InputError(what, where=regions.where(bad), hint="genotok tokenize makes such files")
    if vocabulary is not None:
        _check_texts(regions, ids, offsets, [cell[2] for cell in cells], vocabulary)
    heads = np.array([len(cell[0]) for cell in cells], dtype=np.int64)
    bare = LineBytes(lines.buffer, lines.starts, lines.starts + heads)
    columns = (regions.chrom_names, regions.codes, regions.starts, regions.ends)
    return document_of(name, ids, offsets, Regions(*columns, line_bytes=bare), path=place)


def _is_token_line(cells: list[bytes]) -> bool:
    """Tell whether a line, split at its last two TABs, is a BED line, ids and texts."""
    return len(cells) == 3 and len(cells[0].split(None, 2)) == 3 and (cells[1] == b".") == (cells[2] == b".")


def _check_texts(regions: Regions, ids: Coords, offsets: Offsets, cells: list[bytes], vocabulary: Vocabulary) -> None:
    """Compare the texts of a file with those of a vocabulary, rendered as they are written."""
    text, _ = list_column(
        BedWriter(BytesIO(), vocabulary).render(ids, list_separators(offsets, NEWLINE)), offsets, NEWLINE
    )
    expected = text.tobytes().split(b"\n")
    wrong = next((row for row, cell in enumerate(cells) if cell != expected[row]), None)
    if wrong is not None:
        what = "the texts are not those of this universe"
        raise UniverseError(what, where=regions.where(wrong), hint="give the universe that made it")
