"""Letters of DNA to codes for the learned tokenizer: one table, one look at the largest code, and plain refusals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from genotok.errors import GenotokError, InputError, SequenceError
from genotok.kernels.bases import (
    AMBIGUOUS,
    BAD,
    UNKNOWN,
    Codes,
    classify_letters,
    count_lower,
    letter_classes,
)
from genotok.kernels.bases import count_letters as count_each
from genotok.tokenizers.vq_config import SoftMask

BLANKS = b" \t\r\n\v\f"
_GAPS = b"-."
_PROTEIN_SHARE = 0.1  # of foreign letters, above which a text is taken for protein
_FILE = re.compile(r"[/\\~]|\.(fa|fas|fasta|fna|ffn|seq|txt|gz|bgz|zst|2bit|bam|bed|zip)$", re.IGNORECASE)
_LONGEST_PATH, _LONGEST_NAME = 4_096, 255  # letters

_CLASSES: dict[SoftMask, bytes] = {"upper": letter_classes("upper"), "unknown": letter_classes("unknown")}


@dataclass(frozen=True)
class LetterCounts:
    """How many ``bases``, of which in ``lower`` case, how many ``uracil`` (read as T), the ``unknown`` by letter."""

    bases: int = 0
    lower: int = 0
    uracil: int = 0
    unknown: Mapping[str, int] = field(default_factory=dict)

    def plus(self, other: "LetterCounts") -> "LetterCounts":
        """Add up two counts."""
        letters = sorted({*self.unknown, *other.unknown})
        unknown = {each: self.unknown.get(each, 0) + other.unknown.get(each, 0) for each in letters}
        return LetterCounts(self.bases + other.bases, self.lower + other.lower, self.uracil + other.uracil, unknown)


def translate(text: bytes, soft_mask: SoftMask) -> Codes | None:
    """Turn letters into codes 0 to 4, uint8 (n,), read-only; None if a letter stands for no base.

    >>> translate(b"ACgTUn", "upper").tolist(), translate(b"ACgT", "unknown").tolist(), translate(b"E", "upper")
    ([0, 1, 2, 3, 3, 4], [0, 1, 4, 3], None)
    """
    codes = classify_letters(text, _CLASSES[soft_mask])
    return None if int(codes.max(initial=0)) > UNKNOWN else codes


def count_letters(text: bytes, codes: Codes) -> LetterCounts:
    """Count the letters that needed a decision; all stand for bases, and ``codes`` are theirs."""
    raw = np.frombuffer(text, dtype=np.uint8)
    uracil = int(count_each(raw, b"Uu").sum(dtype=np.int64))
    found: dict[str, int] = {}
    if int(codes.max(initial=0)) == UNKNOWN:
        unknown = raw[codes == UNKNOWN] & 0xDF  # in upper case
        counts = count_each(unknown, bytes(sorted(AMBIGUOUS))).tolist()
        found = {chr(letter): count for letter, count in zip(sorted(AMBIGUOUS), counts, strict=True) if count}
    return LetterCounts(len(raw), count_lower(raw), uracil, found)


def encode_record(
    raw: bytes,
    name: str,
    *,
    soft_mask: str = "keep",
    before: int = 0,
    path: str | None = None,
    line: int | None = None,
) -> Codes:
    """Turn lines of a FASTA record into codes, blanks left out; the words are those of `values.sequences.encode_text`.

    X is no base here: SequenceError names the record, the base (1-based) and the letter.
    """
    codes = translate(raw.translate(None, BLANKS), "unknown" if soft_mask == "n" else "upper")
    if codes is not None:
        return codes
    at = _first_foreign(raw, blanks_count=False)
    letters = len(raw[:at].translate(None, BLANKS))
    if line is not None:
        line += raw[:at].count(b"\n") or raw[:at].count(b"\r")
    what = f"letter {_shown(raw[at : at + 1])} at base {before + letters + 1:,} of {name!r}"
    raise SequenceError(what, path=path, line=line, hint=_hint(raw, at))


def refuse_text(text: bytes, *, where: str | None, is_str: bool = False, before: int = 0) -> GenotokError:
    """Make the error for a document, of which ``before`` bases were read, with a letter that stands for no base."""
    if is_str and (path := _path_in(text)):
        hint = "FASTA text: read_fasta(io.BytesIO(text.encode())) reads it" if path == ">" else "pass Path(..)"
        what = "FASTA text, not DNA alone" if path == ">" else f"{path!r} is a file's name, not DNA"
        return InputError(what, where=where, hint=hint)
    at = _first_foreign(text, blanks_count=True)
    letter = _shown(text[at:].decode("utf-8", "replace")[:1].encode() if text[at] > 127 else text[at : at + 1])
    base = before + len(text[:at].decode("utf-8", "replace")) + 1
    return SequenceError(f"letter {letter} at base {base:,}", where=where, hint=_hint(text, at))


def _first_foreign(text: bytes, *, blanks_count: bool) -> int:
    foreign = classify_letters(text, _CLASSES["upper"]) == BAD
    if not blanks_count:
        foreign &= ~np.isin(np.frombuffer(text, dtype=np.uint8), np.frombuffer(BLANKS, dtype=np.uint8))
    return int(np.argmax(foreign))


def _hint(text: bytes, at: int) -> str:
    """Say what to do about the letter at a place, by it and by how many there are of its kind."""
    if text[at] in BLANKS:
        return "pass one sequence without white space"
    if text[at] in _GAPS:
        return "remove alignment gaps"
    letters = text.translate(None, BLANKS + _GAPS)
    foreign = letters.translate(_CLASSES["upper"]).count(BAD)
    if foreign > _PROTEIN_SHARE * len(letters):
        return "this looks like protein"
    return "bases are A, C, G, T, U and IUPAC's codes for more than one"


def _path_in(text: bytes) -> str | None:
    """Recognise the name of a file, or the beginning of FASTA text (``>``), in a text that is no DNA."""
    if text.lstrip().startswith(b">"):
        return ">"
    if len(text) > _LONGEST_PATH or b"\n" in text:
        return None
    name = text.decode("utf-8", "replace")
    return name if _FILE.search(name) or (len(name) < _LONGEST_NAME and _is_file(name)) else None


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except ValueError:  # a NUL, which no name of a file has
        return False


def _shown(letter: bytes) -> str:
    return repr(letter.decode("utf-8", "backslashreplace"))
