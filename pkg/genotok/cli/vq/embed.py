"""``genotok vq embed``: a vector for each sequence, by a pretrained model."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places

_ENDINGS = (".npz", ".parquet")  # as export.vectors, which would load NumPy for --help


@click.command(short_help="Embed sequences by a pretrained model.")
@click.argument("source", metavar="FASTA|CSV|-", type=click.Path(allow_dash=True))
@click.option("--model", required=True, type=click.Path(), metavar="DIR", help="What pretrain or finetune wrote.")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False), metavar="FILE.npz|FILE.parquet", help="Vectors."
)
@click.option("--batch", type=click.IntRange(min=1), metavar="N", help="Pieces at once (16,384 tokens of them).")
@click.option("--device", default="auto", metavar="auto|cpu|cuda", help="Where the model reads (auto).")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Of PyTorch on the processor.")
@report_options
def embed(source: str, **options: Any) -> int:
    """Embed sequences: the mean of what a pretrained model makes of their tokens ([pretrain]).

    A sequence that is longer than the model reads at once is cut into even pieces, and the mean is over all of its
    tokens; unknown ones are left out, and a sequence without tokens is 0. npz has names, vectors float32 (n, D) and
    tokens (n,); parquet ([arrow]) has id, vector and tokens. Of a model that finetune wrote there are shares of its
    classes too. A CSV file of the columns sequence and label (gzipped or
    not) gives names 0, 1, .. and its labels too; everything else is FASTA.

    \b
    Examples:
      genotok vq embed genome.fa.gz --model bert/ -o vectors.npz
      genotok vq embed train.csv --model bert/ -o vectors.parquet
      cat more.fa | genotok vq embed - --model bert/ -o more.npz -q
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    if Path(output).suffix.lower() not in _ENDINGS:
        raise click.UsageError(f"--output {output} promises another format; end it in .npz or .parquet")
    read = [("input", source), ("--model", options["model"])]
    check_places(read, [("output", output), ("--report-file", options["report_file"])])
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.vectors import embed_source

    told, lines = embed_source(source, options)
    write_words(told, lines, options)
    return DONE
