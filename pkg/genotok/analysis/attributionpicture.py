"""A picture of what predictions rest on: the features that add most, over the places where they do."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from genotok.analysis import svg

WIDTH = 960
_LEFT, _RIGHT, _TOP, _ROW, _GAP = 300, 920, 132, 18, 64
_ROWS, _MOST, _LETTERS = 14, 8, 40  # features of a window; windows; letters of a name

Mark = tuple[int, int, str, str, float, float]  # start, end, feature, names of factors, value, attribution


class Why(NamedTuple):
    """One window, and the marks in it that are told."""

    contig: str
    start: int
    end: int
    marks: tuple[Mark, ...]


def draw_attributions(windows: Sequence[Why], *, title: str) -> str:
    """Draw a panel for each window: a row a feature, a box where it adds (filled) or takes away (open)."""
    words = "each row a feature; filled boxes raise the prediction, open ones lower it, paler means less"
    more = f"; {len(windows) - _MOST:,} more windows in the table" if len(windows) > _MOST else ""
    body, top = [svg.text(32, 46, title, "title"), svg.text(32, 72, words + more)], float(_TOP)
    for each in windows[:_MOST]:
        rows = _strongest(each)
        body += _panel(each, rows, top)
        top += len(rows) * _ROW + _GAP
    note = "Attributions by feature and place, window by window."
    return svg.document(WIDTH, round(top), title, note, body)


def _strongest(window: Why) -> list[tuple[str, list[Mark]]]:
    """Return features with their marks, those with the largest sum of sizes first."""
    found: dict[str, list[Mark]] = {}
    for mark in window.marks:
        found.setdefault(f"{mark[2]}  {mark[3]}".strip(), []).append(mark)
    order = sorted(found.items(), key=lambda item: -sum(abs(mark[5]) for mark in item[1]))
    return order[:_ROWS]


def _panel(window: Why, rows: Sequence[tuple[str, list[Mark]]], top: float) -> Iterator[str]:
    x = svg.linear(window.start, window.end, _LEFT, _RIGHT)
    most = max((abs(mark[5]) for mark in window.marks), default=1.0)
    yield svg.text(32, top - 14, f"{window.contig}:{window.start:,}-{window.end:,}", "head")
    for at, (name, marks) in enumerate(rows):
        y = top + at * _ROW
        yield svg.text(_LEFT - 10, y + 12, name if len(name) <= _LETTERS else f"{name[: _LETTERS - 2]}..", "end")
        yield svg.path(f"M{_LEFT} {svg.near(y + _ROW - 0.5)}H{_RIGHT}", "grid")
        for start, end, _, _, _, value in marks:
            kind = "solid" if value > 0 else "open"
            left, right = x(start), max(x(end), x(start) + 2)
            width = svg.near(right - left)
            strength = max(abs(value) / most, 0.12)
            yield (
                f'<rect class="{kind}" fill-opacity="{strength:.2f}" x="{svg.near(left)}" y="{svg.near(y + 2)}" '
                f'width="{width}" height="{_ROW - 5}"/>'
            )
    marks_below = svg.ticks(window.start, window.end, wanted=5)
    names = [f"{each:,.0f}" for each in marks_below]
    yield svg.axis_below(x, marks_below, names, y=top + len(rows) * _ROW, left=_LEFT, right=_RIGHT)


def attribution_table(windows: Sequence[Why]) -> str:
    """Return the numbers of the picture, tab-separated."""
    lines = ["window\tcontig\tstart\tend\tfeature\tnames\tvalue\tattribution"]
    for at, each in enumerate(windows):
        for start, end, text, names, value, attribution in each.marks:
            lines.append(f"{at}\t{each.contig}\t{start}\t{end}\t{text}\t{names}\t{value:.6g}\t{attribution:.6g}")
    return "\n".join(lines) + "\n"
