"""Ctrl-C between two pieces of work rather than in the middle of opening a file."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from genotok.cli.document import Advance


@contextmanager
def interrupts_at_pieces(advance: Advance) -> Iterator[Advance]:
    """Yield an ``advance`` that raises KeyboardInterrupt once Ctrl-C was pressed; a second Ctrl-C does not wait for it.

    So files are closed and half-written ones removed, whatever the moment.
    """
    if threading.current_thread() is not threading.main_thread():
        yield advance  # signals reach the main thread only
        return
    pressed = False

    def press(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    def advance_or_stop(more_bytes: int, more_rows: int) -> None:
        advance(more_bytes, more_rows)
        if pressed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield advance_or_stop
    finally:
        signal.signal(signal.SIGINT, before)
