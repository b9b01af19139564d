"""Motifs in MEME's minimal form: letter shares and one number of sites for each motif."""

import re
from typing import BinaryIO

from genotok.io.motiftally import Matrix, MotifTally, parse_numbers
from genotok.values.motifs import MotifSet

DEFAULT_SITES = 20.0
_SUM_EASE = 0.02  # by which a row of shares may miss 1
_VERSION = re.compile(r"MEME version\s+([0-9]+)")
_ALPHABET = re.compile(r"ALPHABET\s*=\s*(\S+)|ALPHABET\s+\"?([^\"]*)\"?")
_NUMBER = r"\s*=\s*([-+0-9.eE]+)"
_MATRIX = re.compile(r"letter-probability matrix\s*:(.*)")
_PROTEIN = ("a protein alphabet", "genotok reads motifs of DNA")
_OLD = ("MEME version {}", "convert with a MEME >= 4 tool")


def read_meme_text(lines: list[str], tally: MotifTally) -> None:
    """Read MEME >= 4 with a DNA or RNA alphabet; rows of shares become counts by the number of sites."""
    order = [0, 1, 2, 3]
    motif, name, has_sites, at = "", "", True, 0
    while at < len(lines):
        line, at = lines[at].strip(), at + 1
        if matched := _VERSION.match(line):
            if int(matched[1]) < 4:
                raise tally.error(at, _OLD[0].format(matched[1]), _OLD[1])
        elif matched := _ALPHABET.match(line):
            order = _order_of((matched[1] or matched[2] or "").upper(), at, order, tally)
        elif line.startswith("MOTIF"):
            words = line.split(maxsplit=2)
            if len(words) < 2:
                raise tally.error(at, "a motif without an id", "write MOTIF id name")
            motif, name = words[1], words[2] if len(words) > 2 else words[1]
        elif matched := _MATRIX.match(line):
            if not motif:
                raise tally.error(at, "a matrix without a MOTIF line before it", "write MOTIF id name")
            start, at = at, _end_of_rows(lines, at, matched[1])
            found = re.search("nsites" + _NUMBER, matched[1])
            has_sites &= found is not None
            _add(motif, name, lines[start:at], start, float(found[1]) if found else DEFAULT_SITES, order, tally)
            motif = ""
    if not has_sites:
        tally.notes.append(f"motifs without nsites are taken as of {DEFAULT_SITES:g} sites")
    tally.notes.append(
        "MEME keeps one number of sites for a motif, not the sums of its columns: scores may differ from those of the "
        "same motifs in JASPAR's form"
    )


def _order_of(alphabet: str, line: int, order: list[int], tally: MotifTally) -> list[int]:
    if "PROTEIN" in alphabet:
        raise tally.error(line, *_PROTEIN)
    letters = alphabet.replace("U", "T")
    if sorted(letters) == list("ACGT"):
        return [letters.index(letter) for letter in "ACGT"]
    if re.fullmatch(r"[A-Z]{5,}", letters) and "DNA" not in letters and "RNA" not in letters:
        raise tally.error(line, *_PROTEIN)
    return order  # a name, as "DNA" DNA-LIKE; the letters of such alphabets stand in the order A, C, G, T


def _end_of_rows(lines: list[str], start: int, words: str) -> int:
    """Return where the rows of a matrix end: after ``w`` of them, or at the first line that does not begin as one."""
    width = re.search(r"\bw" + _NUMBER, words)
    limit = start + int(float(width[1])) if width else len(lines)
    at = start
    while at < min(limit, len(lines)) and re.match(r"\s*[-+.0-9]|\s*(nan|inf)", lines[at], re.IGNORECASE):
        at += 1
    return at


def _add(
    motif: str, name: str, lines: list[str], start: int, sites: float, order: list[int], tally: MotifTally
) -> None:
    counts = []
    for number, line in enumerate(lines, start=start + 1):
        shares = parse_numbers(line.split())
        if shares is not None and len(shares) == 20:
            raise tally.error(number, *_PROTEIN)
        if shares is None or len(shares) != 4:
            what = f"the row {line.strip()[:40]!r} is no column of four shares"
            return tally.refuse(number, motif, ("letters", what, "a column has four: A, C, G, T"))
        if all(share >= 0 for share in shares) and abs(sum(shares) - 1) > _SUM_EASE:
            what = f"the shares of a column add up to {sum(shares):g}"
            return tally.refuse(number, motif, ("not_shares", what, "they add up to 1; give counts in JASPAR's form"))
        counts.append([shares[place] * sites for place in order])
    return tally.add(Matrix(motif, name, counts, start))


def write_meme_text(motifs: MotifSet, file: BinaryIO) -> None:
    """Write MEME 4; column sums are lost but for their mean, rounded, as ``nsites``."""
    file.write(b"MEME version 4\n\nALPHABET= ACGT\n\nstrands: + -\n\nBackground letter frequencies\n")
    file.write(" ".join(f"{a} {b:g}" for a, b in zip("ACGT", motifs.background.tolist(), strict=True)).encode())
    for row, (motif, name) in enumerate(zip(motifs.ids, motifs.names, strict=True)):
        counts = motifs.counts_of(row).astype("f8")
        sums = counts.sum(axis=1, keepdims=True, dtype="f8")
        sites = max(round(float(sums.mean())), 1)
        head = (
            f"\n\nMOTIF {motif} {name}\nletter-probability matrix: alength= 4 w= {len(counts)} nsites= {sites} E= 0\n"
        )
        file.write(head.encode())
        file.write("\n".join(" " + " ".join(f"{p:.10f}" for p in column) for column in (counts / sums)).encode())
    file.write(b"\n")
