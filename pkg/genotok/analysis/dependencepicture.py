"""How features depend on each other, as a picture: a map of scores by clusters, and clusters by distance."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.analysis import svg
from genotok.arrays import Ids
from genotok.values.motiffeatures import MotifFeatures

WIDTH = 960
_LEFT, _TOP, _SIDE = 48, 116, 520
_RIGHT_LEFT, _RIGHT = 660, 920
Linkage: TypeAlias = Literal["single", "average"]

_CELLS = 130  # along a side: of more features, neighbours share one
_FAINT = 0.02  # a score below which no cell is drawn
DISTANCES = tuple(round(0.1 * step, 1) for step in range(1, 10))


@dataclass(frozen=True)
class ClusterCount:
    """How many clusters a distance makes, the size of the largest, and how many features stay single."""

    distance: float
    clusters: int
    largest: int
    single: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def count_clusters(
    scores: NDArray[Any], features: MotifFeatures, *, linkage: Linkage, distances: Sequence[float] = DISTANCES
) -> list[ClusterCount]:
    """Cluster features at each distance, by the scores of all pairs (F, F)."""
    rows = []
    for distance in sorted(set(distances)):
        labels = features.clustered(scores.astype(np.float64), linkage=linkage, distance=distance).labels
        sizes = np.bincount(labels).astype(np.int64)
        single = int(np.count_nonzero(sizes == 1))
        rows.append(ClusterCount(distance, len(sizes), int(sizes.max(initial=0)), single))
    return rows


def order_by_cluster(labels: Ids) -> NDArray[np.intp]:
    """Return the features with the largest clusters first, and by their own order inside."""
    sizes = np.bincount(labels).astype(np.int64)
    return np.lexsort((np.arange(len(labels), dtype=np.int64), labels, -sizes[labels]))


def strongest_pairs(scores: NDArray[Any], most: int) -> list[tuple[int, int, float]]:
    """List the pairs of features with the highest scores, the first one smaller; equal scores by place."""
    one, two = np.triu_indices(len(scores), k=1)
    values = scores[one, two]
    order = np.argsort(-values, kind="stable")[:most]
    return [(int(one[at]), int(two[at]), float(values[at])) for at in order.tolist()]


def draw_dependence(scores: NDArray[Any], labels: Ids, counts: Sequence[ClusterCount], *, title: str) -> str:
    """Draw the map, darker for higher scores, and the number of clusters over the distance."""
    cells, members = _cells(scores, labels)
    n = len(cells)
    unit = _SIDE / max(n, 1)
    note = "left: scores of pairs, the largest clusters first; right: clusters and the largest by distance"
    body = [
        svg.text(32, 46, title, "title"),
        svg.text(32, 72, note),
        f'<rect class="sheet" x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>',
    ]
    for row, column in zip(*(each.tolist() for each in np.nonzero(cells >= _FAINT)), strict=True):
        body.append(
            f'<rect class="solid" fill-opacity="{min(cells[row, column], 1.0):.2f}" '
            f'x="{_LEFT + column * unit:.2f}" y="{_TOP + row * unit:.2f}" width="{unit:.2f}" height="{unit:.2f}"/>'
        )
    each = f", {members} in a cell" if members > 1 else ""
    body.append(svg.text(_LEFT, _TOP + _SIDE + 20, f"{len(scores):,} features{each}"))
    body += _curves(counts)
    return svg.document(WIDTH, _TOP + _SIDE + 44, title, f"Dependence of features; {note}.", body)


def _cells(scores: NDArray[Any], labels: Ids) -> tuple[NDArray[np.float64], int]:
    """Return scores by clusters, (n, n), and how many features were averaged into a cell so that a side has few."""
    order = order_by_cluster(labels)
    sorted_scores = scores[np.ix_(order, order)].astype(np.float64)
    step = -(-len(order) // _CELLS)
    firsts = np.arange(0, len(order), step, dtype=np.intp)
    sizes = np.diff(np.append(firsts, len(order))).astype(np.float64)
    sums = np.add.reduceat(np.add.reduceat(sorted_scores, firsts, axis=0), firsts, axis=1)
    means: NDArray[np.float64] = sums / np.outer(sizes, sizes)
    return means, step


def _curves(counts: Sequence[ClusterCount]) -> list[str]:
    bottom, top = _TOP + 220, _TOP + 20
    most = max(max(each.clusters, each.largest) for each in counts)
    x = svg.linear(0, 1, _RIGHT_LEFT, _RIGHT)
    y = svg.linear(0, most, bottom, top)
    marks = svg.ticks(0, most, wanted=4)
    body = [svg.rules_across(y, marks, [svg.short(each) for each in marks], left=_RIGHT_LEFT, right=_RIGHT)]
    for kind, name, at in (("curve", "clusters", 0), ("second", "largest", 1)):
        values = [each.clusters if kind == "curve" else each.largest for each in counts]
        points = [(x(each.distance), y(value)) for each, value in zip(counts, values, strict=True)]
        body.append(svg.path(svg.line_through(points), kind))
        body.append(svg.path(f"M{_RIGHT_LEFT + 110 * at} {top - 24}h18", kind))
        body.append(svg.text(_RIGHT_LEFT + 24 + 110 * at, top - 20, name, "strong"))
    body.append(
        svg.axis_below(
            x, [0, 0.25, 0.5, 0.75, 1], ["0", ".25", ".5", ".75", "1"], y=bottom, left=_RIGHT_LEFT, right=_RIGHT
        )
    )
    body.append(svg.text(_RIGHT, bottom + 36, "distance, 1 - score", "end"))
    return body


def dependence_table(scores: NDArray[Any], labels: Ids, names: Sequence[str]) -> str:
    """Return the scores of all pairs in the order of clusters, tab-separated: a row and a column for each feature."""
    order = order_by_cluster(labels).tolist()
    lines = ["\t".join(("feature", "cluster", *(names[at] for at in order)))]
    for at in order:
        cells = (f"{scores[at, other]:.4g}" for other in order)
        lines.append("\t".join((names[at], str(labels[at]), *cells)))
    return "\n".join(lines) + "\n"
