"""Tasks spread over processes: each opens the universe once, and none outlives the command."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.sharedctypes import Synchronized
from types import FrameType

from genotok.cli.document import Advance
from genotok.cli.settings import Settings
from genotok.cli.tasks import Outcome, Task, perform
from genotok.errors import GenotokError
from genotok.tokenizers.interval import IntervalTokenizer

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 10  # for a worker in the middle of sorting a large file
_AHEAD = 8  # tasks handed out for each worker


class _Worker:
    """What a worker process keeps between tasks, and how it ends when told to.

    At work it unwinds at the next piece, so that no half-written file stays; idle it has nothing to clean up.
    """

    def __init__(self, settings: Settings, keep_going: bool, counters: Sequence["Synchronized[int]"]) -> None:
        self.settings, self.keep_going, self.counters = settings, keep_going, counters
        self.tokenizer: IntervalTokenizer | None = None
        self._busy = self._ending = False
        signal.signal(signal.SIGTERM, self._end)

    def perform(self, task: Task) -> Outcome:
        """Do one task."""
        if self.tokenizer is None:
            self.tokenizer, _ = self.settings.open()  # the parent has shown the warnings
        self._busy = True
        try:
            return perform(task, self.tokenizer, self.settings, self._advance, keep_going=self.keep_going)
        finally:
            self._busy = False
            if self._ending:
                os._exit(1)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True
        if not self._busy:
            os._exit(1)

    def _advance(self, *steps: int) -> None:
        if self._ending:
            sys.exit(1)
        for counter, step in zip(self.counters, steps, strict=True):
            with counter.get_lock():
                counter.value += step


_worker: _Worker | None = None  # global: the one way that a pool's tasks share what their process opened


def _start(settings: Settings, keep_going: bool, counters: Sequence["Synchronized[int]"]) -> None:
    """Prepare a process, which dies with its parent."""
    global _worker  # as above
    _worker = _Worker(settings, keep_going, counters)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _perform(task: Task) -> Outcome:
    assert _worker is not None, "a worker starts before its tasks"
    return _worker.perform(task)


@contextmanager
def perform_in_workers(
    tasks: Sequence[Task], settings: Settings, *, jobs: int, keep_going: bool, in_order: bool, advance: Advance
) -> Iterator[Iterator[Outcome]]:
    """Yield the outcomes of all tasks, in their order or as they come; on leaving early, stop the workers."""
    context = multiprocessing.get_context("spawn")
    counters = [context.Value("q", 0) for _ in range(2)]
    arguments = (settings, keep_going, counters)
    executor = ProcessPoolExecutor(min(jobs, len(tasks)), context, initializer=_start, initargs=arguments)
    seen = [0, 0]

    def show_progress() -> None:
        now = [counter.value for counter in counters]
        steps = [value - before for value, before in zip(now, seen, strict=True)]
        seen[:] = now
        advance(*steps)

    try:
        yield _outcomes(executor, tasks, jobs, in_order, show_progress)
        executor.shutdown()
    except BrokenProcessPool:
        raise GenotokError("a worker process died", hint="is there enough memory? use fewer --jobs") from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        _end_workers()


def _end_workers() -> None:
    """Stop the processes that are left, and wait until they have cleaned up."""
    left = multiprocessing.active_children()
    for process in left:
        process.terminate()
    for process in left:
        process.join(_PATIENCE_SECONDS)
        process.kill()


def _outcomes(
    executor: ProcessPoolExecutor,
    tasks: Sequence[Task],
    jobs: int,
    in_order: bool,
    show_progress: Callable[[], None],
) -> Iterator[Outcome]:
    """Keep a few tasks waiting for each worker, so that a hundred thousand inputs cost no more than ten."""
    coming = iter(tasks)
    waiting: list[Future[Outcome]] = []
    while True:
        with _interrupts_held():
            waiting += [executor.submit(_perform, task) for task in islice(coming, _AHEAD * jobs - len(waiting))]
        if not waiting:
            return
        ready, _ = wait(waiting[:1] if in_order else waiting, _POLL_SECONDS, FIRST_COMPLETED)
        show_progress()
        for future in ready:
            waiting.remove(future)
            yield future.result()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: they inherit that, so the parent alone answers and ends them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
