"""Files of a million regions, as large as most users will ever drop, and of ten times as many."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from genotok.kernels.bedtext import render_bed3
from web import native

ROWS = 1_000_000


def write_rows(path: Path, rows: int) -> Path:
    """Write a BED file of rows around the regions of the default universe, sorted within each of its parts."""
    regions = native.default_universe().regions
    names = tuple(name.encode() for name in regions.chrom_names)
    seeds = np.random.default_rng(7)
    with path.open("wb") as file:
        for _ in range(0, rows, ROWS):
            picks = seeds.integers(0, len(regions), ROWS)
            codes = regions.codes[picks]
            starts = np.maximum(0, regions.starts[picks] + seeds.integers(-900, 900, ROWS))
            order = np.lexsort((starts, codes))
            starts = starts[order]
            ends = starts + seeds.integers(150, 600, ROWS)
            file.write(render_bed3(names=names, codes=codes[order], starts=starts, ends=ends))
    return path


def write_million(path: Path) -> Path:
    """Write a sorted BED file of a million rows (23 MB)."""
    return write_rows(path, ROWS)
