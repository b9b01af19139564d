"""Tables of pandas, polars and pyarrow: the same regions whoever holds them and however their columns are stored."""

import sys

import arro3.core as arro3
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.compute import run_end_encode

from genotok import IntervalTokenizer, Regions, Universe
from genotok.errors import InputError, IntervalError, MissingExtraError

ROWS = [("chr2", 5, 9), ("chr1", 10, 20), ("chr2", 0, 7)]
COLUMNS = {"chrom": [row[0] for row in ROWS], "start": [row[1] for row in ROWS], "end": [row[2] for row in ROWS]}


class Stream:
    """A table that speaks nothing but Arrow's C stream."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def frames(columns):
    """One table in every form."""
    frame, polar, arrow = pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)
    names = sorted({*columns["chrom"], "chrUnused"})
    yield "pandas", frame
    yield "pandas with another index", frame.set_index(np.arange(len(frame))[::-1] + 50)
    yield "pandas object", frame.astype(object)
    yield "pandas categorical", frame.assign(chrom=pd.Categorical(frame["chrom"], categories=names[::-1]))
    yield "pandas nullable", frame.astype({"start": "Int64", "end": "UInt32", "chrom": "string"})
    yield "pandas float", frame.astype({"start": "float64", "end": "float32"})
    yield "pandas arrow", frame.astype({"start": "int64[pyarrow]", "chrom": "string[pyarrow]"})
    yield "pandas upper case", frame.rename(columns={"chrom": "Chromosome", "start": "Start", "end": "End"})
    yield "records", frame.to_records(index=False)
    yield "polars", polar
    yield "polars categorical", polar.with_columns(pl.col("chrom").cast(pl.Categorical))
    yield "polars enum", polar.with_columns(pl.col("chrom").cast(pl.Enum(names)))
    yield "polars small", polar.with_columns(pl.col("start").cast(pl.UInt32), pl.col("end").cast(pl.Float64))
    yield "polars chunks", pl.concat([polar[:1], polar[1:]], rechunk=False)
    yield "polars wide", polar.with_columns(pl.col("start").cast(pl.Int128), pl.col("end").cast(pl.Decimal(20, 2)))
    yield "arrow", arrow
    yield "arrow chunks", pa.concat_tables([arrow[:1], arrow[1:]])
    yield "arrow batch", arrow.combine_chunks().to_batches()[0]
    pieces = pa.concat_tables([arrow[:2], arrow[2:]])["chrom"].chunks
    coded = pa.chunked_array([piece.dictionary_encode() for piece in pieces])  # each with its own dictionary
    yield "arrow dictionary", arrow.set_column(0, "chrom", coded)
    yield "arrow runs", arrow.combine_chunks().set_column(0, "chrom", run_end_encode(arrow["chrom"].combine_chunks()))
    schema = pa.schema([("chrom", pa.large_string()), ("start", pa.int32()), ("end", pa.uint64())])
    yield "arrow large", arrow.cast(schema)
    yield "stream", Stream(arrow)
    yield "arro3", arro3.Table.from_arrow(arrow)
    yield "arro3 batch", arro3.RecordBatch.from_arrow(arrow.combine_chunks().to_batches()[0])
    yield "dict of series", dict(frame.items())
    yield "dict of polars series", {name: polar[name] for name in polar.columns}
    yield "dict of arrow arrays", {name: arrow[name] for name in arrow.column_names}


FORMS = [name for name, _ in frames(COLUMNS)]


@pytest.mark.parametrize("form", FORMS)
def test_every_table_gives_the_same_regions(form):
    """Numbers of any type, texts or categories, one chunk or many: one outcome, names by first appearance."""
    table = dict(frames(COLUMNS))[form]
    regions = Regions.from_frame(table)
    assert regions.to_tuples() == ROWS
    assert regions.chrom_names == ("chr2", "chr1")


@pytest.mark.parametrize("form", FORMS)
def test_every_table_is_a_document(form):
    """A table is one document, two are a batch."""
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 15, 30), ("chr2", 6, 7)])))
    table = dict(frames(COLUMNS))[form]
    assert tokenizer.encode_rows(table).to_lists() == [[1], [0], [1]]
    assert tokenizer([table, table])["input_ids"] == [[1, 0, 1]] * 2


@given(st.lists(st.tuples(st.sampled_from(["chr1", "chr10", "chrX"]), st.integers(0, 99), st.integers(100, 2**24))))
def test_tables_of_any_rows_agree(rows):
    """Also empty ones, and however names repeat."""
    columns = {"chrom": [row[0] for row in rows], "start": [row[1] for row in rows], "end": [row[2] for row in rows]}
    if not rows:
        columns = {"chrom": pd.array([], dtype=object), "start": np.empty(0, int), "end": np.empty(0, int)}
        assert len(Regions.from_frame(pd.DataFrame(columns))) == 0
        return
    for name, table in frames(columns):
        assert Regions.from_frame(table) == Regions.from_tuples(rows), name


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("start", r"row 1: start (nan|None|<NA>) is not a whole number; fill or drop such rows"),
        ("chrom", r"row 1: the chromosome name is missing; fill or drop such rows"),
    ],
)
def test_missing_values_are_refused_with_their_row(column, message):
    """A null in any library is a missing value, and skipped on request."""
    columns = COLUMNS | {column: [COLUMNS[column][0], None, COLUMNS[column][2]]}
    frame, polar, arrow = pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)
    tables = [frame, polar, arrow, Stream(arrow)]
    if column == "start":
        tables.append(frame.astype({"start": "Int64"}))
    else:
        tables += [frame.astype({"chrom": "category"}), polar.with_columns(pl.col("chrom").cast(pl.Categorical))]
        tables.append(arrow.set_column(0, "chrom", arrow["chrom"].dictionary_encode()))
    for table in tables:
        with pytest.raises(IntervalError, match=message):
            Regions.from_frame(table)
        assert Regions.from_frame(table, invalid="skip").codes.tolist() == [0, -1, 0]


def test_two_columns_of_one_name_are_refused():
    """pandas lets a name stand twice; neither is chosen."""
    frame = pd.DataFrame([["chr1", "chr2", 1, 2]], columns=["chr", "chr", "start", "end"])
    with pytest.raises(InputError, match=r"columns 'chr' and 'chr' could both be the chromosome"):
        Regions.from_frame(frame)


def test_columns_of_another_type_are_refused():
    """Booleans, dates and durations are no numbers; integers are no names."""
    frame = pd.DataFrame(COLUMNS)
    polar = pl.DataFrame(COLUMNS)
    for table in (
        frame.astype({"start": bool}),
        frame.astype({"start": bool}).astype({"start": "boolean"}),
        frame.astype({"start": "datetime64[ns]"}),
        polar.with_columns(pl.col("start").cast(pl.Boolean)),
        polar.with_columns(pl.col("start").cast(pl.Duration)),
    ):
        with pytest.raises(InputError, match=r"column 'start' holds"):
            Regions.from_frame(table)
    numbers = COLUMNS | {"chrom": [1, 2, 3]}
    for table in (pd.DataFrame(numbers), pl.DataFrame(numbers), pa.table(numbers)):
        with pytest.raises(InputError, match=r"column 'chrom' holds 1, which is no text; chromosome names are text"):
            Regions.from_frame(table)


def test_a_lazy_frame_is_refused_without_running_it():
    """polars' plan is named, and its schema is not resolved (which would warn)."""
    with pytest.raises(InputError, match=r"a lazy LazyFrame has no rows yet; collect first: pass frame.collect\(\)"):
        Regions.from_frame(pl.DataFrame(COLUMNS).lazy())
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)))
    with pytest.raises(InputError, match=r"collect first"):
        tokenizer(pl.DataFrame(COLUMNS).lazy())


def test_a_series_of_regions_is_no_table():
    """A Series streams Arrow too, but its elements are what is meant: regions, or paths."""
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(ROWS)))
    assert tokenizer.encode(pd.Series(ROWS)) == [2, 0, 1, 2, 0]
    with pytest.raises(FileNotFoundError, match=r"none.bed: no such file"):
        tokenizer(pd.Series(["none.bed"]))


def test_a_stream_is_read_by_the_extra_where_pyarrow_is_absent(monkeypatch):
    """arro3 reads the same regions, and sees the same missing values."""
    stream, gaps = Stream(pa.table(COLUMNS)), Stream(pa.table(COLUMNS | {"start": [1, None, 3]}))
    expected = Regions.from_frame(stream)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert Regions.from_frame(stream) == expected
    with pytest.raises(IntervalError, match=r"row 1: start None is not a whole number"):
        Regions.from_frame(gaps)


def test_a_stream_without_the_extra_names_it(monkeypatch):
    """What can be reached by name needs no extra; a bare stream needs one that speaks Arrow."""
    stream = Stream(pa.table(COLUMNS))
    for package in ("pyarrow", "arro3", "arro3.core"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"arro3 is not installed; pip install 'genotok\[arrow\]'"):
        Regions.from_frame(stream)


def test_a_stream_of_something_else_is_refused(monkeypatch):
    """A stream of one column that is no table says so, whoever reads it."""
    stream = Stream(pa.chunked_array([[1, 2]]))
    with pytest.raises(InputError, match=r"Stream streams no table \(.*\); stream three columns"):
        Regions.from_frame(stream)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"Stream streams no table \(.*\); stream three columns"):
        Regions.from_frame(stream)
