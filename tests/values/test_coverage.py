"""The coverage of a set of files: a sum that does not depend on its order."""

import pickle
from collections import Counter
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import Regions
from genotok.values.coverage import Coverage, CoverageSum

rows = st.tuples(st.sampled_from(["chr2", "chr10", "chrX", "a:1"]), st.integers(0, 30), st.integers(0, 9)).map(
    lambda row: (row[0], row[1], row[1] + row[2])
)
files = st.lists(st.lists(rows, max_size=8), max_size=7)


def coverages(sets):
    return [Coverage.of(Regions.from_tuples(each)) for each in sets]


@given(files)
def test_depths_match_the_definition(sets):
    """Segments, bases of each depth, sums and lengths are those of bases counted one by one."""
    total = CoverageSum(coverages(sets)).total()
    depths = oracles.depths(sets)
    listed = {(chrom, base): depth for chrom, start, end, depth in total.to_tuples() for base in range(start, end)}
    assert listed == depths
    counted = Counter(depths.values())
    assert total.bases_by_depth().tolist() == [0, *(counted[depth] for depth in range(1, max(counted, default=0) + 1))]
    sums = Counter()
    for (chrom, _), depth in depths.items():
        sums[chrom] += depth
    assert dict(zip(total.chrom_names, total.total_depths().tolist(), strict=True)) == {
        name: sums[name] for name in total.chrom_names
    }
    furthest = {}
    for chrom, _, end in (row for each in sets for row in each):
        furthest[chrom] = max(furthest.get(chrom, 0), end)
    assert dict(zip(total.chrom_names, total.lengths.tolist(), strict=True)) == furthest
    assert (total.files, total.rows) == (len(sets), sum(map(len, sets)))
    assert total.covering == sum(end > start for each in sets for _, start, end in each)


@given(files, st.randoms())
def test_the_order_of_the_files_does_not_matter(sets, random):
    parts = coverages(sets)
    shuffled = random.sample(parts, len(parts))
    assert CoverageSum(shuffled).total() == reduce(add, parts, Coverage.none()) == CoverageSum(parts).total()


def test_borders_are_merged_a_few_times_however_many_files(monkeypatch):
    """Adding 256 files looks at each border about log2(256) times, not 256 times; equal files take no more memory."""
    looked_at, most = [], []
    parts = coverages([[("chr1", 100 * at + file, 100 * at + file + 9) for at in range(50)] for file in range(256)])
    plus = Coverage.__add__

    def watched(one, two):
        looked_at.append(len(one.positions) + len(two.positions))
        return plus(one, two)

    monkeypatch.setattr(Coverage, "__add__", watched)
    total = CoverageSum()
    for part in parts:
        total.add(part)
        most.append(sum(len(each.positions) for each in total._parts))
    borders = sum(len(part.positions) for part in parts)
    distinct = len(total.total().positions)
    assert sum(looked_at) <= 10 * borders
    assert max(most) <= 2 * distinct


def test_rows_of_no_chromosome_and_reversed_rows_cover_nothing():
    regions = Regions(("chr1",), np.array([0, -1, 0], np.int32), np.array([5, 1, 9]), np.array([7, 2, 3]))
    found = Coverage.of(regions)
    assert found.to_tuples() == [("chr1", 5, 7, 1)]
    assert (found.rows, found.covering) == (3, 1)


def test_far_coordinates_stay_apart():
    """The last base that may be kept and the first of the next chromosome do not touch."""
    top = 2**32 - 1
    regions = Regions(("a", "b"), np.array([0, 1], np.int32), np.array([top - 2, 0]), np.array([top, 3]))
    assert Coverage.of(regions).to_tuples() == [("a", top - 2, top, 1), ("b", 0, 3, 1)]


def test_it_is_frozen_and_survives_pickling():
    found = Coverage.of(Regions.from_tuples([("chr1", 1, 5)]))
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert repr(again) == "Coverage(1 files, 2 borders on 1 chromosomes)"
    for each in (found, again):
        with pytest.raises(ValueError, match="read-only"):
            each.positions[0] = 3
    assert found != 3
