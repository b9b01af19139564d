"""Codes learnt from counts of windows alone: weighted k-means over all of them, in seconds, with NumPy."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from genotok.arrays import Coords, Places
from genotok.errors import ConfigError
from genotok.kernels.draws import join_seeds
from genotok.kernels.lloyd import ROUNDS, Rows, Weights, parents_of
from genotok.kernels.nearest import entropy
from genotok.kernels.tables import reverse_windows
from genotok.kernels.windowcells import place_weights
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_windows import STORED, WindowLevels
from genotok.values.codebook import MAX_CODES, CodeArray, Codebook, Quantizer
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import MAX_WINDOW, WindowTable

Progress: TypeAlias = Callable[[str, int, int], None]

LEAST_COUNT = 16  # windows in the corpus for each code


@dataclass(frozen=True)
class TableConfig:
    """What kind of table is learnt; None stands for what suits the rest.

    ``window`` R and ``stride`` S in bp · ``quantizer`` 'tree' if S is 1 or
    there are several levels, else 'flat'; 'rvq' and 'hrq' too · ``levels``
    codes of each level, coarse to fine: (512, 4096) for a tree, (4096,) flat · ``symmetric`` one code for a window and
    its reverse complement: if S is 1 · ``sigma`` bp, how far from the middle bases matter (inf: all alike) ·
    ``rounds`` of k-means; 0 leaves the random start.

    >>> TableConfig().sizes, TableConfig(stride=4).kind, TableConfig(stride=4).pooled
    ((512, 4096), 'flat', False)
    """

    window: int = 8
    stride: int = 1
    quantizer: Quantizer | None = None
    levels: tuple[int, ...] | None = None
    symmetric: bool | None = None
    sigma: float = 2.5
    rounds: int = ROUNDS
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.window <= MAX_WINDOW:
            raise ConfigError(f"window={self.window}", hint=f"1 to {MAX_WINDOW} bp; networks see further")
        if not 1 <= self.stride <= self.window:
            raise ConfigError(f"stride={self.stride} of windows of {self.window} bp", hint="1 to the window")
        if not self.sigma > 0:
            raise ConfigError(f"sigma={self.sigma}", hint="above 0 bp, or inf")
        if self.rounds < 0:
            raise ConfigError(f"rounds={self.rounds}", hint="0 or more")
        check_levels(self.kind, self.sizes)

    @property
    def kind(self) -> Quantizer:
        """The quantizer, settled."""
        several = self.stride == 1 if self.levels is None else len(self.levels) > 1
        return self.quantizer or ("tree" if several else "flat")

    @property
    def sizes(self) -> tuple[int, ...]:
        """Codes of each level, settled."""
        usual = {"flat": (4096,), "tree": (512, 4096), "hrq": (32, 64)}
        return tuple(self.levels or usual.get(self.kind, (64, 64)))

    @property
    def pooled(self) -> bool:
        """Whether both strands of a window have one code, settled."""
        return self.stride == 1 if self.symmetric is None else self.symmetric

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, infinity as text."""
        settled = {"quantizer": self.kind, "levels": list(self.sizes), "symmetric": self.pooled}
        return {**asdict(self), **settled, "sigma": "inf" if self.sigma == inf else self.sigma}


def check_levels(kind: str, levels: Sequence[int]) -> None:
    """Raise ConfigError unless codes of these levels fit what a table is learnt as."""
    told = ",".join(map(str, levels))
    if kind not in ("flat", "tree", "rvq", "hrq"):
        raise ConfigError(f"quantizer={kind!r} of a table", hint="flat, tree, rvq or hrq; networks learn fsq")
    if (len(levels) == 1) != (kind == "flat"):
        raise ConfigError(f"levels={told} of a {kind} codebook", hint="flat has one level, the others two or more")
    for size in levels:
        if not 2 <= size <= MAX_CODES:
            raise ConfigError(f"a level of {size:,} codes", hint=f"from 2 to {MAX_CODES:,} are possible")
    if kind == "tree" and any(fine <= coarse for coarse, fine in pairwise(levels)):
        raise ConfigError(f"levels={told} of a tree", hint="from coarse to fine, each with more codes")


class _Windows(NamedTuple):
    """Windows that are told apart: ``numbers`` (m,) ascending, ``counts`` (m,), and the place of each of all 4^R."""

    numbers: Coords
    counts: Weights
    places: Places


def train_table(corpus: Corpus, config: TableConfig, *, progress: Progress = lambda *_: None) -> VQModel:
    """Learn a table from the windows of a corpus; one seed gives the same bytes on every machine.

    Its ``usage`` counts all windows of the part to train on, weights included. ConfigError if the corpus is too small.
    """
    counts = corpus.count_windows(config.window)
    windows = _distinct(counts, config)
    _check_size(windows, counts, max(config.sizes))
    learnt = _learn(windows, config, progress)
    codes = np.stack(learnt.codes)[:, windows.places]
    table = WindowTable(config.window, config.stride, codes, config.pooled)
    usage = [_use(each, counts, len(vectors)) for each, vectors in zip(codes, learnt.vectors, strict=True)]
    vectors, parents = learnt.vectors, list[CodeArray]()
    if config.kind == "tree":
        vectors, parents, usage = grow_tree(vectors[0], usage[0], config)
    book = Codebook(config.kind, config.sizes, tuple(vectors), tuple(parents))
    return VQModel(
        book,
        table,
        None,
        window=config.window,
        stride=config.stride,
        strand_symmetric=config.pooled,
        usage=tuple(np.rint(each).astype(np.uint64) for each in usage),
    )


def joint_bits(model: VQModel, corpus: Corpus) -> float:
    """Return the bits of a token of a table as it is used: the entropy of the codes of all levels, over all windows."""
    assert model.table is not None, "a network has no table"
    counts, joint = corpus.count_windows(model.window), np.zeros(4**model.window, dtype=np.int64)
    for codes, size in zip(model.table.codes, model.table_sizes, strict=True):
        joint = np.unique(joint, return_inverse=True)[1] * np.int64(size) + codes
    return entropy(np.bincount(np.unique(joint, return_inverse=True)[1], counts).astype(np.float64))


def _use(codes: CodeArray, counts: Weights, size: int) -> Weights:
    """Add up the counts of each code: float64 (size,)."""
    return np.bincount(codes, counts, size).astype(np.float64)


def _distinct(counts: Weights, config: TableConfig) -> _Windows:
    """Tell windows apart; with symmetry, the two strands of one are one window, named by the smaller number."""
    every = np.arange(len(counts), dtype=np.intp)
    if not config.pooled:
        return _Windows(every.astype(np.int64), counts, every)
    first = np.minimum(every, reverse_windows(config.window))
    numbers, places = np.unique(first, return_inverse=True)
    return _Windows(numbers.astype(np.int64), np.bincount(places, counts).astype(np.float64), places.astype(np.intp))


def _check_size(windows: _Windows, counts: Weights, codes: int) -> None:
    total, distinct = int(counts.sum(dtype=np.float64)), int(np.count_nonzero(windows.counts))
    if total < LEAST_COUNT * codes:
        what = f"the corpus has {total:,} windows, {codes:,} codes need {LEAST_COUNT * codes:,}"
        raise ConfigError(what, hint="give more DNA, or ask for fewer --levels")
    if distinct < codes:
        what = f"the corpus has {distinct:,} different windows for {codes:,} codes"
        raise ConfigError(what, hint="ask for fewer --levels, or a wider --window")


def _learn(windows: _Windows, config: TableConfig, progress: Progress) -> WindowLevels:
    """Learn the levels of a table, of a tree the finest alone."""
    weights = place_weights(config.window, config.sigma)
    levels = WindowLevels(windows.numbers, windows.counts, weights, seed=config.seed)
    for level, size in enumerate(config.sizes[-1:] if config.kind == "tree" else config.sizes):
        doubled = config.kind == "hrq" and level > 0
        levels.learn(
            size,
            rounds=config.rounds,
            scale=2.0 if doubled else 1.0,
            less=[level - 1] if doubled else range(level),
            progress=partial(
                _tell, progress, f"codes {level + 1}" if len(config.sizes) > 1 else "codes", config.rounds
            ),
        )
    return levels


def _tell(progress: Progress, phase: str, total: int, done: int) -> None:
    progress(phase, done, total)


def grow_tree(fine: Rows, usage: Weights, config: TableConfig) -> tuple[list[Rows], list[CodeArray], list[Weights]]:
    """Group codes into those of coarser levels, one by one, so that each lies within one of the next coarser level."""
    levels, parents, uses = [fine], list[CodeArray](), [usage]
    for size in reversed(config.sizes[:-1]):
        seed = join_seeds(config.seed, size)
        cells = parents_of(levels[0], uses[0], size, rounds=config.rounds, seed=seed, stored_as=STORED)
        levels.insert(0, cells.vectors)
        parents.insert(0, cells.codes[parents[0]] if parents else cells.codes)
        uses.insert(0, _use(cells.codes, uses[0], size))
    return levels, parents, uses
