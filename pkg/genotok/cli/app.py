"""The command ``genotok``: its commands, loaded when they are called, and how every failure ends."""

import builtins
import os
import re
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from genotok import __version__
from genotok.cli.codes import BROKEN_PIPE, DATA_ERROR, INTERRUPTED, MISSING_EXTRA, TERMINATED, USAGE
from genotok.cli.termination import terminations_unwind
from genotok.errors import GenotokError, MissingExtraError

COMMANDS = (
    "tokenize",
    "fragments",
    "anndata",
    "universe",
    "info",
    "convert",
    "motif",
    "vq",
    "serve",
    "doctor",
    "man",
    "completion",
)


class _StoppedError(Exception):
    """Carries what stopped a command past click, which would turn a broken pipe into exit code 1."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for; the module and the command share a name.

    A command that is called as a builtin is has an underscore behind the name of its function: ``list_``; a hyphen
    in its name is an underscore there.
    """

    def __init__(self, *args: Any, package: str, names: Sequence[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._package, self._names = package, tuple(names)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of their use."""
        return list(self._names)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self._names:
            return None
        module = cmd_name.replace("-", "_")
        function = f"{module}_" if hasattr(builtins, module) else module
        command: click.Command = getattr(import_module(f"{self._package}.{module}"), function)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, _StoppedError):
            raise
        except BaseException as error:  # every other end is told by `_end`
            raise _StoppedError(error) from error


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # here, as it takes longer to load than click
        from platform import python_version

        click.echo(f"genotok {__version__} (NumPy {version('numpy')}, Python {python_version()})")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    package="genotok.cli",
    names=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show versions and exit.",
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show a traceback with an error; in any place.")
def genotok() -> None:
    """Turn genomic intervals, or DNA, into tokens.

    A universe is a BED file whose rows are the vocabulary: the id of a region is its place in the file. Tokenizing a
    BED file lists, for each of its regions, the ids of the universe regions that it overlaps. DNA becomes tokens by the
    motifs of transcription factors in it, see genotok motif, or by a learned codebook, see genotok vq.

    \b
    Examples:
      genotok tokenize -u universe.bed.gz peaks.bed > peaks.jsonl
      genotok tokenize -u universe.bed.gz -o tokens/ --format gtok --jobs 4 data/*.bed.gz
      genotok fragments -u universe.bed.gz fragments.tsv.gz -o cells.parquet
      genotok universe data/*.bed.gz -o consensus.bed.gz
      genotok info universe.bed.gz
      genotok convert peaks.npz peaks.tsv -u universe.bed.gz
      genotok motif fit genome.fa.gz -o model/ --preset strict
      genotok serve

    Exit codes: 0 done, 1 data error, 2 usage, 3 finished but something was skipped, 4 missing extra, 130 interrupted,
    143 terminated.
    """  # noqa: D301  # click wants the character itself


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error ends as one line on stderr."""
    args = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in args
    args = [each for each in args if each != "--debug"] if debug else args  # so that it works in any place
    with terminations_unwind() as is_terminated:
        try:
            code = genotok.main(args or ["--help"], prog_name="genotok", standalone_mode=False)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BaseException as error:  # the process ends here whatever happened; each kind has its own code
            _forget_stdout()
            error = error.error if isinstance(error, _StoppedError) else error
            return _end(error, debug=debug, terminated=is_terminated())
    return code if isinstance(code, int) else 0


_WORDS = "engine|invalid|preset|unknown|unmatched|versions|weight"
_ARGUMENTS = re.compile(rf"\b({_WORDS})='(\w+)'")  # as hints spell them for Python
_FLAGS = {"end_inclusive=True": "--end-inclusive", "cpg=False": "--no-cpg"}  # likewise


def _end(error: BaseException, *, debug: bool, terminated: bool) -> int:
    """Say what went wrong, in one line, and return the exit code."""
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    if isinstance(error, (KeyboardInterrupt, click.exceptions.Abort)):
        _say("; ".join(["terminated" if terminated else "interrupted", *_notes(error)]))
        return TERMINATED if terminated else INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0
    if debug:
        traceback.print_exception(error)
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "genotok"
        _say(f"error: {error.format_message().rstrip('.')}; see {command} --help")
        return USAGE
    _say(f"error: {describe_error(error)}")
    return MISSING_EXTRA if isinstance(error, MissingExtraError) else DATA_ERROR


def describe_error(error: BaseException) -> str:
    """Render an error as ``where: what; hint`` in one line."""
    if isinstance(error, OSError) and not isinstance(error, GenotokError) and error.strerror:
        text = f"{error.filename or '<stdout>'}: {error.strerror}"
    elif isinstance(error, (GenotokError, OSError, click.ClickException)):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "not enough memory; use fewer --jobs, or leave --sort out"
    else:
        text = f"{type(error).__name__}: {error}; this is a fault of genotok, run again with --debug and report it"
    return " ".join(spell_options("; ".join([text, *_notes(error)])).split())


def spell_options(text: str) -> str:
    """Write what a hint says of arguments in Python as options of the command line."""
    for argument, flag in _FLAGS.items():
        text = text.replace(argument, flag)
    return _ARGUMENTS.sub(r"--\1 \2", text)


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def _say(text: str) -> None:
    with suppress(OSError):  # stderr may be gone; the exit code still speaks
        click.echo(text, err=True)


def _forget_stdout() -> None:
    """Point a stdout that takes no more elsewhere, so that the interpreter's last flush does not fail again."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
