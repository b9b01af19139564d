"""``genotok motif info``: what a fitted tokenizer, a store of bins or a motif file holds."""

import json

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option
from genotok.cli.places import check_places


@click.command(short_help="Describe a tokenizer, a store of bins or a motif file.")
@click.argument("path", metavar="PATH", type=click.Path())
@json_option
def info(path: str, as_json: bool) -> int:
    """Describe a folder that fit wrote, a store of bins, or a file of motifs.

    Shows settings, counts, clusters, and how the words of the vocabulary follow Zipf's law.

    \b
    Examples:
      genotok motif info model/
      genotok motif info bins/ --json
    """  # noqa: D301  # click wants the character itself
    check_places([("path", path)], [])
    from genotok.cli.motif.describing import describe_path, render_path  # here, so that --help needs no NumPy

    found = describe_path(path)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(render_path(found)))
    return DONE
