"""Regions: columns that agree, checked once at birth."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import InputError, IntervalError
from genotok.io.bedreader import BedReader
from genotok.values.lines import LineBytes, LineMap
from genotok.values.regions import Regions
from strategies import universes

ROWS = [("chr2", 5, 9), ("chr1", 10, 20), ("chr2", 7, 7)]


def regions_of_text(text, **options):
    reader = BedReader("q.bed", **options)
    return Regions.concat([reader.feed(text), reader.close()])


def test_names_are_coded_by_first_appearance():
    regions = Regions.from_tuples(ROWS)
    assert regions.chrom_names == ("chr2", "chr1")
    assert regions.codes.tolist() == [0, 1, 0]
    assert (regions.codes.dtype, regions.starts.dtype, regions.ends.dtype) == (np.int32, np.int64, np.int64)
    assert regions.source is None
    assert len(regions) == 3


@given(rows=universes(kept=True))
def test_triples_arrays_and_tables_say_the_same(rows):
    names, starts, ends = (list(column) for column in zip(*rows, strict=True))
    from_tuples = Regions.from_tuples(rows, invalid="keep")
    from_arrays = Regions.from_arrays(np.array(names), np.array(starts), ends, invalid="keep")
    from_frame = Regions.from_frame({"Chr": names, "chromStart": starts, "STOP": np.array(ends)}, invalid="keep")
    assert from_tuples.to_tuples() == rows
    assert from_tuples == from_arrays == from_frame
    assert from_tuples.chrom_names == from_arrays.chrom_names == from_frame.chrom_names


def test_one_based_closed_coordinates_are_shifted_at_the_door():
    frame = {"seqnames": ["chr1", "chr1"], "start": [1, 100], "end": [10, 100]}
    assert Regions.from_frame(frame, coords="1-based").to_tuples() == [("chr1", 0, 10), ("chr1", 99, 100)]
    with pytest.raises(IntervalError, match=r"^row 0: start -1 is negative; clip to 0$"):
        Regions.from_frame({"chrom": ["chr1"], "start": [0], "end": [5]}, coords="1-based")
    with pytest.raises(InputError, match=r"coords '2-based' is unknown; '0-based' or '1-based'"):
        Regions.from_frame(frame, coords="2-based")


def test_arrays_are_read_only_and_the_callers_own_stay_writable():
    starts, ends = np.array([1, 5]), np.array([3, 9])
    regions = Regions(("chr1",), np.zeros(2, np.int32), starts, ends)
    for column in (regions.codes, regions.starts, regions.ends):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
    starts[0] = 2
    with pytest.raises(AttributeError, match="cannot assign"):
        regions.starts = starts


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("chr1", -1, 5), r"^row 1: start -1 is negative; clip to 0$"),
        (("chr1", 9, 5), r"^row 1: end 5 precedes start 9; BED lists start first; invalid='keep' keeps such rows$"),
        (("chr1", 1, 2**31), r"^row 1: end 2147483648 exceeds 2,147,483,647; invalid='keep' allows up to 4,294"),
        (("chr1", 1, 2**32), r"^row 1: end 4294967296 exceeds [0-9,]+; no chromosome is this long$"),
        (("chr1", 1.5, 5), r"^row 1: start 1.5 is not a whole number; fill or drop such rows$"),
        (("chr1", 1, None), r"^row 1: end None is not a whole number; fill or drop such rows$"),
        (("chr1", 1, "7"), r"^row 1: end '7' is not a whole number; it is text: convert the column to integers$"),
        ((None, 1, 7), r"^row 1: the chromosome name is missing; fill or drop such rows$"),
    ],
)
def test_a_bad_row_from_memory_is_refused_by_its_number_and_stays_empty_under_skip(row, message):
    rows = [("chr1", 1, 2), row, ("chr2", 3, 4)]
    with pytest.raises(IntervalError, match=message) as caught:
        Regions.from_tuples(rows)
    assert caught.value.row == 1
    skipped = Regions.from_tuples(rows, invalid="skip")
    assert len(skipped) == 3
    assert skipped.codes[1] == -1
    assert skipped.names_of([0, 2]) == ["chr1", "chr2"]


@pytest.mark.parametrize("bad", [-1, 2**32, 2**70, -(2**70)])
def test_keep_takes_reversed_rows_but_no_position_beyond_32_bits(bad):
    kept = Regions.from_tuples([("chr1", 9, 5), ("chr1", 0, 2**32 - 1)], invalid="keep")
    assert kept.to_tuples() == [("chr1", 9, 5), ("chr1", 0, 2**32 - 1)]
    with pytest.raises(IntervalError, match=r"^row 0: start -?\d+ (is negative|exceeds 4,294,967,295); "):
        Regions.from_tuples([("chr1", bad, 5)], invalid="keep")


@pytest.mark.parametrize(
    "row", [("chr1", 9, 5), ("chr1", 2**31, 2**32 - 1), ("chr1", 2**31, 2**32), ("chr1", -1, 5), ("chr1", 1.5, 5)]
)
def test_an_error_tells_whether_keep_would_take_the_row_also_in_another_process(row):
    with pytest.raises(IntervalError, match=r"^row 0: ") as caught:
        Regions.from_tuples([row])
    try:
        taken = bool(Regions.from_tuples([row], invalid="keep"))
    except IntervalError:
        taken = False
    again = pickle.loads(pickle.dumps(caught.value))
    assert caught.value.keepable == again.keepable == taken
    assert str(again) == str(caught.value)


def test_columns_that_do_not_agree_are_refused():
    with pytest.raises(InputError, match=r"2 chromosomes, 1 starts and 2 ends; columns must be equally long"):
        Regions.from_arrays(["a", "b"], [1], [2, 3])
    with pytest.raises(InputError, match=r"a chromosome code names no chromosome; codes run from -1 to the last name"):
        Regions(("chr1",), np.array([1], np.int32), np.array([1]), np.array([2]))
    with pytest.raises(InputError, match=r"row 0: \('chr1', 5\) is no region; give \(chrom, start, end\)"):
        Regions.from_tuples([("chr1", 5)])
    with pytest.raises(InputError, match=r"row 1: 5 is no region; give \(chrom, start, end\)"):
        Regions.from_tuples([("chr1", 5, 6), 5])


@pytest.mark.parametrize("invalid", ["Error", "drop", None, True])
def test_a_policy_that_does_not_exist_is_refused(invalid):
    message = rf"^invalid={invalid!r} is no policy; 'error', 'skip' or 'keep'$"
    with pytest.raises(InputError, match=message):
        Regions.from_tuples([("chr1", 9, 5)], invalid=invalid)
    with pytest.raises(InputError, match=message):
        BedReader("q.bed", invalid=invalid)


def test_a_row_of_no_chromosome_has_an_empty_name():
    regions = Regions(("chr1",), np.array([-1, 0], np.int32), np.array([1, 2]), np.array([2, 3]))
    assert regions.names_of() == ["", "chr1"]
    assert regions.to_tuples() == [("", 1, 2), ("chr1", 2, 3)]
    assert regions.label(0) == ":1-2"


def test_equality_goes_by_names_and_coordinates_not_by_codes():
    one = Regions(("a", "b"), np.array([0, 1], np.int32), np.array([1, 2]), np.array([3, 4]))
    two = Regions(("b", "x", "a"), np.array([2, 0], np.int32), np.array([1, 2]), np.array([3, 4]), source="f.bed")
    assert one == two
    assert one != Regions(("a", "b"), np.array([0, 0], np.int32), np.array([1, 2]), np.array([3, 4]))
    assert one != Regions(("a", "b"), np.array([0, 1], np.int32), np.array([1, 2]), np.array([3, 5]))
    assert one != one.to_tuples()
    nameless = Regions((), np.array([-1], np.int32), np.array([1]), np.array([3]))
    assert nameless == Regions(("a",), np.array([-1], np.int32), np.array([1]), np.array([3]))
    assert nameless != Regions(("a",), np.array([0], np.int32), np.array([1]), np.array([3]))


@given(rows=universes(), data=st.data())
def test_pieces_joined_are_the_whole(rows, data):
    places = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    borders = [0, *places, len(rows)]
    pieces = [Regions.from_tuples(rows[begin:end]) for begin, end in pairwise(borders)]
    assert Regions.concat(pieces).to_tuples() == rows


def test_only_pieces_that_follow_each_other_keep_their_lines():
    reader = BedReader("q.bed")
    pieces = [reader.feed(b"#" * 64 + b"\nchr1\t1\t2\n"), reader.feed(b"\nchr1\t3\t4\n"), reader.close()]
    joined = Regions.concat(pieces)
    assert [joined.where(row) for row in range(2)] == ["q.bed:2", "q.bed:4"]
    twice = Regions.concat([joined, joined])
    assert [twice.where(row) for row in range(4)] == ["row 0", "row 1", "row 2", "row 3"]


def test_no_pieces_join_to_no_rows():
    assert len(Regions.concat([])) == len(Regions.empty()) == 0
    assert Regions.empty().to_tuples() == []


@given(rows=universes(), data=st.data())
def test_taken_rows_are_those_rows_in_that_order(rows, data):
    wanted = data.draw(st.lists(st.integers(-len(rows), len(rows) - 1), max_size=9))
    taken = Regions.from_tuples(rows).take(np.array(wanted, dtype=np.int64))
    assert taken.to_tuples() == [rows[row] for row in wanted]


def test_taken_rows_keep_their_texts():
    regions = regions_of_text(b"chr1\t0010\t20\nchr1\t1\t2\nchr1\t+5\t7\n", keep_text=True)
    assert dict(regions.texts) == {0: ("0010", "20"), 2: ("+5", "7")}
    taken = regions.take([2, 1, 0, 2])
    assert [taken.label(row) for row in range(4)] == ["chr1:+5-7", "chr1:1-2", "chr1:0010-20", "chr1:+5-7"]


def test_a_row_is_named_by_its_file_line_or_its_number():
    from_file = regions_of_text(b"#c\n\nchr1\t1\t2\n#c\nchr1\t3\t4\n")
    assert [from_file.where(row) for row in range(2)] == ["q.bed:3", "q.bed:5"]
    from_memory = Regions.from_tuples(ROWS)
    assert from_memory.line_of(2) is None
    assert from_memory.where(2) == "row 2"
    assert from_memory.label(1) == "chr1:10-20"


@given(kinds=st.lists(st.booleans(), min_size=1, max_size=40), first=st.integers(1, 9))
def test_a_line_map_counts_the_lines_that_gave_no_row(kinds, first):
    lines = range(first, first + len(kinds))
    skipped = np.array([line for line, is_row in zip(lines, kinds, strict=True) if not is_row], dtype=np.int64)
    rows = [line for line, is_row in zip(lines, kinds, strict=True) if is_row]
    assert LineMap(first, skipped).lines_of(np.arange(len(rows))).tolist() == rows


def test_kept_lines_of_pieces_join():
    one = LineBytes(b"ab\ncd\n", np.array([0, 3]), np.array([2, 5]))
    two = LineBytes(b"efg\n", np.array([0]), np.array([3]))
    joined = LineBytes.concat([one, two])
    assert [joined[row] for row in range(len(joined))] == [b"ab", b"cd", b"efg"]


def test_renaming_changes_names_and_merges_those_that_become_one():
    regions = Regions.from_tuples([("1", 1, 2), ("chr1", 3, 4), ("MT", 5, 6), ("x", 7, 8)])
    renamed = regions.rename({"1": "chr1", "MT": "chrM"})
    assert renamed.to_tuples() == [("chr1", 1, 2), ("chr1", 3, 4), ("chrM", 5, 6), ("x", 7, 8)]
    assert renamed.chrom_names == ("chr1", "chrM", "x")
    auto = regions.rename("auto", like=["chr1", "chrM", "chrX"])
    assert auto.to_tuples() == [("chr1", 1, 2), ("chr1", 3, 4), ("chrM", 5, 6), ("chrX", 7, 8)]
    with pytest.raises(InputError, match=r"rename\('auto'\) has nothing to go by; pass like=universe\.chrom_names"):
        regions.rename("auto")
    with pytest.raises(InputError, match=r"rename\('chr1'\) names no mapping; give a mapping, or 'auto'"):
        regions.rename("chr1")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["chr1", "chr2", "chr1"], "chromosome name 'chr1' stands twice; codes index distinct names"),
        (["chr1", "a\nb"], r"chromosome name 'a\\nb' holds a TAB, a line end or no valid Unicode; rename it"),
        (["chr1", 2], "chromosome name 2 is no text; names are text: '1', not 1"),
    ],
)
def test_names_that_come_coded_are_checked_too(names, message):
    """A name that stands twice would hide the rows of one of them, one with a line end would break every file."""
    with pytest.raises(InputError, match=message):
        Regions.from_codes(names, [0], [1], [2])
    assert Regions.from_codes(["chr1", "chr2"], [1], [1], [2]).to_tuples() == [("chr2", 1, 2)]
    with pytest.raises(InputError, match="a TAB, a line end"):
        Regions.from_tuples([("chr1", 1, 2)]).rename({"chr1": "a\nb"})


def test_renamed_rows_keep_their_file_lines():
    regions = regions_of_text(b"#\n1\t1\t2\n").rename({"1": "chr1"})
    assert regions.where(0) == "q.bed:2"


def test_regions_survive_pickling():
    regions = regions_of_text(b"#\nchr1\t0010\t20\n", keep_text=True, keep_lines=True)
    copy = pickle.loads(pickle.dumps(regions))
    assert copy == regions
    assert (copy.where(0), copy.label(0), copy.line_bytes[0]) == ("q.bed:2", "chr1:0010-20", b"chr1\t0010\t20")
    with pytest.raises(ValueError, match="read-only"):
        copy.starts[0] = 1


def test_regions_have_no_hash_since_they_compare_by_value():
    with pytest.raises(TypeError, match="unhashable"):
        hash(Regions.empty())
