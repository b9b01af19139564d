"""DNA by name: letters as numbers, and what was met when they were read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from genotok.arrays import Bytes, frozen, refreeze
from genotok.errors import InputError, SequenceError
from genotok.kernels.bases import UNKNOWN, Codes

SoftMask: TypeAlias = Literal["keep", "n"]

AMBIGUOUS = "NRYSWKMBDHVX"  # what IUPAC calls more than one base, and X
_KNOWN = "ACGTU"
_BLANK, _FOREIGN = 5, 6  # kinds of bytes beside the codes of letters
_PROTEIN_SHARE = 0.1  # of foreign letters among all, above which a text is taken for protein
_PROTEIN = np.frombuffer(b"EFILPQZJOefilpqzjo*", dtype=np.uint8)


def _kinds(soft_mask: SoftMask) -> Bytes:
    """Make the table that turns a byte into the code of its letter, a blank, or what is foreign."""
    table = np.full(256, _FOREIGN, dtype=np.uint8)
    table[list(b" \t\r\n\v\f")] = _BLANK
    for letter in _KNOWN + AMBIGUOUS:
        code = "ACGT".find("T" if letter == "U" else letter) % 5
        table[ord(letter)] = code
        table[ord(letter.lower())] = UNKNOWN if soft_mask == "n" else code
    return table


_TABLES = {mode: _kinds(mode) for mode in get_args(SoftMask)}


class LetterTally:
    """Counts bytes by value, piece by piece, and tells of letters that needed a decision."""

    def __init__(self) -> None:
        self._counts = np.zeros(256, dtype=np.int64)

    def add(self, text: Bytes) -> None:
        """Count the bytes of one more piece."""
        even = len(text) // 2 * 2 if len(text) > _PAIRED else 0
        if even:
            words = np.ascontiguousarray(text[:even]).view(np.uint16)
            pairs = np.bincount(words, minlength=2**16).astype(np.int64).reshape(256, 256)
            self._counts += pairs.sum(axis=0, dtype=np.int64) + pairs.sum(axis=1, dtype=np.int64)
        self._counts += np.bincount(text[even:], minlength=256).astype(np.int64)

    def report(self) -> "LetterReport":
        """Return what has been counted so far."""
        both = {letter: int(self._counts[[ord(letter), ord(letter.lower())]].sum(dtype=np.int64)) for letter in _ALL}
        lower = int(self._counts[[ord(letter.lower()) for letter in _ALL]].sum(dtype=np.int64))
        unknown = {letter: both[letter] for letter in AMBIGUOUS if both[letter]}
        return LetterReport(sum(both.values()), lower, both["U"], unknown)


_ALL = _KNOWN + AMBIGUOUS
_PAIRED = 2**18  # bytes above which counting them two by two is faster


@dataclass(frozen=True)
class LetterReport:
    """How many ``bases``, of which in ``lower`` case, how many ``uracil`` (read as T), the ``unknown`` by letter."""

    bases: int = 0
    lower: int = 0
    uracil: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)

    @property
    def known(self) -> int:
        """Bases that are A, C, G or T (U)."""
        return self.bases - sum(self.unknown.values())


@dataclass(frozen=True)
class FastaReport:
    """What reading a FASTA file met: stored ``bytes``, ``compression``, ``letters``, and ``notes`` for the user."""

    path: str | None = None
    bytes: int = 0
    compression: str = "none"
    letters: LetterReport = field(default_factory=LetterReport)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sequence:
    """One contig: ``codes`` uint8 (n,) are A, C, G, T = 0..3 and 4 for every other base; read-only.

    >>> sequence = Sequence.from_text("acgtUNR")
    >>> sequence.codes.tolist(), len(sequence), sequence.letters.known
    ([0, 1, 2, 3, 3, 4, 4], 7, 5)
    """

    codes: Codes
    name: str = ""
    letters: LetterReport = field(default_factory=LetterReport)

    def __post_init__(self) -> None:
        codes = np.asarray(self.codes, dtype=np.uint8)
        if codes.ndim != 1 or int(codes.max(initial=0)) > UNKNOWN:
            raise InputError("codes of letters are 0 to 4, in one row", hint="Sequence.from_text takes letters")
        object.__setattr__(self, "codes", frozen(codes))

    @classmethod
    def from_text(cls, text: str | bytes | Bytes, name: str = "", *, soft_mask: SoftMask = "keep") -> "Sequence":
        """Read DNA letters, blanks between them left out; ``soft_mask='n'`` takes lower case for unknown.

        U is T; IUPAC codes and X are unknown bases. Any other letter raises SequenceError.
        """
        raw = np.frombuffer(text.encode() if isinstance(text, str) else text, dtype=np.uint8)
        tally = LetterTally()
        tally.add(raw)
        return cls(encode_text(raw, name, soft_mask=soft_mask), name, tally.report())

    def __len__(self) -> int:
        return len(self.codes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return self.name == other.name and np.array_equal(self.codes, other.codes)

    __hash__ = None  # type: ignore[assignment]  # arrays that compare by value have no cheap hash

    def __setstate__(self, state: dict[str, Any]) -> None:
        refreeze(self, state)

    def __repr__(self) -> str:
        return f"Sequence({self.name!r}, {len(self):,} bases)"


class Sequences(Mapping[str, Sequence]):
    """Contigs by name, in the order of their file; ``report`` tells what reading them met."""

    def __init__(self, contigs: Mapping[str, Sequence], report: FastaReport | None = None) -> None:
        self._contigs, self.report = dict(contigs), report or FastaReport()

    def __getitem__(self, name: str) -> Sequence:
        return self._contigs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contigs)

    def __len__(self) -> int:
        return len(self._contigs)

    def __repr__(self) -> str:
        return f"Sequences({len(self):,} contigs, {sum(self.lengths.values()):,} bases)"

    @cached_property
    def lengths(self) -> dict[str, int]:
        """Bases of each contig."""
        return {name: len(each) for name, each in self._contigs.items()}


def encode_text(
    text: Bytes,
    name: str,
    *,
    soft_mask: SoftMask = "keep",
    before: int = 0,
    path: str | None = None,
    line: int | None = None,
) -> Codes:
    """Turn bytes into codes of letters, blanks left out; the first that is no nucleotide raises SequenceError.

    ``name`` is that of the contig, of which ``before`` bases have been read; the text begins at ``line`` (1-based).
    """
    if soft_mask not in _TABLES:
        raise InputError(f"soft_mask={soft_mask!r} is no choice", hint="'keep' or 'n'")
    codes: Codes = _TABLES[soft_mask].take(text)
    worst = int(codes.max(initial=0))
    if worst == _FOREIGN:
        raise _foreign(text, codes, name, before, path, line)
    return codes[codes != _BLANK] if worst == _BLANK else codes


def _foreign(text: Bytes, codes: Codes, name: str, before: int, path: str | None, line: int | None) -> SequenceError:
    at = int(np.argmax(codes == _FOREIGN))
    letters = int(np.count_nonzero(codes != _BLANK))
    base = before + int(np.count_nonzero(codes[:at] != _BLANK)) + 1
    letter = bytes(text[at : at + 1]).decode("ascii", "backslashreplace")
    if letter == "-":
        hint = "remove alignment gaps"
    elif np.count_nonzero(np.isin(text, _PROTEIN)) > _PROTEIN_SHARE * letters:
        hint = "this looks like protein"
    else:
        hint = "bases are A, C, G, T, U and IUPAC's codes for more than one"
    if line is not None:
        head = bytes(text[:at])
        line += head.count(b"\n") or head.count(b"\r")
    return SequenceError(f"letter {letter!r} at base {base:,} of {name!r}", path=path, line=line, hint=hint)
