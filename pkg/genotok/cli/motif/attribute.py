"""``genotok motif attribute``: which motifs, or bases, a prediction rests on."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.learnoptions import attribution_options, device_option, run_argument, store_option
from genotok.cli.motif.options import json_option, plot_option, plot_places
from genotok.cli.places import check_places


@click.command(short_help="Say which motifs a prediction rests on.")
@run_argument
@click.argument("fasta", metavar="FASTA", type=click.Path())
@click.option(
    "--regions", required=True, type=click.Path(), metavar="BED", help="What to look at, a window around each."
)
@attribution_options
@click.option(
    "--baseline",
    type=click.Choice(["zeros", "around"]),
    default="zeros",
    help="For deeplift: no input (default), or the mean of windows 2,000 and 4,000 bins to both sides.",
)
@click.option("--inside", is_flag=True, help="Tell of the bins of a region alone, not of those around it too.")
@click.option(
    "--top", type=click.IntRange(min=0), default=20, metavar="N", help="The largest of each region (20); 0: all."
)
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True, dir_okay=False),
    metavar="FILE.tsv",
    help="Tab-separated, gzip if it ends in .gz; - is stdout (default).",
)
@store_option
@device_option
@plot_option
@json_option
def attribute(run: str, fasta: str, **options: Any) -> int:
    """Tell what each bin and cluster, or each base, adds to the mean prediction of a window around a region ([train]).

    A row: region, contig, start, end, what it is (cluster or base), names of its factors, its value, its attribution;
    the largest of a region first. With deeplift the attributions of a window add up to the difference of its
    prediction from that of the baseline, which is checked and told; --json tells it on stdout, the table then needs -o.

    \b
    Examples:
      genotok motif attribute run/ hg38.fa.gz --regions open.bed
      genotok motif attribute run/ hg38.fa.gz --regions open.bed --method deeplift -o why.tsv.gz
      genotok motif attribute run/ hg38.fa.gz --regions open.bed --inside --top 5 --plot why.svg -o largest.tsv
    """  # noqa: D301  # click wants the character itself
    if options["as_json"] and options["output"] == "-":
        raise click.UsageError("--json goes to stdout; send the table elsewhere, as -o why.tsv")
    read = [("run", run), ("input", fasta), ("--store", options["store"]), ("--regions", options["regions"])]
    check_places(read, [("output", options["output"]), *plot_places(options["plot"])])
    from genotok.cli.motif.attributing import attribute_run  # here, so that --help and usage errors need no NumPy

    told, lines = attribute_run(run, fasta, options)
    click.echo(json.dumps(told, indent=2) if options["as_json"] else "\n".join(lines), err=not options["as_json"])
    return DONE
