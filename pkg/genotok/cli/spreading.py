"""How many processes a run is worth: starting them takes as long as reading tens of megabytes."""

from collections.abc import Sequence
from pathlib import Path

from genotok.cli.inputs import Input

WORTH_BYTES = 2**25  # what one process tokenizes while two others start, open the universe and catch up
_OWN = ("/dev/", "/proc/")  # /dev/fd/63, as a shell names <(..), is this process's alone
_UNPACKED = 4  # bytes of text in a byte of gzip


def processes_for(inputs: Sequence[Input], jobs: int, universe: str = "") -> int:
    """Return ``jobs``, at most one for each input; 1 where others would come too late, or can't read what is read.

    An input whose size is not known, as that of a URL or a pipe, counts as large.
    """
    wanted = min(jobs, len(inputs))
    if wanted < 2 or _is_pipe(universe) or any(each.is_stdin or each.path.startswith(_OWN) for each in inputs):
        return 1
    return wanted if _has_much(inputs) else 1


def _is_pipe(path: str) -> bool:
    """Tell what gives its bytes once, so that every process can't open it."""
    return Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir())


def _has_much(inputs: Sequence[Input]) -> bool:
    total = 0
    for each in inputs:
        if each.is_url or not Path(each.place).is_file():
            return True
        total += each.size * (_UNPACKED if each.path.endswith((".gz", ".bgz")) else 1)
        if total >= WORTH_BYTES:
            return True
    return False
