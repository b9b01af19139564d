"""``genotok vq mutations``: what substitutions of a genome do to its tokens."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places
from genotok.cli.vq.options import config_options, model_option


@click.command(short_help="List the codes that substitutions change.")
@click.argument("reference", metavar="REFERENCE", type=click.Path())
@click.argument("genomes", nargs=-1, required=True, metavar="FASTA|CHANGE..", type=click.Path())
@model_option
@config_options
@click.option(
    "-o",
    "--output",
    type=click.Path(allow_dash=True, dir_okay=False),
    default="-",
    metavar="FILE.tsv",
    help="Where the table goes; default: stdout.",
)
@report_options
def mutations(reference: str, genomes: tuple[str, ...], **options: Any) -> int:
    """List, for each substitution against a reference, the codes that change in each level.

    Substitutions are given, as C241T, counted from 1, or found by walking along each genome of a FASTA file beside the
    reference; gaps are stepped over and counted, unknown bases are no difference. Each is made in the reference alone.
    Columns: genome, change, level (1 the coarsest), how many codes of it change, the old and the new ones.

    \b
    Examples:
      genotok vq mutations reference.fa C241T A1403G
      genotok vq mutations reference.fa variants.fa -t vq-compact -o changes.tsv
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.vq.mutating import list_changes, read_change  # here, so that --help needs no NumPy

    files = [each for each in genomes if read_change(each) is None]
    read = [("REFERENCE", reference), *(("input", each) for each in files)]
    check_places(read, [("output", options["output"]), ("--report-file", options["report_file"])])
    from genotok.cli.motif.words import write_words  # here, as above

    told, lines = list_changes(reference, genomes, options)
    write_words(told, lines, options)
    return DONE
