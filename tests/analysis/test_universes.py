from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import oracles
from analysis.documents import documents
from genotok import Regions, Universe
from genotok.analysis.universes import fare_of, meet
from genotok.values.names import natural_key
from oracles import distinct
from strategies import universes


def universe_of(rows):
    return Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))


def bases_of(rows):
    return {(chrom, base) for chrom, start, end in rows for base in range(start, end)}


def crowded():
    """Few bases, so that every one can be counted."""
    spans = st.tuples(st.sampled_from(["chr1", "chr2"]), st.integers(0, 50), st.integers(0, 12))
    return st.lists(spans.map(lambda row: (row[0], row[1], row[1] + row[2])), min_size=1, max_size=12).map(distinct)


@given(universes(), universes())
def test_two_universes_meet_as_sets_of_rows_and_bases_do(one, two):
    """Rows, overlaps, bases, chromosomes and widths, each counted by its definition."""
    found = meet(universe_of(one), universe_of(two), 5)
    assert found.same == len(set(one) & set(two))
    assert found.touched == (sum(map(bool, oracles.encode(two, one))), sum(map(bool, oracles.encode(one, two))))
    names = sorted({row[0] for row in one + two}, key=natural_key)
    assert list(found.chrom_names) == names
    for rows, counts in zip((one, two), found.chrom_rows, strict=True):
        assert counts.tolist() == [sum(row[0] == name for row in rows) for name in names]
    edges = found.edges.tolist()
    for rows, counts in zip((one, two), found.widths, strict=True):
        widths = [end - start for _, start, end in rows]
        expected = [sum(low <= each < high for each in widths) for low, high in pairwise(edges)]
        assert counts.tolist() == expected


@given(crowded(), crowded())
def test_bases_are_counted_once_however_many_rows_cover_them(one, two):
    found = meet(universe_of(one), universe_of(two), 5)
    a, b = bases_of(one), bases_of(two)
    assert (found.bases, found.shared_bases) == ((len(a), len(b)), len(a & b))
    assert found.jaccard_bases == (len(a & b) / len(a | b) if a | b else None)


def test_reversed_rows_cover_nothing_and_are_themselves():
    """Rows kept as gtars keeps them: no base is covered, and two of them are the same only if they are equal."""
    one = [("chr1", 30, 10), ("chr1", 30, 5), ("chr1", 0, 4)]
    two = [("chr1", 30, 10), ("chr1", 2, 4)]
    found = meet(universe_of(one), universe_of(two), 5)
    assert (found.same, found.bases, found.shared_bases) == (1, (4, 2), 2)


def test_rows_too_far_for_one_word_are_told_apart():
    """Ends of 2^32 - 1 on many contigs: starts and widths together need more than 63 bits."""
    far = 2**32 - 1
    one = [(f"c{at}", start, end) for at in range(9) for start, end in ((0, far), (far - 1, far), (5, 9))]
    found = meet(universe_of(one), universe_of(one[1:]), 5)
    assert found.same == len(one) - 1
    assert found.bases == (9 * far, 8 * far + 1 + 4)


@given(documents(kept=False), universes())
def test_a_file_fares_with_a_universe_as_if_tokenized_with_it(drawn, rows):
    document, queries = drawn
    found = fare_of(document, universe_of(rows))
    hits = oracles.encode(rows, [(row.chrom, row.start, row.end) for row in queries])
    distinct = len({each for ids in hits for each in ids})
    assert found == (sum(map(bool, hits)), sum(map(len, hits)), distinct)
    assert all(type(each) is int for each in found)


def test_pieces_add_up(monkeypatch):
    """Rows are searched some at a time."""
    import genotok.analysis.universes as subject

    one = universe_of([("chr1", at * 10, at * 10 + 12) for at in range(50)])
    two = universe_of([("chr1", at * 20, at * 20 + 3) for at in range(30)])
    expected = meet(one, two, 5)
    monkeypatch.setattr(subject, "_ROWS", 7)
    assert meet(one, two, 5).touched == expected.touched
    assert np.array_equal(meet(one, two, 5).edges, expected.edges)
