"""Operations that look at a result: counts, bins, rows, tokens. They know ids, offsets and rows, but no tokenizer."""

from typing import Any

import numpy as np

from genotok.analysis.assemblies import ASSEMBLIES
from genotok.analysis.chips import first_ids_of, neighbours_of, window_of_chips
from genotok.analysis.locate import Span, locate
from genotok.analysis.nearest import Neighbours
from genotok.analysis.overview import chrom_lengths, count_in_bins, make_bins
from genotok.analysis.summary import class_widths, count_distinct, fit_zipf, rank_frequency, sum_by_chrom
from genotok.analysis.views import View
from genotok.arrays import Ids
from genotok.bridge.desk import Room
from genotok.bridge.limits import MAX_ROWS
from genotok.bridge.reply import Answer, id_list, operation, structured, text, whole
from genotok.bridge.result import Result
from genotok.errors import InputError
from genotok.values.names import natural_order
from genotok.values.universe import Universe

MAX_BINS = 2**16
FIRST_IDS = 8
MAX_IDS = 2**20  # of one row
_ANY = 2**31 - 1


class LookingRoom(Room):
    """Views and summaries of results."""

    _neighbours: tuple[Universe, Neighbours] | None = None

    @operation
    def summary(self, handle: int, bins: int) -> Answer:
        """Count rows, hits and tokens by chromosome and by width class, and tokens by frequency."""
        result, classes = self._result(handle), whole("bins", bins, 1, MAX_BINS)
        document, vocabulary = result.document, result.tokenizer.vocabulary
        order = natural_order(document.chrom_names)
        names = document.chrom_names
        by_chrom = {
            "chrom_regions": sum_by_chrom(document.codes, None, len(names)),
            "chrom_hits": sum_by_chrom(document.codes, document.hit, len(names)),
            "chrom_tokens": sum_by_chrom(document.codes, document.counts, len(names)),
        }
        widths = class_widths(document.widths(), document.hit, classes)
        curve = rank_frequency(document.ids)
        line = fit_zipf(curve)
        distinct = count_distinct(document.ids[document.ids < document.n_regions], document.n_regions)
        hits = int(np.count_nonzero(document.hit))
        words = {
            "regions": len(document),
            "regions_hit": hits,
            "hit_rate": hits / max(len(document), 1),
            "tokens": len(document.ids),
            "distinct": count_distinct(document.ids, vocabulary.vocab_size),
            "unk": int(np.count_nonzero(document.ids == vocabulary.unk_id)),
            "vocab_size": vocabulary.vocab_size,
            "coverage": distinct / document.n_regions,
            "chrom_names": [names[code] for code in order],
            "zipf": None if line is None else line._asdict(),
        }
        arrays = {key: counts[order] for key, counts in by_chrom.items()}
        arrays |= {"width_edges": widths.edges.astype(np.float32), "width_regions": widths.regions}
        return words, {**arrays, "width_hits": widths.hits, "ranks": curve.ranks, "frequencies": curve.frequencies}

    @operation
    def overview(self, handle: int, bins: int) -> Answer:
        """Count universe regions, tokens and misses in about ``bins`` bins over the universe's chromosomes."""
        result = self._result(handle)
        document, universe = result.document, result.tokenizer.universe.regions
        order = natural_order(universe.chrom_names)
        places = np.empty(len(order) + 1, dtype=np.int32)
        places[order], places[-1] = np.arange(len(order), dtype=np.int32), -1
        names = [universe.chrom_names[code] for code in order]
        codes = places[universe.codes]
        sizes = ASSEMBLIES.get(result.labels.assembly or "")
        grid = make_bins(chrom_lengths(names, codes, universe.ends, sizes), whole("bins", bins, 1, MAX_BINS))
        ids = document.ids[document.ids < document.n_regions]
        per_region = np.bincount(ids, minlength=document.n_regions).astype(np.int64)
        here = {name: place for place, name in enumerate(names)}
        translated = np.array([*(here.get(name, -1) for name in document.chrom_names), -1], dtype=np.int32)
        missed = translated[document.codes[~document.hit]]
        known = missed >= 0
        spans = {"starts": universe.starts, "ends": universe.ends}
        misses = {key: getattr(document, key)[~document.hit][known] for key in ("starts", "ends")}
        words = {"chrom_names": names, "bin_width": grid.width, "elsewhere": int(np.count_nonzero(~known))}
        return words, {
            "first_bin": grid.first,
            "bin_starts": grid.starts(),
            "regions": count_in_bins(grid, codes=codes, **spans),
            "tokens": count_in_bins(grid, codes=codes, **spans, weights=per_region),
            "misses": count_in_bins(grid, codes=missed[known], **misses),
        }

    @operation
    def rows(self, handle: int, view: str, first: int, count: int, most: int = FIRST_IDS) -> Answer:
        """Show rows ``[first, first + count)`` of a view, each with its first ``most`` ids and their regions."""
        result = self._result(handle)
        document, order = result.document, result.order(_view(view))
        total = len(document) if order is None else len(order)
        start = min(whole("first", first, 0, _ANY), total)
        stop = min(start + whole("count", count, 0, MAX_ROWS), total)
        rows: Ids = np.arange(start, stop, dtype=np.int32) if order is None else order[start:stop]
        ids, offsets = first_ids_of(document, rows, whole("most", most, 0, MAX_IDS))
        columns = {key: getattr(document, key)[rows] for key in ("lines", "codes", "starts", "ends", "counts")}
        universe = result.tokenizer.universe.regions
        is_region = ids < len(universe)
        at = np.where(is_region, ids, 0)
        regions = {
            "id_codes": np.where(is_region, universe.codes[at], np.int32(-1)),
            "id_starts": np.where(is_region, universe.starts[at], 0).astype(np.uint32),
            "id_ends": np.where(is_region, universe.ends[at], 0).astype(np.uint32),
        }
        words = {"total": total, "first": start}
        return words, {"rows": rows, **columns, "ids": ids, "id_offsets": offsets, **regions}

    @operation
    def tokens(self, handle: int, first: int, count: int) -> Answer:
        """Show chips ``[first, first + count)``: tokens in input order, and a gap for each row without."""
        result = self._result(handle)
        start, most = whole("first", first, 0, _ANY), whole("count", count, 0, MAX_ROWS)
        universe = result.tokenizer.universe
        if self._neighbours is None or self._neighbours[0] is not universe:  # of one universe at a time
            self._neighbours = universe, neighbours_of(universe.regions)
        chips = window_of_chips(result.document, universe.regions, start, most, self._neighbours[1])
        total = int(result.document.chip_offsets[-1])
        words = {"total": total, "first": min(start, total), "n_regions": result.document.n_regions}
        return words, chips._asdict()

    @operation
    def find(self, handle: int, view: str, wanted: str) -> Answer:
        """Find the place in a view that a text speaks of, else the nearest one with a note."""
        result = self._result(handle)
        universe, vocabulary = result.tokenizer.universe, result.tokenizer.vocabulary

        def id_of(token: str) -> int | None:
            found = int(vocabulary.find([token])[0])
            return None if found < 0 else found

        def span_of(token: int) -> Span | None:
            if token >= len(universe):
                return None
            regions = universe.regions
            return Span(regions.name_of(token), int(regions.starts[token]), int(regions.ends[token]))

        order = result.order(_view(view))
        place = locate(result.document, order, text("the text", wanted), id_of=id_of, span_of=span_of)
        chip = None if place.row is None else int(result.document.chip_offsets[place.row])
        return {**place._asdict(), "chip": chip}, {}

    @operation
    def texts(self, ids: object) -> Answer:
        """Render at most 4,096 ids of the universe in use."""
        vocabulary = self.desk.tokenizer().vocabulary
        return {"texts": vocabulary.texts_of(id_list(ids, MAX_ROWS, vocabulary.vocab_size))}, {}

    @operation
    def forget(self, handle: int) -> Answer:
        """Free a result, or stop reading a file."""
        self.desk.drop(handle)
        return {}, {}

    def _result(self, handle: Any) -> Result:
        return self.desk.get(handle, Result, "result")


def _view(view: str) -> View:
    fields = structured(view)
    if not isinstance(fields, dict):
        raise InputError("a view is a mapping", hint='{"sort": [["start", false]], "filter": {"hit": true}}')
    return View.from_dict(fields)
