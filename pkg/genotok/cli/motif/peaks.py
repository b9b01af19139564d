"""``genotok motif peaks``: peaks of a track, on bins."""

import json
from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.motif.trackoptions import track_options
from genotok.cli.places import check_places

_SETTINGS = ("sigma", "noise_percentile", "height", "distance", "prominence", "max_width")


@click.command(short_help="Call the peaks of a track.")
@click.argument("track", metavar="TRACK", type=click.Path())
@track_options
@click.option("--sigma", type=float, metavar="BINS", help="Smoothing (1).")
@click.option("--noise-percentile", type=float, metavar="P", help="This percentile of a contig is its noise (75).")
@click.option("--height", type=float, help="Least height above the noise (0.7).")
@click.option("--distance", type=int, metavar="BINS", help="Of two peaks closer than this the higher one counts (10).")
@click.option("--prominence", type=float, help="By how much a peak stands out, at least (0.5).")
@click.option("--max-width", type=float, metavar="BINS", help="Widest peak, at half its prominence (40).")
@click.option(
    "--evaluation", is_flag=True, help="The settings with which the paper's code evaluates, not its defaults."
)
@click.option("--truth", type=click.Path(), metavar="BED", help="Compare with these peaks.")
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True, dir_okay=False),
    help="BED3, gzip if it ends in .gz.",
)
@report_options
def peaks(track: str, **options: Any) -> int:
    """Call the peaks of a track, bedGraph or bigWig, on bins; contig by contig, each with its own noise.

    With --truth the report says how well bins and peaks agree.

    \b
    Examples:
      genotok motif peaks signal.bedGraph.gz > peaks.bed
      genotok motif peaks signal.bedGraph.gz --truth regions.bed --height 1.5 --report json -o called.bed
      genotok motif peaks signal.bedGraph.gz --store bins/ -o called.bed.gz
    """  # noqa: D301  # click wants the character itself
    read = [("track", track), *((f"--{each.replace('_', '-')}", options[each]) for each in ("truth", "store"))]
    written = [("output", options["output"]), ("--report-file", options["report_file"])]
    check_places([*read, ("--chrom-sizes", options["chrom_sizes"])], written)
    import numpy as np  # here, so that --help and usage errors need no NumPy

    from genotok.analysis.metrics import binary_metrics
    from genotok.analysis.peakcalling import EVALUATION, PeakConfig, call_peaks
    from genotok.cli.motif.binning import open_binned, read_truth
    from genotok.cli.motif.words import write_words
    from genotok.cli.report import count
    from genotok.cli.targets import Target, open_sink
    from genotok.io.bed import write_rows
    from genotok.kernels.peakcalls import runs_of_flags
    from genotok.values.regions import Regions

    base = (EVALUATION if options["evaluation"] else PeakConfig()).to_dict()
    config = PeakConfig.from_dict(base | {name: options[name] for name in _SETTINGS if options[name] is not None})
    notes: list[str] = []
    contigs = open_binned(track, options, notes)
    flags = None if options["truth"] is None else read_truth(options["truth"], contigs, notes)
    called = [call_peaks(each.values, config) for each in contigs]
    runs = [runs_of_flags(each) for each in called]
    found = Regions.from_tuples(
        (each.name, int(each.boundaries[start]), int(each.boundaries[end]))
        for each, spans in zip(contigs, runs, strict=True)
        for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)
    )
    target = (
        Target("stdout", None, "bed") if options["output"] == "-" else Target("file", Path(options["output"]), "bed")
    )
    with open_sink(target) as sink:
        write_rows(sink, found, packed=options["output"].endswith(".gz"))
    told: dict[str, Any] = {"track": track, "settings": config.to_dict(), "contigs": len(contigs), "peaks": len(found)}
    told["notes"] = notes
    told["bins"] = sum(len(each.values) for each in contigs)
    lines = [f"{count(len(found), 'peak')} on {count(told['bins'], 'bin')} of {count(len(contigs), 'contig')}"]
    lines += [f"note: {each}" for each in notes]
    if flags is not None:
        scores = np.concatenate([each.values for each in contigs])
        metrics = binary_metrics(flags, np.concatenate(called), scores=scores).to_dict()
        told["metrics"] = metrics
        names = ("f1", "recall", "precision", "mcc", "auroc", "average_precision", "peak_recall", "peak_precision")
        shown = (f"{name} {'-' if metrics[name] is None else format(metrics[name], '.3f')}" for name in names)
        lines.append("against " + options["truth"] + ": " + ", ".join(shown))
    write_words(json.loads(json.dumps(told)), [*lines, f"written to {target.label}"], options)
    return DONE
