"""Blocks of BED text to rows: the vectorised scan, with the line-wise definition for every line it declines."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from genotok.arrays import Coords, Flags, Ids
from genotok.errors import BedError
from genotok.io.bedline import Reason, Refusal, Row, read_line, split_columns
from genotok.io.names import NameTable
from genotok.io.sniff import NUL, foreign_text
from genotok.kernels.ragged import repeat_runs
from genotok.kernels.textscan import PADDING, Scan, scan_bed
from genotok.values.bounds import Invalid, find_invalid
from genotok.values.lines import LineBytes

_HASH = ord("#")
_PAD = b"\n" * PADDING
_LOOSE_BLANKS = (b"  ", b" \n", b" \r", b"\n ")  # blanks that are more than one separator


@dataclass
class Rows:
    """The rows of one block in columns (m,), and what became of its n lines."""

    codes: Ids
    starts: Coords
    ends: Coords
    columns: Coords
    skipped_lines: Coords  # 1-based, ascending
    n_lines: int
    texts: dict[int, tuple[str, str]]
    line_bytes: LineBytes | None
    reasons: dict[str, Coords] = field(default_factory=dict)  # why -> 1-based lines, ascending; by first line


class BlockScanner:
    """Turns blocks of whole lines into rows; remembers chromosome names, the line number, and if rows have begun."""

    def __init__(self, path: str, *, invalid: Invalid, keep_lines: bool) -> None:
        self.path, self.invalid, self.keep_lines = path, invalid, keep_lines
        self.table = NameTable()
        self.lines = 0
        self.head = b""  # how the file begins
        self._begun = False  # a row, a header or an unreadable line was met

    def scan(self, text: bytes) -> Rows:
        """Read a block that ends with LF."""
        padded = _PAD + text
        scan = self._scan(padded)
        if scan.has_nul:
            number = self.lines + 1 + text[: text.index(b"\0")].count(b"\n")
            raise BedError(f"the file is {NUL[0]}", hint=NUL[1], path=self.path, line=number)
        regular = scan.regular & ~find_invalid(starts=scan.starts, ends=scan.ends, invalid=self.invalid)
        fresh = scan.fresh.copy()
        fresh[1:] |= ~regular[:-1]  # the line a name is taken from must be a row itself
        fresh[:1] = True
        run_lines = np.flatnonzero(fresh & regular)
        run_codes, new_names = self._look_up_runs(padded, scan, regular, run_lines)
        texts: dict[int, tuple[str, str]] = {}
        odd_rows, reasons = self._read_odd_lines(padded, scan, regular)
        self._register(run_codes, new_names, odd_rows)
        run_rows = repeat_runs(run_codes, _run_lengths(run_lines, regular))
        codes = run_rows
        if len(run_rows) < len(regular):
            codes = np.full(len(regular), -1, dtype=np.int32)
            codes[regular] = run_rows
        is_row = regular
        for line, row in odd_rows:
            is_row[line] = True
            codes[line], scan.starts[line], scan.ends[line] = self.table.code_of(row.name), row.start, row.end
            scan.columns[line] = len(split_columns(padded[scan.line_starts[line] : scan.line_ends[line]]))
            if row.texts:
                texts[int(np.count_nonzero(is_row[:line]))] = row.texts
        rows = self._gather(padded, scan, codes, is_row, texts, reasons)
        self.lines += len(is_row)
        return rows

    def _scan(self, padded: bytes) -> Scan:
        """Scan for TABs; text without any, whose blanks are all single, is scanned for blanks instead."""
        if b"\t" not in padded and b" " in padded and not any(loose in padded for loose in _LOOSE_BLANKS):
            return scan_bed(padded.replace(b" ", b"\t"))
        return scan_bed(padded)

    def _look_up_runs(
        self, padded: bytes, scan: Scan, regular: Flags, run_lines: Coords
    ) -> tuple[Ids, list[tuple[int, int, bytes]]]:
        """Find the codes of runs of equal names; new names are listed as (line, run, name) and get theirs later.

        Runs whose name is no UTF-8 lose their ``regular`` flags: the line-wise reader has the words for it.
        """
        lengths = scan.name_ends[run_lines] - scan.line_starts[run_lines]
        codes = self.table.codes_of_words(scan.tails[run_lines], lengths)
        new_names = []
        for run in np.flatnonzero(codes < 0).tolist():
            line = int(run_lines[run])
            name = padded[scan.line_starts[line] : scan.name_ends[line]]
            if name.isascii() or _is_utf8(name):
                new_names.append((line, run, name))
            else:
                after = run_lines[run + 1] if run + 1 < len(run_lines) else len(regular)
                regular[line:after] = False
        return codes, new_names

    def _read_odd_lines(
        self, padded: bytes, scan: Scan, regular: Flags
    ) -> tuple[list[tuple[int, Row]], dict[str, Coords]]:
        """Read, one by one, the lines that the scan declined; returns rows with their lines, and reasons.

        Empty lines and comments, of which a file may have millions, are told at once.
        """
        rows: list[tuple[int, Row]] = []
        odd = np.flatnonzero(~regular)
        heads = np.frombuffer(padded, np.uint8)[scan.line_starts[odd]]
        empty = scan.line_starts[odd] == scan.line_ends[odd]
        comment = ~empty & (heads == _HASH)
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        first_row = int(np.argmax(regular)) if regular.any() else len(regular)
        for line in odd[~empty & ~comment].tolist():
            text = padded[scan.line_starts[line] : scan.line_ends[line]]
            number = self.lines + line + 1
            first = not self._begun and line < first_row
            outcome = read_line(text, first=first, invalid=self.invalid, path=self.path, number=number)
            if first and not isinstance(outcome, Row):
                self._refuse_foreign(text, outcome)
            if isinstance(outcome, Refusal):
                if self.invalid != "skip":
                    raise outcome.error
                numbers[outcome.reason].append(number)
            elif isinstance(outcome, Row):
                rows.append((line, outcome))
            else:
                numbers[outcome].append(number)
            self._begun |= isinstance(outcome, tuple) or outcome == "header"
        self._begun |= first_row < len(regular)
        reasons = {reason: np.array(lines, dtype=np.int64) for reason, lines in numbers.items()}
        for reason, told in (("blank", empty), ("comment", comment)):
            lines = np.concatenate([odd[told] + self.lines + 1, reasons.get(reason, np.empty(0, np.int64))])
            if len(lines):
                reasons[reason] = np.sort(lines)
        return rows, dict(sorted(reasons.items(), key=lambda item: int(item[1][0])))

    def _refuse_foreign(self, line: bytes, outcome: Reason | Refusal) -> None:
        """Raise BedError if the first line that should be a row, and is none, shows what the file is."""
        told = outcome.reason if isinstance(outcome, Refusal) else outcome
        foreign = foreign_text(line, self.head) if told in ("unreadable", "header") else None
        if foreign:
            raise BedError(f"the file is {foreign[0]}", hint=foreign[1], path=self.path)

    def _register(
        self, run_codes: Ids, new_names: list[tuple[int, int, bytes]], odd_rows: list[tuple[int, Row]]
    ) -> None:
        """Give codes to the new names of a block, in the order of their lines."""
        seen = [*new_names, *((line, -1, row.name) for line, row in odd_rows)]
        for _, run, name in sorted(seen) if odd_rows else seen:
            code = self.table.code_of(name)
            if run >= 0:
                run_codes[run] = code

    def _gather(
        self,
        padded: bytes,
        scan: Scan,
        codes: Ids,
        is_row: Flags,
        texts: dict[int, tuple[str, str]],
        reasons: dict[str, Coords],
    ) -> Rows:
        rows = slice(None) if is_row.all() else np.flatnonzero(is_row)
        kept = LineBytes(padded, scan.line_starts[rows], scan.line_ends[rows]) if self.keep_lines else None
        return Rows(
            codes[rows],
            scan.starts[rows],
            scan.ends[rows],
            scan.columns[rows],
            self.lines + 1 + np.flatnonzero(~is_row),
            len(is_row),
            texts,
            kept,
            reasons,
        )


def _run_lengths(run_lines: Coords, regular: Flags) -> Coords:
    """Count the regular lines of each run, which begins at ``run_lines[i]`` and ends before the next."""
    if regular.all():
        return np.diff(run_lines, append=len(regular))
    ranks = np.cumsum(regular, dtype=np.intp)
    begins = ranks[run_lines] - regular[run_lines]  # a run that lost its flags has no lines
    total = ranks[-1:] if len(ranks) else np.zeros(1, dtype=np.intp)
    return np.diff(np.concatenate([begins, total]))


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
