"""``genotok motif tf-auc``: whether attributions tell where transcription factors are bound."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.learnoptions import attribution_options, device_option, run_argument, store_option
from genotok.cli.motif.options import json_option, plot_option, plot_places
from genotok.cli.places import check_places


@click.command(short_help="Tell bound from unbound loci by attributions.")
@run_argument
@click.argument("fasta", metavar="FASTA", type=click.Path())
@click.option(
    "--loci",
    required=True,
    type=click.Path(),
    metavar="TABLE",
    help="Lines of contig, start, end, factor, bound or unbound, tab-separated.",
)
@attribution_options
@click.option("--draws", type=click.IntRange(min=0), default=1000, metavar="N", help="Of the bootstrap (1000).")
@click.option("--seed", type=int, default=0, metavar="N", help="Of the bootstrap (0).")
@click.option(
    "--scores", type=click.Path(dir_okay=False), metavar="FILE.tsv", help="Write the three scores of each locus."
)
@store_option
@device_option
@plot_option
@json_option
def tf_auc(run: str, fasta: str, **options: Any) -> int:
    """Measure, factor by factor, how well attributions tell bound loci from others: areas under ROC curves ([train]).

    The score of a locus is the largest attribution in it of a cluster that holds a motif of the factor; of a network on
    letters, how well attributions fit a motif of the factor at the best place. Two controls that ask no network stand
    beside, always: the best score of a motif, and the value of the tokens. Intervals hold 95 % of a bootstrap.

    \b
    Examples:
      genotok motif tf-auc run/ hg38.fa.gz --loci loci.tsv
      genotok motif tf-auc run/ hg38.fa.gz --loci loci.tsv --method deeplift --plot auc.svg --scores scores.tsv --json
    """  # noqa: D301  # click wants the character itself
    read = [("run", run), ("input", fasta), ("--store", options["store"]), ("--loci", options["loci"])]
    check_places(read, [("--scores", options["scores"]), *plot_places(options["plot"])])
    from genotok.cli.motif.benchmarking import benchmark_run  # here, so that --help and usage errors need no NumPy

    told, lines = benchmark_run(run, fasta, options)
    click.echo(json.dumps(told, indent=2) if options["as_json"] else "\n".join(lines))
    return DONE
