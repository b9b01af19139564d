"""``genotok vq decode``: tokens in, the DNA that they most likely stand for out."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places
from genotok.cli.vq.options import model_option


@click.command(short_help="Turn tokens back into DNA.")
@click.argument("path", metavar="FILE", type=click.Path())
@model_option
@click.option(
    "-o",
    "--output",
    type=click.Path(allow_dash=True, dir_okay=False),
    default="-",
    metavar="FASTA",
    help="Where it goes; default: stdout.",
)
@click.option(
    "--layout", type=click.Choice(["auto", "fine", "joint", "interleave"]), help="What the ids mean, if no file tells."
)
@click.option("--ends", type=click.Choice(["valid", "same"]), help="How they were made, if no file tells.")
@report_options
def decode(path: str, **options: Any) -> int:
    """Decode a token file that encode wrote: .jsonl, .tsv, .npz, .parquet or .gtok.

    Each document becomes a record: the most likely bases, N where no token tells. Ids that were made of the other
    strand give the bases of that strand. npz and parquet say which model, layout and ends they were made with; a file
    of another model is refused. Made with --ends same, all but gtok files tell that, and how long each document is.

    \b
    Examples:
      genotok vq encode genome.fa.gz -o tokens.npz
      genotok vq decode tokens.npz > decoded.fa
      genotok vq decode tokens.npz -o decoded.fa -q
    """  # noqa: D301  # click wants the character itself
    check_places([("FILE", path)], [("output", options["output"]), ("--report-file", options["report_file"])])
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.decoding import decode_file

    told, lines = decode_file(path, options)
    write_words(told, lines, options)
    return DONE
