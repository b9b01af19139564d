"""Which strand of a sequence is read: its own, the other, or the one that comes first in the alphabet."""

import numpy as np

from genotok.arrays import Flags, Offsets
from genotok.kernels.bases import Codes, reverse_complement
from genotok.tokenizers.vq_config import Strand
from genotok.tokenizers.vq_inputs import Group, Long

_STEPS = 64  # bases in which a sequence and its other strand are compared, all sequences at once


def turn(bases: Codes, rows: Offsets, turned: Flags) -> Codes:
    """Return the bases with those of the other strand for some documents."""
    other, whole = reverse_complement(bases), bases.copy()
    total, edges = len(bases), rows.tolist()
    for number in np.flatnonzero(turned).tolist():
        begin, end = edges[number], edges[number + 1]
        whole[begin:end] = other[total - end : total - begin]
    return whole


def choose_strands(group: Group, strand: Strand) -> Flags:
    """Say which documents are read from their other strand: bool (b,)."""
    n = len(group.rows) - 1
    if strand != "canonical":
        return np.full(n, strand == "reverse", dtype=np.bool_)
    turned = np.zeros(n, dtype=np.bool_)
    other, lengths = reverse_complement(group.bases), np.diff(group.rows)
    begins, turned_begins = group.rows[:-1], len(group.bases) - group.rows[1:]
    open_ones = np.flatnonzero(lengths > 0)
    for place in range(_STEPS):  # three of four are decided at each step
        mine = group.bases[(begins[open_ones] + place).astype(np.intp)]
        its = other[(turned_begins[open_ones] + place).astype(np.intp)]
        turned[open_ones[its < mine]] = True
        open_ones = open_ones[(its == mine) & (lengths[open_ones] > place + 1)]
        if not open_ones.size:
            return turned
    for number in open_ones.tolist():
        begin, size = int(begins[number]), int(lengths[number])
        its_begin = int(turned_begins[number])
        turned[number] = _comes_first(other[its_begin : its_begin + size], group.bases[begin : begin + size]) or False
    return turned


def is_turned(document: Long) -> bool:
    """Say whether the other strand of a document comes first; letters are not counted."""
    pairs = zip(document.pieces(counted=False), document.pieces(turned=True, counted=False), strict=True)
    decided = (_comes_first(its, mine) for mine, its in pairs)
    return next((each for each in decided if each is not None), False)


def _comes_first(one: Codes, other: Codes) -> bool | None:
    """Say whether one of two sequences of one length comes before the other; None if they are the same."""
    different = one != other
    at = int(np.argmax(different)) if len(one) else 0
    return bool(one[at] < other[at]) if len(one) and different[at] else None
