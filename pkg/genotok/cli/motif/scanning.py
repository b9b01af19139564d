"""The work of ``genotok motif scan``: windows of contigs to hits as text, by however many processes."""

import gzip
import io
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from genotok.cli.motif.opening import tell_motifs
from genotok.cli.motif.progress import Progress
from genotok.cli.report import count
from genotok.export.hits import HitsWriter
from genotok.io.sources import Source
from genotok.io.windows import Genome, Placed, WindowReader
from genotok.values.hits import MotifHits
from genotok.values.motifs import MAX_COLUMNS
from genotok.values.search import MotifSearch
from genotok.values.sequences import FastaReport

_BLOCK = 2**18  # bases searched at once: hits of 50 MB as text, at three a base
_LEVEL = 1  # of gzip: hits are many, and a better level takes five times as long as the search


class Scan:
    """What all windows of a run share."""

    def __init__(self, search: MotifSearch, *, bed: bool, packed: bool) -> None:
        self.search, self.bed, self.packed = search, bed, packed
        self._text = io.BytesIO()

    @cached_property
    def _writer(self) -> HitsWriter:
        return HitsWriter(self._text, self.search.motifs, self.search.thresholds, bed=self.bed)

    def perform(self, placed: Placed) -> "Found":
        """Search one window, and render the hits that begin in its core."""
        window = placed.window
        starts, offsets = self.search.find_starts(window.codes)
        low, high = window.first - window.start, window.last - window.start
        inside = (starts >= low) & (starts < high)
        before = np.concatenate([[0], np.cumsum(inside, dtype=np.int64)])
        starts, offsets = starts[inside], before[offsets]
        self._writer.write(placed.name, window.codes, MotifHits(starts.astype(np.int64), offsets), start=window.start)
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        text = gzip.compress(text, _LEVEL, mtime=0) if self.packed and text else text
        return Found(text, len(starts), window.last - window.first)


class Found(NamedTuple):
    """The hits of one window as text, how many they are, and the bases searched."""

    text: bytes
    hits: int
    bases: int


@dataclass
class ScanReport:
    """What became of a run."""

    motifs: int
    unreachable: tuple[str, ...]
    rule: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    contigs: int = 0
    bases: int = 0
    known: int = 0
    hits: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return self.__dict__ | {"unreachable": list(self.unreachable)}

    def lines(self, target: str) -> Iterator[str]:
        """Yield it as text."""
        share = self.hits / self.known if self.known else 0.0
        yield f"{count(self.contigs, 'contig')}, {count(self.bases, 'base')} ({self.known:,} known)"
        yield f"{count(self.hits, 'hit')} of {count(self.motifs, 'motif')}, {share:.3g} a known base"
        if self.unreachable:
            shown = ", ".join(self.unreachable[:5]) + (", .." if len(self.unreachable) > 5 else "")
            yield f"note: no word of {count(len(self.unreachable), 'motif')} reaches the threshold: {shown}"
        yield from (f"note: {each}" for each in self.notes)
        yield f"written to {target}"


def scan_files(scan: Scan, sources: Sequence[Source], sink: BinaryIO, *, jobs: int, progress: Progress) -> ScanReport:
    """Search files one after the other; the bytes are the same for every number of jobs."""
    search = scan.search
    missed = np.flatnonzero(~search.thresholds.reachable).tolist()
    report = ScanReport(
        len(search.motifs), tuple(search.motifs.ids[each] for each in missed), vars(search.thresholds.rule)
    )
    report.notes += tell_motifs(search.motifs)
    genome = Genome(sources)
    windows = WindowReader(genome, block=_BLOCK, halo=MAX_COLUMNS)
    for found in _perform_all(scan, windows, jobs):
        sink.write(found.text)
        report.hits += found.hits
        report.bases += found.bases
        progress("scan", report.bases, 0)
    if scan.packed and not report.hits:
        sink.write(gzip.compress(b"", mtime=0))
    report.contigs = len(windows.contigs)
    for each in genome.reports.values():
        report.known += each.letters.known
        report.notes += tell_letters(each)
    return report


def tell_letters(told: FastaReport) -> list[str]:
    """Say what is worth knowing of the letters of a file that was read."""
    unknown = ", ".join(f"{letter} {number:,}" for letter, number in told.letters.unknown.items())
    return [*told.notes, *([f"unknown letters: {unknown}"] if unknown else [])]


def _perform_all(scan: Scan, windows: Iterable[Placed], jobs: int) -> Iterator[Found]:
    if jobs == 1:
        yield from map(scan.perform, windows)
        return
    from genotok.processes import open_pool, results_of  # here, as it takes long to load

    with open_pool(jobs, _start, (scan,)) as executor:
        yield from results_of(executor, _perform_in_worker, windows, jobs=jobs, in_order=True)


_scan: Scan | None = None  # global: the one way that a pool's tasks share what their process was given


def _start(scan: Scan) -> None:
    global _scan  # as above
    _scan = scan
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, so that no half-written file stays


def _perform_in_worker(placed: Placed) -> Found:
    assert _scan is not None, "a worker starts before its tasks"
    return _scan.perform(placed)
