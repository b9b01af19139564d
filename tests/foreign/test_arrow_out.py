"""Regions, universes, rows of ids and encodings in pandas, polars and pyarrow: the same table whoever asks for it."""

import sys
from itertools import chain

import arro3.core as arro3
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foreign.panda import in_pandas
from genotok import Encoding, IntervalTokenizer, RaggedIds, Regions, Universe
from genotok.errors import InputError, MissingExtraError
from strategies import universes

ROWS = [("chr2", 5, 9), ("chr1", 10, 20), ("chr2", 0, 7)]
REGIONS = Regions.from_tuples(ROWS)
TOKENIZER = IntervalTokenizer(Universe.from_regions(REGIONS))
BATCH = [[("chr2", 0, 9)], [("chr1", 0, 19)]]

READERS = {
    "pyarrow": lambda value: pa.table(value).to_pylist(),
    "pyarrow reader": lambda value: pa.RecordBatchReader.from_stream(value).read_all().to_pylist(),
    "polars": lambda value: pl.DataFrame(pl.Series(value).struct.unnest()).to_dicts(),
    "arro3": lambda value: pa.table(arro3.Table.from_arrow(value)).to_pylist(),
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_sees_the_same_rows(reader):
    """Names, numbers and lists come out as they are in Python."""
    read = READERS[reader]
    assert [tuple(row.values()) for row in read(REGIONS)] == ROWS
    assert [row["id"] for row in read(TOKENIZER.universe)] == [0, 1, 2]
    rows = TOKENIZER.encode_rows([("chr2", 0, 9), ("chr9", 0, 9), ("chr1", 0, 19)])
    assert read(rows) == [{"row": 0, "tokens": [2, 0]}, {"row": 1, "tokens": []}, {"row": 2, "tokens": [1]}]
    inputs = read(TOKENIZER(BATCH))
    assert inputs == [
        {"input_ids": [2, 0], "attention_mask": [1, 1]},
        {"input_ids": [1], "attention_mask": [1]},
    ]


def test_pandas_reads_categories_and_numbers():
    """Names are categories, which bioframe and PyRanges read as well."""
    frame = in_pandas(REGIONS)
    assert [str(kind) for kind in frame.dtypes] == ["category", "int64", "int64"]
    assert [*frame.itertuples(index=False, name=None)] == ROWS


def test_the_types_are_settled():
    """Ids are 32 bits wide, coordinates 64, masks 8; only chromosome names can be missing."""
    table = pa.table(REGIONS)
    assert table.schema.types == [pa.dictionary(pa.int32(), pa.string()), pa.int64(), pa.int64()]
    assert [field.nullable for field in table.schema] == [True, False, False]
    rows = pa.table(TOKENIZER.encode_rows(REGIONS))
    assert rows.schema.field("tokens").type == pa.list_(pa.field("element", pa.int32(), nullable=False))
    inputs = pa.table(TOKENIZER(BATCH, return_special_tokens_mask=True, return_offsets=True, return_length=True))
    found = {field.name: str(getattr(field.type, "value_type", field.type)) for field in inputs.schema}
    assert found == {
        "input_ids": "int32",
        "attention_mask": "int8",
        "special_tokens_mask": "int8",
        "region_index": "int64",
        "length": "int64",
    }


@pytest.mark.parametrize("empty", [Regions.empty(), RaggedIds.concat([]), Encoding({"input_ids": []}), Encoding({})])
def test_nothing_is_a_table_without_rows(empty):
    """The columns are there, the rows are not."""
    assert pa.table(empty).num_rows == 0


def test_coordinates_and_ids_are_not_copied():
    """The table looks at the very arrays."""
    table = pa.table(REGIONS)
    assert table["start"].chunk(0).buffers()[1].address == REGIONS.starts.ctypes.data
    rows = TOKENIZER.encode_rows(REGIONS)
    assert pa.table(rows)["tokens"].chunk(0).values.buffers()[1].address == rows.ids.ctypes.data


def test_a_table_outlives_what_it_came_from():
    """The consumer keeps the memory alive, and the next table is as good."""
    tables = [pa.table(Regions.from_tuples(ROWS * 1000)) for _ in range(20)]
    assert all(table["end"].to_pylist() == [9, 20, 7] * 1000 for table in tables)


def test_a_row_of_no_chromosome_has_a_null():
    """It hits nothing, and no name is made up for it."""
    regions = Regions.from_arrays(["chr1", None], [1, 2], [3, 4], invalid="skip")
    assert pa.table(regions)["chrom"].to_pylist() == ["chr1", None]
    assert Regions.from_frame(pa.table(regions), invalid="skip").codes.tolist() == [0, -1]


def test_a_consumer_gets_the_types_it_asks_for():
    """Texts instead of categories, narrower numbers: the stream converts."""
    wanted = pa.schema([("chrom", pa.large_string()), ("start", pa.int32()), ("end", pa.uint32())])
    table = pa.RecordBatchReader.from_stream(REGIONS, schema=wanted).read_all()
    assert table.schema.types == wanted.types
    assert [tuple(row.values()) for row in table.to_pylist()] == ROWS


@given(universes())
def test_regions_round_trip(rows):
    """Out through one library and in again: the same regions."""
    regions = Regions.from_tuples(rows)
    for table in (pa.table(regions), pl.DataFrame(regions), in_pandas(regions), regions):
        assert Regions.from_frame(table) == regions


def test_more_ids_than_int32_counts_become_large_lists(monkeypatch):
    """Offsets are not cut off: the type grows, the rows stay."""
    rows = RaggedIds(np.array([4, 5, 9], np.int32), np.array([0, 2, 2, 3]))
    small = pa.table(rows)
    monkeypatch.setattr("genotok.values.arrow._LONGEST", 2)
    large = pa.table(rows)
    assert pa.types.is_list(small.schema.field("tokens").type)
    assert pa.types.is_large_list(large.schema.field("tokens").type)
    assert large.to_pylist() == small.to_pylist() == pl.DataFrame(rows).to_dicts()


@given(st.lists(st.lists(st.integers(0, 2**31 - 1), max_size=5), max_size=20), st.booleans())
def test_rows_of_ids_round_trip(lists, sort):
    """Rows, also empty ones; a sorted row tells from which input row it is."""
    offsets = np.cumsum([0, *map(len, lists)])
    order = np.arange(len(lists))[::-1] if sort else None
    rows = RaggedIds(np.array([*chain.from_iterable(lists)], np.int32), offsets, order)
    table = pl.DataFrame(rows)
    assert table["tokens"].to_list() == lists
    assert table["row"].to_list() == [*range(len(lists))][:: -1 if sort else 1]


@pytest.mark.parametrize("tensors", [None, "np"])
@pytest.mark.parametrize("documents", [BATCH, BATCH[0]])
def test_a_document_is_a_row_in_lists_and_arrays_alike(documents, tensors):
    """One document is one row; padding and foreign keys come along."""
    inputs = TOKENIZER(documents, padding=True, return_tensors=tensors, return_length=True)
    batch = documents is BATCH
    table = pa.table(inputs).to_pydict()
    assert table["input_ids"] == ([[2, 0], [1, TOKENIZER.pad_token_id]] if batch else [[2, 0]])
    assert table["length"] == ([2, 1] if batch else [2])
    assert pa.table(TOKENIZER.pad({**inputs, "label": [7] * (1 + batch)}))["label"].to_pylist() if batch else True


def test_what_holds_no_whole_numbers_is_refused():
    """A foreign key of another kind has no column."""
    with pytest.raises(InputError, match=r"name holds something else than whole numbers; leave it out of the table"):
        pa.table(Encoding({"input_ids": [[1]], "name": ["a"]}))


def test_without_the_extra_the_command_that_brings_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    for value in (REGIONS, TOKENIZER.universe, TOKENIZER.encode_rows(REGIONS), TOKENIZER(BATCH)):
        with pytest.raises(MissingExtraError, match=r"arro3 is not installed; pip install 'genotok\[arrow\]'"):
            value.__arrow_c_stream__()
