"""Pictures of the evaluation: scores with their intervals, bits against bases, and genomes by lineage."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.analysis import svg
from genotok.analysis.placepicture import colour_of
from genotok.analysis.vq_evaluation import EvaluationTable
from genotok.analysis.vq_lineages import Genomes, LineageScore
from genotok.analysis.vq_rates import RatePoint, bound_accuracy
from genotok.analysis.vq_tables import describe_table, told_interval

WIDTH = 960
_LEFT, _RIGHT, _STEP = 220, 760, 22
_PANEL, _GAP, _ACROSS, _HEAD = 280, 26, 3, 62
_SHAPES = (  # around a place, of about the same weight; straight lines, as PNG has no others
    "m-2.8-1.2l1.6-1.6h2.4l1.6 1.6v2.4l-1.6 1.6h-2.4l-1.6-1.6z",
    "m-2.3-2.3h4.6v4.6h-4.6z",
    "m0-3l2.8 5h-5.6z",
    "m0-3.2l3.2 3.2l-3.2 3.2l-3.2-3.2z",
    "m0 3l2.8-5h-5.6z",
    "m-3-1h2v-2h2v2h2v2h-2v2h-2v-2h-2z",
    "m-3-1.2h6v2.4h-6z",
    "m-1.2-3h2.4v6h-2.4z",
)
_MOST_BITS = 3.0  # a base; more buys nothing that a picture could show
_GREY = "#8a8f8d"  # of groups that are too small to be scored


class LineagePanel(NamedTuple):
    """Where genomes lie by one bag of codes, (n, 2), and the score of its components."""

    score: LineageScore
    places: NDArray[np.float64]


def draw_scores(tables: Sequence[EvaluationTable]) -> str:
    """Draw the mean score of each tokenizer with its 95 % interval, table below table."""
    body: list[str] = [svg.text(32, 46, "Tokenizers, compared", "title")]
    top = 84
    for table in tables:
        body += _score_panel(table, top)
        top += 90 + _STEP * len(table.rows)
    note = "Mean scores times 100 with 95 % intervals over test rows and seeds; their numbers are in the table beside."
    return svg.document(WIDTH, top, "Tokenizers, compared", note, body)


def _score_panel(table: EvaluationTable, top: int) -> Iterator[str]:
    means = [table.seeded.overall(name) for name in table.names]
    low = min(0.0, *(100 * each.low for each in means))
    high = max(100 * each.high for each in means) + 1
    x, bottom = svg.linear(low, high, _LEFT, _RIGHT), top + 24 + _STEP * len(means)
    yield svg.text(32, top, describe_table(table), "strong")
    values = svg.ticks(low, high)
    lines = "".join(f"M{svg.near(x(each))} {top + 14}V{bottom}" for each in values)
    yield svg.path(lines, "grid")
    for at, (row, mean) in enumerate(zip(table.rows, means, strict=True)):
        y = top + 30 + _STEP * at
        yield svg.text(_LEFT - 12, y + 4, row.name, "end")
        yield svg.path(f"M{svg.near(x(100 * mean.low))} {y}H{svg.near(x(100 * mean.high))}", "curve")
        yield f'<circle class="solid" cx="{svg.near(x(100 * mean.mean))}" cy="{y}" r="4"/>'
        yield svg.text(_RIGHT + 16, y + 4, told_interval(mean))
    yield svg.axis_below(x, values, [f"{each:g}" for each in values], y=bottom, left=_LEFT, right=_RIGHT)


def score_table(tables: Sequence[EvaluationTable]) -> str:
    """Return the numbers of the picture, tab-separated: a line for each tokenizer, set and table."""
    lines = ["table\ttokenizer\tset\tmean\tlow\thigh"]
    for table in tables:
        for name in table.names:
            found = {"mean": table.seeded.overall(name)}
            found |= {each.name: table.seeded.of_set(name, each.name) for each in table.tasks}
            for task, each in found.items():
                lines.append(f"{table.title}\t{name}\t{task}\t{each.mean:.6f}\t{each.low:.6f}\t{each.high:.6f}")
    return "\n".join(lines) + "\n"


def draw_rates(points: Sequence[RatePoint]) -> str:
    """Draw the bases that come back against used bits a base; models solid, controls open, the bound as a line.

    Words that are cut short are small rings without a number; what spends more than three bits stands at the edge.
    """
    left, right, top, bottom = 72, 560, 108, 468
    x, y = svg.linear(0, _MOST_BITS, left, right), svg.linear(0.2, 1.0, bottom, top)
    shares, bits = [0.25, 0.4, 0.6, 0.8, 1.0], svg.ticks(0, _MOST_BITS)
    curve = ((x(rate), y(bound_accuracy(rate))) for rate in np.linspace(0, _MOST_BITS, 200).tolist())
    title = "Bits spent, bases returned"
    body = [
        svg.text(32, 46, title, "title"),
        svg.text(
            32, 72, "share of bases that come back right, over used bits a base; line: the bound for uniform bases"
        ),
        svg.rules_across(y, shares, [svg.share(each) for each in shares], left=left, right=right),
        svg.path(svg.line_through(curve), "second"),
        svg.path(f"M{svg.near(x(2.0))} {top}V{bottom}", "mark"),
        svg.text(x(2.0) + 6, bottom - 8, "letters as they are"),
    ]
    several = len({each.corpus for each in points}) > 1
    told: list[str] = []
    for each in points:
        at, height = x(min(each.rate, _MOST_BITS)), y(each.accuracy)
        if each.quantizer == "word":
            body.append(f'<circle class="ring" cx="{svg.near(at)}" cy="{svg.near(height)}" r="2.5"/>')
            continue
        where = f", {each.corpus}" * several
        told.append(f"{each.name}{where}: {svg.share(each.accuracy)} at {each.rate:.2f} bits")
        kind = "solid" if each.kind == "model" else "ring"
        body.append(f'<circle class="{kind}" cx="{svg.near(at)}" cy="{svg.near(height)}" r="4.5"/>')
        body.append(svg.text(at - 8, height - 6, str(len(told)), "strong end"))
    body.append(svg.axis_below(x, bits, [f"{each:g}" for each in bits], y=bottom, left=left, right=right))
    body.append(svg.text(right, bottom + 36, "used bits a base", "end"))
    told_all = [*(f"{number}  {words}" for number, words in enumerate(told, start=1)), "small rings: words cut short"]
    body += [svg.text(right + 24, top + 18 * at, words) for at, words in enumerate(told_all)]
    note = "Share of bases that come back right over used bits a base, for models, controls and the bound."
    return svg.document(WIDTH, max(bottom + 60, top + 18 * len(told_all) + 24), title, note, body)


def rate_table(points: Sequence[RatePoint]) -> str:
    """Return the numbers of the picture, tab-separated."""
    titles = ("corpus", "name", "kind", "quantizer", "levels", "stride", "rate", "nominal", "accuracy", "bound", "loss")
    lines = ["\t".join(titles)]
    for each in points:
        levels, loss = ",".join(map(str, each.levels)), "NA" if each.loss is None else f"{each.loss:.6g}"
        numbers = (each.rate, each.nominal, each.accuracy, bound_accuracy(each.rate))
        head = (each.corpus, each.name, each.kind, each.quantizer, levels, str(each.stride))
        lines.append("\t".join((*head, *(f"{number:.6f}" for number in numbers), loss)))
    return "\n".join(lines) + "\n"


def draw_lineages(panels: Sequence[LineagePanel], genomes: Genomes, *, title: str, reading: str) -> str:
    """Draw genomes by each bag of codes: a colour and a shape for each group, its name at its median."""
    rows = -(-len(panels) // _ACROSS)
    groups, scored = tuple(genomes.sizes), set(genomes.scored())
    body = [svg.text(32, 46, title, "title")]
    for at, panel in enumerate(panels):
        left = 32 + (at % _ACROSS) * (_PANEL + _GAP)
        top = 70 + (at // _ACROSS) * (_PANEL + _HEAD)
        body += _lineage_panel(panel, genomes, groups, scored, left, top)
    bottom = 70 + rows * (_PANEL + _HEAD) + 8
    for at, group in enumerate(groups):
        x, y = 40 + 150 * (at % 6), bottom + 22 * (at // 6)
        body.append(f'<path fill="{_colour(group, groups, scored)}" d="M{x} {y - 4}{_SHAPES[at % len(_SHAPES)]}"/>')
        few = "" if group in scored else ", not scored"
        body.append(svg.text(x + 10, y, f"{group}: {genomes.sizes[group]:,}{few}"))
    bottom += 22 * (-(-len(groups) // 6)) + 8
    for line in _lines_of(reading, 130):
        body.append(svg.text(32, bottom, line))
        bottom += 17
    return svg.document(WIDTH, bottom + 12, title, reading, body)


def _lineage_panel(
    panel: LineagePanel, genomes: Genomes, groups: Sequence[str], scored: set[str], left: int, top: int
) -> Iterator[str]:
    score, places = panel.score, panel.places
    low, high = places.min(axis=0), places.max(axis=0)
    reach = max(float((high - low).max()), 1e-9)
    drawn = (places - (low + high) / 2) / reach * (_PANEL - 24) + _PANEL / 2
    told = f"purity {score.purity:.3f}, macro {score.macro:.3f}, silhouette {score.silhouette:.2f}"
    yield svg.text(left, top + 12, score.name, "strong")
    yield svg.text(left, top + 29, told)
    yield f'<rect class="sheet" x="{left}" y="{top + 38}" width="{_PANEL}" height="{_PANEL}"/>'
    names = np.array(genomes.groups)
    for number, group in enumerate(groups):
        mine = drawn[names == group]
        shape = _SHAPES[number % len(_SHAPES)]
        marks = "".join(f"M{svg.near(left + x)} {svg.near(top + 38 + _PANEL - y)}{shape}" for x, y in mine.tolist())
        yield f'<path fill="{_colour(group, groups, scored)}" fill-opacity="0.75" d="{marks}"/>'
    for group in groups:
        x, y = np.median(drawn[names == group], axis=0).tolist()
        yield svg.text(left + x, top + 38 + _PANEL - y - 6, group, "strong middle")


def _colour(group: str, groups: Sequence[str], scored: set[str]) -> str:
    return colour_of([each for each in groups if each in scored].index(group)) if group in scored else _GREY


def _lines_of(text: str, most: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line


def place_rows(panels: Sequence[LineagePanel], genomes: Genomes) -> str:
    """Return the places of the picture, tab-separated: a line for each genome, two columns for each panel."""
    head = ["genome", "lineage", "group", *(f"{axis} by {each.score.name}" for each in panels for axis in "xy")]
    lines = ["\t".join(head)]
    for row, told in enumerate(zip(genomes.names, genomes.lineages, genomes.groups, strict=True)):
        cells = (f"{value:.5g}" for each in panels for value in each.places[row].tolist())
        lines.append("\t".join((*told, *cells)))
    return "\n".join(lines) + "\n"


def lineage_csv(scores: Sequence[LineageScore], groups: Sequence[str]) -> str:
    """Return the scores, comma-separated: a line for each bag of codes, with the purity of each group."""
    head = ("codes", "columns", "purity", "macro", "silhouette", "chance", *(f"purity {each}" for each in groups))
    lines = [",".join(_quoted(each) for each in head)]
    for each in scores:
        numbers = (each.purity, each.macro, each.silhouette, each.chance, *(each.by_group[name] for name in groups))
        lines.append(",".join((_quoted(each.name), str(each.columns), *(f"{number:.6f}" for number in numbers))))
    return "\n".join(lines) + "\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(each in cell for each in ',"\n') else cell
