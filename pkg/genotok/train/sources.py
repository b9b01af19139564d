"""Contigs to learn from, made of what the rest of genotok knows: a tokenizer and a genome, or a store, and signals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genotok.io.tokenstore import TokenStore
from genotok.tokenizers.motif import MotifTokenizer
from genotok.train.contigs import BaseContig, TokenContig, bin_track, grid_of
from genotok.values.csr import CsrMatrix
from genotok.values.motifencoding import MotifEncoding, average_clusters
from genotok.values.motiffeatures import MotifFeatures
from genotok.values.sequences import Sequence as Dna
from genotok.values.tracks import Signal


@dataclass(frozen=True)
class StoredRows:
    """Tokens of one contig of a store, float32 (B, C), averaged as they are read; the store keeps the last block read.

    Let a dataset shuffle by shelves, so that neighbours are read together.
    """

    store: TokenStore
    contig: str
    clusters: MotifFeatures

    @property
    def shape(self) -> tuple[int, int]:
        """Bins and clusters."""
        return sum(self.store.contigs[self.store.names[self.contig]].blocks), self.clusters.n_clusters

    def rows(self, rows: slice) -> CsrMatrix:
        """Return a range of rows."""
        first, last, _ = rows.indices(self.shape[0])
        return average_clusters(self.store.rows(self.contig, first, max(first, last)), self.clusters).astype(np.float32)


def contig_of(encoding: MotifEncoding, signals: Signal | Sequence[Signal]) -> TokenContig:
    """Put the tokens of one encoded contig beside what is to be predicted of its bins."""
    edges = encoding.bins.boundaries + encoding.start
    return TokenContig(encoding.name, edges, encoding.continuous, bin_track(signals, encoding.name, edges))


def contigs_of_genome(
    tokenizer: MotifTokenizer, genome: Mapping[str, Dna], signals: Signal | Sequence[Signal]
) -> list[TokenContig]:
    """Encode the contigs of a genome, all in memory: small genomes, or some contigs of a large one."""
    return [contig_of(tokenizer.encode_sequence(each), signals) for each in genome.values()]


def contigs_of_store(
    store: TokenStore,
    clusters: MotifFeatures,
    signals: Signal | Sequence[Signal],
    *,
    names: Iterable[str] | None = None,
) -> list[TokenContig]:
    """Take contigs of a store, all or the named ones; tokens stay there until a window is looked at.

    ``clusters`` are those of the tokenizer that made the store.
    """
    wanted = list(store.names) if names is None else list(names)
    edges = {name: store.boundaries(name) for name in wanted}
    return [
        TokenContig(name, edges[name], StoredRows(store, name, clusters), bin_track(signals, name, edges[name]))
        for name in wanted
    ]


def base_contigs(genome: Mapping[str, Dna], signals: Signal | Sequence[Signal]) -> list[BaseContig]:
    """Put the letters of contigs beside what is to be predicted of each 16 bases."""
    return [BaseContig(name, each.codes, bin_track(signals, name, grid_of(len(each)))) for name, each in genome.items()]
