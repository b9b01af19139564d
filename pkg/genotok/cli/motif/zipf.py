"""``genotok motif zipf``: how the words follow Zipf's law, with a filter and without."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, json_option, plot_option, plot_places, tokenizer_option
from genotok.cli.places import check_places


def parse_lengths(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, ...]:
    """Read whole numbers separated by commas."""
    if not value:
        return ()
    try:
        numbers = tuple(int(each) for each in value.split(","))
    except ValueError:
        numbers = (0,)
    if min(numbers) < 1:
        raise click.BadParameter(f"{value!r} is no list of whole numbers, as 3,4,5,6")
    return numbers


@click.command(short_help="Measure rank and frequency of the words.")
@click.argument("corpus", required=False, metavar="[FASTA|DIR]", type=click.Path())
@tokenizer_option
@click.option("--min-count", type=int, metavar="N", help="The filter: least frequency. Default: 500 for 15.4 M bins.")
@click.option("--max-count", type=int, metavar="N", help="The filter: largest frequency. Default: 1000000 for as many.")
@click.option("--kmers", callback=parse_lengths, metavar="K,K", help="Words of K letters beside, and of drawn letters.")
@click.option("--bpe", callback=parse_lengths, metavar="V,V", help="Byte-pair encodings of V tokens beside ([motif]).")
@click.option("--seed", type=int, default=0, metavar="N", help="Draws letters, and the order of words for --bpe (0).")
@plot_option
@jobs_option
@json_option
def zipf(corpus: str | None, **options: Any) -> int:
    """Measure frequency over rank of the sets of motif clusters in a corpus: FASTA, or a store of the same settings.

    Every figure is told of all types and of those that a filter keeps, with and without the empty set: cutting off
    rare types alone brings r near -1, whatever the words are. Without a corpus the counts that the vocabulary keeps are
    taken, which lack the rare sets.

    \b
    Examples:
      genotok motif zipf -t paper/ bins/
      genotok motif zipf -t model/ genome.fa.gz --kmers 3,6 --plot ranks.svg
      genotok motif zipf -t model/ --json
    """  # noqa: D301  # click wants the character itself
    plot = options["plot"]
    check_places([("corpus", corpus), ("--tokenizer", options["tokenizer"])], plot_places(plot))
    if corpus is None and (options["kmers"] or options["bpe"]):
        raise click.UsageError("--kmers and --bpe are of the letters of a corpus; name a FASTA")
    from genotok.analysis.rankpicture import draw_ranks, rank_table  # here, so that --help needs no NumPy
    from genotok.analysis.zipf import zipf_table
    from genotok.cli.motif.counting import count_series
    from genotok.cli.motif.pictures import write_picture

    series = count_series(corpus, options)
    if plot is not None:
        write_picture(plot, draw_ranks(series, title="Rank and frequency"), rank_table(series))
    reports = [each.report for each in series]
    if options["as_json"]:
        click.echo(json.dumps({"corpora": [each.to_dict() for each in reports]}, indent=2))
    else:
        click.echo(zipf_table(reports))
    return DONE
