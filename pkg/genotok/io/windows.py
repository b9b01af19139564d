"""Contigs as they stream by, handed out in overlapping windows, so that no contig is ever held whole."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from typing import NamedTuple

import numpy as np

from genotok.errors import FastaError
from genotok.io.fasta import FastaReader, Piece
from genotok.io.sources import Source, name_of
from genotok.kernels.bases import Codes
from genotok.values.blocks import Window
from genotok.values.fitted import Contig
from genotok.values.sequences import FastaReport, Sequence

_BLANK = 2**20  # bases without letters that are handed out at once
_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)


class Placed(NamedTuple):
    """A window, and the number and name of its contig."""

    contig: int
    name: str
    window: Window


class WindowReader:
    """Cuts streaming contigs into cores of ``block`` bases with ``halo`` bases around; ``contigs`` are those read.

    >>> pieces = [Piece("x", 0, np.zeros(5, np.uint8)), Piece("x", 5, np.zeros(7, np.uint8))]
    >>> reader = WindowReader(pieces, block=5, halo=2)
    >>> [(each.window.start, each.window.first, each.window.last, each.window.stop) for each in reader]
    [(0, 0, 5, 7), (3, 5, 10, 12), (8, 10, 12, 12)]
    >>> reader.contigs[0].length
    12
    """

    def __init__(self, pieces: Iterable[Piece], *, block: int, halo: int) -> None:
        self.contigs: list[Contig] = []
        self._pieces, self._block, self._halo = pieces, block, halo

    def __iter__(self) -> Iterator[Placed]:
        current: _Contig | None = None
        for piece in self._pieces:
            if piece.start == 0 and (current is None or current.name != piece.name or current.size):
                yield from self._end(current)
                current = _Contig(piece.name)
            assert current is not None, "every contig begins with a piece at 0"
            current.add(piece.codes)
            while current.size > current.first + self._block and current.size >= (
                current.first + self._block + self._halo
            ):
                yield self._cut(current, current.first + self._block)
        yield from self._end(current)

    def _end(self, contig: "_Contig | None") -> Iterator[Placed]:
        if contig is None:
            return
        while contig.first < contig.size:
            yield self._cut(contig, min(contig.first + self._block, contig.size))
        self.contigs.append(Contig(contig.name, contig.size, contig.sha.hexdigest()))

    def _cut(self, contig: "_Contig", last: int) -> Placed:
        first, number = contig.first, contig.first // self._block
        start, stop = max(first - self._halo, 0), min(last + self._halo, contig.size)
        codes = contig.take(start, stop, keep_from=max(last - self._halo, 0))
        contig.first = last
        is_end = last == contig.size
        return Placed(len(self.contigs), contig.name, Window(codes, start, first, last, number, is_end))


class _Contig:
    """The bases of one contig that are still needed."""

    def __init__(self, name: str) -> None:
        self.name, self.size, self.first = name, 0, 0
        self.sha = hashlib.sha256()
        self._held: list[Codes] = []
        self._from = 0

    def add(self, codes: Codes) -> None:
        self.sha.update(_LETTERS.take(codes).tobytes())
        self._held.append(codes)
        self.size += len(codes)

    def take(self, start: int, stop: int, *, keep_from: int) -> Codes:
        """Return the bases from ``start`` to ``stop``, and forget those before ``keep_from``."""
        whole = np.concatenate(self._held) if len(self._held) != 1 else self._held[0]
        taken = whole[start - self._from : stop - self._from].copy()
        self._held, self._from = [whole[keep_from - self._from :].copy()], keep_from
        return taken


class Genome:
    """FASTA files, or sequences by name, as pieces that can be read more than once.

    Of contigs with ``lengths`` alone, whose hits are known, every base stands as an A, and there is no digest.
    ``reports`` are those of the files that have been read to their end, by name.
    """

    def __init__(
        self, sources: Iterable[Source] | Mapping[str, Sequence] = (), *, lengths: Mapping[str, int] | None = None
    ) -> None:
        self._sequences = dict(sources) if isinstance(sources, Mapping) else None
        self._sources = [] if isinstance(sources, Mapping) else list(sources)
        self.is_blank = lengths is not None
        self.reports: dict[str, FastaReport] = {}
        self._lengths = None if lengths is None else dict(lengths)
        if self._sequences is not None:
            self._lengths = {name: len(each) for name, each in self._sequences.items()}

    @property
    def bases(self) -> int:
        """Bases in all, 0 as long as that is not known without reading the files."""
        return 0 if self._lengths is None else sum(self._lengths.values())

    def lengths(self) -> dict[str, int]:
        """Return the bases of each contig; files are read for it, once."""
        if self._lengths is None:
            self._lengths = {}
            for piece in self:
                self._lengths[piece.name] = piece.start + len(piece.codes)
        return self._lengths

    def __iter__(self) -> Iterator[Piece]:
        if self._sequences is not None:
            for name, sequence in self._sequences.items():
                yield Piece(name, 0, sequence.codes)
        elif self.is_blank:
            for name, length in self.lengths().items():
                for start in range(0, max(length, 1), _BLANK):
                    yield Piece(name, start, np.zeros(min(length - start, _BLANK), dtype=np.uint8))
        else:
            yield from self._read()

    def _read(self) -> Iterator[Piece]:
        known: dict[str, tuple[int, str]] = {}
        for number, source in enumerate(self._sources):
            if not isinstance(source, (str, PathLike)) and source.seekable():
                source.seek(0)  # it may have been read before
            reader = FastaReader(source)
            for piece in reader:
                other, path = known.setdefault(piece.name, (number, name_of(source)))
                if other != number:
                    what = f"{piece.name!r} stands in {path} already"
                    raise FastaError(what, path=name_of(source), hint="contigs of a genome have names of their own")
                yield piece
            self.reports[name_of(source)] = reader.report
