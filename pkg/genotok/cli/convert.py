"""``genotok convert``: a token file in another format."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.places import check_places
from genotok.cli.tokenize import FORMATS
from genotok.io.remote import is_url


@click.command()
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("output", metavar="OUT", type=click.Path(allow_dash=True))
@click.option(
    "-u",
    "--universe",
    type=click.Path(),
    metavar="UNIVERSE|FOLDER|REPO",
    help="What made the ids; checked where IN says so.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Of OUT. Default: by its name's ending.")
@click.option("--rows/--no-rows", default=None, help="Keep the regions' rows. Default: if IN has them.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def convert(source: str, output: str, universe: str | None, format_: Any, rows: bool | None, quiet: bool) -> int:
    """Convert a token file between jsonl, tsv, bed, parquet, npz and gtok; IN may be a URL.

    The universe is needed for bed, whose lines hold the tokens' texts, and for tsv where IN does not tell the regions:
    each token is then a line, with its own region. npz and parquet files name their universe:
    another one is refused.

    \b
    Examples:
      genotok convert peaks.npz peaks.jsonl
      genotok convert peaks.gtok peaks.tsv -u universe.bed.gz
      genotok convert peaks.tsv - --format gtok > peaks.gtok
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.conversion import convert_tokens  # here, so that --help needs no NumPy
    from genotok.cli.holding import held
    from genotok.cli.report import say
    from genotok.cli.targets import choose_target

    check_places([("input", source), ("universe", universe)], [("output", output)])
    if source == "-":
        raise click.UsageError("standard input has no name whose ending tells its format; name the file")
    if not (is_url(source) or Path(source).exists()):
        raise click.UsageError(f"File {source!r} does not exist")
    target = choose_target(output, format_)
    if target.kind == "folder":
        raise click.UsageError(f"{output!r} is no file; end it in the format's name, as {output.rstrip('/')}.jsonl")
    with held(source) as place:
        words = convert_tokens(place, source, target, universe, rows=rows)
    if not quiet:
        say(words)
    return DONE
