"""The genome in bins, none across a chromosome border: where the regions, the tokens and the misses are."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids
from genotok.kernels.ragged import expand_ranges, offsets_of


class GenomeBins(NamedTuple):
    """Bins of ``width`` bp: chromosome ``c`` owns bins ``[first[c], first[c + 1])``, the last one may be cut short."""

    first: Ids  # (chromosomes + 1,)
    width: int

    def starts(self) -> NDArray[np.uint32]:
        """Return where each bin starts on its chromosome: uint32 (b,)."""
        counts = np.diff(self.first)
        return (expand_ranges(np.zeros(len(counts), np.int64), counts) * self.width).astype(np.uint32)


def chrom_lengths(
    names: Sequence[str], codes: Ids, ends: NDArray[Any], sizes: Mapping[str, int] | None = None
) -> NDArray[np.int64]:
    """Return the length of each chromosome: its known size, or its largest end where that is more: int64 (chroms,)."""
    lengths = np.array([(sizes or {}).get(name, 0) for name in names], dtype=np.int64)
    known = codes >= 0
    np.maximum.at(lengths, codes[known], ends[known].astype(np.int64))
    return lengths


def make_bins(lengths: NDArray[np.int64], bins: int) -> GenomeBins:
    """Cut chromosomes of (c,) lengths into about ``bins`` bins of one width; each chromosome has at least one."""
    width = max(-(-int(lengths.sum(dtype=np.int64)) // max(bins, 1)), 1)
    counts = np.maximum(-(-lengths // width), 1)
    return GenomeBins(offsets_of(counts).astype(np.int32), width)


def count_in_bins(
    bins: GenomeBins,
    *,
    codes: Ids,
    starts: NDArray[Any],
    ends: NDArray[Any],
    weights: NDArray[Any] | None = None,
) -> Ids:
    """Count (n,) rows, or add their weights, in the bin of each row's middle; the last bin takes what is behind it."""
    middles = (starts.astype(np.int64) + ends) // 2
    places = np.minimum(bins.first[codes] + middles // bins.width, bins.first[codes + 1] - 1)
    places = places.astype(np.intp)  # bincount takes no wider index
    return np.bincount(places, weights=weights, minlength=int(bins.first[-1])).astype(np.int32)
