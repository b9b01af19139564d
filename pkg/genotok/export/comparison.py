"""How often two documents have each token, as a TAB-separated table: ``id chrom start end count_a count_b``."""

from typing import BinaryIO

import numpy as np

from genotok.arrays import Ids
from genotok.export.text import NEWLINE, TAB, Column, escape, span_column, table_column, weave
from genotok.kernels.digits import count_digits, join_integers
from genotok.kernels.ragged import offsets_of
from genotok.values.regions import Regions

HEADER = b"id\tchrom\tstart\tend\tcount_a\tcount_b\n"
PIECE_ROWS = 2**16


def write_compared(sink: BinaryIO, regions: Regions, ids: Ids, count_a: Ids, count_b: Ids) -> None:
    """Write a line a token; ``ids`` (n,) are rows of ``regions``, the counts (n,) stand beside them."""
    names = [f"{escape(name)}\t".encode() for name in (*regions.chrom_names, "")]
    text, _ = weave(
        _number_column(ids),
        table_column(names, regions.codes[ids]),
        span_column(regions.starts[ids], regions.ends[ids], between=TAB, after=TAB),
        span_column(count_a.astype(np.int64), count_b.astype(np.int64), between=TAB, after=NEWLINE),
    )
    sink.write(text.tobytes())


def _number_column(values: Ids) -> Column:
    text = join_integers(values, np.full(len(values), TAB, dtype=np.uint8))
    return np.frombuffer(text, dtype=np.uint8), offsets_of(count_digits(values) + 1)
