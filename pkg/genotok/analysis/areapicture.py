"""A picture of areas under ROC curves: factor by factor, attribution beside what asks no network."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genotok.analysis import svg

WIDTH = 960
_LEFT, _RIGHT, _TOP, _ROW = 200, 900, 140, 46
_KINDS = {"attribution": "solid", "best_pwm": "ring", "token_value": "open"}
_LINES = {"attribution": "curve", "best_pwm": "second", "token_value": "second"}

Row = Mapping[str, Any]


def draw_areas(rows: Sequence[Row], *, title: str) -> str:
    """Draw a row for each factor: a dot an area, with its interval; 0.5 is chance."""
    bottom = _TOP + len(rows) * _ROW
    known = [each[kind]["auc"] for each in rows for kind in _KINDS if each[kind]["auc"] is not None]
    least = min([0.5, *known]) - 0.02
    x = svg.linear(least, 1.0, _LEFT, _RIGHT)
    note = "area under the ROC curve of bound against unbound loci, with its 95 % interval; dashed: chance"
    body = [svg.text(32, 46, title, "title"), svg.text(32, 72, note)]
    for at, (kind, mark) in enumerate(_KINDS.items()):
        body += [_dot(_LEFT + 6 + 150 * at, 98, mark)]
        body += [svg.text(_LEFT + 18 + 150 * at, 102, kind.replace("_", " "), "strong")]
    body.append(svg.path(f"M{svg.near(x(0.5))} {_TOP - 20}V{bottom}", "mark"))
    for at, each in enumerate(rows):
        body += _factor(each, _TOP + at * _ROW, x)
    marks = svg.ticks(least, 1.0)
    body.append(svg.axis_below(x, marks, [f"{each:g}" for each in marks], y=bottom, left=_LEFT, right=_RIGHT))
    return svg.document(WIDTH, bottom + 50, title, f"For each factor the {note}.", body)


def _factor(row: Row, top: float, x: svg.Scale) -> Iterator[str]:
    yield svg.text(_LEFT - 14, top + 4, row["factor"], "end")
    yield svg.text(_LEFT - 14, top + 19, f"{row['bound']:,} of {row['bound'] + row['unbound']:,} bound", "end")
    for at, (kind, mark) in enumerate(_KINDS.items()):
        area, y = row[kind], top - 6 + 11 * at
        if area["auc"] is None:
            continue
        if area["low"] is not None and area["high"] is not None:
            yield svg.path(f"M{svg.near(x(area['low']))} {y}H{svg.near(x(area['high']))}", _LINES[kind])
        yield _dot(x(area["auc"]), y, mark)


def _dot(x: float, y: float, kind: str) -> str:
    return f'<circle class="{kind}" cx="{svg.near(x)}" cy="{svg.near(y)}" r="4"/>'


def area_table(rows: Sequence[Row]) -> str:
    """Return the numbers of the picture, tab-separated: a row for each factor and kind of score."""
    lines = ["factor\tbound\tunbound\tunscored\tkind\tauc\tlow\thigh"]
    for each in rows:
        for kind in _KINDS:
            cells = ("NA" if value is None else f"{value:.6g}" for value in each[kind].values())
            head = (each["factor"], str(each["bound"]), str(each["unbound"]), str(each["unscored"]), kind)
            lines.append("\t".join((*head, *cells)))
    return "\n".join(lines) + "\n"
