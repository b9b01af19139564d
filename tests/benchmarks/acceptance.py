"""Figures of 10 Mb of human chr22 that must come out exactly: hits, coverage, bins and cells for all 841 motifs."""

import argparse
import gzip
import re
import sys
import time
from pathlib import Path

import numpy as np
from measure import as_markdown, as_time, machine, use_checkout

use_checkout()

from genotok.kernels.bases import encode_letters  # noqa: E402  # found through use_checkout
from genotok.kernels.bins import find_boundaries, split_bins  # noqa: E402
from genotok.kernels.occupancy import count_cpg, count_in_bins  # noqa: E402
from genotok.kernels.windows import count_cover, iter_runs  # noqa: E402
from genotok.values.motifs import MotifSet  # noqa: E402
from genotok.values.search import MotifSearch  # noqa: E402
from genotok.values.thresholds import ThresholdRule  # noqa: E402

BASES = 10_000_000
GAP = b"N" * 40  # between stretches of known bases
FIGURES = ("hits", "covered bases, summed", "bins", "cells")
EXPECTED = {
    "rel 0.8": (ThresholdRule(), (37_200_111, 350_599_006, 675_084, 52_862_800)),
    "p 1e-4": (ThresholdRule(pvalue=1e-4), (2_491_250, 31_518_735, 594_934, 4_319_205)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with hg19_chr22_partial_N.fa.gz")
    codes = known_stretches(parser.parse_args().data / "hg19_chr22_partial_N.fa.gz")
    print(f"{machine()}\n")
    rows, failed = [], False
    for name, (rule, expected) in EXPECTED.items():
        started = time.perf_counter()
        found = _figures(codes, rule)
        seconds = as_time(time.perf_counter() - started)
        for figure, must, value in zip(FIGURES, expected, found, strict=True):
            rows.append([f"{figure}, {name}", f"{must:,}", f"{value:,}", "yes" if must == value else "NO", seconds])
            failed |= must != value
    print(as_markdown(["", "must be", "is", "equal", "all four took"], rows))
    sys.exit(failed)


def known_stretches(path: Path) -> np.ndarray:
    """Return the codes of the first 10 Mb of chr22's known stretches, each followed by a gap."""
    letters = gzip.decompress(path.read_bytes()).partition(b"\n")[2].replace(b"\n", b"").upper()
    text = b"".join(each + GAP for each in re.findall(rb"[ACGT]+", letters))[:BASES]
    return encode_letters(np.frombuffer(text, dtype=np.uint8))


def _figures(codes: np.ndarray, rule: ThresholdRule) -> tuple[int, ...]:
    search = MotifSearch(MotifSet.from_jaspar(), rule)
    starts, offsets = search.find_starts(codes)
    coverage = count_cover(iter_runs(starts=starts, offsets=offsets, widths=search.widths), len(codes))
    boundaries = split_bins(find_boundaries(coverage))
    cpg = count_cpg(codes, boundaries)
    cells = count_in_bins(starts=starts, offsets=offsets, widths=search.widths, boundaries=boundaries, cpg=cpg)
    return len(starts), int(coverage.sum(dtype=np.int64)), len(boundaries) - 1, len(cells.counts)


if __name__ == "__main__":
    main()
