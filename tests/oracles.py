"""The definition, in the plainest words that run: what the vectorised code must agree with, and never imports.

Rows are ``(chrom, start, end)``, 0-based half-open; ids are places in a list.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Row = tuple[str, int, int]

MAX_POSITION = 2**31 - 1
MAX_KEPT_POSITION = 2**32 - 1
ROLES = ("unk", "pad", "mask", "cls", "eos", "bos", "sep")

_INTEGER = re.compile(rb"[+]?[0-9]+")
_SIGNED = re.compile(rb"[+]?[0-9]+|-0*[1-9][0-9]*")


def overlaps(region: Row, query: Row) -> bool:
    """Two rows of one chromosome overlap when each starts before the other ends."""
    return region[0] == query[0] and region[1] < query[2] and region[2] > query[1]


def hits(universe: Sequence[Row], query: Row) -> list[int]:
    """List the universe rows that a query overlaps, by (start, end, place)."""
    found = []
    for row, region in enumerate(universe):
        if overlaps(region, query):
            found.append((region[1], region[2], row))
    return [row for _, _, row in sorted(found)]


def encode(universe: Sequence[Row], queries: Iterable[Row]) -> list[list[int]]:
    """List the hits of each query."""
    return [hits(universe, query) for query in queries]


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Keep the first of equal rows, in order of appearance."""
    return list(dict.fromkeys(rows))


def vocabulary(texts: Sequence[str], specials: Mapping[str, str] | None = None) -> dict[str, int]:
    """Number region texts, then the distinct special texts in the order of their roles."""
    by_role = {role: f"<{role}>" for role in ROLES} | dict(specials or {})
    table = {text: row for row, text in enumerate(texts)}
    for role in ROLES:
        table.setdefault(by_role[role], len(table))
    return table


def depths(files: Sequence[Iterable[Row]]) -> dict[tuple[str, int], int]:
    """Count, for each base, the files with a row over it; bases without one are left out."""
    found: dict[tuple[str, int], int] = {}
    for rows in files:
        for base in {(chrom, base) for chrom, start, end in rows for base in range(start, end)}:
            found[base] = found.get(base, 0) + 1
    return found


def runs(bases: Iterable[tuple[str, int]], *, merge: int = 0, min_width: int = 0) -> list[Row]:
    """Join bases of one chromosome that leave at most ``merge`` between them; then drop what is too narrow."""
    joined: list[Row] = []
    for chrom, base in sorted(bases):
        if joined and joined[-1][0] == chrom and base - joined[-1][2] <= merge:
            joined[-1] = (chrom, joined[-1][1], base + 1)
        else:
            joined.append((chrom, base, base + 1))
    return [row for row in joined if row[2] - row[1] >= min_width]


def sorting_order(rows: Sequence[Row]) -> list[int]:
    """The input places of rows sorted, stably, by (chromosome text by code point, start)."""
    return sorted(range(len(rows)), key=lambda row: (rows[row][0], rows[row][1]))


@dataclass
class Reading:
    """What a BED text says: its rows, or the first error; and the lines that gave no row, by reason."""

    rows: list[Row] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # 1-based, of each row
    texts: dict[int, tuple[str, str]] = field(default_factory=dict)  # of rows whose numbers are no plain decimals
    columns: list[int] = field(default_factory=list)  # of each row
    skipped: dict[str, list[int]] = field(default_factory=dict)  # reason -> 1-based lines
    n_lines: int = 0
    error: tuple[str, int | None] | None = None  # class of the error and its line


def read_bed(text: bytes, invalid: str = "error") -> Reading:
    """Read a whole BED text by splitting it."""
    reading, begun = Reading(), False
    lines = split_lines(text)
    reading.n_lines = len(lines)
    for number, line in enumerate(lines, start=1):
        outcome = read_line(line, first=not begun, invalid=invalid)
        if isinstance(outcome, tuple):
            row, texts, columns = outcome
            if texts != (str(row[1]), str(row[2])):
                reading.texts[len(reading.rows)] = texts
            reading.rows.append(row)
            reading.lines.append(number)
            reading.columns.append(columns)
        elif outcome in ("unreadable", "reversed", "negative", "out_of_range") and invalid != "skip":
            reading.error = ("BedError" if outcome == "unreadable" else "IntervalError", number)
            return reading
        else:
            reading.skipped.setdefault(outcome, []).append(number)
        begun = begun or outcome not in ("blank", "comment", "track", "browser")
    if not reading.rows:
        reading.error = ("EmptyFileError", None)
    return reading


def split_lines(text: bytes) -> list[bytes]:
    """Lines end with LF, CRLF, or lone CR where there is no LF at all; the last may lack its end."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    lines = text.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines]


def read_line(line: bytes, *, first: bool, invalid: str) -> tuple[Row, tuple[str, str], int] | str:
    """Read one line: (row, coordinate texts, number of columns), or the reason why it is none."""
    if not line.strip():
        return "blank"
    if line.strip().startswith(b"#"):
        return "comment"
    columns = line.split(b"\t")
    if len(columns) < 3:
        columns = [column for column in re.split(rb"[ \t]+", line) if column]
    columns[0] = columns[0].strip(b" ")
    are_integers = len(columns) >= 3 and all(_INTEGER.fullmatch(column) for column in columns[1:3])
    for word in (b"track", b"browser"):
        if re.match(word + rb"([ \t\r]|$)", line) and not are_integers:
            return word.decode()
    if len(columns) < 3:
        return "unreadable"
    if all(re.match(rb"[A-Za-z_]", column) for column in columns[1:3]):
        return "header" if first else "unreadable"
    return _read_fields(columns, invalid)


def _read_fields(columns: list[bytes], invalid: str) -> tuple[Row, tuple[str, str], int] | str:
    name, start_text, end_text = columns[:3]
    try:
        chrom = name.decode()
    except UnicodeDecodeError:
        return "unreadable"
    if not chrom or not _SIGNED.fullmatch(start_text) or not _SIGNED.fullmatch(end_text):
        return "unreadable"
    start, end = int(start_text), int(end_text)
    fault = find_fault(start, end, invalid)
    return fault or ((chrom, start, end), (start_text.decode(), end_text.decode()), len(columns))


def find_fault(start: int, end: int, invalid: str) -> str | None:
    """Name the rule that two coordinates break."""
    if start < 0 or end < 0:
        return "negative"
    if max(start, end) > (MAX_KEPT_POSITION if invalid == "keep" else MAX_POSITION):
        return "out_of_range"
    return "reversed" if end < start and invalid != "keep" else None


def is_sorted(rows: Sequence[Row]) -> bool:
    """Chromosomes stand in blocks, and starts never fall inside one."""
    finished: set[str] = set()
    for before, after in pairwise(rows):
        if before[0] == after[0]:
            if after[1] < before[1]:
                return False
            continue
        finished.add(before[0])
        if after[0] in finished:
            return False
    return True
