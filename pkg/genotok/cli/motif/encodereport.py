"""The account of ``genotok motif encode``: sequences, bins, and those without an id of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from genotok.cli.report import count, percent
from genotok.values.motifencoding import BinReport


@dataclass
class EncodeReport:
    """What became of a run: sequences, their bins, and how many of these have no id of their own."""

    target: str
    sequences: int = 0
    regions: int | None = None
    bins: BinReport = field(default_factory=BinReport)
    notes: list[str] = field(default_factory=list)
    kept: int = 0

    def add(self, piece: BinReport) -> None:
        """Count the bins of a piece, too."""
        both: dict[str, Any] = {
            each.name: _sum(getattr(self.bins, each.name), getattr(piece, each.name)) for each in fields(piece)
        }
        self.bins = BinReport(**both)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        told = {"target": self.target, "sequences": self.sequences, "regions": self.regions, "kept": self.kept}
        return told | self.bins.to_dict() | {"notes": self.notes}

    def lines(self) -> Iterator[str]:
        """Yield it as text."""
        bins = self.bins
        if self.regions is not None:
            yield f"{count(self.regions, 'region')}, {count(bins.bins, 'bin')}"
        elif self.sequences:
            known = "" if bins.known is None else f" ({bins.known:,} known)"
            yield f"{count(self.sequences, 'sequence')}, {count(bins.bases, 'base')}{known}, {count(bins.bins, 'bin')}"
            named = bins.bins - bins.gaps
            parts = [f"{percent(bins.missed - bins.backed_off, named)} unk"]
            if bins.backed_off:
                parts.append(f"{percent(bins.backed_off, named)} named by a part of their set")
            yield f"{percent(bins.empty, named)} without a motif, {', '.join(parts)}; {count(bins.gaps, 'gap')}"
        yield from (f"note: {each}" for each in self.notes)
        if self.kept:
            yield f"{count(self.kept, 'input')} kept from an earlier run"
        yield f"written to {self.target}"


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
