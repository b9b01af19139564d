"""``genotok motif sweep``: which settings of the peak caller find known peaks best."""

import json
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import json_option
from genotok.cli.motif.trackoptions import track_options
from genotok.cli.places import check_places

_COLUMNS = ("sigma", "noise_percentile", "height", "distance", "prominence", "max_width")
_METRICS = ("f1", "recall", "precision", "mcc", "peak_recall", "peak_precision")


def _parse_grid(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, list[float]]:
    """Read ``setting=value,value``, once for each setting."""
    grid: dict[str, list[float]] = {}
    for each in values:
        name, sign, texts = each.partition("=")
        name = name.replace("-", "_")
        try:
            numbers = [int(text) if name == "distance" else float(text) for text in texts.split(",")]
        except ValueError:
            numbers = []
        if not sign or name not in _COLUMNS or not numbers:
            raise click.BadParameter(f"{each!r} is not as height=0.5,1; settings: {', '.join(_COLUMNS)}")
        grid[name] = list(numbers)
    return grid


@click.command(short_help="Find the best settings of the peak caller.")
@click.argument("track", metavar="TRACK", type=click.Path())
@click.option("--truth", required=True, type=click.Path(), metavar="BED", help="The peaks that are known.")
@track_options
@click.option(
    "--grid",
    multiple=True,
    callback=_parse_grid,
    metavar="NAME=V,V",
    help="Try these values of a setting, not the usual.",
)
@click.option(
    "--aim", type=click.Choice(["f1", "recall", "mcc"]), default="f1", help="What the best has most of (f1 of bins)."
)
@json_option
def sweep(track: str, truth: str, grid: dict[str, list[float]], aim: str, as_json: bool, **options: Any) -> int:
    """Call peaks with every combination of settings, 288 by default, and compare each with known peaks.

    A tab-separated table of all combinations, the best first in a line on stderr. Contigs are laid end to end.

    \b
    Examples:
      genotok motif sweep signal.bedGraph.gz --truth regions.bed | head -n 3
      genotok motif sweep signal.bedGraph.gz --truth regions.bed --grid sigma=1,2 --grid height=0.5,1 --aim mcc --json
    """  # noqa: D301  # click wants the character itself
    read = [("track", track), ("--truth", truth), ("--store", options["store"])]
    check_places([*read, ("--chrom-sizes", options["chrom_sizes"])], [])
    import numpy as np  # here, so that --help and usage errors need no NumPy

    from genotok.analysis.peakcalling import PeakGrid, sweep_peaks
    from genotok.cli.motif.binning import open_binned, read_truth

    notes: list[str] = []
    contigs = open_binned(track, options, notes)
    flags = read_truth(truth, contigs, notes)
    for each in notes:
        click.echo(f"note: {each}", err=True)
    values = np.concatenate([each.values for each in contigs])
    found = sweep_peaks(values, flags, PeakGrid(**grid), aim=aim)  # type: ignore[arg-type]  # one of the choices
    told = found.to_dict()
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return DONE
    lines = ["\t".join((*_COLUMNS, *_METRICS))]
    for row in told["rows"]:
        numbers = ["NA" if row[name] is None else f"{row[name]:.4f}" for name in _METRICS]
        lines.append("\t".join([*(f"{row[name]:g}" for name in _COLUMNS), *numbers]))
    best = ", ".join(f"{name} {value:g}" for name, value in told["best"].items())
    click.echo(f"best {aim}: {best}", err=True)
    click.echo("\n".join(lines))
    return DONE
