"""The work of ``genotok motif zipf`` and ``coverage``: the words of a corpus, and the plain words beside them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from genotok.analysis.baselines import train_bpe
from genotok.analysis.motifcorpus import join_codes, kmer_series, letters_of
from genotok.analysis.rankpicture import RankSeries
from genotok.analysis.zipf import zipf
from genotok.arrays import Bytes, Coords
from genotok.cli.motif.describing import vocabulary_zipf
from genotok.cli.motif.opening import open_tokenizer
from genotok.cli.motif.progress import show_phases
from genotok.io.fasta import read_fasta
from genotok.io.tokenstore import STORE_FILE, TokenStore
from genotok.tokenizers.motif import MotifTokenizer
from genotok.tokenizers.motif_config import VocabularyConfig
from genotok.tokenizers.motif_stores import check_store
from genotok.tokenizers.motif_words import rank_words
from genotok.values.sequences import Sequences

_ALL = {"min_count": 1, "max_vocab": 2**30}


def count_series(corpus: str | None, options: Mapping[str, Any]) -> list[RankSeries]:
    """Count the sets of a corpus, and the plain words that are asked for."""
    tokenizer = open_tokenizer(options["tokenizer"])
    limits = {name: options[name] for name in ("min_count", "max_count")}
    if corpus is None:
        assert tokenizer.fitted is not None, "a saved one is fitted"
        report = vocabulary_zipf(tokenizer, options["tokenizer"], **limits)
        return [RankSeries(tokenizer.fitted.counts, report)]
    counts = count_sets(tokenizer, corpus, options)
    series = [RankSeries(counts, zipf(counts, corpus=f"{corpus}, sets of clusters", empty=0, **limits))]
    if options["kmers"] or options["bpe"]:
        sequences = read_letters(corpus)
        series += count_kmers(corpus, join_codes(sequences), options, limits)
        series += count_bpe(corpus, sequences, options, limits)
    return series


def count_sets(tokenizer: MotifTokenizer, corpus: str, options: Mapping[str, Any]) -> Coords:
    """Count every set of a corpus, however rare: int64 (n,), the empty one first."""
    old = tokenizer.config.vocabulary
    settings = VocabularyConfig.from_dict(old.to_dict() | _ALL)
    with show_phases(wanted=True) as progress, open_corpus(tokenizer, corpus, options["jobs"], progress) as store:
        return rank_words(store, tokenizer.members, settings, progress=progress).counts


@contextmanager
def open_corpus(tokenizer: MotifTokenizer, corpus: str, jobs: int, progress: Any) -> Iterator[TokenStore]:
    """Yield the bins of a FASTA file, or of a store that was made with the same settings."""
    if Path(corpus, STORE_FILE).is_file():
        store = TokenStore(corpus)
        check_store(tokenizer, store)
        yield store
        return
    with TemporaryDirectory(prefix="genotok.") as folder:
        yield tokenizer.encode_genome([corpus], folder, jobs=jobs, progress=progress)


def read_letters(corpus: str) -> Sequences:
    """Read the sequences of a corpus; a store has none."""
    if Path(corpus, STORE_FILE).is_file():
        raise click.UsageError(f"{corpus} holds bins, not letters; name the FASTA it was made of")
    return read_fasta(corpus)


def texts_of(sequences: Sequences) -> dict[str, str]:
    """Return the letters of sequences."""
    return {name: letters_of(each.codes) for name, each in sequences.items()}


def count_kmers(
    corpus: str, codes: Bytes, options: Mapping[str, Any], limits: Mapping[str, int | None]
) -> Iterator[RankSeries]:
    """Count words of k letters, overlapping and not, of a corpus and of letters drawn by its shares."""
    yield from kmer_series(corpus, codes, options["kmers"] or (), seed=options["seed"], limits=limits)


def count_bpe(
    corpus: str, sequences: Sequences, options: Mapping[str, Any], limits: Mapping[str, int | None]
) -> Iterator[RankSeries]:
    """Count the tokens of byte-pair encodings that are trained on the corpus itself."""
    for size in options["bpe"]:
        texts = texts_of(sequences)
        trained = train_bpe(texts, size, seed=options["seed"])
        counts = trained.count(texts)
        name = f"{corpus}: BPE of {size:,} (words of {trained.word})"
        yield RankSeries(counts, zipf(counts, corpus=name, **limits))
