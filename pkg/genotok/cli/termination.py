"""SIGTERM, as schedulers and containers send it, ends a command as Ctrl-C does: nothing half-written stays."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_PATIENCE_SECONDS = 5.0  # for the end of a piece of work; a read that waits for ever is then broken off


@contextmanager
def terminations_unwind() -> Iterator[Callable[[], bool]]:
    """Turn SIGTERM into what Ctrl-C does at the time, once; yield what tells whether it came."""
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield came.is_set  # signals reach the main thread only, and Windows has none that ask
        return

    def terminate(number: int, frame: FrameType | None) -> None:
        if came.is_set():
            return  # `timeout` sends two
        came.set()
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE_SECONDS)
        pressed = signal.getsignal(signal.SIGINT)
        if callable(pressed):
            pressed(number, frame)
        else:  # Ctrl-C is ignored in the background of a shell
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, terminate), signal.signal(signal.SIGALRM, _break_off)
    try:
        yield came.is_set
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGALRM, before[1])


def _break_off(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
