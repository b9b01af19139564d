"""Seeded universes and queries of human shape, written once as BED files that every tool reads."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHROMS = {
    "chr1": 248956422, "chr2": 242193529, "chr3": 198295559, "chr4": 190214555, "chr5": 181538259, "chr6": 170805979,
    "chr7": 159345973, "chr8": 145138636, "chr9": 138394717, "chr10": 133797422, "chr11": 135086622,
    "chr12": 133275309, "chr13": 114364328, "chr14": 107043718, "chr15": 101991189, "chr16": 90338345,
    "chr17": 83257441, "chr18": 80373285, "chr19": 58617616, "chr20": 64444167, "chr21": 46709983,
    "chr22": 50818468, "chrX": 156040895, "chrY": 57227415,
}  # fmt: skip  # GRCh38 primary assembly lengths, as listed by the Genome Reference Consortium
NAMES = tuple(sorted(CHROMS))  # by text, the order that `sort`, bedtools and bedops agree on
SIZES = np.array([CHROMS[name] for name in NAMES], dtype=np.int64)
CHUNK = 2**19  # rows that are turned into text at once


@dataclass(frozen=True)
class Rows:
    """Regions as columns: ``codes`` into ``NAMES``, ``starts`` and ``ends`` 0-based half-open, all (n,) int64."""

    codes: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[np.int64]) -> "Rows":
        return Rows(self.codes[rows], self.starts[rows], self.ends[rows])

    def names(self) -> list[str]:
        return [NAMES[code] for code in self.codes.tolist()]

    def ordered(self) -> "Rows":
        return self.take(np.lexsort((self.ends, self.starts, self.codes)))

    def distinct(self) -> "Rows":
        """Drop repeats of a row; self is ordered."""
        columns = np.stack([self.codes, self.starts, self.ends])
        repeated = np.concatenate([[False], (columns[:, 1:] == columns[:, :-1]).all(axis=0)])
        return self.take(np.flatnonzero(~repeated))

    def disjoint(self) -> "Rows":
        """Keep rows that share no base with any earlier row; self is ordered."""
        linear = self.codes << 32
        reach = np.maximum.accumulate(linear + self.ends)
        free = np.concatenate([[True], linear[1:] + self.starts[1:] >= reach[:-1]])
        return self.take(np.flatnonzero(free))


def joined(*parts: Rows) -> Rows:
    return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("codes", "starts", "ends")))


def placed(
    rng: np.random.Generator, n: int, *, widths: tuple[int, int], near: Rows | None = None, share: float = 0.7
) -> Rows:
    """Draw n rows: a ``share`` of them within 500 bp of a row of ``near``, the rest anywhere in the genome."""
    codes = rng.choice(len(NAMES), n, p=SIZES / SIZES.sum())
    width = rng.integers(widths[0], widths[1] + 1, n)
    starts = (rng.random(n) * (SIZES[codes] - width)).astype(np.int64)
    if near is not None:
        anchors, chosen = rng.integers(0, len(near), n), rng.random(n) < share
        shifted = np.clip(near.starts[anchors] + rng.integers(-500, 501, n), 0, SIZES[near.codes[anchors]] - width)
        codes, starts = np.where(chosen, near.codes[anchors], codes), np.where(chosen, shifted, starts)
    return Rows(codes, starts, starts + width)


def universe(n: int, *, seed: int = 1, widths: tuple[int, int] = (150, 600)) -> Rows:
    """Draw n distinct rows in order; some overlap each other."""
    rows = placed(np.random.default_rng(seed), n + n // 100 + 8, widths=widths).ordered().distinct()
    return _thinned(rows, n, seed)


def screen_like(n: int, *, seed: int = 2, near: Rows | None = None) -> Rows:
    """Draw n disjoint rows of 150-350 bp in order, as candidate regulatory elements are."""
    rng = np.random.default_rng(seed)
    rows = Rows(*(np.zeros(0, np.int64) for _ in range(3)))
    while len(rows) < n:
        rows = joined(rows, placed(rng, 2 * n, widths=(150, 350), near=near)).ordered().disjoint()
    return _thinned(rows, n, seed)


def queries(n: int, near: Rows, *, seed: int = 3, widths: tuple[int, int] = (150, 600)) -> Rows:
    """Draw n rows in order, 70 % of them near a row of the universe."""
    return placed(np.random.default_rng(seed), n, widths=widths, near=near).ordered()


def shuffled(rows: Rows, *, seed: int = 4) -> Rows:
    return rows.take(np.random.default_rng(seed).permutation(len(rows)))


def with_long_rows(rows: Rows) -> Rows:
    """Add one row per chromosome that spans all of it, the worst case of a sorted list with a running maximum."""
    codes = np.arange(len(NAMES), dtype=np.int64)
    return joined(rows, Rows(codes, np.zeros(len(NAMES), np.int64), SIZES)).ordered()


def nested(n: int) -> Rows:
    """n rows of one chromosome, each inside the one before, the worst case of a containment decomposition."""
    steps = np.arange(n, dtype=np.int64)
    return Rows(np.zeros(n, np.int64), steps, 2 * n + 1 - steps)


def count_pairs(rows: Rows, others: Rows) -> int:
    """Count overlapping pairs: those that start before the other's end, less those that end before its start."""
    linear = rows.codes << 32
    starts, ends = np.sort(linear + rows.starts), np.sort(linear + rows.ends)
    begun = np.searchsorted(starts, (others.codes << 32) + others.ends, side="left")
    over = np.searchsorted(ends, (others.codes << 32) + others.starts, side="right")
    return int((begun - over).sum(dtype=np.int64))


def at_the_tip(n: int, count: int, *, seed: int = 5) -> Rows:
    """Draw 1 bp rows near the far end of `nested`: each hits at most 100 rows, yet no row ends before any of them."""
    starts = np.sort(np.random.default_rng(seed).integers(2 * n - 100, 2 * n + 1, count))
    return Rows(np.zeros(count, np.int64), starts, starts + 1)


def _thinned(rows: Rows, n: int, seed: int) -> Rows:
    return rows.take(np.sort(np.random.default_rng(seed).permutation(len(rows))[:n]))


def bed_text(rows: Rows, *, ids: bool = False) -> Iterator[bytes]:
    """Render rows as BED3, or with ``ids`` as BED4 whose name is the row number, in chunks."""
    for first in range(0, len(rows), CHUNK):
        part = rows.take(np.arange(first, min(first + CHUNK, len(rows)), dtype=np.int64))
        columns = [part.names(), part.starts.tolist(), part.ends.tolist()]
        if ids:
            columns.append(range(first, first + len(part)))
        yield "".join("\t".join(map(str, line)) + "\n" for line in zip(*columns, strict=True)).encode()


def write_rows(path: Path, rows: Rows, *, ids: bool = False) -> Path:
    """Write a BED file unless it is there; a cut run leaves no half file."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as sink:
            sink.writelines(bed_text(rows, ids=ids))
        part.replace(path)
    return path


def read_real(path: Path) -> Rows:
    """Read columns 1-3 of a BED file, plain or gzip; rows of other chromosomes or without a base are left out."""
    opener = gzip.open if path.read_bytes()[:2] == b"\x1f\x8b" else open
    codes: dict[str, int] = {name: code for code, name in enumerate(NAMES)}
    triples = []
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.rstrip("\r\n").split("\t", 3)
            if len(fields) >= 3 and fields[0] in codes and fields[1].isdigit() and fields[2].isdigit():
                triples.append((codes[fields[0]], int(fields[1]), int(fields[2])))
    columns = np.array(triples, dtype=np.int64).reshape(-1, 3).T
    rows = Rows(*(np.ascontiguousarray(column) for column in columns))
    return rows.take(np.flatnonzero(rows.ends > rows.starts)).ordered()


def real_queries(folder: Path, *, at_least: int = 8_000, at_most: int = 300_000) -> dict[str, Rows]:
    """Find the BED files below a folder that have human chromosomes and a fitting number of rows, by row count."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.name.lower()
        if path.is_file() and any(part in name for part in (".bed", "peak")) and "mm10" not in name:
            rows = read_real(path)
            if at_least <= len(rows) <= at_most and len(np.unique(rows.codes)) >= 22:
                found[path.name] = rows
    return dict(sorted(found.items(), key=lambda item: (len(item[1]), item[0])))
