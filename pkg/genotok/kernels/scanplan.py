"""A search for motifs as far as it is known before a sequence is seen: which eight letters may be there, what follows.

Scores are turned into losses: how far a letter stays below the best of its column. Losses only add up, and a window is
a hit if its loss stays within the motif's budget, so that any part of a window can rule it out.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets
from genotok.kernels.bases import QUAD
from genotok.kernels.pwm import Scores
from genotok.kernels.ragged import offsets_of

ANCHOR = 8  # letters that the index knows
WORDS = 4**ANCHOR
_SHORT = 2**15 - 1  # budgets below it leave room for two losses in 16 bits


class ScanPlan(NamedTuple):
    """The search for r rows, row ``2 * motif + strand``.

    ``widths``, ``anchors`` (the first of the eight columns looked up) and ``budgets`` are int32 (r,). At its anchor row
    ``i`` accepts the words ``words[word_offsets[i]:word_offsets[i + 1]]`` (uint16, ascending), which lose ``losses`` of
    its budget.
    ``steps`` int32 (r, s, 2) are the further four letters to look at: their place relative to the anchor, and their
    row in ``tables`` (t, 256); what a row does not need is step 0 of table 0, which loses nothing.
    """

    widths: Ids
    anchors: Ids
    budgets: Ids
    words: NDArray[np.uint16]
    losses: NDArray[Any]  # uint16, or uint32 where that might not do
    word_offsets: Offsets
    steps: NDArray[np.int32]
    tables: NDArray[Any]  # as losses


def plan_scan(scores: Scores, offsets: Offsets, budgets: Ids) -> ScanPlan:
    """Plan the search for both strands of motifs; those of a negative budget have no word to begin with.

    ``scores`` (t, 4) are the columns of all motifs, motif ``m`` owns ``offsets[m]`` to ``offsets[m + 1]``; a window is
    a hit if it stays at most ``budgets[m]`` below the motif's best score.
    """
    kind = np.uint16 if int(budgets.max(initial=0)) < _SHORT else np.uint32
    anchors, words, losses = list[int](), list[NDArray[np.uint16]](), list[NDArray[Any]]()
    tables, steps = [np.zeros(WORDS >> ANCHOR, dtype=kind)], list[list[tuple[int, int]]]()
    for columns, budget in _rows(scores, offsets, budgets):
        anchor = _best_anchor(columns)
        anchors.append(anchor)
        found, lost = _words_within(_pad(columns[anchor : anchor + ANCHOR], ANCHOR), budget)
        words.append(found)
        losses.append(lost.astype(kind))
        steps.append([])
        for place, four in _further(columns, anchor) if budget >= 0 else ():
            steps[-1].append((place, len(tables)))
            tables.append(np.minimum(_losses_of_words(four), budget + 1).astype(kind))
    widest = max(map(len, steps), default=0)
    filled = [each + [(0, 0)] * (widest - len(each)) for each in steps]
    return ScanPlan(
        widths=np.repeat(np.diff(offsets), 2).astype(np.int32),
        anchors=np.array(anchors, dtype=np.int32),
        budgets=np.repeat(budgets, 2).astype(np.int32),
        words=np.concatenate([np.empty(0, np.uint16), *words]),
        losses=np.concatenate([np.empty(0, kind), *losses]),
        word_offsets=offsets_of(np.array([len(each) for each in words], dtype=np.int64)),
        steps=np.array(filled, dtype=np.int32).reshape(len(steps), widest, 2),
        tables=np.stack(tables),
    )


def _rows(scores: Scores, offsets: Offsets, budgets: Ids) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Yield the losses of each motif's columns (L, 4) and its budget, strand by strand."""
    for motif, budget in enumerate(budgets.tolist()):
        columns = scores[offsets[motif] : offsets[motif + 1]].astype(np.int64)
        losses = columns.max(axis=1, keepdims=True) - columns
        yield losses, budget
        yield losses[::-1, ::-1], budget  # the other strand, as `pwm.mirror` turns scores


def _best_anchor(columns: NDArray[np.int64]) -> int:
    """Return the first of the eight columns in a row that lose most on a random word; the first such on ties."""
    sums = np.concatenate([[0], np.cumsum(columns.sum(axis=1, dtype=np.int64), dtype=np.int64)])
    size = min(ANCHOR, len(columns))
    return int(np.argmax(sums[size:] - sums[:-size]))


def _further(columns: NDArray[np.int64], anchor: int) -> list[tuple[int, NDArray[np.int64]]]:
    """Cut the columns beside the anchor into fours, those first that lose most: (place from the anchor, columns)."""
    behind = range(anchor + ANCHOR, len(columns), QUAD)
    pieces = [(place - anchor, _pad(columns[place : place + QUAD], QUAD)) for place in behind]
    for place in range(anchor - QUAD, -QUAD, -QUAD):
        head = columns[max(place, 0) : place + QUAD]
        pieces.append((place - anchor, np.concatenate([np.zeros((QUAD - len(head), 4), dtype=np.int64), head])))
    return sorted(pieces, key=lambda piece: -int(piece[1].sum(dtype=np.int64)))


def _pad(columns: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Add columns behind that lose nothing whatever their letter."""
    return np.concatenate([columns, np.zeros((size - len(columns), 4), dtype=np.int64)])


def _losses_of_words(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the loss of every word of so many letters, in the order of their numbers in base 4."""
    losses = np.zeros(1, dtype=np.int64)
    for column in columns:
        losses = (losses[:, None] + column).ravel()
    return losses


def _words_within(columns: NDArray[np.int64], budget: int) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """List the words of eight letters that lose at most the budget, ascending, and what they lose."""
    high, low = _losses_of_words(columns[:QUAD]), _losses_of_words(columns[QUAD:])
    heads = np.flatnonzero(high <= budget)
    losses = (high[heads, None] + low).ravel()
    found = np.flatnonzero(losses <= budget)
    words = heads.take(found >> ANCHOR) << ANCHOR | found & (len(low) - 1)
    return words.astype(np.uint16), losses.take(found)
