"""The networks of `equalbits.py` put together: means, intervals over seeds, and what each code has over flat ones."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from measure import as_markdown
from modelsummary import interval_of

Row = Mapping[str, Any]


def tables_of(rows: Sequence[Row]) -> str:
    """Show, for each stride, bases that come back, bits that are missing, and what the levels do."""
    parts = []
    for stride in dict.fromkeys(each["stride"] for each in rows):
        mine = [each for each in rows if each["stride"] == stride]
        seeds = len({each["seed"] for each in mine})
        parts.append(f"## A token every {stride} bases, {seeds} seeds\n")
        parts.append("Bases that come back, %; half the 95 % interval over seeds\n")
        parts.append(_compared(mine, lambda found: 100 * found["accuracy"], digits=2))
        parts.append("\nBits a base that are missing\n")
        parts.append(_compared(mine, lambda found: found["loss"], digits=4))
        parts.append("\nWhat the levels do, mean over genomes\n")
        parts.append(_levels(mine))
        parts.append("")
    return "\n".join(parts)


def points_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the first stride as `genotok vq claims --rd` reads it: points, means over seeds; and each lead, in shares.

    Leads are told of one code over another by the same seeds, averaged over genomes.
    """
    mine = [each for each in rows if each["stride"] == rows[0]["stride"]]
    points = []
    for code in _codes(mine):
        first = next(each for each in mine if each["code"] == code)
        for genome in first["genomes"]:
            used, right, loss = (
                float(np.mean(values_of(mine, code, lambda found, name=name: found[name], genome)))
                for name in ("used_bits", "accuracy", "loss")
            )
            told = {"name": code, "corpus": genome, "quantizer": first["quantizer"], "levels": first["levels"]}
            rates = {"rate": used / first["stride"], "nominal": first["nominal_bits"] / first["stride"]}
            points.append(
                told | {"stride": first["stride"], "used_bits": used, "accuracy": right, "loss": loss} | rates
            )
    gaps = []
    for one, other in combinations(_codes(mine), 2):
        sides = [values_of(mine, code, lambda found: found["accuracy"]) for code in (one, other)]
        seeds = min(map(len, sides))
        gap = interval_of(np.subtract(sides[0][:seeds], sides[1][:seeds]).tolist())
        if gap["low"] is not None:
            gaps.append({"one": one, "other": other, "seeds": seeds} | {k: gap[k] for k in ("mean", "low", "high")})
    return {"points": points, "differences": gaps}


def values_of(rows: Sequence[Row], code: str, figure: Callable[[Row], float], genome: str | None = None) -> list[float]:
    """Return a figure of a code seed by seed, of one genome or averaged over all."""
    mine = sorted((each for each in rows if each["code"] == code), key=lambda each: each["seed"])
    return [
        float(np.mean([figure(found) for name, found in each["genomes"].items() if genome in (None, name)]))
        for each in mine
    ]


def verdict_of(ones: Sequence[float], others: Sequence[float], digits: int) -> str:
    """Return the mean difference of the same seeds with its interval; "no difference" if that holds 0."""
    if not any(np.subtract(ones, others)):
        return "the same"
    gap = interval_of(np.subtract(ones, others).tolist())
    if gap["low"] is None:
        return f"{gap['mean']:+.{digits}f}"
    told = f"{gap['mean']:+.{digits}f} ({gap['low']:+.{digits}f} to {gap['high']:+.{digits}f})"
    return f"{told}: no difference" if gap["low"] <= 0 <= gap["high"] else told


def _compared(rows: Sequence[Row], figure: Callable[[Row], float], digits: int) -> str:
    genomes = list(rows[0]["genomes"])
    lines = []
    for code in _codes(rows):
        cells = [_spread(values_of(rows, code, figure, genome), digits) for genome in genomes]
        ours = values_of(rows, code, figure)
        flat = values_of(rows, "flat", figure)[: len(ours)]
        less = "" if code == "flat" else verdict_of(ours, flat, digits)
        lines.append([code, _sizes(rows, code), *cells, less])
    return as_markdown(["code", "levels", *genomes, "less flat, mean of all"], lines)


def _levels(rows: Sequence[Row]) -> str:
    titles = ["code", "used bits", "of level 1", "of level 2", "said twice"]
    titles += ["told by level 1", "by level 2", "by all", "bases by level 1 alone, %"]
    lines = []
    for code in _codes(rows):
        several = values_of(rows, code, lambda found: len(found["level_bits"]))[0] > 1

        def mean(figure: Callable[[Row], float], code: str = code) -> float:
            return float(np.mean(values_of(rows, code, figure)))

        figures = [mean(lambda found: found["used_bits"])]
        if several:
            figures += [mean(lambda found, level=level: found["level_bits"][level]) for level in (0, 1)]
            figures += [mean(lambda found: found["shared_bits"])]
            figures += [mean(lambda found, level=level: found["told"][level]) for level in (0, 1)]
        cells = [f"{each:.2f}" for each in figures] + [""] * (0 if several else 5)
        cells.append(f"{mean(lambda found: found['told'][-1]):.2f}")
        cells.append(f"{100 * mean(lambda found: found['coarse']):.1f}" if several else "")
        lines.append([code, *cells])
    return as_markdown(titles, lines)


def _codes(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(each["code"] for each in rows))


def _sizes(rows: Sequence[Row], code: str) -> str:
    return " x ".join(map(str, next(each["levels"] for each in rows if each["code"] == code)))


def _spread(values: Sequence[float], digits: int) -> str:
    found = interval_of(values)
    if found["low"] is None:
        return f"{found['mean']:.{digits}f}"
    return f"{found['mean']:.{digits}f} ± {found['high'] - found['mean']:.{digits}f}"
