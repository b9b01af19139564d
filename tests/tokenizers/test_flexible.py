"""The most likely flexible regions are what looking at every base finds, and what geniml finds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import Regions
from genotok.errors import InputError, UniverseError
from genotok.tokenizers import flexible
from genotok.tokenizers.consensus import ConsensusRules, build_universe
from genotok.tokenizers.flexible import FlexibleRegions, Tracks, TracksSum, build_flexible, choose_flexible

GENIML = Path(__file__).parents[1] / "fixtures" / "geniml"
SIZES = {"chr1": 90_000, "chr2": 60_000}

rows = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda row: ("chr1", row[0], row[0] + row[1]))
files = st.lists(st.lists(rows, max_size=4), min_size=1, max_size=5)


def depths_by_base(sets, smooth, size):
    """Count files with a start, a core and an end at each base: (3, size)."""
    depths = np.zeros((3, size), dtype=np.int64)
    for each in sets:
        seen = np.zeros((3, size), dtype=bool)
        for _, start, end in each:
            if end > start:
                seen[0, max(start - smooth, 0) : start + smooth + 1] = True
                seen[1, start:end] = True
                seen[2, max(end - 1 - smooth, 0) : end + smooth] = True
        depths += seen
    return depths


def best_likelihood(sets, smooth, length):
    """Go base by base: the highest sum of log10 likelihoods of a path from background to background, and all scores."""
    size = length + 2 * smooth + 9
    depths = depths_by_base(sets, smooth, size)
    totals = depths.sum(axis=1)
    within = np.log10(depths / np.maximum(totals, 1)[:, None] + 1e-10)
    without = np.log10((len(sets) - depths) / np.maximum(len(sets) * length - totals, 1)[:, None] + 1e-10)
    background = without.sum(axis=0)
    scores = np.stack([*(background + within - without), background])
    values = np.array([-np.inf, -np.inf, -np.inf, 0.0])
    for base in range(size):
        values = np.maximum(values, np.roll(values, 1)) + scores[:, base]
    return values[3], scores


@given(files, st.integers(0, 4), st.integers(95, 400))
def test_no_regions_are_more_likely(sets, smooth, length):
    """The likelihood of what is found is the highest that there is; none at all is found only if that is likeliest."""
    best, scores = best_likelihood(sets, smooth, length)
    states = np.full(scores.shape[1], 3)
    tracks = TracksSum(Tracks.of(Regions.from_tuples(each), smooth=smooth) for each in sets).total()
    if not tracks.cores.covering:
        return
    try:
        found = choose_flexible(tracks, ConsensusRules(chrom_sizes={"chr1": length}))
    except UniverseError:
        found = None
    for _, start, core, behind, end in found.to_tuples() if found else []:
        states[start:core], states[core:behind], states[behind:end] = 0, 1, 2
    likelihood = scores[states, np.arange(scores.shape[1])].sum()
    assert likelihood == pytest.approx(best, abs=1e-3)


def test_it_is_what_geniml_finds():
    """Every region with both of its soft borders is the one that geniml recorded."""
    found = build_flexible(sorted(GENIML.glob("[0-9].bed")), chrom_sizes=SIZES)
    told = [line.split("\t") for line in (GENIML / "ml.bed").read_text().splitlines()]
    assert found.to_tuples() == [(row[0], int(row[1]), int(row[6]), int(row[7]), int(row[2])) for row in told]
    assert len(told) > 60


def test_a_cutoff_is_what_geniml_finds():
    """So are the regions of a cut-off."""
    found = build_universe(sorted(GENIML.glob("[0-9].bed")), cutoff=3)
    told = [line.split("\t") for line in (GENIML / "cc.bed").read_text().splitlines()]
    assert found.regions.to_tuples() == [(chrom, int(start), int(end)) for chrom, start, end in told]


def test_gaps_are_cut_where_nothing_changes(monkeypatch):
    """Sequences that are cut at long gaps give what one whole chromosome gives."""
    sources = [Regions.from_tuples(each) for each in ([("c", 10**at, 10**at + 90) for at in range(2, 7)],) * 3]
    cut = build_flexible(sources, chrom_sizes={"c": 10**7})
    monkeypatch.setattr(flexible._Model, "long_gaps", lambda _self: np.array([2**62]))
    whole = build_flexible(sources, chrom_sizes={"c": 10**7})
    assert cut.to_tuples() == whole.to_tuples()
    assert len(cut.regions) == 5


def test_regions_keep_within_their_chromosome():
    """Smearing reaches past neither end."""
    sources = [Regions.from_tuples([("c", 3, 60), ("c", 940, 1000)])] * 3
    found = build_flexible(sources, chrom_sizes={"c": 1000})
    assert found.regions.to_tuples()[0][1] == 0
    assert found.regions.to_tuples()[-1][2] == 1000


def test_narrow_regions_go_and_chromosomes_are_ordered():
    rows_of = [[("chr10", 100, 300), ("chr2", 100, 130)], [("chr10", 101, 299), ("chr2", 101, 131)]]
    sources = [Regions.from_tuples(each) for each in rows_of]
    sizes = {"chr2": 5000, "chr10": 5000}
    found = build_flexible(sources, smooth=5, chrom_sizes=sizes)
    assert [row[0] for row in found.to_tuples()] == ["chr2", "chr10"]
    assert isinstance(found, FlexibleRegions)
    wide = build_flexible(sources, smooth=5, chrom_sizes=sizes, min_width=100, order="text")
    assert wide.to_tuples() == found.to_tuples()[1:]
    with pytest.raises(UniverseError, match="no region is likely; all 2 are narrower than the least width"):
        build_flexible(sources, smooth=5, chrom_sizes=sizes, min_width=1000)


def test_bad_choices_are_refused():
    with pytest.raises(InputError, match="smooth=-1 is no number of bases"):
        build_flexible([Regions.empty()], smooth=-1)
    with pytest.raises(InputError, match="there is no file"):
        build_flexible([])
    with pytest.raises(InputError, match=r"str is no list of files; give a list, also of one"):
        build_flexible("a.bed")
    with pytest.raises(UniverseError, match="no region is likely; are there enough files"):
        build_flexible([Regions.from_tuples([("c", 5, 5)])])
