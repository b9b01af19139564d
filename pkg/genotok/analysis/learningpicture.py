"""A picture of a training: the loss of each epoch, and beside it how the validation agrees."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genotok.analysis import svg

WIDTH = 960
_TOP, _HEIGHT = 116, 300
_LEFT, _MIDDLE, _GAP, _RIGHT = 72, 470, 72, 912
_LOSSES = {"loss": "curve"}  # its parts, at other heights, are in the table
_MERITS = {"window_pearson": "curve", "pearson": "second"}
_WORDS = {"window_pearson": "per window", "pearson": "all bins"}

Record = Mapping[str, Any]


def draw_learning(records: Sequence[Record], *, title: str) -> str:
    """Draw one run; each record is that of an epoch, with ``epoch``, ``loss``, ``window_pearson`` and so on."""
    best = best_of(records)
    note = f"left: loss of each epoch; right: correlation with the validation, best in epoch {best + 1}"
    body = [svg.text(32, 46, title, "title"), svg.text(32, 72, note)]
    body += _panel(records, _LOSSES, _LEFT, _MIDDLE, best)
    body += _panel(records, _MERITS, _MIDDLE + _GAP, _RIGHT, best)
    return svg.document(WIDTH, _TOP + _HEIGHT + 60, title, f"Training, epoch by epoch; {note}.", body)


def best_of(records: Sequence[Record]) -> int:
    """Return the place of the first record with the highest correlation of windows."""
    merits = [-2.0 if each["window_pearson"] is None else each["window_pearson"] for each in records]
    return merits.index(max(merits))


def _panel(records: Sequence[Record], kinds: Mapping[str, str], left: float, right: float, best: int) -> Iterator[str]:
    bottom = _TOP + _HEIGHT
    known = [each[name] for each in records for name in kinds if each[name] is not None] or [0.0]
    low, high = min(known), max(known)
    margin = max(0.08 * (high - low), 1e-3)
    low, high = low - margin, high + margin
    x = svg.linear(1, max(len(records), 2), left, right)
    y = svg.linear(low, high, bottom, _TOP)
    marks = svg.ticks(low, high)
    yield svg.rules_across(y, marks, [f"{each:g}" for each in marks], left=left, right=right)
    yield svg.path(f"M{svg.near(x(best + 1))} {_TOP}V{bottom}", "mark")
    for at, (name, kind) in enumerate(kinds.items()):
        points = [(x(each["epoch"] + 1), y(each[name])) for each in records if each[name] is not None]
        if points:
            yield svg.path(svg.line_through(points), kind)
            yield "".join(svg.path(svg.bar(px - 2, px + 2, py - 2, py + 2), "solid") for px, py in points)
        yield svg.path(f"M{svg.near(left + 120 * at)} {_TOP - 18}h18", kind)
        yield svg.text(left + 120 * at + 24, _TOP - 14, _WORDS.get(name, name), "strong")
    epochs = svg.ticks(1, max(len(records), 2), wanted=8, least=1)
    yield svg.axis_below(x, epochs, [f"{each:g}" for each in epochs], y=bottom, left=left, right=right)
    yield svg.text(right, bottom + 36, "epoch", "end")


def learning_table(records: Sequence[Record]) -> str:
    """Return the numbers of the picture, tab-separated: a row for each epoch, counted from 1."""
    names = ("loss", "poisson", "multinomial", "rate", "window_pearson", "pearson")
    lines = ["\t".join(("epoch", *names))]
    for each in records:
        cells = ("NA" if each[name] is None else f"{each[name]:.8g}" for name in names)
        lines.append("\t".join((str(each["epoch"] + 1), *cells)))
    return "\n".join(lines) + "\n"
