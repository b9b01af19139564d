"""Universes from files: BED or compact, told by content; repeated rows are dropped, counted and warned of."""

from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from warnings import warn

import numpy as np

from genotok.arrays import Coords
from genotok.errors import UniverseError, UniverseWarning
from genotok.io.gtu import MAGIC, read_gtu
from genotok.io.remote import is_url
from genotok.io.sources import Source, iter_blocks, name_of, open_path
from genotok.values.bounds import Invalid
from genotok.values.distinct import first_rows
from genotok.values.lines import LineMap
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe


def open_universe_file(source: Source, *, invalid: Invalid = "error") -> Universe:
    """Read a path or URL as a compact universe if its bytes begin as one; else, and an open file always, as BED."""
    if isinstance(source, (str, PathLike)) and _is_compact(fspath(source)):
        return read_gtu(b"".join(iter_blocks(source)), name_of(source))[0]
    return read_universe(source, invalid=invalid)


def _is_compact(path: str) -> bool:
    if not (is_url(path) or Path(path).is_file()):  # reading it as BED finds the words for that
        return False
    with open_path(path) as file:
        return file.read(len(MAGIC)) == MAGIC


def read_universe(source: Source, *, invalid: Invalid = "error") -> Universe:
    """Read a BED file as a universe: ids by first appearance, repeated rows counted and warned of (UniverseWarning)."""
    from genotok.io.bed import read_rows  # late: a page that starts opens compact universes only

    return universe_of(read_rows(source, invalid=invalid, allow_empty=invalid == "skip", keep_text=True))


def universe_of(regions: Regions) -> Universe:
    """Make a universe of all rows of one file, read with ``keep_text``: the last step of `read_universe`."""
    report = regions.report
    assert report is not None, "the rows come from a file"
    if not len(regions):
        raise UniverseError("no rows are left after skipping", where=report.path, hint="see the file's first lines")
    rows = first_rows(regions)
    if rows is not None:
        regions, report = _drop_repeats(regions, rows, report)
    moved = sum(report.skipped.get(reason, 0) for reason in ("reversed", "negative", "out_of_range", "unreadable"))
    if moved:
        told = (
            "1 bad row was skipped; ids behind it"
            if moved == 1
            else f"{moved:,} bad rows were skipped; ids behind them"
        )
        warn(f"{report.path}: {told} moved", UniverseWarning, stacklevel=4)
    return Universe(replace(regions, report=report), report)


def _drop_repeats(regions: Regions, rows: Coords, report: LoadReport) -> tuple[Regions, LoadReport]:
    """Keep the first of equal rows; the lines of the others join the skipped ones."""
    repeats = np.setdiff1d(np.arange(len(regions), dtype=np.int64), rows, assume_unique=True)
    assert regions.lines is not None
    lines = regions.lines.lines_of(repeats)
    several = f"{len(repeats):,} repeated rows (first at line {lines[0]}) keep their first id"
    told = several if len(repeats) > 1 else f"1 repeated row (line {lines[0]}) keeps its first id"
    message = f"{report.path}: {told}; models trained through gtars on this file have learnt shifted ids"
    warn(message, UniverseWarning, stacklevel=5)
    counts = np.bincount(regions.codes[rows], minlength=len(regions.chrom_names)).tolist()
    report = replace(
        report,
        rows=len(rows),
        duplicates=len(repeats),
        skipped={**report.skipped, "duplicate": len(repeats)},
        examples={**report.examples, "duplicate": lines[:5].tolist()},
        chroms=dict(zip(regions.chrom_names, counts, strict=True)),
    )
    skipped = np.sort(np.concatenate([regions.lines.skipped, lines]))
    return replace(regions.take(rows), lines=LineMap(1, skipped)), report
