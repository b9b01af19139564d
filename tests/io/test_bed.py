"""Reading BED: the split-based reader of tests/oracles.py is the judge of every line."""

import gzip
import io
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok.errors import BedError, EmptyFileError, GenotokError
from genotok.io import bedreader, inflate
from genotok.io.bed import iter_bed, read_bed, write_bed
from genotok.io.bedreader import BedReader
from genotok.io.universes import read_universe
from genotok.values.regions import Regions
from packing import bgzip_of, gzip_of
from strategies import bed_texts, cuts, universes

FIXTURES = Path(__file__).parent.parent / "fixtures" / "bed"
POLICIES = ("error", "skip", "keep")
CLEAN = b"".join(b"chr%d\t%d\t%d\tpeak%d\t.\n" % (n % 3, 40 * n, 40 * n + 25 * (n % 5), n) for n in range(400))


def push(pieces, **options):
    """Feed pieces; returns the joined regions, or the error that ended it."""
    reader = BedReader("t.bed", **options)
    try:
        parts = [reader.feed(piece) for piece in pieces]
        return Regions.concat([*parts, reader.close()])
    except GenotokError as error:
        return error


def facts(outcome):
    """Everything one can see of an outcome, for comparison."""
    if isinstance(outcome, GenotokError):
        return type(outcome).__name__, str(outcome), outcome.line
    lines = [outcome.line_of(row) for row in range(len(outcome))]
    return outcome.to_tuples(), lines, dict(outcome.texts), outcome.report.to_dict() | {"bytes": None}


def cut_at(data, places):
    return [data[begin:end] for begin, end in pairwise(places)]


@pytest.mark.parametrize("invalid", POLICIES)
@given(text=bed_texts())
def test_every_line_has_the_outcome_that_the_definition_gives_it(invalid, text):
    expected = oracles.read_bed(text, invalid)
    found = push([text], invalid=invalid, keep_text=True)
    if expected.error:
        assert isinstance(found, GenotokError)
        assert (type(found).__name__, found.line) == expected.error
        return
    assert isinstance(found, Regions), found
    assert found.to_tuples() == expected.rows
    assert [found.line_of(row) for row in range(len(found))] == expected.lines
    assert dict(found.texts) == expected.texts


FOREIGN_LINES = (
    b">chr1",
    b"@r1 x y",
    b"@SQ\tSN:chr1\tLN:9",
    b"fixedStep chrom=chr1",
    b"1\ta\tb\t1\t2\t.\t+\t.",
    b"x:1-2",
)
HEADS = (b"", b"##fileformat=VCFv4.2\n", b"##gff-version 3\n", b"track type=wiggle_0\n")


@given(
    head=st.sampled_from(HEADS),
    lines=st.lists(st.sampled_from(FOREIGN_LINES), max_size=4),
    text=bed_texts(),
    data=st.data(),
)
def test_behind_a_row_nothing_is_taken_for_another_format(head, lines, text, data):
    """The first row settles it: every line then has the outcome of the definition, however the text is cut."""
    whole = head + b"chr1\t1\t2\n" + b"".join(line + b"\n" for line in lines) + text.removeprefix(b"\xef\xbb\xbf")
    expected = oracles.read_bed(whole, "skip")
    found = push(cut_at(whole, data.draw(cuts(len(whole)))), invalid="skip", keep_text=True)
    assert isinstance(found, Regions), found
    assert (found.to_tuples(), dict(found.report.skipped)) == (
        expected.rows,
        {reason: len(numbers) for reason, numbers in expected.skipped.items()},
    )


@given(
    head=st.sampled_from(HEADS),
    line=st.sampled_from([*FOREIGN_LINES, b"chr1\t5\t.\tA\tG\t9\tPASS\t."]),
    text=bed_texts(),
    data=st.data(),
)
def test_the_pieces_do_not_change_what_a_file_is_taken_for(head, line, text, data):
    whole = head + line + b"\n" + text.removeprefix(b"\xef\xbb\xbf")
    pieces = cut_at(whole, data.draw(cuts(len(whole))))
    assert facts(push(pieces, invalid="skip")) == facts(push([whole], invalid="skip"))


@pytest.mark.parametrize("invalid", POLICIES)
@given(text=bed_texts())
def test_the_report_accounts_for_every_line(invalid, text):
    expected = oracles.read_bed(text, invalid)
    found = push([text], invalid=invalid, keep_text=True, allow_empty=True)
    if isinstance(found, GenotokError):
        return
    report = found.report
    assert report.lines == expected.n_lines == report.rows + sum(report.skipped.values())
    assert report.rows == len(expected.rows)
    assert report.skipped == {reason: len(lines) for reason, lines in expected.skipped.items()}
    assert report.examples == {reason: lines[:5] for reason, lines in expected.skipped.items()}
    assert report.columns == ((min(expected.columns), max(expected.columns)) if expected.columns else None)
    assert report.chroms == {name: [row[0] for row in expected.rows].count(name) for name in found.chrom_names}
    assert report.zero_length == sum(row[1] == row[2] for row in expected.rows)
    assert report.kept_text == len(expected.texts)
    assert report.sorted == oracles.is_sorted(expected.rows)
    assert (report.path, report.bytes, report.compression) == ("t.bed", len(text), "none")


@pytest.mark.parametrize("invalid", POLICIES)
@given(text=bed_texts(), data=st.data())
def test_the_pieces_in_which_a_text_comes_change_nothing(invalid, text, data):
    whole = facts(push([text], invalid=invalid, keep_text=True))
    pieces = cut_at(text, data.draw(cuts(len(text))))
    assert facts(push(pieces, invalid=invalid, keep_text=True)) == whole
    single = [text[at : at + 1] for at in range(len(text))]
    assert facts(push(single, invalid=invalid, keep_text=True)) == whole


@given(text=bed_texts(), data=st.data())
def test_compression_changes_nothing_but_the_name_of_it(text, data):
    whole = facts(push([text], keep_text=True, invalid="skip"))
    middle = data.draw(st.integers(0, len(text)))
    for packed in (
        gzip_of(text),
        gzip_of(text[:middle], text[middle:]),
        gzip_of(text) + bytes(40),
        bgzip_of(text),
        bgzip_of(text, 7),
    ):
        places = data.draw(cuts(len(packed)))
        found = facts(push(cut_at(packed, places), keep_text=True, invalid="skip"))
        if not isinstance(whole[0], str):
            found[3].update(compression=whole[3]["compression"], notes=whole[3]["notes"])
        assert found == whole


@given(rows=universes(kept=True), names=st.booleans())
def test_line_ends_and_byte_order_marks_change_no_row(rows, names):
    lines = ["\t".join(map(str, row)) + "\tname" * names for row in rows]
    for end in ("\n", "\r\n", "\r"):
        for text in (end.join(lines), end.join([*lines, ""]), "\ufeff" + end.join(lines)):
            assert push([text.encode()], invalid="keep").to_tuples() == rows


@given(rows=universes(kept=True))
def test_what_is_written_reads_back_the_same(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("round")
    regions = Regions.from_tuples(rows, invalid="keep")
    for name in ("a.bed", "a.bed.gz"):
        write_bed(folder / name, regions)
        assert read_bed(folder / name, invalid="keep").to_tuples() == rows


def test_a_written_file_is_these_bytes_and_no_others(tmp_path):
    regions = push([b"chr1\t0010\t+20\textra\nchr\xc3\xa9\t5\t5\n"], keep_text=True)
    write_bed(tmp_path / "a.bed", regions)
    assert (tmp_path / "a.bed").read_bytes() == b"chr1\t0010\t+20\nchr\xc3\xa9\t5\t5\n"
    write_bed(tmp_path / "deep" / "a.bed.gz", regions)
    packed = (tmp_path / "deep" / "a.bed.gz").read_bytes()
    assert packed[:8] == b"\x1f\x8b\x08\x00\0\0\0\0"  # no name, no time
    assert gzip.decompress(packed) == b"chr1\t0010\t+20\nchr\xc3\xa9\t5\t5\n"


def test_a_path_a_text_path_and_an_open_file_are_read_alike(tmp_path):
    path = tmp_path / "peaks.bed"
    path.write_bytes(CLEAN)
    from_path, from_text = read_bed(path), read_bed(str(path))
    with path.open("rb") as file:
        from_file = read_bed(file)
        assert not file.closed
    assert from_path == from_text == from_file == read_bed(io.BytesIO(CLEAN))
    assert from_path.source == from_file.source == str(path)
    assert read_bed(io.BytesIO(CLEAN)).source == "<stream>"


@pytest.mark.parametrize("block_bytes", [1, 2, 7, 64, 1000, len(CLEAN), 2**20])
@pytest.mark.parametrize("pack", [bytes, gzip_of, bgzip_of])
def test_the_block_size_changes_no_row(tmp_path, pack, block_bytes):
    path = tmp_path / "peaks.bed"
    path.write_bytes(pack(CLEAN))
    pieces = list(iter_bed(path, block_bytes=block_bytes))
    assert Regions.concat(pieces) == push([CLEAN])
    assert pieces[-1].report.rows == 400
    lines = [piece.line_of(row) for piece in pieces for row in range(len(piece))]
    assert lines == list(range(1, 401))


@given(text=bed_texts(), data=st.data())
def test_kept_lines_are_the_input_lines_of_their_rows(text, data):
    found = push(cut_at(text, data.draw(cuts(len(text)))), invalid="skip", keep_lines=True, allow_empty=True)
    if isinstance(found, GenotokError):
        return
    lines = oracles.split_lines(text)
    assert [found.line_bytes[row] for row in range(len(found))] == [
        lines[line - 1] for line in oracles.read_bed(text, "skip").lines
    ]


def test_many_blocks_of_many_names_are_coded_as_they_come():
    random = np.random.default_rng(4)
    names = [f"contig_{number}_of_the_assembly" if number % 3 else f"c{number}" for number in range(300)]
    rows = [(names[number], at, at + 9) for at, number in enumerate(random.integers(0, 300, 5_000))]
    text = "".join(f"{name}\t{start}\t{end}\n" for name, start, end in rows).encode()
    found = push([text[at : at + 4_096] for at in range(0, len(text), 4_096)])
    assert found.to_tuples() == rows
    assert list(found.chrom_names) == list(dict.fromkeys(row[0] for row in rows))


def test_names_that_differ_only_before_their_last_eight_bytes_are_told_apart():
    names = ["chr1_KI270706v1_random", "chr2_KI270706v1_random", "chr11_KI270706v1_random", "chr1_KI270706v1_random"]
    text = "".join(f"{name}\t1\t2\n" for name in names).encode()
    assert push([text]).names_of() == names


def test_names_of_one_letter_are_told_apart_by_their_lengths():
    names = ["x" * length for length in (7, 8, 9, 10, 9, 16, 17, 18, 17, 8, 40, 39)]
    text = "".join(f"{name}\t1\t2\n" for name in names).encode()
    assert push([text]).names_of() == names


def test_a_line_beyond_the_limit_is_refused_with_its_number(monkeypatch):
    monkeypatch.setattr(bedreader, "MAX_LINE", 1_000)
    pieces = [CLEAN, b"chr1\t1\t2\t" + b"x" * 600, b"x" * 600]
    with pytest.raises(BedError, match=r"^t\.bed:401: the line is longer than 64 MiB; is this a BED file\?$"):
        raise push(pieces)


def test_lines_that_end_with_cr_and_far_behind_with_lf_are_refused(monkeypatch):
    monkeypatch.setattr(bedreader, "_DECIDE", 100)
    text = b"chr1\t1\t2\r" * 50 + b"chr1\t1\t2\n"
    with pytest.raises(BedError, match=r"^t\.bed: lines end with CR, then with LF; convert it to one line end$"):
        raise push([text])
    assert len(push([b"chr1\t1\t2\r" * 50])) == 50


def test_a_reader_tells_how_far_it_is():
    reader = BedReader("t.bed")
    reader.feed(CLEAN[: len(CLEAN) // 2])
    assert 0 < reader.rows_seen == reader.lines_seen < 400
    assert reader.raw_bytes == reader.plain_bytes == len(CLEAN) // 2
    reader.feed(CLEAN[len(CLEAN) // 2 :])
    reader.close()
    assert reader.rows_seen == reader.lines_seen == reader.report.rows == 400


def test_bytes_of_any_kind_may_be_fed():
    for kind in (bytes, bytearray, memoryview):
        assert len(push([kind(CLEAN)])) == 400


def test_an_empty_file_is_no_rows_where_that_is_allowed(tmp_path):
    path = tmp_path / "empty.bed"
    for content in (b"", b"\n\n", b"# nothing\n", gzip_of(b""), bgzip_of(b"")):
        path.write_bytes(content)
        regions = read_bed(path, allow_empty=True)
        assert len(regions) == 0
        assert regions.report.rows == 0
        with pytest.raises(EmptyFileError, match=r"empty\.bed: no regions; "):
            read_bed(path)


# name: rows, first row, skipped lines, columns, line of the last row (from the files themselves, by eye and grep)
REAL = {
    "track_url.bed": (6, ("chr22", 10000000, 10004000), {"browser": 2, "track": 1, "comment": 1}, (5, 5), 10),
    "ucsc_interact_1.bed": (4, ("chr12", 40572709, 40618813), {"track": 1, "browser": 1, "comment": 1}, (18, 18), 7),
    "names_with_spaces.bed": (25, ("chr1", 1088, 1128), {"track": 1}, (9, 9), 26),
    "space_delimited.bed": (5, ("chr2", 0, 1), {}, (3, 3), 5),
    "basic_feature_3_columns.bed": (128, ("1", 67655271, 67655272), {"track": 1}, (3, 3), 129),
    "basic_feature_3_columns_empty_lines.bed": (
        *(6, ("chr1", 67655271, 67655272)),
        *({"track": 1, "blank": 5}, (3, 3), 9),
    ),
    "missing_linefeed.bed.gz": (4, ("chr1", 67655271, 67655272), {}, (3, 3), 4),
    "chromosomes.bedgraph": (24, ("chr1", 0, 249250621), {}, (4, 4), 24),
    "V4.1.SARS-CoV-2.insert.bed": (99, ("MN908947.3", 50, 408), {}, (6, 6), 99),
    "GSM1174482_ARmo_100nM_peaks.bed.gz": (1359, ("chr11", 114049934, 114050346), {}, (3, 3), 1359),
    "example.gappedPeak.gz": (5, ("chr9", 3000190, 3000930), {}, (15, 15), 5),
    "SRX067409.05.bed": (50, ("chr1", 632049, 632275), {}, (10, 10), 50),
    "run_callpeak_narrow2_peaks.narrowPeak.gz": (762, ("chr22", 17255466, 17255800), {}, (10, 10), 762),
}


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_gives_its_rows(name):
    rows, first, skipped, columns, last_line = REAL[name]
    regions = read_bed(FIXTURES / name)
    assert len(regions) == regions.report.rows == rows
    assert regions.to_tuples()[0] == first
    assert dict(regions.report.skipped) == skipped
    assert regions.report.columns == columns
    assert regions.line_of(rows - 1) == last_line
    data = (FIXTURES / name).read_bytes()
    expected = oracles.read_bed(gzip.decompress(data) if name.endswith(".gz") else data)
    assert regions.to_tuples() == expected.rows


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cpgIslandExt.test.txt", r"cpgIslandExt\.test\.txt:1: start 'chr1' is not a whole number; write plain digits"),
        ("myc_refFlat.txt", r"myc_refFlat\.txt:2: a header between rows; concatenated files\? remove the line"),
    ],
)
def test_a_real_table_that_is_no_bed_is_refused(name, message):
    with pytest.raises(BedError, match=message):
        read_bed(FIXTURES / name)


def test_a_file_with_repeats_becomes_a_universe_of_their_first_rows(tmp_path):
    path = tmp_path / "u.bed"
    path.write_bytes(b"chr1\t1\t5\nchr2\t1\t5\n\nchr1\t01\t5\nchr1\t7\t9\nchr2\t1\t5\n")
    message = r"u\.bed: 2 repeated rows \(first at line 4\) keep their first id"
    with pytest.warns(UserWarning, match=message):
        universe = read_universe(path)
    assert universe.texts([0, 1, 2]) == ["chr1:1-5", "chr2:1-5", "chr1:7-9"]
    report = universe.report
    assert (report.lines, report.rows, report.duplicates) == (6, 3, 2)
    assert report.skipped == {"blank": 1, "duplicate": 2}
    assert report.examples["duplicate"] == [4, 6]
    assert report.chroms == {"chr1": 2, "chr2": 1}
    assert [universe.regions.line_of(row) for row in range(3)] == [1, 2, 5]


@pytest.mark.parametrize("pack", [gzip_of, bgzip_of])
def test_a_tightly_packed_file_comes_in_pieces_of_bounded_size(pack):
    """Memory follows the size of a piece, not that of the text that a block of packed bytes may hold."""
    packed = pack(b"chr1\t12\t14\n" * 3_000_000)  # 33 MB in less than half a MB
    pieces = [len(piece) for piece in iter_bed(io.BytesIO(packed))]
    assert sum(pieces) == 3_000_000
    assert max(pieces) <= 1_000_000


def test_rows_before_the_damage_are_counted():
    """What could be read is told exactly, in files of a few bytes too."""
    rows = b"chr1\t1\t2\nchr1\t3\t4\n"
    blocks = bgzip_of(rows * 2, len(rows), end=False)
    torn = blocks[:-6] + bytes(2) + blocks[-4:]  # the second block's checksum
    for packed, count in ((gzip_of(rows) + b"rest", 2), (blocks, 4), (torn, 2)):
        with pytest.raises(BedError, match=rf"; {count} rows were readable; "):
            read_bed(io.BytesIO(packed))


def test_skipped_lines_take_no_more_memory_than_their_numbers(monkeypatch):
    """Why a line was skipped is counted block by block, not kept."""
    monkeypatch.setattr(inflate, "PLAIN_BYTES", 2**12)
    packed = gzip_of(b"\n" * 200_000 + b"chr1\t1\t2\n")
    tracemalloc.start()
    regions = read_bed(io.BytesIO(packed))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert regions.report.skipped == {"blank": 200_000}
    assert peak < 10 * 2**20
