"""One line of a BED file: the definition that the vectorised scan is a fast path of."""

import re
from typing import Literal, NamedTuple, TypeAlias

from genotok.errors import BedError, GenotokError, IntervalError
from genotok.values.bounds import Invalid, describe_invalid

Reason: TypeAlias = Literal["blank", "comment", "track", "browser", "header"]

_BLANKS = re.compile(rb"[ \t]+")
_INTEGER = re.compile(rb"\+?[0-9]+\Z")
_NEGATIVE = re.compile(rb"-0*[1-9][0-9]*\Z")
_WORDY = re.compile(rb"[A-Za-z_]")
_POSITION = re.compile(rb".+:[0-9][0-9,]*-[0-9][0-9,]*\Z", re.DOTALL)
_POSITION_HINT = "write chr1<TAB>100<TAB>200 for chr1:100-200, or paste such lines into the page"
_COLUMNS_HINT = "BED needs chrom, start and end, separated by TABs or blanks"
_SHOWN = 40  # characters of a bad value that a message repeats


class Row(NamedTuple):
    """What a line says: the name's bytes, the two numbers, and their texts where those are no plain decimals."""

    name: bytes
    start: int
    end: int
    texts: tuple[str, str] | None


class Refusal(NamedTuple):
    """Why a line gives no row: the reason under which it is counted, and the error to raise."""

    reason: str
    error: GenotokError


def read_line(line: bytes, *, first: bool, invalid: Invalid, path: str, number: int) -> Row | Reason | Refusal:
    """Read one line without its line end; ``first`` tells that no row or header was met before.

    Returns the row, the reason why the line is no row by right (blank, comment, ..), or what is wrong with it.
    """
    reason = _reason_to_skip(line)
    if reason:
        return reason
    fields = split_columns(line)
    if _is_directive(line, fields):
        return "track" if line.startswith(b"track") else "browser"
    if len(fields) < 3:
        what = f"{len(fields)} column{'s' * (len(fields) != 1)}"
        position = len(fields) == 1 and _POSITION.match(fields[0])
        return _unreadable(path, number, what, _POSITION_HINT if position else _COLUMNS_HINT)
    if _WORDY.match(fields[1]) and _WORDY.match(fields[2]):
        if first:
            return "header"
        hint = "concatenated files? remove the line; GFF or GTF? convert it to BED"
        return _unreadable(path, number, "a header between rows", hint)
    return _read_fields(fields, invalid, path, number)


def split_columns(line: bytes) -> list[bytes]:
    """Split at TABs into at least three columns, else at runs of blanks; blanks around the name are stripped."""
    fields = line.split(b"\t")
    if len(fields) < 3:
        fields = _BLANKS.split(line.strip(b" \t"))
    return [fields[0].strip(b" "), *fields[1:]]


def _reason_to_skip(line: bytes) -> Reason | None:
    text = line.lstrip()
    if not text:
        return "blank"
    return "comment" if text.startswith(b"#") else None


def _is_directive(line: bytes, fields: list[bytes]) -> bool:
    """Tell a ``track`` or ``browser`` line from a row on a chromosome of that name."""
    word = _BLANKS.split(line, maxsplit=1)[0].rstrip()
    if word not in (b"track", b"browser"):
        return False
    return not (len(fields) >= 3 and _INTEGER.match(fields[1]) and _INTEGER.match(fields[2]))


def _read_fields(fields: list[bytes], invalid: Invalid, path: str, number: int) -> Row | Refusal:
    name, start_text, end_text = fields[:3]
    if not name:
        return _unreadable(path, number, "the chromosome name is empty", "the first column names the chromosome")
    try:
        name.decode()
    except UnicodeDecodeError:
        what = f"chromosome name {_shown(name)} is not UTF-8"
        return _unreadable(path, number, what, "convert the file, e.g. with iconv -t UTF-8")
    for side, text in (("start", start_text), ("end", end_text)):
        if not _INTEGER.match(text) and not _NEGATIVE.match(text):
            what = f"{side} {_shown(text)} is not a whole number" if text else f"{side} is empty"
            return _unreadable(path, number, what, "write plain digits, without points, exponents or separators")
    start, end = _clipped(start_text), _clipped(end_text)
    fault = describe_invalid(start, end, invalid)
    if fault:
        told = IntervalError(fault.what, hint=fault.hint, path=path, line=number, keepable=fault.keepable)
        return Refusal(fault.reason, told)
    texts = (start_text.decode(), end_text.decode())
    return Row(name, start, end, None if texts == (str(start), str(end)) else texts)


def _clipped(text: bytes) -> int:
    """Read an integer; one with more digits than a message shows is out of range, whatever it is exactly."""
    digits = text.lstrip(b"+-").lstrip(b"0")
    value = int(digits or b"0") if len(digits) <= _SHOWN else 10**_SHOWN
    return -value if text.startswith(b"-") else value


def _unreadable(path: str, number: int, what: str, hint: str) -> Refusal:
    return Refusal("unreadable", BedError(what, hint=hint, path=path, line=number))


def _shown(text: bytes) -> str:
    """Show a value in a message: quoted, control characters escaped, long ones cut."""
    shown = ascii(text[:_SHOWN].decode("utf-8", "backslashreplace"))
    return shown if len(text) <= _SHOWN else f"{shown}.."
