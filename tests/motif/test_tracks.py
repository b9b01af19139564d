"""Tracks: values base by base, bedGraph read at once as line by line, every fault told, bigWig as bedGraph."""

import gzip
import io
import pickle
import sys
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import InputError, MissingExtraError, TrackError
from genotok.io import bedgraph
from genotok.io.bedgraph import BedGraphReader, read_bedgraph
from genotok.io.tracks import BigWigTrack, open_track
from genotok.kernels.stretches import mean_in_bins, mean_of_bases, write_out
from genotok.values.tracks import Track

VALUES = st.sampled_from([0.0, 1.0, -0.5, 2.25, 1e6])


@st.composite
def stretches(draw, longest=60):
    """Ascending stretches on a short contig, some of which touch."""
    edges = sorted(draw(st.sets(st.integers(0, longest), max_size=16)))
    return [(start, end, draw(VALUES)) for start, end in pairwise(edges) if draw(st.booleans())]


def columns_of(rows):
    starts, ends = (np.array([row[at] for row in rows], dtype=np.int64) for at in (0, 1))
    return {"starts": starts, "ends": ends, "values": np.array([row[2] for row in rows], dtype=np.float32)}


def bases_of(rows, length=80):
    bases = np.zeros(length, dtype=np.float32)
    for start, end, value in rows:
        bases[start:end] = value
    return bases


@given(stretches(), st.integers(0, 70), st.integers(0, 70))
def test_stretches_are_written_out_base_by_base(rows, one, two):
    begin, finish = sorted((one, two))
    found = write_out(**columns_of(rows), begin=begin, finish=finish)
    assert found.dtype == np.float32
    assert np.array_equal(found, bases_of(rows)[begin:finish])


@given(stretches(), st.sets(st.integers(0, 70), min_size=1, max_size=8))
def test_bins_have_the_mean_of_their_bases(rows, edges):
    boundaries = np.array(sorted(edges), dtype=np.int64)
    bases = bases_of(rows)
    expected = [bases[start:end].mean(dtype=np.float64) for start, end in pairwise(boundaries.tolist())]
    assert mean_in_bins(**columns_of(rows), boundaries=boundaries) == pytest.approx(expected, abs=1e-6)
    held = bases[boundaries[0] : boundaries[-1]]
    assert mean_of_bases(held, boundaries) == pytest.approx(expected, abs=1e-6)


def text_of(rows, separator="\t"):
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode()


def read(text, **options):
    return read_bedgraph(io.BytesIO(text), **options)


ROWS = st.lists(
    st.tuples(st.sampled_from(["chr1", "chr2", "a_name_of_many_letters"]), stretches()), min_size=1, max_size=4
).map(lambda parts: [(name, *row) for name, rows in dict(parts).items() for row in rows])


@given(ROWS.filter(bool), st.sampled_from(["\t", " "]), st.randoms(), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_rows_in_any_order_and_form_make_one_track(rows, separator, random, line_end):
    expected = read(text_of(rows))
    for name in expected.names:
        own = [row[1:] for row in rows if row[0] == name]
        assert np.array_equal(expected.dense(name, 0, 80), bases_of(own))
    names = list(dict.fromkeys(row[0] for row in rows))
    random.shuffle(rows)
    rows.sort(key=lambda row: names.index(row[0]))
    assert read(text_of(rows, separator).replace(b"\n", line_end).removesuffix(line_end)) == expected
    odd = b"track type=bedGraph name=x\n# words\n\n" + text_of(rows).replace(b"\t", b" \t ", 1)
    assert read(odd) == expected
    assert read(gzip.compress(odd)) == expected


@given(st.lists(st.sampled_from([b"chr1\t1\t2\t3\n", b"chr1 5 9\t.5\n", b"\r\n", b"#\r", b"c 0 1 1e-3\n"]), max_size=9))
def test_the_track_does_not_depend_on_the_blocks(lines):
    text = b"chrX\t0\t1\t7\n" + b"".join(dict.fromkeys(lines))
    for size in (1, 2, 7):
        blocks = (text[at : at + size] for at in range(0, len(text), size))
        reader = BedGraphReader("x")
        for block in bedgraph._whole_lines(blocks):
            reader.add(block)
        assert reader.finish() == read(text)


def test_what_is_not_known_or_no_number_is_counted_and_left_out():
    text = b"chr1 0 5 1\nchrUn 3 9 2\nchr1 7 9 NaN\nchrUn 9 12 1\n"
    track = read(text, lengths={"chr1": 9, "chr2": 5})
    assert track.names == ("chr1",)
    assert track.dense("chr1", 4, 9).tolist() == [1, 0, 0, 0, 0]
    assert (track.report.rows, track.report.unknown, track.report.not_a_number) == (4, {"chrUn": 2}, 1)
    assert track.dense("chrUn", 0, 4).tolist() == track.dense("chr2", 0, 4).tolist() == [0, 0, 0, 0]
    assert pickle.loads(pickle.dumps(track)) == track


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "x.bdg: there is no row in it; a row is contig, start, end, value"),
        (b"# only words\n", "x.bdg: there is no row in it"),
        (b"chr1 1 5 2\nchr2 1 5 2\nchr1 4 6 1\n", "x.bdg:3: the row shares bases with line 1; a base has one value"),
        (b"chr1\t4\t6\t1\n\nchr1\t1\t5\t1\n", "x.bdg:3: the row shares bases with line 1"),
        (b"chr1 1 5 2\nchr1 1 5 2\n", "x.bdg:2: the row shares bases with line 1"),
        (b"chr1 1 5\n", "x.bdg:1: 3 columns; a row is"),
        (b"chr1\t1\t5\t2\t+\n", "x.bdg:1: 5 columns"),
        (b"chr1 1 5 2\nchr1 -1 5 2\n", "x.bdg:2: start '-1' is not a whole number"),
        (b"chr1 1 5e3 2\n", "x.bdg:1: end '5e3' is not a whole number"),
        (b"chr1\t5\t5\t2\n", "x.bdg:1: end 5 does not follow start 5; rows are 0-based half-open"),
        (b"chr1\t5\t7\t1_0\n", "x.bdg:1: the value '1_0' is not a number"),
        (b"chr1\t5\t7\thigh\n", "x.bdg:1: the value 'high' is not a number"),
        (b"chr1\t5\t7\tinf\n", "x.bdg:1: the value is infinite"),
        (b"chr1\t5\t12\t1\n", "x.bdg:1: end 12 is beyond chr1, which has 10 bases; is the track of the same assembly?"),
        (b"\xff\xfa\t5\t7\t1\n", "x.bdg:1: contig name .* is not UTF-8"),
        (b"fixedStep chrom=chr1 start=1\n3\n", "x.bdg:1: the file is wig; run: wigToBigWig"),
        (b"PK\x03\x04....\n", "x.bdg: the file is a zip archive .*; run: unzip -p FILE > out.bedGraph"),
        (b"\x26\xfc\x8f\x88....\n", "x.bdg: the file is bigWig; run: bigWigToBedGraph"),
        (gzip.compress(b"chr1 1 5 2\n" * 99, mtime=0)[:-9], "x.bdg: the gzip stream is cut at byte"),
    ],
)
def test_faults_are_told_with_their_line(text, message):
    file = io.BytesIO(text)
    file.name = "x.bdg"
    with pytest.raises(TrackError, match=message):
        read_bedgraph(file, lengths={"chr1": 10, "chr2": 10})


@given(ROWS.filter(bool), st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=4))
def test_damaged_text_gives_a_track_or_a_word(rows, edits):
    text = b"#\n" + text_of(rows)
    for place, new in edits:
        text = text[:place] + new + text[place + 1 :]
    with suppress(TrackError):
        assert len(read(text)) <= text.count(b"\n") + text.count(b"\r") + 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"offsets": [0, 1]}, "make no track"),
        ({"starts": [2, 3]}, "row 1: a stretch is empty, or begins before the end"),
        ({"ends": [2, 6]}, "row 0: a stretch is empty"),
        ({"values": [1, np.nan]}, "row 1: the value nan is no number"),
    ],
)
def test_a_track_is_checked_at_birth(fields, message):
    arrays = {"offsets": [0, 2], "starts": [2, 5], "ends": [4, 6], "values": [1, 3]} | fields
    with pytest.raises(InputError, match=message):
        Track(("chr1",), **{name: np.array(values) for name, values in arrays.items()})


def test_logarithms_are_taken_base_by_base():
    track = read(b"chr1\t0\t2\t3\nchr1\t2\t3\t-2\n")
    assert track.means("chr1", np.array([0, 2]), log1p=True) == pytest.approx([np.log(4)])
    assert track.means("chr1", np.array([1, 2, 4])) == pytest.approx([3, -1])
    bare = read(b"chr1\t0\t2\t3\n")
    assert bare.means("chr1", np.array([0, 4]), log1p=True) == pytest.approx([np.log(4) / 2])
    with pytest.raises(InputError, match="of the value -2; take the values as they are"):
        track.means("chr1", np.array([0, 3]), log1p=True)
    for edges in ([0, 5, 5], [-1, 3], []):
        with pytest.raises(InputError, match="the boundaries of bins do not ascend"):
            track.means("chr1", edges)
    with pytest.raises(InputError, match="the region 5 to 3"):
        track.dense("chr1", 5, 3)


class TestBigWig:
    pytestmark = pytest.mark.native  # the extra [motif]

    LENGTHS = {"chr1": 100, "chr2": 50, "chrUn": 9}  # noqa: RUF012  # read only

    @pytest.fixture
    def rows(self):
        random = np.random.default_rng(3)
        edges = np.unique(random.integers(0, 100, 30)).tolist()
        rows = [("chr1", *pair, float(np.float32(random.random()))) for pair in pairwise(edges)][::2]
        return [*rows, ("chr2", 0, 50, 3.0), ("chrUn", 2, 5, 1.0)]

    @pytest.fixture
    def path(self, tmp_path, rows):
        import pybigtools

        written = tmp_path / "signal.of_some_name.bw"
        pybigtools.open(str(written), "w").write(self.LENGTHS, iter(rows))
        return written.rename(tmp_path / "signal")

    def test_values_are_those_of_the_bedgraph(self, path, rows):
        expected = read(text_of(rows))
        for source in (path, io.BytesIO(path.read_bytes())):
            with open_track(source) as track:
                assert isinstance(track, BigWigTrack)
                assert track.names == expected.names
                for name, length in self.LENGTHS.items():
                    assert np.array_equal(track.dense(name, 0, length), expected.dense(name, 0, length))
                    edges = np.unique([0, 1, 4, length // 2, length, length + 7])
                    for log1p in (False, True):
                        means = track.means(name, edges, log1p=log1p)
                        assert means == pytest.approx(expected.means(name, edges, log1p=log1p), abs=1e-6)
                assert not track.dense("chr9", 3, 8).any()

    def test_many_bins_are_averaged_in_pieces(self, path, monkeypatch):
        from genotok.io import tracks

        edges = np.arange(101, dtype=np.int64)
        with open_track(path) as track:
            whole = track.means("chr1", edges)
            monkeypatch.setattr(tracks, "_BASES", 7)
            assert np.array_equal(track.means("chr1", edges), whole)
            assert np.array_equal(whole, track.dense("chr1", 0, 100))

    def test_contigs_that_only_the_file_has_are_counted(self, path):
        with open_track(path, lengths={"chr1": 100, "chr3": 7}) as track:
            assert track.names == ("chr1",)
            assert sorted(track.report.unknown) == ["chr2", "chrUn"]
            assert not track.dense("chr2", 0, 9).any()
        with pytest.raises(TrackError, match="chr2 has 50 bases in the file, and 51 here; is the track of the same"):
            open_track(path, lengths={"chr2": 51})

    def test_a_damaged_file_is_told(self, tmp_path, path):
        cut = tmp_path / "cut.bw"
        cut.write_bytes(path.read_bytes()[:90])
        with pytest.raises(TrackError, match=r"cut\.bw: the bigWig file is damaged or cut"):
            open_track(cut)

    def test_a_damaged_byte_gives_values_or_a_word(self, path):
        """Whatever byte is wrong: the library answers some with a panic, which is no Exception."""
        random, whole = np.random.default_rng(8), path.read_bytes()
        told = 0
        for place in random.integers(0, len(whole), 60).tolist():
            damaged = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                with BigWigTrack(io.BytesIO(damaged)) as track:
                    track.dense("chr1", 0, 100)
            except TrackError:
                told += 1
        assert told > 10

    def test_without_the_extra_its_name_is_told(self, path, monkeypatch):
        monkeypatch.setitem(sys.modules, "pybigtools", None)
        with pytest.raises(MissingExtraError, match=r"pybigtools is not installed; pip install 'genotok\[motif\]'"):
            open_track(path)


def test_a_track_is_told_by_its_content(tmp_path):
    path = tmp_path / "some.bw"
    path.write_bytes(b"chr1\t1\t5\t2\n")
    assert open_track(path) == open_track(io.BytesIO(path.read_bytes())) == read(path.read_bytes())
    with pytest.raises(InputError, match="list is no track"):
        open_track([1, 2])
    with pytest.raises(FileNotFoundError, match="no such file"):
        open_track(tmp_path / "none.bw")
