"""Genomes of known lineage by the codes in them: do they lie together, and would any fine hash do as well."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.vq_features import Features, bag_of
from genotok.analysis.vq_sets import LabelledRows, LabelledSet
from genotok.arrays import Bytes, Flags, Ids
from genotok.errors import CapacityError, InputError
from genotok.io.fasta import FastaReader
from genotok.kernels.bases import Codes
from genotok.kernels.draws import draw_words, join_seeds
from genotok.kernels.separation import neighbour_purity, silhouette
from genotok.values.csr import CsrMatrix
from genotok.values.sequences import encode_text

COMPONENTS = 50
NEIGHBOURS = 10
FEWEST = 10  # genomes of a group that is scored

_LETTERS = np.frombuffer(b"ACGTN", dtype=np.uint8)
_GAP = ord("-")
_WINDOW, _MOST_UNKNOWN, _LARGE = 1000, 9, 200  # bp and unknown bases of a window; genomes of a group that makes a class
_WINDOWS = {"train": 12_000, "dev": 3_000, "test": 6_000}
_SHARES = {"train": 0.72, "dev": 0.8, "test": 1.0}  # of genomes, up to which each split goes
_MOST_SIDE = 2**14
_HEADER = "write >id|lineage|group"


@dataclass(frozen=True, eq=False)
class Genomes:
    """Genomes with what their headers say: ``texts`` of A, C, G, T, N, and the ``groups`` by name.

    ``gaps`` counts the ``-`` of alignments that were taken out.
    """

    names: tuple[str, ...]
    lineages: tuple[str, ...]
    groups: tuple[str, ...]
    texts: tuple[str, ...]
    gaps: int = 0

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sizes(self) -> dict[str, int]:
        """Genomes of each group, in the order of their names."""
        return dict(sorted(Counter(self.groups).items()))

    def scored(self, fewest: int = FEWEST) -> tuple[str, ...]:
        """Return the groups that have enough genomes to be scored."""
        return tuple(name for name, size in self.sizes.items() if size >= fewest)

    def labels(self, groups: Sequence[str]) -> Ids:
        """Return the place of each genome's group among some, -1 for those of others: int32 (n,)."""
        places = {name: at for at, name in enumerate(groups)}
        return np.array([places.get(each, -1) for each in self.groups], dtype=np.int32)


@dataclass(frozen=True)
class LineageScore:
    """How genomes of one group lie together in the bag of some codes; ``chance`` is the purity of random labels."""

    name: str
    columns: int
    purity: float
    macro: float
    silhouette: float
    chance: float
    by_group: dict[str, float]


def read_genomes(path: str | PathLike[str]) -> Genomes:
    """Read a FASTA file whose headers are ``id|lineage|group``; other headers raise InputError with their line.

    Gaps (``-``) are taken out: consensus genomes that were cut from an alignment have some.
    """
    gaps = 0

    def encode(text: Bytes, name: str, **place: Any) -> Codes:
        nonlocal gaps
        letters = text[text != _GAP]
        gaps += len(text) - len(letters)
        return encode_text(letters, name, **place)

    reader = FastaReader(path, encode=encode)
    parts: dict[str, list[bytes]] = {}
    for piece in reader:
        parts.setdefault(piece.name, []).append(_LETTERS[piece.codes].tobytes())
    heads = [name.split("|") for name in parts]
    for name, head in zip(parts, heads, strict=True):
        if len(head) != 3 or not all(head):
            raise InputError(f"the header {name!r}", path=str(path), line=reader.lines[name], hint=_HEADER)
    names, lineages, groups = zip(*heads, strict=True)
    texts = tuple(b"".join(each).decode() for each in parts.values())
    return Genomes(names, lineages, groups, texts, gaps)


def mask_clustered(genomes: Genomes, share: float = 0.01) -> Genomes:
    """Make unknown, in all genomes, every position (from the first base) that is so in more than a share of them."""
    longest = max(map(len, genomes.texts))
    unknown = np.zeros(longest, dtype=np.int64)
    for each in genomes.texts:
        unknown[: len(each)] += np.frombuffer(each.encode(), dtype=np.uint8) == ord("N")
    masked: Flags = unknown > share * len(genomes)
    texts = []
    for each in genomes.texts:
        letters = np.frombuffer(each.encode(), dtype=np.uint8).copy()
        letters[masked[: len(letters)]] = ord("N")
        texts.append(letters.tobytes().decode())
    return replace(genomes, texts=tuple(texts))


def leading_components(bag: CsrMatrix, count: int = COMPONENTS) -> NDArray[np.float64]:
    """Return the first components of a bag, centred, without columns that are constant: float64 (n, count or fewer).

    They are exact, by the eigenvectors of the smaller product, the largest number of each positive; the variance falls
    from one to the next.
    """
    if min(bag.shape) > _MOST_SIDE:
        what = f"{bag.shape[0]:,} genomes by {bag.shape[1]:,} codes"
        raise CapacityError(what, hint=f"{_MOST_SIDE:,} of either at most")
    rows = bag.to_dense()
    kept = rows.astype(np.float64)[:, rows.min(axis=0) != rows.max(axis=0)]
    if not kept.shape[1]:
        raise InputError("all genomes are alike", hint="give genomes that differ")
    kept -= kept.mean(axis=0)
    wide = kept.shape[1] >= len(kept)
    values, vectors = np.linalg.eigh(kept @ kept.T if wide else kept.T @ kept)
    order = np.argsort(-values, kind="stable")[: min(count, len(kept) - 1, kept.shape[1])]
    order = order[values[order] > values[order[0]] * 1e-12]
    found = vectors[:, order] * np.sqrt(values[order]) if wide else kept @ vectors[:, order]
    tops = found[np.argmax(np.abs(found), axis=0), np.arange(found.shape[1], dtype=np.intp)]
    turned: NDArray[np.float64] = found * np.sign(tops)
    return turned


def score_lineages(name: str, parts: NDArray[np.float64], genomes: Genomes, columns: int) -> LineageScore:
    """Score the components of genomes, (n, d), by the groups that have enough; others are no one's neighbours."""
    groups = genomes.scored()
    if len(groups) < 2:
        raise InputError(f"{len(groups)} groups of {FEWEST} genomes or more", hint="give two at least")
    labels = genomes.labels(groups)
    known = np.flatnonzero(labels >= 0)
    points, labels = parts[known], labels[known]
    pure = neighbour_purity(points, labels, NEIGHBOURS)
    by_group = {each: float(pure[labels == at].mean()) for at, each in enumerate(groups)}
    sizes = np.bincount(labels).astype(np.float64)
    chance = float((sizes * (sizes - 1)).sum(dtype=np.float64) / (len(labels) * (len(labels) - 1)))
    macro = float(np.mean(list(by_group.values())))
    return LineageScore(
        name, columns, float(pure.mean()), macro, float(silhouette(points, labels).mean()), chance, by_group
    )


def bags_by_level(features: Features, texts: Sequence[str]) -> Iterator[tuple[str, CsrMatrix]]:
    """Yield the bag of all streams, and if there are several that of each, with a name for it."""
    whole = bag_of(features, texts)
    yield features.name, whole
    sizes = [each.size for each in features.streams([""])]
    if len(sizes) < 2:
        return
    dense_from = 0
    for level, size in enumerate(sizes, start=1):
        inside = (whole.indices >= dense_from) & (whole.indices < dense_from + size)
        cuts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(inside, dtype=np.int64)])[whole.indptr]
        part = CsrMatrix(cuts, whole.indices[inside] - dense_from, whole.data[inside], (len(whole), size))
        yield f"{features.name}, {'joint' if level > features.levels > 0 else f'level {level}'} ({size:,})", part
        dense_from += size


def lineage_windows(path: str | PathLike[str], seed: int = 0) -> LabelledSet:
    """Cut the genomes of the larger groups into windows of 1 kb, and split them by genome: a set of the evaluation.

    Groups of 200 genomes or more are the classes, by name; windows with 10 unknown bases or more are left out. 72 % of
    the genomes are for train, 8 % for dev, 20 % for test, and at most 12,000, 3,000 and 6,000 windows of these are
    drawn.
    """
    genomes = read_genomes(path)
    groups = genomes.scored(_LARGE)
    if len(groups) < 2:
        hint = f"two groups of {_LARGE} genomes or more make classes"
        raise InputError(f"{len(groups)} large groups", path=str(path), hint=hint)
    labels = genomes.labels(groups)
    shares = np.argsort(np.argsort(draw_words(len(genomes), join_seeds(seed, 0)))) / len(genomes)
    splits, before = {}, 0.0
    for number, (split, until) in enumerate(_SHARES.items(), start=1):
        inside = np.flatnonzero((labels >= 0) & (shares >= before) & (shares < until)).tolist()
        rows = [(text, labels[at]) for at in inside for text in _windows_of(genomes.texts[at])]
        order = np.sort(np.argsort(draw_words(len(rows), join_seeds(seed, number)), kind="stable")[: _WINDOWS[split]])
        chosen = [rows[at] for at in order.tolist()]
        splits[split] = LabelledRows(tuple(each for each, _ in chosen), np.array([label for _, label in chosen]))
        before = until
    return LabelledSet("lineages", splits["train"], splits["dev"], splits["test"])


def _windows_of(text: str) -> Iterator[str]:
    for at in range(0, len(text) - _WINDOW + 1, _WINDOW):
        window = text[at : at + _WINDOW]
        if window.count("N") <= _MOST_UNKNOWN:
            yield window
