"""``genotok motif train``: a network that predicts a signal from motif tokens, or from bases."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.learnoptions import (
    device_option,
    network_options,
    parse_names,
    schedule_options,
    store_option,
    track_option,
    window_options,
)
from genotok.cli.motif.options import report_options, tokenizer_option
from genotok.cli.places import check_places

STATE = "train.json"  # as train.checkpoints, which --help must not load


@click.command(short_help="Train a network on a signal.")
@click.argument("fasta", metavar="FASTA", type=click.Path())
@tokenizer_option
@track_option(required=True)
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False), metavar="RUN", help="The folder of the run."
)
@click.option("--val", multiple=True, callback=parse_names, metavar="NAME,..", help="Contigs to choose by (chr15).")
@click.option("--test", multiple=True, callback=parse_names, metavar="NAME,..", help="Contigs to test with (chr10).")
@click.option(
    "--exclude", multiple=True, callback=parse_names, metavar="NAME,..", help="Contigs left out (chrX, chrY, chrM)."
)
@store_option
@window_options
@network_options
@click.option(
    "--scaling",
    type=click.Choice(["paper", "training"]),
    default="paper",
    help="Of tokens: (value - 0.03) * 3 (default), or mean 0 and variance 1 over the bins to train on.",
)
@click.option("--noise", type=float, default=0.0, metavar="N", help="On tokens, sd 0.4 N (0).")
@schedule_options
@device_option
@click.option(
    "--no-controls", is_flag=True, help="Leave out what needs no network: ridges on tokens, k-mers and composition."
)
@click.option("--resume", is_flag=True, help="Go on after the last whole epoch of an earlier run in the folder.")
@report_options
def train(fasta: str, **options: Any) -> int:
    """Train a network to predict a signal of each bin: the mean of log(1 + value) over its bases ([train]).

    The best epoch, by the mean correlation of windows of the contigs in --val, is kept and judged on those in --test,
    beside ridge regressions that need no network. The folder holds the weights, the tokenizer, metrics.jsonl (a line an
    epoch), curve.svg with its numbers in curve.tsv, and report.json. A run that was stopped, by Ctrl-C too, goes on
    with --resume, to the weights that it would have had; evaluate and attribute can ask it as it is.

    \b
    Examples:
      genotok motif train -t model/ hg38.fa.gz --track atac.bdg.gz -o run/ --length 100 --scale 32 --epochs 2
      genotok motif train -t model/ hg38.fa.gz --track atac.bdg.gz -o b/ --input onehot --length 60 --scale 8 --epochs 1
    """  # noqa: D301  # click wants the character itself
    read = [("input", fasta), ("--tokenizer", options["tokenizer"]), ("--store", options["store"])]
    written = [("output", options["output"]), ("--report-file", options["report_file"])]
    check_places([*read, *(("--track", each) for each in options["tracks"])], written)
    if not options["resume"] and Path(options["output"], STATE).exists():
        raise click.UsageError(f"{options['output']} holds an earlier run; add --resume, or name another folder")
    from genotok.cli.motif.training import train_run  # here, so that --help and usage errors need no NumPy
    from genotok.cli.motif.words import write_words

    told, lines = train_run(fasta, options)
    write_words(told, lines, options)
    return DONE
