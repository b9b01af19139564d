"""Progress for people who watch: the phases of a run over a genome, on stderr, only if that is a terminal."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from genotok.cli.codes import is_terminal

Progress = Callable[[str, int, int], None]  # phase, done, in all (0 if that is not known)


@contextmanager
def show_phases(*, wanted: bool) -> Iterator[Progress]:
    """Yield what to call with a phase, what is done of it, and how much there is."""
    if not wanted or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield lambda _phase, _done, _total: None
        return
    # here, because rich takes long to load
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<12}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def advance(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(phase, total=total or None)
            bar.update(tasks[phase], completed=done, total=total or None)

        yield advance
