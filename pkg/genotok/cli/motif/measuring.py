"""The figures that claims are held against: what is measured of motifs, bins, clusters, words and spellings."""

import math
from collections.abc import Mapping
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.baselines import train_bpe
from genotok.analysis.coverage import compare_coverage, motif_coverage
from genotok.analysis.motifcorpus import join_codes
from genotok.analysis.zipf import ZipfReport, zipf
from genotok.arrays import Coords
from genotok.cli.motif.counting import count_bpe, count_kmers, count_sets, texts_of
from genotok.cli.motif.vocabularies import vocabularies_of
from genotok.io.tokenstore import TokenStore
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.bins import find_boundaries
from genotok.kernels.occupancy import count_cpg, count_in_bins
from genotok.kernels.sets import active_members, set_keys
from genotok.kernels.windows import count_cover, iter_runs
from genotok.tokenizers.motif import MotifTokenizer
from genotok.values.blocks import windows_of
from genotok.values.csr import CsrMatrix
from genotok.values.motifencoding import average_clusters
from genotok.values.sequences import Sequences

Numbers: TypeAlias = dict[str, float]

WHOLE_GENOME = 2_500_000_000  # known bases of a human genome, at least
PAPER_SHIFT, PAPER_SCALE = 0.03, 3.0  # of inputs to networks, in the paper's code
_MOVED = 1_000_000  # bases whose boundaries are moved
_ROWS = 2_000  # dense at a time
_BASES_A_TOKEN = 100  # of a corpus that byte pairs are learnt from, at least
KMERS, BPE = (3, 4, 5, 6), (600, 4096)
TOKENS = 4096


def measure_motifs(tokenizer: MotifTokenizer) -> Numbers:
    """Count motifs and features, and tell how likely a hit may be."""
    return {
        "motifs.features": float(tokenizer.n_features),
        "motifs.mean_length": float(tokenizer.motifs.lengths.mean(dtype=np.float64)),
        "motifs.largest_p": float(tokenizer.thresholds.p_value.max()),
    }


def measure_bins(tokenizer: MotifTokenizer, sequences: Sequences, store: TokenStore) -> Numbers:
    """Measure which known bases a motif covers, and how long bins are, before long ones are cut and after.

    Lengths are of bins without an unknown base: how pieces of a corpus are laid side by side says nothing of a genome.
    """
    settings = tokenizer.config.bins
    covered = known = long = whole = 0
    for dna in sequences.values():
        for window in windows_of(dna.codes, block=tokenizer.config.block, halo=0):
            coverage = _cover(tokenizer, window.codes)
            inside = window.codes != UNKNOWN
            covered += int(np.count_nonzero(inside & (coverage > 0)))
            known += int(np.count_nonzero(inside))
            edges = find_boundaries(
                coverage, sigma=settings.sigma, min_width=settings.min_width, window=settings.prominence_window
            )
            uncut = np.diff(edges)[_are_known(window.codes, edges)]
            long += int(np.count_nonzero(uncut > settings.max_bin))
            whole += len(uncut)
    codes = [each.codes for each in sequences.values()]
    widths = np.concatenate(
        [np.diff(each.bins.boundaries)[_are_known(codes[each.contig], each.bins.boundaries)] for each in store.blocks()]
    )
    mean = float(widths.mean(dtype=np.float64))
    found = {
        "bins.covered": covered / known,
        "bins.long": long / whole,
        "bins.mean": mean,
        "bins.window": 1250 * mean,
        **_shape(widths),
    }
    if known < WHOLE_GENOME:
        return found
    total = sum(len(each.codes) for each in sequences.values())
    windows = sum(max(sum(each.blocks) - 1250, 0) // 500 for each in store.contigs)
    return found | {
        "genome.covered": covered / total,
        "genome.bins": float(store.bins),
        "genome.windows": float(windows),
    }


def measure_matrix(tokenizer: MotifTokenizer, store: TokenStore) -> Numbers:
    """Measure clusters and values: all cells of the matrix of bins and clusters, and the largest value of a motif."""
    lengths, last = tokenizer.clusters.lengths, 2 * len(tokenizer.motifs)
    cells = store.bins * tokenizer.n_clusters
    total = squares = largest = 0.0
    for block in store.blocks():
        counts = block.bins.counts
        of_motifs = counts.indices < last
        shares = counts.data[of_motifs] / lengths[counts.indices[of_motifs]]
        largest = max(largest, float(shares.max(initial=0)))
        values = average_clusters(counts, tokenizer.clusters).data
        total += float(values.sum(dtype=np.float64))
        squares += float(np.square(values).sum(dtype=np.float64))
    mean = total / cells
    deviation = math.sqrt(squares / cells - mean**2)
    return {
        "matrix.clusters": float(tokenizer.n_clusters),
        "matrix.largest": largest,
        "matrix.mean": mean,
        "matrix.sd": deviation,
        "matrix.scaled_mean": (mean - PAPER_SHIFT) * PAPER_SCALE,
        "matrix.scaled_sd": deviation * PAPER_SCALE,
    }


def measure_moved(tokenizer: MotifTokenizer, sequences: Sequences) -> Numbers:
    """Move the boundaries of bins by one base, and compare tokens before and after."""
    longest = max(sequences.values(), key=len)
    codes = longest.codes[:_MOVED]
    starts, offsets = tokenizer.cutter.search.find_starts(codes)
    encoded = tokenizer.encode_sequence(codes)
    here = encoded.bins.boundaries
    there = np.concatenate([here[:1], here[1:-1] + 1, here[-1:]])
    there = np.minimum(there, here[-1])
    if np.any(np.diff(there) < 1):  # a last bin of one base has no room
        here, there = (np.delete(each, -2) for each in (here, there))
    values, sets = [], []
    for edges in (here, there):
        cpg = count_cpg(codes, edges) if tokenizer.config.features.cpg else None
        widths = tokenizer.cutter.search.widths
        cells = count_in_bins(starts=starts, offsets=offsets, widths=widths, boundaries=edges, cpg=cpg)
        shape = (len(edges) - 1, tokenizer.n_features)
        counts = CsrMatrix(cells.offsets, cells.columns.astype(np.int32), cells.counts, shape)
        values.append(average_clusters(counts, tokenizer.clusters))
        means = average_clusters(counts, tokenizer.members)
        active = active_members(indptr=means.indptr, indices=means.indices, values=means.data)[0]
        sets.append(set_keys(active))
    cosines = _cosines(*values)
    changed = np.count_nonzero(sets[0] != sets[1]) / len(sets[0])
    return {"moved.cosine": float(np.nanmean(cosines)), "moved.changed": float(changed)}


def measure_sets(tokenizer: MotifTokenizer, store: str, options: Mapping[str, Any]) -> Numbers:
    """Correlate rank and frequency of all sets of clusters, with and without the filter."""
    report = zipf(count_sets(tokenizer, store, options), corpus="sets of clusters", empty=0)
    return _correlations("zipf", report)


def measure_kmers(sequences: Sequences) -> Numbers:
    """Tell the r nearest to -1 of words of 3 to 6 letters, overlapping or not."""
    options = {"kmers": KMERS, "seed": 0}
    series = count_kmers("corpus", join_codes(sequences), options, {})
    reports = [each.report for each in series if "drawn" not in each.report.unfiltered.corpus]
    found = {}
    for name in ("all", "filtered"):
        reached = [_correlations("kmers", each)[f"kmers.{name}"] for each in reports]
        found[f"kmers.{name}"] = min(filter(math.isfinite, reached), default=math.nan)
    return found


def measure_bpe(sequences: Sequences, seed: int) -> Numbers:
    """Tell r of byte-pair encodings that are trained on the corpus, if it is large enough, and counted in it."""
    found: Numbers = {}
    sizes = [size for size in BPE if _feeds(sequences, size)]
    options = {"bpe": sizes, "seed": seed}
    for size, series in zip(sizes, count_bpe("corpus", sequences, options, {}), strict=True):
        found |= _correlations(f"bpe{size}", series.report)
    return found


def measure_spelling(
    tokenizer: MotifTokenizer, sequences: Sequences, store: str, options: Mapping[str, Any]
) -> Numbers:
    """Score how well tokens spell motifs: bins, random cuts of the same lengths, and all words of 6 letters."""
    wanted = {**options, "tokens": TOKENS, "kmers": (), "bpe": ()}
    vocabularies = vocabularies_of(tokenizer, sequences, store, wanted)
    table = compare_coverage(vocabularies, tokenizer.motifs, join_codes(sequences), seed=options["seed"])
    ((bins, cuts),) = table.pairs
    words = motif_coverage(map("".join, product("ACGT", repeat=6)), tokenizer.motifs)
    return {"spelling.bins": bins.mean, "spelling.random": cuts.mean, "spelling.6-mers": words.mean}


def measure_spelling_bpe(tokenizer: MotifTokenizer, sequences: Sequences, seed: int) -> Numbers:
    """Score how well byte pairs spell motifs, if the corpus is large enough for so many."""
    if not _feeds(sequences, BPE[-1]):
        return {}
    tokens = train_bpe(texts_of(sequences), BPE[-1], seed=seed).texts
    return {f"spelling.bpe{BPE[-1]}": motif_coverage(tokens, tokenizer.motifs).mean}


def _feeds(sequences: Sequences, size: int) -> bool:
    """Tell whether a corpus is no mere list of the words that so many byte pairs would be."""
    return sum(len(each) for each in sequences.values()) >= _BASES_A_TOKEN * size


def _correlations(name: str, report: ZipfReport) -> Numbers:
    return {f"{name}.all": report.unfiltered.r, f"{name}.filtered": report.filtered.r}


def _cover(tokenizer: MotifTokenizer, codes: Codes) -> NDArray[np.int32]:
    search = tokenizer.cutter.search
    starts, offsets = search.find_starts(codes)
    return count_cover(iter_runs(starts=starts, offsets=offsets, widths=search.widths), len(codes))


def _are_known(codes: Codes, edges: Coords) -> NDArray[np.bool_]:
    """Tell which bins have no unknown base."""
    unknown = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(codes == UNKNOWN, dtype=np.int64)])
    are_known: NDArray[np.bool_] = np.diff(unknown[edges]) == 0
    return are_known


def _shape(widths: Coords) -> Numbers:
    """Return skewness and excess kurtosis, both 0 of a normal distribution."""
    centred = widths - widths.mean(dtype=np.float64)
    variance, third, fourth = (float((centred**power).mean(dtype=np.float64)) for power in (2, 3, 4))
    if not variance:
        return {"bins.skewness": math.nan, "bins.excess_kurtosis": math.nan}
    return {"bins.skewness": third / variance**1.5, "bins.excess_kurtosis": fourth / variance**2 - 3}


def _cosines(one: CsrMatrix, two: CsrMatrix) -> NDArray[np.float64]:
    """Return the cosine of each row with its counterpart; NaN where either is empty."""
    found = []
    for first in range(0, len(one), _ROWS):
        left, right = (each.rows(slice(first, first + _ROWS)).to_dense().astype(float) for each in (one, two))
        lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
        products = (left * right).sum(axis=1, dtype=np.float64)
        found.append(np.divide(products, lengths, out=np.full(len(products), np.nan), where=lengths > 0))
    return np.concatenate(found)
