"""A picture of coverage scores: how many motifs are spelled how well, each vocabulary beside its random cuts."""

from collections.abc import Iterator

import numpy as np

from genotok.analysis import svg
from genotok.analysis.coverage import GOOD, CoverageScore, CoverageTable
from genotok.analysis.tables import decimals

WIDTH = 960
_TOP, _HEIGHT, _LEFT, _RIGHT = 116, 300, 88, 560


def draw_likeness(table: CoverageTable, *, title: str) -> str:
    """Draw the share of motifs that score at least so much; vocabularies solid, their controls thin."""
    bottom = _TOP + _HEIGHT
    least = min(float(each.scores.min()) for pair in table.pairs for each in pair)
    x = svg.linear(min(least, GOOD - 0.1), 1.0, _LEFT, _RIGHT)
    y = svg.linear(0.0, 1.0, bottom, _TOP)
    shares = [0, 0.25, 0.5, 0.75, 1]
    body = [
        svg.text(32, 46, title, "title"),
        svg.text(
            32, 72, "share of motifs that a token is at least so like; thin: as many random cuts of the same lengths"
        ),
        svg.rules_across(y, shares, [svg.share(each) for each in shares], left=_LEFT, right=_RIGHT),
        svg.path(f"M{svg.near(x(GOOD))} {_TOP}V{bottom}", "mark"),
    ]
    for at, (score, control) in enumerate(table.pairs):
        body.append(svg.path(_stairs(control, x, y), "second"))
        body.append(svg.path(_stairs(score, x, y), "curve"))
        middle = float(np.median(score.scores))
        body.append(svg.text(x(middle) + 4, y(0.5) - 5 - 14 * at, str(at + 1), "strong"))
    values = svg.ticks(min(least, GOOD - 0.1), 1.0)
    body.append(svg.axis_below(x, values, [f"{each:g}" for each in values], y=bottom, left=_LEFT, right=_RIGHT))
    body.append(svg.text(_RIGHT, bottom + 36, "likeness of the best token", "end"))
    body += _legend(table)
    note = "For each vocabulary the share of motifs whose best token is at least so like them, beside random cuts."
    return svg.document(WIDTH, max(bottom + 60, _TOP + 52 * len(table.pairs) + 20), title, note, body)


def _stairs(score: CoverageScore, x: svg.Scale, y: svg.Scale) -> str:
    ordered = np.sort(score.scores)
    shares = 1 - np.arange(len(ordered), dtype=np.float64) / len(ordered)
    return svg.line_through(
        (x(value), y(share)) for value, share in zip(ordered.tolist(), shares.tolist(), strict=True)
    )


def _legend(table: CoverageTable) -> Iterator[str]:
    left, gains = _RIGHT + 36, table.gains()
    for at, (score, control) in enumerate(table.pairs):
        top = _TOP + 10 + 52 * at
        gain = gains[score.name]
        told = (
            "no control of the same size" if gain is None else f"{gain:+.3f} against {decimals(control.mean)} by chance"
        )
        yield svg.text(left, top, f"{at + 1}  {score.name}", "strong")
        yield svg.text(
            left, top + 17, f"{score.tokens:,} tokens of {score.mean_length:.1f} letters, mean {decimals(score.mean)}"
        )
        yield svg.text(left, top + 33, told)


def likeness_table(table: CoverageTable, ids: tuple[str, ...]) -> str:
    """Return the numbers of the picture: a row for each motif, a column for each vocabulary and its control."""
    scores = [each for pair in table.pairs for each in pair]
    lines = ["\t".join(["motif", *(each.name for each in scores)])]
    for row, name in enumerate(ids):
        lines.append("\t".join([name, *(f"{each.scores[row]:.6g}" for each in scores)]))
    return "\n".join(lines) + "\n"
