"""How a universe fits a file, each figure against its definition."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import Regions, Universe
from genotok.analysis.assessment import FAR, WIDTH_EDGES, Fit, Fitter
from oracles import distinct

rows = st.tuples(st.sampled_from(["chr1", "chr2", "chr3"]), st.integers(0, 50), st.integers(0, 12)).map(
    lambda row: (row[0], row[1], row[1] + row[2])
)
universes = st.lists(rows, min_size=1, max_size=8).map(distinct)
files = st.lists(rows, max_size=10)


def fit(universe, regions):
    return Fitter(Universe.from_regions(Regions.from_tuples(universe))).fit(Regions.from_tuples(regions))


def bases_of(regions):
    return {(chrom, base) for chrom, start, end in regions for base in range(start, end)}


@given(universes, files)
def test_a_fit_is_what_counting_gives(universe, regions):
    """Hits, tokens, bases, borders and widths."""
    found = fit(universe, regions)
    hits = oracles.encode(universe, regions)
    assert (found.files, found.rows) == (1, len(regions))
    assert (found.hit, found.tokens) == (sum(map(bool, hits)), sum(map(len, hits)))
    assert found.bases == len(bases_of(regions))
    assert found.bases_inside == len(bases_of(regions) & bases_of(universe))
    distances = []
    for column in (1, 2):
        for row in regions:
            ways = [abs(row[column] - each[column]) for each in universe if each[0] == row[0]]
            distances += [min(ways)] if ways else []
    assert found.placed * 2 == len(distances)
    assert np.repeat(np.arange(FAR + 1), found.distances.astype(np.intp)).tolist() == sorted(distances)
    widths = sorted(end - start for _, start, end in regions)
    classes = [int(np.searchsorted(WIDTH_EDGES, width, side="right")) - 1 for width in widths]
    assert np.repeat(np.arange(len(found.widths)), found.widths.astype(np.intp)).tolist() == classes
    for share in (0.25, 0.5, 0.95, 1.0):
        least = found.distance_at(share)
        if not distances:
            assert least is None
        else:
            assert sum(way <= least for way in distances) >= share * len(distances) - 1e-9
            assert least == 0 or sum(way < least for way in distances) < max(share * len(distances), 1)


@given(universes, files, files)
def test_fits_add_up(universe, one, two):
    """Of two files together every figure is the sum of both."""
    total = fit(universe, one) + fit(universe, two) + Fit.none()
    for name in ("rows", "hit", "tokens", "bases", "bases_inside", "placed"):
        assert getattr(total, name) == getattr(fit(universe, one), name) + getattr(fit(universe, two), name)
    assert total.files == 2


def test_what_is_far_counts_as_far():
    """Distances from 2^16 on share one count, and a chromosome without a region has none at all."""
    found = fit([("chr1", 0, 10)], [("chr1", FAR, FAR + 9), ("chr1", 10**9, 10**9 + 5), ("chr9", 1, 2)])
    assert found.distances[FAR] == 3
    assert found.distances[FAR - 1] == 1
    assert found.placed == 2


def test_the_classes_of_width_hold_every_width():
    assert WIDTH_EDGES[0] == 0
    assert WIDTH_EDGES[1] == 1
    assert WIDTH_EDGES[-1] == 2**32
    assert np.all(np.diff(WIDTH_EDGES) > 0)


def test_a_soft_border_is_nowhere_far_within():
    """A start before the core, and an end behind it, count as where the region has them."""
    universe = [("c", 100, 300), ("c", 400, 420)]
    cores = np.array([130, 401]), np.array([250, 419])
    fitter = Fitter(Universe.from_regions(Regions.from_tuples(universe)), cores)
    starts = [set(range(100, 130)), {400}]
    ends = [set(range(251, 301)), {420}]
    for start in range(80, 430, 7):
        for end in (start + 1, start + 60, 251, 300, 420):
            if end > start:
                found = fitter.fit(Regions.from_tuples([("c", start, end)]))
                ways = [
                    min(abs(place - each) for part in parts for each in part)
                    for place, parts in ((start, starts), (end, ends))
                ]
                assert np.repeat(np.arange(FAR + 1), found.distances.astype(np.intp)).tolist() == sorted(ways)
