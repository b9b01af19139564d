"""``genotok vq compile``: a network of a short span as a table."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places


@click.command(short_help="Write a network of a short span down as a table.")
@click.argument("model", metavar="MODEL")
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False), metavar="DIR", help="The folder of the table."
)
@click.option(
    "--check", "checked", type=click.Path(), metavar="FASTA", help="Hold both to each other there; default: 1 Mb drawn."
)
@report_options
def compile_(model: str, **options: Any) -> int:
    """Write the codes of all windows of a network down, so that encoding is looking up.

    For networks that see at most 10 bp, as those that are trained with --blocks 0. Codes are found in float64, then
    held to those of the network. The table reads whole windows: at the ends of a sequence, and around unknown bases,
    it has no tokens, or unknown ones.

    \b
    Examples:
      genotok vq compile network/ -o compiled/
      genotok vq compile network/ -o compiled/ --check genome.fa.gz
    """  # noqa: D301  # click wants the character itself
    read = [("MODEL", str(Path(model, "model.npz"))), ("--check", options["checked"])]
    check_places(read, [("output", options["output"]), ("--report-file", options["report_file"])])
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.compiling import compile_folder

    told, lines = compile_folder(model, options)
    write_words(told, lines, options)
    return DONE
