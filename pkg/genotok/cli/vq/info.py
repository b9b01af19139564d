"""``genotok vq info``: what a learned tokenizer is, what it was made of, and how fast it is here."""

import json

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option


@click.command(short_help="Describe a tokenizer: card, digests, speed.")
@click.argument("model", metavar="[MODEL]", default="vq-fine")
@click.option("--bench", is_flag=True, help="Measure how fast it encodes here: 4 Mb drawn, the median of 5.")
@json_option
def info(model: str, bench: bool, as_json: bool) -> int:
    """Describe a tokenizer of the wheel, a folder, or a repository.

    Shows what its tokens are, the card of its training with what was measured, and digests by which two of them can be
    told apart.

    \b
    Examples:
      genotok vq info
      genotok vq info vq-compact --bench
      genotok vq info model/ --json
    """  # noqa: D301  # click wants the character itself
    from genotok.cli.vq.describing import describe_model, render_model  # here, so that --help needs no NumPy

    found = describe_model(model, bench=bench)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(render_model(found)))
    return DONE
