"""Columns to BED lines, many at a time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids, Offsets
from genotok.kernels.digits import format_integers
from genotok.kernels.ragged import expand_ranges, offsets_of

_TAB, _NEWLINE = 9, 10


def render_bed3(*, names: tuple[bytes, ...], codes: Ids, starts: Coords, ends: Coords) -> bytes:
    """Render ``chrom TAB start TAB end LF`` for (n,) rows; ``codes`` index ``names``, -1 is an empty name."""
    vocabulary = np.frombuffer(b"".join(names), np.uint8)
    bounds = offsets_of(np.array([*map(len, names), 0], dtype=np.int64))
    parts = [
        (vocabulary, bounds[:-1][codes], np.diff(bounds)[codes], _TAB),
        (*_decimal_spans(starts), _TAB),
        (*_decimal_spans(ends), _NEWLINE),
    ]
    finish = np.cumsum(sum(lengths + 1 for _, _, lengths, _ in parts), dtype=np.int64)
    text = np.empty(int(finish[-1]) if len(finish) else 0, dtype=np.uint8)
    at = offsets_of(np.diff(finish, prepend=0))[:-1]
    for source, first, lengths, separator in parts:
        text[expand_ranges(at, lengths)] = source[expand_ranges(first, lengths)]
        at = at + lengths
        text[at] = separator
        at = at + 1
    return text.tobytes()


def _decimal_spans(values: Coords) -> tuple[NDArray[np.uint8], Offsets, NDArray[Any]]:
    text, offsets = format_integers(values)
    return text, offsets[:-1], np.diff(offsets)
