"""Fragment files: BED rows with the barcode of a cell in column four, and in column five how often it was seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from re import compile as pattern

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.errors import BedError, EmptyFileError, FragmentError, GenotokError, IntervalError
from genotok.io.bedline import split_columns
from genotok.io.bedreader import BedReader
from genotok.io.sources import Source, iter_blocks, name_of
from genotok.kernels.digits import MAX_DIGITS, parse_decimals, words_of
from genotok.kernels.fields import find_fields
from genotok.values.bounds import Invalid
from genotok.values.lines import LineBytes
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport

BLOCK_BYTES = 2**22
BARCODE, COUNT = 3, 4  # 0-based columns
_LOOSE_BLANKS = (b"  ", b" \n", b" \r", b"\n ")  # blanks that are more than one separator
_HINT = "a fragment is chrom, start, end, barcode and mostly a count, separated by TABs"
_CONVERSION = pattern(r"out\.bed|BED|TAB")  # a cure that ends in a BED file gives no barcodes


@dataclass(frozen=True, eq=False)
class FragmentBlock:
    """Fragments of one block: n regions, and where their barcodes stand in the text, int64 (n,) each."""

    regions: Regions
    text: bytes
    barcode_starts: Coords
    barcode_ends: Coords
    counts: Coords | None = None  # of column five, where asked for


class FragmentReader:
    """Reads a fragment file block by block, plain, gzip or bgzip by content; ``report`` tells of every line.

    Lines follow the rules of BED; each needs four columns or more. Comments, blank lines and a header are skipped and
    counted. Every fault is a FragmentError with file and line. ``invalid`` is that of `read_bed`.
    """

    def __init__(
        self, source: Source, *, invalid: Invalid = "error", counts: bool = False, allow_empty: bool = False
    ) -> None:
        self._source, self._counts = source, counts
        self._reader = BedReader(name_of(source), invalid=invalid, keep_lines=True, allow_empty=allow_empty)

    @property
    def report(self) -> LoadReport:
        """What became of the lines read so far; complete once all blocks are taken."""
        return self._reader.report

    def blocks(self, block_bytes: int = BLOCK_BYTES) -> Iterator[FragmentBlock]:
        """Yield the fragments in order; those of about ``block_bytes`` of the file together."""
        try:
            for raw in iter_blocks(self._source, block_bytes):
                for piece in self._reader.feed_in_pieces(raw):
                    yield from self._blocks_of(piece)
            for piece in self._reader.close_in_pieces():
                yield from self._blocks_of(piece)
        except (BedError, IntervalError) as error:
            raise _as_fragment_error(error) from None

    def _blocks_of(self, piece: Regions) -> Iterator[FragmentBlock]:
        if len(piece):
            assert piece.line_bytes is not None, "they were asked for"
            text = _with_tabs(piece.line_bytes.buffer)
            starts, ends = self._fields(piece, text, BARCODE)
            self._check_barcodes(piece, text, starts, ends)
            counts = self._read_counts(piece, text) if self._counts else None
            yield FragmentBlock(piece, text, starts, ends, counts)

    def _fields(self, piece: Regions, text: bytes, column: int) -> tuple[Coords, Coords]:
        """Find a column of each line; raises for the first line that has fewer."""
        lines = piece.line_bytes
        assert lines is not None, "they were asked for"
        buffer = np.frombuffer(text, dtype=np.uint8)
        starts, ends = find_fields(text=buffer, line_starts=lines.starts, line_ends=lines.ends, column=column)
        for row in np.flatnonzero(starts > lines.ends).tolist():
            starts[row], ends[row] = self._field_between_blanks(piece, lines, row, column)
        return starts, ends

    def _field_between_blanks(self, piece: Regions, lines: LineBytes, row: int, column: int) -> tuple[int, int]:
        """Find a column in a line whose columns are separated by blanks of any number."""
        line = lines[row]
        fields = split_columns(line)
        if len(fields) <= column or line.count(b"\t") >= 2:
            what = f"{len(fields)} columns, so no {'barcode' if column == BARCODE else 'count'}"
            hint = _HINT if column == BARCODE else "weight='lines' counts lines instead"
            raise FragmentError(what, path=piece.source, line=piece.line_of(row), hint=hint)
        at = 0
        for number, field in enumerate(fields[: column + 1]):
            at = line.index(field, at + len(fields[number - 1]) if number else 0)
        start = int(lines.starts[row]) + at
        return start, start + len(fields[column])

    def _check_barcodes(self, piece: Regions, text: bytes, starts: Coords, ends: Coords) -> None:
        empty = np.flatnonzero(starts == ends)
        if empty.size:
            line = piece.line_of(int(empty[0]))
            raise FragmentError("the barcode is empty", path=piece.source, line=line, hint=_HINT)
        if not text.isascii():
            for row, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
                try:
                    text[start:end].decode()
                except UnicodeDecodeError:
                    what = f"barcode {text[start:end]!r} is not UTF-8"
                    raise FragmentError(what, path=piece.source, line=piece.line_of(row), hint="rename it") from None

    def _read_counts(self, piece: Regions, text: bytes) -> NDArray[np.int64]:
        starts, ends = self._fields(piece, text, COUNT)
        buffer = np.frombuffer(text, dtype=np.uint8)
        counts, valid = parse_decimals(words=words_of(text), text=buffer, ends=ends, lengths=ends - starts)
        bad = np.flatnonzero(~valid)
        if bad.size:
            row = int(bad[0])
            found = text[starts[row] : ends[row]].decode("ascii", "backslashreplace")
            what = f"count {found!r} is not a whole number of up to {MAX_DIGITS} digits"
            hint = "weight='lines' counts lines instead"
            raise FragmentError(what, path=piece.source, line=piece.line_of(row), hint=hint)
        return counts


def _with_tabs(text: bytes) -> bytes:
    """Return text whose columns are separated by single blanks with TABs instead, other text as it is."""
    if b"\t" in text or any(loose in text for loose in _LOOSE_BLANKS):
        return text
    return text.replace(b" ", b"\t")


def _as_fragment_error(error: GenotokError) -> FragmentError:
    """Speak of fragments where the reader of BED spoke of BED."""
    hint = error.hint
    if hint is None or _CONVERSION.search(hint) or isinstance(error, EmptyFileError):
        hint = _HINT
    what = error.what.replace("no regions", "no fragments")
    return FragmentError(what, hint=hint, where=error.where, path=error.path, line=error.line, row=error.row)
