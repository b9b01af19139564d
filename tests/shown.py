"""Examples in Markdown, played in order: the README's and those of web/docs give what they show.

`python tests/shown.py web/docs/*.md` writes what they give now into the pages.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w[\w-]*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
PYTHON = ("pycon", "python")
WANTED = doctest.ELLIPSIS  # "..." stands for what differs from run to run
CHECKER = doctest.OutputChecker()


class _Recorder(doctest.DocTestRunner):
    """Keeps for each example what stands behind it if it is so, else what should."""

    def __init__(self) -> None:
        super().__init__(CHECKER, verbose=False, optionflags=WANTED)
        self.outputs: list[str] = []

    def report_start(self, *_: Any) -> None:
        pass

    def report_success(self, _out: Any, _test: Any, example: doctest.Example, _got: str) -> None:
        self.outputs.append(example.want)

    def report_failure(self, _out: Any, _test: Any, _example: Any, got: str) -> None:
        self.outputs.append("".join(f"{line or '<BLANKLINE>'}\n" for line in got.splitlines()))

    def report_unexpected_exception(self, _out: Any, _test: Any, _example: Any, info: Any) -> None:
        last = "".join(traceback.format_exception_only(*info[:2]))
        self.outputs.append(f"Traceback (most recent call last):\n    ...\n{last}")


def blocks(text: str) -> list[tuple[str, str]]:
    """List the fenced blocks of a page that have a language, as (language, content)."""
    return [(found[1], found[2]) for found in BLOCK.finditer(text)]


def commands(content: str) -> Iterator[tuple[str, str]]:
    """Part a console block into commands and what they print; a backslash carries a command to the next line."""
    for found in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", content, flags=re.MULTILINE):
        yield found[1], found[2]


def play(text: str, folder: Path, kinds: tuple[str, ...] = (*PYTHON, "console")) -> str:
    """Run the blocks of a page in order and give the page with what they print; equal if it shows just that.

    Python's blocks are one session, in this process; commands run in ``folder``, stdout and stderr together.
    """
    names: dict[str, Any] = {"__name__": "__main__"}

    def again(found: re.Match[str]) -> str:
        if found[1] not in kinds:
            return found[0]
        content = _python(found[2], names) if found[1] in PYTHON else _console(found[2], folder)
        return f"```{found[1]}\n{content}```"

    return BLOCK.sub(again, text)


def _python(content: str, names: dict[str, Any]) -> str:
    parser, recorder = doctest.DocTestParser(), _Recorder()
    pieces = parser.parse(content)
    test = doctest.DocTest([each for each in pieces if isinstance(each, doctest.Example)], names, "page", None, 0, None)
    test.globs = names  # the session goes on in the next block
    recorder.run(test, clear_globs=False)
    outputs = iter(recorder.outputs)
    return "".join(each if isinstance(each, str) else _prompted(each.source) + next(outputs) for each in pieces)


def _prompted(source: str) -> str:
    first, *rest = source.splitlines()
    return "".join(f"{line}\n" for line in (f">>> {first}", *(f"... {line}".rstrip() for line in rest)))


def _console(content: str, folder: Path) -> str:
    shown = []
    for command, expected in commands(content):
        done = subprocess.run(
            ["bash", "-c", f"({command}) 2>&1"], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        printed = done.stdout + "\n" * bool(done.stdout and not done.stdout.endswith("\n"))  # a page has whole lines
        shown.append(f"$ {command}\n{expected if CHECKER.check_output(expected, printed, WANTED) else printed}")
    return "".join(shown)


def furnish(folder: Path) -> Path:
    """Make a folder look like the checkout to the examples, and return where the command `genotok` lies."""
    (folder / "web").symlink_to(ROOT / "web")
    launcher = folder / "bin" / "genotok"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m genotok "$@"\n')
    launcher.chmod(0o755)
    return launcher.parent


def main(paths: list[str]) -> None:
    """Write into each page what its examples give now."""
    for path in (Path(each).resolve() for each in paths):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.environ["PATH"] = f"{furnish(folder)}:{os.environ['PATH']}"
            os.chdir(folder)
            path.write_text(play(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
            os.chdir(ROOT)


if __name__ == "__main__":
    main(sys.argv[1:])
