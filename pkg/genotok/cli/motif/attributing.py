"""The work of ``genotok motif attribute``: windows around regions, their attributions, and the largest of them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from genotok.analysis.attributionpicture import Why, attribution_table, draw_attributions
from genotok.cli.motif.asking import AskedRun, check_track, open_run
from genotok.cli.motif.learndata import open_data, plain, wanted_contigs
from genotok.cli.motif.pictures import write_picture
from genotok.cli.motif.progress import Progress, show_phases
from genotok.cli.report import count
from genotok.errors import ConfigError
from genotok.io.bed import read_bed
from genotok.io.sinks import atomic_write, open_packed
from genotok.train.attribution import Attribution, baseline_of, deeplift, input_x_gradient
from genotok.train.contigs import Contig
from genotok.train.dataset import WindowDataset
from genotok.train.loci import Loci
from genotok.train.locus_scores import units_of
from genotok.train.models import BASES_A_UNIT
from genotok.train.windows import windows_over
from genotok.values.regions import Regions

_HEAD = "region\tcontig\tstart\tend\tfeature\tnames\tvalue\tattribution\n"
_LETTERS = "ACGT"
_NAMES = 4  # of factors told of a cluster


class Window(NamedTuple):
    """Attributions (L, C) and raw inputs (L, C) of a window, where its rows begin and end, and what it predicts."""

    region: int
    contig: Contig
    edges: NDArray[np.int64]
    rows: slice
    raw: NDArray[np.float32]
    values: NDArray[np.float32]
    prediction: float
    baseline: float | None
    error: float | None


def attribute_run(folder: str, fasta: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Attribute the predictions of windows; return what was done as plain values and as lines."""
    run = open_run(folder, device=options["device"])
    track = check_track(run, options["track"])
    if options["baseline"] == "around" and options["method"] != "deeplift":
        raise click.UsageError("--baseline is what deeplift compares with; add --method deeplift")
    regions = read_bed(options["regions"])
    words = _words_of(run)
    told: list[dict[str, Any]] = []
    whys: list[Why] = []
    with ExitStack() as stack:
        progress = stack.enter_context(show_phases(wanted=options["output"] != "-"))
        words_for = {"store": options["store"], "progress": progress}
        data = stack.enter_context(open_data(fasta, run.tokenizer, [], **words_for))
        names = wanted_contigs(data, dict.fromkeys(_contigs_of(regions)))
        contigs = data.contigs(names, onehot=run.is_onehot)
        sink = _open_table(stack, options["output"])
        sink.write(_HEAD.encode())
        for window in attribute_regions(run, contigs, regions, options, track, progress):
            why = _largest(window, words, options)
            sink.writelines(line.encode() for line in _table(window.region, why))
            whys.append(why)
            told.append(
                {
                    "region": window.region,
                    "contig": window.contig.name,
                    "start": int(window.edges[0]),
                    "end": int(window.edges[-1]),
                    "prediction": window.prediction,
                    "baseline": window.baseline,
                    "error": window.error,
                }
            )
    if options["plot"] is not None:
        title = f"What the predictions of {count(len(whys), 'region')} rest on"
        write_picture(options["plot"], draw_attributions(whys, title=title), attribution_table(whys))
    wrong = sum(each["error"] is not None and each["error"] > 1e-3 for each in told)
    lines = [f"{count(len(told), 'window')}, {options['method']}"]
    if options["method"] == "deeplift":
        lines.append(
            f"attributions add up to the difference from the baseline in {len(told) - wrong:,} of {len(told):,}"
        )
    lines += [] if options["output"] == "-" else [f"written to {options['output']}"]
    return plain({"run": folder, "method": options["method"], "baseline": options["baseline"], "windows": told}), lines


def _contigs_of(regions: Regions) -> Iterator[str]:
    for code in regions.codes.tolist():
        yield regions.chrom_names[code]


def loci_of(regions: Regions) -> Loci:
    """Return regions as places of no factor."""
    n = len(regions)
    return Loci(tuple(_contigs_of(regions)), regions.starts, regions.ends, ("",) * n, np.zeros(n, dtype=np.bool_))


def attribute_regions(
    run: AskedRun,
    contigs: Sequence[Contig],
    regions: Regions,
    options: Mapping[str, Any],
    track: int,
    progress: Progress,
) -> Iterator[Window]:
    """Yield the window around each region, in their order."""
    loci, numbers = loci_of(regions), {each.name: at for at, each in enumerate(contigs)}
    spans = [(numbers[name], *units_of(loci, row, contigs[numbers[name]])) for row, name in enumerate(loci.contigs)]
    windows = windows_over(spans, [len(each) for each in contigs], run.inputs.windows)
    dataset = WindowDataset(contigs, windows, length=run.inputs.windows.length, scaling=run.inputs.scaling)
    rows_a_unit = BASES_A_UNIT if run.is_onehot else 1
    for first in range(0, len(dataset), options["batch"]):
        some = range(first, min(first + options["batch"], len(dataset)))
        found = attribute_windows(run, dataset, some, options, track)
        for at, index in enumerate(some):
            contig, (_, low, high) = contigs[int(windows.contigs[index])], spans[index]
            start = int(windows.starts[index])
            held = min(len(contig) - start, dataset.length)
            edges = _edges(contig, start, held, by_base=run.is_onehot)
            inside = slice(max(low - start, 0) * rows_a_unit, max(high - start, 0) * rows_a_unit)
            rows = inside if options["inside"] else slice(0, len(edges) - 1)
            raw = contig.inputs(start, dataset.length)
            against = None if found.baselines is None else float(found.baselines[at])
            error = None if found.baselines is None else float(found.errors[at])
            yield Window(index, contig, edges, rows, raw, found.values[at], float(found.targets[at]), against, error)
        progress("attribute", some[-1] + 1, len(dataset))


def attribute_windows(
    run: AskedRun, dataset: WindowDataset, indices: Sequence[int], options: Mapping[str, Any], track: int
) -> Attribution:
    """Attribute the predictions of some windows of a dataset."""
    items = [dataset[index] for index in indices]
    inputs, starts = (np.stack([each[name] for each in items]) for name in ("inputs", "starts"))
    words = {"crop": run.inputs.windows.crop, "track": track, "device": options["device"]}
    if options["method"] == "gradient":
        return input_x_gradient(run.model, inputs, starts, **words)
    if run.config.body == "transformer":
        raise ConfigError("DeepLIFT has no rule for attention", hint="--method gradient takes any network")
    baseline = None
    if options["baseline"] == "around":
        baseline = np.stack([baseline_of(dataset, index) for index in indices])
    return deeplift(run.model, inputs, baseline, **words)


def _edges(contig: Contig, start: int, units: int, *, by_base: bool) -> NDArray[np.int64]:
    edges = contig.boundaries[start : start + units + 1]
    return np.arange(edges[0], edges[-1] + 1, dtype=np.int64) if by_base else edges


def _words_of(run: AskedRun) -> list[tuple[str, str]]:
    """Return text and factors of each column of the inputs."""
    if run.is_onehot:
        return [(letter, "") for letter in _LETTERS]
    clusters = run.tokenizer.clusters
    names = dict(zip(run.tokenizer.motifs.ids, run.tokenizer.motifs.names, strict=True))
    texts, found = run.tokenizer.features, []
    for column, text in enumerate(clusters.cluster_texts):
        factors = list(
            dict.fromkeys(names.get(texts[at][:-1], texts[at][:-1]) for at in clusters.members(column).tolist())
        )
        more = f", {len(factors) - _NAMES} more" if len(factors) > _NAMES else ""
        found.append((text, ", ".join(factors[:_NAMES]) + more))
    return found


def _largest(window: Window, words: Sequence[tuple[str, str]], options: Mapping[str, Any]) -> Why:
    """Return the largest attributions of a window, by their size; equal ones by place."""
    values = window.values[window.rows.start : window.rows.stop]
    flat = np.abs(values).ravel()
    wanted = options["top"] or len(flat)
    order = np.argsort(-flat, kind="stable")[:wanted]
    order = order[flat[order] > 0]
    rows, columns = (each.tolist() for each in np.unravel_index(order, values.shape))
    marks = []
    for row, column in zip(rows, columns, strict=True):
        at = row + window.rows.start
        place = (int(window.edges[at]), int(window.edges[at + 1]))
        marks.append((*place, *words[column], float(window.raw[at, column]), float(window.values[at, column])))
    return Why(window.contig.name, int(window.edges[0]), int(window.edges[-1]), tuple(marks))


def _table(region: int, why: Why) -> Iterator[str]:
    for start, end, text, names, value, attribution in why.marks:
        yield f"{region}\t{why.contig}\t{start}\t{end}\t{text}\t{names}\t{value:.6g}\t{attribution:.6g}\n"


def _open_table(stack: ExitStack, path: str) -> BinaryIO:
    if path == "-":
        return sys.stdout.buffer
    return stack.enter_context(open_packed(stack.enter_context(atomic_write(path)), packed=path.endswith(".gz")))
