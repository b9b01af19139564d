"""How long a run waits for workers of a Dask cluster: it says that there are none, and in the end gives up."""

import time
from collections.abc import Callable
from contextlib import suppress

from genotok.errors import GenotokError, missing_extra

try:
    from dask.utils import parse_timedelta
    from distributed import Client

    from dask import config
except ImportError:
    raise missing_extra("dask", "distributed") from None

_KEY = "genotok.workers-timeout"  # in Dask's configuration; so DASK_GENOTOK__WORKERS_TIMEOUT in the environment
_DEFAULT = "10 minutes"
_ASK_SECONDS = 2.0  # between two questions to the scheduler, asked only while no task ends
_SAY_SECONDS = 10.0


class WorkerWatch:
    """Asks a scheduler now and then if it has workers; ``say`` gets a line for people when there are none."""

    def __init__(self, client: Client, address: str, say: Callable[[str], None]) -> None:
        self._client, self._address, self._say = client, address, say
        self._limit = workers_timeout()
        self._seen = self._asked = time.monotonic()
        self._said = False

    def note_work(self) -> None:
        """Call this when a task has ended, which some worker must have done."""
        self._seen = time.monotonic()

    def look(self) -> None:
        """Call this while nothing happens; raises GenotokError after the whole time without any worker."""
        now = time.monotonic()
        if now - self._asked < min(_ASK_SECONDS, self._limit / 4):
            return
        self._asked = now
        if self._has_workers():
            if self._said:
                self._say("there are workers again")
            self._seen, self._said = now, False
            return
        waited = now - self._seen
        if waited > min(_SAY_SECONDS, self._limit / 2) and not self._said:
            self._said = True
            self._say(f"{self._address}: the Dask cluster has no workers; waiting {_words(self._limit)} for some")
        elif waited > self._limit:
            what = f"the Dask cluster has had no worker for {_words(self._limit)}"
            hint = "start some, as with dask worker, and run this again; DASK_GENOTOK__WORKERS_TIMEOUT=2h waits longer"
            raise GenotokError(what, where=self._address, hint=hint)

    def _has_workers(self) -> bool:
        """Ask; a scheduler that does not answer is told by the futures, which are then lost."""
        with suppress(OSError):
            return self._client.status != "running" or bool(self._client.nthreads())
        return True


def workers_timeout() -> float:
    """Return the seconds that Dask's configuration grants; GenotokError for what is no time."""
    chosen = config.get(_KEY, _DEFAULT)
    try:
        seconds = float(parse_timedelta(chosen, default="seconds"))
    except (ValueError, KeyError, TypeError, AttributeError):
        seconds = 0.0
    if seconds > 0:
        return seconds
    raise GenotokError(f"{_KEY} is {chosen!r} in Dask's configuration", hint="write a time, as 30min or 2h")


def _words(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds > 60 else f"{seconds:g} s"
