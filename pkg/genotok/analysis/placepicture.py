"""A picture of an embedding: a dot for each row, coloured by its group, and what each group is rich in."""

from collections.abc import Sequence

import numpy as np

from genotok.analysis import svg
from genotok.analysis.embedding import Embedding

WIDTH = 960
_LEFT, _TOP, _SIDE = 40, 104, 540
_LEGEND, _STEP, _GROUPS, _LETTERS = 620, 40, 13, 46
# told apart by eyes that see few colours too: https://jfly.uni-koeln.de/color (Okabe and Ito), then darker ones
_COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00"),
    *("#332288", "#117733", "#882255", "#44aa99", "#999933", "#aa4499"),
)


def draw_places(found: Embedding, leaders: Sequence[Sequence[str]], *, title: str, what: str) -> str:
    """Draw the rows; ``leaders`` are texts of the columns that each group has most of, ``what`` names the rows."""
    places = found.places
    low, high = places.min(axis=0), places.max(axis=0)
    reach = max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    scaled = (places - middle) / reach * (_SIDE - 20) + _SIDE / 2
    radius = svg.near(max(min(5.0, 120 / np.sqrt(len(places))), 1.2))
    words = f"{len(places):,} {what} by {found.config.layout}; {len(found.sizes)} groups, modularity"
    body = [
        svg.text(32, 46, title, "title"),
        svg.text(32, 72, f"{words} {found.modularity:.3f} (seed {found.config.seed})"),
        f'<rect class="sheet" x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>',
    ]
    for (x, y), group in zip(scaled.tolist(), found.groups.tolist(), strict=True):
        body.append(
            f'<circle fill="{colour_of(group)}" fill-opacity="0.7" cx="{svg.near(_LEFT + x)}" '
            f'cy="{svg.near(_TOP + _SIDE - y)}" r="{radius}"/>'
        )
    for group, size in enumerate(found.sizes[:_GROUPS]):
        y = _TOP + 14 + group * _STEP
        body.append(f'<circle fill="{colour_of(group)}" cx="{_LEGEND}" cy="{y - 4}" r="5"/>')
        body.append(svg.text(_LEGEND + 14, y, f"group {group + 1}: {size:,}", "strong"))
        body.append(svg.text(_LEGEND + 14, y + 16, _cut(", ".join(leaders[group]))))
    if len(found.sizes) > _GROUPS:
        more = f"{len(found.sizes) - _GROUPS} more, in the table"
        body.append(svg.text(_LEGEND, _TOP + 14 + _GROUPS * _STEP, more))
    note = f"{words} {found.modularity:.3f}. Dots that are near each other are rows that are alike."
    return svg.document(WIDTH, _TOP + _SIDE + 32, title, note, body)


def colour_of(group: int) -> str:
    """Return the colour of a group; after 13 they come again."""
    return _COLOURS[group % len(_COLOURS)]


def _cut(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 2]}.."


def place_table(found: Embedding, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the rows, their places, and their groups counted from 1, tab-separated."""
    lines = ["\t".join((*head, "x", "y", "group", "subgroup"))]
    columns = (found.places.tolist(), (found.groups + 1).tolist(), (found.subgroups + 1).tolist())
    for cells, (x, y), group, subgroup in zip(rows, *columns, strict=True):
        lines.append("\t".join((*cells, f"{x:.6g}", f"{y:.6g}", str(group), str(subgroup))))
    return "\n".join(lines) + "\n"
