"""Tasks spread over processes: each opens the universe once."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from types import FrameType

from genotok.cli.document import Advance
from genotok.cli.settings import Settings
from genotok.cli.tasks import Outcome, Task, perform
from genotok.processes import CONTEXT, open_pool, results_of
from genotok.tokenizers.interval import IntervalTokenizer


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
    global _worker  # as above
    _worker = _Worker(settings, keep_going, counters)


def _perform(task: Task) -> Outcome:
    assert _worker is not None, "a worker starts before its tasks"
    return _worker.perform(task)


@contextmanager
def perform_in_workers(
    tasks: Sequence[Task], settings: Settings, *, jobs: int, keep_going: bool, in_order: bool, advance: Advance
) -> Iterator[Iterator[Outcome]]:
    """Yield the outcomes of all tasks, in their order or as they come; on leaving early, stop the workers."""
    counters = [CONTEXT.Value("q", 0) for _ in range(2)]
    seen = [0, 0]

    def show_progress() -> None:
        now = [counter.value for counter in counters]
        steps = [value - before for value, before in zip(now, seen, strict=True)]
        seen[:] = now
        advance(*steps)

    with open_pool(min(jobs, len(tasks)), _start, (settings, keep_going, counters)) as executor:
        yield results_of(executor, _perform, tasks, jobs=jobs, in_order=in_order, show_progress=show_progress)
