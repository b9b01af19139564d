"""Small random documents, and their rows in plain Python."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from genotok.analysis.document import Document

NAMES = ("chr1", "chr10", "chr2", "HLA-A*01:01")
N_REGIONS = 9
UNK = 9


@dataclass(frozen=True)
class PlainRow:
    """One row as a person would write it down."""

    index: int
    line: int
    chrom: str
    start: int
    end: int
    ids: tuple[int, ...]

    @property
    def width(self) -> int:
        return self.end - self.start

    @property
    def hit(self) -> bool:
        return bool(self.ids) and self.ids[0] < N_REGIONS

    @property
    def label(self) -> str:
        return f"{self.chrom}:{self.start}-{self.end}"


@st.composite
def documents(draw: st.DrawFn, kept: bool = True) -> tuple[Document, list[PlainRow]]:
    """A document of at most 12 rows with ties, misses, unknown tokens and, where kept, reversed rows and far ends."""
    places = st.integers(0, 12) | st.sampled_from([100, 2**31 - 1] + [2**32 - 1] * kept)
    ids = st.just(()) | st.just((UNK,)) | st.lists(st.integers(0, N_REGIONS - 1), min_size=1, max_size=12).map(tuple)
    rows, line = [], 0
    for index in range(draw(st.integers(0, 12))):
        line += draw(st.integers(1, 3))
        code, one, two = draw(st.integers(-1, len(NAMES) - 1)), draw(places), draw(places)
        start, end = (one, two) if kept else sorted((one, two))
        chrom = NAMES[code] if code >= 0 else ""
        rows.append(PlainRow(index, line, chrom, start, end, draw(ids)))
    return document_of(rows), rows


def document_of(rows: list[PlainRow]) -> Document:
    """Put plain rows into columns."""
    offsets = np.cumsum([0, *(len(row.ids) for row in rows)], dtype=np.int32)
    return Document(
        NAMES,
        np.array([NAMES.index(row.chrom) if row.chrom else -1 for row in rows], np.int32),
        np.array([row.start for row in rows], np.uint32),
        np.array([row.end for row in rows], np.uint32),
        np.array([row.line for row in rows], np.int32),
        np.array([each for row in rows for each in row.ids], np.int32),
        offsets,
        N_REGIONS,
    )
