"""Figures of trained networks for the claims about them, out of what `tests/benchmarks/models.py` keeps of its runs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genotok.analysis.claims import Figure

_ATTRIBUTION = "attribution.input_x_gradient."
_SEEDS = 3  # of either kind; fewer tell nothing of chance
_LEARNT = 0.1  # r of windows; a network below has learnt nothing that its inputs could explain


def figures_of_models(told: Mapping[str, Any]) -> dict[str, Figure]:
    """Return the figures of a file of results by name, those of each signal behind its own: ``yeast-atac.pearson_gap``.

    ``told`` has them as they are below ``figures`` (name -> value, corpus, command), or the runs of networks below
    ``signals``; a signal gives by how much bases are ahead of tokens: ``pearson_gap`` of windows, ``f1_gap`` of bins in
    peaks, ``auc_gap`` of bound sites. Signals with fewer than three seeds of either kind, or with networks that have
    not learnt to predict, give none; nor does what a run has not.

    >>> one = {"peaks.swept.f1": {"mean": 0.5}, "grid.window_pearson": {"mean": 0.4}}
    >>> runs = {f"{kind}/{seed}": {} for kind in ("tokens", "onehot") for seed in range(3)}
    >>> summary = {"tokens": one, "onehot": one | {"peaks.swept.f1": {"mean": 0.75}}}
    >>> found = figures_of_models({"signals": {"ctcf": {"runs": runs, "summary": summary}}})
    >>> found["ctcf.f1_gap"].value, found["ctcf.f1_gap"].corpus
    (0.25, 'ctcf, networks of 3 seeds')
    """
    found = {
        str(name): Figure(float(each["value"]), str(each["corpus"]), str(each["command"]))
        for name, each in told.get("figures", {}).items()
    }
    for signal, kept in told.get("signals", {}).items():
        seeds = min(sum(name.startswith(f"{kind}/") for name in kept.get("runs", {})) for kind in ("tokens", "onehot"))
        summary = kept.get("summary", {})
        if seeds < _SEEDS or not _has_learnt(summary):
            continue
        command = f"python tests/benchmarks/models.py --signal {signal}"
        for name, value, spread in _gaps(summary):
            found[f"{signal}.{name}"] = Figure(value, f"{signal}, networks of {seeds} seeds", command, spread)
    return found


def _has_learnt(summary: Mapping[str, Any]) -> bool:
    sides = (summary.get(kind, {}).get("grid.window_pearson") for kind in ("tokens", "onehot"))
    return all(side is not None and side["mean"] >= _LEARNT for side in sides)


def _gaps(summary: Mapping[str, Any]) -> Iterator[tuple[str, float, str]]:
    tokens, bases = summary.get("tokens", {}), summary.get("onehot", {})
    if "difference" in summary:
        paired = summary["difference"]
        low, high = -float(paired["high"]), -float(paired["low"])
        yield "pearson_gap", -float(paired["mean"]), f"{low:.3f} to {high:.3f}, 95 % over test windows"
    told = [name for name in tokens if name.startswith(_ATTRIBUTION) and name.endswith(".auc") and name in bases]
    for gap, names in (("f1_gap", ["peaks.swept.f1"]), ("auc_gap", told)):
        if names and all(name in tokens and name in bases for name in names):
            means = [_mean(bases, name) - _mean(tokens, name) for name in names]
            sides = (f"{kind} {_span(side, names)}" for kind, side in (("bases", bases), ("tokens", tokens)))
            yield gap, sum(means) / len(means), f"{', '.join(sides)} over seeds"


def _mean(figures: Mapping[str, Any], name: str) -> float:
    return float(figures[name]["mean"])


def _span(figures: Mapping[str, Any], names: Sequence[str]) -> str:
    values = [float(value) for name in names for value in figures[name].get("values", [figures[name]["mean"]])]
    return f"{min(values):.3f} to {max(values):.3f}"
