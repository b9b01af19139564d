"""Figures for the claims about learned tokens, out of the results that eval, rd and lineages write as JSON."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from genotok.analysis.claims import Figure

_SIZE = re.compile(r" \([\d,]+\)$")  # behind the name of a level
_PREFIXES = {"mcc": "probe", "macro_f1": "windows"}


def figures_of_evaluation(told: Mapping[str, Any]) -> dict[str, Figure]:
    """Return scores times 100, usage and differences of the tables that were probed, as ``probe.bpe``.

    ``probe`` is of sets, ``windows`` of genomes cut into windows; the first table of either counts, and those that are
    learnt from dev do not. ``usage.vq-hrq, level 1`` is that of a level, ``probe.a - b.low`` an interval's low end.
    """
    found: dict[str, Figure] = {}
    for table in told["tables"]:
        if not table["judge"].startswith("probe") or not all(
            "train" in each["rows"] for each in table["sets"].values()
        ):
            continue
        prefix, command = _PREFIXES[table["merit"]], told["made"]["command"]
        rows = "all" if table["rows"] is None else f"{table['rows']:,}"
        corpus = f"{table['title']}: {len(table['sets'])} sets, {rows} train rows, {len(table['seeds'])} seeds"
        for each in table["tokenizers"]:
            name, mean = each["name"], each["overall"]
            spread = f"{100 * mean['low']:.1f} to {100 * mean['high']:.1f}"
            found.setdefault(f"{prefix}.{name}", Figure(100 * mean["mean"], corpus, command, spread))
            usage = Figure(each["codes_used"] / each["vocabulary"], f"all rows of {table['title']}", command)
            found.setdefault(f"usage.{name}", usage)
            for level, (used, size) in enumerate(each["levels"], start=1):
                found.setdefault(f"usage.{name}, level {level}", Figure(used / size, usage.corpus, command))
        for gap in table["differences"]:
            found = _figures_of_gap(prefix, gap, corpus, command) | found
    return found


def figures_of_rates(told: Mapping[str, Any]) -> dict[str, Figure]:
    """Return the lowest accuracy, and the highest bits a base, of each code over the corpora: ``rd.flat.accuracy``.

    Where codes were compared over seeds, also the bases in a hundred that one has over another: ``rd.hrq - flat.low``.
    """
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for point in told["points"]:
        by_name.setdefault(point["name"], []).append(point)
    found: dict[str, Figure] = {}
    for name, points in by_name.items():
        corpus, command = ", ".join(dict.fromkeys(each["corpus"] for each in points)), told["made"]["command"]
        figures = {
            "accuracy": _lowest(points, "accuracy"),
            "rate": -_lowest(points, "rate", -1),
            "nominal": -_lowest(points, "nominal", -1),
        }
        found |= {f"rd.{name}.{key}": Figure(value, corpus, command) for key, value in figures.items()}
    corpora = ", ".join(dict.fromkeys(each["corpus"] for each in told["points"]))
    for gap in told.get("differences", ()):
        found |= _figures_of_gap("rd", gap, f"{corpora}; {gap['seeds']} seeds", told["made"]["command"])
    return found


def _figures_of_gap(prefix: str, gap: Mapping[str, Any], corpus: str, command: str) -> dict[str, Figure]:
    """Return both ends and the middle of an interval, and those of the other one's lead, times 100."""
    found = {}
    for one, other, sign in ((gap["one"], gap["other"], 100), (gap["other"], gap["one"], -100)):
        low, high = sorted((sign * gap["low"], sign * gap["high"]))
        for end, value in (("low", low), ("mean", sign * gap["mean"]), ("high", high)):
            spread = f"{low:+.1f} to {high:+.1f}"
            found[f"{prefix}.{one} - {other}.{end}"] = Figure(value, corpus, command, spread)
    return found


def _lowest(points: Sequence[Mapping[str, Any]], key: str, sign: int = 1) -> float:
    return min(sign * float(each[key]) for each in points)


def figures_of_lineages(told: Mapping[str, Any]) -> dict[str, Figure]:
    """Return purity, its mean over groups and silhouette of each bag of codes: ``lineages.vq-fine, level 1.purity``."""
    corpus = f"{told['genomes']:,} genomes, {len(told['scored'])} groups"
    return {
        f"lineages.{_SIZE.sub('', each['name'])}.{key}": Figure(float(each[key]), corpus, told["made"]["command"])
        for each in told["scores"]
        for key in ("purity", "macro", "silhouette")
    }
