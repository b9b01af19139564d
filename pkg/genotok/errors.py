"""Every error a user can meet: it says where, what, and what to do."""

from typing import Any, ClassVar


class GenotokError(ValueError):
    """Base of all errors raised on purpose; the text is ``where: what; hint``.

    ``where`` is built from ``path`` and ``line`` (1-based), or ``row`` (0-based), unless it is given.
    Errors survive pickling between processes with all their fields.

    >>> str(GenotokError("end 120 precedes start 340", path="peaks.bed", line=7, hint="BED lists start first"))
    'peaks.bed:7: end 120 precedes start 340; BED lists start first'
    """

    _fields: ClassVar[tuple[str, ...]] = ("hint", "where", "path", "line", "row")

    def __init__(
        self,
        what: str,
        *,
        hint: str | None = None,
        where: str | None = None,
        path: str | None = None,
        line: int | None = None,
        row: int | None = None,
    ) -> None:
        self.what, self.hint, self.path, self.line, self.row = what, hint, path, line, row
        self.where = where if where is not None else _place(path, line, row)
        text = f"{self.where}: {what}" if self.where else what
        super().__init__(f"{text}; {hint}" if hint else text)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.what, {name: getattr(self, name) for name in self._fields})


def _place(path: str | None, line: int | None, row: int | None) -> str | None:
    if path is not None:
        return f"{path}:{line}" if line is not None else f"{path}, row {row}" if row is not None else path
    return f"line {line}" if line is not None else f"row {row}" if row is not None else None


def _rebuild(kind: type[GenotokError], what: str, fields: dict[str, Any]) -> GenotokError:
    return kind(what, **fields)


class BedError(GenotokError):
    """File syntax, compression, encoding, or content that is not BED."""


class EmptyFileError(BedError):
    """A file holds no region, or no sequence, at all."""


class FragmentError(GenotokError):
    """A fragment file, or a list of barcodes, cannot be read: syntax, coordinates, compression or content."""


class IntervalError(GenotokError):
    """A coordinate is negative, reversed, out of range or not whole; from files and from memory.

    ``keepable``: the row would pass under ``invalid='keep'``.
    """

    _fields = (*GenotokError._fields, "keepable")

    def __init__(self, what: str, *, keepable: bool = False, **fields: Any) -> None:
        super().__init__(what, **fields)
        self.keepable = keepable


class UniverseError(GenotokError):
    """A universe has no rows left, or is not the one that a file was made with."""


class VocabularyError(GenotokError):
    """A special token collides with a region, or an id is no id."""


class ConfigError(GenotokError):
    """A settings file has a wrong name, type or value."""


class GtokError(GenotokError):
    """A token file is damaged, or a value does not fit its format."""


class MotifError(GenotokError):
    """A motif, or a file of motifs, is not what it claims: its form, its numbers or its name."""


class SequenceError(GenotokError):
    """A letter of a sequence stands for no nucleotide."""


class FastaError(GenotokError):
    """A FASTA file cannot be read: its form, its compression or its names."""


class HitsError(GenotokError):
    """A motif hit does not fit its motif, its strand or its contig."""


class TrackError(GenotokError):
    """A track of values along contigs cannot be read: its form, its numbers, or rows that share a base."""


class BundleError(GenotokError):
    """A saved folder or archive is damaged, or is not the one that was asked for."""


class TrainingError(GenotokError):
    """A training run cannot go on: its loss is no number, or the memory does not hold a batch."""


class NotFittedError(GenotokError):
    """A motif tokenizer has no clusters and no vocabulary yet, and what was asked for needs them."""


class UnmatchedError(GenotokError):
    """Regions hit nothing although ``unmatched='error'`` forbids it."""


class CapacityError(GenotokError):
    """A result would not fit 32-bit ids; split the input."""


class InputError(GenotokError, TypeError):
    """A value is of no kind that can be tokenized."""


class MissingExtraError(GenotokError, ImportError):
    """An optional package is not installed; the hint is the pip command."""

    def __init__(self, what: str, **fields: Any) -> None:
        GenotokError.__init__(self, what, **fields)


class HubError(GenotokError, OSError):
    """A model repository cannot be reached, found or read."""

    def __init__(self, what: str, **fields: Any) -> None:
        GenotokError.__init__(self, what, **fields)


class UniverseWarning(UserWarning):
    """A universe was read, but its ids may not be what the file suggests (duplicates, skipped rows)."""


class SequenceWarning(UserWarning):
    """Sequences were encoded, but some gave no token, because they are shorter than one."""


class MotifWarning(UserWarning):
    """Motif tokens were made, but they may not be of the use that was expected (most sets unknown, no motif fits)."""


def missing_extra(extra: str, package: str) -> MissingExtraError:
    """Say which extra brings ``package``."""
    return MissingExtraError(f"{package} is not installed", hint=f"pip install 'genotok[{extra}]'")
