"""Which stretches of units a network sees at once, and which units in them it is judged by.

A unit is a bin of the tokens, or 16 bases of the sequence.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.errors import ConfigError, InputError
from genotok.kernels.draws import draw_below, join_seeds


class Windows(NamedTuple):
    """Window ``i`` begins at unit ``starts[i]`` of contig ``contigs[i]``, and is judged by ``[firsts[i], lasts[i])``.

    Contigs int32, the others int64 units of the contig, all (w,). ``left_out`` units are in no window.
    """

    contigs: Ids
    starts: Coords
    firsts: Coords
    lasts: Coords
    left_out: int = 0


@dataclass(frozen=True)
class WindowConfig:
    """How contigs are cut into windows; all in units.

    ``length`` and ``stride`` of windows to train on, which are moved by up to ``shift`` units anew in each epoch ·
    ``crop`` units at either side see too little around them to be judged by, but at the ends of a contig.
    """

    length: int = 1250
    stride: int = 500
    crop: int = 125
    shift: int = 250

    def __post_init__(self) -> None:
        for name, good, hint in (
            ("length", self.length >= 1, "1 or more units"),
            ("stride", self.stride >= 1, "1 or more units"),
            ("crop", 0 <= 2 * self.crop < self.length, "0 or more, less than half of the length"),
            ("shift", self.shift >= 0, "0 or more units"),
        ):
            if not good:
                raise ConfigError(f"{name}={getattr(self, name)}", hint=hint)


def training_windows(sizes: Iterable[int], config: WindowConfig) -> Windows:
    """Lay windows over contigs of the given numbers of units; the last incomplete one of each is left out, and counted.

    >>> windows = training_windows([23, 9], WindowConfig(length=10, stride=5, crop=2))
    >>> windows.starts.tolist(), windows.firsts.tolist(), windows.left_out
    ([0, 5, 10], [2, 7, 12], 12)
    """
    rows, left_out = [], 0
    for contig, size in enumerate(sizes):
        starts = range(0, size - config.length + 1, config.stride)
        rows += [(contig, at, at + config.crop, at + config.length - config.crop) for at in starts]
        left_out += size - (starts[-1] + config.length if len(starts) else 0)
    return _table(rows, left_out)


def scoring_windows(sizes: Iterable[int], config: WindowConfig) -> Windows:
    """Lay windows such that every unit of every contig is judged exactly once, as far from an edge as can be.

    The last window ends with its contig; a contig shorter than a window has one, filled up behind.

    >>> windows = scoring_windows([23, 9], WindowConfig(length=10, stride=5, crop=2))
    >>> [each.tolist() for each in windows[1:4]]
    [[0, 6, 12, 13, 0], [0, 8, 14, 20, 0], [8, 14, 20, 23, 9]]
    """
    rows = []
    for contig, size in enumerate(sizes):
        done = 0
        while done < size:
            start = max(min(max(done - config.crop, 0), size - config.length), 0)
            last = size if start + config.length >= size else start + config.length - config.crop
            rows.append((contig, start, done, last))
            done = last
    return _table(rows, 0)


def _table(rows: list[tuple[int, int, int, int]], left_out: int) -> Windows:
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    contigs, starts, firsts, lasts = (np.ascontiguousarray(column) for column in table.T)
    return Windows(contigs.astype(np.int32), starts, firsts, lasts, left_out)


def windows_around(windows: Windows, boundaries: Sequence[Coords], sizes: Sequence[int], *, unit: int) -> Windows:
    """Lay a window of as many units of ``unit`` bp around the middle of each training window of bins.

    ``boundaries`` of the bins and ``sizes`` in units are those of each contig. Windows move inwards at the ends of a
    contig, and begin on a multiple of ``unit``, so that their targets are those of a common grid; a contig shorter than
    a window is filled up behind.
    """
    rows = []
    for contig, start, first, last in zip(*(each.tolist() for each in windows[:4]), strict=True):
        edges, crop = boundaries[contig], first - start
        length = last - first + 2 * crop
        middle = (int(edges[start]) + int(edges[start + length])) / 2
        begin = max(min(round(middle / unit - length / 2), sizes[contig] - length), 0)
        rows.append((contig, begin, begin + crop, min(begin + length - crop, sizes[contig])))
    return _table(rows, 0)


def windows_over(places: Iterable[tuple[int, int, int]], sizes: Sequence[int], config: WindowConfig) -> Windows:
    """Lay a window around the middle of each place: contig, first unit, and the one behind the last.

    Windows move inwards at the ends of a contig; all units but those to crop are judged.

    >>> windows_over([(0, 11, 13), (0, 1, 2)], [23], WindowConfig(length=10, crop=2)).starts.tolist()
    [7, 0]
    """
    rows = []
    for contig, first, last in places:
        start = max(min((first + last - config.length) // 2, sizes[contig] - config.length), 0)
        rows.append((contig, start, start + config.crop, min(start + config.length - config.crop, sizes[contig])))
    return _table(rows, 0)


def shift_of(seed: int, epoch: int, index: int, most: int) -> int:
    """Draw by how many units a window is moved, from -most to most + 1, by seed, epoch and number of the window alone.

    That the range is one longer above is the paper's code; with ``most`` 0 nothing moves.
    """
    return int(draw_below(1, 2 * most + 2, join_seeds(seed, epoch, index))[0]) - most if most else 0


class Split(NamedTuple):
    """Names of contigs to train on, to choose the best epoch by, and to test with."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]


def split_contigs(
    names: Sequence[str],
    *,
    validation: Collection[str] = ("chr15",),
    test: Collection[str] = ("chr10",),
    exclude: Collection[str] = ("chrX", "chrY", "chrM"),
) -> Split:
    """Split contigs by name, in their order; all that are not named otherwise are trained on.

    The defaults are the paper's, for human autosomes; names to exclude need not be there, the others must.

    >>> split_contigs(["chr1", "chr10", "chr15", "chrX"])
    Split(train=('chr1',), validation=('chr15',), test=('chr10',))
    """
    for purpose, wanted in (("validation", validation), ("test", test)):
        if missing := [each for each in wanted if each not in names]:
            known = ", ".join(names[:8])
            raise InputError(f"no contig {missing[0]!r}, which is for {purpose}", hint=f"contigs begin with {known}")
    if both := sorted(set(validation) & set(test) | (set(validation) | set(test)) & set(exclude)):
        raise ConfigError(f"{both[0]} is given twice", hint="a contig is for validation, test, or excluded")
    train = tuple(each for each in names if each not in {*validation, *test, *exclude})
    parts = {"train": train, "validation": tuple(validation), "test": tuple(test)}
    for purpose, part in parts.items():
        if not part:
            raise ConfigError(f"no contig is left for {purpose}", hint="name one of each, and leave some to train on")
    return Split(**parts)


def pad_rows(values: Any, length: int) -> Any:
    """Return (n, ..) values filled up with zeros behind to (length, ..)."""
    missing = length - len(values)
    return values if missing <= 0 else np.concatenate([values, np.zeros((missing, *values.shape[1:]), values.dtype)])
