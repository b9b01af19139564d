"""The work of ``genotok motif tf-auc``: three scores of each locus, and the areas that they make of each factor."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.areapicture import area_table, draw_areas
from genotok.analysis.tables import decimals, text_table
from genotok.cli.motif.asking import AskedRun, check_track, open_run
from genotok.cli.motif.learndata import Data, open_data, wanted_contigs
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import show_phases
from genotok.cli.report import count
from genotok.errors import ConfigError
from genotok.io.sinks import atomic_write
from genotok.train.attribution import deeplift, input_x_gradient
from genotok.train.loci import Loci, read_loci
from genotok.train.locus_scores import best_pwm, columns_of_factor, score_bases, score_tokens, value_of_tokens
from genotok.train.tf_benchmark import tf_auc

KINDS = ("attribution", "best_pwm", "token_value")
_COLUMNS = ("factor", "bound", "unbound", "no score", *(each.replace("_", " ") for each in KINDS))

Scores = dict[str, NDArray[np.float64]]


def benchmark_run(folder: str, fasta: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Score loci by a run; return the areas as plain values and as lines."""
    run = open_run(folder, device=options["device"])
    track = check_track(run, options["track"])
    if options["method"] == "deeplift" and run.config.body == "transformer":
        raise ConfigError("DeepLIFT has no rule for attention", hint="--method gradient takes any network")
    loci = read_loci(options["loci"])
    with (
        show_phases(wanted=True) as progress,
        open_data(fasta, run.tokenizer, [], store=options["store"], progress=progress) as data,
    ):
        names = wanted_contigs(data, dict.fromkeys(loci.contigs))
        scores = score_loci(run, data, loci, names, options, track)
    if options["scores"] is not None:
        with atomic_write(options["scores"]) as sink:
            sink.writelines(f"{line}\n".encode() for line in _score_lines(loci, scores))
    rows = tf_auc(**scores, loci=loci, draws=options["draws"], seed=options["seed"])
    told = [each.to_dict() for each in rows]
    if options["plot"] is not None:
        title = f"Bound or not, by {options['method']} of {run.config.input}"
        write_picture(options["plot"], draw_areas(told, title=title), area_table(told))
    lines = text_table(_COLUMNS, (_cells(each) for each in told), texts=1).splitlines()
    lines.append(f"{count(len(told), 'factor')}; {_mean_line(told)}")
    used = {"run": folder, "method": options["method"], "draws": options["draws"], "seed": options["seed"]}
    return used | {"loci": len(loci), "factors": told}, lines


def score_loci(
    run: AskedRun, data: Data, loci: Loci, names: Sequence[str], options: Mapping[str, Any], track: int
) -> Scores:
    """Return what attributions, motifs and tokens say of each locus."""
    motifs, length = run.tokenizer.motifs, run.inputs.windows.length
    columns = {factor: columns_of_factor(factor, motifs, run.tokenizer.labels) for factor in set(loci.factors)}
    tokens = {each.name: each for each in data.tokens(names)}
    words = {"crop": run.inputs.windows.crop, "track": track, "device": options["device"]}
    done = 0

    def attribute(inputs: NDArray[np.float32], starts: NDArray[np.float32]) -> NDArray[Any]:
        nonlocal done
        found = (
            deeplift(run.model, inputs, **words)
            if options["method"] == "deeplift"
            else input_x_gradient(run.model, inputs, starts, **words)
        )
        done += len(inputs)
        data.progress("attribute", done, len(loci))
        return found.values

    shared: dict[str, Any] = {"length": length, "batch": options["batch"]}
    if run.is_onehot:
        bases = {each.name: each for each in data.bases(names)}
        attribution = score_bases(loci, bases, motifs, attribute, **shared)
    else:
        attribution = score_tokens(loci, tokens, columns, attribute, scaling=run.inputs.scaling, **shared)
    letters = dict(zip(names, data.codes(names), strict=True))
    return {
        "attribution": attribution,
        "best_pwm": best_pwm(loci, letters, motifs),
        "token_value": value_of_tokens(loci, tokens, columns),
    }


def _score_lines(loci: Loci, scores: Scores) -> Iterator[str]:
    yield "\t".join(("contig", "start", "end", "factor", "kind", *KINDS))
    for row in range(len(loci)):
        values = (scores[kind][row] for kind in KINDS)
        cells = ("NA" if np.isnan(value) else f"{value:.8g}" for value in values)
        kind = "bound" if loci.is_bound[row] else "unbound"
        place = (loci.contigs[row], str(loci.starts[row]), str(loci.ends[row]), loci.factors[row], kind)
        yield "\t".join((*place, *cells))


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (f"{row[each]:,}" for each in ("bound", "unbound", "unscored"))
    return (row["factor"], *numbers, *(_area(row[kind]) for kind in KINDS))


def _area(area: Mapping[str, float | None]) -> str:
    if area["auc"] is None:
        return "-"
    interval = "" if area["low"] is None or area["high"] is None else f" {area['low']:.3f}-{area['high']:.3f}"
    return f"{area['auc']:.3f}{interval}"


def _mean_line(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say the mean area of each kind, over the factors that have one."""
    parts = []
    for kind in KINDS:
        known = [row[kind]["auc"] for row in rows if row[kind]["auc"] is not None]
        mean = decimals(sum(known) / len(known)) if known else "-"
        parts.append(f"{kind.replace('_', ' ')} {mean}")
    return f"mean area: {', '.join(parts)}"
