"""A universe from many files: the regions that enough of them cover become the vocabulary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from os import PathLike
from typing import BinaryIO, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Places
from genotok.errors import InputError, IntervalError, UniverseError
from genotok.io.bed import read_bed
from genotok.kernels.coverage import join_spans, spans_where
from genotok.values.bounds import Invalid
from genotok.values.coverage import Coverage, CoverageSum
from genotok.values.names import natural_key
from genotok.values.regions import Regions
from genotok.values.universe import Universe

Cutoff: TypeAlias = int | float | Literal["mean"]
Order = Literal["natural", "text"]
_File: TypeAlias = str | PathLike[str] | BinaryIO | Regions


@dataclass(frozen=True)
class ConsensusRules:
    """Which bases of a coverage become regions, and in which order those stand.

    ``cutoff`` is the depth a base needs: a number of files (int), a share of them (float above 0, at most 1; rounded
    up), or 'mean' (default): on each chromosome total depth / length. Lengths come from ``chrom_sizes``; for a
    chromosome that they lack it is the largest end of a row. A base that no file covers never counts. Runs of such
    bases that leave at most ``merge`` bases (0) between them are joined; then regions of less than ``min_width`` bases
    (0) go. ``order`` sorts chromosomes: 'natural' (default) is 1 to 22, X, Y, M, the rest by text; 'text' is by code
    point.

    >>> ConsensusRules(cutoff=0.07).files_needed(100)
    7
    """

    cutoff: Cutoff = "mean"
    merge: int = 0
    min_width: int = 0
    order: Order = "natural"
    chrom_sizes: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        whole, share = isinstance(self.cutoff, (int, np.integer)), isinstance(self.cutoff, (float, np.floating))
        sound = self.cutoff >= 1 if whole else 0 < self.cutoff <= 1 if share else self.cutoff == "mean"  # type: ignore[operator]
        if isinstance(self.cutoff, bool) or not sound:
            hint = "'mean', a number of files from 1, or a share of them above 0 and at most 1.0"
            raise InputError(f"cutoff={self.cutoff!r} is no depth", hint=hint)
        for name in ("merge", "min_width"):
            if not isinstance(getattr(self, name), (int, np.integer)) or not 0 <= getattr(self, name) < 2**32:
                raise InputError(f"{name}={getattr(self, name)!r} is no number of bases", hint="0 or more")
        if self.order not in get_args(Order):
            raise InputError(f"order={self.order!r} is unknown", hint="'natural' or 'text'")

    def files_needed(self, files: int) -> int | None:
        """Return the number of files that a base needs; None for 'mean', which differs between chromosomes."""
        if self.cutoff == "mean":
            return None
        if isinstance(self.cutoff, (float, np.floating)):
            return ceil(Fraction(repr(float(self.cutoff))) * files)  # the decimal as written: 0.07 of 100 is 7
        return int(self.cutoff)

    def depths_needed(self, coverage: Coverage) -> NDArray[np.int64]:
        """Return the least depth of a base on each chromosome, at least 1: int64 (chromosomes,)."""
        files = self.files_needed(coverage.files)
        if files is not None:
            return np.full(len(coverage.chrom_names), files, dtype=np.int64)
        lengths = np.maximum(self.lengths_of(coverage), 1)
        return np.maximum(-(-coverage.total_depths() // lengths), 1)  # the least whole depth not below the mean

    def lengths_of(self, coverage: Coverage) -> Coords:
        """Return the length of each chromosome, given or else the largest end: int64 (chromosomes,)."""
        if self.chrom_sizes is None:
            return coverage.lengths
        lengths = coverage.lengths.copy()
        for code, name in enumerate(coverage.chrom_names):
            size = self.chrom_sizes.get(name, int(lengths[code]))
            if size < lengths[code]:
                what = f"a row ends at {lengths[code]:,}, and {name} has {size:,} bases by the chromosome sizes"
                raise IntervalError(what, hint="are they of the same assembly?")
            lengths[code] = size
        return lengths

    def choose(self, coverage: Coverage) -> Regions:
        """Cut the regions out of a coverage; none at all is a UniverseError that names the largest depth."""
        depths = coverage.depths
        needed = self.depths_needed(coverage)
        spans = spans_where(coverage.positions, depths >= needed[coverage.codes])
        if self.merge:
            spans = join_spans(starts=spans.starts, ends=spans.ends, gap=self.merge)
        wide = spans.ends - spans.starts >= self.min_width
        regions = coverage.regions_of(spans).take(wide)
        if not len(regions):
            raise UniverseError("no base is left", hint=self._cure(coverage, found=len(wide)))
        return order_chroms(regions, self.order)[0]

    def _cure(self, coverage: Coverage, *, found: int) -> str:
        deepest = int(coverage.depths.max(initial=0))
        if found:
            return f"all {found:,} regions are narrower than the least width of {self.min_width:,} bp"
        if not deepest:
            return "the files cover no base at all"
        return f"no base is covered by more than {deepest:,} of {coverage.files:,} files; lower the cut-off"


def order_chroms(regions: Regions, order: Order) -> tuple[Regions, Places]:
    """Put chromosomes in order and leave out names without a row; rows keep theirs; also return the row of each."""
    present = np.unique(regions.codes).tolist()
    if order == "natural":
        present.sort(key=lambda code: natural_key(regions.chrom_names[code]))
    ranks = np.full(len(regions.chrom_names), -1, dtype=np.int32)
    ranks[present] = np.arange(len(present), dtype=np.int32)
    codes = ranks[regions.codes]
    rows = np.argsort(codes, kind="stable")
    names = tuple(regions.chrom_names[code] for code in present)
    return Regions(names, codes[rows], regions.starts[rows], regions.ends[rows]), rows


def files_of(sources: Iterable[_File]) -> list[_File]:
    """List files that are given; one that is no list, whose letters or rows would be taken for files, is refused."""
    if isinstance(sources, (str, PathLike, Regions)):
        raise InputError(f"{type(sources).__name__} is no list of files", hint="give a list, also of one")
    files = list(sources)
    if not files:
        raise InputError("there is no file", hint="give at least one")
    return files


def build_universe(
    sources: Iterable[_File],
    *,
    cutoff: Cutoff = "mean",
    merge: int = 0,
    min_width: int = 0,
    order: Order = "natural",
    chrom_sizes: Mapping[str, int] | None = None,
    invalid: Invalid = "error",
) -> Universe:
    """Make a universe of the regions that enough files cover; the choices are those of `ConsensusRules`.

    ``sources`` are BED files (paths, open binary files) or `Regions`; each counts once for a base, however many of its
    rows lie there. Files are read one after the other; memory is that of one file and of all distinct borders. For
    several processes, add up `Coverage.of` each file yourself (`CoverageSum`), or use ``genotok universe --jobs``.
    Raises what `read_bed` raises, InputError for choices that make no sense, UniverseError if nothing is left.

    >>> files = [[("chr1", 10, 30)], [("chr1", 20, 40)], [("chr1", 25, 35), ("chr2", 5, 9)]]
    >>> universe = build_universe([Regions.from_tuples(rows) for rows in files], cutoff=2)
    >>> universe.regions.to_tuples()
    [('chr1', 20, 35)]
    """
    rules = ConsensusRules(cutoff, merge, min_width, order, chrom_sizes)
    total = CoverageSum()
    for source in files_of(sources):
        total.add(Coverage.of(source if isinstance(source, Regions) else read_bed(source, invalid=invalid)))
    return Universe.from_regions(rules.choose(total.total()))
