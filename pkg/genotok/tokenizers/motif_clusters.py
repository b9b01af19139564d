"""Inter-dependence scores of a store's bins, and the clusters of features that they make."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids
from genotok.io.tokenstore import TokenStore
from genotok.kernels.dependence import Moments, add_moments, dependence_of, measure_dependence, sum_moments
from genotok.kernels.draws import sample_bins
from genotok.kernels.ragged import concat_ragged
from genotok.kernels.sparse import Sparse
from genotok.tokenizers.motif_config import FeatureConfig
from genotok.tokenizers.motif_run import Progress
from genotok.values.motiffeatures import MotifFeatures

HELD_CELLS = 2**27  # of sampled rows, 3 bytes each; of more, sums are kept, which take half a gigabyte and more


class Clustered(NamedTuple):
    """The cluster of each feature, its sampled bins that are not 0, and the scores: (F,), (F,), float32 (F, F)."""

    labels: Ids
    support: Coords
    scores: NDArray[np.float32]


def cluster_features(
    store: TokenStore,
    features: MotifFeatures,
    settings: FeatureConfig,
    *,
    seed: int,
    progress: Progress | None = None,
    held_cells: int = HELD_CELLS,
) -> Clustered:
    """Score how features depend on each other in a sample of bins, and cluster them.

    Bins of the sample are drawn one by one, by contig and start, and added up in their order.
    """
    lengths, least = features.lengths, settings.min_support
    held = _held(_sampled(store, settings.ids_sample, seed, progress), held_cells)
    if held is not None:
        scores, support = measure_dependence(held, lengths, min_support=least)
    else:
        whole: Moments | None = None
        for each in _sampled(store, settings.ids_sample, seed, progress):
            part = sum_moments(each, lengths)
            whole = part if whole is None else add_moments(whole, part)
        assert whole is not None, "what is not held has rows"
        scores, support = dependence_of(whole, min_support=least), whole.support
    clustered = features.clustered(scores, linkage=settings.linkage, distance=settings.distance)
    return Clustered(clustered.labels, support, scores.astype(np.float32))


def _sampled(store: TokenStore, ids_sample: int | None, seed: int, progress: Progress | None) -> Iterator[Sparse]:
    """Yield the rows of each block that are in the sample, one block after the other."""
    share = 1.0 if ids_sample is None else min(1.0, ids_sample / store.bins)
    total = sum(len(each.blocks) for each in store.contigs)
    for done, (contig, _, bins) in enumerate(store.blocks(), start=1):
        taken = sample_bins(bins.starts, contig=contig, share=share, seed=seed)
        rows = bins.counts if taken.all() else bins.counts.take(np.flatnonzero(taken))
        yield Sparse(rows.indptr, rows.indices.astype(np.uint16), rows.data)  # half the memory
        if progress is not None:
            progress("ids", done, total)


def _held(rows: Iterable[Sparse], limit: int) -> Sparse | None:
    """Join rows, or give up where they would take too much memory; whether they do depends on the rows alone."""
    parts: list[Sparse] = []
    cells = 0
    for each in rows:
        cells += len(each.data)
        if cells > limit:
            return None
        parts.append(each)
    indptr, indices = concat_ragged([each.indptr for each in parts], [each.indices for each in parts])
    return Sparse(indptr, indices, np.concatenate([each.data for each in parts]))
