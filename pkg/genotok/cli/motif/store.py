"""``genotok motif store``: looking into the bins of a genome."""

import json

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option
from genotok.cli.places import check_places


@click.command(short_help="Look up bins in a store.")
@click.argument("path", metavar="DIR", type=click.Path())
@click.option("--locate", "place", required=True, metavar="CHR:START-END", help="0-based half-open, or CHR:POSITION.")
@click.option("-t", "--tokenizer", type=click.Path(), metavar="FOLDER", help="Show tokens as texts.")
@json_option
def store(path: str, place: str, tokenizer: str | None, as_json: bool) -> int:
    """Show the bins of a store that overlap a place: contig, start, end, number, id, text; JSON has their counts, too.

    \b
    Examples:
      genotok motif store bins/ --locate chrA:1000-1100
      genotok motif store bins/ --locate chrA:1000 -t paper/ --json
    """  # noqa: D301  # click wants the character itself
    check_places([("store", path), ("--tokenizer", tokenizer)], [])
    from genotok.cli.motif.describing import locate, render_place  # here, so that --help needs no NumPy
    from genotok.cli.motif.opening import open_tokenizer
    from genotok.io.tokenstore import open_store

    found = locate(open_store(path), place)
    opened = None if tokenizer is None else open_tokenizer(tokenizer)
    if as_json:
        for each in found["bins"]:
            each["counts"] = {str(column): number for column, number in each["counts"].items()}
            if opened is not None:
                names = opened.features
                each["counts"] = {names[int(column)]: number for column, number in each["counts"].items()}
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo("\n".join(render_place(found, opened)))
    return DONE
