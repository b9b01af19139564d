"""Figures of the peak caller that must come out: CTCF ChIP-seq of chr22 against 730 peaks that MACS called on it."""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from measure import as_markdown, as_time, machine, use_checkout

use_checkout()

from genotok.analysis.peakcalling import sweep_peaks  # noqa: E402  # found through use_checkout
from genotok.io.bed import read_bed  # noqa: E402
from genotok.io.tracks import open_track  # noqa: E402
from genotok.kernels.coverage import join_spans  # noqa: E402

LENGTH, BIN = 51_304_566, 16
EXPECTED = {"f1": 0.849, "peak_recall": 0.899, "peak_precision": 0.936}
EASE = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the pileup and the peaks of MACS")
    folder = parser.parse_args().data
    started = time.perf_counter()
    track = open_track(folder / "macs_ctcf_chr22_treat_pileup.bdg.gz", lengths={"chr22": LENGTH})
    bins = np.arange(LENGTH // BIN + 1) * BIN
    signal = track.means("chr22", bins, log1p=True)
    read = time.perf_counter()
    sweep = sweep_peaks(signal, _truth(folder / "macs_ctcf_chr22_peaks.narrowPeak.gz", bins))
    swept = time.perf_counter()
    best = dict(sweep.rows)[sweep.best]
    print(f"{machine()}\n\n{len(signal):,} bins read and averaged in {as_time(read - started)}, ", end="")
    print(f"{len(sweep.rows)} settings tried in {as_time(swept - read)}; the best is {sweep.best}\n")
    found = {name: getattr(best, name) for name in EXPECTED}
    wrong = [name for name, must in EXPECTED.items() if abs(found[name] - must) > EASE]
    rows = [[name, f"{must}", f"{found[name]:.4f}", "NO" * (name in wrong)] for name, must in EXPECTED.items()]
    print(as_markdown(["", "must be", "is", ""], rows))
    sys.exit(bool(wrong))


def _truth(path: Path, bins: np.ndarray) -> np.ndarray:
    """Flag the bins that share a base with a peak."""
    peaks = read_bed(path)
    spans = join_spans(starts=peaks.starts, ends=peaks.ends)
    flags = np.zeros(len(bins) - 1, dtype=bool)
    for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True):
        flags[start // BIN : -(-end // BIN)] = True
    return flags


if __name__ == "__main__":
    main()
