"""The seeds of `models.py` put together: means, intervals over seeds and over windows, and the table of both kinds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from measure import as_markdown

KINDS = ("tokens", "onehot")
SHOWN = (
    "grid.window_pearson",
    "grid.pearson",
    "grid.spearman",
    "units.window_pearson",
    "units.pearson",
    "peaks.same.f1",
    "peaks.swept.f1",
    "peaks.swept.peak_recall",
    "peaks.swept.peak_precision",
    "peaks.same.auroc",
    "peaks.same.average_precision",
)
_T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}  # of n seeds


def summarise(runs: dict[str, Any]) -> dict[str, Any]:
    """Put the seeds of each kind together."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        flat = [flatten(run["scores"]) for name, run in sorted(runs.items()) if name.startswith(kind + "/")]
        figures = {name: [each[name] for each in flat] for name in (flat[0] if flat else {})}
        found[kind] = {name: interval_of(each) for name, each in figures.items() if None not in each}
    seeds = [name.split("/")[1] for name in sorted(runs) if name.startswith("tokens/")]
    if both := [seed for seed in seeds if f"onehot/{seed}" in runs]:
        sides = (np.array([runs[f"{kind}/{seed}"]["windows"] for seed in both], dtype=float) for kind in KINDS)
        found["difference"] = paired_difference(*sides)
    return found


def table_of(kept: dict[str, Any]) -> str:
    """Show the figures side by side, with intervals over seeds."""
    summary = kept["summary"]
    names = [*SHOWN, *(name for name in summary["tokens"] if name.startswith("attribution.") and name.endswith(".auc"))]
    rows = [[name, *(_words(summary[kind].get(name)) for kind in KINDS)] for name in names]
    seeds = len(summary["tokens"].get(SHOWN[0], {}).get("values", []))
    parts = [as_markdown([f"mean of {seeds} seeds, 95 %", "tokens", "bases"], rows)]
    if "difference" in summary:
        parts.append(f"tokens less bases, window_pearson on the grid: {_words(summary['difference'])}, over windows")
    parts += [
        f"- ridge on {row['name']}: {row['pearson']:.3f} all bins, {row['window_pearson']:.3f} windows"
        for row in kept.get("controls", [])
    ]
    for name, row in kept.get("loci", {}).items():
        areas = ", ".join(f"{each} {_words(row[each], 'auc')}" for each in ("best_pwm", "token_value"))
        parts.append(f"- {row['bound']} sites against {row['unbound']} {name}: {areas}")
    return "\n".join(parts)


def _words(figure: dict[str, Any] | None, name: str = "mean") -> str:
    if figure is None:
        return "-"
    if figure["low"] is None:
        return f"{figure[name]:.3f}"
    return f"{figure[name]:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def flatten(scores: Mapping[str, Any], above: str = "") -> dict[str, float | None]:
    """Name the figures of nested scores by their way down: ``grid.pearson``; the ends of intervals are left out."""
    flat: dict[str, float | None] = {}
    for name, value in scores.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{above}{name}.")
        elif name not in ("low", "high"):
            flat[above + name] = value
    return flat


def interval_of(values: Sequence[float]) -> dict[str, Any]:
    """Return the mean over seeds, and its 95 % interval by Student's t (none of one seed, or of more than ten)."""
    n, mean = len(values), float(np.mean(values))
    if n not in _T95:
        return {"mean": mean, "low": None, "high": None, "values": list(values)}
    reach = _T95[n] * float(np.std(values, ddof=1)) / n**0.5
    return {"mean": mean, "low": mean - reach, "high": mean + reach, "values": list(values)}


def paired_difference(ones: np.ndarray, others: np.ndarray, *, draws: int = 2000) -> dict[str, Any]:
    """Return how much higher windows correlate, (seeds, windows) each: the mean, and a bootstrap over windows.

    Seeds are averaged first; windows that have no correlation in any run are left out.
    """
    gains = ones.mean(axis=0) - others.mean(axis=0)
    gains = gains[~np.isnan(gains)]
    picks = np.random.default_rng(0).integers(0, len(gains), (draws, len(gains)))
    low, high = np.percentile(gains[picks].mean(axis=1), [2.5, 97.5]).tolist()
    return {"mean": float(gains.mean()), "low": low, "high": high, "windows": len(gains)}
