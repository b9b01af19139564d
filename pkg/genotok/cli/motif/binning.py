"""The work of ``genotok motif peaks`` and ``sweep``: a track on bins, and the peaks that are known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from genotok.analysis.assemblies import ASSEMBLIES
from genotok.analysis.binnedtracks import BinnedContig, bin_track, flag_bins, lengths_of
from genotok.arrays import Flags
from genotok.cli.report import count
from genotok.io.bed import read_bed
from genotok.io.chromsizes import read_chrom_sizes
from genotok.io.tokenstore import TokenStore
from genotok.io.tracks import open_track
from genotok.values.tracks import TrackReport

_SHOWN = 5  # contigs that are named


def open_binned(path: str, options: Mapping[str, Any], notes: list[str]) -> list[BinnedContig]:
    """Read a track on the bins that the options ask for; contigs without any value are left out.

    What else was left out is told in ``notes``.
    """
    sizes, store = options["chrom_sizes"], options["store"]
    if store is not None and sizes is not None:
        raise click.UsageError("--store knows its contigs; leave --chrom-sizes out")
    held = None if store is None else TokenStore(store)
    lengths: Mapping[str, int] | None = None
    if sizes is not None:
        lengths = ASSEMBLIES[sizes] if sizes in ASSEMBLIES and not Path(sizes).exists() else read_chrom_sizes(sizes)
    if held is not None:
        lengths = {each.contig.name: each.contig.length for each in held.contigs}
    track = open_track(path, lengths=lengths)
    if lengths is None and not (lengths := lengths_of(track)):
        raise click.UsageError(f"{path} does not say how long its contigs are; give --chrom-sizes")
    if not set(track.names) & set(lengths):
        raise click.UsageError(f"no contig of {path} is known: it has {', '.join(track.names[:5])}")
    notes += tell_track(track.report)
    wanted = {name: length for name, length in lengths.items() if name in track.names}
    found = bin_track(track, held if held is not None else wanted, width=options["width"], log1p=not options["raw"])
    return [each for each in found if each.name in track.names]


def tell_track(report: TrackReport) -> list[str]:
    """Say what of a track was left out."""
    told = []
    if report.unknown:
        rows = sum(report.unknown.values())
        what = count(rows, "row") if rows else "all"  # a bigWig's rows are not counted
        told.append(f"left out: {what} on {_contigs(list(report.unknown))} whose length is not known")
    if report.not_a_number:
        told.append(f"{count(report.not_a_number, 'row')} without a number, taken as 0")
    return told


def read_truth(path: str, contigs: Sequence[BinnedContig], notes: list[str]) -> Flags:
    """Flag the bins of contigs, end to end, that share a base with a known peak; those elsewhere are told."""
    known = read_bed(path)
    names = {each.name for each in contigs}
    others = [name for name in known.chrom_names if name not in names]
    if others:
        rows = sum(int(np.count_nonzero(known.codes == known.chrom_names.index(name))) for name in others)
        notes.append(f"left out: {count(rows, 'region')} of {path} on {_contigs(others)} without bins")
    return np.concatenate([flag_bins(known, each.name, each.boundaries) for each in contigs])


def _contigs(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN]) + (", .." if len(names) > _SHOWN else "")
    return f"{count(len(names), 'contig')} ({shown})"
