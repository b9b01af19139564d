"""Coverage, smoothing, peaks, bins and occupancy: marking base by base is the judge, scipy the witness, bit for bit."""

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import climbing, occupancy, peaks, windows
from genotok.kernels.bases import encode_letters
from genotok.kernels.bins import find_boundaries, flag_gaps, split_bins
from genotok.kernels.occupancy import count_cpg, count_in_bins
from genotok.kernels.peaks import find_maxima, half_widths, prominences
from genotok.kernels.ragged import offsets_of
from genotok.kernels.smoothing import gaussian_weights, smooth
from genotok.kernels.windows import count_cover, iter_runs
from motif import definitions, golden
from motif.strategies import as_bytes, sequences


@st.composite
def hit_lists(draw, longest=120):
    """A length and some rows of hits: (n, [(starts, width), ..])."""
    n = draw(st.integers(1, longest))
    rows = []
    for _ in range(draw(st.integers(0, 6))):
        width = draw(st.integers(1, min(n, 40)))
        rows.append((sorted(draw(st.sets(st.integers(0, n - width), max_size=12))), width))
    return n, rows


def as_arrays(rows):
    starts = np.array([start for each, _ in rows for start in each], dtype=np.int32)
    widths = np.array([width for _, width in rows], dtype=np.int32)
    return {
        "starts": starts,
        "offsets": offsets_of(np.array([len(e) for e, _ in rows], dtype=np.int64)),
        "widths": widths,
    }


@pytest.mark.parametrize("together", [0, 5, 2**16])
@given(hit_lists())
def test_coverage_counts_the_motif_strands_over_each_base(together, case):
    n, rows = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "_TOGETHER", together)
        assert count_cover(iter_runs(**as_arrays(rows)), n).tolist() == definitions.coverage(n, rows)


@given(hit_lists())
def test_runs_are_disjoint_and_do_not_touch(case):
    _, rows = case
    for runs in iter_runs(**as_arrays(rows)):
        for place, (begin, end) in enumerate(pairwise(runs.offsets.tolist())):
            spans = list(zip(runs.starts[begin:end].tolist(), runs.ends[begin:end].tolist(), strict=True))
            assert all(one[1] < two[0] for one, two in pairwise(spans))
            bases = {base for start, stop in spans for base in range(start, stop)}
            assert bases == definitions.covered(*rows[runs.rows.start + place])


@st.composite
def cut_lines(draw, n):
    inner = draw(st.sets(st.integers(1, max(n - 1, 1)), max_size=10))
    return sorted({0, n} | {place for place in inner if place < n})


@pytest.mark.parametrize("strip", [1, 3, 2**12])
@given(hit_lists(), st.data())
def test_cells_count_covered_bases_by_bin(strip, case, data):
    n, rows = case
    boundaries = data.draw(cut_lines(n))
    cpg = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(boundaries) - 1, max_size=len(boundaries) - 1)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(occupancy, "_STRIP", strip)
        lines = np.array(boundaries, dtype=np.int64)
        offsets, columns, counts = count_in_bins(**as_arrays(rows), boundaries=lines, cpg=cpg.astype(np.uint8))
    dense = [[0] * (len(rows) + 2) for _ in boundaries[1:]]
    for row, (begin, end) in enumerate(pairwise(offsets.tolist())):
        assert np.all(np.diff(columns[begin:end].astype(int)) > 0)
        for column, count in zip(columns[begin:end].tolist(), counts[begin:end].tolist(), strict=True):
            assert count
            dense[row][column] = count
    marked = definitions.occupied(n, boundaries, rows)
    assert dense == [[*line, each, each] for line, each in zip(marked, cpg.tolist(), strict=True)]


@given(sequences, st.data())
def test_cpg_and_gaps_are_counted_by_bin(text, data):
    if not text:
        assert len(count_cpg(encode_letters(as_bytes("")), np.zeros(1, np.int64))) == 0
        assert len(flag_gaps(encode_letters(as_bytes("")), np.zeros(1, np.int64))) == 0
        return
    plain, boundaries = text.upper(), data.draw(cut_lines(len(text)))
    inside = {base for at in range(len(plain) - 1) if plain[at : at + 2] == "CG" for base in (at, at + 1)}
    codes, lines = encode_letters(as_bytes(text)), np.array(boundaries, dtype=np.int64)
    bins = [range(*pair) for pair in pairwise(boundaries)]
    assert count_cpg(codes, lines).tolist() == [len(inside.intersection(each)) for each in bins]
    assert flag_gaps(codes, lines).tolist() == [not any(plain[at] in "ACGTU" for at in each) for each in bins]


@given(st.lists(st.integers(1, 140), max_size=8), st.integers(1, 60), st.integers(1, 30))
def test_long_bins_are_cut_from_their_left(widths, longest, step):
    boundaries = np.cumsum([0, *widths])
    expected = [0]
    for left, right in pairwise(boundaries.tolist()):
        expected += [*range(left + step, right, step), right] if right - left > longest else [right]
    assert split_bins(boundaries, longest=longest, step=step).tolist() == expected


TRACKS = 3_000


def tracks():
    """Small integer tracks: noise, plateaus, ramps, spikes."""
    random = np.random.default_rng(5)
    for case in range(TRACKS):
        track = random.integers(0, random.integers(2, 7), random.integers(1, 130))
        if case % 3 == 0:
            track = np.repeat(track, random.integers(1, 9, len(track)))
        yield track.astype(np.int32)


@pytest.mark.native
def test_smoothing_is_that_of_scipy_to_the_bit():
    from scipy.ndimage import gaussian_filter1d

    for track in tracks():
        assert np.array_equal(smooth(track, 3.0), gaussian_filter1d(track.astype(float), 3.0))
    whole = np.random.default_rng(6).integers(0, 99, 40_000)
    assert np.array_equal(smooth(whole, 3.0), gaussian_filter1d(whole.astype(float), 3.0))
    for sigma in (0.5, 1.0, 2.0, 7.5):
        assert np.allclose(smooth(whole, sigma), gaussian_filter1d(whole.astype(float), sigma), rtol=1e-14, atol=0)


def test_weights_of_any_width_add_up_to_one():
    for sigma in (0.3, 1.0, 3.0, 8.0):
        middle, *beside = gaussian_weights(sigma)
        assert len(beside) == int(4 * sigma + 0.5)
        assert middle + 2 * sum(beside) == pytest.approx(1, abs=1e-15)
        assert beside == sorted(beside, reverse=True)


@pytest.mark.native
@pytest.mark.filterwarnings("ignore:some peaks have a")  # scipy's word on windows of a few samples
@pytest.mark.parametrize("window", [None, 11, 31, 1001])
@pytest.mark.parametrize("smoothed", [False, True])
def test_peaks_are_those_of_scipy_to_the_bit(smoothed, window):
    from scipy.signal import find_peaks

    part = (None, 11, 31, 1001).index(window)  # a quarter of the tracks for each
    for track in islice(tracks(), part, None, 4):
        values = smooth(track, 3.0) if smoothed else track.astype(np.float64)
        places, theirs = find_peaks(values, width=0, wlen=window)
        ours = find_maxima(values)
        heights = prominences(values, ours, window)
        measured = half_widths(values, ours, heights)
        assert np.array_equal(ours, places)
        assert np.array_equal(heights, theirs["prominences"])
        assert np.array_equal(measured.widths, theirs["widths"])
        assert np.array_equal(measured.lefts, theirs["left_ips"])
        assert np.array_equal(measured.rights, theirs["right_ips"])


def test_flanks_far_away_are_found_by_blocks(monkeypatch):
    ramp = np.concatenate([np.arange(0, 400), np.arange(400, 0, -1)]).astype(np.float64)
    ripples = np.tile([0.0, 0.5], 400)
    track = np.concatenate([ramp + ripples, ramp / 2, [0.0]])
    tops = find_maxima(track)
    expected = half_widths(track, tops, prominences(track, tops))
    monkeypatch.setattr(peaks, "_STRIDES", 3)
    found = half_widths(track, tops, prominences(track, tops))
    assert all(np.array_equal(one, two) for one, two in zip(found, expected, strict=True))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.data())
def test_climbing_finds_the_nearest_higher_and_the_lowest_between(values, data):
    heights = np.array(values, dtype=np.float64)
    lows = np.array(
        data.draw(st.lists(st.integers(-9, 0), min_size=len(values), max_size=len(values))), dtype=np.float64
    )
    starts = np.arange(len(values), dtype=np.intp)
    first = np.array([data.draw(st.integers(0, at)) for at in range(len(values))], dtype=np.intp)
    found = climbing.climb_left(heights=heights, lows=lows, starts=starts, above=heights, first=first)
    for at, limit in enumerate(first.tolist()):
        higher = [place for place in range(limit, at) if values[place] > values[at]]
        assert found.places[at] == (higher[-1] if higher else -1)
        assert found.lows[at] == min(lows[higher[-1] if higher else limit : at], default=np.inf)


@pytest.mark.parametrize("n", [0, 1, 2, 30])
def test_a_flat_track_is_one_bin(n):
    assert find_boundaries(np.zeros(n, np.int32)).tolist() == sorted({0, n})
    assert split_bins(find_boundaries(np.zeros(n, np.int32))).tolist() == sorted({0, n})


@pytest.mark.parametrize("rule", golden.RULES)
@pytest.mark.parametrize("piece", golden.PIECES)
def test_bins_of_real_dna_are_the_golden_ones(piece, rule):
    expected = {key: golden.answers()[f"{piece}/{rule}/{key}"] for key in ("coverage", "boundaries", "indptr")}
    starts, offsets = golden.scanned(piece, rule)
    hits = {"starts": starts, "offsets": offsets, "widths": golden.plan(rule).widths}
    coverage = count_cover(iter_runs(**hits), 50_000)
    assert np.array_equal(coverage, expected["coverage"])
    boundaries = split_bins(find_boundaries(coverage))
    assert np.array_equal(boundaries, expected["boundaries"])
    cells = count_in_bins(**hits, boundaries=boundaries, cpg=count_cpg(golden.codes(piece), boundaries))
    assert np.array_equal(cells.offsets, expected["indptr"])
    assert np.array_equal(cells.columns, golden.answers()[f"{piece}/{rule}/columns"])
    assert np.array_equal(cells.counts, golden.answers()[f"{piece}/{rule}/counts"])
