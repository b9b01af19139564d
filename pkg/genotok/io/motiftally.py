"""Matrices as files have them become a set of motifs: every one is checked, and what is left out is counted."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np

from genotok.errors import InputError, MotifError
from genotok.values.motifs import MotifReport, MotifSet, fault_of

Invalid: TypeAlias = Literal["error", "skip"]
Versions: TypeAlias = Literal["one", "all"]

_VERSIONED = re.compile(r"(.+)\.[0-9]+")


class Matrix(NamedTuple):
    """One motif as it stands in a file: rows are columns of the motif, four values each, A, C, G, T."""

    id: str
    name: str
    counts: list[list[float]]
    line: int


class MotifTally:
    """Takes matrices and faults one by one and makes a set of them.

    ``invalid``: 'error' raises at the first bad matrix, 'skip' leaves it out and counts it. ``versions``: 'one' refuses
    two versions of one id (MA0139.1 and MA0139.2), 'all' takes them as different motifs.
    """

    def __init__(self, path: str, *, invalid: Invalid, versions: Versions) -> None:
        for value, choices in ((invalid, get_args(Invalid)), (versions, get_args(Versions))):
            if value not in choices:
                raise InputError(f"{value!r} is no choice", hint=" or ".join(map(repr, choices)))
        self.path, self.invalid, self.versions = path, invalid, versions
        self.skipped: Counter[str] = Counter()
        self.notes: list[str] = []
        self._found: dict[str, Matrix] = {}
        self._lines: dict[str, tuple[int, str]] = {}

    def add(self, matrix: Matrix) -> None:
        """Take a matrix; the first fault of its numbers is a MotifError, or one more that is skipped."""
        base = _VERSIONED.fullmatch(matrix.id)
        key = base[1] if base and self.versions == "one" else matrix.id
        if key in self._lines:
            line, other = self._lines[key]
            if other == matrix.id:
                raise self.error(matrix.line, f"motif {other} stands at line {line} already", "give each motif its id")
            what = f"motif {matrix.id} is another version of {other} at line {line}"
            raise self.error(matrix.line, what, "keep one of them, or ask for versions='all'")
        self._lines[key] = matrix.line, matrix.id
        widths = {len(row) for row in matrix.counts}
        if fault := _ragged(widths) or fault_of(np.array(matrix.counts, dtype=np.float64).reshape(-1, 4)):
            self.refuse(matrix.line, matrix.id, fault)
        else:
            self._found[matrix.id] = matrix

    def refuse(self, line: int, motif: str, fault: tuple[str, str, str]) -> None:
        """Raise for a bad motif, or leave it out and count it by the first word of the fault."""
        reason, what, hint = fault
        if self.invalid == "error":
            raise self.error(line, f"motif {motif}: {what}", hint)
        self.skipped[reason] += 1

    def error(self, line: int | None, what: str, hint: str) -> MotifError:
        """Make an error that names the file."""
        return MotifError(what, path=self.path, line=line, hint=hint)

    def finish(self, form: str, credit: str = "") -> MotifSet:
        """Return the set, its report beside it; MotifError if no motif is left."""
        if not self._found:
            told = f"; {sum(self.skipped.values())} were skipped" if self.skipped else ""
            raise self.error(None, f"no motif is in the file{told}", "JASPAR, MEME, TRANSFAC and npz are read")
        matrices = {each.id: each.counts for each in self._found.values()}
        motifs = MotifSet.from_counts(matrices, names={e.id: e.name for e in self._found.values()}, credit=credit)
        report = MotifReport(self.path, form, len(motifs), dict(self.skipped), tuple(self.notes))
        return replace(motifs, report=report)


def _ragged(widths: Iterable[int]) -> tuple[str, str, str] | None:
    wrong = sorted(set(widths) - {4})
    return ("letters", f"a column of {wrong[0]} values", "a column has four: A, C, G, T") if wrong else None


def parse_numbers(words: list[str]) -> list[float] | None:
    """Read numbers; None if one of the words is none. Infinite and missing ones pass, and are refused by the set."""
    try:
        return [float(word) for word in words]
    except ValueError:
        return None
