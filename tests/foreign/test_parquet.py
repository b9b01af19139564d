"""Parquet: what others read in it, and that its bytes are settled."""

import io
import json
import sys
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import genotok.export.parquet as subject
from export.worlds import QUERIES, tokenizer
from genotok import IntervalTokenizer, RaggedIds, Regions, Universe, read_tokens, write_tokens
from genotok.errors import InputError, MissingExtraError, UniverseError
from genotok.export.meta import describe_options, describe_tokens
from genotok.export.writers import open_writer

REGIONS = Regions.from_tuples(QUERIES)
FAR = Regions.from_tuples([("chr9", 1, 2)])


def written(documents, *, rows=False):
    tok, sink = tokenizer(), io.BytesIO()
    writer = open_writer("parquet", sink, tok, rows=rows, options=describe_options(tok, rows=rows))
    for name, regions in documents.items():
        writer.begin(name)
        writer.write(regions, tok.encode_rows(regions))
        writer.end()
    writer.close()
    return sink.getvalue()


DOCUMENTS = {"q.bed": REGIONS, "ñ/none.bed": FAR}


def test_others_read_one_document_a_row():
    """Columns and types as they are documented, for pyarrow and all that reads what it reads."""
    table = pq.read_table(io.BytesIO(written(DOCUMENTS)))
    assert table.schema.field("id").type == pa.string()
    assert table.schema.field("tokens").type == pa.list_(pa.field("element", pa.int32(), nullable=False))
    assert table.column_names == ["id", "tokens"]
    assert table.to_pydict() == {"id": ["q.bed", "ñ/none.bed"], "tokens": [[0, 1, 3], [4]]}


def test_rows_become_offsets():
    """Region i of a document owns tokens[offsets[i]:offsets[i + 1]]; the [unk] of a document without hits is loose."""
    table = pq.read_table(io.BytesIO(written(DOCUMENTS, rows=True)))
    assert table.schema.field("offsets").type.value_type == pa.int64()
    assert table["offsets"].to_pylist() == [[0, 2, 2, 3], [0, 0]]


def test_the_file_says_how_it_was_made():
    """The same words as in .npz files, under one key; nothing tells of a library's version or a clock."""
    metadata = pq.read_metadata(io.BytesIO(written(DOCUMENTS)))
    tok = tokenizer()
    assert json.loads(metadata.metadata[b"genotok"]) == describe_tokens(tok, describe_options(tok))
    assert (metadata.created_by, metadata.num_row_groups) == ("genotok", 1)


def test_a_training_pipeline_reads_id_and_tokens():
    """geniml's Region2VecDataset takes a file's rows as (id, tokens): by column name, in order, as integers."""
    rows = pq.read_table(io.BytesIO(written(DOCUMENTS)), columns=["id", "tokens"]).to_pylist()
    assert [(row["id"], row["tokens"]) for row in rows] == [("q.bed", [0, 1, 3]), ("ñ/none.bed", [4])]


def test_the_bytes_are_always_the_same():
    """No clock, no hash seed, no version of ours or of a library shows in them."""
    made = {written(DOCUMENTS, rows=True) for _ in range(20)}
    assert len(made) == 1
    assert b"parquet-rs" not in made.pop()


def test_sorted_ids_take_little_room():
    """Differences of neighbours are stored: a byte or two a token for the peaks of a sorted file."""
    tok, sink = tokenizer(), io.BytesIO()
    writer = open_writer("parquet", sink, tok)
    writer.begin("x")
    ids = np.sort(np.random.default_rng(1).integers(0, 300_000, 50_000)).astype(np.int32)
    writer.write(None, RaggedIds(ids, np.array([0, len(ids)])))
    writer.end()
    writer.close()
    assert len(sink.getvalue()) < 2 * len(ids)
    assert pq.read_table(io.BytesIO(sink.getvalue()))["tokens"][0].as_py() == ids.tolist()


@pytest.mark.parametrize("rows", [False, True])
def test_row_groups_bound_what_a_reader_holds(tmp_path, monkeypatch, rows):
    """Many documents stand in groups of about as many tokens, and come back whole and in order."""
    monkeypatch.setattr(subject, "_BATCH_TOKENS", 10)
    monkeypatch.setattr(subject, "_GROUP_TOKENS", 25)
    tok = tokenizer()
    documents = {f"{number}.bed": (REGIONS, tok.encode_rows(REGIONS)) for number in range(40)}
    documents["wide.bed"] = RaggedIds(np.arange(33, dtype=np.int32) % 4, np.array([0, 33]))
    write_tokens(tmp_path / "t.parquet", documents, tok, rows=rows)
    metadata = pq.read_metadata(tmp_path / "t.parquet")
    assert metadata.num_row_groups == -(-41 // (25 * 41 // 153))
    found = read_tokens(tmp_path / "t.parquet", tok)
    assert found.names == tuple(documents)
    assert [document.ids.tolist() for document in found] == [[0, 1, 3]] * 40 + [[0, 1, 2, 3] * 8 + [0]]
    assert [document.offsets is None for document in found] == [not rows] * 41


def test_memory_does_not_grow_with_the_documents(tmp_path):
    """Ids wait in a spool, on disk when they are many, and are put together some at a time."""
    tok, peaks = tokenizer(), []
    rows = RaggedIds(np.arange(2**20, dtype=np.int32) % 4, np.array([0, 2**20]))
    for count in (12, 36):
        tracemalloc.start()
        with (tmp_path / "t.parquet").open("w+b") as sink:
            writer = open_writer("parquet", sink, tok)
            for number in range(count):
                writer.begin(str(number))
                writer.write(None, rows)
                writer.end()
            writer.close()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_files_of_others_are_read(tmp_path):
    """Wider integers, large lists, several row groups: what matters are the two columns."""
    table = pa.table(
        {"id": ["a", "b", "c"], "tokens": pa.array([[1, 2], [], [3]], pa.large_list(pa.int64())), "n": [1, 2, 3]}
    )
    pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
    found = read_tokens(tmp_path / "t.parquet")
    assert [(document.name, document.ids.tolist()) for document in found] == [("a", [1, 2]), ("b", []), ("c", [3])]
    assert found.meta is None


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"id": ["a"]}, "this is no token file; genotok tokenize writes them"),
        ({"id": ["a"], "tokens": [7]}, "this is no token file"),
        ({"id": ["a"], "tokens": [None]}, "this is no token file"),
        ({"id": ["a"], "tokens": [[-1]]}, "-1 is no token id"),
        ({"id": ["a"], "tokens": [[0.5]]}, "ids of type float64 are no token ids"),
        ({"id": ["a"], "tokens": [[1, 2]], "offsets": [[0, 1]]}, "the offsets do not cut 2 ids into regions"),
    ],
)
def test_tables_of_something_else_are_refused(tmp_path, columns, message):
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    with pytest.raises(ValueError, match=message):
        read_tokens(tmp_path / "t.parquet")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 40, b"PAR1" + b"\xff" * 8 + b"PAR1"])
def test_what_is_no_parquet_is_refused(tmp_path, data):
    (tmp_path / "t.parquet").write_bytes(data)
    with pytest.raises(InputError, match=r"t.parquet: this is no Parquet file, or not all of it; was it copied"):
        read_tokens(tmp_path / "t.parquet")


def test_a_newer_format_is_refused(tmp_path):
    metadata = {"genotok": '{"format": 9}'}
    table = pa.table({"id": ["a"], "tokens": [[1]]}).replace_schema_metadata(metadata)
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError, match="format 9 is unknown; a newer genotok wrote it; update this one"):
        read_tokens(tmp_path / "t.parquet")


def test_another_universe_is_refused(tmp_path):
    write_tokens(tmp_path / "t.parquet", {"a": [0]}, tokenizer())
    other = IntervalTokenizer(Universe.from_regions(REGIONS))
    with pytest.raises(UniverseError, match="made with universe"):
        read_tokens(tmp_path / "t.parquet", other)


def test_no_document_is_an_empty_table(tmp_path):
    write_tokens(tmp_path / "t.parquet", {}, tokenizer(), rows=True)
    assert pq.read_table(tmp_path / "t.parquet").num_rows == 0
    assert len(read_tokens(tmp_path / "t.parquet")) == 0


def test_without_the_extra_the_command_that_brings_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    for act in (lambda: written({}), lambda: read_tokens(tmp_path / "t.parquet")):
        with pytest.raises(MissingExtraError, match=r"arro3 is not installed; pip install 'genotok\[arrow\]'"):
            act()
