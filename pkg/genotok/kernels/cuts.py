"""Words cut from a sequence: at random places, as a control of the same lengths, or in a row, as a corpus."""

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Bytes, Coords, Offsets
from genotok.kernels.bases import UNKNOWN
from genotok.kernels.draws import draw_below, join_seeds
from genotok.kernels.ragged import expand_ranges, offsets_of

_ROUNDS = 64  # of draws, before a sequence is taken to hold no further word of a length


def cut_at_random(codes: Bytes, lengths: Coords, seed: int) -> tuple[Offsets, Bytes]:
    """Cut as many words as there are ``lengths`` (n,), all different and without an unknown letter, at drawn places.

    Words are ragged, ascending by length. There are fewer if the sequence has not so many, or hardly more.
    """
    unknown = np.zeros(len(codes) + 1, dtype=np.int64)
    np.cumsum(codes >= UNKNOWN, dtype=np.int64, out=unknown[1:])
    widths, counts = np.unique(lengths[lengths > 0], return_counts=True)
    parts, sizes = [np.empty(0, dtype=np.uint8)], [np.empty(0, dtype=np.int64)]
    for width, count in zip(widths.tolist(), counts.tolist(), strict=True):
        words = _draw_words(codes, unknown, width, count, seed)
        parts.append(words.ravel())
        sizes.append(np.full(len(words), width, dtype=np.int64))
    return offsets_of(np.concatenate(sizes)), np.concatenate(parts)


def _draw_words(codes: Bytes, unknown: Coords, width: int, count: int, seed: int) -> Bytes:
    """Draw ``count`` different words of one width, in order of their first draw: (count, width), or fewer."""
    found = np.empty((0, width), dtype=np.uint8)
    n_places = len(codes) - width + 1
    for turn in range(_ROUNDS if n_places > 0 else 0):
        places = draw_below(2 * (count - len(found)) + 16, n_places, join_seeds(seed, width, turn))
        places = places[unknown[places + width] == unknown[places]]
        drawn = codes[places[:, None] + np.arange(width, dtype=np.int64)]
        found = _distinct(np.concatenate([found, drawn]))[:count]
        if len(found) == count:
            break
    return found


def _distinct(words: Bytes) -> Bytes:
    """Keep the first of equal rows (n, w), in their order."""
    _, first = np.unique(np.ascontiguousarray(words).view(f"V{words.shape[1]}").ravel(), return_index=True)
    return words[np.sort(first)]


def cut_in_a_row(codes: Bytes, width: int) -> tuple[Coords, Coords]:
    """Cut every stretch of known letters into words of ``width``, the last of each shorter: starts and ends, (n,)."""
    known = np.zeros(len(codes) + 2, dtype=np.int8)
    known[1:-1] = codes < UNKNOWN
    edges = np.flatnonzero(np.diff(known)).astype(np.int64)
    starts, ends = edges[::2], edges[1::2]
    counts = -(-(ends - starts) // width)
    firsts = expand_ranges(np.zeros(len(counts), dtype=np.int64), counts) * width
    firsts += np.repeat(starts, counts.astype(np.intp))
    lasts: NDArray[np.int64] = np.minimum(firsts + width, np.repeat(ends, counts.astype(np.intp)))
    return firsts, lasts
