"""Processes that share the work: started together, fed a little ahead, and none outlives the command."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from genotok.errors import GenotokError

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 10  # for a worker in the middle of sorting a large file
_AHEAD = 8  # tasks handed out for each worker

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

CONTEXT = multiprocessing.get_context("spawn")


@contextmanager
def open_pool(
    workers: int, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """Start a pool of spawned processes that die with this one; on leaving early, stop them."""
    executor = ProcessPoolExecutor(workers, CONTEXT, initializer=_start, initargs=(initializer, initargs))
    try:
        yield executor
        executor.shutdown()
    except BrokenProcessPool:
        raise GenotokError("a worker process died", hint="is there enough memory? use fewer --jobs") from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        _end_workers()


def _start(initializer: Callable[..., None] | None, initargs: tuple[Any, ...]) -> None:
    """Prepare a process, which dies with its parent."""
    if initializer is not None:
        initializer(*initargs)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _end_workers() -> None:
    """Stop the processes that are left, and wait until they have cleaned up."""
    left = multiprocessing.active_children()
    for process in left:
        process.terminate()
    for process in left:
        process.join(_PATIENCE_SECONDS)
        process.kill()


def results_of(
    executor: ProcessPoolExecutor,
    work: Callable[[_Task], _Result],
    tasks: Iterable[_Task],
    *,
    jobs: int,
    in_order: bool,
    show_progress: Callable[[], None] = lambda: None,
) -> Iterator[_Result]:
    """Keep a few tasks waiting for each worker, so that a hundred thousand inputs cost no more than ten."""
    coming = iter(tasks)
    waiting: list[Future[_Result]] = []
    while True:
        with interrupts_held():
            waiting += [executor.submit(work, task) for task in islice(coming, _AHEAD * jobs - len(waiting))]
        if not waiting:
            return
        ready, _ = wait(waiting[:1] if in_order else waiting, _POLL_SECONDS, FIRST_COMPLETED)
        show_progress()
        for future in ready:
            waiting.remove(future)
            yield future.result()


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: they inherit that, so the parent alone answers and ends them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
