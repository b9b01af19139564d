"""Operations that put results beside each other: shared tokens of two, likeness of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genotok.analysis.compare import TokenView, compare_all, count_ids, measure, order_tokens
from genotok.arrays import Ids
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_COMPARED, MAX_ROWS
from genotok.bridge.reply import Answer, operation, structured, whole
from genotok.bridge.result import Result
from genotok.errors import InputError
from genotok.values.regions import Regions

_ANY = 2**31 - 1


@dataclass
class Comparison:
    """Two results on one universe: how often each token occurs in either, and the view asked last."""

    names: tuple[str, str]
    regions: Regions
    counts: tuple[Ids, Ids]
    _view: TokenView | None = None
    _order: Ids | None = None

    def order(self, view: TokenView) -> Ids:
        """Return the ids of a view in its order; the last answer is kept."""
        if self._order is None or view != self._view:
            self._view, self._order = view, order_tokens(*self.counts, self.regions, view)
        return self._order


class ComparingRoom(Room):
    """Comparisons of results that one universe made."""

    @operation
    def compare(self, a: int, b: int) -> Answer:
        """Compare the tokens of two results; misses don't count."""
        pair = [self.desk.get(handle, Result, "result") for handle in (a, b)]
        universe = _one_universe(pair)
        counts = (count_ids(pair[0].document), count_ids(pair[1].document))
        names = (pair[0].words["name"], pair[1].words["name"])
        handle = self.desk.put(Comparison(names, pair[0].tokenizer.universe.regions, counts))
        sides = {
            side: {
                "name": name,
                "tokens": int(each.sum(dtype=np.int64)),
                "distinct": int(np.count_nonzero(each)),
            }
            for side, name, each in zip("ab", names, counts, strict=True)
        }
        return {"handle": handle, "universe": universe, **sides, **measure(*counts)._asdict()}, {}

    @operation
    def compared_rows(self, handle: int, view: str, first: int, count: int) -> Answer:
        """Show tokens ``[first, first + count)`` of a view of a comparison, with how often each result has them."""
        comparison = self.desk.get(handle, Comparison, "comparison")
        fields = structured(view)
        if not isinstance(fields, dict):
            raise InputError("a view is a mapping", hint='{"which": "both", "sort": [["difference", true]]}')
        order = comparison.order(TokenView.from_dict(fields))
        start = min(whole("first", first, 0, _ANY), len(order))
        ids = order[start : start + whole("count", count, 0, MAX_ROWS)]
        counts_a, counts_b = comparison.counts
        regions = comparison.regions
        return {"total": len(order), "first": start}, {
            "ids": ids,
            "counts_a": counts_a[ids],
            "counts_b": counts_b[ids],
            "codes": regions.codes[ids],
            "starts": regions.starts[ids].astype(np.uint32),
            "ends": regions.ends[ids].astype(np.uint32),
        }

    @operation
    def compare_many(self, handles: str) -> Answer:
        """Compare the distinct tokens of every pair of 2 to 20 results: n x n, row by row."""
        listed = structured(handles)
        if not isinstance(listed, (list, tuple)) or not 2 <= len(listed) <= MAX_COMPARED:
            raise InputError("handles are no list of results to compare", hint=f"from 2 to {MAX_COMPARED} of them")
        results = [self.desk.get(handle, Result, "result") for handle in listed]
        universe = _one_universe(results)
        found = compare_all([result.document for result in results])
        words = {"names": [result.words["name"] for result in results], "universe": universe}
        square = {"jaccard": found.jaccard.ravel(), "shared": found.shared.ravel()}
        return words, {**square, "distinct": found.distinct}


def _one_universe(results: Sequence[Result]) -> dict[str, Any]:
    """Return name and digest of the universe that made all results; InputError if there are several."""
    first = results[0].words
    for result in results[1:]:
        made_with, other = first["universe"], result.words["universe"]
        if made_with["digest"] != other["digest"]:
            told = [f"{each['name']} ({each['digest'][:8]})" for each in (made_with, other)]
            raise InputError(
                f"{first['name']} was made with universe {told[0]}, {result.words['name']} with {told[1]}",
                hint="their ids mean different regions; tokenize both with one universe",
            )
    return dict(first["universe"])
