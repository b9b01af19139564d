"""Overlaps of real files as another tool lists them: (query row, universe row) pairs, counted and hashed."""

import csv
import hashlib
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from genotok import IntervalTokenizer, Universe, read_bed
from genotok.errors import UniverseWarning
from genotok.kernels.ragged import expand_ranges, offsets_of


class Overlaps(NamedTuple):
    """What a table of known overlaps says of one pair of files."""

    n_universe: int
    n_query: int
    pairs: int
    queries_with_hit: int
    universe_hit: int
    sha256_pairs: str


def read_table(path):
    """Read the lines of a table of known overlaps, with their two file names."""
    with Path(path).open() as file:
        for line in csv.DictReader(file, delimiter="\t"):
            *counts, sha = (line[name] for name in Overlaps._fields)
            yield line["universe"], line["query"], Overlaps(*map(int, counts), sha)


def find_overlaps(universe, query, engine="bits"):
    """Find the pairs through `IntervalTokenizer.encode_rows`, in the row numbers of the two files.

    The table counts every file row, also repeated ones, which a universe holds once; empty rows take no part.
    """
    regions, queries = read_bed(universe), read_bed(query)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UniverseWarning)
        tokenizer = IntervalTokenizer(Universe.from_regions(regions)).replace(engine=engine)
    rows = tokenizer.encode_rows(queries)
    query_rows, universe_rows = _file_rows(rows, tokenizer.universe, regions)
    alive = (queries.ends > queries.starts)[query_rows] & (regions.ends > regions.starts)[universe_rows]
    query_rows, universe_rows = query_rows[alive], universe_rows[alive]
    order = np.lexsort((universe_rows, query_rows))
    return Overlaps(
        len(regions),
        len(queries),
        len(order),
        len(np.unique(query_rows)),
        len(np.unique(universe_rows)),
        _hash(query_rows[order], universe_rows[order]),
    )


def _file_rows(rows, universe, regions):
    """Turn tokens into pairs of file rows: each id stands for all rows that repeat its region."""
    columns = np.stack([regions.codes.astype(np.int64), regions.starts, regions.ends])
    order = np.lexsort(columns[::-1])
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = np.any(columns[:, order[1:]] != columns[:, order[:-1]], axis=0)
    firsts = np.minimum.reduceat(order, np.flatnonzero(fresh))  # a region's first row decides its id
    id_of_group = np.argsort(np.argsort(firsts))
    assert len(firsts) == len(universe)
    group_of_id = np.argsort(id_of_group)
    bounds = offsets_of(np.diff(np.flatnonzero(np.append(fresh, True))))
    groups = group_of_id[rows.ids]
    counts = np.diff(bounds)[groups]
    places = expand_ranges(bounds[:-1][groups], counts)
    return np.repeat(rows.rows().astype(np.int64), counts.astype(np.intp)), order[places]


def _hash(query_rows, universe_rows):
    sha = hashlib.sha256()
    for at in range(0, len(query_rows), 100_000):
        pairs = zip(query_rows[at : at + 100_000].tolist(), universe_rows[at : at + 100_000].tolist(), strict=True)
        sha.update("".join(f"{query}\t{row}\n" for query, row in pairs).encode())
    return sha.hexdigest()
