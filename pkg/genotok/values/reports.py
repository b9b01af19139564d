"""What a reader or a tokenizer did with every row: nothing is dropped in silence."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

EXAMPLES = 5  # line numbers listed for each reason


@dataclass(frozen=True)
class LoadReport:
    """What became of each line of a file: ``lines == rows + sum(skipped.values())``.

    ``skipped`` counts lines by reason (blank, comment, track, browser, header, duplicate, reversed, negative,
    out_of_range, unreadable), ``examples`` holds the first five 1-based line numbers of each reason. ``bytes`` are
    those of the file as stored, ``columns`` the fewest and the most TAB-separated columns of a row, ``chroms`` the rows
    of each chromosome by first appearance, ``sorted`` whether chromosomes stand in blocks with ascending starts.
    """

    path: str | None = None
    bytes: int = 0
    compression: str = "none"
    lines: int = 0
    rows: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, list[int]] = field(default_factory=dict)
    duplicates: int = 0
    zero_length: int = 0
    kept_text: int = 0
    columns: tuple[int, int] | None = None
    sorted: bool = True
    chroms: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return _plain_dict(asdict(self))


@dataclass(frozen=True)
class EncodeReport:
    """What became of each query region; reports of the pieces of one stream may be added.

    ``unmatched`` is the policy in force, ``unknown_chroms`` the rows by chromosome name that the universe lacks,
    ``hint`` a proposal when no name at all is known.
    """

    regions: int
    regions_hit: int
    tokens: int
    unmatched: str
    unknown_chroms: Mapping[str, int]
    hint: str | None
    universe_sha256: str

    def __add__(self, other: "EncodeReport") -> "EncodeReport":
        unknown = dict(self.unknown_chroms)
        for name, rows in other.unknown_chroms.items():
            unknown[name] = unknown.get(name, 0) + rows
        regions = self.regions + other.regions
        return EncodeReport(
            regions=regions,
            regions_hit=self.regions_hit + other.regions_hit,
            tokens=self.tokens + other.tokens,
            unmatched=self.unmatched,
            unknown_chroms=unknown,
            # a hint speaks only while every name is unknown; an empty piece has no say
            hint=(self.hint or other.hint) if sum(unknown.values()) == regions else None,
            universe_sha256=self.universe_sha256,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return _plain_dict(asdict(self))


def _plain_dict(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Turn tuples into lists, so that a report equals its own JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
