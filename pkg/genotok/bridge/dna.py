"""DNA on its way in, for all rooms that work on it: files taken in piece by piece, pasted text, and how much of it."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from genotok.arrays import Bytes
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_PASTED, MAX_STAGED
from genotok.bridge.reply import Answer, operation, text, whole
from genotok.errors import CapacityError, InputError
from genotok.io.fasta import FastaReader
from genotok.kernels.bases import Codes
from genotok.values.sequences import FastaReport, LetterTally, Sequence, Sequences, encode_text

MOST_BASES = 5_000_000  # of one input: a tab has one core and little memory
MOST_RECORDS = 2_000
PASTED = "pasted"  # what a sequence without a name is called


@dataclass
class Intake:
    """A file on its way in."""

    name: str
    data: bytearray


class DnaRoom(Room):
    """Files that other rooms read once they are whole."""

    @operation
    def dna_open(self, name: str, size: int) -> Answer:
        """Begin to take in a file."""
        called, bytes_ = text("name", name), whole("size", size, 0, 2**53)
        if bytes_ > MAX_STAGED:
            what = f"a file of {bytes_ / 1e6:,.0f} MB; this page takes {MOST_BASES:,} bases"
            raise CapacityError(what, path=called, hint="give a part of it, or use the terminal")
        return {"handle": self.desk.put(Intake(called, bytearray()))}, {}

    @operation
    def dna_feed(self, handle: int, n: int) -> Answer:
        """Take n staged bytes."""
        intake = self.desk.get(handle, Intake, "file")
        intake.data += self.desk.staged(n)
        return {"bytes": len(intake.data)}, {}


class NamedBytes(BytesIO):
    """Bytes of a file that messages can name."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.name = name


@dataclass(frozen=True)
class Limit:
    """How many ``bases`` a room takes, what to do with more, and how it reads letters."""

    hint: str
    bases: int = MOST_BASES
    encode: Callable[..., Codes] = encode_text

    def refuse(self, name: str, bases: int, records: int = 1) -> None:
        """Raise CapacityError for more than the room takes."""
        if bases > self.bases:
            hint = f"give a part of it, or {self.hint}"
            raise CapacityError(f"more than {self.bases:,} bases", path=name, hint=hint)
        if records > MOST_RECORDS:
            hint = f"give some of them, or {self.hint}"
            raise CapacityError(f"more than {MOST_RECORDS:,} sequences", path=name, hint=hint)

    def read(self, name: str, data: bytes) -> Sequences:
        """Read FASTA, plain or gzipped, as long as it is not too much."""
        reader = FastaReader(NamedBytes(name, data), encode=self.encode)
        parts: dict[str, list[Codes]] = {}
        bases = 0
        for piece in reader:
            parts.setdefault(piece.name, []).append(piece.codes)
            bases += len(piece.codes)
            self.refuse(name, bases, len(parts))
        return Sequences({each: Sequence(np.concatenate(codes), each) for each, codes in parts.items()}, reader.report)

    def read_pasted(self, pasted: Any) -> Sequences:
        """Read pasted DNA, or FASTA."""
        given = text("the text", pasted)
        if len(given) > MAX_PASTED:
            raise CapacityError(f"{len(given):,} characters", hint="put them into a file")
        if not given.strip():
            raise InputError("there is no sequence yet", hint="paste DNA, or FASTA")
        raw = given.lstrip().encode("utf-8", "surrogatepass")
        if raw.startswith(b">"):
            return self.read("pasted.fa", raw)
        letters: Bytes = np.frombuffer(raw, dtype=np.uint8)
        tally = LetterTally()
        tally.add(letters)
        one = Sequence(self.encode(letters, PASTED), PASTED, tally.report())
        self.refuse(PASTED, len(one))
        return Sequences({PASTED: one}, FastaReport(letters=one.letters))


def describe_letters(sequences: Sequences) -> dict[str, Any]:
    """Say which letters needed a decision."""
    letters = sequences.report.letters
    return {"lower": letters.lower, "uracil": letters.uracil, "unknown": dict(letters.unknown)}
