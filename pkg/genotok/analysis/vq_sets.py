"""Labelled DNA to judge tokenizers by: folders of train, dev and test rows, checked line by line."""

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, frozen
from genotok.errors import InputError
from genotok.io.plain import read_plain

SPLITS = ("train", "dev", "test")
EXCLUDED = "exclude.tsv"

_ENDINGS = (".csv.gz", ".csv")
_LETTERS = np.zeros(256, dtype=np.bool_)
_LETTERS[list(b"ACGTNRYSWKMBDHV")] = True
_TO_DNA = str.maketrans("Uu", "TT")
_FORM = "a folder for each set, with train.csv.gz, dev.csv.gz and test.csv.gz of the columns sequence,label"


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """DNA of n rows, upper case with T for U, and the class of each: int32 (n,).

    >>> rows = LabelledRows(("ACGT", "GG"), np.array([0, 1]))
    >>> len(rows), rows.take([1]).texts, rows.bases
    (2, ('GG',), 6)
    """

    texts: tuple[str, ...]
    labels: Ids

    def __post_init__(self) -> None:
        labels = np.asarray(self.labels, dtype=np.int32)
        if labels.shape != (len(self.texts),):
            raise InputError(f"{labels.size:,} labels for {len(self.texts):,} sequences", hint="give one for each")
        object.__setattr__(self, "labels", frozen(labels))

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def bases(self) -> int:
        """Letters in all."""
        return sum(map(len, self.texts))

    def take(self, places: NDArray[np.integer] | Sequence[int]) -> "LabelledRows":
        """Return the rows at the given places, in that order."""
        at = np.asarray(places, dtype=np.intp)
        return LabelledRows(tuple(self.texts[each] for each in at.tolist()), self.labels[at])


@dataclass(frozen=True, eq=False)
class LabelledSet:
    """A task: ``train``, ``dev`` and ``test`` rows of ``classes`` classes; without train it is learnt from dev.

    ``left_out`` counts the rows that the list of duplicates names.
    """

    name: str
    train: LabelledRows | None
    dev: LabelledRows
    test: LabelledRows
    left_out: int = 0

    @property
    def taught(self) -> LabelledRows:
        """The rows that are learnt from."""
        return self.dev if self.train is None else self.train

    @property
    def is_dev_trained(self) -> bool:
        """Whether there are no train rows, so that dev is learnt from."""
        return self.train is None

    @cached_property
    def classes(self) -> int:
        """How many classes the rows that are learnt from have."""
        return int(self.taught.labels.max()) + 1

    @property
    def splits(self) -> dict[str, LabelledRows]:
        """The rows of each split that is there."""
        rows = {"train": self.train, "dev": self.dev, "test": self.test}
        return {name: each for name, each in rows.items() if each is not None}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rows of each split, in order, those that are left out not among them."""
        sha = hashlib.sha256()
        for split, rows in self.splits.items():
            sha.update(f"{split} {len(rows)}\n".encode())
            for text, label in zip(rows.texts, rows.labels.tolist(), strict=True):
                sha.update(f"{text},{label}\n".encode())
        return sha.hexdigest()


def read_sets(folder: str | PathLike[str], names: Collection[str] | None = None) -> tuple[LabelledSet, ...]:
    """Read all sets of a folder, or those named, in the order of their names.

    Each is a folder with ``train``, ``dev`` and ``test``, ``.csv.gz`` or ``.csv``, of the columns ``sequence`` and
    ``label`` (0, 1, ..); train may be missing. ``exclude.tsv`` beside them names rows to leave out: set, split, row
    from 0. InputError with file and line for what is wrong.
    """
    home = Path(folder)
    if not home.is_dir():
        raise InputError("no such folder", path=str(folder), hint=_FORM)
    found = {each.name: each for each in sorted(home.iterdir()) if each.is_dir() and _file_of(each, "test") is not None}
    if not found:
        raise InputError("no sets in it", path=str(folder), hint=_FORM)
    for name in names or ():
        if name not in found:
            raise InputError(f"no set {name!r}", path=str(folder), hint=f"there are {', '.join(found)}")
    excluded = _read_excluded(home / EXCLUDED)
    wanted = [name for name in found if names is None or name in names]
    return tuple(_read_set(found[name], excluded.get(name, {})) for name in wanted)


def read_task(name: str, *, train: str, dev: str, test: str) -> LabelledSet:
    """Read one set of three files of their own; InputError with file and line as in `read_sets`."""
    paths = {"train": train, "dev": dev, "test": test}
    found = {split: _read_lines(Path(path)) for split, path in paths.items()}
    task = LabelledSet(name, found["train"][0], found["dev"][0], found["test"][0])
    _check_classes(task, paths, {split: lines for split, (_, lines) in found.items()})
    return task


def read_rows(path: str | PathLike[str]) -> LabelledRows:
    """Read one file of the columns ``sequence`` and ``label``, gzipped or not; InputError with the line for others."""
    return _read_lines(Path(path))[0]


def _read_lines(path: Path) -> tuple[LabelledRows, NDArray[np.int64]]:
    """Return the rows of a file, and the line that each ends on."""
    found = list(_iter_rows(path))
    if not found:
        raise InputError("no rows", path=str(path), hint="a header sequence,label, then a row for each sequence")
    lines, texts, labels = zip(*found, strict=True)
    _check_letters(path, texts, lines)
    return LabelledRows(texts, np.array(labels, dtype=np.int32)), np.array(lines, dtype=np.int64)


def _file_of(folder: Path, split: str) -> Path | None:
    return next((path for ending in _ENDINGS if (path := folder / f"{split}{ending}").is_file()), None)


def _read_set(folder: Path, excluded: Mapping[str, Mapping[int, int]]) -> LabelledSet:
    rows: dict[str, LabelledRows] = {}
    lines: dict[str, NDArray[np.int64]] = {}
    left_out = 0
    for split in SPLITS:
        path = _file_of(folder, split)
        if path is None:
            continue
        whole, at = _read_lines(path)
        named = excluded.get(split, {})
        for row, line in named.items():
            if row >= len(whole):
                what = f"row {row:,} of {folder.name} {split}, which has {len(whole):,}"
                hint = "rows count from 0, the header not among them"
                raise InputError(what, path=str(folder.parent / EXCLUDED), line=line, hint=hint)
        kept = np.setdiff1d(np.arange(len(whole), dtype=np.intp), np.array(list(named), dtype=np.intp))
        rows[split], lines[split], left_out = whole.take(kept), at[kept], left_out + len(named)
    if "dev" not in rows:
        raise InputError("no dev.csv.gz", path=str(folder), hint="settings are chosen on dev rows; " + _FORM)
    found = LabelledSet(folder.name, rows.get("train"), rows["dev"], rows["test"], left_out)
    _check_classes(found, {split: str(_file_of(folder, split)) for split in rows}, lines)
    return found


def _check_classes(task: LabelledSet, paths: Mapping[str, str], lines: Mapping[str, NDArray[np.int64]]) -> None:
    """Raise InputError unless the classes learnt from are 0 to c - 1, two or more, and no other split has others."""
    there, first = np.unique(task.taught.labels, return_index=True)
    taught = "dev" if task.is_dev_trained else "train"
    path, gaps = paths[taught], np.flatnonzero(there != np.arange(len(there), dtype=np.int64))
    if len(gaps):
        line = int(lines[taught][first[gaps[0]]])
        what = f"class {there[gaps[0]]}, and no row is of class {gaps[0]}"
        raise InputError(what, path=path, line=line, hint="classes are 0, 1, 2, .. without a gap")
    if len(there) == 1:
        what, line = "all rows are of one class", int(lines[taught][0])
        raise InputError(what, path=path, line=line, hint="a class is told from another; give two or more")
    for split, rows in task.splits.items():
        strange = np.flatnonzero(rows.labels >= task.classes)
        if len(strange):
            what = f"class {rows.labels[strange[0]]}, which no row of {taught} has"
            line = int(lines[split][strange[0]])
            raise InputError(what, path=paths[split], line=line, hint=f"classes are 0 to {task.classes - 1}")


def _iter_rows(path: Path) -> Iterator[tuple[int, str, int]]:
    """Yield line, text and class of each row; blank lines are passed over."""
    name = str(path)
    try:
        text = read_plain(path, InputError).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", path=name, hint="a header sequence,label, then rows") from None
    reader = csv.reader(io.StringIO(text, newline=""))
    head = [each.strip().lower() for each in next(reader, [])]
    if "sequence" not in head or "label" not in head:
        told = ",".join(head)[:40]
        raise InputError(f"the header is {told!r}", path=name, line=1, hint="name the columns: sequence,label")
    of_text, of_label = head.index("sequence"), head.index("label")
    for cells in reader:
        if not any(each.strip() for each in cells):
            continue
        line = reader.line_num
        if len(cells) <= max(of_text, of_label):
            raise InputError(f"{len(cells)} cells", path=name, line=line, hint=f"the header has {len(head)}")
        dna, label = cells[of_text].strip().upper().translate(_TO_DNA), cells[of_label].strip()
        if not dna:
            raise InputError("a row without sequence", path=name, line=line, hint="leave the row out")
        if not (label.isascii() and label.isdecimal() and len(label) < 6):
            raise InputError(f"label {label[:20]!r}", path=name, line=line, hint="classes are 0, 1, 2, ..")
        yield line, dna, int(label)


def _check_letters(path: Path, texts: Sequence[str], lines: Sequence[int]) -> None:
    joined = np.frombuffer("".join(texts).encode("latin-1", "replace"), dtype=np.uint8)
    if _LETTERS[joined].all():
        return
    for text, line in zip(texts, lines, strict=True):
        for at, letter in enumerate(text, start=1):
            if not (letter.isascii() and _LETTERS[ord(letter)]):
                what = f"letter {letter!r} at base {at:,}"
                raise InputError(what, path=str(path), line=line, hint="DNA is A, C, G, T and IUPAC's other letters")


def _read_excluded(path: Path) -> dict[str, dict[str, dict[int, int]]]:
    """Return line by row by split by set; nothing without the file."""
    found: dict[str, dict[str, dict[int, int]]] = {}
    if not path.is_file():
        return found
    lines = read_plain(path, InputError).decode("utf-8", "replace").splitlines()
    head = lines[0].split("\t") if lines else []
    columns = [head.index(each) if each in head else -1 for each in ("set", "split", "row0")]
    if min(columns) < 0:
        what, hint = "the header lacks set, split or row0", "tab-separated: set, split, row0, reason"
        raise InputError(what, path=str(path), line=1, hint=hint)
    for line, text in enumerate(lines[1:], start=2):
        cells = text.split("\t")
        if not text.strip():
            continue
        if len(cells) <= max(columns):
            raise InputError(f"{len(cells)} cells", path=str(path), line=line, hint="set, split, row0, reason")
        name, split, row = (cells[each] for each in columns)
        if split not in SPLITS or not (row.isascii() and row.isdecimal()):
            raise InputError(f"{split!r}, {row!r}", path=str(path), line=line, hint="a split, and its row from 0")
        found.setdefault(name, {}).setdefault(split, {})[int(row)] = line
    return found
