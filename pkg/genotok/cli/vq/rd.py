"""``genotok vq rd``: bits that tokens spend against bases that come back."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option, plot_option, plot_places
from genotok.cli.places import check_places
from genotok.cli.vq.eval import split_names


def _parse_shapes(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> list[tuple[int, int]]:
    """Read WINDOW:CODES pairs between commas."""
    found = []
    for each in value.split(",") if value else ():
        window, _, codes = each.partition(":")
        if not (window.isdecimal() and codes.isdecimal() and 1 <= int(window) <= 10 and int(codes) >= 2):
            raise click.BadParameter(f"{each!r} is no WINDOW:CODES, as 5:64")
        found.append((int(window), int(codes)))
    return found


@click.command(short_help="Bits that tokens spend, and bases that come back.")
@click.argument("fastas", nargs=-1, required=True, metavar="FASTA..", type=click.Path())
@click.option(
    "--tokenizers",
    callback=split_names,
    default="vq-fine,vq-compact,vq-hrq",
    metavar="NAME,..",
    help="Bundled models, folders, or NAME=FOLDER.",
)
@click.option("--bases", type=click.IntRange(min=1000), default=1_000_000, metavar="N", help="Of each FASTA (1000000).")
@click.option("--held-out", is_flag=True, help="Only the last tenth of each record, which training leaves out.")
@click.option(
    "--lloyd",
    callback=_parse_shapes,
    metavar="W:K,..",
    help="K codes of disjoint windows of W bp, learnt by k-means from --corpus, as 5:64,6:512.",
)
@click.option("--corpus", type=click.Path(), metavar="FASTA", help="What --lloyd learns from; not what is measured.")
@click.option("--seed", type=int, default=0, metavar="N", help="Draws the start of --lloyd (0).")
@plot_option
@json_option
def rd(fastas: tuple[str, ...], **options: Any) -> int:
    """Measure what tokens spend and what they return: bits a base, and the share of bases that come back right.

    Beside the models stand words that are cut short, the perfect Hamming code over four letters, and the bound that no
    code can pass on uniform bases. At two bits a base the letters themselves lose nothing: such codes are marked as no
    compression.

    \b
    Examples:
      genotok vq rd genome.fa.gz --tokenizers vq-compact --bases 20000
      genotok vq rd genome.fa.gz --tokenizers mine=model --lloyd 5:16 --corpus other.fa --plot rd.svg --json
    """  # noqa: D301  # click wants the character itself
    if options["lloyd"] and options["corpus"] is None:
        raise click.UsageError("--lloyd learns from --corpus; name a FASTA that is not measured")
    read = [*(("input", each) for each in fastas), ("--corpus", options["corpus"])]
    check_places(read, plot_places(options["plot"]))
    from genotok.cli.vq.rates import measure_rates  # here, so that --help and usage errors need no NumPy

    measure_rates(fastas, options)
    return DONE
