"""A picture of how a consensus universe fits its inputs: what the cut-off keeps, widths, borders, and each file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genotok.analysis import svg
from genotok.analysis.assessment import FAR, WIDTH_EDGES, Fit
from genotok.arrays import Coords
from genotok.values.coverage import Coverage
from genotok.values.universe import Universe

WIDTH, HEIGHT = 960, 780
_NAMED = 16  # files that get a line of their own; of more, two curves
_LONGEST = 26  # letters of a file's name


@dataclass(frozen=True)
class Panel:
    """A place on the sheet: the corner of its plot, and its size; heading and words stand above."""

    x: float
    y: float
    width: float = 372
    height: float = 170

    def head(self, heading: str, words: str) -> list[str]:
        """Write the heading and one line below it."""
        return [svg.text(self.x - 40, self.y - 44, heading, "head"), svg.text(self.x - 40, self.y - 25, words)]


def draw_fit(
    coverage: Coverage, needed: Coords | None, universe: Universe, fits: Sequence[tuple[str, Fit]], *, title: str
) -> str:
    """Draw four plots as one SVG; ``fits`` are the inputs by name, ``needed`` a cut-off's depth on each chromosome."""
    total = sum((fit for _, fit in fits), Fit.none())
    body = [
        svg.text(32, 46, title, "title"),
        *_figures(universe, total),
        *_draw_depths(Panel(72, 222), coverage, needed, universe),
        *_draw_widths(Panel(556, 222), universe, total),
        *_draw_borders(Panel(72, 520), total),
        *_draw_files(Panel(556, 520, height=212), fits),
    ]
    note = (
        "Four plots: bases covered by at least so many files, with the cut-off; widths of the regions and of the rows "
        "of the inputs; how many borders of input rows lie within a distance of a region's border; and for each input "
        "the share of its rows that hit a region and the share of its bases inside one."
    )
    return svg.document(WIDTH, HEIGHT, title, note, body)


def _figures(universe: Universe, total: Fit) -> list[str]:
    """Write the four figures that sum it up."""
    widths = universe.regions.ends - universe.regions.starts
    middle = total.distance_at(0.5)
    shift = "-" if middle is None else f"{middle:,} bp" if middle < FAR else f"> {FAR - 1:,} bp"
    figures = [
        (f"{universe.n_regions:,}", f"regions, {svg.bases(int(widths.sum(dtype=np.int64)))}"),
        (_share_of(total.hit, total.rows), f"of {total.rows:,} input rows hit a region"),
        (_share_of(total.bases_inside, total.bases), "of the inputs' bases lie inside"),
        (shift, "median way to the nearest border"),
    ]
    parts = []
    for at, (figure, words) in enumerate(figures):
        x = 32 + 232 * at
        parts += [svg.text(x, 100, figure, "figure"), svg.text(x, 121, words)]
    return parts


def _share_of(part: int, whole: int) -> str:
    return svg.share(part / whole) if whole else "-"


def _draw_depths(panel: Panel, coverage: Coverage, needed: Coords | None, universe: Universe) -> list[str]:
    """Draw the bases that each cut-off would keep: kept ones solid, others open."""
    bases = coverage.bases_by_depth()
    at_least = np.cumsum(bases[::-1], dtype=np.int64)[::-1][1:].astype(float)  # (deepest,) from depth 1
    used = None if needed is None else needed[np.isin(coverage.chrom_names, universe.chrom_names)]
    low, high = (1, 1) if used is None else (int(used.min()), int(used.max()))
    lowest = 10.0 ** np.floor(np.log10(max(float(at_least.min()), 1.0)))
    top = max(float(at_least.max()), lowest * 10)
    y = svg.logarithmic(lowest / 1.5, top * 1.3, panel.y + panel.height, panel.y)
    right = panel.x + panel.width
    x = svg.linear(0.5, max(coverage.files, 1) + 0.5, panel.x, right)
    edges = [x(depth + 0.5) for depth in range(len(at_least) + 1)]
    bottom = panel.y + panel.height
    marks = svg.decades(lowest, top)
    gap = 1.0 if edges[1] - edges[0] > 5 else 0.0
    boxes = ["", ""]  # below the cut-off, and from it on
    for depth, value in enumerate(at_least, start=1):
        left, end = edges[depth - 1] + gap, edges[depth] - gap
        boxes[depth >= low] += svg.bar(left, end, y(value), bottom)
    kept = "" if used is None else f"; {svg.bases(float(at_least[low - 1]))} in {low:,} or more"
    which = f"cut-off {low:,}" if low == high else f"cut-off {low:,} to {high:,}, by chromosome"
    mark = (
        []
        if used is None
        else [
            svg.path(f"M{svg.near(edges[low - 1])} {panel.y - 8}V{bottom}", "mark"),
            svg.text(min(edges[low - 1] + 5, right - svg.LETTER * len(which)), panel.y - 1, which, "strong"),
        ]
    )
    files = svg.ticks(1, coverage.files, 8, 1)
    files = [1.0, *(value for value in files if value > 1)]
    return [
        *panel.head("Bases that a cut-off keeps", f"covered by at least so many of {coverage.files:,} files{kept}"),
        svg.rules_across(y, marks, [svg.bases(value) for value in marks], left=panel.x, right=right),
        svg.path(boxes[0], "open") if boxes[0] else "",
        svg.path(boxes[1], "solid"),
        *mark,
        svg.axis_below(x, files, [f"{value:g}" for value in files], y=bottom, left=panel.x, right=right),
        svg.text(right, bottom + 35, "files", "end"),
    ]


def _draw_widths(panel: Panel, universe: Universe, total: Fit) -> list[str]:
    """Draw the widths of regions as solid steps, those of the inputs' rows as a line, each as shares of its own."""
    widths = universe.regions.ends - universe.regions.starts
    classes = np.searchsorted(WIDTH_EDGES, widths, side="right") - 1
    regions = np.bincount(classes, minlength=len(WIDTH_EDGES) - 1).astype(np.int64)
    rows = total.widths.copy()
    rows[0] = 0  # rows without a base have no place on an axis by ratio
    held = np.flatnonzero(regions + rows)
    first, last = max(int(held[0]) - 1, 1), min(int(held[-1]) + 2, len(regions))
    edges = WIDTH_EDGES[first : last + 1].astype(float)
    parts = [counts[first:last] / max(int(counts.sum(dtype=np.int64)), 1) for counts in (regions, rows)]
    top = max(float(each.max()) for each in parts) or 1.0
    right, bottom = panel.x + panel.width, panel.y + panel.height
    x = svg.logarithmic(edges[0], edges[-1], panel.x, right)
    y = svg.linear(0, top * 1.05, bottom, panel.y)
    marks = svg.ticks(0, top, 5)
    named = svg.decades(edges[0], edges[-1])
    solid, outline = (svg.stairs([x(edge) for edge in edges], [y(value) for value in each]) for each in parts)
    middle = int(np.quantile(widths, 0.5, method="inverted_cdf"))
    area = svg.line_through([(x(edges[0]), bottom), *solid, (x(edges[-1]), bottom)])
    return [
        *panel.head("Widths", f"the median region has {middle:,} bp"),
        svg.rules_across(y, marks, [svg.share(value) for value in marks], left=panel.x, right=right),
        svg.path(f"{area}z", "solid"),
        svg.path(svg.line_through(outline), "second"),
        svg.path(svg.bar(right - 150, right - 141, panel.y - 33, panel.y - 24), "solid"),
        svg.text(right - 136, panel.y - 25, "regions"),
        svg.path(f"M{right - 82} {panel.y - 28.5}h16", "second"),
        svg.text(right - 61, panel.y - 25, "input rows"),
        svg.axis_below(x, named, [svg.bases(value) for value in named], y=bottom, left=panel.x, right=right),
        svg.text(right, bottom + 35, "width", "end"),
    ]


def _draw_borders(panel: Panel, total: Fit) -> list[str]:
    """Draw which share of the starts and ends of rows lies within a distance of a region's start or end."""
    counted = np.cumsum(total.distances, dtype=np.int64)
    whole = max(int(counted[-1]), 1)
    right, bottom = panel.x + panel.width, panel.y + panel.height
    ways = np.unique(np.rint(np.geomspace(1, FAR - 1, 120)).astype(np.int64))
    x = svg.logarithmic(1, FAR - 1, panel.x + 34, right)  # to the left of 1 bp stands 0
    y = svg.linear(0, 1, bottom, panel.y)
    exact = counted[0] / whole
    points = [(panel.x, y(exact)), (panel.x + 20, y(exact))]
    points += [(x(float(way)), y(counted[way] / whole)) for way in ways.tolist()]
    marks = [0, 0.25, 0.5, 0.75, 1]
    middle = total.distance_at(0.5)
    guide = ""
    if middle is not None and middle < FAR:
        place = panel.x + 10 if middle == 0 else x(float(middle))
        guide = svg.path(f"M{panel.x} {svg.near(y(0.5))}H{svg.near(place)}V{bottom}", "mark")
    within = svg.share(counted[100] / whole)
    named = [1.0, 10.0, 100.0, 1000.0, 10_000.0]
    shape = svg.line_through(points)
    area = f"{shape}L{svg.near(points[-1][0])} {bottom}L{panel.x} {bottom}z"
    return [
        *panel.head(
            "How far borders move",
            f"{svg.share(exact)} of starts and ends are those of a region, {within} are within 100 bp",
        ),
        svg.path(area, "area"),
        svg.rules_across(y, marks, [svg.share(value) for value in marks], left=panel.x, right=right),
        svg.path(shape, "curve"),
        guide,
        svg.axis_below(
            lambda value: panel.x + 10 if value == 0 else x(value),
            [0.0, *named],
            ["0", *(svg.bases(value) for value in named)],
            y=bottom,
            left=panel.x,
            right=right,
        ),
        svg.text(right, bottom + 35, "to the nearest start or end of a region", "end"),
    ]


def _draw_files(panel: Panel, fits: Sequence[tuple[str, Fit]]) -> list[str]:
    """Draw each input, the poorest first: rows that hit as a dot, bases inside as a ring; of many files two curves."""
    held = [(name, fit.hit / fit.rows, fit.bases_inside / max(fit.bases, 1)) for name, fit in fits if fit.rows]
    held.sort(key=lambda each: (each[1], each[2], each[0]))
    right = panel.x + panel.width
    words = "poorest first" if len(held) > 1 else ""
    parts = panel.head("Each input", words)
    key = right - 190
    named = len(held) <= _NAMED
    parts += [
        f'<circle class="solid" cx="{key}" cy="{panel.y - 29}" r="4"/>' if named else _dash(key, panel.y - 29, "curve"),
        svg.text(key + 9, panel.y - 25, "rows that hit"),
        f'<circle class="ring" cx="{key + 105}" cy="{panel.y - 29}" r="4"/>'
        if named
        else _dash(key + 105, panel.y - 29, "second"),
        svg.text(key + 114, panel.y - 25, "bases inside"),
    ]
    left = panel.x + (120 if named else 0)
    x = svg.linear(0, 1, left, right)
    marks = [0, 0.25, 0.5, 0.75, 1]
    step = min(panel.height / max(len(held), 1), 24.0)
    bottom = panel.y + (step * len(held) if named else panel.height - 30)
    if named:
        parts.append(svg.path("".join(f"M{svg.near(x(at))} {panel.y}V{svg.near(bottom)}" for at in marks), "grid"))
        for at, (name, hit, inside) in enumerate(held):
            y = panel.y + step * (at + 0.5)
            parts += [
                svg.text(left - 8, y + 4, _shortened(name), "end"),
                svg.path(f"M{svg.near(x(min(hit, inside)))} {svg.near(y)}H{svg.near(x(max(hit, inside)))}", "axis"),
                f'<circle class="ring" cx="{svg.near(x(inside))}" cy="{svg.near(y)}" r="4"/>',
                f'<circle class="solid" cx="{svg.near(x(hit))}" cy="{svg.near(y)}" r="4"/>',
            ]
        names = [svg.share(value) for value in marks]
        return [*parts, svg.axis_below(x, marks, names, y=round(bottom), left=left, right=right)]
    return [*parts, *_draw_curves(held, left=left, right=right, top=panel.y, bottom=round(bottom))]


def _draw_curves(
    held: Sequence[tuple[str, float, float]], *, left: float, right: float, top: float, bottom: int
) -> list[str]:
    """Draw the shares of many inputs, each sorted for itself."""
    y = svg.linear(0, 1, bottom, top)
    x = svg.linear(1, len(held), left, right)
    marks = [0, 0.25, 0.5, 0.75, 1]
    hit = [(x(at), y(value)) for at, value in enumerate(sorted(each[1] for each in held), 1)]
    inside = [(x(at), y(value)) for at, value in enumerate(sorted(each[2] for each in held), 1)]
    places = svg.ticks(1, len(held), 6, 1)
    return [
        svg.rules_across(y, marks, [svg.share(value) for value in marks], left=left, right=right),
        svg.path(svg.line_through(inside), "second"),
        svg.path(svg.line_through(hit), "curve"),
        svg.axis_below(x, places, [f"{at:g}" for at in places], y=bottom, left=left, right=right),
        svg.text(right, bottom + 35, "inputs, from the poorest", "end"),
    ]


def _dash(x: float, y: float, kind: str) -> str:
    return svg.path(f"M{svg.near(x - 11)} {svg.near(y)}h16", kind)


def _shortened(name: str) -> str:
    stem = name.rsplit("/", 1)[-1]
    return stem if len(stem) <= _LONGEST - 4 else f"{stem[: _LONGEST - 6]}.."
