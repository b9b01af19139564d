"""``genotok motif claims``: what the paper says of motif tokens, checked on a genome."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, motifs_option
from genotok.cli.places import check_places

_QUICK = 1_000_000


def _parse_bases(_ctx: click.Context, _parameter: click.Parameter, value: str) -> int | None:
    """Read a number of bases, or ``all``."""
    if value == "all":
        return None
    if not (value.replace("_", "").isdecimal() and int(value) > 0):
        raise click.BadParameter(f"{value!r} is neither a number of bases nor all")
    return int(value)


@click.command(short_help="Check what the paper says of motif tokens.")
@click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, exists=True),
    metavar="FOLDER",
    help="Where the genome lies.",
)
@click.option(
    "--genome",
    default="hg19_chr22_partial_N.fa.gz",
    metavar="NAME",
    help="FASTA in it (hg19_chr22_partial_N.fa.gz).",
)
@motifs_option
@click.option(
    "--bases",
    callback=_parse_bases,
    default="10000000",
    metavar="N|all",
    help="First known bases of it that are the corpus (10000000), or all of it as it is.",
)
@click.option("--quick", is_flag=True, help=f"Take {_QUICK:,} bases, for a look in a minute or two.")
@click.option(
    "--models",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE.json",
    help="Figures of trained networks, as tests/benchmarks/models.py writes them; may be repeated.",
)
@click.option(
    "-o",
    "--output",
    default="claims.md",
    type=click.Path(dir_okay=False),
    metavar="FILE.md",
    help="The page (claims.md); its numbers go to FILE.json beside.",
)
@click.option(
    "--work",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Keep corpus, bins and figures there; a later run goes on with them.",
)
@click.option("--seed", type=int, default=0, metavar="N", help="Draws bins and cuts, and the order of words (0).")
@jobs_option
def claims(**options: Any) -> int:
    """Check the claims of the paper that motif tokens come from, one by one, and write a page of verdicts.

    A genome is cut and clustered with the paper's settings, its words are counted beside words of k letters and byte
    pairs, and every claim is held against the figure by a rule that the page shows. What lacks its data is named as not
    checkable. Each step says what it took; with --work an interrupted run goes on.

    \b
    Examples:
      genotok motif claims --data . --genome genome.fa.gz --motifs motifs.npz --bases 30000
      genotok motif claims --data . --genome genome.fa.gz --quick --work kept/ -o page.md
    """  # noqa: D301  # click wants the character itself
    if not options["output"].endswith(".md"):
        raise click.UsageError(f"--output {options['output']} promises another format than Markdown; end it in .md")
    genome = Path(options["data"], options["genome"])
    if not genome.is_file():
        raise click.UsageError(f"{genome} is not there; name a FASTA in the folder, as --genome chr22.fa.gz")
    beside = str(Path(options["output"]).with_suffix(".json"))
    read = [("input", str(genome)), *(("--models", each) for each in options["models"])]
    check_places(read, [("output", options["output"]), ("its numbers", beside)])
    if options["quick"]:
        options["bases"] = _QUICK
    from genotok.cli.motif.claiming import check_claims  # here, so that --help and usage errors need no NumPy

    check_claims(genome, Path(beside), options)
    return DONE
