"""``genotok completion``: the lines that make a shell complete commands, options, choices and paths."""

import os
from pathlib import PurePath

import click
from click.shell_completion import get_completion_class

from genotok.cli.codes import DONE

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print what makes a shell complete commands and options.")
@click.argument("shell", required=False, type=click.Choice(SHELLS), metavar="[bash|zsh|fish]")
def completion(shell: str | None) -> int:
    """Print the script that makes a shell complete commands, options, choices and paths; by default for $SHELL.

    Load it in the shell's start file: ~/.bashrc, ~/.zshrc, or a file in ~/.config/fish/completions.

    \b
    Examples:
      genotok completion bash >> ~/.bashrc
      source <(genotok completion bash)
      genotok completion fish > ~/.config/fish/completions/genotok.fish
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.app import genotok  # here, because that module loads this one

    chosen = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(chosen)
    if chosen not in SHELLS or kind is None:
        raise click.UsageError(f"which shell? name one of {', '.join(SHELLS)}")
    # without the class's own check of the version: it runs bash, and complains where there is none
    words = {"complete_func": "_genotok_completion", "complete_var": "_GENOTOK_COMPLETE", "prog_name": "genotok"}
    script = kind(genotok, {}, "genotok", "_GENOTOK_COMPLETE").source_template % words
    click.echo(script.strip())
    return DONE
