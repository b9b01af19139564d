"""``genotok motif evaluate``: how well a trained network predicts a signal."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.learnoptions import device_option, parse_names, run_argument, store_option, track_option
from genotok.cli.motif.options import json_option, plot_option, plot_places
from genotok.cli.places import check_places


@click.command(short_help="Judge a trained network.")
@run_argument
@click.argument("fasta", metavar="FASTA", type=click.Path())
@track_option(required=True)
@click.option(
    "--contigs", multiple=True, callback=parse_names, metavar="NAME,..", help="Predict these; default: the run's test."
)
@store_option
@click.option("--controls", is_flag=True, help="Fit the ridges that need no network beside, to the run's own contigs.")
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False),
    metavar="FILE.bedGraph",
    help="Write the first track as it is predicted, gzip if it ends in .gz.",
)
@device_option
@plot_option
@json_option
def evaluate(run: str, fasta: str, **options: Any) -> int:
    """Predict contigs by the best epoch of a run, and compare with a signal ([train]).

    Correlations are those of windows and of all bins, on the network's own bins and on even ones of 16 bp, where
    networks on tokens and on bases meet; peaks are called on truth and prediction with the settings of the paper's
    evaluation, and compared bin by bin and peak by peak.

    \b
    Examples:
      genotok motif evaluate run/ hg38.fa.gz --track atac.bdg.gz
      genotok motif evaluate run/ hg38.fa.gz --track atac.bdg.gz --contigs chr15 --predictions said.bedGraph.gz
      genotok motif evaluate run/ hg38.fa.gz --track atac.bdg.gz --controls --plot tracks.svg --json
    """  # noqa: D301  # click wants the character itself
    read = [("run", run), ("input", fasta), ("--store", options["store"])]
    written = [("--predictions", options["predictions"]), *plot_places(options["plot"])]
    check_places([*read, *(("--track", each) for each in options["tracks"])], written)
    from genotok.cli.motif.evaluating import evaluate_run  # here, so that --help and usage errors need no NumPy

    told, lines = evaluate_run(run, fasta, options)
    click.echo(json.dumps(told, indent=2) if options["as_json"] else "\n".join(lines))
    return DONE
