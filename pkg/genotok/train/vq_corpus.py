"""DNA to learn codes from: files with weights, the parts that are held out, windows counted, crops drawn by a key."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import inf, isfinite
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError
from genotok.io.fasta import FastaReader
from genotok.io.sources import Source, iter_blocks, name_of
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.windowcells import tally_windows
from genotok.train.vq_crops import CropSampler

Weighted: TypeAlias = Source | tuple[Source, float]

LONG_UNKNOWN = 64  # unknown bases in a row, beyond which a stretch ends
HELD_OUT = 0.1  # the last share of a long record
LONG_RECORD = 100_000  # bases from which on a record has a held-out end


class Stretch(NamedTuple):
    """Bases ``codes`` uint8 (n,) of a record of file number ``file``, from base ``start`` on, without long unknowns."""

    file: int
    record: str
    start: int
    codes: Codes


@dataclass(frozen=True)
class CorpusFile:
    """A file of the corpus: ``bases`` in all, those ``known``, those ``held_out`` of them; how much it ``weight``s."""

    file: str
    sha256: str
    bases: int
    known: int
    held_out: int
    records: int
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Corpus:
    """Stretches of DNA to train on and, of the same records, to judge by.

    ``balance`` b weighs a file by its weight times its bases to the power b: 1 takes all bases alike, 0 all files.
    Held in memory, a byte a base.
    """

    files: tuple[CorpusFile, ...]
    train: tuple[Stretch, ...]
    held_out: tuple[Stretch, ...]
    balance: float = 1.0
    notes: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the files' own digests, their weights and the balance."""
        facts = [f"{each.sha256} {each.weight:.9g}" for each in self.files]
        return hashlib.sha256("\n".join([*facts, f"{self.balance:.9g}"]).encode()).hexdigest()

    @cached_property
    def bases(self) -> int:
        """Known bases to train on."""
        return sum(int(np.count_nonzero(each.codes != UNKNOWN)) for each in self.train)

    def to_list(self) -> list[dict[str, Any]]:
        """Return the files as plain values, for a card."""
        return [asdict(each) for each in self.files]

    def file_weight(self, file: int) -> float:
        """Return how often each base of a file counts: its weight, times (its bases / all bases)^(b - 1)."""
        known = [each.known for each in self.files]
        share = known[file] / max(sum(known), 1)
        return self.files[file].weight * (1.0 if self.balance == 1 or not share else share ** (self.balance - 1))

    def count_windows(self, window: int) -> NDArray[np.float64]:
        """Count all windows of known bases of the part to train on, by their number: float64 (4^R,)."""
        counts = np.zeros(4**window)
        for stretch in self.train:
            counts += tally_windows(stretch.codes, window) * self.file_weight(stretch.file)
        return counts

    def sampler(self, length: int, *, held_out: bool = False) -> CropSampler:
        """Return what draws crops of ``length`` bases, of the part to train on or of the other.

        If no record was long enough to hold an end out, the other part is that to train on, which a note says.
        """
        part = self.held_out if held_out and any(len(each.codes) >= length for each in self.held_out) else self.train
        return CropSampler([each.codes for each in part], [self.file_weight(each.file) for each in part], length)


def read_corpus(
    sources: Iterable[Weighted], *, crop: int = 1, balance: float = 1.0, held_out: float = HELD_OUT
) -> Corpus:
    r"""Read FASTA files into a corpus: each a path or an open file, or such a one with its weight.

    Records shorter than ``crop`` are left out, and noted; runs of more than 64 unknown bases cut a record. The last
    ``held_out`` of each record of 100 kb or more is kept apart. ConfigError if nothing is left to train on.

    >>> from io import BytesIO
    >>> corpus = read_corpus([(BytesIO(b">a\nACGTNACG\n>b\nAC\n"), 2.0)], crop=3)
    >>> corpus.bases, corpus.notes[0], corpus.files[0].weight
    (7, '<stream>: 1 record of less than 3 bp left out', 2.0)
    """
    if not isfinite(balance):
        raise ConfigError(f"balance={balance:g}", hint="a number, as 1 for all bases alike, or 0 for all files")
    train, kept, files, notes = list[Stretch](), list[Stretch](), list[CorpusFile](), list[str]()
    for given in sources:
        source, weight = given if isinstance(given, tuple) else (given, 1.0)
        if not 0 < weight < inf:
            raise ConfigError(f"weight {weight:g} of {name_of(source)}", hint="above 0, and finite")
        files.append(_read_file(len(files), source, weight, crop, held_out, train, kept, notes))
    notes += _twins(files)
    if not train:
        bases, known = sum(each.bases for each in files), sum(each.known for each in files)
        what = f"nothing to train on: {bases:,} bases, {known:,} of them known, none of it in {crop:,} bp or more"
        raise ConfigError(what, hint="give longer sequences, or ask for shorter crops or windows")
    if held_out and not kept:
        notes.append(f"nothing is held out: no record has {LONG_RECORD:,} bp")
    return Corpus(tuple(files), tuple(train), tuple(kept), balance, tuple(notes))


def _read_file(
    number: int,
    source: Source,
    weight: float,
    crop: int,
    share: float,
    train: list[Stretch],
    kept: list[Stretch],
    notes: list[str],
) -> CorpusFile:
    """Read one file; its stretches go to ``train`` and ``kept``."""
    reader = HashedReader(source)
    bases = known = apart = records = short = 0
    for name, codes in read_records(reader):
        records, bases, short = records + 1, bases + len(codes), short + (len(codes) < crop)
        known += int(np.count_nonzero(codes != UNKNOWN))
        cut = len(codes) - int(len(codes) * share) if len(codes) >= LONG_RECORD else len(codes)
        for part, start, stop in ((train, 0, cut), (kept, cut, len(codes))):
            part += [
                Stretch(number, name, start + at, each) for at, each in stretches_of(codes[start:stop], shortest=crop)
            ]
        apart += int(np.count_nonzero(codes[cut:] != UNKNOWN))
    if short:
        notes.append(f"{reader.name}: {short:,} record{'s' * (short > 1)} of less than {crop:,} bp left out")
    return CorpusFile(Path(reader.name).name, reader.sha.hexdigest(), bases, known, apart, records, weight)


def _twins(files: Sequence[CorpusFile]) -> list[str]:
    """Tell of files that are the same."""
    first: dict[str, str] = {}
    for each in files:
        first.setdefault(each.sha256, each.file)
    return [
        f"{each.file} and {first[each.sha256]} are the same file, and count twice"
        for place, each in enumerate(files)
        if any(each.sha256 == other.sha256 for other in files[:place])
    ]


class HashedReader:
    """An open file, or the one at a path, that keeps SHA-256 of the stored bytes as they are read."""

    def __init__(self, source: Source) -> None:
        self.name, self.sha = name_of(source), hashlib.sha256()
        self._blocks = iter_blocks(source)

    def read(self, _size: int = -1) -> bytes:
        """Return the next block, nothing at the end."""
        block = next(self._blocks, b"")
        self.sha.update(block)
        return block


def read_records(source: Source | HashedReader) -> Iterator[tuple[str, Codes]]:
    """Read the records of a FASTA file one by one: name, and bases uint8 (n,)."""
    name, pieces = None, list[Codes]()
    for piece in FastaReader(cast(Source, source)):
        if name is not None and piece.name != name:
            yield name, np.concatenate(pieces)
            pieces = []
        name = piece.name
        pieces.append(piece.codes)
    assert name is not None, "a file without records was refused"
    yield name, np.concatenate(pieces)


def stretches_of(codes: Codes, *, shortest: int = 1) -> Iterator[tuple[int, Codes]]:
    """Cut at runs of more than 64 unknown bases; yields the first base and the bases of each stretch.

    >>> codes = np.array([4, 0, 1] + [4] * 65 + [2, 4, 3], np.uint8)
    >>> [(start, bases.tolist()) for start, bases in stretches_of(codes)]
    [(1, [0, 1]), (68, [2, 4, 3])]
    """
    known = np.flatnonzero(codes != UNKNOWN)
    if not known.size:
        return
    breaks = np.flatnonzero(np.diff(known) > LONG_UNKNOWN + 1)
    firsts = known[np.concatenate([[0], breaks + 1])].tolist()
    lasts = known[np.concatenate([breaks, [len(known) - 1]])].tolist()
    for first, last in zip(firsts, lasts, strict=True):
        if last + 1 - first >= shortest:
            yield first, codes[first : last + 1]
