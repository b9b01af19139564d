"""Tasks spread over a Dask cluster: its workers read inputs and write outputs, here the account is kept.

Every worker gets the tokenizer itself, as a plugin that reaches those too who join later; so a universe need not lie
where workers find it. Inputs that are no URLs, and the outputs, must lie on a file system that all of them share.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from genotok.cli.document import Advance
from genotok.cli.patience import WorkerWatch
from genotok.cli.scheduler import connect
from genotok.cli.settings import Settings
from genotok.cli.tasks import Outcome, Task, perform
from genotok.cli.versions import check_versions, versions_for
from genotok.errors import GenotokError, MissingExtraError, missing_extra
from genotok.tokenizers.interval import IntervalTokenizer

try:
    from distributed import Client, Future, WorkerPlugin, get_worker
    from distributed.scheduler import KilledWorker
except ImportError:
    raise missing_extra("dask", "distributed") from None

_POLL_SECONDS = 0.1
_NEWS_SECONDS = 0.5  # between a task's words about how far it is
_FETCH_SECONDS = 5  # for an outcome, which is small
_AHEAD = 1024  # tasks that the scheduler knows of at once


@dataclass(frozen=True)
class Cluster:
    """Which cluster a run is given: the ``address`` of a scheduler, its file, or ``local`` for ``workers`` processes.

    ``witness`` is a file or folder of this run, beside its outputs: a worker that does not see it writes elsewhere.
    ``say`` gets words for people who wait.
    """

    address: str
    workers: int
    witness: Path
    say: Callable[[str], None]


class _StoppedError(Exception):
    """Unwinds a task whose run is over, so that no half-written file stays."""


class Bench(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """What a worker holds for one run: the tokenizer, the settings, and where to tell how far it is."""

    def __init__(self, name: str, tokenizer: IntervalTokenizer, settings: Settings, witness: Path) -> None:
        self.name, self._tokenizer, self._settings, self._witness = name, tokenizer, settings, witness
        self._versions = versions_for(settings.format)
        self._stopped = False

    def teardown(self, worker: Any) -> None:  # noqa: ARG002  # the signature is distributed's
        """Stop the tasks of this run at their next piece."""
        self._stopped = True

    def perform(self, task: Task, tell: Callable[[int, int], None]) -> Outcome:
        """Do one task; an error becomes part of the outcome, as what a task raises would be logged by its worker."""
        self._check_place()
        news = _News(tell)

        def advance(more_bytes: int, more_rows: int) -> None:
            if self._stopped:
                raise _StoppedError
            news.add(more_bytes, more_rows)

        try:
            outcome = perform(task, self._tokenizer, self._settings, advance, keep_going=True)
        except MissingExtraError as error:
            raise MissingExtraError(error.what, where=_here(), hint=error.hint) from None
        news.send()
        return outcome

    def _check_place(self) -> None:
        """Refuse work whose output nobody would find, or that another version would do differently."""
        check_versions(self._versions, versions_for(self._settings.format), _here())
        if not self._witness.exists():
            what = f"it does not see {self._witness}"
            raise GenotokError(
                what, where=_here(), hint="give an output folder on a file system that all workers share"
            )


class _News:
    """Gathers a task's steps, so that the scheduler hears of them now and then."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._steps = [0, 0]
        self._last = time.monotonic()

    def add(self, *steps: int) -> None:
        """Count bytes and rows."""
        self._steps = [before + more for before, more in zip(self._steps, steps, strict=True)]
        if time.monotonic() - self._last > _NEWS_SECONDS:
            self.send()

    def send(self) -> None:
        """Tell what was not told yet."""
        self._tell(*self._steps)
        self._steps, self._last = [0, 0], time.monotonic()


def _here() -> str:
    return f"the Dask worker {get_worker().address}"


def _perform(name: str, task: Task) -> Outcome:
    worker = get_worker()
    bench: Bench = worker.plugins[name]
    return bench.perform(task, lambda *steps: worker.log_event(name, steps))


@contextmanager
def perform_on_cluster(
    tasks: Sequence[Task],
    settings: Settings,
    tokenizer: IntervalTokenizer,
    cluster: Cluster,
    *,
    keep_going: bool,
    in_order: bool,
    advance: Advance,
) -> Iterator[Iterator[Outcome]]:
    """Yield the outcomes of all tasks, in their order or as they come; on leaving early, stop what still runs."""
    name = f"genotok-{uuid4().hex}"
    here = os.getcwd()  # noqa: PTH109  # as text
    with (
        connect(cluster.address, cluster.workers, lambda: advance(0, 0)) as client,
        _news_of(client, name, advance) as show_progress,
        _bench_of(client, Bench(name, tokenizer, settings, cluster.witness.absolute())),
    ):
        watch = WorkerWatch(client, cluster.address, cluster.say)
        yield _outcomes_of(client, name, tasks, here, in_order, show_progress, keep_going, watch)


@contextmanager
def _bench_of(client: Client, bench: Bench) -> Iterator[None]:
    try:
        client.register_plugin(bench, name=bench.name)
    except (ImportError, AttributeError) as error:  # AttributeError: there is a genotok, but an older one
        raise _lacking(error) from None
    try:
        yield
    finally:
        if client.status == "running":
            with suppress(OSError):  # the scheduler is lost, and its workers end with it
                client.unregister_worker_plugin(bench.name)


def _lacking(error: Exception) -> GenotokError:
    hint = "install the same genotok on all of them"
    return GenotokError(f"a Dask worker lacks what it needs ({error})", hint=hint)


@contextmanager
def _news_of(client: Client, name: str, advance: Advance) -> Iterator[Callable[[], None]]:
    """Yield what hands on, in this thread, how far the workers said they are."""
    news: SimpleQueue[tuple[int, int]] = SimpleQueue()
    client.subscribe_topic(name, lambda event: news.put(event[1]))

    def show_progress() -> None:
        advance(0, 0)  # which looks for Ctrl-C
        while not news.empty():
            advance(*news.get())

    yield show_progress
    client.unsubscribe_topic(name)


def _outcomes_of(
    client: Client,
    name: str,
    tasks: Sequence[Task],
    here: str,
    in_order: bool,
    show_progress: Callable[[], None],
    keep_going: bool,
    watch: WorkerWatch,
) -> Iterator[Outcome]:
    """Hand the tasks out, some ahead, and yield the outcomes; those that must wait for their turn are held."""
    coming = iter(enumerate(tasks))
    ended: SimpleQueue[int] = SimpleQueue()
    running: dict[int, Future] = {}
    held: dict[int, Outcome] = {}
    turn = 0
    while True:
        for number, task in islice(coming, max(_AHEAD - len(running) - len(held), 0)):
            away = replace(task, source=task.source.anchored(here), output=task.output.absolute())
            running[number] = client.submit(_perform, name, away, key=f"{name}-{number}", pure=False)
            running[number].add_done_callback(lambda _, number=number: ended.put(number))
        if not running and not held:
            return
        try:
            number = ended.get(timeout=_POLL_SECONDS)
        except Empty:
            show_progress()
            watch.look()
            continue
        show_progress()
        found = _result_of(running[number], tasks[number])
        if found is None:
            running[number].add_done_callback(lambda _, number=number: ended.put(number))
            watch.look()
            continue
        watch.note_work()
        del running[number]
        outcome = replace(found, task=tasks[number])
        if outcome.error is not None and not keep_going:
            raise outcome.error
        held[number] = outcome
        while held and (not in_order or turn in held):
            yield held.pop(turn if in_order else number)
            turn += 1


def _result_of(future: Future, task: Task) -> Outcome | None:
    """Fetch an outcome; None if it went with its worker, so that another one does the task again."""
    try:
        outcome: Outcome = future.result(timeout=_FETCH_SECONDS)
    except TimeoutError:
        return None
    except KilledWorker:
        what = "the Dask workers that were given it died, one after the other"
        return Outcome(task, error=GenotokError(what, path=task.source.label, hint="have they enough memory?"))
    except (OSError, GenotokError):
        raise
    except ImportError as error:
        raise _lacking(error) from None
    except Exception as error:
        if future.status in ("cancelled", "lost"):
            raise GenotokError("the Dask scheduler was lost", hint="see its log") from None
        raise error
    return outcome
