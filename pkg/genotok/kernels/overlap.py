"""Which universe rows does each query row overlap? Whole batches at a time, on genome-linear coordinates."""

from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS, Coords, Ids, Offsets, Places
from genotok.errors import CapacityError
from genotok.kernels.guide import Guide, build_guide, count_before
from genotok.kernels.pyramid import FAN_OUT, build_pyramid, running_max, search_pyramid
from genotok.kernels.ragged import expand_ranges, offsets_of
from genotok.kernels.sublists import containment_sublists, length_classes, windows_are_long

Engine = Literal["bits", "ailist"]

Window: TypeAlias = tuple[Places, Places]  # places [first, last) of a list that may hit, for each query

BATCH_ROWS = 2**17  # queries searched together; what a step makes of them stays within the cache
MAX_CANDIDATES = 2**24  # looked at together, 20 bytes each
SHORT_WINDOW = 64  # candidates; more are searched through the pyramid
_COUNT_FROM = 2**26  # hits; a result that grows past this is counted whole before it is made
_STEPS = 2  # back from a window's end, one by one
_RANK_BITS = 31


class SearchList(NamedTuple):
    """Rows sorted by (start, end, file row), all arrays (m,).

    ``reach`` is the running maximum of ``ends``, the same array where no row contains another. ``ranks`` are the rows'
    places in the whole order, ascending; None where the list is the whole. ``levels`` is the pyramid over ``ends``,
    empty where it is never needed. ``guide`` tells about where among ``starts`` a coordinate belongs.
    """

    starts: Coords
    ends: Coords
    reach: Coords
    ranks: Ids | None
    levels: tuple[Coords, ...]
    guide: Guide


class OverlapIndex(NamedTuple):
    """A universe made searchable: ``order[rank]`` is the file row, None where the file was sorted already."""

    order: Ids | None
    lists: tuple[SearchList, ...]
    fan_out: int


def build_index(*, starts: Coords, ends: Coords, engine: Engine = "bits", fan_out: int = FAN_OUT) -> OverlapIndex:
    """Sort (m,) genome-linear rows by (start, end, row) and part them into lists with short windows.

    ``bits`` keeps one list unless a few long rows would make windows long, ``ailist`` parts by containment. The engine
    changes the work, never the answer.
    """
    order = _order_of(starts, ends)
    if order is not None:
        starts, ends = starts[order], ends[order]
    parts = _sublists(starts, ends, engine)
    if len(parts) < 2:
        return OverlapIndex(order, (_search_list(starts, ends, None, fan_out),), fan_out)
    lists = [_search_list(starts[places], ends[places], places, fan_out) for places in parts]
    return OverlapIndex(order, tuple(lists), fan_out)


def find_overlaps(
    index: OverlapIndex, *, query_starts: Coords, query_ends: Coords, short_window: int = SHORT_WINDOW
) -> tuple[Offsets, Ids, int]:
    """List, for each (n,) query, the universe rows with ``start < query_end and end > query_start``.

    Query ``i`` owns ``rows[offsets[i]:offsets[i + 1]]``, in the order (start, end, row). The third value is the number
    of comparisons with row ends: the bound that the guards promise, whatever the clock says. More than 2^31 - 1 hits
    are refused with CapacityError while little of the memory they would take has been taken.
    """
    counts, rows = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    hits = comparisons = 0
    for at in range(0, len(query_starts), BATCH_ROWS):
        batch = slice(at, at + BATCH_ROWS)
        windows = [_windows(each, query_starts[batch], query_ends[batch]) for each in index.lists]
        for part in _parts_of(windows):
            inside = [(first[part], last[part]) for first, last in windows]
            found, ranks, compared = _search_batch(index, query_starts[batch][part], inside, short_window)
            if hits <= _COUNT_FROM < hits + len(ranks):
                _refuse_too_many(index, query_starts, query_ends)
            counts.append(found)
            rows.append(ranks if index.order is None else index.order[ranks])
            hits, comparisons = hits + len(ranks), comparisons + compared
    joined = rows[1] if len(rows) == 2 else np.concatenate(rows)
    return offsets_of(np.concatenate(counts)), joined, comparisons


def count_overlaps(index: OverlapIndex, *, query_starts: Coords, query_ends: Coords) -> int:
    """Count all hits without listing them: rows that start before the queries' ends less those that end before.

    Exact unless rows or queries are empty or reversed, then off by at most those rows.
    """
    starts = np.sort(np.concatenate([each.starts for each in index.lists]), kind="stable")
    ends = np.sort(np.concatenate([each.ends for each in index.lists]), kind="stable")
    begun = np.searchsorted(starts, query_ends, side="left").sum(dtype=np.int64)
    over = np.searchsorted(ends, query_starts, side="right").sum(dtype=np.int64)
    return int(begun - over)


def _refuse_too_many(index: OverlapIndex, query_starts: Coords, query_ends: Coords) -> None:
    total = count_overlaps(index, query_starts=query_starts, query_ends=query_ends)
    if total > MAX_IDS:
        raise CapacityError(f"{total:,} tokens exceed the {MAX_IDS:,} of one result", hint="split the input")


def _parts_of(windows: list[Window]) -> list[slice]:
    """Cut a batch so that no part has many candidates, unless it is a single row."""
    counts = [last - first for first, last in windows]
    if sum(int(each.sum(dtype=np.int64)) for each in counts) <= MAX_CANDIDATES:
        return [slice(None)]
    candidates = np.cumsum(sum(counts), dtype=np.int64)
    cuts = np.searchsorted(candidates, np.arange(MAX_CANDIDATES, candidates[-1], MAX_CANDIDATES, dtype=np.int64))
    borders = [0, *np.unique(cuts[cuts > 0]).tolist(), len(candidates)]
    return [slice(begin, end) for begin, end in pairwise(borders)]


def _order_of(starts: Coords, ends: Coords) -> Ids | None:
    """Return the stable order by (start, end), None if the rows stand in it already."""
    later = starts[1:] > starts[:-1]
    later |= (starts[1:] == starts[:-1]) & (ends[1:] >= ends[:-1])
    return None if later.all() else np.lexsort((ends, starts)).astype(np.int32)


def _sublists(starts: Coords, ends: Coords, engine: Engine) -> list[Ids]:
    if engine == "ailist":
        return containment_sublists(ends)
    reach = running_max(ends)
    if reach is ends or not windows_are_long(starts=starts, ends=ends, reach=reach):
        return []
    return length_classes(starts=starts, ends=ends)


def _search_list(starts: Coords, ends: Coords, ranks: Ids | None, fan_out: int) -> SearchList:
    reach = running_max(ends)
    levels = () if reach is ends else build_pyramid(ends, fan_out)
    return SearchList(starts, ends, reach, ranks, levels, build_guide(starts))


def _search_batch(
    index: OverlapIndex, query_starts: Coords, windows: list[Window], short_window: int
) -> tuple[Places, Ids, int]:
    """Search every list within its windows; returns (n,) counts, (t,) ranks by query then rank, comparisons."""
    if len(index.lists) == 1 and index.lists[0].reach is index.lists[0].ends:
        first, last = windows[0]
        counts = last - first
        return counts, expand_ranges(first, counts).astype(np.int32), 0
    queries: list[Ids] = []
    ranks: list[NDArray[Any]] = []
    comparisons = 0
    for each, window in zip(index.lists, windows, strict=True):
        for found, places, compared in _search_list_rows(each, query_starts, window, short_window, index.fan_out):
            queries.append(found)
            ranks.append(places if each.ranks is None else each.ranks[places])
            comparisons += compared
    return *_merge(queries, ranks, len(query_starts)), comparisons


def _search_list_rows(
    each: SearchList, query_starts: Coords, window: Window, short_window: int, fan_out: int
) -> list[tuple[Ids, Coords, int]]:
    """Search one list: short windows row by row, long ones through the pyramid."""
    first, last = window
    counts = last - first
    numbers = np.arange(len(first), dtype=np.int32)
    if each.reach is each.ends:
        return [(np.repeat(numbers, counts.astype(np.intp)), expand_ranges(first, counts), 0)]
    long = np.flatnonzero(counts > short_window).astype(np.int32)
    counts[long] = 0
    queries, places = np.repeat(numbers, counts.astype(np.intp)), expand_ranges(first, counts)
    keep = each.ends[places] > query_starts[queries]
    parts = [(queries[keep], places[keep], len(places))]
    if long.size:
        found, places, compared = search_pyramid(
            levels=each.levels, query_starts=query_starts[long], first=first[long], last=last[long], fan_out=fan_out
        )
        parts.append((long[found], places, compared))
    return parts


def _merge(queries: list[Ids], ranks: list[NDArray[Any]], n_queries: int) -> tuple[Coords, Ids]:
    """Order (query, rank) pairs of several parts by query, then rank; one part is in order already."""
    filled = [place for place, part in enumerate(queries) if part.size]
    if len(filled) < 2:
        found = queries[filled[0]] if filled else np.empty(0, np.int32)
        places = ranks[filled[0]] if filled else np.empty(0, np.int32)
        return np.bincount(found, minlength=n_queries).astype(np.int64), places.astype(np.int32)
    keys = np.concatenate([queries[place] for place in filled]).astype(np.int64) << _RANK_BITS
    keys |= np.concatenate([ranks[place] for place in filled])
    keys.sort(kind="stable")  # a few ascending runs, which the stable sort merges
    counts = np.bincount(keys >> _RANK_BITS, minlength=n_queries).astype(np.int64)
    return counts, (keys & (2**_RANK_BITS - 1)).astype(np.int32)


def _windows(each: SearchList, query_starts: Coords, query_ends: Coords) -> Window:
    """Bound the rows that may hit: places ``[first, last)`` for each query, ``first <= last``.

    The end is found with the guide, the begin by a few steps back from there.
    """
    last = count_before(each.guide, each.starts, query_ends)
    first = last.copy()
    if not len(each.reach):
        return first, last
    for _ in range(_STEPS):
        first -= each.reach.take(first - 1, mode="clip") > query_starts
    long = np.flatnonzero(each.reach.take(first - 1, mode="clip") > query_starts)  # or past the first row
    first[long] = np.searchsorted(each.reach, query_starts[long], side="right")
    return first, last
