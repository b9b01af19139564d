"""``genotok info``: what a universe, a saved folder or a token file holds."""

import json

import click

from genotok.cli.codes import DONE
from genotok.cli.places import check_places


@click.command(short_help="Describe a universe, a saved folder or a token file.")
@click.argument("path", metavar="PATH", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(path: str, as_json: bool) -> int:
    """Describe a universe (BED), a saved folder, a settings file or a token file, here or behind a URL.

    Shows counts, the digest, chromosomes, repeated rows, special tokens and width quantiles; of a token file its
    documents and what it says of its universe.

    \b
    Examples:
      genotok info universe.bed.gz
      genotok info --json tokens.npz
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.description import describe, render_description  # here, so that --help needs no NumPy

    check_places([("path", path)], [])
    if path == "-":
        raise click.UsageError("standard input has no name whose ending tells what it holds; name the file")
    found = describe(path)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(render_description(found)))
    return DONE
