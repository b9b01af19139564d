"""BED text pushed in pieces of any size: one parser for a stream, a file and a browser tab."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok.errors import BedError, EmptyFileError
from genotok.io.bedscan import BlockScanner, Rows
from genotok.io.inflate import Inflater
from genotok.io.sniff import SNIFF_BYTES, foreign_kind
from genotok.io.tally import LoadTally
from genotok.values.bounds import Invalid, check_policy
from genotok.values.lines import LineBytes, LineMap
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport

MAX_LINE = 2**26  # bytes
_DECIDE = 2**20  # bytes without LF after which a file with CRs is taken for one whose lines end with CR
_BOM = b"\xef\xbb\xbf"
_PIECE_BYTES = 2**23  # of text, after which a piece is handed on: a packed block may hold a thousand times its size

_Item = TypeVar("_Item", bound=np.generic)


class BedReader:
    r"""Reads BED text pushed in pieces of any size, compressed or plain; the outcome does not depend on the pieces.

    ``name`` stands in messages. ``invalid`` says what becomes of bad rows: 'error' (default) raises at the first,
    'skip' drops and counts them, 'keep' takes what gtars takes (reversed rows, coordinates up to 2^32 - 1).
    ``keep_text`` keeps coordinate texts that are no plain decimals, ``keep_lines`` the whole input lines.

    >>> reader = BedReader("peaks.bed")
    >>> len(reader.feed(b"chr1 10 20\nchr1 15")), reader.feed(b" 30").to_tuples(), reader.close().to_tuples()
    (0, [], [('chr1', 10, 20), ('chr1', 15, 30)])
    """

    def __init__(
        self,
        name: str,
        *,
        invalid: Invalid = "error",
        keep_text: bool = False,
        keep_lines: bool = False,
        allow_empty: bool = False,
    ) -> None:
        check_policy(invalid)
        self.name, self.keep_text, self.allow_empty = name, keep_text, allow_empty
        self._inflater = Inflater(name)
        self._scanner = BlockScanner(name, invalid=invalid, keep_lines=keep_lines)
        self._tally = LoadTally()
        self._head: bytes | None = b""  # text that waits until the kind of file is known
        self._line_end = b"\n"
        self._first_row_seen = False
        self._carry: list[bytes] = []  # the pieces of the line that has not ended yet
        self._carried = 0
        self._done: list[Rows] = []

    @property
    def lines_seen(self) -> int:
        """Lines read so far."""
        return self._tally.lines

    @property
    def rows_seen(self) -> int:
        """Rows read so far."""
        return self._tally.rows

    @property
    def raw_bytes(self) -> int:
        """Bytes fed so far."""
        return self._inflater.raw_bytes

    @property
    def plain_bytes(self) -> int:
        """Bytes of text found in them so far."""
        return self._inflater.plain_bytes

    @property
    def compression(self) -> str:
        """The compression found so far: 'none', 'gzip' or 'bgzf'."""
        return self._inflater.compression

    @property
    def report(self) -> LoadReport:
        """What became of the lines read so far; complete after `close`."""
        return self._tally.report(
            path=self.name,
            size=self.raw_bytes,
            compression=self.compression,
            names=self._scanner.table.names,
        )

    def feed(self, raw: bytes | bytearray | memoryview) -> Regions:
        """Take some bytes; return the rows whose lines they completed, maybe none."""
        self._read(self._inflater.feed(bytes(raw)))
        return self._take_done()

    def feed_in_pieces(self, raw: bytes | bytearray | memoryview) -> Iterator[Regions]:
        """Take some bytes as `feed` does, but yield their rows in pieces of bounded size."""
        return self._in_pieces(self._inflater.feed(bytes(raw)))

    def close_in_pieces(self) -> Iterator[Regions]:
        """Yield the last rows as `close` returns them, but in pieces of bounded size; the last carries the report."""
        yield from self._in_pieces(self._inflater.close())
        yield self.close()

    def close(self) -> Regions:
        """Return the last rows; raise if the file is cut, or holds no row and ``allow_empty`` is not set."""
        self._read(self._inflater.close())
        if self._head is not None:
            self._begin(self._head)
        if self._carried:
            self._scan(b"".join(self._carry) + b"\n")
            self._carry, self._carried = [], 0
        if not self.rows_seen and not self.allow_empty:
            raise EmptyFileError(f"no regions; {self._describe_lines()}", path=self.name, hint="give at least one row")
        self._note_packing()
        return replace(self._take_done(), report=self.report)

    def _in_pieces(self, blocks: Iterator[bytes]) -> Iterator[Regions]:
        taken = self.plain_bytes
        while self._read_next(blocks):
            if self.plain_bytes - taken >= _PIECE_BYTES:
                taken = self.plain_bytes
                yield self._take_done()
        if self._done:
            yield self._take_done()

    def _read(self, blocks: Iterator[bytes]) -> None:
        while self._read_next(blocks):
            pass

    def _read_next(self, blocks: Iterator[bytes]) -> bool:
        """Scan the next plain block; False if there is none."""
        block = self._next(blocks)
        if block is None:
            return False
        if self._head is None:
            self._add(block)
        else:
            self._head += block
            enough = b"\n" in self._head or len(self._head) >= _DECIDE
            if enough and len(self._head) >= SNIFF_BYTES:
                self._begin(self._head)
        return True

    def _next(self, blocks: Iterator[bytes]) -> bytes | None:
        """Take the next plain block; of a damaged file, say how far it could be read."""
        try:
            return next(blocks, None)
        except BedError as error:
            if self._head is not None:
                self._begin(self._head)
            what = f"{error.what}; {self.rows_seen:,} rows were readable"
            raise BedError(what, hint=error.hint, path=self.name) from None

    def _begin(self, head: bytes) -> None:
        """Decide what the file is by its first bytes; what depends on them is never decided by block borders."""
        foreign = foreign_kind(head[:SNIFF_BYTES])
        if foreign:
            raise BedError(f"the file is {foreign[0]}", hint=foreign[1], path=self.name)
        if head.startswith(_BOM):
            head = head.removeprefix(_BOM)
            self._tally.notes.append("a UTF-8 byte order mark was dropped")
        self._scanner.head = head[: SNIFF_BYTES - len(_BOM)]
        start = head[:_DECIDE]
        if b"\n" not in start and b"\r" in start:
            self._line_end = b"\r"
            self._tally.notes.append("lines end with CR")
        line, end, _ = start.partition(b"\n")
        if end and line.endswith(b"\r"):
            self._tally.notes.append("lines end with CR LF")
        self._head = None
        self._add(head)

    def _add(self, block: bytes) -> None:
        """Scan the lines that end in this block; keep the rest."""
        if self._line_end == b"\r":
            if b"\n" in block:
                raise BedError("lines end with CR, then with LF", path=self.name, hint="convert it to one line end")
            block = block.replace(b"\r", b"\n")
        cut = block.rfind(b"\n") + 1
        if cut:
            self._scan(b"".join([*self._carry, block[:cut]]))
            self._carry, self._carried = [], 0
        if cut < len(block):
            self._carry.append(block[cut:])
            self._carried += len(block) - cut
        if self._carried > MAX_LINE:
            number = self.lines_seen + 1
            raise BedError("the line is longer than 64 MiB", path=self.name, line=number, hint="is this a BED file?")

    def _scan(self, text: bytes) -> None:
        if not self._first_row_seen:
            self._note_blanks(text)
        rows = self._scanner.scan(text)
        self._tally.add(rows)
        rows.reasons.clear()  # counted
        self._done.append(rows)

    def _take_done(self) -> Regions:
        """Join the blocks scanned since the last piece."""
        done, self._done = self._done, []
        first = self.lines_seen - sum(rows.n_lines for rows in done) + 1
        texts: dict[int, tuple[str, str]] = {}
        before = 0
        for rows in done:
            texts.update({row + before: text for row, text in rows.texts.items()} if self.keep_text else {})
            before += len(rows.starts)
        kept = [rows.line_bytes for rows in done if rows.line_bytes is not None]
        return Regions(
            tuple(self._scanner.table.names),
            _join([rows.codes for rows in done], np.int32),
            _join([rows.starts for rows in done], np.int64),
            _join([rows.ends for rows in done], np.int64),
            source=self.name,
            lines=LineMap(first, _join([rows.skipped_lines for rows in done], np.int64)),
            texts=texts,
            line_bytes=LineBytes.concat(kept) if self._scanner.keep_lines else None,
        )

    def _describe_lines(self) -> str:
        """Say what the lines of a file without rows were: ``12 lines, all comment``."""
        skipped = self._tally.skipped
        lines = f"{self.lines_seen} line{'s' * (self.lines_seen != 1)}"
        if len(skipped) == 1:
            return f"{lines}, all {next(iter(skipped))}"
        return ", ".join([lines, *(f"{count} {reason}" for reason, count in skipped.items())])

    def _note_packing(self) -> None:
        """Note several gzip members, and a name that speaks of another compression than the content."""
        if self._inflater.members > 1:
            self._tally.notes.append(f"{self._inflater.members:,} gzip members, read one after the other")
        named, found = self.name.lower().endswith((".gz", ".bgz")), self.compression
        if named and found == "none":
            self._tally.notes.append("the name ends in .gz, but the file is plain text")
        elif not named and found != "none" and not self.name.startswith("<"):
            self._tally.notes.append(f"the file is {found}-compressed, although its name does not say so")

    def _note_blanks(self, text: bytes) -> None:
        """Note blanks between the columns of the first row, if it is among these lines."""
        for line in BytesIO(text):
            if line.strip() and not line.startswith((b"#", b"track", b"browser")):
                self._first_row_seen = True
                if b"\t" not in line and len(line.split()) > 2:
                    self._tally.notes.append("blanks separate the columns")
                return


def _join(columns: list[NDArray[_Item]], dtype: type[_Item]) -> NDArray[_Item]:
    if len(columns) == 1:
        return columns[0]
    return np.concatenate([np.empty(0, dtype), *columns])
