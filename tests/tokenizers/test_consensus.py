"""A consensus universe is what the definition says, base by base."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok import GenotokError, Regions, Universe
from genotok.errors import InputError, IntervalError, UniverseError
from genotok.tokenizers.consensus import ConsensusRules, build_universe
from genotok.values.coverage import Coverage
from genotok.values.names import natural_key

NAMES = ["chr2", "chr10", "chrX", "chrUn_1"]
rows = st.tuples(st.sampled_from(NAMES), st.integers(0, 30), st.integers(0, 9)).map(
    lambda row: (row[0], row[1], row[1] + row[2])
)
files = st.lists(st.lists(rows, max_size=8), min_size=1, max_size=7)
cutoffs = st.integers(1, 5) | st.sampled_from([0.07, 0.1, 0.3, 0.5, 0.999, 1.0, "mean"])
sizes = st.none() | st.dictionaries(st.sampled_from(NAMES), st.integers(40, 90))


def build(sets, **choices):
    return build_universe([Regions.from_tuples(each) for each in sets], **choices)


def expected(sets, *, cutoff, merge, min_width, order, chrom_sizes):
    """Spell the rules out: a base belongs if its depth, a whole number, is not below the cut-off, a fraction."""
    depths = oracles.depths(sets)
    needed = {}
    for name in NAMES:
        ends = [end for each in sets for chrom, _, end in each if chrom == name]
        length = (chrom_sizes or {}).get(name, max(ends, default=0))
        total = sum(depth for (chrom, _), depth in depths.items() if chrom == name)
        needed[name] = cutoff
        if isinstance(cutoff, float):
            needed[name] = ceil(Fraction(str(cutoff)) * len(sets))
        elif cutoff == "mean":
            needed[name] = Fraction(total, max(length, 1))
    bases = [base for base, depth in depths.items() if depth >= needed[base[0]]]
    found = oracles.runs(bases, merge=merge, min_width=min_width)
    return sorted(found, key=lambda row: (natural_key(row[0]) if order == "natural" else row[0], row[1]))


@given(files, cutoffs, st.integers(0, 4), st.integers(0, 6), st.sampled_from(["natural", "text"]), sizes)
def test_regions_match_the_definition(sets, cutoff, merge, min_width, order, chrom_sizes):
    """Every cut-off, gap, width, order and length gives the runs that counting bases gives, or says none is left."""
    choices = {"cutoff": cutoff, "merge": merge, "min_width": min_width, "order": order, "chrom_sizes": chrom_sizes}
    wanted = expected(sets, **choices)
    if wanted:
        assert build(sets, **choices).regions.to_tuples() == wanted
    else:
        with pytest.raises(UniverseError, match="no base is left"):
            build(sets, **choices)


def test_a_file_counts_once_however_many_rows_lie_there():
    """Three rows of one file over a base are one file."""
    sets = [[("chr1", 0, 10), ("chr1", 2, 8), ("chr1", 2, 8)], [("chr1", 5, 20)]]
    assert build(sets, cutoff=2).regions.to_tuples() == [("chr1", 5, 10)]


def test_a_gap_of_exactly_the_distance_is_joined():
    """Unlike geniml, which joins only gaps of less than D - 1 bases, and whose filter alone leaves single bases."""
    sets = [[("chr1", 0, 10), ("chr1", 15, 30)]]
    assert build(sets, merge=5).regions.to_tuples() == [("chr1", 0, 30)]
    assert build(sets, merge=4).regions.to_tuples() == [("chr1", 0, 10), ("chr1", 15, 30)]
    assert build(sets, min_width=11).regions.to_tuples() == [("chr1", 15, 30)]


@pytest.mark.parametrize(
    ("share", "count", "needed"), [(0.5, 3, 2), (0.07, 100, 7), (1.0, 9, 9), (0.001, 5, 1), (0.29, 100, 29)]
)
def test_a_share_is_rounded_up_from_the_decimal_as_written(share, count, needed):
    """0.29 * 100 is 28.999999999999996 in binary; the share means 29."""
    assert ConsensusRules(share).files_needed(count) == needed


def test_paths_and_regions_mix(tmp_path):
    """Sources are what `read_bed` reads, and Regions; the result is a Universe like any other."""
    path = tmp_path / "a.bed"
    path.write_text("chr1\t0\t10\nchr2\t5\t6\n")
    universe = build_universe([path, Regions.from_tuples([("chr1", 5, 20)])], cutoff=2)
    assert universe == Universe.from_regions(Regions.from_tuples([("chr1", 5, 10)]))
    with path.open("rb") as file:
        assert build_universe([file]).n_regions == 2


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"cutoff": 0}, "cutoff=0 is no depth; 'mean', a number of files from 1, or a share of them above 0"),
        ({"cutoff": 1.5}, "cutoff=1.5 is no depth"),
        ({"cutoff": 0.0}, "cutoff=0.0 is no depth"),
        ({"cutoff": float("nan")}, "cutoff=nan is no depth"),
        ({"cutoff": True}, "cutoff=True is no depth"),
        ({"cutoff": "median"}, "cutoff='median' is no depth"),
        ({"merge": -1}, "merge=-1 is no number of bases; 0 or more"),
        ({"min_width": 2.5}, "min_width=2.5 is no number of bases"),
        ({"order": "size"}, "order='size' is unknown; 'natural' or 'text'"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choices, message):
    with pytest.raises(InputError, match=message):
        build([[("chr1", 0, 10)]], **choices)


def test_one_file_is_no_list_and_any_iterable_is(tmp_path):
    """The letters of a path would be taken for files."""
    (tmp_path / "a.bed").write_text("chr1\t10\t30\n")
    for one in (str(tmp_path / "a.bed"), tmp_path / "a.bed", Regions.from_tuples([("chr1", 1, 2)])):
        with pytest.raises(InputError, match=f"{type(one).__name__} is no list of files; give a list, also of one"):
            build_universe(one)
    assert build_universe(each for each in tmp_path.iterdir()).regions.to_tuples() == [("chr1", 10, 30)]
    with pytest.raises(InputError, match="there is no file; give at least one"):
        build_universe(iter([]))


def test_nothing_left_names_the_reason():
    """What is too high, too wide or empty is told with the figure that helps."""
    sets = [[("chr1", 0, 10)], [("chr1", 20, 30)], [("chr1", 5, 5)]]
    with pytest.raises(UniverseError, match="no base is covered by more than 1 of 3 files; lower the cut-off"):
        build(sets, cutoff=2)
    with pytest.raises(UniverseError, match="all 2 regions are narrower than the least width of 11 bp"):
        build(sets, min_width=11)
    with pytest.raises(UniverseError, match="the files cover no base at all"):
        build(sets[2:])
    with pytest.raises(InputError, match="there is no file; give at least one"):
        build([])


def test_a_row_past_the_end_of_its_chromosome_is_an_error():
    with pytest.raises(IntervalError, match="a row ends at 10, and chr1 has 9 bases by the chromosome sizes; are they"):
        build([[("chr1", 0, 10)]], chrom_sizes={"chr1": 9})


def test_errors_are_of_the_package():
    for error in (InputError, IntervalError, UniverseError):
        assert issubclass(error, GenotokError)


def test_the_mean_is_exact_where_floats_are_not():
    """A depth that equals the mean counts, also where both are large: here 3 files cover the whole chromosome."""
    length = 3 * 10**9
    coverage = Coverage.of(
        Regions.from_codes(["c"], np.zeros(1, np.int32), np.array([0]), np.array([length]), invalid="keep")
    )
    total = coverage + coverage + coverage
    assert ConsensusRules().depths_needed(total).tolist() == [3]
    assert ConsensusRules(chrom_sizes={"c": length + 1}).depths_needed(total).tolist() == [3]
    assert ConsensusRules(chrom_sizes={"c": length * 3 // 2}).depths_needed(total).tolist() == [2]
