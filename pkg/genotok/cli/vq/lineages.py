"""``genotok vq lineages``: do genomes of one lineage lie together in the space of codes."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option, plot_option, plot_places
from genotok.cli.places import check_places
from genotok.cli.vq.eval import split_names


@click.command(short_help="Genomes by the codes in them, against controls.")
@click.argument("fasta", metavar="FASTA", type=click.Path())
@click.option(
    "--tokenizers",
    callback=split_names,
    default="vq-fine,kmer6,kmer3,random-table",
    metavar="NAME,..",
    help="Bundled models, folders, and controls as in eval.",
)
@click.option("--bpe", type=click.Path(), metavar="FILE", help="tokenizer.json of DNABERT-2, if bpe is among them.")
@click.option(
    "--no-masked", "masked", is_flag=True, default=True, flag_value=False, help="Leave the masked control out."
)
@click.option("--seed", type=int, default=0, metavar="N", help="Of the layout (0); scores need none.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), metavar="FILE.csv", help="Write the scores there as well."
)
@plot_option
@json_option
def lineages(fasta: str, **options: Any) -> int:
    """Score how genomes of a group lie together by the codes in them, with controls beside.

    Headers are id|lineage|group. The log counts of a genome's tokens are centred and reduced to 50 components; told are
    the share of the 10 nearest genomes that are of the same group (purity, and its mean over groups), the silhouette,
    and the purity of random labels. Groups of fewer than 10 genomes are drawn grey and not scored. A picture lays the
    components out by UMAP ([eval]); scores are not of the picture. Masked: positions that more than 1 % of the genomes
    lack are taken as unknown in all.

    \b
    Examples:
      genotok vq lineages lineages.fa --tokenizers kmer6,random-table -o scores.csv
      genotok vq lineages lineages.fa --tokenizers kmer3 --no-masked --json
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    if output is not None and not output.endswith(".csv"):
        raise click.UsageError(f"--output {output} promises another format than CSV; end it in .csv")
    check_places([("input", fasta), ("--bpe", options["bpe"])], [("output", output), *plot_places(options["plot"])])
    from genotok.cli.vq.grouping import score_genomes  # here, so that --help and usage errors need no NumPy

    told, lines = score_genomes(fasta, options)
    click.echo(json.dumps(told, indent=1) if options["as_json"] else "\n".join(lines))
    return DONE
