"""What a script learns without reading: exit codes, and whether a person watches."""

from typing import TextIO

DONE = 0
BROKEN_PIPE = 0  # the reader had enough, as with `| head`
DATA_ERROR = 1
USAGE = 2
SKIPPED = 3
MISSING_EXTRA = 4
INTERRUPTED = 130
TERMINATED = 143


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a person may be reading a stream; a closed one is None."""
    return stream is not None and stream.isatty()
