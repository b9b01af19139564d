"""A picture of rank and frequency: every corpus as a curve, the types that pass the filter drawn solid."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.analysis import svg
from genotok.analysis.tables import decimals
from genotok.analysis.zipf import ZipfReport
from genotok.arrays import Coords

WIDTH = 960
_TOP, _HEIGHT, _LEFT, _RIGHT = 116, 380, 88, 600
_POINTS = 400  # of a curve: more can't be told apart


class RankSeries(NamedTuple):
    """The counts of one corpus, int64 (n,) of any order, and what was measured of them."""

    counts: Coords
    report: ZipfReport


def draw_ranks(series: Sequence[RankSeries], *, title: str) -> str:
    """Draw frequency over rank, both logarithmic; the first corpus in the leading colour, controls behind."""
    curves = [_ranked(each.counts) for each in series]
    most_rank = max(max(len(each) for each in curves), 10)
    most = max(max(int(each[0]) if len(each) else 1 for each in curves), 10)
    bottom = _TOP + _HEIGHT
    x = svg.logarithmic(1, most_rank * 1.1, _LEFT, _RIGHT)
    y = svg.logarithmic(0.8, most * 1.3, bottom, _TOP)
    marks = svg.decades(1, most)
    body = [
        svg.text(32, 46, title, "title"),
        svg.text(
            32, 72, "frequency over rank of types; solid where the filter keeps them, r is told with and without it"
        ),
        svg.rules_across(y, marks, [svg.short(value) for value in marks], left=_LEFT, right=_RIGHT),
    ]
    for at, (each, ranked) in reversed(list(enumerate(zip(series, curves, strict=True)))):
        record = each.report.filtered
        kind = "curve" if at == 0 else "second"
        passed = (ranked >= record.min_count) & (ranked <= (record.max_count or most))
        inside = np.flatnonzero(passed)
        body.append(svg.path(_curve(ranked, x, y), "mark"))
        if len(inside):
            first, last = int(inside[0]), int(inside[-1]) + 1
            body.append(svg.path(_curve(ranked, x, y, first, last), kind))
        if len(ranked):
            body.append(
                svg.text(x(float(len(ranked))) + 5 + 11 * (at % 3), y(float(ranked[-1])) - 4, str(at + 1), "strong")
            )
    ranks = svg.decades(1, most_rank)
    body.append(svg.axis_below(x, ranks, [svg.short(value) for value in ranks], y=bottom, left=_LEFT, right=_RIGHT))
    body.append(svg.text(_RIGHT, bottom + 36, "rank of the type", "end"))
    body += _legend(series)
    height = max(bottom + 60, _TOP + 52 * len(series) + 20)
    note = "Frequency over rank of the types of each corpus, on logarithmic scales; numbers name the corpora."
    return svg.document(WIDTH, height, title, note, body)


def _legend(series: Sequence[RankSeries]) -> Iterator[str]:
    left = _RIGHT + 36
    for at, each in enumerate(series):
        top = _TOP + 10 + 52 * at
        whole, kept = each.report.unfiltered, each.report.filtered
        yield svg.text(left, top, f"{at + 1}  {_cut(whole.corpus)}", "strong")
        yield svg.text(left, top + 17, f"all {whole.types:,} types: r {decimals(whole.r)}")
        yield svg.text(left, top + 33, f"f >= {kept.min_count:,}: {kept.types:,} types, r {decimals(kept.r)}")


def _cut(text: str, longest: int = 48) -> str:
    return text if len(text) <= longest else f"{text[: longest - 2]}.."


def _ranked(counts: Coords) -> Coords:
    return np.sort(counts[counts > 0])[::-1].astype(np.int64)


def _curve(ranked: NDArray[np.int64], x: svg.Scale, y: svg.Scale, first: int = 0, last: int | None = None) -> str:
    last = len(ranked) if last is None else last
    if last <= first:
        return ""
    places = np.unique(np.geomspace(first + 1, last, _POINTS).round().astype(np.int64))
    return svg.line_through((x(float(rank)), y(float(ranked[rank - 1]))) for rank in places.tolist())


def rank_table(series: Sequence[RankSeries]) -> str:
    """Return the numbers of the picture: corpus, rank, frequency and whether the filter keeps it, tab-separated."""
    lines = ["corpus\trank\tfrequency\tkept"]
    for each in series:
        record = each.report.filtered
        ranked = _ranked(each.counts)
        for rank, number in enumerate(ranked.tolist(), start=1):
            kept = record.min_count <= number <= (record.max_count or number)
            lines.append(f"{record.corpus}\t{rank}\t{number}\t{int(kept)}")
    return "\n".join(lines) + "\n"
