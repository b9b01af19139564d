"""``genotok vq``: DNA as tokens of a learned codebook; its commands, loaded when they are called."""

import click

from genotok.cli.app import LazyGroup

COMMANDS = (
    *("encode", "decode", "describe", "info", "mutations", "train", "compile", "eval", "rd", "lineages", "claims"),
    *("pretrain", "finetune", "embed"),
)


@click.group(
    cls=LazyGroup,
    package="genotok.cli.vq",
    names=COMMANDS,
    invoke_without_command=True,
    short_help="Turn DNA into tokens of a learned codebook.",
)
@click.pass_context
def vq(ctx: click.Context) -> None:
    """Turn DNA into tokens of a learned codebook, and back.

    A token names the window of bases around a place by the nearest of a few thousand learned codes. Three tokenizers
    come along: vq-fine (a token each base, in two levels, the same for both strands), vq-compact (a token each four
    bases) and vq-hrq (a network). train learns others from FASTA, in seconds and without PyTorch for windows of up to
    10 bp.

    \b
    Examples:
      genotok vq encode genome.fa.gz > tokens.jsonl
      genotok vq encode -t vq-compact genome.fa.gz -o tokens.npz
      genotok vq describe 17 -t vq-fine
      genotok vq train --fasta genome.fa.gz --levels 16,64 --window 5 -o model/
    """  # noqa: D301  # click wants the character itself
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
