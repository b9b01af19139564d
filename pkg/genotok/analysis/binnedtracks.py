"""Tracks and intervals on bins: even ones or those of a store, contig by contig."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags
from genotok.errors import ConfigError
from genotok.io.tokenstore import TokenStore
from genotok.values.regions import Regions
from genotok.values.tracks import Signal, Track


class BinnedContig(NamedTuple):
    """One contig: its bins' ``boundaries``, int64 (b + 1,), and the mean of a track in each, float64 (b,)."""

    name: str
    boundaries: Coords
    values: NDArray[np.float64]


def even_boundaries(length: int, width: int) -> Coords:
    """Return the boundaries of bins of one width; the last may be shorter.

    >>> even_boundaries(10, 4).tolist()
    [0, 4, 8, 10]
    """
    if width < 1:
        raise ConfigError(f"bins of {width} bp", hint="1 bp or more")
    edges = np.arange(0, length, width, dtype=np.int64)
    return np.append(edges, np.int64(length))


def lengths_of(track: Signal) -> dict[str, int]:
    """Return how far a track that is held reaches on each contig."""
    if not isinstance(track, Track):
        return {}
    bounds = track.offsets.tolist()
    spans = zip(track.names, bounds[:-1], bounds[1:], strict=True)
    return {name: int(track.ends[last - 1]) for name, first, last in spans if last > first}


def bin_track(
    track: Signal, bins: TokenStore | Mapping[str, int], *, width: int = 16, log1p: bool = True
) -> Iterator[BinnedContig]:
    """Average a track over the bins of a store, or over even ones of contigs with the given lengths.

    With ``log1p`` it is the mean of log(1 + value) over bases. Contigs without bases are left out.
    """
    if isinstance(bins, TokenStore):
        edges = ((each.contig.name, bins.boundaries(each.contig.name)) for each in bins.contigs if each.contig.length)
    else:
        edges = ((name, even_boundaries(length, width)) for name, length in bins.items() if length)
    for name, boundaries in edges:
        yield BinnedContig(name, boundaries, track.means(name, boundaries, log1p=log1p))


def flag_bins(regions: Regions, contig: str, boundaries: Coords) -> Flags:
    """Flag the bins of a contig, (b,), that share a base with any region."""
    flags = np.zeros(len(boundaries) + 1, dtype=np.int64)
    if contig in regions.chrom_names:
        rows = np.flatnonzero(regions.codes == regions.chrom_names.index(contig))
        starts, ends = regions.starts[rows], regions.ends[rows]
        inside = (ends > starts) & (starts < boundaries[-1]) & (ends > boundaries[0])
        firsts = np.searchsorted(boundaries, starts[inside], side="right") - 1
        lasts = np.searchsorted(boundaries, ends[inside], side="left")
        np.add.at(flags, np.maximum(firsts, 0).astype(np.intp), 1)
        np.add.at(flags, np.minimum(lasts, len(boundaries) - 1).astype(np.intp), -1)
    return np.cumsum(flags[: len(boundaries) - 1], dtype=np.int64) > 0
