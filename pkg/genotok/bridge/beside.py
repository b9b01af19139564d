"""The room of universes beside the one in use, and of what two of them have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.analysis.universes import fare_of, meet
from genotok.bridge.desk import MAX_HANDLE, Labels, Room
from genotok.bridge.reply import Answer, operation, structured, text, whole
from genotok.bridge.result import Result
from genotok.bridge.universes import read_asset, take_back
from genotok.bridge.words import describe_universe
from genotok.tokenizers.interval import IntervalTokenizer
from genotok.values.universe import Universe

WIDTH_CLASSES = 24


@dataclass(frozen=True)
class Laid:
    """A universe beside the one in use, to be compared with it."""

    universe: Universe
    labels: Labels


class BesideRoom(Room):
    """Operations on universes that are not in use."""

    @operation
    def lay_asset(self, n: int, name: str) -> Answer:
        """Lay a compact universe beside the one in use, from n staged bytes."""
        return self._lay(*read_asset(self.desk.staged(n), text("name", name)))

    @operation
    def lay_universe(self, meta: str, codes: object, starts: object, ends: object) -> Answer:
        """Lay a universe that `universe_arrays` gave away beside the one in use."""
        return self._lay(*take_back(structured(meta), codes, starts, ends))

    @operation
    def compare_universes(self, a: int, b: int, result: int) -> Answer:
        """Compare two universes, laid or (0) in use, and what they make of a result's rows (0: of none)."""
        laid = [self._universe_of(handle) for handle in (a, b)]
        found = meet(laid[0].universe, laid[1].universe, WIDTH_CLASSES)
        fares = None if result == 0 else _fares(self.desk.get(result, Result, "result"), laid)
        sides = {side: _describe_side(each, bases) for side, each, bases in zip("ab", laid, found.bases, strict=True)}
        return {
            **sides,
            "same": found.same,
            "touched_a": found.touched[0],
            "touched_b": found.touched[1],
            "shared_bases": found.shared_bases,
            "jaccard_bases": found.jaccard_bases,
            "chrom_names": list(found.chrom_names),
            "result": fares,
        }, {
            "chrom_rows_a": found.chrom_rows[0],
            "chrom_rows_b": found.chrom_rows[1],
            "width_edges": found.edges.astype(np.float32),
            "widths_a": found.widths[0],
            "widths_b": found.widths[1],
        }

    def _lay(self, universe: Universe, labels: Labels) -> Answer:
        tokenizer = IntervalTokenizer(universe, self.desk.special_tokens, self.desk.config)
        handle = self.desk.put(Laid(universe, labels))
        return {"handle": handle, **describe_universe(tokenizer, labels)}, {}

    def _universe_of(self, handle: Any) -> Laid:
        """Return a universe by its handle; 0 is the one in use."""
        if whole("a handle", handle, 0, MAX_HANDLE) == 0:
            return Laid(self.desk.tokenizer().universe, self.desk.labels)
        return self.desk.get(handle, Laid, "universe laid beside the one in use")


def _fares(result: Result, laid: Sequence[Laid]) -> dict[str, Any]:
    """Say what each of two universes makes of a result's rows."""
    a, b = (fare_of(result.document, each.universe)._asdict() for each in laid)
    return {"name": result.words["name"], "regions": len(result.document), "a": a, "b": b}


def _describe_side(laid: Laid, bases: int) -> dict[str, Any]:
    """Say what is compared; ``bases`` are those that at least one row covers."""
    regions = laid.universe.regions
    median = np.quantile(regions.ends - regions.starts, 0.5, method="nearest")
    return {
        "name": laid.labels.name,
        "digest": laid.universe.digest,
        "n": len(regions),
        "bases": bases,
        "median_width": int(median),
        "assembly": laid.labels.assembly,
    }
