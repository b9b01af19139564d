"""Tables: columns found by name whatever the case, names by first appearance, numbers as they are or not at all."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import InputError, IntervalError
from genotok.values.columns import UNREADABLE, coded_names, whole_numbers
from genotok.values.frames import columns_of, is_lazy, is_table
from genotok.values.regions import Regions

FRAME = {"chrom": ["chr2", "chr1", "chr2"], "start": [1, 2, 3], "end": [4, 5, 6]}
NUMBER_TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", ">i4", "O"]


@pytest.mark.parametrize("chrom", ["chrom", "chr", "Chromosome", "seqname", "SEQNAMES", "seqid", "contig", "#chrom"])
@pytest.mark.parametrize(("start", "end"), [("start", "end"), ("chromStart", "chromEnd"), ("Begin", "STOP")])
def test_columns_are_found_by_any_of_their_names(chrom, start, end):
    """The usual names of BED, GFF, GRanges and PyRanges are known, whatever the case and the order."""
    table = {end: [4], "score": [7], start: [1], chrom: ["chr1"]}
    assert Regions.from_frame(table).to_tuples() == [("chr1", 1, 4)]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("chr", "chrom", "start", "end"), r"columns 'chr' and 'chrom' could both be the chromosome; drop or rename"),
        (("chr", "start", "chromStart", "end"), r"columns 'start' and 'chromStart' could both be the start"),
        (("chr", "start", "end", "End"), r"columns 'end' and 'End' could both be the end"),
        (("start", "end"), r"no column is the chromosome \(columns: start, end\); name it one of chrom, chr, "),
        (("chr", "end"), r"no column is the start \(columns: chr, end\); name it one of chromstart, start, begin"),
        ((), r"no column is the chromosome \(columns: none\)"),
    ],
)
def test_none_or_two_candidates_are_refused(names, message):
    """A column is never guessed: the error names the candidates, or the columns there are."""
    with pytest.raises(InputError, match=message):
        Regions.from_frame({name: ["chr1"] if name.startswith("chr") else [1] for name in names})


@pytest.mark.parametrize("dtype", NUMBER_TYPES)
def test_numbers_of_every_whole_type_are_taken(dtype):
    """Integers of any width and sign, whole floats, and objects give the same regions."""
    table = FRAME | {"start": np.array([1, 2, 3], dtype), "end": np.array([4, 5, 6], dtype)}
    assert Regions.from_frame(table).to_tuples() == [("chr2", 1, 4), ("chr1", 2, 5), ("chr2", 3, 6)]


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([1, 2.5, 3], r"row 1: start 2.5 is not a whole number; fill or drop such rows"),
        (np.array([1, 2, np.nan]), r"row 2: start nan is not a whole number"),
        (np.array([np.inf, 2, 3]), r"row 0: start inf is not a whole number"),
        ([1, None, 3], r"row 1: start None is not a whole number"),
        (["1", 2, 3], r"row 0: start '1' is not a whole number; it is text: convert the column"),
        ([1, Decimal("2.5"), 3], r"row 1: start Decimal\('2.5'\) is not a whole number; fill or drop"),
        (np.ma.masked_array([1, 2, 3], [False, True, False]), r"row 1: start .* is not a whole number"),
        ([1, 2, -3], r"row 2: start -3 is negative; clip to 0"),
        ([1, 10**30, 3], r"row 1: start \d+ exceeds"),
        (np.array([1, 2**64 - 1, 3], np.uint64), r"row 1: start \d+ exceeds"),
    ],
)
def test_numbers_that_are_not_whole_are_refused_with_their_row(starts, message):
    """Nothing is rounded, parsed or filled: the first such row is named."""
    with pytest.raises(IntervalError, match=message):
        Regions.from_frame(FRAME | {"start": starts})


@pytest.mark.parametrize("starts", [[1, 2.5, 3], [1, None, 3], [1, "x", 3], [1, -2, 3], [1, 10**30, 3], [1, 9, 3]])
def test_skipped_rows_stay_as_rows_that_hit_nothing(starts):
    """Under 'skip' a row that breaks a rule keeps its place, without a chromosome."""
    regions = Regions.from_frame(FRAME | {"start": starts}, invalid="skip")
    assert regions.codes.tolist() == [0, -1, 0]


def test_a_missing_name_is_refused_with_its_row_and_skipped_on_request():
    """None and NaN are no names."""
    for missing in (None, float("nan")):
        frame = FRAME | {"chrom": ["chr2", missing, "chr1"]}
        with pytest.raises(IntervalError, match=r"row 1: the chromosome name is missing; fill or drop such rows"):
            Regions.from_frame(frame)
        assert Regions.from_frame(frame, invalid="skip").codes.tolist() == [0, -1, 1]


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("start", [True, False, True], r"column 'start' holds booleans; give whole numbers"),
        ("start", [1, True, 3], r"column 'start' holds booleans"),
        ("start", np.array([1, 0, 1], bool), r"column 'start' holds bool, not whole numbers"),
        ("start", np.array([1, True, 3], object), r"column 'start' holds booleans"),
        ("start", np.array(["2020"] * 3, "M8[D]"), r"column 'start' holds datetime64\[D\], not whole numbers"),
        ("start", [[1, 2], [3], []], r"column 'start' is nested, not a column of numbers"),
        ("start", np.zeros((3, 1)), r"column 'start' is nested"),
        ("end", 6, r"column 'end' is one value, not a column of numbers"),
        ("end", [4, 5], r"3 chromosomes, 3 starts and 2 ends; columns must be equally long"),
        ("chrom", [1, 2, 3], r"column 'chrom' holds 1, which is no text; chromosome names are text: '1', not 1"),
        ("chrom", [b"chr1"] * 3, r"column 'chrom' holds b'chr1', which is no text"),
        ("chrom", [["a"], ["b"], ["c"]], r"column 'chrom' holds nested values"),
        ("chrom", "chr1", r"column 'chrom' is one value, not a column of names"),
        ("chrom", ["a", "b\tc", "d"], r"chromosome name 'b\\tc' holds a TAB, a line end or no valid Unicode"),
        ("chrom", np.array([b"\xff"] * 3), r"column 'chrom' holds bytes that are not UTF-8; decode it"),
    ],
)
def test_columns_of_another_kind_are_refused(column, values, message):
    """A column that can't mean names or whole numbers is named with what it holds."""
    with pytest.raises(InputError, match=message):
        Regions.from_frame(FRAME | {column: values})


@given(st.lists(st.sampled_from(["chr1", "chr10", "chrX", "", "HLA-A*01:01", "chré"])))
def test_names_are_coded_by_first_appearance_whatever_holds_them(names):
    """Lists, tuples, text arrays, object arrays and byte arrays give one coding."""
    table = list(dict.fromkeys(names))
    codes = [table.index(name) for name in names]
    encoded = np.array([name.encode() for name in names], dtype="S20")
    for values in (names, tuple(names), np.array(names, "U20"), np.array(names, object), encoded):
        found, found_codes = coded_names(values)
        assert (list(found), found_codes.tolist()) == (table, codes)
        assert found_codes.dtype == np.int32


class Categories:
    """A categorical column, of which nothing but codes and categories may be asked."""

    categories = ("chrZ", "chr1", "chr2")
    codes = np.array([2, 1, -1, 2], np.int8)

    def __len__(self):
        return len(self.codes)


def test_categories_are_read_by_code_and_unused_ones_left_out():
    """A categorical column costs no look at its texts; -1 is a missing name."""
    names, codes = coded_names(Categories(), invalid="skip")
    assert (names, codes.tolist()) == (("chr2", "chr1"), [0, 1, -1, 0])


def test_structured_arrays_are_tables():
    """The fields of a record array are columns."""
    rows = np.array([("chr1", 1, 4), ("chr2", 2, 5)], [("chr", "U5"), ("start", "u4"), ("stop", "i2")])
    assert Regions.from_frame(rows).to_tuples() == [("chr1", 1, 4), ("chr2", 2, 5)]


def test_closed_coordinates_that_count_from_one_are_read_on_request():
    """1-based closed 1-10 is 0-based half-open 0-10, and only when said."""
    table = {"seqid": ["chr1"], "start": [1], "end": [10]}
    assert Regions.from_frame(table, coords="1-based").to_tuples() == [("chr1", 0, 10)]
    assert Regions.from_frame(table).to_tuples() == [("chr1", 1, 10)]
    assert Regions.from_frame(table | {"start": [None]}, coords="1-based", invalid="skip").codes.tolist() == [-1]


class LazyPlan:
    """A plan for a table, as lazy libraries have it."""

    columns = ("chrom", "start", "end")

    def collect_schema(self):
        raise AssertionError("a plan must not be resolved")


def test_lazy_tables_are_refused_unresolved():
    """A plan is recognised without running it."""
    assert is_lazy(LazyPlan())
    assert is_table(LazyPlan())
    with pytest.raises(InputError, match=r"a lazy LazyPlan has no rows yet; collect first: pass frame.collect\(\)"):
        columns_of(LazyPlan())


def test_what_has_no_columns_is_no_table():
    """Lists, texts and numbers are not mistaken for tables."""
    for value in ([("chr1", 1, 2)], "peaks.bed", 5, None, np.zeros(3), range(3)):
        assert not is_table(value)
    with pytest.raises(InputError, match=r"list is no table; give a data frame, or a dict of three columns"):
        columns_of([1])


def test_no_rows_are_a_table_too():
    """Empty columns of any kind give no regions."""
    for empty in ([], (), np.empty(0), np.empty(0, "U1"), np.empty(0, object)):
        assert len(Regions.from_frame({"chrom": empty, "start": [], "end": np.empty(0, int)})) == 0


def test_unreadable_numbers_become_one_that_every_rule_refuses():
    """Under 'skip' the marker survives the shift to 0-based coordinates."""
    numbers = whole_numbers([1, None, 2.5], "start", invalid="skip")
    assert numbers.tolist() == [1, UNREADABLE, UNREADABLE]
    assert (numbers - 1)[1] < 0
