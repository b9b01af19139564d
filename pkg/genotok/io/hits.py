"""Motif hits that others found: scan tables of JASPAR and BED files, one table or a folder of files by motif."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Flags, Ids
from genotok.errors import BedError, EmptyFileError, HitsError, InputError, IntervalError
from genotok.io.barcodes import AHEAD, BarcodeTable
from genotok.io.bedreader import BedReader
from genotok.io.sources import Source, iter_blocks, name_of
from genotok.kernels.digits import parse_decimals, words_of
from genotok.kernels.fields import find_fields
from genotok.kernels.ragged import offsets_of
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet
from genotok.values.regions import Regions

Invalid: TypeAlias = Literal["error", "skip"]

_NAME, _SCORE, _CHANCE = 3, 4, 5  # 0-based columns
_SUFFIXES = (".gz", ".tsv", ".bed", ".txt")
_HINT = "columns are chrom, start, end, id, score, -100 log10 p, strand, or BED6 without the p"
_PLUS, _MINUS = ord("+"), ord("-")


@dataclass(frozen=True)
class HitsReport:
    """How many ``lines`` held a hit, how many were ``kept``, and why others were not: ``skipped`` by reason."""

    lines: int = 0
    kept: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)


class _Found(NamedTuple):
    """Hits of one piece of a file: (k,) each."""

    contigs: Ids
    rows: Ids  # 2 * motif + strand
    starts: Coords


class HitsReader:
    """Collects the hits of a motif set on contigs of known ``lengths`` from as many files as there are.

    ``end_inclusive`` takes ends for the last base of a hit. ``min_score`` (10 times the relative score in percent) and
    ``min_log10p`` (-100 log10 p) leave out weaker hits, and count them. ``invalid``: 'error' raises HitsError with file
    and line at the first bad hit, 'skip' leaves such hits out and counts them. Repeats are merged, order is free.
    """

    def __init__(
        self,
        motifs: MotifSet,
        lengths: Mapping[str, int],
        *,
        end_inclusive: bool = False,
        min_score: int | None = None,
        min_log10p: int | None = None,
        invalid: Invalid = "error",
    ) -> None:
        if invalid not in get_args(Invalid):
            raise InputError(f"invalid={invalid!r} is no policy", hint="'error' or 'skip'")
        self.motifs, self.lengths = motifs, dict(lengths)
        self._extra, self._skip = int(end_inclusive), invalid == "skip"
        self._least = {_SCORE: min_score, _CHANCE: min_log10p}
        self._contig_codes = {name: code for code, name in enumerate(self.lengths)}
        self._sizes = np.array([*self.lengths.values(), 0], dtype=np.int64)
        self._widths = np.append(motifs.lengths, 0)
        self._parts: list[_Found] = []
        self._lines = 0
        self._skipped: Counter[str] = Counter()

    def read(self, source: Source, motif: str | None = None) -> None:
        """Read one file; ``motif`` is the id of all its hits, whose column four is then not looked at."""
        if motif is not None and motif not in self.motifs.ids:
            raise HitsError(f"the set has no motif {motif}", path=name_of(source), hint="name files by matrix ids")
        reader = BedReader(name_of(source), keep_lines=True, allow_empty=True)
        table = BarcodeTable(self.motifs.ids)
        try:
            for raw in iter_blocks(source):
                for piece in reader.feed_in_pieces(raw):
                    self._add(piece, table, motif)
            for piece in reader.close_in_pieces():
                self._add(piece, table, motif)
        except (BedError, IntervalError) as error:
            hint = error.hint if error.hint and "bed" not in error.hint.lower() else _HINT
            raise HitsError(error.what, hint=hint, path=error.path, line=error.line) from None

    def finish(self) -> tuple[dict[str, MotifHits], HitsReport]:
        """Return the hits of each contig, in the order of ``lengths``, and what became of all lines."""
        n_rows = 2 * len(self.motifs)
        contigs, rows, starts = (np.concatenate([np.empty(0, np.int64), *each]) for each in _columns(self._parts))
        order = np.lexsort((starts, rows, contigs))
        contigs, rows, starts = contigs[order], rows[order], starts[order]
        fresh = np.ones(len(starts), dtype=np.bool_)
        fresh[1:] = (starts[1:] != starts[:-1]) | (rows[1:] != rows[:-1]) | (contigs[1:] != contigs[:-1])
        keys, starts = contigs[fresh] * n_rows + rows[fresh], starts[fresh]
        found = {}
        for code, name in enumerate(self.lengths):
            begin, end = np.searchsorted(keys, [code * n_rows, (code + 1) * n_rows]).tolist()
            counts = np.bincount(keys[begin:end] - code * n_rows, minlength=n_rows).astype(np.int64)
            found[name] = MotifHits(starts[begin:end], offsets_of(counts))
        return found, HitsReport(self._lines, len(starts), dict(self._skipped))

    def _add(self, piece: Regions, table: BarcodeTable, motif: str | None) -> None:
        """Take the hits of one piece that pass."""
        if not len(piece):
            return
        assert piece.line_bytes is not None, "they were asked for"
        self._lines += len(piece)
        lines = piece.line_bytes
        text = bytes(AHEAD) + lines.buffer  # words are read backwards
        shift = lines.starts + AHEAD, lines.ends + AHEAD
        buffer = np.frombuffer(text, dtype=np.uint8)
        fields = {column: _field(buffer, shift, column) for column in (_NAME, _SCORE, _CHANCE, _CHANCE + 1)}
        keep = np.ones(len(piece), dtype=np.bool_)
        if motif is None:
            keep &= self._check(piece, fields[_NAME][0] > shift[1], "columns", "fewer than four columns", _HINT)
            motifs = np.full(len(piece), -1, dtype=np.int32)
            motifs[keep] = table.codes_of(text, fields[_NAME][0][keep], fields[_NAME][1][keep])
            what = "the id in column four is none of the set's", "give the set that was scanned with"
            keep &= self._check(piece, keep & (motifs < 0), "unknown_motif", *what)
        else:
            motifs = np.full(len(piece), self.motifs.ids.index(motif), dtype=np.int32)
        strands, bad = _strands(buffer, fields, shift[1])
        keep &= self._check(piece, keep & bad, "strand", "the strand is neither + nor -", _HINT)
        contigs = np.array([self._contig_codes.get(name, -1) for name in piece.chrom_names], dtype=np.int32)[
            piece.codes
        ]
        what = "the contig is not among those of the sequence", "give its length, or leave the contig out"
        keep &= self._check(piece, keep & (contigs < 0), "unknown_contig", *what)
        ends = piece.ends + self._extra
        keep &= self._check_widths(piece, keep & (ends - piece.starts != self._widths[motifs]), motifs)
        what = "the hit ends beyond its contig", "is it the same assembly?"
        keep &= self._check(piece, keep & (ends > self._sizes[contigs]), "beyond", *what)
        for column, least in self._least.items():
            if least is not None:
                keep &= self._strong(piece, text, fields[column], keep, least)
        rows = 2 * motifs.astype(np.int32) + strands
        self._parts.append(_Found(contigs[keep], rows[keep], piece.starts[keep]))

    def _check(self, piece: Regions, bad: Flags, reason: str, what: str, hint: str) -> Flags:
        """Raise at the first bad hit, or count all and tell which are good."""
        if bad.any():
            if not self._skip:
                raise HitsError(what, path=piece.source, line=piece.line_of(int(np.argmax(bad))), hint=hint)
            self._skipped[reason] += int(np.count_nonzero(bad))
        return ~bad

    def _check_widths(self, piece: Regions, bad: Flags, motifs: Ids) -> Flags:
        row = int(np.argmax(bad))
        width, wanted = int(piece.ends[row] - piece.starts[row]) + self._extra, int(self._widths[motifs[row]])
        what = f"the hit is {width} wide, its motif {wanted}"
        hint = "is the motif of the same version?"
        if wanted - width == 1 and not self._extra:
            hint = "end_inclusive=True takes ends for the last base"
        return self._check(piece, bad, "width", what, hint)

    def _strong(self, piece: Regions, text: bytes, where: tuple[Coords, Coords], asked: Flags, least: int) -> Flags:
        """Tell which hits reach a number in one of their columns."""
        starts, ends = where
        buffer = np.frombuffer(text, dtype=np.uint8)
        ends = np.maximum(ends, AHEAD)
        values, valid = parse_decimals(words=words_of(text), text=buffer, ends=ends, lengths=ends - starts)
        good = self._check(piece, asked & ~valid, "no_number", "the score or p is no whole number", _HINT)
        strong = good & (values >= least)
        self._skipped["weak"] += int(np.count_nonzero(asked & good & ~strong))
        return strong


def _columns(parts: list[_Found]) -> Iterator[list[NDArray[np.int64]]]:
    for column in range(3):
        yield [part[column].astype(np.int64) for part in parts]


def _field(text: Bytes, lines: tuple[Coords, Coords], column: int) -> tuple[Coords, Coords]:
    return find_fields(text=text, line_starts=lines[0], line_ends=lines[1], column=column)


def _strands(text: Bytes, fields: Mapping[int, tuple[Coords, Coords]], line_ends: Coords) -> tuple[Ids, Flags]:
    """Return 0 for + and 1 for -, from column seven, or column six of BED6; and which lines have neither."""
    seven, six = fields[_CHANCE + 1], fields[_CHANCE]
    is_short = seven[0] > line_ends
    starts, ends = (np.where(is_short, one, two) for one, two in zip(six, seven, strict=True))
    letters = text.take(starts, mode="clip")
    good = (ends - starts == 1) & ((letters == _PLUS) | (letters == _MINUS))
    return (letters == _MINUS).astype(np.int32), ~good


def read_hits(
    source: Source,
    motifs: MotifSet,
    lengths: Mapping[str, int],
    *,
    end_inclusive: bool = False,
    min_score: int | None = None,
    min_log10p: int | None = None,
    invalid: Invalid = "error",
) -> tuple[dict[str, MotifHits], HitsReport]:
    r"""Read hits from one table with matrix ids in column four, or from a folder of ``<matrix id>.tsv`` or ``.bed``.

    Files may be gzipped; columns are chrom, start, end (0-based half-open), id or name, score, -100 log10 p, strand, or
    BED6 without the p. See `HitsReader` for the rest. Returns the hits of each contig of ``lengths``, and a report.

    >>> from io import BytesIO
    >>> motifs = MotifSet.from_counts({"M1.1": [[9, 0, 0, 0]] * 3})
    >>> found, report = read_hits(BytesIO(b"chr1\t5\t8\tM1.1\t900\t181\t-\n"), motifs, {"chr1": 10})
    >>> found["chr1"].row(0, "-").tolist(), report.kept
    ([5], 1)
    """
    options = {"end_inclusive": end_inclusive, "min_score": min_score, "min_log10p": min_log10p}
    reader = HitsReader(motifs, lengths, invalid=invalid, **options)  # type: ignore[arg-type]  # each has its own type
    if isinstance(source, (str, PathLike)) and Path(source).is_dir():
        files = sorted(path for path in Path(source).iterdir() if path.is_file() and not path.name.startswith("."))
        if not files:
            raise EmptyFileError("the folder holds no file", path=fspath(source), hint="name files by matrix ids")
        for path in files:
            reader.read(path, _stem(path.name))
    else:
        reader.read(source)
    return reader.finish()


def _stem(name: str) -> str:
    """Return the matrix id that a file is named by, its version included."""
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name
