"""What an input to the motif tokenizer is: DNA by letters or codes, a batch of it, or a FASTA file."""

from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genotok.errors import InputError
from genotok.io.fasta import read_fasta
from genotok.io.sources import Source
from genotok.kernels.bases import UNKNOWN
from genotok.values.sequences import Sequence, Sequences

_LONGEST_PATH, _LONGEST_NAME = 4096, 255  # letters
_HINT = "give DNA as str, bytes, a uint8 array or Sequence, a list of these, or a Path to a FASTA file"


class Documents(NamedTuple):
    """The documents of one input; ``single`` if it was one, not a list of one."""

    sequences: list[Sequence]
    single: bool


def read_documents(value: Any) -> Documents:
    """Recognise an input: a text is always DNA, a path is a FASTA file with a document for each record."""
    if isinstance(value, PathLike) or hasattr(value, "read"):
        return Documents(list(read_fasta(value).values()), single=False)
    if isinstance(value, Mapping):
        return Documents([_named(each, str(name)) for name, each in value.items()], single=False)
    if isinstance(value, (list, tuple, Iterator)) or (isinstance(value, np.ndarray) and value.dtype.kind in "OUS"):
        return Documents([sequence_of(each, where=f"element {at}") for at, each in enumerate(value)], single=False)
    return Documents([sequence_of(value)], single=True)


def sequence_of(value: Any, *, where: str | None = None) -> Sequence:
    """Take one document: letters as str, bytes or uint8, or codes 0 to 4."""
    if isinstance(value, Sequence):
        return value
    if isinstance(value, str):
        _refuse_path(value, where)
        return Sequence.from_text(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return Sequence.from_text(bytes(value))
    if isinstance(value, np.ndarray) and value.dtype == np.uint8 and value.ndim == 1:
        if int(value.max(initial=0)) <= UNKNOWN:
            return Sequence(value)
        return Sequence.from_text(np.ascontiguousarray(value))
    if isinstance(value, PathLike):
        raise InputError(
            f"{fspath(value)!r} in a list", where=where, hint="a FASTA file is given alone, or as a genome"
        )
    kind = f"an array of {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    raise InputError(f"{kind} is no DNA", where=where, hint=_HINT)


def _refuse_path(text: str, where: str | None) -> None:
    """Raise InputError for a text that is a file's name, not DNA."""
    if len(text) > _LONGEST_PATH or not text or "\n" in text:
        return
    looks = any(letter in text for letter in "./\\~") and not text.lstrip().startswith(">")
    if looks or (len(text) < _LONGEST_NAME and Path(text).is_file()):
        raise InputError(f"{text!r} is a file's name, not DNA", where=where, hint="for a FASTA file pass Path(..)")
    if text.lstrip().startswith(">"):
        raise InputError(
            "FASTA text, not DNA alone", where=where, hint="read_fasta(io.BytesIO(text.encode())) reads it"
        )


def read_genome(value: Any) -> Mapping[str, Sequence]:
    """Take a genome: Sequences, a FASTA file, or sequences by name."""
    if isinstance(value, Sequences):
        return value
    if isinstance(value, Mapping):
        return {str(name): _named(each, str(name)) for name, each in value.items()}
    if isinstance(value, (str, PathLike)) or hasattr(value, "read"):
        return read_fasta(_source(value))
    raise InputError(f"{type(value).__name__} is no genome", hint="give a FASTA file, or sequences by name")


def _named(value: Any, name: str) -> Sequence:
    sequence = sequence_of(value, where=name)
    return Sequence(sequence.codes, name, sequence.letters)


def _source(value: Any) -> Source:
    return Path(value) if isinstance(value, str) else value
