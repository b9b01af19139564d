"""The Dask scheduler that a run talks to: one that is there, or one started here with workers that end with the run."""

import asyncio
import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path

from genotok.errors import GenotokError, missing_extra
from genotok.processes import interrupts_held

try:
    from dask.utils import parse_timedelta
    from distributed import Client, LocalCluster, Security
    from distributed import __version__ as _VERSION  # noqa: N812  # a constant here
    from distributed.core import rpc
    from distributed.versions import VersionMismatchWarning

    from dask import config
except ImportError:
    raise missing_extra("dask", "distributed") from None

LOCAL = "local"

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 1.0
_HINT = "give local, an address as tcp://host:8786, or the file that dask scheduler --scheduler-file wrote"


@contextmanager
def connect(address: str, workers: int, look: Callable[[], None]) -> Iterator[Client]:
    """Yield a client of the scheduler at an address, or in a scheduler file; or of ``workers`` processes started here.

    ``look`` is called while nobody answers yet; it may raise KeyboardInterrupt.
    Raises GenotokError where nobody answers, or somebody who has another version of distributed.
    """
    for logger in ("distributed", "distributed.client"):  # Dask gives the second a level of its own
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # what a user must know is raised
    if address == LOCAL:
        with _local(workers) as local, Client(local, set_as_default=False) as client:
            yield client
        return
    with _reach(address, look) as client:
        yield client


def _local(workers: int) -> LocalCluster:
    resource_tracker.ensure_running()  # now, because starting it later would let Ctrl-C through again
    with interrupts_held():
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",  # any free port; None would insist on 8787
            memory_limit=None,
            silence_logs=logging.CRITICAL,
        )


def _reach(address: str, look: Callable[[], None]) -> Client:
    """Connect to a scheduler, once it is known to have the version of distributed that is here.

    It is asked before there is a client, as one that misunderstands its scheduler would never end.
    """
    try:
        url = _address_in(Path(address)) if Path(address).is_file() else address
        theirs = _version_at(url, look)
        if theirs == _VERSION:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", VersionMismatchWarning)  # a table of packages whose objects stay here
                return Client(url, set_as_default=False)
    except (OSError, ValueError) as error:  # a timeout is an OSError, an address that can't be read a ValueError
        words = " ".join(str(error).split())
        raise GenotokError(f"no Dask scheduler answers there ({words})", where=address, hint=_HINT) from None
    what = f"the Dask scheduler has distributed {theirs}, and here it is {_VERSION}"
    raise GenotokError(what, where=address, hint="install one version everywhere")


def _address_in(file: Path) -> str:
    """Read the address from what ``dask scheduler --scheduler-file`` wrote."""
    content = json.loads(file.read_bytes())
    address = content.get("address") if isinstance(content, dict) else None
    if not isinstance(address, str):
        raise ValueError("the file names no address")
    return address


def _version_at(address: str, look: Callable[[], None]) -> str:
    """Ask a scheduler for its version; what answers, but is none, raises ValueError, and silence TimeoutError."""
    try:
        return asyncio.run(_ask_version(address, look))
    except (OSError, ValueError):
        raise
    except TypeError as error:  # TLS without certificates
        raise ValueError(str(error)) from None
    except Exception:  # bytes of another protocol read as any nonsense: a size beyond memory, a message of no kind
        raise ValueError("what answers is something else") from None


async def _ask_version(address: str, look: Callable[[], None]) -> str:
    """Ask a scheduler which distributed it has; the question is the same in all versions."""
    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        asked = asyncio.ensure_future(scheduler.versions())
        limit = parse_timedelta(config.get("distributed.comm.timeouts.connect"))
        end = time.monotonic() + limit + _GRACE_SECONDS  # connecting has that limit, but listening has none
        while not asked.done():
            look()
            await asyncio.wait([asked], timeout=_POLL_SECONDS)
            if time.monotonic() > end:
                raise TimeoutError(f"connected, but no answer after {limit:g} s")
        return str(asked.result()["packages"]["distributed"])
