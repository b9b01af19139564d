"""Chips, nearest regions, bins, classes, frequencies: each against its definition in plain Python."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.documents import N_REGIONS, NAMES, documents
from genotok.analysis.assemblies import ASSEMBLIES, count_beyond, fitting_assemblies, guess_assembly
from genotok.analysis.chips import count_occurrences, first_ids_of, window_of_chips
from genotok.analysis.locate import Span, format_bases, locate, parse_span
from genotok.analysis.nearest import Neighbours
from genotok.analysis.overview import chrom_lengths, count_in_bins, make_bins
from genotok.analysis.summary import RankFrequency, class_widths, count_distinct, fit_zipf, rank_frequency, sum_by_chrom
from genotok.analysis.views import View, order_rows
from genotok.values.names import natural_order
from genotok.values.regions import Regions

ROWS = [("chr2", 10 * at, 10 * at + 5) for at in range(5)] + [("chr1", 3, 4 + at) for at in range(4)]
UNIVERSE = Regions.from_tuples(ROWS)
assert len(UNIVERSE) == N_REGIONS


@given(documents(), st.integers(0, 60), st.integers(0, 60))
def test_chips_list_every_token_and_a_gap_for_each_row_without(drawn, first, count):
    """In input order, with the row each belongs to, the bases it shares and how often its id occurs."""
    document, rows = drawn
    expected = [(each, row) for row in rows for each in row.ids or (-1,)]
    chips = window_of_chips(document, UNIVERSE, first, count)
    shown = expected[first : first + count]
    assert chips.ids.tolist() == [each for each, _ in shown]
    assert chips.rows.tolist() == [row.index for _, row in shown]
    occurrences = Counter(each for row in rows for each in row.ids)
    assert chips.occurrences.tolist() == [occurrences[each] for each, _ in shown]
    assert int(document.chip_offsets[-1]) == len(expected)
    for at, (each, row) in enumerate(shown):
        chrom = UNIVERSE.chrom_names[chips.codes[at]] if chips.codes[at] >= 0 else None
        place = (chrom, int(chips.starts[at]), int(chips.ends[at]))
        if 0 <= each < N_REGIONS:
            assert place == ROWS[each]
            assert chips.distances[at] == 0
            assert chips.shared[at] == min(max(min(row.end, place[2]) - max(row.start, place[1]), 0), 2**31 - 1)
        else:
            there = [region for region in ROWS if region[0] == row.chrom]
            assert chips.shared[at] == 0
            assert (place[0] is None) == (not there)
            assert (chips.distances[at] == -1) == (not there)


spans = st.tuples(st.sampled_from(["chr1", "chr2", "chr3"]), st.integers(0, 40), st.integers(0, 6)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
)


@given(st.lists(spans, min_size=1, max_size=12), spans)
def test_the_nearest_region_is_the_one_with_the_fewest_bases_between(regions, query):
    """For a query that overlaps nothing; chromosomes without regions have none."""
    there = [row for row in regions if row[0] == query[0]]
    if any(row[1] < query[2] and row[2] > query[1] for row in there):
        return
    table, asked = Regions.from_tuples(regions), Regions.from_tuples([query])
    codes = np.array([table.chrom_names.index(query[0]) if there else -1], np.int32)
    neighbours = Neighbours(codes=table.codes, starts=table.starts, ends=table.ends)
    found = neighbours.find(codes=codes, starts=asked.starts, ends=asked.ends)
    gaps = [max(row[1] - query[2], query[1] - row[2], 0) for row in regions if row[0] == query[0]]
    assert found.distances.tolist() == [min(gaps, default=-1)]
    if gaps:
        row = regions[found.rows[0]]
        assert row[0] == query[0]
        assert max(row[1] - query[2], query[1] - row[2], 0) == min(gaps)


def test_of_two_equally_near_regions_the_one_before_wins():
    """Also where the regions are in no order; many queries are answered at once."""
    table = Regions.from_tuples([("chr1", 30, 40), ("chr2", 0, 9), ("chr1", 0, 10), ("chr1", 2, 10)])
    asked = Regions.from_tuples([("chr1", 15, 25), ("chr2", 9, 12), ("chr1", 50, 60), ("chr1", 20, 21)])
    neighbours = Neighbours(codes=table.codes, starts=table.starts, ends=table.ends)
    found = neighbours.find(codes=asked.codes, starts=asked.starts, ends=asked.ends)
    assert found.distances.tolist() == [5, 0, 10, 9]
    assert found.rows.tolist() == [3, 1, 0, 0]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6), st.integers(1, 300), st.data())
def test_no_bin_crosses_a_chromosome_and_every_row_is_in_one(lengths, bins, data):
    """Bins of one width cover each chromosome from its start; counts add up to the rows."""
    grid = make_bins(np.array(lengths, np.int64), bins)
    counts = np.diff(grid.first)
    for count, length in zip(counts, lengths, strict=True):
        assert count * grid.width >= length > (count - 1) * grid.width
    assert grid.first[-1] <= bins + len(lengths)
    starts = grid.starts()
    assert starts.tolist() == [step * grid.width for count in counts.tolist() for step in range(count)]
    codes = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), max_size=20)), np.int32)
    middles = np.array([data.draw(st.integers(0, lengths[code] - 1)) for code in codes], np.uint32)
    weights = np.arange(len(codes))
    found = count_in_bins(grid, codes=codes, starts=middles, ends=middles + np.uint32(1), weights=weights)
    expected = np.zeros(int(grid.first[-1]), np.int64)
    for code, middle, weight in zip(codes, middles, weights, strict=True):
        expected[grid.first[code] + middle // grid.width] += weight
    assert found.tolist() == expected.tolist()


def test_a_row_past_the_end_is_in_the_last_bin_of_its_chromosome():
    """Never in the first bin of the next one."""
    grid = make_bins(np.array([100, 100], np.int64), 4)
    ends = np.array([4_294_967_295], np.uint32)
    found = count_in_bins(grid, codes=np.array([0], np.int32), starts=ends - np.uint32(2), ends=ends)
    assert found.tolist() == [0, 1, 0, 0]


def test_a_chromosome_is_as_long_as_its_size_or_its_last_row():
    """Known sizes are used, and rows behind them are not cut off."""
    codes, ends = np.array([0, 1, -1], np.int32), np.array([50, 70, 10**9])
    assert chrom_lengths(["a", "b", "c"], codes, ends, {"a": 60, "b": 60}).tolist() == [60, 70, 0]
    assert chrom_lengths(["a", "b", "c"], codes, ends).tolist() == [50, 70, 0]


@given(st.lists(st.tuples(st.integers(-3, 3000) | st.just(2**32 - 1), st.booleans()), max_size=30), st.integers(1, 30))
def test_width_classes_part_the_rows(drawn, classes):
    """Every row is in the one class whose edges hold its width; widths below 1 are in the class from 0."""
    widths, hit = np.array([width for width, _ in drawn], np.int64), np.array([flag for _, flag in drawn], np.bool_)
    found = class_widths(widths, hit, classes)
    edges = found.edges.tolist()
    assert edges == sorted(set(edges))
    assert 1 <= len(found.regions) == len(edges) - 1 <= max(classes, 2)
    for at, (low, high) in enumerate(pairwise(edges)):
        inside = [flag for width, flag in drawn if low <= max(width, 0) < high]
        assert (found.regions[at], found.hits[at]) == (len(inside), sum(inside))
    assert found.regions.sum() == len(drawn)


@given(st.lists(st.integers(0, 30), max_size=200), st.integers(1, 40))
def test_rank_frequency_reads_the_sorted_counts(ids, points):
    """The frequency at a rank is that of the rank-th most frequent id; the first and last rank are always there."""
    found = rank_frequency(np.array(ids, np.int32), points)
    counts = sorted(Counter(ids).values(), reverse=True)
    assert found.frequencies.tolist() == [counts[rank - 1] for rank in found.ranks.tolist()]
    assert len(found.ranks) <= points
    if ids and points > 1:
        assert (found.ranks[0], found.ranks[-1]) == (1, len(counts))
    assert count_distinct(np.array(ids, np.int32), 31) == len(counts)


def test_the_zipf_line_finds_the_exponent_of_a_power_law():
    """An exact power law gives its exponent; fewer than three ranks give no line."""
    ranks = np.array([1, 10, 100, 1000], np.int32)
    line = fit_zipf(RankFrequency(ranks, (10**6 // ranks).astype(np.int32)))
    assert line.slope == pytest.approx(-1)
    assert line.intercept == pytest.approx(6)
    assert fit_zipf(RankFrequency(ranks[:2], ranks[:2])) is None


@given(documents())
def test_sums_by_chromosome_count_rows_and_weights(drawn):
    """Rows of no chromosome are left out."""
    document, rows = drawn
    for weights, values in (
        (None, [1] * len(rows)),
        (document.counts, [len(row.ids) for row in rows]),
        (document.hit, [row.hit for row in rows]),
    ):
        expected = [sum(value for row, value in zip(rows, values, strict=True) if row.chrom == name) for name in NAMES]
        assert sum_by_chrom(document.codes, weights, len(NAMES)).tolist() == expected


@given(documents(), st.lists(st.integers(0, 11), max_size=5), st.integers(0, 9))
def test_first_ids_are_the_beginnings_of_rows(drawn, wanted, most):
    """Ragged, at most so many a row, in the order asked for."""
    document, rows = drawn
    picked = [row for row in wanted if row < len(rows)]
    ids, offsets = first_ids_of(document, np.array(picked, np.int32), most)
    found = [ids[first:last].tolist() for first, last in pairwise(offsets)]
    assert found == [list(rows[row].ids[:most]) for row in picked]


def test_occurrences_of_ids_that_are_nowhere_are_zero():
    """Also for gaps (-1) and for ids past the largest one."""
    assert count_occurrences(np.array([0, 0, 0, 2], np.int32), np.array([-1, 3, 4], np.int32)).tolist() == [0, 2, 0]
    assert count_occurrences(np.zeros(1, np.int32), np.array([0, -1], np.int32)).tolist() == [0, 0]


def test_natural_order_counts_and_then_spells():
    """Numbers by value, then X, Y, M, then the rest by text."""
    names = ["chrM", "chr10", "chrUn_1", "chrX", "chr2", "1", "chrY"]
    assert [names[at] for at in natural_order(names)] == ["1", "chr2", "chr10", "chrX", "chrY", "chrM", "chrUn_1"]


@given(documents(kept=False), st.sampled_from(NAMES), st.integers(0, 120), st.integers(0, 3), st.booleans())
def test_locate_finds_the_first_row_there_or_the_nearest(drawn, chrom, start, length, sort):
    """The place is in the order of the view; the nearest row is one with the fewest bases between."""
    document, rows = drawn
    order = order_rows(document, View(sort=(("start", True),) if sort else ()))
    shown = [rows[at] for at in (range(len(rows)) if order is None else order)]
    text = f"{chrom}:{start:,}" if length == 1 else f"{chrom}:{start:,}-{start + length:,}"
    place = locate(document, order, text, id_of=lambda _: None, span_of=lambda _: None)
    end = start + length
    there = [(at, row) for at, row in enumerate(shown) if row.chrom == chrom]
    hits = [
        (at, row) for at, row in there if (row.start < end and row.end > start) or (row.start, row.end) == (start, end)
    ]
    assert place.found == bool(hits)
    if hits:
        assert (place.position, place.row, place.note) == (hits[0][0], hits[0][1].index, None)
    elif there:
        gap = min(max(row.start - end, start - row.end, 0) for _, row in there)
        row = shown[place.position]
        assert max(row.start - end, start - row.end, 0) == gap
        assert place.note == f"nothing there; nearest is {chrom}:{row.start:,}-{row.end:,} ({format_bases(gap)})"
    else:
        assert place.position is None
        assert place.note == f"no row on {chrom} in this view"


@pytest.mark.parametrize(
    ("text", "found", "row", "note"),
    [
        ("3", True, 1, None),
        ("  3 ", True, 1, None),
        ("7", False, 0, "nothing there; nearest is chr1:5-9 (0 bp)"),
        ("99", False, None, "no row has token 99"),
        ("<unk>", False, None, "no row has token 12"),
        ("line 4", True, 1, None),
        ("Line 3", False, None, "line 3 gave no row"),
        ("chr2", True, 1, None),
        ("chr10", False, None, "'chr10' is no position, id or token"),
        ("chr5:1-2", False, None, "no row on chr5"),
        ("hello", False, None, "'hello' is no position, id or token"),
        ("", False, None, "type a position"),
    ],
)
def test_locate_reads_ids_tokens_lines_and_names(text, found, row, note):
    """An id that no row has leads to the row nearest to its region."""
    from genotok.analysis.document import Document

    document = Document(("chr1", "chr2"), *([[0, 1], [5, 50], [9, 60], [2, 4], [4, 3], [0, 1, 2]]))
    place = locate(
        document,
        None,
        text,
        id_of={"<unk>": 12}.get,
        span_of=lambda token: Span("chr1", 9, 12) if token == 7 else None,
    )
    assert (place.found, place.row) == (found, row)
    assert place.note == note if note is None else place.note.startswith(note)


def test_spans_are_read_as_people_write_them():
    """The name ends at the last colon, commas and blanks are let pass."""
    assert parse_span("chr7:5,500,000") == Span("chr7", 5_500_000, 5_500_001)
    assert parse_span(" HLA-A*01:01:1 - 9") == Span("HLA-A*01:01", 1, 9)
    assert parse_span("chr7") is None
    assert parse_span(":5") is None
    assert parse_span("chr7:a-b") is None


def test_lengths_are_rendered_for_people():
    """Three units, one digit."""
    assert [format_bases(bases) for bases in (0, 999, 2_100, 5_512_001)] == ["0 bp", "999 bp", "2.1 kb", "5.5 Mb"]


def test_each_assembly_fits_itself_best():
    """The rows of an assembly's own ends mean that assembly, and half a chromosome's worth of rows means none."""
    for assembly, sizes in ASSEMBLIES.items():
        codes, ends = np.arange(len(sizes), dtype=np.int32), np.array(list(sizes.values()))
        assert guess_assembly(list(sizes), codes, ends) == assembly
        assert fitting_assemblies(list(sizes), codes, ends)[0] == assembly
        assert guess_assembly(list(sizes), codes, ends // 2) is None
        assert count_beyond(list(sizes), codes, ends + 1, sizes) == len(sizes)
        assert count_beyond([*list(sizes)[1:], "chrUn"], codes, ends, {}) == 0
