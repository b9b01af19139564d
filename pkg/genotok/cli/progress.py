"""Progress for people who watch: bytes read and rows tokenized, on stderr, only if that is a terminal."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from genotok.cli.codes import is_terminal
from genotok.cli.document import Advance


@contextmanager
def show_progress(total_bytes: int, *, wanted: bool) -> Iterator[Advance]:
    """Yield what to call with (bytes, rows) done since the last call; ``total_bytes`` 0 means not known."""
    if not wanted or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        yield lambda _bytes, _rows: None
        return
    # here, because rich takes longer to load than most runs take
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TextColumn("{task.fields[rows]:,} regions"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total_bytes or None, rows=0)
        rows_done = 0

        def advance(more_bytes: int, more_rows: int) -> None:
            nonlocal rows_done
            rows_done += more_rows
            bar.update(task, advance=more_bytes, rows=rows_done)

        yield advance
