"""The account of ``genotok universe``: what was covered, what was chosen, and how the inputs fare with it."""

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import click
import numpy as np

from genotok import __version__
from genotok.analysis.assessment import FAR, Fit
from genotok.cli.consensus import Consensus
from genotok.cli.description import entry, quantiles_of, render_quantiles
from genotok.cli.report import count, describe_skipped, percent, say
from genotok.export.report import BAD_ROWS
from genotok.io.sinks import atomic_write
from genotok.values.chroms import propose_renames
from genotok.values.reports import LoadReport

BORDER_SHARES = (0.25, 0.5, 0.75, 0.95)
_POOREST = 5  # inputs named
_POOR = 0.5  # share of its rows without a hit from which an input is worth a word
_TROUBLED = 20  # inputs with skipped rows named


def write_consensus_report(made: Consensus, target: str, options: Mapping[str, Any]) -> None:
    """Write the account to stderr or a file, and the picture where one is asked for."""
    found = describe_consensus(made, target)
    if options["picture"]:
        from genotok.analysis.fitpicture import draw_fit  # here, because most runs draw nothing

        fits = [(file.label, fit) for file, fit in zip(made.files, made.fits, strict=True)]
        needed = made.rules.depths_needed(made.coverage) if made.flexible is None else None
        with atomic_write(options["picture"]) as sink:
            sink.write(draw_fit(made.coverage, needed, made.universe, fits, title=Path(target).name).encode())
    file = options["report_file"]
    form = options["report"] or ("json" if file and file.endswith(".json") else "text")
    if form == "none" or (options["quiet"] and file is None):
        return
    text = json.dumps(found, indent=2) if form == "json" else "\n".join(render_consensus(found))
    if file is None:
        say(text)
    else:
        with atomic_write(Path(file)) as sink:
            sink.write(f"{click.unstyle(text)}\n".encode())


def describe_consensus(made: Consensus, target: str) -> dict[str, Any]:
    """Return the account as plain values, ready for JSON; nothing in it depends on the clock or the number of jobs."""
    coverage, universe, rules = made.coverage, made.universe, made.rules
    bases = coverage.bases_by_depth()
    needed = None
    if made.flexible is None:
        needed = dict(zip(coverage.chrom_names, rules.depths_needed(coverage).tolist(), strict=True))
    widths = universe.regions.ends - universe.regions.starts
    counts = np.bincount(universe.regions.codes, minlength=len(universe.chrom_names)).tolist()
    return {
        "genotok": __version__,
        "universe": {
            "path": target,
            "regions": universe.n_regions,
            "sha256": universe.digest,
            "bases": int(widths.sum(dtype=np.int64)),
            "widths": quantiles_of(widths),
            "chroms": dict(zip(universe.chrom_names, counts, strict=True)),
        },
        "rules": {
            "method": "cutoff" if made.flexible is None else "ml",
            "cutoff": rules.cutoff if made.flexible is None else None,
            "depths": needed,
            "smooth": made.files[0].smooth,
            "merge": rules.merge,
            "min_width": rules.min_width,
            "order": rules.order,
            "sizes_given": sum(name in (rules.chrom_sizes or {}) for name in coverage.chrom_names),
        },
        "inputs": {
            "files": coverage.files,
            "rows": coverage.rows,
            "empty_rows": coverage.rows - coverage.covering,
            "bases": int(bases.sum(dtype=np.int64)),
            "deepest": len(bases) - 1,
            "fit": describe_fit(reduce(add, made.fits, Fit.none())),
        },
        "documents": [
            {"input": file.label, "load": load.to_dict(), "fit": describe_fit(fit)}
            for file, load, fit in zip(made.files, made.loads, made.fits, strict=True)
        ],
        "notes": list(_notes(made)),
    }


def describe_fit(fit: Fit) -> dict[str, Any]:
    """Return how well inputs fit as plain values; a distance of 2^16 means that, or farther."""
    names = ("rows", "hit", "tokens", "bases", "bases_inside", "placed")
    return {
        **{name: getattr(fit, name) for name in names},
        "border_distances": {f"{share:g}": fit.distance_at(share) for share in BORDER_SHARES},
    }


def _notes(made: Consensus) -> Iterator[str]:
    """Yield what makes a consensus doubtful though every row was read."""
    if len(made.files) == 1:
        yield "there is one input; a consensus needs several"
    chroms = [set(load.chroms) for load in made.loads]
    holders = {name: sum(name in each for each in chroms) for name in set().union(*chroms)}
    for file, names in zip(made.files, chroms, strict=True):
        if len(made.files) > 1 and names and all(holders[name] == 1 for name in names):
            renames = propose_renames(sorted(names), [name for name in holders if name not in names])
            cure = f"; does it mean {', '.join(sorted(set(renames.values()))[:3])}, ..?" if renames else ""
            yield f"{file.label} shares no chromosome name with the other inputs{cure}"


def render_consensus(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the text form."""
    universe, rules, inputs = found["universe"], found["rules"], found["inputs"]
    regions, chroms = count(universe["regions"], "region"), count(len(universe["chroms"]), "chromosome")
    yield f"{click.style(universe['path'], bold=True)}: {regions} on {chroms}, from {count(inputs['files'], 'file')}"
    yield entry("depth", _render_depth(rules, inputs)) if rules["depths"] else entry("method", _render_method(rules))
    share = percent(universe["bases"], inputs["bases"])
    yield entry("bases", f"{universe['bases']:,} bp; any input covers {inputs['bases']:,} bp ({share})")
    yield entry("widths", render_quantiles(universe["widths"]))
    fit = inputs["fit"]
    yield entry("rows", f"{fit['hit']:,} of {inputs['rows']:,} hit a region ({percent(fit['hit'], inputs['rows'])})")
    yield entry("inside", f"{percent(fit['bases_inside'], fit['bases'])} of the bases of an input, on the whole")
    yield entry("borders", _render_distances(fit["border_distances"]))
    yield from _render_poorest(found["documents"])
    yield from _render_skipped(found["documents"])
    if inputs["empty_rows"]:
        yield entry("empty", f"{count(inputs['empty_rows'], 'row')} without a base, which cover nothing")
    for text in found["notes"]:
        yield click.style(entry("note", text), fg="yellow")


def _render_depth(rules: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    least, most = min(rules["depths"].values()), max(rules["depths"].values())
    files = f"{least:,}" if least == most else f"{least:,} to {most:,}, by chromosome,"
    which = "the mean" if rules["cutoff"] == "mean" else f"cut-off {rules['cutoff']}"
    return f"at least {files} of {count(inputs['files'], 'file')} ({which}); the deepest base has {inputs['deepest']:,}"


def _render_method(rules: Mapping[str, Any]) -> str:
    return f"the most likely regions; starts, and ends, count for {rules['smooth']:,} bp on either side"


def _render_distances(found: Mapping[str, int | None]) -> str:
    if None in found.values():
        return "none to compare"
    shares = [
        f"{'median' if share == '0.5' else f'{float(share):.0%}'} {'>= ' if distance == FAR else ''}{distance:,} bp"
        for share, distance in found.items()
    ]
    return f"{', '.join(shares)} from the nearest start or end of a region"


def _render_poorest(documents: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the inputs of which most rows hit nothing."""
    shares = [(each["fit"]["hit"] / each["fit"]["rows"], each) for each in documents if each["fit"]["rows"]]
    poor = sorted((pair for pair in shares if pair[0] < _POOR), key=lambda pair: pair[0])
    for _, each in poor[:_POOREST]:
        fit = each["fit"]
        yield entry("poor", f"{each['input']}: {percent(fit['hit'], fit['rows'])} of {count(fit['rows'], 'row')} hit")
    if len(poor) > _POOREST:
        yield entry("", f"and {len(poor) - _POOREST:,} more of which less than half hits; --report json has all")


def _render_skipped(documents: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the inputs with rows that were left out because they broke the rules."""
    troubled = [each for each in documents if any(reason in each["load"]["skipped"] for reason in BAD_ROWS)]
    for each in troubled[:_TROUBLED]:
        yield click.style(entry("skipped", f"{each['input']}: {_describe_skipped(each)}"), fg="yellow")
    if len(troubled) > _TROUBLED:
        yield entry("", f"and {len(troubled) - _TROUBLED:,} more inputs with bad rows; --report json has all")


def _describe_skipped(document: Mapping[str, Any]) -> str:
    return describe_skipped(LoadReport(**document["load"]))
