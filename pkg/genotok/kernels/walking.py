"""Where a genome differs from one much like it: walk along both, and step aside at insertions and deletions."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.kernels.bases import UNKNOWN, Codes

_ANCHOR = 24  # known bases that are looked up to begin with
_WIDTH = 40  # bases compared behind a step aside
_DENSE = 10  # mismatches within so many bases: the two are out of step
_CLEAN = 3  # mismatches within them: the two are in step again, and no other place need be tried
_LONGEST = 1_000  # bases of an insertion or deletion
_TRIED = 4  # mismatches from which a step aside is tried


class Differences(NamedTuple):
    """Substitutions: ``places`` int64 (m,) in the reference, ascending, and the genome's ``bases`` uint8 (m,) there.

    ``inserted`` and ``deleted`` count bases; behind ``reached``, a place in the reference, the two are not alike.
    """

    places: Coords
    bases: Codes
    inserted: int
    deleted: int
    reached: int


def find_differences(reference: Codes, genome: Codes) -> Differences | None:
    """Find substitutions between two sequences that are alike but for few of them, and for some gaps.

    Both uint8, 0..3, 4 unknown; an unknown base is like any other. None if no 24 bases of the genome stand in the
    reference.

    >>> reference = np.frombuffer(b"0123012230112233001122330011223300", np.uint8) - 48
    >>> changed = reference.copy()
    >>> changed[30] = 0
    >>> find_differences(reference, changed).places.tolist()
    [30]
    """
    begin = _begin(reference, genome)
    if begin is None:
        return None
    at, its = begin
    places: list[NDArray[np.int64]] = []
    bases: list[Codes] = []
    inserted = deleted = 0
    while at < len(reference) and its < len(genome):
        n = min(len(reference) - at, len(genome) - its)
        wrong = np.flatnonzero(_differ(reference[at : at + n], genome[its : its + n]))
        dense = np.flatnonzero(wrong[_DENSE - 1 :] - wrong[: max(len(wrong) - _DENSE + 1, 0)] < _WIDTH)
        step = _step_aside(reference, genome, at, its, wrong[dense[:_TRIED]]) if dense.size else None
        stop = step[0] if step is not None else int(wrong[dense[0]]) if dense.size else n
        kept = wrong[wrong < stop]
        places.append(at + kept.astype(np.int64))
        bases.append(genome[its + kept])
        if step is None:
            at += stop
            break
        at, its = at + step[0] + max(-step[1], 0), its + step[0] + max(step[1], 0)
        inserted, deleted = inserted + max(step[1], 0), deleted + max(-step[1], 0)
    found = [np.concatenate([np.empty(0, np.int64), *places]), np.concatenate([np.empty(0, np.uint8), *bases])]
    return Differences(found[0], found[1], inserted, deleted, at)


def _differ(one: Codes, other: Codes) -> NDArray[np.bool_]:
    differs: NDArray[np.bool_] = (one != other) & (one != UNKNOWN) & (other != UNKNOWN)
    return differs


def _begin(reference: Codes, genome: Codes) -> tuple[int, int] | None:
    """Find where both begin to run side by side: a place in each."""
    text = reference.tobytes()
    for start in range(0, len(genome) - _ANCHOR + 1, _ANCHOR):
        anchor = genome[start : start + _ANCHOR]
        if int(anchor.max()) < UNKNOWN and (found := text.find(anchor.tobytes())) >= 0:
            return max(found - start, 0), max(start - found, 0)
    return None


def _step_aside(
    reference: Codes, genome: Codes, at: int, its: int, crowded: NDArray[np.intp]
) -> tuple[int, int] | None:
    """Find the first place, among those where mismatches crowd, behind which a gap brings both in step again.

    Returns how far on it lies, and the length of the gap: above 0 an insertion in the genome, below a deletion.
    """
    best, chosen = _DENSE, None
    for place in crowded.tolist():
        for size in range(1, _LONGEST + 1):
            for gap in (-size, size):
                one, other = at + place + max(-gap, 0), its + place + max(gap, 0)
                width = min(_WIDTH, len(reference) - one, len(genome) - other)
                if width < _WIDTH // 2:
                    continue
                wrong = np.count_nonzero(_differ(reference[one : one + width], genome[other : other + width]))
                if wrong < best:
                    best, chosen = int(wrong), (place, gap)
            if best <= _CLEAN:
                return chosen
    return chosen
