"""What one run does with every input: plain values, so that worker processes get them too."""

import hashlib
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from genotok.cli.inputs import open_stdin
from genotok.errors import MissingExtraError, UniverseWarning
from genotok.export.meta import describe_options
from genotok.export.writers import Format
from genotok.io.barcodes import read_barcodes
from genotok.io.remote import has_ending
from genotok.tokenizers.interval import IntervalTokenizer

Kind: TypeAlias = Literal["bed", "fragments", "h5ad"]

_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")


@dataclass(frozen=True)
class Settings:
    """The choices of one run; ``overrides`` are the fields of IntervalConfig that the command line named.

    ``fingerprint`` asks for the SHA-256 of each input, which a manifest records. Of cells, ``barcodes`` are those to
    keep, ``layer`` the matrix of an AnnData; with ``prefix`` their names begin with the document's.
    """

    universe: str
    format: Format
    rows: bool
    keep_empty: bool
    rename_chroms: Mapping[str, str] | Literal["auto"] | None
    overrides: Mapping[str, Any]
    fingerprint: bool = False
    kind: Kind = "bed"
    barcodes: Sequence[str] | None = None
    min_fragments: int = 0
    layer: str | None = None
    prefix: bool = False

    def open(self) -> tuple[IntervalTokenizer, list[str]]:
        """Open the tokenizer; the second value is what was warned of on the way."""
        return open_tokenizer(self.universe, self.overrides)

    def describe(self, tokenizer: IntervalTokenizer) -> dict[str, Any]:
        """Return the choices that shape the output; of barcodes a digest, not where they are listed."""
        options = describe_options(tokenizer, rows=self.rows, rename_chroms=self.rename_chroms)
        if self.kind == "bed":
            return options
        named = None if self.barcodes is None else "\n".join(self.barcodes).encode()
        barcodes = None if named is None else hashlib.sha256(named).hexdigest()
        cells = {"barcodes": barcodes, "min_fragments": self.min_fragments, "layer": self.layer, "prefix": self.prefix}
        return {**options, "kind": self.kind, **cells}


def open_barcodes(path: str | None) -> list[str] | None:
    """Read a list of barcodes, which a pipe gives once; ``-`` is standard input."""
    return None if path is None else read_barcodes(open_stdin() if path == "-" else path)


def open_tokenizer(universe: str, overrides: Mapping[str, Any]) -> tuple[IntervalTokenizer, list[str]]:
    """Open a universe (BED), a saved folder, a settings file or a repository; warnings come back as texts."""
    chosen = {name: value for name, value in overrides.items() if value is not None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UniverseWarning)
        if _is_repository(universe):
            tokenizer = _open_repository(universe).replace(**chosen)
        elif Path(universe).is_dir() or has_ending(universe, ".toml"):
            tokenizer = IntervalTokenizer(universe).replace(**chosen)
        else:
            tokenizer = IntervalTokenizer.from_bed(universe, **chosen)
    return tokenizer, [str(each.message) for each in caught if issubclass(each.category, UniverseWarning)]


def _open_repository(name: str) -> IntervalTokenizer:
    try:
        return IntervalTokenizer.from_pretrained(name)
    except MissingExtraError as error:
        what = f"there is no such file, and {error.what}, which opens repositories"
        raise MissingExtraError(what, where=name, hint=error.hint) from None


def _is_repository(name: str) -> bool:
    """Tell ``owner/name`` from a path: there is no such file or folder, and no file's ending."""
    path = Path(name)
    endings = (".gz", ".bed", ".txt", ".tsv", ".toml")
    return bool(_REPOSITORY.fullmatch(name)) and not path.parent.is_dir() and path.suffix.lower() not in endings
