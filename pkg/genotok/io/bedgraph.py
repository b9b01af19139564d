"""bedGraph text to a track: whole blocks of even lines at once, and line by line where something is odd."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags
from genotok.errors import TrackError
from genotok.io.plain import iter_plain
from genotok.io.sniff import SNIFF_BYTES, foreign_kind
from genotok.io.sources import Source, name_of
from genotok.kernels.digits import count_digits
from genotok.kernels.grouping import group_values
from genotok.kernels.ragged import repeat_runs
from genotok.kernels.textscan import PADDING, Scan, scan_bed
from genotok.values.tracks import Track, TrackReport, find_overlap

_PAD = b"\n" * PADDING
_HINT = "a row is contig, start, end, value"
_CONVERT = "run: bigWigToBedGraph FILE out.bedGraph, or give the bigWig itself"
_SKIPPED = re.compile(rb"\s*(?:#.*|track(?:\s.*)?|browser(?:\s.*)?)?\Z", re.DOTALL)
_WIG = re.compile(rb"(fixedStep|variableStep)\s")
_WHOLE = re.compile(rb"[0-9]{1,18}\Z")
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z|[+-]?nan\Z|[+-]?inf(?:inity)?\Z", re.I)
_SHOWN = 40


class _Rows(NamedTuple):
    """Rows of a block, (n,) each; ``lines`` are 1-based."""

    codes: NDArray[np.int32]
    starts: Coords
    ends: Coords
    values: NDArray[np.float64]
    lines: Coords


def _join(parts: list[_Rows]) -> _Rows:
    return _Rows(
        np.concatenate([np.empty(0, np.int32), *(part.codes for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.starts for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.ends for part in parts)]),
        np.concatenate([np.empty(0, np.float64), *(part.values for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.lines for part in parts)]),
    )


def _take(rows: _Rows, chosen: Flags) -> _Rows:
    codes, starts, ends, values, lines = rows
    return _Rows(codes[chosen], starts[chosen], ends[chosen], values[chosen], lines[chosen])


class BedGraphReader:
    """Turns bedGraph text into a `Track`; rows may come in any order, but no two share a base.

    ``lengths`` of contigs, if given, say which are known: rows on others are counted and left out, and a row that ends
    beyond its contig is refused. A value that is no number (NaN) leaves its row out, and is counted.
    """

    def __init__(self, path: str, lengths: Mapping[str, int] | None = None) -> None:
        self.path, self.lengths = path, lengths
        self.names: dict[bytes, int] = {}
        self._parts: list[_Rows] = []
        self._lines = 0

    def add(self, block: bytes) -> None:
        """Read some whole lines, of which each ends with LF."""
        n_lines = block.count(b"\n")
        rows = self._read_even(block, self._lines + 1 + np.arange(n_lines, dtype=np.int64))
        if rows is None:
            rows = self._read_odd(block)
        self._parts.append(rows)
        self._lines += n_lines

    def finish(self) -> Track:
        """Return the track of all rows; TrackError if two share a base, or there is none."""
        rows = _join(self._parts)
        if not len(rows.starts):
            raise TrackError("there is no row in it", path=self.path, hint=_HINT)
        names = [name.decode() for name in self.names]
        known = np.array([self.lengths is None or name in self.lengths for name in names], dtype=np.bool_)
        self._check_ends(rows, names)
        finite = np.isfinite(rows.values)
        unknown = Counter(names[code] for code in rows.codes[~known[rows.codes]].tolist())
        report = TrackReport(self.path, "bedGraph", len(rows.starts), dict(unknown), int(np.count_nonzero(~finite)))
        return self._track(_take(rows, known[rows.codes] & finite), names, known, report)

    def _track(self, rows: _Rows, names: list[str], known: Flags, report: TrackReport) -> Track:
        codes = (np.cumsum(known, dtype=np.int32) - 1)[rows.codes].astype(np.int32)
        if np.any(codes[1:] < codes[:-1]) or np.any((rows.starts[1:] < rows.starts[:-1]) & (codes[1:] == codes[:-1])):
            order = np.lexsort((rows.starts, codes))
        else:
            order = np.arange(len(codes), dtype=np.intp)
        kept = [name for name, is_known in zip(names, known.tolist(), strict=True) if is_known]
        offsets, order = group_values(codes=codes[order], values=order, n_groups=len(kept))
        starts, ends = rows.starts[order], rows.ends[order]
        if (row := find_overlap(offsets, starts, ends)) >= 0:
            first, second = sorted(rows.lines[order[row - 1 : row + 1]].tolist())
            raise self._error(second, f"the row shares bases with line {first}", "a base has one value; merge the rows")
        return Track(tuple(kept), offsets, starts, ends, rows.values[order].astype(np.float32), report)

    def _read_even(self, block: bytes, lines: Coords) -> _Rows | None:
        """Read rows of four columns between TABs, or single blanks; None if any line is another."""
        padded = _PAD + (block if b"\t" in block else block.replace(b" ", b"\t"))
        scan = scan_bed(padded)
        if not np.all(scan.regular & (scan.columns == 4) & (scan.ends > scan.starts)):
            return None
        begins = scan.name_ends + 3 + count_digits(scan.starts) + count_digits(scan.ends)
        texts = [padded[begin:end] for begin, end in zip(begins.tolist(), scan.line_ends.tolist(), strict=True)]
        try:
            values = np.array(texts, dtype=np.bytes_).astype(np.float64) if texts else np.zeros(0)
        except ValueError:
            return None
        if not np.isfinite(values).all() or b"_" in b"".join(texts):
            return None
        return _Rows(self._codes_of(padded, scan), scan.starts, scan.ends, values, lines)

    def _codes_of(self, padded: bytes, scan: Scan) -> NDArray[np.int32]:
        heads = np.flatnonzero(scan.fresh)
        codes = [
            self._code_of(padded[start:end], line)
            for start, end, line in zip(
                scan.line_starts[heads].tolist(),
                scan.name_ends[heads].tolist(),
                (heads + self._lines + 1).tolist(),
                strict=True,
            )
        ]
        return repeat_runs(np.array(codes, dtype=np.int32), np.diff(heads, append=len(scan.fresh)))

    def _code_of(self, name: bytes, line: int) -> int:
        if name not in self.names:
            try:
                name.decode()
            except UnicodeDecodeError:
                raise self._error(line, f"contig name {_show(name)} is not UTF-8", "convert the file") from None
        return self.names.setdefault(name, len(self.names))

    def _read_odd(self, block: bytes) -> _Rows:
        rows = [
            (*self._read_line(line, number), number)
            for number, line in enumerate(block.split(b"\n")[:-1], start=self._lines + 1)
            if not _SKIPPED.match(line)
        ]
        codes, starts, ends, values, numbers = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        return _Rows(
            np.array(codes, dtype=np.int32),
            np.array(starts, dtype=np.int64),
            np.array(ends, dtype=np.int64),
            np.array(values, dtype=np.float64),
            np.array(numbers, dtype=np.int64),
        )

    def _read_line(self, line: bytes, number: int) -> tuple[int, int, int, float]:
        """Read one row, or say what is wrong with it."""
        fields = line.split()
        if _WIG.match(line):
            raise self._error(number, "the file is wig", "run: wigToBigWig FILE chrom.sizes out.bw, and give that")
        if len(fields) != 4:
            raise self._error(number, f"{len(fields)} column{'s' * (len(fields) != 1)}", _HINT)
        for side, text in (("start", fields[1]), ("end", fields[2])):
            if not _WHOLE.match(text):
                raise self._error(number, f"{side} {_show(text)} is not a whole number", "write plain digits, from 0")
        start, end = int(fields[1]), int(fields[2])
        if end <= start:
            raise self._error(number, f"end {end} does not follow start {start}", "rows are 0-based half-open")
        if not _NUMBER.match(fields[3]):
            raise self._error(number, f"the value {_show(fields[3])} is not a number", _HINT)
        value = float(fields[3])
        if np.isinf(value):
            raise self._error(number, "the value is infinite", "leave the row out, or give a number")
        return self._code_of(fields[0], number), start, end, value

    def _check_ends(self, rows: _Rows, names: list[str]) -> None:
        if self.lengths is None:
            return
        limits = np.array([self.lengths.get(name, np.iinfo(np.int64).max) for name in names], dtype=np.int64)
        beyond = rows.ends > limits[rows.codes]
        if beyond.any():
            row = int(np.argmax(beyond))
            name = names[rows.codes[row]]
            what = f"end {rows.ends[row]:,} is beyond {name}, which has {self.lengths[name]:,} bases"
            raise self._error(int(rows.lines[row]), what, "is the track of the same assembly?")

    def _error(self, line: int, what: str, hint: str) -> TrackError:
        return TrackError(what, path=self.path, line=line, hint=hint)


def read_bedgraph(source: Source, *, lengths: Mapping[str, int] | None = None) -> Track:
    r"""Read bedGraph, plain or gzipped by content: see `BedGraphReader`.

    >>> from io import BytesIO
    >>> track = read_bedgraph(BytesIO(b"track type=bedGraph\nchr1\t2\t4\t1.5\nchr1\t5\t6\t3\n"))
    >>> track.dense("chr1", 0, 7).tolist()
    [0.0, 0.0, 1.5, 1.5, 0.0, 3.0, 0.0]
    """
    path = name_of(source)
    reader = BedGraphReader(path, lengths)
    for number, block in enumerate(_whole_lines(iter_plain(source, TrackError))):
        if number == 0 and (found := foreign_kind(block[:SNIFF_BYTES])):
            raise TrackError(f"the file is {found[0]}", path=path, hint=_cure(found))
        reader.add(block)
    return reader.finish()


def _cure(found: tuple[str, str]) -> str:
    kind, cure = found
    if kind == "bigWig":
        return _CONVERT
    return cure.replace("out.bed", "out.bedGraph") if cure.startswith("run: ") and "bed" not in kind else _HINT


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Cut plain bytes where lines end; CRLF and lone CR become LF."""
    waiting = b""
    for number, block in enumerate(blocks):
        text = waiting + (block.removeprefix(b"\xef\xbb\xbf") if number == 0 else block)
        held = b"\r" if text.endswith(b"\r") else b""  # the LF of it may be still to come
        text = text.removesuffix(b"\r")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        cut = text.rfind(b"\n") + 1
        if cut:
            yield text[:cut]
        waiting = text[cut:] + held
    if waiting.strip(b"\r"):
        yield waiting.removesuffix(b"\r").replace(b"\r", b"\n") + b"\n"


def _show(text: bytes) -> str:
    shown = ascii(text[:_SHOWN].decode("utf-8", "backslashreplace"))
    return shown if len(text) <= _SHOWN else f"{shown}.."
