"""The genomic neighbours: what bioframe, PyRanges and duckdb make of our tables, and we of theirs."""

import bioframe
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyranges
import pytest
from hypothesis import given

from foreign.panda import in_pandas
from genotok import IntervalTokenizer, Regions, Universe
from strategies import universes_and_queries

ROWS = [("chr2", 5, 9), ("chr1", 10, 20), ("chr2", 0, 7)]
REGIONS = Regions.from_tuples(ROWS)
TOKENIZER = IntervalTokenizer(Universe.from_regions(REGIONS))
# of bioframe's own calls of pandas
pytestmark = [
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
    pytest.mark.filterwarnings("ignore:In a future version, the keys of `groups`"),
]
CAPITALS = {"chrom": "Chromosome", "start": "Start", "end": "End"}


class PyRanges1(pd.DataFrame):
    """As PyRanges is from 1.0 on: a data frame by inheritance, which needs a newer Python than the tests have."""

    @property
    def _constructor(self):
        return PyRanges1


def tables_of(rows):
    """The rows in the hands of everyone, in their order."""
    regions = Regions.from_tuples(rows)
    frame = in_pandas(regions)
    return {
        "pandas": frame,
        "polars": pl.DataFrame(regions),
        "pyarrow": pa.table(regions),
        "bioframe": bioframe.from_any(frame),
        "PyRanges 1": PyRanges1(frame.rename(columns=CAPITALS)),
        "duckdb": duckdb.from_arrow(pa.table(regions)).to_arrow_table(),
    }


@pytest.mark.parametrize("name", tables_of(ROWS))
def test_all_hands_give_the_same_ids(name):
    """A table is one document, whoever holds it."""
    table = tables_of(ROWS)[name]
    assert Regions.from_frame(table) == REGIONS
    assert TOKENIZER.encode(table) == TOKENIZER.encode(REGIONS)


@pytest.mark.parametrize("strands", [None, ["+", "-", "+"]])
def test_a_pyranges_is_one_document(strands):
    """0.1 parts its rows by chromosome and strand: they are read in the order of its own ``df``."""
    frame = in_pandas(REGIONS).rename(columns=CAPITALS)
    ranges = pyranges.PyRanges(frame if strands is None else frame.assign(Strand=strands))
    order = ranges.df[["Chromosome", "Start", "End"]].itertuples(index=False, name=None)
    assert Regions.from_frame(ranges).to_tuples() == [*order]
    assert sorted(TOKENIZER.encode(ranges)) == sorted(TOKENIZER.encode(REGIONS))
    assert TOKENIZER([ranges, ranges])["input_ids"] == [TOKENIZER.encode(ranges)] * 2


def test_a_pyranges_without_rows_is_an_empty_document():
    """Its columns are gone with its rows."""
    assert len(Regions.from_frame(pyranges.PyRanges())) == 0
    assert TOKENIZER.encode(pyranges.PyRanges()) == [TOKENIZER.unk_token_id]


def test_bioframe_works_on_our_table():
    """It is one of its bed frames; what comes out of its operations comes in again."""
    frame = in_pandas(REGIONS)
    assert bioframe.is_bedframe(frame)
    assert Regions.from_frame(bioframe.merge(frame)).to_tuples() == [("chr2", 0, 9), ("chr1", 10, 20)]
    assert Regions.from_frame(bioframe.sort_bedframe(frame)).to_tuples() == [ROWS[2], ROWS[0], ROWS[1]]


def test_pyranges_works_on_our_table():
    merged = pyranges.PyRanges(in_pandas(REGIONS).rename(columns=CAPITALS)).merge()
    assert Regions.from_frame(merged).to_tuples() == [("chr1", 10, 20), ("chr2", 0, 9)]


def test_duckdb_asks_our_values_themselves():
    """Variables of a script are its tables: tokens join the universe by id, queries by row."""
    queries, universe = Regions.from_tuples([("chr2", 0, 6), ("chr9", 0, 1)]), TOKENIZER.universe
    rows, inputs = TOKENIZER.encode_rows(queries), TOKENIZER([queries, queries])
    assert universe is not None  # duckdb finds the names by itself
    assert rows is not None
    joined = duckdb.sql(
        "select row, chrom, start from (select row, unnest(tokens) as id from rows) join universe using (id) "
        "order by all"
    )
    assert joined.fetchall() == [(0, "chr2", 0), (0, "chr2", 5)]
    assert duckdb.sql("from inputs").fetchall() == [([2, 0], [1, 1])] * 2, inputs


@given(universes_and_queries())
def test_hits_are_those_of_bioframe(world):
    """Rows of at least one base: which universe rows each query overlaps, by bioframe's own join."""
    universe, queries = ([row for row in rows if row[1] < row[2]] for rows in world)
    if not universe or not queries:
        return
    tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(universe)))
    left = in_pandas(Regions.from_tuples(queries)).assign(row=np.arange(len(queries)))
    right = pl.DataFrame(tokenizer.universe).to_pandas()
    found = bioframe.overlap(left.astype({"chrom": str}), right.astype({"chrom": str}), how="inner")
    expected = sorted(zip(found["row"], found["id_"], strict=True))
    table = pl.DataFrame(tokenizer.encode_rows(left)).explode("tokens").drop_nulls()
    assert sorted(table.iter_rows()) == expected
