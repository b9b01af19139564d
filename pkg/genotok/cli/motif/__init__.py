"""``genotok motif``: DNA as tokens by the motifs in it; its commands, loaded when they are called."""

import click

from genotok.cli.app import LazyGroup

COMMANDS = (
    "fit",
    "encode",
    "info",
    "describe",
    "store",
    "scan",
    "list",
    "convert",
    "zipf",
    "coverage",
    "ids",
    "embed",
    "peaks",
    "sweep",
    "train",
    "evaluate",
    "attribute",
    "tf-auc",
    "claims",
)


@click.group(
    cls=LazyGroup,
    package="genotok.cli.motif",
    names=COMMANDS,
    invoke_without_command=True,
    short_help="Turn DNA into tokens by the motifs in it.",
)
@click.pass_context
def motif(ctx: click.Context) -> None:
    """Turn DNA into tokens by the motifs of transcription factors in it.

    DNA is cut into bins at the flanks of peaks of motif density. A bin is described by the share of each cluster of
    motifs that lies in it, and named by the set of clusters that are present. Clusters and names are learnt from a
    genome: fit does that, encode uses it.

    \b
    Examples:
      genotok motif fit genome.fa.gz -o model/ --preset strict
      genotok motif encode -t model/ genome.fa.gz -o tokens.bed
      genotok motif scan genome.fa.gz -o hits.tsv.gz
      genotok motif describe -t model/ 5
    """  # noqa: D301  # click wants the character itself
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
