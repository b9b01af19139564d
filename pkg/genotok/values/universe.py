"""The fixed set of regions that tokens stand for: a region's id is its place of first appearance."""

import hashlib
from functools import cached_property
from os import PathLike
from typing import Any, BinaryIO, get_args

import numpy as np

from genotok.arrays import MAX_IDS, Coords, Ids, Offsets, frozen
from genotok.errors import CapacityError, InputError, UniverseError, VocabularyError
from genotok.kernels.bedtext import LABEL_SIGNS, render_bed3
from genotok.kernels.overlap import Engine, OverlapIndex, build_index, find_overlaps
from genotok.kernels.ragged import take_by_runs
from genotok.values.bounds import Invalid
from genotok.values.distinct import first_rows
from genotok.values.regions import Regions
from genotok.values.rendering import render_rows
from genotok.values.reports import LoadReport

_DIGEST_ROWS = 2**18  # rows rendered at a time
_FEW = 1000  # texts that are rendered one by one: more of them are quicker together


class Universe:
    """Unique regions in id order, searchable; immutable, hence safe to share between threads.

    ``regions`` holds the rows, ``report`` what reading them met. Two universes are equal when their rows and row texts
    are.

    >>> universe = Universe.from_regions(Regions.from_tuples([("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9)]))
    >>> offsets, ids = universe.encode(Regions.from_tuples([("chr1", 18, 19), ("chrX", 1, 2), ("chr2", 0, 6)]))
    >>> offsets.tolist(), ids.tolist()
    ([0, 2, 2, 3], [0, 1, 2])
    """

    regions: Regions
    report: LoadReport
    _indices: dict[Engine, OverlapIndex]  # built on first use

    def __init__(self, regions: Regions, report: LoadReport) -> None:
        """Take unique rows as they are; `from_regions` and `from_bed` are the doors for rows not known to be so."""
        if not len(regions):
            raise UniverseError("no regions are left", where=regions.source, hint="a universe needs at least one row")
        if len(regions) > MAX_IDS - 16:  # leaves room for special tokens
            raise CapacityError(f"{len(regions):,} regions exceed 32-bit ids", hint="use a smaller universe")
        self.__dict__.update(regions=regions, report=report, _indices={})

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"a universe's {name} is fixed; Universe.from_regions(..) makes another universe")

    @classmethod
    def from_bed(cls, source: str | PathLike[str] | BinaryIO, *, invalid: Invalid = "error") -> "Universe":
        """Read a BED file, plain or gzip by content; repeated rows warn, bad rows follow ``invalid``."""
        from genotok.io.universes import read_universe  # upward: the name people expect on the noun

        return read_universe(source, invalid=invalid)

    @classmethod
    def from_regions(cls, regions: Regions, *, report: LoadReport | None = None) -> "Universe":
        """Keep the first of equal rows (chromosome and both numbers), in order; rows of no chromosome go."""
        if not isinstance(regions, Regions):
            raise InputError(f"{type(regions).__name__} is no Regions", hint="Regions.from_tuples(rows) makes one")
        rows = first_rows(regions)
        unique = regions if rows is None else regions.take(rows)
        if report is None:
            report = LoadReport(rows=len(unique), duplicates=len(regions) - len(unique))
        return cls(unique, report)

    def write_bed(self, path: str | PathLike[str]) -> None:
        """Write the rows as BED3 in id order, texts as read; gzip if the name ends in ``.gz``."""
        from genotok.io.bed import write_bed  # upward, as in from_bed

        write_bed(path, self.regions)

    @property
    def n_regions(self) -> int:
        """Number of regions; ids run from 0 to ``n_regions - 1``."""
        return len(self.regions)

    def __len__(self) -> int:
        return len(self.regions)

    @property
    def chrom_names(self) -> tuple[str, ...]:
        """Chromosome names by first appearance."""
        return self.regions.chrom_names

    @cached_property
    def digest(self) -> str:
        """SHA-256 hex of the UTF-8 text ``chrom TAB start TAB end LF`` of all rows, in id order, texts as read."""
        sha = hashlib.sha256()
        for at in range(0, len(self), _DIGEST_ROWS):
            sha.update(render_rows(self.regions, slice(at, min(at + _DIGEST_ROWS, len(self)))))
        return sha.hexdigest()

    def texts(self, ids: Any) -> list[str]:
        """Render ids as ``chrom:start-end``, coordinates as the file spells them."""
        part, ids = self.regions, np.asarray(ids, dtype=np.int64).ravel()
        if ids.size and not 0 <= int(ids.min()) <= int(ids.max()) < len(self):
            wrong = ids[(ids < 0) | (ids >= len(self))][0]
            raise VocabularyError(f"{wrong} is no id of a region", hint=f"ids run from 0 to {len(self) - 1}")
        names = part.chrom_names
        codes, starts, ends = part.codes[ids], part.starts[ids], part.ends[ids]
        if len(ids) > _FEW:
            encoded = tuple(name.encode() for name in names)
            lines = render_bed3(names=encoded, codes=codes, starts=starts, ends=ends, signs=LABEL_SIGNS)
            texts = lines.decode().split("\n")[:-1]  # no name holds a line end
        else:
            columns = codes.tolist(), starts.tolist(), ends.tolist()
            texts = [f"{names[code]}:{start}-{end}" for code, start, end in zip(*columns, strict=True)]
        if part.texts:
            for at, row in enumerate(ids.tolist()):
                if row in part.texts:
                    texts[at] = part.label(row)
        return texts

    def ids_of(self, texts: list[str]) -> Ids:
        """Find the ids of ``chrom:start-end`` texts: int32 (n,), -1 for a text that no region has."""
        codes = self._codes_by_name
        wanted = np.full((3, len(texts)), -1, dtype=np.int64)
        for at, text in enumerate(texts):
            name, _, span = text.rpartition(":")
            start, _, end = span.partition("-")
            positions = _position(start), _position(end)
            if name in codes and min(positions) >= 0:
                wanted[:, at] = codes[name], *positions
        ids = self._find_rows(wanted)
        exact = self.texts(ids[ids >= 0])
        found = np.flatnonzero(ids >= 0)
        for at, text in zip(found.tolist(), exact, strict=True):
            if text != texts[at]:
                ids[at] = -1
        return ids

    def _find_rows(self, wanted: Coords) -> Ids:
        """Find (3, n) code, start, end triples by binary search in the searchable order; -1 where there is none."""
        starts, ends, order = self._sorted_rows
        codes = np.maximum(wanted[0], 0)
        known = (wanted[0] >= 0) & (wanted[1:].max(axis=0, initial=0) < self._spans[codes])
        linear = self._offsets[codes] + wanted[1:]
        first = np.searchsorted(starts, linear[0], side="left")
        last = np.searchsorted(starts, linear[0], side="right")
        places = np.minimum(first, len(starts) - 1)  # of the one row that starts there, or the first of several
        for at in np.flatnonzero(known & (last - first > 1)).tolist():
            places[at] += np.searchsorted(ends[first[at] : last[at] - 1], linear[1, at])
        found = known & (first < last) & (ends[places] == linear[1])
        return np.where(found, places if order is None else order[places], -1).astype(np.int32)

    @cached_property
    def _sorted_rows(self) -> tuple[Coords, Coords, Ids | None]:
        """All rows by (start, end): the one list of the default index where it has one, else a merge of its lists."""
        index = self.index("bits")
        if len(index.lists) == 1:
            return index.lists[0].starts, index.lists[0].ends, index.order
        ranks = np.concatenate([each.ranks for each in index.lists if each.ranks is not None])
        starts = np.empty(len(ranks), np.int64)
        ends = np.empty(len(ranks), np.int64)
        starts[ranks] = np.concatenate([each.starts for each in index.lists])
        ends[ranks] = np.concatenate([each.ends for each in index.lists])
        return starts, ends, index.order

    @cached_property
    def _codes_by_name(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.chrom_names)}

    @cached_property
    def _spans(self) -> Coords:
        """One more than the largest coordinate of each chromosome, and 0 for a chromosome that is not here."""
        spans = np.zeros(len(self.chrom_names) + 1, dtype=np.int64)
        furthest = np.maximum(self.regions.starts, self.regions.ends)
        np.maximum.at(spans, self.regions.codes, furthest + 1)
        return spans

    @cached_property
    def _offsets(self) -> Coords:
        """Genome-linear place of each chromosome's base 0, and 0 for a chromosome that is not here."""
        offsets = np.zeros(len(self.chrom_names) + 1, dtype=np.int64)
        np.cumsum(self._spans[:-2], dtype=np.int64, out=offsets[1:-1])
        return offsets

    def index(self, engine: Engine = "bits") -> OverlapIndex:
        """Return the search index of an engine, built on first use."""
        if engine not in get_args(Engine):
            raise InputError(f"engine={engine!r} is unknown", hint="'bits' or 'ailist'")
        if engine not in self._indices:
            shift = self._offsets[self.regions.codes]
            self._indices[engine] = build_index(
                starts=self.regions.starts + shift, ends=self.regions.ends + shift, engine=engine
            )
        return self._indices[engine]

    def linear(self, regions: Regions) -> tuple[Coords, Coords]:
        """Place query rows on the genome line: (n,) starts and ends, clipped to their own chromosome.

        A clipped row hits exactly what it hit before; a row of an unknown chromosome becomes (-1, 0) and hits nothing.
        """
        here = self._codes_by_name
        codes = np.array([*(here.get(name, -1) for name in regions.chrom_names), -1], dtype=np.int64)
        offsets, spans = take_by_runs(regions.codes, self._offsets[codes], self._spans[codes])
        ends = np.minimum(regions.ends, spans)
        spans -= 1
        starts = np.minimum(regions.starts, spans, out=spans)
        starts += offsets
        ends += offsets
        return starts, ends

    def encode(self, regions: Regions, *, engine: Engine = "bits") -> tuple[Offsets, Ids]:
        """List the ids that each region overlaps (``u.start < q.end and u.end > q.start``, one chromosome).

        Region ``i`` owns ``ids[offsets[i]:offsets[i + 1]]``, ordered by (start, end, id); both engines agree.
        """
        starts, ends = self.linear(regions)
        offsets, ids, _ = find_overlaps(self.index(engine), query_starts=starts, query_ends=ends)
        return frozen(offsets), frozen(ids)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the regions to data frames as Regions do, their ``id`` int32 before ``chrom``, ``start``, ``end``."""
        from genotok.values.arrow import Coded, Column, open_stream  # late: a page that starts makes no table

        part = self.regions
        columns: dict[str, Column] = {"id": np.arange(len(self), dtype=np.int32)}
        columns |= {"chrom": Coded(part.chrom_names, part.codes), "start": part.starts, "end": part.ends}
        return open_stream(columns, requested_schema)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Universe):
            return NotImplemented
        mine, theirs = self.regions, other.regions
        return self is other or (mine == theirs and dict(mine.texts) == dict(theirs.texts))

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        part = self.regions
        return {
            "chrom_names": part.chrom_names,
            "codes": np.array(part.codes),
            "starts": np.array(part.starts),
            "ends": np.array(part.ends),
            "texts": dict(part.texts),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        texts = state.pop("texts")
        regions = Regions(**state, texts=texts)
        self.__init__(regions, LoadReport(rows=len(regions)))  # type: ignore[misc]  # the state holds what birth needs

    def _repr_html_(self) -> str:
        from genotok.analysis.notebook import show_universe  # upward: notebooks ask the noun itself

        return show_universe(self)

    def __repr__(self) -> str:
        return f"Universe({len(self):,} regions on {len(self.chrom_names)} chromosomes)"


def _position(text: str) -> int:
    """Read a coordinate as files may spell it; -1 for a text that no region's coordinate has."""
    digits = text.removeprefix("+")
    significant = digits.lstrip("0")
    if not digits or len(significant) > 10 or not (digits.isascii() and digits.isdecimal()):
        return -1
    return int(significant or "0")
