"""gzip and bgzip pushed in pieces: whole streams come out whole, everything else is refused in words."""

import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import BedError
from genotok.io import inflate
from genotok.io.inflate import PLAIN_BYTES, Inflater
from packing import BGZF_END, bgzip_of, gzip_of
from strategies import cuts

TEXT = b"".join(b"chr%d\t%d\t%d\n" % (row % 7, 13 * row, 13 * row + 9) for row in range(3_000))
texts = st.binary(max_size=200) | st.integers(0, len(TEXT)).map(lambda size: TEXT[:size])
packings = st.sampled_from(
    [
        gzip_of,
        lambda text: gzip_of(text[:50], b"", text[50:]),
        lambda text: gzip_of(text) + bytes(30),
        bgzip_of,
        lambda text: bgzip_of(text, 100),
        lambda text: bgzip_of(text) + bytes(30),
        lambda text: bgzip_of(text[:70]) + bgzip_of(text[70:]),
    ]
)


@pytest.fixture(params=["fast", "plain"], autouse=True)
def _codec(request, monkeypatch):
    """Both codecs: the fast one where it is installed, and the standard library's that the browser has."""
    if request.param == "plain":
        monkeypatch.setattr(inflate, "_codec", zlib)


def push(data, places=None):
    places = places or [0, len(data)]
    inflater = Inflater("x.gz")
    blocks = [block for begin, end in pairwise(places) for block in inflater.feed(data[begin:end])]
    blocks += inflater.close()
    assert max(map(len, blocks), default=0) <= PLAIN_BYTES + 2**17
    assert (inflater.raw_bytes, inflater.plain_bytes) == (len(data), sum(map(len, blocks)))
    return b"".join(blocks), inflater.compression


@given(text=texts, pack=packings, data=st.data())
def test_what_was_packed_comes_out_whatever_the_pieces(text, pack, data):
    packed = pack(text)
    found, compression = push(packed, data.draw(cuts(len(packed))))
    assert found == text
    assert compression == ("bgzf" if packed[3] == 4 else "gzip")


@given(text=texts.filter(lambda text: not text.startswith(b"\x1f\x8b")), data=st.data())
def test_plain_bytes_pass_through(text, data):
    assert push(text, data.draw(cuts(len(text)))) == (text, "none")


@given(pack=packings, data=st.data())
def test_a_cut_stream_is_refused_unless_the_cut_leaves_whole_members(pack, data):
    packed = pack(TEXT)
    size = data.draw(st.integers(2, len(packed) - 1))
    try:
        found, _ = push(packed[:size])
    except BedError as error:
        found, message = None, str(error)
    if found is None:
        assert message.startswith("x.gz: the ")
        assert "cut" in message
    else:  # only zeros were cut off, or gzip's members end here, which nothing in the format tells
        assert found == TEXT or packed[3] != 4 or packed[:size].rstrip(b"\0").endswith(BGZF_END.rstrip(b"\0"))
        assert TEXT.startswith(found)


@given(pack=packings, data=st.data())
def test_a_changed_bit_gives_the_same_text_or_an_error(pack, data):
    packed = bytearray(pack(TEXT[:500]))
    packed[data.draw(st.integers(2, len(packed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found, _ = push(bytes(packed))
    except BedError:
        return
    assert found == TEXT[:500]


def test_a_small_file_that_inflates_hugely_comes_in_small_blocks():
    packed = gzip_of(bytes(40 * 2**20))
    inflater = Inflater("x.gz")
    sizes = [len(block) for part in (inflater.feed(packed), inflater.close()) for block in part]
    assert sum(sizes) == 40 * 2**20
    assert max(sizes) <= PLAIN_BYTES


@pytest.mark.parametrize("size", [0, 5, 24])
def test_a_bgzip_block_shorter_than_its_frame_is_refused(size):
    head = bytearray(BGZF_END)
    head[16:18] = size.to_bytes(2, "little")
    with pytest.raises(BedError, match=r"^x\.gz: the bgzip block at byte 0 is damaged; copy or download the file "):
        push(bytes(head) + BGZF_END)
