"""Exit codes: what a script learns without reading."""

DONE = 0
BROKEN_PIPE = 0  # the reader had enough, as with `| head`
DATA_ERROR = 1
USAGE = 2
SKIPPED = 3
MISSING_EXTRA = 4
INTERRUPTED = 130
