"""Motifs in TRANSFAC's form: records of two-letter fields, a row of counts for each column of the motif."""

import re
from typing import BinaryIO

from genotok.io.jaspar import render_counts
from genotok.io.motiftally import Matrix, MotifTally, parse_numbers
from genotok.values.motifs import MotifSet

_ROW = re.compile(r"[0-9]+\s")
_HINT = "a header P0 A C G T stands before the rows"


class _Record:
    """What has been read of the record at hand."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.order: list[int] | None = None
        self.counts: list[list[float]] = []
        self.line = 0
        self.spoiled = False


def read_transfac_text(lines: list[str], tally: MotifTally) -> None:
    """Read records that end with ``//``; the header P0 tells the order of letters. The last ``//`` may be missing."""
    record = _Record()
    for number, line in enumerate(lines, start=1):
        key, _, rest = line.strip().partition(" ")
        if key == "//":
            _finish(record, tally)
            record = _Record()
        elif key in ("AC", "ID", "NA"):
            record.fields.setdefault(key, rest.strip())
            record.line = record.line or number
        elif key in ("P0", "PO"):
            record.order = _order_of(rest.split(), number, tally)
        elif _ROW.match(line.strip() + " ") and not record.spoiled:
            _add_row(record, line.split()[1:], number, tally)
    if record.fields or record.counts:
        tally.notes.append("the last record lacks its //")
        _finish(record, tally)


def _order_of(letters: list[str], line: int, tally: MotifTally) -> list[int]:
    plain = [letter.upper().replace("U", "T") for letter in letters]
    if sorted(plain) != list("ACGT"):
        raise tally.error(line, f"P0 names the letters {' '.join(letters) or 'of nothing'}", "A, C, G, T in any order")
    return [plain.index(letter) for letter in "ACGT"]


def _add_row(record: _Record, words: list[str], line: int, tally: MotifTally) -> None:
    if record.order is None:
        raise tally.error(line, "a row of counts without P0 before it", _HINT)
    values = parse_numbers(words[:4])
    if values is None or len(values) < 4:
        record.spoiled = True
        what = f"the row {' '.join(words)[:40]!r} holds no four counts"
        tally.refuse(line, _id_of(record), ("letters", what, "a column has four: A, C, G, T"))
        return
    record.counts.append([values[place] for place in record.order])


def _finish(record: _Record, tally: MotifTally) -> None:
    if record.spoiled or (record.order is None and not record.counts and not record.fields):
        return
    if record.order is None:
        if "AC" in record.fields or "ID" in record.fields:
            raise tally.error(record.line, f"motif {_id_of(record)} has no P0", _HINT)
        return  # the version at the head of a file
    motif = _id_of(record)
    name = record.fields.get("ID") or record.fields.get("NA") or motif
    tally.add(
        Matrix(motif, name if "AC" in record.fields else record.fields.get("NA") or motif, record.counts, record.line)
    )


def _id_of(record: _Record) -> str:
    return record.fields.get("AC") or record.fields.get("ID") or record.fields.get("NA") or "without an id"


def write_transfac_text(motifs: MotifSet, file: BinaryIO) -> None:
    """Write the counts; values are read back as they are."""
    for row, (motif, name) in enumerate(zip(motifs.ids, motifs.names, strict=True)):
        file.write(f"AC  {motif}\nXX\nID  {name}\nXX\nP0      A      C      G      T\n".encode())
        for number, values in enumerate(motifs.counts_of(row), start=1):
            file.write(f"{number:02d}  {'  '.join(render_counts(values))}\n".encode())
        file.write(b"XX\n//\n")
