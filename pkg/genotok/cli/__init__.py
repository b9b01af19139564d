"""The terminal's front: argv in, data to stdout, words to stderr, an exit code out."""

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command ``genotok`` and leave the process with its exit code."""
    try:
        from genotok.cli.app import run  # here, because workers import this package and need no click
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        print("error: the command line needs click; pip install click rich", file=sys.stderr)
        sys.exit(4)
    sys.exit(run(argv))
