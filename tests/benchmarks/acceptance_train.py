"""Figures that need no network and must come out: ridge controls on yeast ATAC-seq, best scores of CTCF on chr22."""

import argparse
import gzip
import sys
import time
from pathlib import Path

import numpy as np
from measure import as_markdown, as_time, machine, use_checkout

use_checkout()

from genotok import MotifConfig, MotifSet, MotifTokenizer, read_fasta, read_motifs  # noqa: E402  # through use_checkout
from genotok.io.bed import read_bed  # noqa: E402
from genotok.io.tracks import open_track  # noqa: E402
from genotok.kernels.bases import UNKNOWN  # noqa: E402
from genotok.train.controls import run_controls  # noqa: E402
from genotok.train.loci import Loci  # noqa: E402
from genotok.train.locus_scores import best_pwm  # noqa: E402
from genotok.train.sources import contigs_of_genome  # noqa: E402
from genotok.train.tf_benchmark import area_of  # noqa: E402
from genotok.train.windows import WindowConfig, split_contigs  # noqa: E402

CONTROLS = {"tokens": (0.570, 0.523), "4-mers": (0.559, 0.520), "5-mers": (0.583, 0.545), "composition": (0.401, 0.348)}
CTCF = {"random": 0.954, "blood ATAC": 0.933}
EASE = 0.01
REACH, KNOWN, RANDOM, APART = 100, 0.9, 4000, 500  # bases around a centre, share known, places, bases from any summit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the genomes, tracks and peaks")
    parser.add_argument("--only", choices=("yeast", "ctcf"))
    options = parser.parse_args()
    print(machine())
    rows = []
    for name, figures in (("yeast", _yeast), ("ctcf", _ctcf)):
        if options.only in (None, name):
            started = time.perf_counter()
            rows += figures(options.data)
            print(f"{name}: {as_time(time.perf_counter() - started)}")
    table = [[what, f"{must:.3f}", f"{found:.4f}", "NO" * (abs(must - found) > EASE)] for what, must, found in rows]
    print("\n" + as_markdown(["", "must be", "is", ""], table))
    sys.exit(any(row[-1] for row in table))


def _yeast(folder: Path) -> list[tuple[str, float, float]]:
    """Predict chrX from all but chrM, chrXII (whose rDNA holds a quarter of the signal) and chrXV, which decides."""
    genome = read_fasta(folder / "sacCer3.fa.gz")
    genome = {name: each for name, each in genome.items() if name not in ("chrM", "chrXII")}
    tokenizer = MotifTokenizer(read_motifs(folder / "jaspar2022_core_fungi.npz"), MotifConfig()).fit(genome)
    contigs = contigs_of_genome(tokenizer, genome, open_track(folder / "sacCer3_atac_coverage.bedGraph.gz"))
    print(f"yeast: {sum(len(each) for each in contigs):,} bins, {tokenizer.n_clusters} clusters")
    split = split_contigs(list(genome), validation=["chrXV"], test=["chrX"], exclude=[])
    windows = WindowConfig(crop=0)  # a ridge sees as much at the edge of a window as inside
    rows = run_controls(contigs, [each.codes for each in genome.values()], split, windows=windows)
    for row in rows:
        print(row.to_dict())
    found = {row.name: (row.agreement.pearson, row.agreement.window_pearson) for row in rows}
    kinds = ("all bins", "windows")
    return [
        (f"{name}, {kind}", must, is_)
        for name in CONTROLS
        for kind, must, is_ in zip(kinds, CONTROLS[name], found[name], strict=True)
    ]


def _ctcf(folder: Path) -> list[tuple[str, float, float]]:
    """Tell summits of CTCF from random places, and from centres of open chromatin, by the best score of MA0139.1."""
    codes = read_fasta(folder / "hg19_chr22_partial_N.fa.gz")["chr22"].codes
    known = np.concatenate([[0], np.cumsum(codes != UNKNOWN, dtype=np.int64)])
    motifs = MotifSet.from_jaspar().select(["MA0139.1"])
    peaks, opened = (
        read_bed(folder / name) for name in ("macs_ctcf_chr22_peaks.narrowPeak.gz", "heme_atac_chr22_hg19.bed.gz")
    )
    summits = peaks.starts + _summits(folder / "macs_ctcf_chr22_peaks.narrowPeak.gz")
    anywhere = np.random.default_rng(0).integers(REACH, len(codes) - REACH, 60_000)
    centres = {"bound": summits, "random": anywhere, "blood ATAC": (opened.starts + opened.ends) // 2}
    kept = {name: each[_is_known(each, known)] for name, each in centres.items()}
    for name in CTCF:
        kept[name] = kept[name][_distance(kept[name], np.sort(summits)) > APART][:RANDOM]
    print({name: len(each) for name, each in kept.items()})
    rows = []
    for other, must in CTCF.items():
        places = np.concatenate([kept["bound"], kept[other]])
        truth = np.arange(len(places)) < len(kept["bound"])
        n = len(places)
        loci = Loci(("chr22",) * n, places - REACH, places + REACH, ("CTCF",) * n, truth)
        area = area_of(truth, best_pwm(loci, {"chr22": codes}, motifs))
        print(other, area)
        rows.append((f"best MA0139.1, {other}", must, area.auc))
    return rows


def _summits(path: Path) -> np.ndarray:
    """The tenth column of a narrowPeak file: from the start of the peak."""
    return np.array([int(line.split(b"\t")[9]) for line in gzip.open(path) if line.startswith(b"chr")])


def _distance(places: np.ndarray, ascending: np.ndarray) -> np.ndarray:
    """Bases to the nearest of some ascending places."""
    behind = np.clip(np.searchsorted(ascending, places), 1, len(ascending) - 1)
    return np.minimum(np.abs(places - ascending[behind - 1]), np.abs(ascending[behind] - places))


def _is_known(centres: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Flag the centres with enough known bases around them."""
    return known[centres + REACH] - known[centres - REACH] >= KNOWN * 2 * REACH


if __name__ == "__main__":
    main()
