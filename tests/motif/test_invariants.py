"""What must hold whatever the motifs: strands mirror, palindromes repeat, context decides, covered bases add up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.bins import find_boundaries, split_bins
from genotok.kernels.occupancy import count_in_bins
from genotok.kernels.windows import count_cover, iter_runs
from genotok.values.motifs import MotifSet
from genotok.values.search import MotifSearch
from motif import definitions, golden

JASPAR = MotifSet.from_jaspar()
PALINDROMES = 6  # motifs of JASPAR 2022 that are their own reverse complement
CONTEXT = 600  # bases beside a region that decide about the bins in it


def hits_of(piece, rule):
    starts, offsets = golden.scanned(piece, rule)
    return {"starts": starts, "offsets": offsets, "widths": golden.plan(rule).widths}


def test_a_palindrome_hits_both_strands_alike():
    found = [row for row in range(841) if np.array_equal(JASPAR.scores_of(row), JASPAR.scores_of(row)[::-1, ::-1])]
    assert len(found) == PALINDROMES
    starts, offsets = golden.scanned(golden.PIECES[0], "rel80")
    for row in found:
        plus, minus = (starts[offsets[side] : offsets[side + 1]] for side in (2 * row, 2 * row + 1))
        assert len(plus)
        assert np.array_equal(plus, minus)


@pytest.mark.parametrize("rule", golden.RULES)
def test_covered_bases_add_up(rule):
    """Every covered base of a motif-strand lies in one bin and is counted there once."""
    hits = hits_of(golden.PIECES[0], rule)
    coverage = count_cover(iter_runs(**hits), 50_000)
    cells = count_in_bins(**hits, boundaries=split_bins(find_boundaries(coverage)))
    assert cells.counts.sum(dtype=np.int64) == coverage.sum(dtype=np.int64)
    by_strand = np.bincount(cells.columns, weights=cells.counts, minlength=1682)
    for runs in iter_runs(**hits):
        lengths = np.concatenate([[0], np.cumsum(runs.ends - runs.starts, dtype=np.int64)])
        assert np.array_equal(np.diff(lengths[runs.offsets]), by_strand[runs.rows])


@pytest.mark.parametrize("rule", golden.RULES)
@given(start=st.integers(0, 49_000), width=st.integers(1, 3_000))
def test_a_region_with_context_has_the_bins_of_the_whole(rule, start, width):
    """With lows sought near a peak, 600 bases beside a region are all that its bins depend on."""
    piece = golden.PIECES[0]
    coverage = count_cover(iter_runs(**hits_of(piece, rule)), 50_000)
    whole = find_boundaries(coverage, window=1001)
    end = min(start + width, 50_000)
    first, last = max(start - CONTEXT, 0), min(end + CONTEXT, 50_000)
    part = find_boundaries(coverage[first:last], window=1001) + first
    assert np.array_equal(part[(part > start) & (part < end)], whole[(whole > start) & (whole < end)])


@given(st.integers(0, 400), st.integers(0, 49_600))
def test_hits_on_a_part_are_those_of_the_whole_that_lie_in_it(width, begin):
    piece, search = golden.PIECES[1], SEARCH
    found = search.find(golden.codes(piece)[begin : begin + width])
    whole = WHOLE
    for row in range(len(found.offsets) - 1):
        starts = whole.starts[whole.offsets[row] : whole.offsets[row + 1]] - begin
        inside = starts[(starts >= 0) & (starts + search.widths[row] <= width)]
        assert found.starts[found.offsets[row] : found.offsets[row + 1]].tolist() == inside.tolist()


SEARCH = MotifSearch(JASPAR.subset(slice(0, None, 70)))
WHOLE = SEARCH.find(golden.codes(golden.PIECES[1]))


def test_windows_may_pass_the_end():
    """One more base to each run is how some read the ends of scan tables."""
    rows = [([0, 7], 3), ([5], 5)]
    arrays = {
        "starts": np.array([0, 7, 5], np.int32),
        "offsets": np.array([0, 2, 3]),
        "widths": np.array([3, 5], np.int32) + 1,
    }
    longer = [(starts, width + 1) for starts, width in rows]
    marked = [{base for base in definitions.covered(*each) if base < 10} for each in longer]
    assert count_cover(iter_runs(**arrays), 10).tolist() == [sum(base in each for each in marked) for base in range(10)]
    offsets, columns, counts = count_in_bins(**arrays, boundaries=np.array([0, 4, 10]))
    dense = np.zeros((2, 2), int)
    dense[np.repeat([0, 1], np.diff(offsets).astype(np.intp)), columns] = counts
    assert dense.tolist() == [
        [len([b for b in each if b // 4 == 0]) for each in marked],
        [len([b for b in each if b >= 4]) for each in marked],
    ]
