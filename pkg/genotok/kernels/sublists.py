"""Which universe rows share a search list: the guards that keep windows short whatever the universe."""

import numpy as np

from genotok.arrays import Coords, Flags, Ids
from genotok.kernels.pyramid import running_max

MAX_CLASSES = 11  # lengths below 2^33, three powers of two a class
MAX_SUBLISTS = 10
_LOOK_AHEAD = 19  # rows looked at behind a row, and
_COVERED = 10  # how many of them it must outlast to move on; both as gtars


def windows_are_long(*, starts: Coords, ends: Coords, reach: Coords) -> bool:
    """Tell whether one list would make queries wade through rows they don't hit.

    Sorted rows are queried with their own starts: the window holds the rows from the first that may reach that far, the
    depth those that do. Long windows over small depths mean that a few long rows hide behind many short ones.
    """
    waded = np.flatnonzero(reach[:-1] > starts[1:]) + 1  # every other row's window is empty
    window = int(np.sum(waded - np.searchsorted(reach, starts[waded], side="right"), dtype=np.int64))
    if window <= 4 * len(starts):  # so it is for all but odd universes, whatever the depth
        return False
    places = np.arange(len(starts), dtype=np.int64)
    ended = np.searchsorted(np.sort(ends, kind="stable"), starts, side="right")
    depth = int(np.sum(np.maximum(places - ended, 0), dtype=np.int64))
    return window > 4 * (depth + len(starts))


def length_classes(*, starts: Coords, ends: Coords) -> list[Ids]:
    """Part the places of sorted rows by length, a factor of 8 a class: int32 places, ascending in each class."""
    classes = np.floor(np.log2(np.maximum(ends - starts, 1))).astype(np.int64) // 3
    classes = np.minimum(classes, MAX_CLASSES - 1)
    return [np.flatnonzero(classes == each).astype(np.int32) for each in np.unique(classes)]


def containment_sublists(ends: Coords) -> list[Ids]:
    """Part the places of rows sorted by start so that few rows of a list contain many of their followers.

    A row moves to the next list when it outlasts at least 10 of the 19 rows behind it (AIList, Feng et al. 2019, in the
    form gtars gives it); the tenth list takes what is left.
    """
    lists: list[Ids] = []
    places = np.arange(len(ends), dtype=np.int32)
    while places.size and len(lists) < MAX_SUBLISTS - 1:
        moves = _outlasts_followers(ends[places])
        if moves.all():
            break
        lists.append(places[~moves])
        places = places[moves]
    return [*lists, places] if places.size else lists


def _outlasts_followers(ends: Coords) -> Flags:
    # a running maximum that never falls means nobody outlasts a follower: the usual, disjoint case
    if running_max(ends) is ends:
        return np.zeros(len(ends), dtype=bool)
    outlasted = np.zeros(len(ends), dtype=np.int8)
    for ahead in range(1, min(_LOOK_AHEAD, len(ends) - 1) + 1):
        outlasted[:-ahead] += ends[:-ahead] > ends[ahead:]
    return outlasted >= _COVERED
