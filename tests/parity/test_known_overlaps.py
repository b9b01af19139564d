"""Real files against the answers of bedtools: every overlapping pair of rows, and no other."""

from pathlib import Path

import pytest

from parity.known import find_overlaps, read_table

FIXTURES = Path(__file__).parent.parent / "fixtures" / "overlaps"
TABLE = list(read_table(FIXTURES / "overlaps.tsv"))


@pytest.mark.parametrize("engine", ["bits", "ailist"])
@pytest.mark.parametrize(("universe", "query", "known"), TABLE, ids=[f"{line[0]}-{line[1]}" for line in TABLE])
def test_the_overlaps_of_real_files_are_those_that_bedtools_finds(universe, query, known, engine):
    assert find_overlaps(FIXTURES / universe, FIXTURES / query, engine) == known


def test_the_table_holds_repeated_unsorted_and_nested_rows():
    assert len(TABLE) == 7
    assert sum(known.pairs for _, _, known in TABLE) > 5_000
