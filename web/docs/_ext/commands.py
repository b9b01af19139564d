"""Help texts as reStructuredText: the examples that ``--help`` keeps line by line become blocks of code."""

import click
from sphinx.application import Sphinx

KEPT = "| "  # how sphinx-click marks a line that click keeps as it is


def as_markup(lines: list[str]) -> list[str]:
    """Give a description with its kept lines as code and every other line as plain words."""
    made: list[str] = []
    for line in lines:
        if not line.startswith(KEPT):
            made.append(line.replace("\\", "\\\\").replace("*", r"\*").replace("`", r"\`").replace("|", r"\|"))
        elif not line.startswith(f"{KEPT} "):  # not indented: the heading
            made += [line.removeprefix(KEPT), "", ".. code-block:: text", ""]
        else:
            made.append(f"   {line.removeprefix(KEPT)}")
    return made


def _rewrite(_app: Sphinx, _ctx: click.Context, lines: list[str]) -> None:
    lines[:] = as_markup(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to sphinx-click, which must be loaded before."""
    app.connect("sphinx-click-process-description", _rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
