"""``genotok motif describe``: what a token stands for."""

import json
from dataclasses import asdict

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option, tokenizer_option
from genotok.cli.places import check_places


@click.command(short_help="Say what a token stands for.")
@click.argument("tokens", nargs=-1, required=True, metavar="ID|TEXT..")
@tokenizer_option
@json_option
def describe(tokens: tuple[str, ...], tokenizer: str, as_json: bool) -> int:
    """Say what tokens, by id or text, stand for: clusters, their motifs, how often they were met, and where first.

    \b
    Examples:
      genotok motif describe -t model/ 2 3
      genotok motif describe -t model/ '{}' --json
    """  # noqa: D301  # click wants the character itself
    check_places([("--tokenizer", tokenizer)], [])
    from genotok.cli.motif.describing import describe_token, render_token  # here, so that --help needs no NumPy
    from genotok.cli.motif.opening import open_tokenizer

    opened = open_tokenizer(tokenizer)
    found = [describe_token(opened, each) for each in tokens]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        click.echo("\n".join(line for each in found for line in render_token(each)))
    return DONE
