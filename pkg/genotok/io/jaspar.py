"""Motifs in JASPAR's form: a header, then a row of counts for each letter, with letters and brackets or without."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from genotok.io.motiftally import Matrix, MotifTally, parse_numbers
from genotok.values.motifs import MotifSet

LETTERS = "ACGT"
_ROW = re.compile(r"(?:([A-Za-z])\s*[|:]?)?\s*\[?\s*([^\[\]]*?)\s*\]?")
_HINT = "four rows follow a header: A [ 4 19 0 ] and so on, or the numbers alone"


def read_jaspar_text(lines: list[str], stem: str, tally: MotifTally) -> None:
    """Read ``>id name`` and four rows, in any order where letters name them; ``stem`` names a matrix without header."""
    head, at, rows = stem, 0, list[tuple[int, str]]()
    for number, line in enumerate(lines, start=1):
        if line.startswith(">"):
            _finish(head, at, rows, tally)
            head, at, rows = line[1:].strip(), number, []
            if not head:
                raise tally.error(number, "a motif without an id", "write >id name")
        elif line.strip() and not line.startswith("#"):
            rows.append((number, line.strip()))
    _finish(head, at, rows, tally)


def _finish(head: str, at: int, rows: list[tuple[int, str]], tally: MotifTally) -> None:
    if not rows and not at:
        return  # nothing stands before the first header
    (motif, name), at = _split_head(head), max(at, 1)
    if len(rows) != 4:
        tally.refuse(
            at, motif, ("letters", f"{len(rows)} row{'s' * (len(rows) != 1)} of counts instead of four", _HINT)
        )
        return
    found: dict[str, list[float]] = {}
    for number, text in rows:
        matched = _ROW.fullmatch(text)
        values = parse_numbers(matched[2].replace(",", " ").split()) if matched else None
        letter = (matched[1] or LETTERS[len(found)]).upper().replace("U", "T") if matched else ""
        if values is None or letter not in LETTERS or letter in found:
            tally.refuse(number, motif, ("letters", f"the row {text[:40]!r} is no row of counts", _HINT))
            return
        found[letter] = values
    lengths = {len(values) for values in found.values()}
    if len(lengths) > 1:
        told = ", ".join(str(len(found[letter])) for letter in LETTERS)
        tally.refuse(at, motif, ("ragged", f"its rows have {told} columns", "all four have the same number"))
        return
    tally.add(Matrix(motif, name, [list(column) for column in zip(*(found[e] for e in LETTERS), strict=True)], at))


def _split_head(head: str) -> tuple[str, str]:
    motif, _, name = head.replace("\t", " ").partition(" ")
    return motif, name.strip() or motif


def write_jaspar_text(motifs: MotifSet, file: BinaryIO) -> None:
    """Write the counts with letters and brackets; float32 values are written so that they are read back as they are."""
    for row, (motif, name) in enumerate(zip(motifs.ids, motifs.names, strict=True)):
        file.write(f">{motif}\t{name}\n".encode())
        for letter, values in zip(LETTERS, motifs.counts_of(row).T, strict=True):
            file.write(f"{letter}  [ {' '.join(render_counts(values))} ]\n".encode())


def render_counts(values: object) -> Iterator[str]:
    """Render float32 values in as few digits as tell them from all others; whole ones without a point."""
    for value in values:  # type: ignore[attr-defined]  # an array of one axis
        yield str(int(value)) if float(value).is_integer() else repr(float(str(value)))
