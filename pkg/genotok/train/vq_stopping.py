"""What comes from outside while a network is trained: Ctrl-C between steps, too little memory, chosen algorithms."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from genotok.errors import TrainingError
from genotok.train.libraries import load_torch
from genotok.train.vq_presets import NetworkConfig


def too_large(fault: Exception, config: NetworkConfig) -> TrainingError | None:
    """Turn the many words for too little memory into one; None for other faults."""
    return batch_too_large(fault, config.batch, f"crops of {config.crop:,} bp")


def batch_too_large(fault: Exception, batch: int, rows: str) -> TrainingError | None:
    """Do the same for a batch of any ``rows``."""
    text = str(fault)
    if isinstance(fault, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        what = f"a batch of {batch} {rows} does not fit the memory"
        return TrainingError(what, hint=f"try a batch of {max(batch // 2, 1)}")
    return None


@contextmanager
def interrupts_between_steps() -> Iterator[Callable[[], bool]]:
    """Yield what tells whether Ctrl-C was pressed, so that a step is whole; a second Ctrl-C does not wait for it."""
    pressed = False

    def press(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals reach the main thread only
        return
    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def determined(wanted: bool) -> Iterator[None]:
    """Let torch use deterministic algorithms alone."""
    torch = load_torch()
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(wanted or before)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
