"""The motif tokenizer: DNA in; bins, the motifs in them, and the ids of their sets out."""

from collections.abc import Mapping
from os import PathLike
from typing import Any, Self, TypeAlias

from genotok.io.sources import Source
from genotok.io.tokenstore import TokenStore
from genotok.tokenizers.motif_config import MotifConfig, Preset
from genotok.tokenizers.motif_regions import MotifRegions
from genotok.tokenizers.motif_run import Progress
from genotok.tokenizers.motif_saving import MotifSaving
from genotok.values.hits import MotifHits
from genotok.values.motifs import MotifSet

Hits: TypeAlias = Source | Mapping[str, MotifHits]


class MotifTokenizer(MotifRegions, MotifSaving):
    """Cuts DNA at the flanks of peaks of motif density, and names each bin by the set of motif clusters in it.

    ``motifs`` is a MotifSet, ``config`` a MotifConfig, ``special_tokens`` are texts by role. Without `fit` there are
    bins and counts for each motif; clusters, continuous tokens and ids come with it. What takes sequences takes DNA as
    str, bytes, uint8 or Sequence, a list of these, or a Path to a FASTA file; a text is never a path. Immutable, hence
    safe to share between threads.

    >>> from genotok import MotifConfig, MotifSet, MotifTokenizer
    >>> motifs = MotifSet.from_counts({"M1": [[9, 0, 0, 0]] * 6, "M2": [[0, 9, 0, 0]] * 6})
    >>> bare = MotifTokenizer(motifs, MotifConfig().replace(min_count=1, min_support=1))
    >>> dna = "GTAAAAAAAAGTGTGTGTGTGTCCCCCCCCGT"
    >>> bare.encode_sequence(dna).bins.boundaries.tolist()
    [0, 2, 7, 23, 28, 32]
    >>> tokenizer = bare.fit({"chr1": dna * 4})
    >>> tokenizer.tokenize(dna), tokenizer.encode("NNNN")
    (['{}', '{}', '{}', '{}', 'c0'], [1])
    >>> tokenizer([dna, "ACGT"], padding=True)["attention_mask"]
    [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]
    """

    @classmethod
    def from_jaspar(
        cls, release: int = 2022, taxon: str = "vertebrates", preset: Preset = "paper", **settings: Any
    ) -> Self:
        """Return a tokenizer, not fitted, of a CORE collection of JASPAR; ``settings`` as for `MotifConfig.preset`."""
        motifs = MotifSet.from_jaspar(release=release, taxon=taxon)
        return cls(motifs, MotifConfig.preset(preset, **settings))

    def fit(
        self,
        source: Any = None,
        *,
        hits: Hits | None = None,
        chrom_sizes: Source | Mapping[str, int] | None = None,
        store: str | PathLike[str] | None = None,
        jobs: int = 1,
        client: Any = None,
        resume: bool = True,
        progress: Progress | None = None,
    ) -> Self:
        """Learn clusters and a vocabulary from a genome, and return a new tokenizer that knows them.

        ``source`` is a FASTA file, several, sequences by name, or a TokenStore that `encode_genome` made with the same
        settings. ``hits`` replace the search: a scan table or a folder of them, as `read_hits` takes them, or MotifHits
        of each contig; without a source ``chrom_sizes`` tells the contigs, and CpG is left out. ``store`` keeps the
        bins in a folder, with their ids; a run that was interrupted goes on there unless ``resume=False``. ``jobs``
        processes, or the workers of a Dask ``client`` who see the store under the same name, share the work and change
        no bit of it. ``progress(phase, done, total)`` is called on the way, with a total of 0 where it is not known.

        Warns if most sets are too rare to have an id.
        """
        from genotok.tokenizers.motif_fit import (  # late: rarely needed
            genome_of,
            hits_of,
            learn,
            learn_store,
            write_ids,
        )

        if isinstance(source, TokenStore):
            fitted = learn_store(self, source, progress=progress)
            store = source.folder
        else:
            if source is None and self.config.features.cpg:
                return self.replace(cpg=False).fit(
                    hits=hits,
                    chrom_sizes=chrom_sizes,
                    store=store,
                    jobs=jobs,
                    client=client,
                    resume=resume,
                    progress=progress,
                )
            genome = genome_of(source, chrom_sizes, hits)
            words: dict[str, Any] = {"jobs": jobs, "client": client, "resume": resume, "progress": progress}
            fitted = learn(self, genome, hits=hits_of(self, genome, hits), store=store, **words)
        made = self._made(self.motifs, self.config, self.specials, self.thresholds, fitted)
        if store is not None:
            write_ids(made, TokenStore(store), progress)
        return made

    def encode_genome(
        self,
        source: Any,
        store: str | PathLike[str],
        *,
        hits: Hits | None = None,
        jobs: int = 1,
        client: Any = None,
        resume: bool = True,
        progress: Progress | None = None,
    ) -> TokenStore:
        """Write the bins of a genome into a folder, with their ids once the tokenizer is fitted; open_store reads it.

        Memory is bounded by the blocks of the settings, not by contigs. The other words are those of `fit`.
        """
        from genotok.tokenizers.motif_fit import genome_of, hits_of, write_ids  # late: as above
        from genotok.tokenizers.motif_run import make_store  # late: as above

        words: dict[str, Any] = {"jobs": jobs, "client": client, "resume": resume, "progress": progress}
        genome = genome_of(source)
        made = make_store(self, genome, store, hits=hits_of(self, genome, hits), **words)
        if self.is_fitted:
            write_ids(self, made, progress)
        return made
