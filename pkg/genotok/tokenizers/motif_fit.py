"""What a motif tokenizer learns from a genome: bins, then clusters of features, then the sets that are words."""

import warnings
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from os import PathLike, fspath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from genotok.errors import HitsError, InputError, MotifWarning
from genotok.io.blockfiles import write_arrays
from genotok.io.chromsizes import read_chrom_sizes
from genotok.io.hits import read_hits
from genotok.io.sources import Source
from genotok.io.tokenstore import IDS_SUFFIX, TokenStore, block_path
from genotok.io.windows import Genome
from genotok.tokenizers.motif_clusters import cluster_features
from genotok.tokenizers.motif_inputs import read_genome
from genotok.tokenizers.motif_model import MotifModel
from genotok.tokenizers.motif_run import Progress, make_store
from genotok.tokenizers.motif_stores import check_store
from genotok.tokenizers.motif_words import rank_words
from genotok.values.fitted import Fitted
from genotok.values.hits import MotifHits

_MANY_UNKNOWN = 0.5


def learn(
    tokenizer: MotifModel,
    genome: Genome,
    *,
    hits: Mapping[str, MotifHits] | None = None,
    store: str | PathLike[str] | None = None,
    jobs: int = 1,
    client: Any = None,
    resume: bool = True,
    progress: Progress | None = None,
) -> Fitted:
    """Work through a genome and return what it teaches; without a ``store`` its bins go to a temporary folder."""
    folder: AbstractContextManager[str]
    folder = TemporaryDirectory(prefix="genotok-") if store is None else nullcontext(fspath(store))
    with folder as where:
        bins = make_store(
            tokenizer,
            genome,
            where,
            hits=hits,
            jobs=jobs,
            client=client,
            resume=resume,
            packed=store is not None,
            progress=progress,
        )
        return learn_store(tokenizer, bins, progress=progress)


def learn_store(tokenizer: MotifModel, store: TokenStore, *, progress: Progress | None = None) -> Fitted:
    """Learn from bins that are in a store already; one that was made with other settings raises ConfigError."""
    config = tokenizer.config
    check_store(tokenizer, store)
    if not store.bins:
        raise InputError("there is no base to learn from", hint="give sequences that are not empty")
    single = tokenizer.single
    labels, support, scores = single.labels, np.zeros(len(single), dtype=np.int64), None
    if config.features.features == "clusters":
        labels, support, scores = cluster_features(store, single, config.features, seed=config.seed, progress=progress)
    by_cluster = config.vocabulary.discrete_on == "clusters"
    members = single.labelled(labels) if by_cluster else single
    ranked = rank_words(store, members, config.vocabulary, progress=progress)
    known = ranked.bins - ranked.gaps
    unk_share = 1 - int(ranked.counts.sum(dtype=np.int64)) / known if known else 0.0
    _warn(tokenizer, unk_share, has_motifs=ranked.has_motifs)
    contigs = tuple(each.contig for each in store.contigs)
    return Fitted(
        labels,
        support,
        ranked.sets,
        ranked.counts,
        ranked.examples,
        contigs,
        ranked.bins,
        ranked.gaps,
        unk_share,
        scores,
    )


def _warn(tokenizer: MotifModel, unk_share: float, *, has_motifs: bool) -> None:
    if not has_motifs:
        warnings.warn(MotifWarning("no motif occurs in any contig; are they too short, or all N?"), stacklevel=4)
    elif unk_share > _MANY_UNKNOWN and tokenizer.config.vocabulary.unknown == "unk":
        what = f"{unk_share:.0%} of the bins are unk: their sets are too rare for the vocabulary"
        hint = "preset='strict' makes discrete tokens, unknown='backoff' names sets by their strongest members"
        warnings.warn(MotifWarning(f"{what}; {hint}"), stacklevel=4)


def genome_of(source: Any, chrom_sizes: Source | Mapping[str, int] | None = None, hits: Any = None) -> Genome:
    """Take FASTA files, one or several, or sequences by name; for ``hits`` alone the sizes of contigs do."""
    if isinstance(source, Genome):
        return source
    if source is None:
        if hits is None or chrom_sizes is None:
            raise InputError("neither a genome, nor hits and chrom_sizes", hint="give FASTA files, or both of these")
        known = chrom_sizes if isinstance(chrom_sizes, Mapping) else read_chrom_sizes(chrom_sizes)
        return Genome(lengths=known)
    if isinstance(source, (str, PathLike)) or hasattr(source, "read"):
        return Genome([source])
    if isinstance(source, Mapping):
        return Genome(read_genome(source))
    if isinstance(source, Iterable):
        files = list(source)
        if files and all(isinstance(each, (str, PathLike)) or hasattr(each, "read") for each in files):
            return Genome(files)
    raise InputError(f"{type(source).__name__} is no genome", hint="give FASTA files, or sequences by name")


def hits_of(tokenizer: MotifModel, genome: Genome, hits: Any) -> Mapping[str, MotifHits] | None:
    """Read hits from scan tables, or take those of each contig; HitsError unless they are of the tokenizer's motifs."""
    if hits is None:
        return None
    if not isinstance(hits, Mapping):
        return read_hits(hits, tokenizer.motifs, genome.lengths())[0]
    lengths = genome.lengths()
    for name, each in hits.items():
        if name not in lengths:
            raise HitsError(f"hits on {name!r}, which is no contig", hint="names are those of the FASTA files or sizes")
        each.check(tokenizer.motifs, lengths[name])
    return hits


def write_ids(tokenizer: Any, store: TokenStore, progress: Progress | None = None) -> None:
    """Add the ids of all bins to a store, a file for each block."""
    total = sum(len(each.blocks) for each in store.contigs)
    for done, (contig, number, bins) in enumerate(store.blocks(), start=1):
        ids, _ = tokenizer.ids_of(bins.counts, bins.is_gap)
        path = block_path(store.folder, contig, number, IDS_SUFFIX)
        write_arrays(path, {"ids": ids.astype("<u4")})
        if progress is not None:
            progress("tokens", done, total)
