"""Tracks from files, told apart by content: bedGraph is read, bigWig is asked for what is needed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from os import PathLike, fspath
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.errors import InputError, TrackError, missing_extra
from genotok.io.bedgraph import read_bedgraph
from genotok.io.sources import Source, name_of, open_path
from genotok.kernels.stretches import mean_of_bases
from genotok.values.tracks import Signal, TrackReport, check_boundaries, check_region, log_of

_BIG_WIG = (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26")
_BASES = 2**22  # held at once while bins are averaged


class BigWigTrack:
    """The values of a bigWig file, read as they are asked for (extra ``[motif]``); what is absent or NaN is 0.

    Close it, or use it in a ``with`` statement. ``lengths`` of contigs, if given, must be those of the file for every
    contig that both have; contigs that only the file has are counted in the ``report``.
    """

    def __init__(self, source: Source, *, lengths: Mapping[str, int] | None = None) -> None:
        try:
            library: Any = import_module("pybigtools")
        except ImportError:
            raise missing_extra("motif", "pybigtools") from None
        path = self._path = name_of(source)
        self._faults = (ValueError, OSError, library.BBIReadError)
        self._owned = open_path(fspath(source)) if isinstance(source, (str, PathLike)) else None
        with self._damage_told():
            self._reader = library.open(self._owned or source)
            self._lengths = {str(name): int(length) for name, length in self._reader.chroms().items()}
        for name, length in (lengths or {}).items():
            if self._lengths.get(name, length) != length:
                self.close()
                what = f"{name} has {self._lengths[name]:,} bases in the file, and {length:,} here"
                raise TrackError(what, path=path, hint="is the track of the same assembly?")
        others = {name: 0 for name in self._lengths if lengths is not None and name not in lengths}
        self.names = tuple(name for name in self._lengths if name not in others)
        self.report = TrackReport(path, "bigWig", unknown=others)

    def dense(self, contig: str, start: int, end: int) -> NDArray[np.float32]:
        """Return the value of each base of a region: float32 (end - start,), 0 where there is none."""
        check_region(start, end)
        values = np.zeros(end - start, dtype=np.float32)
        inside = min(end, self._lengths.get(contig, 0)) if contig in self.names else 0
        if inside > start:
            with self._damage_told():
                found = self._reader.values(contig, start, inside, fillna=0.0)
            values[: inside - start] = np.nan_to_num(np.asarray(found), nan=0.0)
        return values

    def means(self, contig: str, boundaries: Coords, *, log1p: bool = False) -> NDArray[np.float64]:
        """Return the mean over the bases of each bin: float64 (b,); with ``log1p`` of log(1 + value) of each base."""
        boundaries = check_boundaries(boundaries)
        means, first = np.zeros(len(boundaries) - 1), 0
        while first < len(means):
            last = int(np.searchsorted(boundaries, boundaries[first] + _BASES, side="right")) - 1
            edges = boundaries[first : max(last, first + 1) + 1]
            values = self.dense(contig, int(edges[0]), int(edges[-1]))
            means[first : first + len(edges) - 1] = mean_of_bases(log_of(values) if log1p else values, edges)
            first += len(edges) - 1
        return means

    @contextmanager
    def _damage_told(self) -> Iterator[None]:
        """Turn what the library says of a damaged file into words; a panic of its Rust code is no Exception."""
        try:
            yield
        except BaseException as fault:
            if not isinstance(fault, self._faults) and type(fault).__name__ != "PanicException":
                raise
            self.close()
            what, hint = "the bigWig file is damaged or cut", "copy or download it again"
            raise TrackError(what, path=self._path, hint=hint) from None

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._owned is not None:
            self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_track(source: Source, *, lengths: Mapping[str, int] | None = None) -> Signal:
    """Open a track by its content: a bigWig file (extra ``[motif]``), or bedGraph, plain or gzipped.

    ``lengths`` of contigs, if given, say which are known; what lies on others is counted in the ``report``.
    """
    if isinstance(source, (str, PathLike)):
        with open_path(fspath(source)) as file:
            head = file.read(4)
    elif hasattr(source, "read") and hasattr(source, "seek"):
        head = source.read(4)
        source.seek(-len(head), 1)
    else:
        raise InputError(f"{type(source).__name__} is no track", hint="give a path or a binary file that can seek")
    if head in _BIG_WIG:
        return BigWigTrack(source, lengths=lengths)
    return read_bedgraph(source, lengths=lengths)
