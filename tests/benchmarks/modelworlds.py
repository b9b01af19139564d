"""What the networks of `models.py` learn from: real DNA, its tokens, a signal; parts by contig or region."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genotok import CsrMatrix, MotifConfig, MotifSet, MotifTokenizer, read_fasta, read_motifs
from genotok.analysis.peakcalling import EVALUATION, PeakConfig
from genotok.io.bed import read_bed
from genotok.io.tracks import open_track
from genotok.kernels.bases import UNKNOWN
from genotok.train.contigs import BaseContig, TokenContig, bin_track
from genotok.train.loci import Loci
from genotok.train.sources import base_contigs
from genotok.train.windows import Split, split_contigs
from genotok.values.sequences import Sequence
from genotok.values.tracks import Signal, Track

BETWEEN = 40  # unknown bases between known stretches that are joined
PARTS = {"train": 0.6, "validation": 0.7, "test": 1.0}  # of the known bases that are used, where each ends
REACH, APART = 100, 500  # bases around a centre, and from any summit


@dataclass(frozen=True, eq=False)
class World:
    """Contigs by name, in tokens and in bases, with one signal; the parts; what a peak is; loci of a factor, if any."""

    tokenizer: MotifTokenizer
    genome: Mapping[str, Sequence]
    tokens: Mapping[str, TokenContig]
    bases: Mapping[str, BaseContig]
    signal: Signal
    split: Split
    caller: PeakConfig
    loci: Mapping[str, Loci]  # by what the bound ones are told from; the bound come first in each

    def part(self, kind: str, name: str) -> list[TokenContig] | list[BaseContig]:
        """Return the contigs of a part, as a kind of network reads them."""
        contigs = self.tokens if kind == "tokens" else self.bases
        return [contigs[each] for each in getattr(self.split, name)]


def yeast_atac(folder: Path, work: Path, _: int) -> World:
    """All of yeast but chrM and chrXII, whose rDNA holds a quarter of the signal; chrXV decides, chrX is the test."""
    genome = read_fasta(folder / "sacCer3.fa.gz")
    genome = {name: each for name, each in genome.items() if name not in ("chrM", "chrXII")}
    signal = open_track(folder / "sacCer3_atac_coverage.bedGraph.gz")
    bare = MotifTokenizer(read_motifs(folder / "jaspar2022_core_fungi.npz"), MotifConfig())
    split = split_contigs(list(genome), validation=["chrXV"], test=["chrX"], exclude=[])
    return _world(bare, genome, signal, split, EVALUATION, {}, work)


def ctcf_chr22(folder: Path, work: Path, bases: int) -> World:
    """The first known bases of chr22, joined to three contigs: 60 % to train, 10 % decide, 30 % are the test.

    Tokens are those of the preset strict, with p <= 1e-4: a tenth of the entries, and clusters of few factors.
    """
    whole = read_fasta(folder / "hg19_chr22_partial_N.fa.gz")["chr22"].codes
    pileup = open_track(folder / "macs_ctcf_chr22_treat_pileup.bdg.gz").dense("chr22", 0, len(whole))
    spliced = splice(whole, bases)
    genome = {part: Sequence(each.gather(whole, UNKNOWN), part) for part, each in spliced.items()}
    signal = track_of({part: each.gather(pileup, 0) for part, each in spliced.items()})
    bare = MotifTokenizer.from_jaspar(preset="strict")
    caller = PeakConfig(sigma=3.0, noise_percentile=85.0, height=2.0, distance=6, prominence=0.2, max_width=120.0)
    split = Split(("train",), ("validation",), ("test",))
    return _world(bare, genome, signal, split, caller, _ctcf_loci(folder, spliced["test"], len(whole)), work)


WORLDS: Mapping[str, Callable[[Path, Path, int], World]] = {"yeast-atac": yeast_atac, "ctcf-chr22": ctcf_chr22}


@dataclass(frozen=True, eq=False)
class Spliced:
    """Known stretches ``[starts, ends)`` of a contig, joined with unknown bases between them."""

    starts: np.ndarray
    ends: np.ndarray

    @property
    def offsets(self) -> np.ndarray:
        """Where each begins in what is joined, and where that ends."""
        return np.append(0, np.cumsum(self.ends - self.starts + BETWEEN, dtype=np.int64))

    def gather(self, values: np.ndarray, between: int) -> np.ndarray:
        """Join the values of bases."""
        joined = np.full(self.offsets[-1], between, dtype=values.dtype)
        for start, end, offset in zip(self.starts.tolist(), self.ends.tolist(), self.offsets.tolist(), strict=False):
            joined[offset : offset + end - start] = values[start:end]
        return joined

    def place(self, centres: np.ndarray, reach: int) -> np.ndarray:
        """Return where centres lie in what is joined; those that are not ``reach`` inside a stretch are left out."""
        row = np.searchsorted(self.starts, centres, side="right") - 1
        inside = (row >= 0) & (centres - reach >= self.starts[row]) & (centres + reach <= self.ends[row])
        return (centres - self.starts[row] + self.offsets[row])[inside]


def splice(codes: np.ndarray, bases: int) -> dict[str, Spliced]:
    """Cut the known stretches of a contig, up to so many ``bases``, into the parts, in their order along it."""
    known = np.concatenate([[False], codes != UNKNOWN, [False]])
    starts, ends = np.flatnonzero(known[1:] & ~known[:-1]), np.flatnonzero(~known[1:] & known[:-1])
    until_here = np.cumsum(ends - starts, dtype=np.int64)
    share = until_here / min(bases, int(until_here[-1]))
    parts, first = {}, 0
    for name, until in PARTS.items():
        last = int(np.searchsorted(share, until, side="right"))
        parts[name] = Spliced(starts[first:last], ends[first:last])
        first = last
    return parts


def track_of(values: Mapping[str, np.ndarray]) -> Track:
    """Make a track of the value of each base of contigs."""
    offsets, columns = [0], []
    for each in values.values():
        edges = np.concatenate([[0], np.flatnonzero(np.diff(each)) + 1, [len(each)]])
        kept = each[edges[:-1]] != 0
        columns.append((edges[:-1][kept], edges[1:][kept], each[edges[:-1]][kept]))
        offsets.append(offsets[-1] + len(columns[-1][0]))
    return Track(tuple(values), np.array(offsets), *(np.concatenate(column) for column in zip(*columns, strict=True)))


def _ctcf_loci(folder: Path, test: Spliced, length: int) -> dict[str, Loci]:
    """Bases around the summits of CTCF, and around as many random places, and centres of open chromatin, as are left.

    All lie in known stretches of the test region; what is not bound is away from every summit.
    """
    path = folder / "macs_ctcf_chr22_peaks.narrowPeak.gz"
    with gzip.open(path) as file:
        offsets = np.array([int(line.split(b"\t")[9]) for line in file if line.startswith(b"chr")])
    summits, opened = np.sort(read_bed(path).starts + offsets), read_bed(folder / "heme_atac_chr22_hg19.bed.gz")
    anywhere = np.random.default_rng(0).integers(REACH, length - REACH, 60_000)
    bound = test.place(summits, REACH)
    others = {"random": anywhere, "blood ATAC": (opened.starts + opened.ends) // 2}
    loci = {}
    for name, centres in others.items():
        behind = np.clip(np.searchsorted(summits, centres), 1, len(summits) - 1)
        away = np.minimum(np.abs(centres - summits[behind - 1]), np.abs(summits[behind] - centres)) > APART
        places = np.concatenate([bound, test.place(centres[away], REACH)[: 3 * len(bound)]])
        n = len(places)
        truth = np.arange(n) < len(bound)
        loci[name] = Loci(("test",) * n, places - REACH, places + REACH, ("CTCF",) * n, truth)
    return loci


def _world(
    bare: MotifTokenizer,
    genome: Mapping[str, Sequence],
    signal: Signal,
    split: Split,
    caller: PeakConfig,
    loci: Mapping[str, Loci],
    work: Path,
) -> World:
    """Fit a tokenizer and encode the contigs, or take both from the folder where an earlier run has put them."""
    if not (work / "done").exists():
        work.mkdir(parents=True, exist_ok=True)
        fitted = bare.fit(genome)
        fitted.save_pretrained(work / "tokenizer")
        for name, each in genome.items():
            encoded = fitted.encode_sequence(each)
            rows = encoded.continuous
            arrays = {"indptr": rows.indptr, "indices": rows.indices, "data": rows.data, "shape": rows.shape}
            np.savez(work / f"{name}.npz", boundaries=encoded.bins.boundaries, **arrays)
        (work / "done").touch()
    tokens = {name: _token_contig(work / f"{name}.npz", name, signal) for name in genome}
    bases = {each.name: each for each in base_contigs(genome, signal)}
    tokenizer = MotifTokenizer.from_pretrained(work / "tokenizer")
    return World(tokenizer, genome, tokens, bases, signal, split, caller, loci)


def _token_contig(path: Path, name: str, signal: Signal) -> TokenContig:
    with np.load(path) as arrays:
        shape = tuple(arrays["shape"].tolist())
        rows = CsrMatrix(arrays["indptr"], arrays["indices"], arrays["data"], shape)
        boundaries = arrays["boundaries"]
    return TokenContig(name, boundaries, rows, bin_track(signal, name, boundaries))


def made_up(work: Path) -> World:
    """Random DNA with the sites of a motif in it, over which the signal is high: for a quick run."""
    random = np.random.default_rng(0)
    genome, signal, places = {}, {}, {}
    for name in ("train", "validation", "test"):
        codes = random.integers(0, 4, 12_000, dtype=np.uint8)
        values, places[name] = np.zeros(len(codes), dtype=np.float32), np.arange(500, 11_500, 250)
        for at in places[name].tolist():
            codes[at : at + 8], values[at - 20 : at + 28] = [0, 1, 2, 3, 2, 1, 0, 0], 20
        genome[name], signal[name] = Sequence(codes, name), values
    counts = np.eye(4, dtype=int)[[0, 1, 2, 3, 2, 1, 0, 0]] * 20
    motifs = MotifSet.from_counts({"M1": counts.tolist(), "M2": counts[::-1].tolist()}, names={"M1": "CTCF"})
    bound = places["test"][:4]
    centres = np.concatenate([bound, bound + 120])
    loci = Loci(("test",) * 8, centres - 30, centres + 30, ("CTCF",) * 8, np.arange(8) < 4)
    bare = MotifTokenizer(motifs, MotifConfig().replace(min_count=1))
    split = Split(("train",), ("validation",), ("test",))
    return _world(bare, genome, track_of(signal), split, EVALUATION, {"random": loci}, work)
