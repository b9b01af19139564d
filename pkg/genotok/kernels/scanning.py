"""Every window of a sequence that a motif accepts, on both strands, found by the words of eight letters in it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Ids, Offsets, Places
from genotok.kernels.bases import Codes, quads_of, reach_of
from genotok.kernels.growing import GrowingColumn
from genotok.kernels.ragged import offsets_of
from genotok.kernels.scanplan import ANCHOR, WORDS, ScanPlan

_MARGIN = 64  # letters: no motif reaches further beyond an end
_NEAR = (8, -4, 12, -8)  # places of four letters, relative to an anchor, that lie ready in the order of the index
_TOGETHER = 2**12  # candidates of several motifs that are followed at once
_DENSE = 64  # places for each hit, or fewer: marking them beats sorting them
_LANE = 8  # places that are looked at together


class WordIndex(NamedTuple):
    """A sequence, searchable by its words of eight letters.

    Positions with the word ``w`` are ``order[first[w]:first[w + 1]]``, int32, ascending; words that begin with too few
    known bases for any motif are left out. ``quads`` are the four letters from each position on, ``_MARGIN`` positions
    shifted; ``near`` the same at the positions ``order + _NEAR[i]``; ``reach`` counts known bases from each position.
    """

    order: Ids
    first: Places
    quads: Bytes
    near: tuple[Bytes, ...]
    reach: NDArray[np.uint8]


def index_words(codes: Codes, *, shortest: int) -> WordIndex:
    """Index (n,) codes of letters for motifs of at least ``shortest`` columns; n is below 2^31 - 64."""
    quads = quads_of(codes, before=_MARGIN, behind=2 * _MARGIN)
    reach = reach_of(codes)
    words = quads[_MARGIN : _MARGIN + len(codes)].astype(np.uint16)
    words <<= 8
    words |= quads[_MARGIN + 4 : _MARGIN + 4 + len(codes)]
    usable = reach >= min(shortest, ANCHOR)
    if usable.all():
        order = np.argsort(words, kind="stable")
    else:
        places = np.flatnonzero(usable)
        words = words.take(places)
        order = places.take(np.argsort(words, kind="stable"))
    first = np.zeros(WORDS + 1, dtype=np.intp)
    np.cumsum(np.bincount(words, minlength=WORDS).astype(np.intp), out=first[1:], dtype=np.intp)
    near = tuple(quads[_MARGIN + place :].take(order, mode="clip") for place in _NEAR)
    return WordIndex(order.astype(np.int32), first, quads, near, reach)


def scan(index: WordIndex, plan: ScanPlan) -> tuple[Ids, Offsets]:
    """List the starts of the windows that each row of the plan accepts: ragged int32, ascending within a row.

    A window with an unknown base is none, nor is one that passes an end of the sequence.
    """
    starts: GrowingColumn[np.int32] = GrowingColumn(np.int32)
    counts = np.zeros(len(plan.widths), dtype=np.int64)
    for rows, found in scan_groups(index, plan):
        counts[rows] = [len(each) for each in found]
        for each in found:
            starts.append(each)
    return starts.finish(), offsets_of(counts)


def scan_groups(index: WordIndex, plan: ScanPlan) -> Iterator[tuple[slice, list[Ids]]]:
    """Yield the hits of `scan` row by row, some rows at a time: which rows, and the starts of each."""
    sizes = np.diff(index.first)
    many = sizes.take(plan.words, mode="clip")
    candidates = np.concatenate([[0], np.cumsum(many, dtype=np.int64)])[plan.word_offsets]
    line = np.arange(max(int(np.diff(candidates).max(initial=0)), _TOGETHER), dtype=np.intp)
    mask = np.zeros(-(-len(index.reach) // _LANE) * _LANE, dtype=np.bool_)
    row, last = 0, len(plan.widths)
    while row < last:
        full = int(np.searchsorted(candidates, candidates[row] + _TOGETHER, side="right")) - 1
        end = min(max(full, row + 1), last)
        span = slice(int(plan.word_offsets[row]), int(plan.word_offsets[end]))
        places = _expand(index.first.take(plan.words[span], mode="clip"), many[span], line)
        losses = np.repeat(plan.losses[span], many[span].astype(np.intp, copy=False))
        if end == row + 1:
            starts = _sorted(_scan_row(index, plan, row, places, losses), mask)
            yield slice(row, end), [_whole(index, starts, plan.widths[row])]
        else:
            yield slice(row, end), _scan_rows(index, plan, slice(row, end), places, losses, many[span])
        row = end


def _expand(first: Places, counts: Places, line: Places) -> Places:
    """List ``first[i], first[i] + 1, ..`` for ``counts[i]`` steps, one after the other; ``line`` counts from 0."""
    ends = np.cumsum(counts, dtype=np.intp)
    places = np.repeat(first - (ends - counts), counts.astype(np.intp, copy=False))
    places += line[: len(places)]
    return places


def _scan_row(index: WordIndex, plan: ScanPlan, row: int, places: Places, losses: NDArray[Any]) -> Ids:
    """Follow the candidates of one row; return the starts of those within its budget, in the order of the index."""
    budget = plan.budgets[row]
    for place, table in plan.steps[row].tolist():
        if not table:
            break
        if place in _NEAR:
            letters = index.near[_NEAR.index(place)].take(places, mode="clip")
        else:
            letters = index.quads.take(index.order.take(places, mode="clip") + (_MARGIN + place), mode="clip")
        losses += plan.tables[table].take(letters, mode="clip")
        keep = np.flatnonzero(losses <= budget)
        places, losses = places.take(keep, mode="clip"), losses.take(keep, mode="clip")
    starts: Ids = index.order.take(places, mode="clip") - plan.anchors[row]
    return starts


def _scan_rows(
    index: WordIndex, plan: ScanPlan, which: slice, places: Places, losses: NDArray[Any], many: Places
) -> list[Ids]:
    """Follow the candidates of several rows at once; return the hits of each."""
    every = np.arange(which.start, which.stop, dtype=np.int32)
    words = np.diff(plan.word_offsets[which.start : which.stop + 1])
    rows = np.repeat(np.repeat(every, words.astype(np.intp)), many.astype(np.intp, copy=False))
    positions = index.order.take(places, mode="clip")
    flat = plan.tables.ravel()
    for step in range(plan.steps.shape[1]):
        if not plan.steps[which, step, 1].any():
            break
        where, table = plan.steps[:, step, 0].take(rows), plan.steps[:, step, 1].take(rows)
        letters = index.quads.take(positions + where + np.int32(_MARGIN), mode="clip")
        losses += flat.take((table << 8) + letters, mode="clip")
        keep = np.flatnonzero(losses <= plan.budgets.take(rows))
        positions, losses, rows = positions.take(keep), losses.take(keep), rows.take(keep)
    keys = (rows.astype(np.int64) << 32) + (positions - plan.anchors.take(rows) + np.int32(_MARGIN))
    keys.sort()
    borders = np.searchsorted(keys, np.append(every, which.stop).astype(np.int64) << 32).tolist()
    starts = (keys & 0xFFFFFFFF).astype(np.int32) - np.int32(_MARGIN)
    return [
        _whole(index, starts[begin:end], plan.widths[row])
        for row, begin, end in zip(every.tolist(), borders[:-1], borders[1:], strict=True)
    ]


def _whole(index: WordIndex, starts: Ids, width: Any) -> Ids:
    """Keep the windows, whose starts ascend, that lie within the sequence and hold known bases alone."""
    starts = starts[np.searchsorted(starts, np.int32(0)) :]
    whole = index.reach.take(starts, mode="clip") >= width
    return starts if whole.all() else starts[whole]


def _sorted(starts: Ids, mask: NDArray[np.bool_]) -> Ids:
    """Sort distinct positions, none below ``-_MARGIN``; ``mask`` is as long as the sequence, and all False.

    Many are marked and found again, eight places at a time; few are sorted.
    """
    if len(starts) * _DENSE < len(mask) or int(starts.min()) < 0:
        return np.sort(starts)
    mask[starts] = True
    lanes = np.flatnonzero(mask.view(np.uint64))
    marked = np.flatnonzero(mask.reshape(-1, _LANE).take(lanes, axis=0))
    mask.view(np.uint64)[lanes] = 0
    return ((lanes.take(marked >> 3) << 3) | (marked & 7)).astype(np.int32)
