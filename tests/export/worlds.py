"""One tiny universe and its documents, small enough to write every expected byte by hand."""

import pytest

from genotok import IntervalTokenizer, Regions, Universe
from genotok.export.writers import FORMATS

# every format; Parquet's library is no part of Pyodide's core
KINDS = [pytest.param(kind, marks=[pytest.mark.native] * (kind == "parquet")) for kind in FORMATS]

# ids 0 A, 1 B, 2 C, 3 D; unk is 4
UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr1", 30, 40), ("chr2", 5, 9)]
QUERIES = [("chr1", 18, 19), ("chr1", 90, 95), ("chr2", 0, 6)]  # A and B; none; D


def tokenizer(**config):
    return IntervalTokenizer(Universe.from_regions(Regions.from_tuples(UNIVERSE))).replace(**config)
