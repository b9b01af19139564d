"""How well tokens spell motifs: the best correlation of a motif's columns with the letters of any token.

A motif's shares and a token's letters (1 for the letter, 0 for others) are both taken less 1/4, and are 0 beyond their
ends; the score is their product over the norms of the whole motif and the whole token, at the best of all offsets.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Offsets
from genotok.kernels.ragged import expand_ranges, offsets_of

Floats: TypeAlias = NDArray[np.float64]

LETTERS = 4
_EXPECTED = 0.25
_CELLS = 2**22  # scores formed at a time
_SHORT = 8  # letters: of longer tokens few are alike, so that a product with all of them is mostly of zeros


def best_likeness(*, counts: NDArray[Any], motif_offsets: Offsets, letters: Bytes, token_offsets: Offsets) -> Floats:
    """Return the score of each of M motifs with the token that is most like it: float64 (M,), at most 1.

    Motif ``m`` has the columns ``counts[motif_offsets[m]:motif_offsets[m + 1]]``, (sum of lengths, 4) for A, C, G, T,
    none all zero; token ``t`` the letters ``letters[token_offsets[t]:token_offsets[t + 1]]``, codes 0 to 3 for A, C, G,
    T, and above for an unknown one, which is like none and has no part in the norm. Tokens are read as they stand, not
    backwards; without any letter the score is 0.
    """
    weights = counts / counts.sum(axis=1, dtype=np.float64)[:, None] - _EXPECTED
    lengths = np.diff(motif_offsets)
    sums = np.concatenate([[0.0], np.cumsum((weights**2).sum(axis=1, dtype=np.float64), dtype=np.float64)])
    norms: Floats = np.sqrt(sums[motif_offsets[1:]] - sums[motif_offsets[:-1]])
    best: Floats = np.zeros(len(lengths))
    sizes = np.diff(token_offsets)
    for tokens in _by_length(letters, token_offsets[:-1][sizes <= _SHORT], sizes[sizes <= _SHORT]):
        for motifs in _groups(lengths, tokens.shape[1]):
            columns, owners = _slide(weights, motif_offsets[motifs.start : motifs.stop + 1], tokens.shape[1])
            np.maximum.at(best, owners + motifs.start, _score(tokens, columns))
    long = sizes > _SHORT
    if np.any(long):
        own = letters[expand_ranges(token_offsets[:-1][long], sizes[long])]
        _walk_long(best, weights, motif_offsets, np.minimum(own, LETTERS), sizes[long])
    np.divide(best, norms, out=best, where=norms > 0)
    return best


def _walk_long(best: Floats, weights: Floats, motif_offsets: Offsets, letters: Bytes, sizes: Offsets) -> None:
    """Raise ``best`` (M,) by tokens of ``sizes`` (n,), whose letters lie end to end, walking each motif along them."""
    table = np.zeros((len(weights), LETTERS + 1))  # the last for letters that are none
    table[:, :LETTERS] = weights
    known = np.diff(np.cumsum(letters < LETTERS, dtype=np.int64)[np.cumsum(sizes, dtype=np.int64) - 1], prepend=0)
    scales = np.where(known > 0, 1 / np.sqrt(np.maximum(known, 1) * (1 - _EXPECTED)), 0.0)
    lengths = np.diff(motif_offsets)
    for length in np.unique(lengths).tolist():
        gap = length - 1  # no letters between tokens, so that no window meets two of them
        laid = np.full(len(letters) + gap * (len(sizes) + 1), LETTERS, dtype=np.uint8)
        laid[expand_ranges(offsets_of(sizes + gap)[:-1] + gap, sizes)] = letters
        windows = len(laid) - gap
        scale = np.repeat(scales, (sizes + gap).astype(np.intp))
        for motif in np.flatnonzero(lengths == length).tolist():
            columns = table[motif_offsets[motif] : motif_offsets[motif + 1]]
            found = columns[0].take(laid[:windows])
            for at in range(1, length):
                found += columns[at].take(laid[at : at + windows])
            best[motif] = max(best[motif], float((found * scale).max()))


def _score(tokens: Bytes, columns: Floats) -> Floats:
    """Return the best of (n, w) tokens at each of the offsets (4w, o): (o,)."""
    highest = np.full(columns.shape[1], -np.inf)
    step = max(_CELLS // len(highest), 1)
    for at in range(0, len(tokens), step):
        np.maximum(highest, (_spell(tokens[at : at + step]) @ columns).max(axis=0), out=highest)
    return highest


def _spell(tokens: Bytes) -> Floats:
    """Turn (n, w) tokens into rows (n, 4w) of norm 1, or 0 without a known letter."""
    known = tokens < LETTERS
    spelled = (tokens[:, :, None] == np.arange(LETTERS, dtype=np.uint8)) - _EXPECTED * known[:, :, None]
    norms = np.sqrt(known.sum(axis=1, dtype=np.int64) * (1 - _EXPECTED))
    spelled /= np.maximum(norms, 1 - _EXPECTED)[:, None, None]
    rows: Floats = spelled.reshape(len(tokens), -1)
    return rows


def _groups(lengths: NDArray[Any], width: int) -> Iterator[range]:
    """Cut the motifs where the columns to lay against ``width`` letters become many."""
    first = cells = 0
    for motif, length in enumerate(lengths.tolist()):
        more = LETTERS * width * (length + width - 1)
        if cells + more > _CELLS and motif > first:
            yield range(first, motif)
            first, cells = motif, 0
        cells += more
    if first < len(lengths):
        yield range(first, len(lengths))


def _by_length(letters: Bytes, starts: Offsets, lengths: Offsets) -> Iterator[Bytes]:
    """Group the distinct tokens, which begin at ``starts`` and are so long, by their length: (n, w) for each."""
    for width in np.unique(lengths[lengths > 0]).tolist():
        own = starts[lengths == width]
        table = letters[expand_ranges(own, np.full(len(own), width, dtype=np.int64))].reshape(-1, width)
        words = np.unique(np.ascontiguousarray(table).view(f"V{width}"))
        yield words.view(np.uint8).reshape(-1, width)


def _slide(weights: Floats, offsets: Offsets, width: int) -> tuple[Floats, NDArray[np.intp]]:
    """Lay m motifs against ``width`` letters at all offsets at which they meet: (4 width, o), and its motif (o,).

    ``offsets`` (m + 1,) are those of their columns in ``weights``.
    """
    lengths = np.diff(offsets)
    spans = lengths + 2 * (width - 1)
    starts = offsets_of(spans)
    padded = np.zeros((int(starts[-1]), LETTERS))
    padded[expand_ranges(starts[:-1] + width - 1, lengths)] = weights[offsets[0] : offsets[-1]]
    firsts = expand_ranges(starts[:-1], lengths + width - 1)
    columns = padded[firsts[None, :] + np.arange(width, dtype=np.int64)[:, None]]  # (width, o, 4)
    owners = np.repeat(np.arange(len(lengths), dtype=np.intp), (lengths + width - 1).astype(np.intp))
    return columns.transpose(0, 2, 1).reshape(LETTERS * width, -1), owners
