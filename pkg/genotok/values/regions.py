"""Rows of genomic intervals in columns: what every tokenizer of intervals reads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, frozen, refreeze
from genotok.errors import InputError, IntervalError
from genotok.values.bounds import Invalid, all_kept, check_policy, describe_invalid, find_invalid, first_of
from genotok.values.chroms import propose_renames
from genotok.values.columns import check_names
from genotok.values.frames import columns_of
from genotok.values.lines import LineBytes, LineMap
from genotok.values.reports import LoadReport


@dataclass(frozen=True, eq=False)
class Regions:
    """n intervals, 0-based half-open base pairs, in the order they came in.

    ``codes`` int32 (n,) index ``chrom_names``, -1 is a row of no chromosome that never hits anything; ``starts`` and
    ``ends`` are int64 (n,). ``source`` names the file, ``lines`` maps rows to its lines, ``texts`` keeps the coordinate
    texts that are no plain decimals (``0010``) by row, ``line_bytes`` the whole lines where they were asked for.
    Arrays are read-only. Coordinates outside 0 .. 2^32 - 1 raise IntervalError.

    >>> Regions.from_tuples([("chr1", 10, 20), ("chr2", 5, 9)]).to_tuples()
    [('chr1', 10, 20), ('chr2', 5, 9)]
    """

    chrom_names: tuple[str, ...]
    codes: Ids
    starts: Coords
    ends: Coords
    source: str | None = None
    lines: LineMap | None = None
    texts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    line_bytes: LineBytes | None = None
    report: LoadReport | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "chrom_names", tuple(self.chrom_names))
        for name, dtype in (("codes", np.int32), ("starts", np.int64), ("ends", np.int64)):
            object.__setattr__(self, name, frozen(np.asarray(getattr(self, name), dtype=dtype)))
        if not len(self.codes) == len(self.starts) == len(self.ends):
            raise InputError(
                f"{len(self.codes)} chromosomes, {len(self.starts)} starts and {len(self.ends)} ends",
                hint="columns must be equally long",
            )
        if len(self) and not -1 <= int(self.codes.min()) <= int(self.codes.max()) < len(self.chrom_names):
            raise InputError("a chromosome code names no chromosome", hint="codes run from -1 to the last name")
        if not all_kept(starts=self.starts, ends=self.ends):
            self._refuse(find_invalid(starts=self.starts, ends=self.ends, invalid="keep"), "keep")

    def _refuse(self, invalid_rows: NDArray[np.bool_], policy: Invalid) -> None:
        row = first_of(invalid_rows)
        if row >= 0:
            fault = describe_invalid(int(self.starts[row]), int(self.ends[row]), policy)
            assert fault is not None
            place = {"where": self.where(row), "path": self.source, "row": row}
            raise IntervalError(fault.what, hint=fault.hint, keepable=fault.keepable, **place)

    @classmethod
    def from_arrays(
        cls,
        chroms: Sequence[str] | NDArray[Any],
        starts: Any,
        ends: Any,
        *,
        source: str | None = None,
        invalid: Invalid = "error",
    ) -> "Regions":
        """Take three columns: n names, n starts, n ends.

        Rows that break the rules raise IntervalError with their row (``invalid='error'``, default), stay as empty rows
        that hit nothing ('skip'), or are taken as long as coordinates are 0 .. 2^32 - 1 ('keep').
        """
        names, codes, starts, ends = columns_of({"chrom": chroms, "start": starts, "end": ends}, invalid=invalid)
        return cls.from_codes(names, codes, starts, ends, source=source, invalid=invalid)

    @classmethod
    def from_codes(
        cls,
        chrom_names: Sequence[str],
        codes: Ids,
        starts: Coords,
        ends: Coords,
        *,
        source: str | None = None,
        invalid: Invalid = "error",
    ) -> "Regions":
        """Take columns whose distinct names are coded already; ``invalid`` as in `from_arrays`."""
        check_policy(invalid)
        check_names(chrom_names)
        if invalid == "skip":
            bad = find_invalid(starts=np.asarray(starts), ends=np.asarray(ends), invalid=invalid)
            codes, starts, ends = np.where(bad, -1, codes), np.where(bad, 0, starts), np.where(bad, 0, ends)
        regions = cls(tuple(chrom_names), codes, starts, ends, source=source)
        if invalid == "error":
            regions._refuse(find_invalid(starts=regions.starts, ends=regions.ends, invalid=invalid), invalid)
        return regions

    @classmethod
    def from_tuples(cls, triples: Iterable[Sequence[Any]], *, invalid: Invalid = "error") -> "Regions":
        """Take ``(chrom, start, end, ..)`` rows."""
        rows = list(triples)
        for index, row in enumerate(rows):
            if not hasattr(row, "__len__") or len(row) < 3:
                raise InputError(f"{row!r} is no region", row=index, hint="give (chrom, start, end)")
        chroms, starts, ends = ([row[column] for row in rows] for column in range(3))
        return cls.from_arrays(chroms, starts, ends, invalid=invalid)

    @classmethod
    def from_frame(
        cls, frame: Any, *, coords: Literal["0-based", "1-based"] = "0-based", invalid: Invalid = "error"
    ) -> "Regions":
        """Take a table with chromosome, start and end columns: pandas, polars, pyarrow, PyRanges, a mapping of arrays.

        ``coords='1-based'`` reads closed intervals that count from 1, as GFF, VCF and GRanges do.
        """
        if coords not in ("0-based", "1-based"):
            raise InputError(f"coords {coords!r} is unknown", hint="'0-based' or '1-based'")
        names, codes, starts, ends = columns_of(frame, invalid=invalid)
        return cls.from_codes(names, codes, starts - 1 if coords == "1-based" else starts, ends, invalid=invalid)

    @classmethod
    def empty(cls) -> "Regions":
        """Return no rows at all."""
        return cls((), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))

    @classmethod
    def concat(cls, pieces: Sequence["Regions"]) -> "Regions":
        """Put pieces one after the other; successive pieces of one file keep its name and lines."""
        if not pieces:
            return cls.empty()
        table: dict[str, int] = {}
        codes = [piece._codes_in(table) for piece in pieces]
        one_file = pieces[0].source is not None and all(piece.source == pieces[0].source for piece in pieces)
        maps = _successive_maps(pieces) if one_file else []
        texts, before = {}, 0
        for piece in pieces:
            texts.update({row + before: text for row, text in piece.texts.items()})
            before += len(piece)
        kept = [piece.line_bytes for piece in pieces if piece.line_bytes is not None]
        return cls(
            tuple(table),
            np.concatenate(codes),
            np.concatenate([piece.starts for piece in pieces]),
            np.concatenate([piece.ends for piece in pieces]),
            source=pieces[0].source if one_file else None,
            lines=LineMap(maps[0].first, np.concatenate([each.skipped for each in maps])) if maps else None,
            texts=texts,
            line_bytes=LineBytes.concat(kept) if len(kept) == len(pieces) else None,
            report=pieces[-1].report if one_file else None,
        )

    def _codes_in(self, table: dict[str, int]) -> Ids:
        """Express the codes in a shared table of names, which grows."""
        translation = np.array([*(table.setdefault(name, len(table)) for name in self.chrom_names), -1], dtype=np.int32)
        return translation[self.codes]  # -1 reads the last entry

    def __len__(self) -> int:
        return len(self.starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Regions):
            return NotImplemented
        table: dict[str, int] = {}
        return (
            np.array_equal(self.starts, other.starts)
            and np.array_equal(self.ends, other.ends)
            and np.array_equal(self._codes_in(table), other._codes_in(table))
        )

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        source = f", {self.source}" if self.source else ""
        return f"Regions({len(self):,} rows on {len(self.chrom_names)} chromosomes{source})"

    def line_of(self, row: int) -> int | None:
        """Return the 1-based file line of a row, None for regions from memory."""
        return None if self.lines is None else self.lines.line_of(row)

    def where(self, row: int) -> str:
        """Name a row for a message: ``peaks.bed:7`` or ``row 6``."""
        line = self.line_of(row)
        return f"row {row}" if line is None else f"{self.source or 'line'}:{line}"

    def label(self, row: int) -> str:
        """Render a row as ``chr1:10-20``, with the coordinate text of its file."""
        start, end = self.texts.get(row) or (self.starts[row], self.ends[row])
        return f"{self.name_of(row)}:{start}-{end}"

    def name_of(self, row: int) -> str:
        """Return the chromosome name of a row, empty for a row of no chromosome."""
        return self.chrom_names[self.codes[row]] if self.codes[row] >= 0 else ""

    def names_of(self, rows: Any = slice(None)) -> list[str]:
        """Return the chromosome names of many rows."""
        names = (*self.chrom_names, "")
        return [names[code] for code in self.codes[rows].tolist()]

    def to_tuples(self) -> list[tuple[str, int, int]]:
        """Return ``(chrom, start, end)`` for each row."""
        return list(zip(self.names_of(), self.starts.tolist(), self.ends.tolist(), strict=True))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the rows to pandas, polars, pyarrow, duckdb: ``chrom`` (dictionary of texts), ``start``, ``end`` int64.

        They call it: ``polars.DataFrame(regions)``, ``pyarrow.table(regions)``; pandas 3 in ``DataFrame.from_arrow``.
        A row of no chromosome has a null there. Needs the extra ``[arrow]``.
        """
        from genotok.values.arrow import Coded, Column, open_stream  # late: a page that starts makes no table

        columns: dict[str, Column] = {
            "chrom": Coded(self.chrom_names, self.codes),
            "start": self.starts,
            "end": self.ends,
        }
        return open_stream(columns, requested_schema)

    def _repr_html_(self) -> str:
        from genotok.analysis.notebook import show_regions  # upward: notebooks ask the noun itself

        return show_regions(self)

    def take(self, rows: Any) -> "Regions":
        """Return the rows at the given places, in that order; file lines are not carried along."""
        places = np.arange(len(self), dtype=np.int64)[rows]
        texts = {}
        if self.texts:
            texts = {at: self.texts[row] for at, row in enumerate(places.tolist()) if row in self.texts}
        return Regions(
            self.chrom_names,
            self.codes[places],
            self.starts[places],
            self.ends[places],
            source=self.source,
            texts=texts,
        )

    def rename(self, mapping: Mapping[str, str] | Literal["auto"], *, like: Collection[str] | None = None) -> "Regions":
        """Return the same rows under other chromosome names; names not in ``mapping`` stay.

        'auto' finds the mapping that makes the names meet those of ``like`` (``1`` <-> ``chr1``, ``MT`` <-> ``chrM``).
        """
        if isinstance(mapping, str) and mapping != "auto":
            raise InputError(f"rename({mapping!r}) names no mapping", hint="give a mapping, or 'auto'")
        if mapping == "auto":
            if like is None:
                raise InputError("rename('auto') has nothing to go by", hint="pass like=universe.chrom_names")
            mapping = propose_renames(self.chrom_names, like)
        table: dict[str, int] = {}
        renamed = [table.setdefault(mapping.get(name, name), len(table)) for name in self.chrom_names]
        check_names(tuple(table))
        codes = np.array([*renamed, -1], dtype=np.int32)[self.codes]
        fields = {name: getattr(self, name) for name in ("source", "lines", "texts", "line_bytes", "report")}
        return Regions(tuple(table), codes, self.starts, self.ends, **fields)


def _successive_maps(pieces: Sequence[Regions]) -> list[LineMap]:
    """Return the line maps of pieces that follow each other in one file; none if some lines are missing between."""
    maps: list[LineMap] = []
    following = None
    for piece in pieces:
        if piece.lines is None or (following is not None and piece.lines.first != following):
            return []
        maps.append(piece.lines)
        following = piece.lines.first + len(piece) + len(piece.lines.skipped)
    return maps
