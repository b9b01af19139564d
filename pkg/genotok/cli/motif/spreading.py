"""Blocks of a genome spread over a Dask cluster: a client whose workers are known to do what would be done here."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genotok.cli.scheduler import connect
from genotok.cli.versions import check_versions, versions_for
from genotok.errors import GenotokError, missing_extra

try:
    from distributed.scheduler import KilledWorker
except ImportError:
    raise missing_extra("dask", "distributed") from None


@contextmanager
def client_for(address: str, jobs: int, folder: Path) -> Iterator[Any]:
    """Yield a client of the cluster at an address, or of ``jobs`` processes for ``local``.

    Every worker that is there must have this version of genotok, and see the folder, which is made; GenotokError else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(address, jobs, lambda: None) as client, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="distributed")  # tasks of megabytes: blocks are
        _check_workers(client, folder)
        try:
            yield client
        except KilledWorker:
            what, hint = (
                "the Dask workers that were given a block died, one after the other",
                "have they enough memory?",
            )
            raise GenotokError(what, hint=hint) from None


def _check_workers(client: Any, folder: Path) -> None:
    wanted = versions_for("jsonl")
    try:
        found = client.run(_look, str(folder))
    except (ImportError, AttributeError) as error:  # AttributeError: there is a genotok, but an older one
        hint = "install the same genotok on all of them"
        raise GenotokError(f"a Dask worker lacks what it needs ({error})", hint=hint) from None
    for worker, (versions, sees) in found.items():
        where = f"the Dask worker {worker}"
        check_versions(wanted, versions, where)
        if not sees:
            hint = "give a folder on a file system that all workers share"
            raise GenotokError(f"it does not see {folder}", where=where, hint=hint)


def _look(folder: str) -> tuple[Any, bool]:
    return versions_for("jsonl"), Path(folder).is_dir()
