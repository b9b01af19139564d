"""``genotok motif ids``: how features depend on each other, and the clusters that other distances would make."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, json_option, plot_option, plot_places, tokenizer_option
from genotok.cli.places import check_places


@click.command(short_help="Show how motifs depend on each other.")
@click.argument("corpus", required=False, metavar="[FASTA|DIR]", type=click.Path())
@tokenizer_option
@click.option("--top", type=click.IntRange(min=0), default=20, metavar="N", help="Strongest pairs that are told (20).")
@click.option(
    "--linkage", type=click.Choice(["single", "average"]), help="How clusters grow. Default: the tokenizer's."
)
@plot_option
@jobs_option
@json_option
def ids(corpus: str | None, **options: Any) -> int:
    """Show the inter-dependence scores of features: the strongest pairs, and clusters by distance.

    A score is the highest correlation, from 0 to 1, of any of six functions of two features over bins. Without a corpus
    the scores are those that fit saved with --save-ids; with one, FASTA or a store, they are measured anew on the
    sample that the tokenizer's settings draw.

    \b
    Examples:
      genotok motif ids -t paper/ bins/
      genotok motif ids -t paper/ bins/ --top 5 --plot dependence.svg --json
    """  # noqa: D301  # click wants the character itself
    check_places([("corpus", corpus), ("--tokenizer", options["tokenizer"])], plot_places(options["plot"]))
    from genotok.cli.motif.dependence import tell_dependence  # here, so that --help and usage errors need no NumPy

    told, lines = tell_dependence(corpus, options)
    click.echo(json.dumps(told, indent=2) if options["as_json"] else "\n".join(lines))
    return DONE
