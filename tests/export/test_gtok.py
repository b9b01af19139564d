import io
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import append_gtok, read_gtok, write_gtok
from genotok.errors import GtokError
from genotok.export.gtok import GtokWriter

GOLDEN = {
    (): "47544F4B01",
    (1, 2, 65535): "47544F4B01 0100 0200 FFFF",
    (1, 65536): "47544F4B02 01000000 00000100",
    (4294967295,): "47544F4B02 FFFFFFFF",
}
ids = st.lists(st.one_of(st.integers(0, 70_000), st.integers(0, 2**32 - 1)), max_size=40)


@pytest.mark.parametrize(("values", "expected"), GOLDEN.items())
def test_files_are_those_of_gtars(tmp_path, values, expected):
    """The bytes are the ones that gtars 0.10 writes."""
    path = tmp_path / "made" / "t.gtok"
    write_gtok(path, list(values))
    assert path.read_bytes() == bytes.fromhex(expected)
    assert read_gtok(path).tolist() == list(values)


@given(st.lists(ids, max_size=6))
def test_pieces_do_not_show(pieces):
    """However the ids are cut into pieces, narrow first or wide first, the bytes are those of the whole."""
    whole, cut = io.BytesIO(), io.BytesIO()
    GtokWriter(whole).write([value for piece in pieces for value in piece])
    writer = GtokWriter(cut)
    for piece in pieces:
        writer.write(np.array(piece, dtype=np.int64))
    assert cut.getvalue() == whole.getvalue()
    assert writer.count == sum(map(len, pieces))


def test_long_narrow_files_widen_in_place():
    """Widening goes block by block from the end and keeps every value."""
    values = np.arange(600_001, dtype=np.int64) % 65536
    sink = io.BytesIO()
    writer = GtokWriter(sink)
    writer.write(values)
    writer.write([65536])
    assert sink.getvalue() == b"GTOK\x02" + np.append(values, 65536).astype("<u4").tobytes()


@given(ids, ids)
def test_appending_is_writing_the_whole(tmp_path_factory, first, second):
    """A file appended to equals the file of all values, wide ones included."""
    folder = tmp_path_factory.mktemp("append")
    append_gtok(folder / "a.gtok", first)
    append_gtok(folder / "a.gtok", second)
    write_gtok(folder / "b.gtok", first + second)
    assert (folder / "a.gtok").read_bytes() == (folder / "b.gtok").read_bytes()
    assert read_gtok(folder / "a.gtok").tolist() == first + second


def test_reading_is_int32_until_a_value_needs_more(tmp_path):
    """Ids come back as int32, only values over 2^31 - 1 as int64."""
    write_gtok(tmp_path / "a.gtok", [2**31 - 1])
    assert read_gtok(tmp_path / "a.gtok").dtype == np.int32
    write_gtok(tmp_path / "a.gtok", [2**31])
    assert read_gtok(tmp_path / "a.gtok").dtype == np.int64


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"GTO", "t.gtok: 3 bytes are too few for a .gtok file; was it copied whole?"),
        (b"GTAK\x01\x01\x00", "t.gtok: this is no .gtok file; it begins with b'GTAK', not b'GTOK'"),
        (b"GTOK\x05\x00\x00", "t.gtok: width flag 5 is unknown; 1 is two bytes a token, 2 is four"),
        (b"GTOK\x02" + b"\x01\0\0\0" * 2 + b"\x01", "t.gtok: ends inside a value, 2 whole values before"),
    ],
)
def test_damage_is_named(tmp_path, data, message):
    """A file that is cut or foreign is refused, for reading and for appending."""
    (tmp_path / "t.gtok").write_bytes(data)
    for action in (read_gtok, lambda path: append_gtok(path, [1])):
        with pytest.raises(GtokError, match=re.escape(message)):
            action(tmp_path / "t.gtok")
    assert (tmp_path / "t.gtok").read_bytes() == data


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, -1], "value -1 at index 1 is no token id; a .gtok file holds 0 to 4,294,967,295"),
        ([2**32], "value 4294967296 at index 0 is no token id"),
        ([1.5], "values of type float64 are no token ids; give whole numbers"),
        ([True], "values of type bool are no token ids"),
    ],
)
def test_what_is_no_id_is_refused_and_nothing_is_written(tmp_path, values, message):
    """A value that does not fit leaves no file, and an old file as it was."""
    path = tmp_path / "t.gtok"
    with pytest.raises(GtokError, match=re.escape(message)):
        write_gtok(path, values)
    assert not path.exists()
    write_gtok(path, [7])
    with pytest.raises(GtokError, match=re.escape(message)):
        append_gtok(path, values)
    assert read_gtok(path).tolist() == [7]
