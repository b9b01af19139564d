"""``genotok vq claims``: what the paper says of learned tokens, held against results of the other commands."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.places import check_places

_FILES = click.Path(exists=True, dir_okay=False)


@click.command(short_help="Check what the paper says of learned tokens.")
@click.option(
    "--eval", "evaluations", multiple=True, type=_FILES, metavar="FILE.json", help="What eval --json printed."
)
@click.option("--rd", "rates", multiple=True, type=_FILES, metavar="FILE.json", help="What rd --json printed.")
@click.option("--lineages", multiple=True, type=_FILES, metavar="FILE.json", help="What lineages --json printed.")
@click.option(
    "-o",
    "--output",
    default="claims.md",
    type=click.Path(dir_okay=False),
    metavar="FILE.md",
    help="The page (claims.md); its numbers go to FILE.json beside.",
)
def claims(**options: Any) -> int:
    """Check the claims of the paper that learned tokens come from, one by one, and write a page of verdicts.

    Every claim is held against figures by a rule that the page shows. Figures come from the other commands' JSON, each
    option of which may be repeated: of a figure that stands in several the first counts. What lacks its figures is
    named as not checkable.

    \b
    Examples:
      genotok vq claims -o claims.md
      genotok vq claims --eval eval.json --lineages lineages.json -o page.md
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    if not output.endswith(".md"):
        raise click.UsageError(f"--output {output} promises another format than Markdown; end it in .md")
    beside = str(Path(output).with_suffix(".json"))
    names = {"--eval": "evaluations", "--rd": "rates", "--lineages": "lineages"}
    read = [(role, path) for role, name in names.items() for path in options[name]]
    check_places(read, [("output", output), ("its numbers", beside)])
    from genotok.cli.vq.claiming import check_claims  # here, so that --help and usage errors need no NumPy

    check_claims(options)
    return DONE
