"""Manual pages: what ``--help`` says, as roff that ``man`` shows."""

import inspect
import re
from collections.abc import Iterator

import click

from genotok import __version__
from genotok.cli import codes

EXIT_STATUS = (
    (codes.DONE, "done; also if the reader of a pipe had enough"),
    (codes.DATA_ERROR, "the data, or a file, is not as it should be"),
    (codes.USAGE, "the command line makes no sense"),
    (codes.SKIPPED, "finished, but something was skipped"),
    (codes.MISSING_EXTRA, "an extra is not installed; the message has the pip command"),
    (codes.INTERRUPTED, "interrupted"),
)


def manual_pages(group: click.Group) -> dict[str, str]:
    """Render the group and each of its commands: the page's name, as ``genotok-tokenize``, and its roff."""
    found = list(_walk(group, click.Context(group, info_name=group.name)))
    names = [_page_of(ctx) for _, ctx in found]
    return {_page_of(ctx): _render(command, ctx, names, _commands(command, ctx)) for command, ctx in found}


def _walk(command: click.Command, ctx: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Yield a command and those below it."""
    yield command, ctx
    for name, each in _held(command, ctx).items():
        yield from _walk(each, click.Context(each, info_name=name, parent=ctx))


def _held(command: click.Command, ctx: click.Context) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {}
    found = ((name, command.get_command(ctx, name)) for name in command.list_commands(ctx))
    return {name: each for name, each in found if each is not None and not each.hidden}


def _commands(command: click.Command, ctx: click.Context) -> list[tuple[str, str]]:
    return [(name, each.get_short_help_str(200)) for name, each in _held(command, ctx).items()]


def _page_of(ctx: click.Context) -> str:
    return ctx.command_path.replace(" ", "-")


def _render(command: click.Command, ctx: click.Context, names: list[str], commands: list[tuple[str, str]]) -> str:
    return "\n".join(_lines(command, ctx, names, commands)) + "\n"


def _lines(
    command: click.Command, ctx: click.Context, names: list[str], commands: list[tuple[str, str]]
) -> Iterator[str]:
    page = _page_of(ctx)
    yield f'.TH "{escape(page.upper())}" "1" "" "genotok {__version__}" "genotok manual"'
    yield ".SH NAME"
    yield rf"{escape(page)} \- {escape(command.get_short_help_str(200).rstrip('.'))}"
    yield ".SH SYNOPSIS"
    yield rf"\fB{escape(ctx.command_path)}\fR {escape(' '.join(command.collect_usage_pieces(ctx)))}"
    yield ".SH DESCRIPTION"
    examples: list[str] = []
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(command.help or "")):
        lines = paragraph.split("\n")
        if lines[0] == "\b":
            examples += [line.strip() for line in lines[2:]]  # behind the sign and the heading
        elif not lines[0].startswith("Exit codes:"):
            yield from (".PP", escape(" ".join(lines)))
    if commands:
        yield ".SH COMMANDS"
        yield from (line for name, words in commands for line in _item(name, words))
    yield ".SH OPTIONS"
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
        if record is not None:
            yield from _item(*record)
    yield ".SH EXAMPLES"
    yield ".nf"
    yield from map(escape, examples)
    yield ".fi"
    yield ".SH EXIT STATUS"
    yield from (line for code, words in EXIT_STATUS for line in _item(str(code), words))
    yield ".SH SEE ALSO"
    yield ", ".join(rf"\fB{escape(name)}\fR(1)" for name in names if name != page)


def _item(term: str, words: str) -> Iterator[str]:
    yield ".TP"
    yield rf"\fB{escape(term)}\fR"
    yield escape(words)


def escape(words: str) -> str:
    r"""Let roff print words as they are: backslashes, hyphens that are typed, and signs that begin a request.

    >>> escape(r".a -b c\d")
    '\\&.a \\-b c\\ed'
    """
    safe = words.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti").replace("^", r"\(ha")
    return rf"\&{safe}" if safe.startswith((".", "'")) else safe
