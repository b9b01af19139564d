"""A genome into a store: every block once, by however many processes, and again only where a flank was out of sight."""

import hashlib
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from genotok.arrays import Ids
from genotok.errors import ConfigError
from genotok.io.blockfiles import write_block
from genotok.io.storejournal import BlockLine, StoreJournal, digest_of
from genotok.io.tokenstore import IDS_SUFFIX, StoredContig, TokenStore, block_path
from genotok.io.windows import Genome, Placed, WindowReader
from genotok.tokenizers.motif_blocks import BlockCutter, Hits, fits
from genotok.tokenizers.motif_model import MotifModel
from genotok.tokenizers.motif_stores import run_settings
from genotok.values.blocks import Window, true_neighbours
from genotok.values.fitted import Contig
from genotok.values.hits import MotifHits

Progress: TypeAlias = Callable[[str, int, int], None]  # phase, done, in all (0 if that is not known)

_AHEAD = 4  # tasks that wait for each worker of a cluster
_POLL_SECONDS = 0.05
_TABLE = np.frombuffer(b"ACGTN", dtype=np.uint8)


class Run(NamedTuple):
    """What all blocks of a run share: how to cut them, where to, and whether files are deflated."""

    cutter: BlockCutter
    folder: Path
    settings: str
    packed: bool


class Task(NamedTuple):
    """One block: its bases and their digest, its true neighbouring flanks if known, its hits if given."""

    placed: Placed
    sequence: str
    neighbours: tuple[int, int] | None = None
    hits: Hits | None = None


def perform(run: Run, task: Task) -> BlockLine:
    """Cut one block and write its file, if its neighbours are in sight."""
    contig, name, window = task.placed
    known = None if task.hits is None else _within(task.hits, run.cutter.search.widths, len(window.codes))
    find = None if known is None else lambda _: known
    seams, bins = run.cutter.cut(window, neighbours=task.neighbours, find=find)
    flanks = seams.first, seams.last, seams.left, seams.right
    line = BlockLine(name, contig, window.number, window.first, task.sequence, *flanks, settings=run.settings)
    if bins is None:
        return line
    path = block_path(run.folder, contig, window.number)
    block_path(run.folder, contig, window.number, IDS_SUFFIX).unlink(missing_ok=True)  # those of other bins
    write_block(path, bins, packed=run.packed)
    counted = {"bins": len(bins), "hits": bins.hits, "gaps": int(np.count_nonzero(bins.is_gap))}
    return BlockLine(**{**line.__dict__, **counted, "file_sha256": digest_of(path)})


def _within(hits: Hits, widths: Ids, size: int) -> Hits:
    """Keep the hits that end within a window of so many bases."""
    starts, offsets = hits
    inside = starts + np.repeat(widths, np.diff(offsets).astype(np.intp)) <= size
    before = np.concatenate([[0], np.cumsum(inside, dtype=np.int64)])
    return starts[inside], before[offsets]


def make_store(
    tokenizer: MotifModel,
    genome: Genome,
    folder: str | PathLike[str],
    *,
    hits: Mapping[str, MotifHits] | None = None,
    jobs: int = 1,
    client: Any = None,
    resume: bool = True,
    packed: bool = True,
    progress: Progress | None = None,
) -> TokenStore:
    """Cut every block of a genome into bins, and return the store of them.

    Blocks that an earlier run has written are kept where they still fit. The folder's bytes depend on the genome and
    the settings alone. The work is done here, by ``jobs`` processes, or by the workers of a Dask ``client``, which all
    see the folder under one name.
    """
    _check_jobs(jobs)
    settings = run_settings(tokenizer, hits=None if hits is None else _digest_hits(hits))
    journal = StoreJournal(folder, settings, tokenizer.n_features, resume=resume)
    with closing(journal):
        run = Run(tokenizer.cutter, Path(folder), journal.digest, packed)
        told = _Told(progress, genome.bases)
        reader = _reader(tokenizer, genome)
        for line, bases in _perform_all(run, _open_tasks(reader, journal, hits, told), jobs, client):
            journal.record(line)
            told.add(bases)
        contigs = [Contig(e.name, e.length) for e in reader.contigs] if genome.is_blank else reader.contigs
        if wanted := _unfit(journal, [each.length for each in contigs]):
            again = _reader(tokenizer, genome)
            for line, _ in _perform_all(run, _closing_tasks(again, journal, hits, wanted), jobs, client):
                journal.record(line)
        stored = []
        for number, each in enumerate(contigs):
            blocks = range(-(-each.length // tokenizer.config.block))
            stored.append(StoredContig(each, tuple(journal.lines[number, block].bins for block in blocks)))
        journal.finish(stored)
    return TokenStore(folder)


def cut_shard(
    tokenizer: MotifModel,
    genome: Genome,
    folder: str | PathLike[str],
    shard: tuple[int, int],
    *,
    hits: Mapping[str, MotifHits] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> None:
    """Cut every n-th block of a genome, from the i-th on (``shard`` is i, n), for a store that several runs share.

    All may run at once, on any machines that see the folder; `make_store` then finds their blocks done.
    """
    _check_jobs(jobs)
    settings = run_settings(tokenizer, hits=None if hits is None else _digest_hits(hits))
    journal = StoreJournal(folder, settings, tokenizer.n_features, shard=shard)
    with closing(journal):
        run = Run(tokenizer.cutter, Path(folder), journal.digest, True)
        told = _Told(progress, genome.bases)
        own = islice(_reader(tokenizer, genome), shard[0] - 1, None, shard[1])
        for line, bases in _perform_all(run, _open_tasks(own, journal, hits, told), jobs, None):
            journal.record(line)
            told.add(bases)


def _check_jobs(jobs: int) -> None:
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise ConfigError(f"jobs is {jobs!r}", hint="a positive whole number of processes")


class _Told:
    """Adds up what is done, and passes it on."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, bases: int) -> None:
        self._done += bases
        if self._progress is not None:
            self._progress("scan", self._done, self._total)


def _reader(tokenizer: MotifModel, genome: Genome) -> WindowReader:
    return WindowReader(genome, block=tokenizer.config.block, halo=tokenizer.config.halo)


def _open_tasks(
    reader: Iterable[Placed], journal: StoreJournal, hits: Mapping[str, MotifHits] | None, told: _Told
) -> Iterator[Task]:
    """Yield the blocks that are still to do."""
    for placed in reader:
        digest = _digest_window(placed.window)
        if journal.is_done(placed.name, placed.contig, placed.window.number, digest):
            told.add(placed.window.last - placed.window.first)
        else:
            yield Task(placed, digest, None, _hits_in(placed, hits))


def _closing_tasks(
    reader: WindowReader,
    journal: StoreJournal,
    hits: Mapping[str, MotifHits] | None,
    wanted: Mapping[tuple[int, int], tuple[int, int]],
) -> Iterator[Task]:
    """Yield once more the blocks whose neighbours were out of sight, or other than seen from within."""
    for placed in reader:
        key = placed.contig, placed.window.number
        if key in wanted:
            yield Task(placed, journal.lines[key].sequence, wanted[key], _hits_in(placed, hits))


def _unfit(journal: StoreJournal, lengths: list[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """Find the blocks that were not cut with their true neighbours; return these."""
    contigs: dict[int, list[BlockLine]] = {}
    for (number, _), line in sorted(journal.lines.items()):
        contigs.setdefault(number, []).append(line)
    wanted = {}
    for number, lines in contigs.items():
        if number < len(lengths):
            lines = [line for line in lines if line.start < lengths[number]]
            truth = true_neighbours([line.seams for line in lines], lengths[number])
            for line, both in zip(lines, truth, strict=True):
                if line.file_sha256 is None or not fits(line.seams, both, line.start):
                    wanted[number, line.block] = both
    return wanted


def _hits_in(placed: Placed, hits: Mapping[str, MotifHits] | None) -> Hits | None:
    """Return the hits that begin in a window, relative to it."""
    if hits is None:
        return None
    window = placed.window
    found = hits.get(placed.name)
    if found is None:
        rows = len(next(iter(hits.values())).offsets) if hits else 1
        return np.empty(0, dtype=np.int32), np.zeros(rows, dtype=np.int64)
    inside = (found.starts >= window.start) & (found.starts < window.stop)
    before = np.concatenate([[0], np.cumsum(inside, dtype=np.int64)])
    return (found.starts[inside] - window.start).astype(np.int32), before[found.offsets]


def _digest_window(window: Window) -> str:
    sha = hashlib.sha256(f"{window.start} {window.first} {window.last} {window.is_end}\n".encode())
    sha.update(_TABLE.take(window.codes).tobytes())
    return sha.hexdigest()


def _digest_hits(hits: Mapping[str, MotifHits]) -> str:
    sha = hashlib.sha256()
    for name in sorted(hits):
        sha.update(name.encode() + b"\n")
        sha.update(hits[name].offsets.astype("<i8").tobytes())
        sha.update(hits[name].starts.astype("<i8").tobytes())
    return sha.hexdigest()


def _perform_all(run: Run, tasks: Iterable[Task], jobs: int, client: Any) -> Iterator[tuple[BlockLine, int]]:
    """Perform tasks here, in processes or on a cluster; yield lines as they come, with the bases of each block."""
    if client is not None:
        yield from _perform_on_cluster(run, tasks, client)
        return
    if jobs == 1 or sys.platform == "emscripten":  # where there are no processes
        for task in tasks:
            yield _perform_counted(run, task)
        return
    from genotok.processes import open_pool, results_of  # late: absent in the browser, and slow to load

    with open_pool(jobs, _start, (run,)) as executor:
        yield from results_of(executor, _perform_in_worker, tasks, jobs=jobs, in_order=False)


def _perform_counted(run: Run, task: Task) -> tuple[BlockLine, int]:
    return perform(run, task), task.placed.window.last - task.placed.window.first


def _perform_on_cluster(run: Run, tasks: Iterable[Task], client: Any) -> Iterator[tuple[BlockLine, int]]:
    """Keep some tasks waiting for each worker of a Dask client; their lines come in any order."""
    coming, waiting = iter(tasks), dict[Any, None]()
    while True:
        room = _AHEAD * max(len(client.ncores()), 1) - len(waiting)
        for task in islice(coming, max(room, 0)):
            waiting[client.submit(_perform_again, run, task, pure=False)] = None
        if not waiting:
            return
        done = [future for future in waiting if future.done()]
        for future in done:
            del waiting[future]
            yield future.result()
        if not done:
            time.sleep(_POLL_SECONDS)


_run: Run | None = None  # global: the one way that a pool's tasks share what their process was given


def _start(run: Run) -> None:
    global _run  # as above
    _run = run
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, so that no half-written file stays


def _perform_again(run: Run, task: Task) -> tuple[BlockLine, int]:
    """Perform a task that brings its run; a process keeps the last one, with the plan of its search."""
    global _run  # as above
    kept = _run
    if kept is None or (kept.folder, kept.settings) != (run.folder, run.settings):
        _run = kept = run
    return _perform_counted(kept, task)


def _perform_in_worker(task: Task) -> tuple[BlockLine, int]:
    assert _run is not None, "a worker starts before its tasks"
    return _perform_counted(_run, task)
