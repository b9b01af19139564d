import hashlib
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok import Regions, Universe
from genotok.errors import GenotokError, UniverseError
from genotok.io.gtu import encode_gtu, read_gtu, write_gtu
from genotok.values.rendering import render_rows
from strategies import universes

HEADER = {"name": "small", "assembly": "hg38", "licence": "CC0", "source": "by hand"}
ROWS = [("chr1", 10, 20), ("chr1", 5, 300), ("chr2", 7, 7), ("chr1", 10, 21)]
CLASSES = ["promoter", "enhancer", "", "promoter"]

# every byte but the zlib stream is fixed, and so is what the stream holds
GOLDEN_FIELDS = (
    '{"assembly":"hg38","chroms":[["chr1",2],["chr2",1],["chr1",1]],"classes":["promoter","enhancer"],"digest":"%s",'
    '"licence":"CC0","n":4,"name":"small","planes":[0,4,5,8],"source":"by hand","texts":[[1,"005","300"]]}'
)
GOLDEN_PLANES = bytes([20, 9, 4, 6]) + bytes([10, 39, 0, 11]) + bytes([0, 1, 0, 0]) + bytes([0, 1, 255, 0])


def universe_of(rows, texts=()):
    return Universe.from_regions(replace(Regions.from_tuples(rows, invalid="keep"), texts=dict(texts)))


@given(universes(kept=True))
def test_a_universe_comes_back_whole(rows):
    """Rows in any order, on any chromosomes, reversed or up to 2^32 - 1: the same universe and digest."""
    universe = universe_of(rows)
    back, header = read_gtu(encode_gtu(universe, {}))
    assert back == universe
    assert back.chrom_names == universe.chrom_names
    assert back.digest == hashlib.sha256(render_rows(back.regions, slice(0, len(back)))).hexdigest() == universe.digest
    assert (header.name, header.class_names, header.class_codes) == ("", (), None)
    assert back.encode(universe.regions)[1].tolist() == universe.encode(universe.regions)[1].tolist()


def test_the_bytes_are_those_of_the_layout():
    """Magic, header length, header, one stream of planes: another release must read this one's files."""
    universe = universe_of(ROWS, {1: ("005", "300")})
    data = encode_gtu(universe, HEADER, classes=CLASSES)
    fields = (GOLDEN_FIELDS % universe.digest).encode()
    assert data[:8] == b"GTU1" + len(fields).to_bytes(4, "little")
    assert data[8 : 8 + len(fields)] == fields
    assert zlib.decompress(data[8 + len(fields) :]) == GOLDEN_PLANES


def test_header_classes_and_texts_come_back(tmp_path):
    """What was written beside the rows is read beside them."""
    universe = universe_of(ROWS, {1: ("005", "300")})
    write_gtu(tmp_path / "new" / "small.gtu", universe, HEADER, classes=CLASSES)
    back, header = read_gtu((tmp_path / "new" / "small.gtu").read_bytes(), "small.gtu")
    assert back.texts([0, 1]) == ["chr1:10-20", "chr1:005-300"]
    assert back.digest == universe.digest
    assert {key: getattr(header, key) for key in HEADER} == HEADER
    assert header.class_names == ("promoter", "enhancer")
    assert header.class_codes.tolist() == [0, 1, 255, 0]
    assert back.report.to_dict() == {
        **Universe.from_regions(universe.regions).report.to_dict(),
        "path": "small",
        "bytes": len((tmp_path / "new" / "small.gtu").read_bytes()),
        "chroms": {"chr1": 3, "chr2": 1},
    }


def test_one_class_is_a_plane_of_zeros_and_still_known():
    """A plane that is left out says the first class, not none."""
    _, header = read_gtu(encode_gtu(universe_of(ROWS), {}, classes=["peak"] * 4))
    assert header.class_names == ("peak",)
    assert header.class_codes.tolist() == [0, 0, 0, 0]


def test_classes_must_fit():
    """One word a row, at most 255 different ones."""
    with pytest.raises(UniverseError, match="3 classes for 4 regions; give one for each row, in id order"):
        encode_gtu(universe_of(ROWS), {}, classes=CLASSES[:3])
    many = [("chr1", at, at + 1) for at in range(256)]
    with pytest.raises(UniverseError, match="256 different classes; at most 255 fit one byte"):
        encode_gtu(universe_of(many), {}, classes=[str(at) for at in range(256)])
    _, header = read_gtu(encode_gtu(universe_of(many), {}, classes=["", *(str(at) for at in range(255))]))
    assert header.class_codes.tolist() == [255, *range(255)]


def with_fields(**changed):
    data = encode_gtu(universe_of(ROWS), HEADER)
    length = int.from_bytes(data[4:8], "little")
    fields = json.loads(data[8 : 8 + length]) | changed
    text = json.dumps(fields).encode()
    return b"GTU1" + len(text).to_bytes(4, "little") + text + data[8 + length :]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "the file does not start with GTU1"),
        (b"GTU1\0\0\0", "the file does not start with GTU1"),
        (b"chr1\t1\t2\n", "the file does not start with GTU1"),
        (b"GTU1\xff\xff\xff\xff{}", "the header is cut"),
        (b"GTU1\x09\0\0\0{}", "the header is cut"),
        (b"GTU1\x02\0\0\0{]", "the header is no JSON"),
        (b"GTU1\x02\0\0\0{\xff", "the header is no JSON"),
        (b"GTU1\x02\0\0\0[]", "the header contradicts itself"),
        (with_fields(n=5), "the header contradicts itself"),
        (with_fields(n=True), "the header contradicts itself"),
        (with_fields(n=2**31 - 1, planes=[], chroms=[["chr1", 2**31 - 1]]), "the header contradicts itself"),
        (with_fields(name=None), "the header contradicts itself"),
        (with_fields(planes=[4, 0]), "the header contradicts itself"),
        (with_fields(planes=[0, 9]), "the header contradicts itself"),
        (with_fields(chroms=[["chr1", 4.0]]), "the header contradicts itself"),
        (with_fields(chroms=[["chr1", 5], ["chr2", -1]]), "the header contradicts itself"),
        (with_fields(texts=[[4, "5", "6"]]), "the header contradicts itself"),
        (with_fields(planes=[0]), "the rows are cut, or more than the header says"),
        (with_fields(planes=[0, 4, 5, 6]), "the rows are cut, or more than the header says"),
        (encode_gtu(universe_of(ROWS), {})[:-1], "the rows are cut, or more than the header says"),
        (encode_gtu(universe_of(ROWS), {}) + b"\0", "the rows are cut, or more than the header says"),
        (encode_gtu(universe_of(ROWS), {})[:-9] + b"\0" * 9, "the rows are unreadable"),
    ],
)
def test_damage_is_told(data, what):
    """The message names the file and what is wrong; nothing larger than the header's claim is ever inflated."""
    with pytest.raises(UniverseError, match=rf"^u\.gtu: {what}.*; not a compact universe, or damaged; get"):
        read_gtu(data, "u.gtu")


@given(st.data())
def test_random_edits_end_in_a_universe_or_an_error(data):
    """Any byte changed, any piece cut out: never another exception."""
    packed = bytearray(encode_gtu(universe_of(ROWS), HEADER, classes=CLASSES))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at] = data.draw(st.integers(0, 255))
    first = data.draw(st.integers(0, len(packed)))
    del packed[first : first + data.draw(st.sampled_from([0, 0, 1, 30]))]
    try:
        universe, _ = read_gtu(packed)
    except GenotokError:
        return
    assert len(universe) == 4
    assert np.all(universe.regions.starts >= 0)
