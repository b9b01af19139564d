"""``genotok man``: the manual, shown, printed or written to a folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from genotok.cli.codes import DONE, is_terminal


def _complete_command(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[Any]:
    from genotok.cli.app import COMMANDS  # here, because that module loads this one
    from genotok.cli.motif import COMMANDS as MOTIF_COMMANDS
    from genotok.cli.vq import COMMANDS as VQ_COMMANDS

    groups = {(): COMMANDS, ("motif",): MOTIF_COMMANDS, ("vq",): VQ_COMMANDS}
    names = groups.get(ctx.params.get("command") or (), ())
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command(short_help="Show a command's manual page.")
@click.argument("command", nargs=-1, shell_complete=_complete_command)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    help="Write all pages there, as genotok-tokenize.1, for man to find.",
)
def man(command: tuple[str, ...], output: str | None) -> int:
    """Show a command's manual page, or that of genotok itself.

    On a terminal it opens in man; elsewhere its roff is printed.

    \b
    Examples:
      genotok man tokenize
      genotok man motif scan
      genotok man universe > genotok-universe.1
      genotok man -o ~/.local/share/man/man1
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.app import genotok  # here, as above
    from genotok.cli.manual import manual_pages

    pages = manual_pages(genotok)
    if output is not None:
        _write(pages, Path(output))
        return DONE
    name = "-".join(["genotok", *command])
    if name not in pages:
        known = ", ".join(page.removeprefix("genotok-") for page in pages if page != "genotok")
        raise click.UsageError(f"there is no command {' '.join(command)!r}; there are {known}")
    viewer = shutil.which("man") if is_terminal(sys.stdout) and os.name == "posix" else None
    if viewer is None:
        click.echo(pages[name], nl=False)
        return DONE
    subprocess.run([viewer, "-l", "-"], input=pages[name].encode(), check=False)  # noqa: S603  # the system's own viewer
    return DONE


def _write(pages: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (folder / f"{name}.1").write_text(page, encoding="utf-8")
    click.echo(f"{len(pages)} pages in {folder}", err=True)
