"""The words of a corpus that figures are made of: sets of clusters in bins, bins as letters, words of k letters."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from genotok.analysis.rankpicture import RankSeries
from genotok.analysis.zipf import zipf
from genotok.arrays import Bytes, Coords
from genotok.kernels.bases import UNKNOWN
from genotok.kernels.draws import draw_words
from genotok.kernels.ragged import concat_ragged, take_rows
from genotok.kernels.rankfreq import count_words, shuffle_letters
from genotok.kernels.sets import Sets, active_members, count_sets
from genotok.values.motifencoding import MotifEncoding, average_clusters
from genotok.values.motiffeatures import MotifFeatures
from genotok.values.sequences import Sequences

_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)
_TOGETHER = 2**13  # bins whose members are averaged at once


def join_codes(sequences: Sequences) -> Bytes:
    """Lay contigs end to end, an unknown letter between: uint8 (n,)."""
    gap = np.array([UNKNOWN], dtype=np.uint8)
    return np.concatenate([np.empty(0, np.uint8), *(part for each in sequences.values() for part in (each.codes, gap))])


def letters_of(codes: Bytes) -> str:
    """Return codes as letters.

    >>> letters_of(np.array([0, 1, 4], dtype=np.uint8))
    'ACN'
    """
    return _LETTERS.take(codes).tobytes().decode("ascii")


def count_encoded_sets(encodings: Iterable[MotifEncoding], members: MotifFeatures, *, active: float) -> Coords:
    """Count every set of clusters in bins of known bases, however rare: int64 (n,), the empty one first."""
    sets, weights = [Sets(np.zeros(1, np.int64), np.empty(0, np.int32))], [np.zeros(0, np.int64)]
    for encoding in encodings:
        known = ~encoding.bins.is_gap
        for at in range(0, len(encoding), _TOGETHER):
            some = slice(at, at + _TOGETHER)
            values = average_clusters(encoding.counts.rows(some), members)
            found, _ = active_members(
                indptr=values.indptr, indices=values.indices, values=values.data, threshold=active
            )
            rows = np.flatnonzero(known[some])
            counted = count_sets(Sets(*take_rows(offsets=found.offsets, values=found.members, rows=rows)))
            sets.append(counted.sets)
            weights.append(counted.counts)
    joined = Sets(*concat_ragged([each.offsets for each in sets], [each.members for each in sets]))
    whole = count_sets(joined, weights=np.concatenate(weights))
    is_empty = np.diff(whole.sets.offsets) == 0
    none = whole.counts[is_empty].sum(dtype=np.int64, keepdims=True)
    return np.concatenate([none, whole.counts[~is_empty]])


def kmer_series(
    corpus: str, codes: Bytes, lengths: Sequence[int], *, seed: int = 0, limits: Mapping[str, int | None] | None = None
) -> Iterator[RankSeries]:
    """Yield words of k letters, overlapping and not, of a corpus, then of letters drawn by its own shares.

    ``codes`` are A, C, G, T = 0..3, others unknown; ``limits`` are the filter's, as `zipf` takes them.
    """
    for name, letters in ((corpus, codes), (f"{corpus}, drawn letters (seed {seed})", shuffle_letters(codes, seed))):
        for length in lengths:
            for overlapping, word in ((True, "overlapping"), (False, "separate")):
                counts = count_words(letters, length, overlapping=overlapping)
                if counts.any():
                    report = zipf(counts, corpus=f"{name}: {length}-mers, {word}", **(limits or {}))
                    yield RankSeries(counts, report)


def draw_bins(parts: Iterable[tuple[str, Sequence[int]]], most: int, *, seed: int = 0) -> list[str]:
    """Draw at most so many different bins of known letters: of each part the letters, and where bins end.

    The order is drawn by the seed.

    >>> draw_bins([("ACGTN", [0, 2, 4, 5]), ("AC", [0, 2])], 9)
    ['GT', 'AC']
    """
    words = dict.fromkeys(text[start:end] for text, edges in parts for start, end in pairwise(edges))
    known = [word for word in words if "N" not in word]
    order = np.argsort(draw_words(len(known), seed), kind="stable")
    return [known[at] for at in order[:most].tolist()]
