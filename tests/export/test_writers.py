import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.worlds import KINDS, QUERIES, tokenizer
from genotok import RaggedIds, Regions
from genotok.errors import InputError
from genotok.export.meta import describe_options
from genotok.export.spool import Spool
from genotok.export.writers import format_of, open_writer
from genotok.io.bed import iter_bed


def written(kind, documents, tok=None, **options):
    """Write documents, each a name and a list of (regions, rows), and return the bytes."""
    sink = io.BytesIO()
    writer = open_writer(kind, sink, tok or tokenizer(), **options)
    for name, pieces in documents:
        writer.begin(name)
        for regions, rows in pieces:
            writer.write(regions, rows)
        writer.end()
    writer.close()
    return sink.getvalue()


def document(name="q.bed", queries=QUERIES, tok=None):
    regions = Regions.from_tuples(queries)
    return name, [(regions, (tok or tokenizer()).encode_rows(regions))]


GOLDEN = {
    ("jsonl", False): b'{"id":"q.bed","input_ids":[0,1,3]}\n{"id":"none.bed","input_ids":[4]}\n',
    ("jsonl", True): b'{"id":"q.bed","input_ids":[0,1,3],"offsets":[0,2,2,3]}\n'
    b'{"id":"none.bed","input_ids":[4],"offsets":[0,0]}\n',
    ("tsv", False): b"document\tchrom\tstart\tend\tids\n"
    b"q.bed\tchr1\t18\t19\t0,1\nq.bed\tchr1\t90\t95\t.\nq.bed\tchr2\t0\t6\t3\nnone.bed\tchr9\t1\t2\t.\n",
    ("bed", False): b"chr1\t18\t19\t0,1\tchr1:10-20,chr1:15-30\nchr1\t90\t95\t.\t.\nchr2\t0\t6\t3\tchr2:5-9\n"
    b"chr9\t1\t2\t.\t.\n",
}


@pytest.mark.parametrize(("kind", "rows"), GOLDEN)
def test_text_formats_have_these_bytes(kind, rows):
    """The smallest document with a hit, a miss and a second chromosome, and one that hits nothing."""
    documents = [document(), document("none.bed", [("chr9", 1, 2)])]
    assert written(kind, documents, rows=rows) == GOLDEN[kind, rows]


def test_gtok_has_these_bytes():
    """A .gtok document is its flat ids, and [unk] where there are none."""
    assert written("gtok", [document()]).hex() == "47544f4b01000001000300"
    assert written("gtok", [document(queries=[("chr9", 1, 2)])]).hex() == "47544f4b010400"


def test_npz_has_these_arrays_and_bytes():
    """An .npz file is a stored zip of plain arrays with fixed dates; its every byte is settled."""
    tok = tokenizer()
    documents = [document(), document("none.bed", [("chr9", 1, 2)])]
    data = written("npz", documents, rows=True, options=describe_options(tok))
    arrays = np.load(io.BytesIO(data), allow_pickle=False)
    assert {name: (arrays[name].dtype.str, arrays[name].tolist()) for name in arrays.files if name != "meta"} == {
        "ids": ("<i4", [0, 1, 3, 4]),
        "offsets": ("<i8", [0, 3, 4]),
        "names": ("<U8", ["q.bed", "none.bed"]),
        "region_offsets": ("<i8", [0, 2, 2, 3, 0, 0]),
        "region_starts": ("<i8", [0, 4, 6]),
    }
    assert arrays["meta"].dtype == np.uint8
    assert arrays["meta"].tobytes().decode() == (
        '{"format":1,"options":{"invalid":"error","rename_chroms":null,"rows":false,"sort":false,"unmatched":"drop"},'
        '"special_ids":{"bos":9,"cls":7,"eos":8,"mask":6,"pad":5,"sep":10,"unk":4},'
        f'"universe_sha256":"{tok.universe.digest}","vocab_size":11}}'
    )
    entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert {(each.date_time, each.compress_type, each.create_system, each.external_attr) for each in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 3, 0o600 << 16)
    }
    header = b"\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (4,), }"
    assert header.ljust(127) + b"\n" + np.array([0, 1, 3, 4], "<i4").tobytes() in data


def test_npz_bytes_are_those_of_this_digest():
    """The whole archive, by its SHA-256: no NumPy or Python release, platform or clock changes it."""
    data = written("npz", [document()])
    assert hashlib.sha256(data).hexdigest() == "85db6939535d67e486c7a17caa0e883b9777df8474b92e29c792f1e47396ab63"


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_pieces_do_not_show(kind, data):
    """Documents written in any pieces have the bytes of documents written whole."""
    tok = tokenizer(unmatched=data.draw(st.sampled_from(["drop", "unk"])))
    row = st.tuples(st.sampled_from(["chr1", "chr2", "chr9"]), st.integers(0, 45), st.integers(0, 9))
    count = 1 if kind == "gtok" else data.draw(st.integers(0, 3))
    whole, cut = [], []
    for number in range(count):
        regions = Regions.from_tuples([(c, s, s + w) for c, s, w in data.draw(st.lists(row, max_size=8))])
        at = data.draw(st.integers(0, len(regions)))
        parts = [regions.take(slice(0, at)), regions.take(slice(at, None))]
        whole.append((f"d{number}", [(regions, tok.encode_rows(regions))]))
        cut.append((f"d{number}", [(part, tok.encode_rows(part)) for part in parts]))
    rows = data.draw(st.booleans())
    assert written(kind, cut, tok, rows=rows) == written(kind, whole, tok, rows=rows)


@given(data=st.data())
def test_lines_match_their_definition(data):
    """Each tsv and bed line is what a plain join gives, for any ragged ids, special ones and odd texts included."""
    from genotok import IntervalTokenizer, Universe

    universe = b"chr1\t0010\t20\nHLA-A*01:01\t+5\t6\nchr 2\t0\t123456789\n" + "chré\t7\t8\n".encode()
    tok = IntervalTokenizer(Universe.from_bed(io.BytesIO(universe)))
    rows = data.draw(st.lists(st.lists(st.integers(0, tok.vocab_size - 1), max_size=4), max_size=6))
    span = st.tuples(st.sampled_from(["chr1", "a b", "é"]), st.integers(0, 10**9), st.integers(0, 9))
    queries = [(c, s, s + w) for c, s, w in (data.draw(span) for _ in rows)]
    ragged = RaggedIds(
        np.array([each for row in rows for each in row], np.int32), np.cumsum([0, *map(len, rows)], dtype=np.int64)
    )
    pieces = [("d", [(Regions.from_tuples(queries), ragged)])]
    cells = [",".join(map(str, row)) or "." for row in rows]
    texts = [",".join(tok.convert_ids_to_tokens(row)) or "." for row in rows]
    heads = ["\t".join(map(str, query)) for query in queries]
    tsv = "".join(f"d\t{head}\t{cell}\n" for head, cell in zip(heads, cells, strict=True))
    bed = "".join("\t".join(line) + "\n" for line in zip(heads, cells, texts, strict=True))
    assert written("tsv", pieces, tok).decode().partition("\n")[2] == tsv
    assert written("bed", pieces, tok).decode() == bed


def test_bed_keeps_the_input_line_unchanged():
    """Further columns, odd spacing and coordinate texts come out as they went in; only the line end is LF."""
    text = b"# note\nchr1 0018  19 peak 7\r\nchr2\t0\t6\tx\ty z\t\r\n"
    pieces = list(iter_bed(io.BytesIO(text), keep_lines=True))
    tok = tokenizer()
    data = written("bed", [("q", [(piece, tok.encode_rows(piece)) for piece in pieces])])
    assert data == b"chr1 0018  19 peak 7\t0,1\tchr1:10-20,chr1:15-30\nchr2\t0\t6\tx\ty z\t\t3\tchr2:5-9\n"


def test_sorted_rows_come_with_their_lines():
    """With sort=True every format writes the regions in the rows' order."""
    queries = [("chr2", 5, 9), ("chr10", 1, 2), ("chr1", 30, 40), ("chr1", 0, 12)]
    tok = tokenizer(sort=True)
    documents = [document(queries=queries, tok=tok)]
    assert written("tsv", documents, tok).decode().splitlines()[1:] == [
        "q.bed\tchr1\t0\t12\t0",
        "q.bed\tchr1\t30\t40\t2",
        "q.bed\tchr10\t1\t2\t.",
        "q.bed\tchr2\t5\t9\t3",
    ]
    assert written("jsonl", documents, tok, rows=True) == b'{"id":"q.bed","input_ids":[0,2,3],"offsets":[0,1,2,2,3]}\n'


def test_misses_as_unk_are_in_every_format():
    """With unmatched='unk' a miss is the unk id, and its text in .bed."""
    tok = tokenizer(unmatched="unk")
    documents = [document(tok=tok)]
    assert written("jsonl", documents, tok) == b'{"id":"q.bed","input_ids":[0,1,4,3]}\n'
    assert b"chr1\t90\t95\t4\t<unk>\n" in written("bed", documents, tok)
    empty = [("e.bed", [(Regions.empty(), tok.encode_rows(Regions.empty()))])]
    assert written("jsonl", empty, tok) == b'{"id":"e.bed","input_ids":[4]}\n'


def test_names_stay_in_their_cell():
    """A document name with TAB, line end, quote or any script can't break its line."""
    name = 'a\tb\n"ñ\\.bed'
    data = written("tsv", [document(name, QUERIES[:1])])
    assert data.splitlines()[1] == 'a\\tb\\n"ñ\\\\.bed\tchr1\t18\t19\t0,1'.encode()
    line = written("jsonl", [document(name, QUERIES[:1])])
    assert line.isascii()
    assert json.loads(line)["id"] == name


def test_long_lists_are_written_in_blocks():
    """More ids than a block holds are joined without a seam."""
    tok = tokenizer()
    count = 300_001
    ragged = RaggedIds(np.arange(count, dtype=np.int32) % 4, np.array([0, 0, count, count], np.int64))
    regions = Regions.from_tuples([("chr1", 0, 1)] * 3)
    ids = ",".join(str(value % 4) for value in range(count))
    assert written("jsonl", [("d", [(regions, ragged)])], tok) == f'{{"id":"d","input_ids":[{ids}]}}\n'.encode()
    expected = f"d\tchr1\t0\t1\t.\nd\tchr1\t0\t1\t{ids}\nd\tchr1\t0\t1\t.\n"
    assert written("tsv", [("d", [(regions, ragged)])], tok).decode().partition("\n")[2] == expected


def test_text_formats_need_no_seeking():
    """A pipe is enough for them."""

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return len(data)

    tok = tokenizer()
    name, [(regions, rows)] = document()
    for kind in ("jsonl", "tsv", "bed"):
        writer = open_writer(kind, Pipe(), tok, rows=True)
        writer.begin(name)
        writer.write(regions, rows)
        writer.end()
        writer.close()


def test_gtok_holds_one_document():
    """A second document is refused by name."""
    with pytest.raises(InputError, match="holds one document, and 'b' comes after 'a'; write one file for each"):
        written("gtok", [document("a"), document("b")])


def test_unknown_formats_and_missing_tokenizers_are_refused():
    """What can't be written says what would help."""
    with pytest.raises(InputError, match="format 'csv' is unknown; one of jsonl, tsv, bed, parquet, npz, gtok"):
        open_writer("csv", io.BytesIO(), tokenizer())
    with pytest.raises(InputError, match=r"a \.bed file of tokens holds their texts; pass the tokenizer"):
        open_writer("bed", io.BytesIO(), None)


@given(st.lists(st.lists(st.integers(-(2**40), 2**40), max_size=5), max_size=5), st.data())
def test_a_spool_gives_back_what_it_took(pieces, data):
    """Appended in any pieces, taken in any others, or in blocks."""
    values = [each for piece in pieces for each in piece]
    spools = Spool("<i8"), Spool("<i8")
    for spool in spools:
        for piece in pieces:
            spool.append(np.array(piece, dtype=np.int64))
        assert spool.count == len(values)
    cut = data.draw(st.integers(0, len(values)))
    assert [*spools[0].take(cut).tolist(), *spools[0].take(len(values) - cut).tolist()] == values
    assert [each for block in spools[1].blocks() for each in block.tolist()] == values
    for spool in spools:
        spool.close()


def test_formats_are_told_by_the_ending():
    """Case does not matter; a foreign ending is None."""
    assert [format_of(name) for name in ("a.jsonl", "b/A.GTOK", "x.bed.npz", "a.gz", "bed")] == [
        "jsonl",
        "gtok",
        "npz",
        None,
        None,
    ]
