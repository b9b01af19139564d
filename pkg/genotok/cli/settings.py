"""What one run does with every input: plain values, so that worker processes get them too."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from genotok.errors import MissingExtraError, UniverseWarning
from genotok.export.meta import describe_options
from genotok.export.writers import Format
from genotok.tokenizers.interval import IntervalTokenizer

_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")


@dataclass(frozen=True)
class Settings:
    """The choices of one run; ``overrides`` are the fields of IntervalConfig that the command line named.

    ``fingerprint`` asks for the SHA-256 of each input, which a manifest records.
    """

    universe: str
    format: Format
    rows: bool
    keep_empty: bool
    rename_chroms: Mapping[str, str] | Literal["auto"] | None
    overrides: Mapping[str, Any]
    fingerprint: bool = False

    def open(self) -> tuple[IntervalTokenizer, list[str]]:
        """Open the tokenizer; the second value is what was warned of on the way."""
        return open_tokenizer(self.universe, self.overrides)

    def describe(self, tokenizer: IntervalTokenizer) -> dict[str, Any]:
        """Return the choices that shape the output."""
        return describe_options(tokenizer, rows=self.rows, rename_chroms=self.rename_chroms)


def open_tokenizer(universe: str, overrides: Mapping[str, Any]) -> tuple[IntervalTokenizer, list[str]]:
    """Open a universe (BED), a saved folder, a settings file or a repository; warnings come back as texts."""
    chosen = {name: value for name, value in overrides.items() if value is not None}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UniverseWarning)
        if _is_repository(universe):
            tokenizer = _open_repository(universe).replace(**chosen)
        elif Path(universe).is_dir() or universe.endswith(".toml"):
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
