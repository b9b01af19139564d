"""How many files cover each base? Answered at the borders alone, on genome-linear coordinates."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags


class Steps(NamedTuple):
    """A depth along the genome line by its changes: at ``positions[i]`` the depth changes by ``changes[i]``.

    Both int64 (k,); positions ascend and differ, no change is 0, all changes together are 0.
    """

    positions: Coords
    changes: NDArray[np.int64]


class Spans(NamedTuple):
    """Half-open spans ``[starts[i], ends[i])``, both int64 (m,)."""

    starts: Coords
    ends: Coords


NO_STEPS = Steps(np.empty(0, np.int64), np.empty(0, np.int64))


def join_spans(*, starts: Coords, ends: Coords, gap: int = 0) -> Spans:
    """Join (n,) spans that overlap, touch, or leave at most ``gap`` bases between them.

    The joined spans ascend; empty and reversed ones, which cover nothing, are left out.
    """
    real = ends > starts
    if not real.all():
        starts, ends = starts[real], ends[real]
    if np.any(starts[1:] < starts[:-1]):
        order = np.argsort(starts, kind="stable")
        starts, ends = starts[order], ends[order]
    reach = np.maximum.accumulate(ends)
    fresh = np.ones(len(starts), dtype=np.bool_)
    np.greater(starts[1:], reach[:-1] + gap, out=fresh[1:])
    last = np.roll(fresh, -1)  # a span is the last of its group if the next one begins a group; the very last is
    return Spans(starts[fresh], reach[last])


def steps_of(spans: Spans) -> Steps:
    """Turn ascending spans that neither overlap nor touch into the steps of a depth of 0 and 1."""
    positions = np.stack([spans.starts, spans.ends], axis=1).ravel()
    changes = np.ones(len(positions), dtype=np.int64)
    changes[1::2] = -1
    return Steps(positions, changes)


def add_steps(one: Steps, two: Steps) -> Steps:
    """Add two depths: the changes at one position become one, and vanish where they cancel out."""
    if not len(one.positions) or not len(two.positions):
        return one if len(one.positions) else two
    positions = np.concatenate([one.positions, two.positions])
    order = np.argsort(positions, kind="stable")  # two ascending runs, which the stable sort merges
    positions = positions[order]
    changes = np.concatenate([one.changes, two.changes])[order]
    same = positions[1:] == positions[:-1]
    changes[:-1][same] += changes[1:][same]  # no position stands there more than twice
    keep = changes != 0
    keep[1:] &= ~same
    return Steps(positions[keep], changes[keep])


def depths_of(steps: Steps) -> NDArray[np.int64]:
    """Return the depth from each position to the next: int64 (k,), the last one 0."""
    return np.cumsum(steps.changes, dtype=np.int64)


def spans_where(positions: Coords, inside: Flags) -> Spans:
    """Join the segments from each position to the next that are flagged: maximal spans, ascending.

    ``inside`` (k,) flags the segment that begins at ``positions[i]``; the last position begins none, its flag is False.
    """
    before = np.concatenate([np.zeros(1, dtype=np.bool_), inside[:-1]]) if len(inside) else inside
    return Spans(positions[inside & ~before], positions[before & ~inside])


def nearest_distances(anchors: Coords, places: Coords) -> Coords:
    """Return the distance from each of (n,) places to the nearest of (m,) ascending anchors, of which there is one."""
    following = np.searchsorted(anchors, places)
    behind = anchors[np.minimum(following, len(anchors) - 1)]
    before = anchors[np.maximum(following - 1, 0)]
    distances: Coords = np.minimum(np.abs(behind - places), np.abs(places - before))
    return distances


def bases_within(spans: Spans, other: Spans) -> int:
    """Count the bases that two sets of ascending, disjoint spans share."""
    if not len(spans.starts) or not len(other.starts):
        return 0
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(spans.ends - spans.starts, dtype=np.int64)])

    def covered_up_to(places: Coords) -> Coords:
        """Count the bases of ``spans`` below each place."""
        begun = np.searchsorted(spans.starts, places)  # spans that start below the place
        beyond = np.maximum(spans.ends[np.maximum(begun - 1, 0)] - places, 0)
        counted: Coords = np.where(begun > 0, before[begun] - beyond, 0)
        return counted

    return int((covered_up_to(other.ends) - covered_up_to(other.starts)).sum(dtype=np.int64))
