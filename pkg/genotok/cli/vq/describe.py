"""``genotok vq describe``: what a token stands for."""

import json

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option
from genotok.cli.vq.options import model_option


@click.command(short_help="Say what a token stands for.")
@click.argument("tokens", nargs=-1, required=True, metavar="ID|TEXT|LEVEL:CODE..")
@model_option
@click.option("--layout", type=click.Choice(["auto", "fine", "joint", "interleave"]), help="What ids mean.")
@json_option
def describe(tokens: tuple[str, ...], tokenizer: str, layout: str | None, as_json: bool) -> int:
    """Say what tokens, by id or text, stand for: letters at each place, codes above and below, usage.

    1:17 is code 17 of level 1, the coarsest, whatever the layout. The consensus names the letters of a share of 0.2 or
    more, in IUPAC's code; rank 1 is the commonest code of its level on the corpus.

    \b
    Examples:
      genotok vq describe 17
      genotok vq describe v17 1:3 -t vq-fine
      genotok vq describe 17 18 -t vq-compact --json
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.vq.describing import describe_token, render_token  # here, so that --help needs no NumPy
    from genotok.cli.vq.opening import open_tokenizer

    opened = open_tokenizer(tokenizer, **({} if layout is None else {"layout": layout}))
    found = [describe_token(opened, each) for each in tokens]
    lines = [json.dumps(found, indent=2)] if as_json else [line for each in found for line in render_token(each)]
    click.echo("\n".join(lines))
    return DONE
