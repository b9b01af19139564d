"""Files while they are being read: bytes in, rows and tokens kept in narrow columns, nothing kept twice."""

import warnings
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.document import MAX_TOKENS, Document
from genotok.bridge.budget import Budget
from genotok.errors import BedError, CapacityError, EmptyFileError
from genotok.io.bedreader import BedReader
from genotok.io.universes import universe_of
from genotok.kernels.ragged import take_by_runs, take_rows
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.tokenizers.outcome import Misses
from genotok.values.bounds import Invalid
from genotok.values.chroms import propose_renames
from genotok.values.ragged import RaggedIds
from genotok.values.regions import Regions
from genotok.values.reports import EncodeReport
from genotok.values.universe import Universe

PLAIN_STEP, PACKED_STEP = 2**21, 2**18  # bytes taken at a time; packed ones may become a thousand times as many
MAX_RATIO, RATIO_FROM = 200, 2**28

_COLUMNS = ("codes", "starts", "ends", "lines", "counts", "ids")

_TAKE_EMPTY = {"label": "Take it as an empty file", "options": {"allow_empty": True}}

Renames = Mapping[str, str] | Literal["auto"]


def steps_of(data: memoryview, reader: BedReader) -> Iterator[memoryview]:
    """Cut bytes into steps, and stop (BedError) when a small file turns out to hold an absurd amount of text."""
    at = 0
    while at < len(data):
        packed = data[0] == 0x1F if not reader.raw_bytes else reader.compression != "none"
        step = PACKED_STEP if packed else PLAIN_STEP
        yield data[at : at + step]
        at += step
        if reader.plain_bytes > max(MAX_RATIO * reader.raw_bytes, RATIO_FROM):
            raise BedError(
                f"{reader.raw_bytes:,} bytes hold {reader.plain_bytes:,} and more: over {MAX_RATIO} : 1",
                path=reader.name,
                hint="if the file is meant so, use the terminal: genotok tokenize",
            )


class UniverseReading:
    """A universe file on its way in."""

    def __init__(self, name: str, *, invalid: Invalid, renames: Mapping[str, str]) -> None:
        self._reader = BedReader(name, invalid=invalid, keep_text=True, allow_empty=invalid == "skip")
        self._pieces: list[Regions] = []
        self._renames, self._invalid = renames, invalid

    @property
    def verbatim(self) -> bool:
        """Tell whether the file, read again with default settings, gives the same universe."""
        bad = ("reversed", "negative", "out_of_range", "unreadable")
        skipped = self._reader.report.skipped
        return not self._renames and self._invalid != "keep" and not any(reason in skipped for reason in bad)

    def feed(self, data: memoryview) -> dict[str, int]:
        """Take bytes; return the lines and rows so far."""
        for part in steps_of(data, self._reader):
            self._pieces.append(self._reader.feed(part))
        return {"lines": self._reader.lines_seen, "rows": self._reader.rows_seen}

    def close(self) -> tuple[Universe, tuple[str, ...]]:
        """Return the universe, and what should be known about it."""
        self._pieces.append(self._reader.close())
        regions = Regions.concat(self._pieces)
        self._pieces.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            universe = universe_of(regions.rename(self._renames) if self._renames else regions)
        return universe, tuple(str(each.message) for each in caught)


class Reading(ABC):
    """A file of regions on its way to tokens: every block is tokenized when it comes, and counted."""

    def __init__(
        self,
        name: str,
        tokenizer: IntervalTokenizer,
        *,
        renames: Renames | None = None,
        allow_empty: bool = False,
        keep_lines: bool = False,
    ) -> None:
        self.name, self.tokenizer, self.renames = name, tokenizer, renames
        invalid = tokenizer.config.invalid
        self.reader = BedReader(name, invalid=invalid, keep_lines=keep_lines, allow_empty=allow_empty)
        self.crc32 = 0  # of the bytes taken so far, as stored: a tenth of the price of SHA-256
        self.tokens = 0
        self._found_names: dict[str, None] = {}  # as the file spells them
        self._report: EncodeReport | None = None
        self._misses = Misses()

    @property
    def hit(self) -> int:
        """Rows so far that hit a region."""
        return self._report.regions_hit if self._report else 0

    @property
    def unknown_rows(self) -> int:
        """Rows so far on chromosomes that the universe lacks."""
        return sum(self._report.unknown_chroms.values()) if self._report else 0

    def feed(self, data: memoryview) -> dict[str, int]:
        """Take bytes; return the lines, rows, rows hit and tokens so far."""
        for part in steps_of(data, self.reader):
            self.crc32 = zlib.crc32(part, self.crc32)
            for piece in self.reader.feed_in_pieces(part):
                if len(piece):
                    self._add(piece)
        counts = {"lines": self.reader.lines_seen, "rows": self.reader.rows_seen}
        return counts | {"hit": self.hit, "tokens": self.tokens}

    def finish(self) -> dict[str, Any]:
        """Take the end of the file; return the words about it. Misses that are errors are raised here."""
        try:
            for piece in self.reader.close_in_pieces():
                self._add(piece)
        except EmptyFileError as error:
            vars(error)["action"] = [_TAKE_EMPTY]  # only here: a universe can't be empty
            raise
        self._misses.raise_if_any()
        assert self._report is not None, "the last piece has been counted"
        known = self.tokenizer.universe.chrom_names
        renames = self.renames
        applied = propose_renames(self._found_names, known) if renames == "auto" else dict(renames or {})
        return {
            "load": self.reader.report.to_dict(),
            "encode": self._report.to_dict(),
            "renamed": {name: applied[name] for name in self._found_names if name in applied},
            "renames": propose_renames(self._report.unknown_chroms, known),
        }

    def _add(self, piece: Regions) -> None:
        """Tokenize one piece."""
        self._found_names.update(dict.fromkeys(piece.chrom_names))
        if self.renames:
            piece = piece.rename(self.renames, like=self.tokenizer.universe.chrom_names)
        policy = self.tokenizer.config.unmatched
        rows = self.tokenizer.encode_rows(piece, unmatched="drop" if policy == "error" else policy, sort=False)
        if policy == "error":
            self._misses.add(piece, rows.offsets)
        report = self.tokenizer.report_rows(piece, rows)
        self._report = report if self._report is None else self._report + report
        self.tokens += len(rows.ids)
        self._keep(piece, rows)

    @abstractmethod
    def _keep(self, piece: Regions, rows: RaggedIds) -> None:
        """Take the rows of a piece, renamed, and their ids."""


class FileReading(Reading):
    """A file whose rows and tokens are kept, in narrow columns, to be looked at."""

    def __init__(
        self,
        name: str,
        tokenizer: IntervalTokenizer,
        *,
        renames: Renames | None = None,
        allow_empty: bool = False,
        budget: Budget | None = None,
    ) -> None:
        super().__init__(name, tokenizer, renames=renames, allow_empty=allow_empty)
        self._budget = budget
        self._codes_by_name: dict[str, int] = {}
        self._columns: dict[str, list[NDArray[Any]]] = {key: [] for key in _COLUMNS}

    def close(self) -> tuple[Document, dict[str, Any]]:
        """Return the rows with their tokens, and the words about them."""
        told = self.finish()
        document = self._join()
        return sort_document(document) if self.tokenizer.config.sort else document, told

    def _keep(self, piece: Regions, rows: RaggedIds) -> None:
        """Keep one piece in narrow columns."""
        if self._budget is not None:
            self._budget.check(self.reader.raw_bytes, self.reader.rows_seen, self.tokens)
        if self.tokens > MAX_TOKENS:
            raise CapacityError(f"{self.name}: more than {MAX_TOKENS:,} tokens", hint="split the input")
        assert piece.lines is not None, "the rows come from a file"
        table = self._codes_by_name
        codes = np.array([*(table.setdefault(name, len(table)) for name in piece.chrom_names), -1], dtype=np.int32)
        columns = {
            "codes": take_by_runs(piece.codes, codes)[0],
            "starts": piece.starts.astype(np.uint32),
            "ends": piece.ends.astype(np.uint32),
            "lines": piece.lines.lines_of(np.arange(len(piece), dtype=np.int64)).astype(np.int32),
            "counts": rows.counts().astype(np.int32),
            "ids": np.array(rows.ids),
        }
        for key, column in columns.items():
            self._columns[key].append(column)

    def _join(self) -> Document:
        """Put the pieces together column by column; the pieces of a column go before the next one comes."""
        whole = {key: np.concatenate(self._columns.pop(key)) for key in list(self._columns)}
        counts = whole.pop("counts")
        offsets = np.zeros(len(counts) + 1, dtype=np.int32)
        np.cumsum(counts, dtype=np.int32, out=offsets[1:])  # fits: tokens were counted as they came
        return Document(tuple(self._codes_by_name), offsets=offsets, **whole, n_regions=self.tokenizer.n_regions)


def sort_document(document: Document) -> Document:
    """Order rows by (chromosome name by code point, start), equal ones as they came: the order of ``sort=True``."""
    names = document.chrom_names
    ranks = np.empty(len(names) + 1, dtype=np.int32)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names), dtype=np.int32)
    ranks[-1] = -1  # rows of no chromosome: their name is empty
    order = np.lexsort((document.starts, ranks[document.codes]))
    offsets, ids = take_rows(offsets=document.offsets.astype(np.int64), values=document.ids, rows=order)
    columns = (document.codes[order], document.starts[order], document.ends[order], document.lines[order])
    return Document(names, *columns, ids, offsets.astype(np.int32), document.n_regions)
