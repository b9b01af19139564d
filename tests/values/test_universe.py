"""Universes: ids by first appearance, hits by the predicate, identity by rows."""

import copy
import hashlib
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oracles
from genotok.errors import InputError, UniverseError, VocabularyError
from genotok.io.bedreader import BedReader
from genotok.kernels import overlap
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe
from strategies import cuts, universes, universes_and_queries

ENGINES = ("bits", "ailist")


def universe_of(rows):
    return Universe.from_regions(Regions.from_tuples(rows, invalid="keep"))


def universe_of_text(text, invalid="error"):
    reader = BedReader("u.bed", invalid=invalid, keep_text=True)
    return Universe.from_regions(Regions.concat([reader.feed(text), reader.close()]))


def lists(offsets, ids):
    return [ids[begin:end].tolist() for begin, end in pairwise(offsets)]


def encode(universe, queries, engine="bits"):
    return lists(*universe.encode(Regions.from_tuples(queries, invalid="keep"), engine=engine))


@pytest.mark.parametrize("engine", ENGINES)
@given(case=universes_and_queries(kept=True))
def test_hits_match_the_definition(engine, case):
    universe, queries = case
    assert encode(universe_of(universe), queries, engine) == oracles.encode(universe, queries)


@pytest.mark.parametrize("short_window", [0, 64])
@given(case=universes_and_queries(kept=True))
def test_hits_match_the_definition_with_every_guard_forced(short_window, case):
    universe, queries = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "windows_are_long", lambda **_: True)
        patch.setattr(overlap, "_STEPS", 0)
        patch.setattr(overlap, "MAX_CANDIDATES", 3)
        patch.setattr(overlap.find_overlaps, "__kwdefaults__", {"short_window": short_window})
        patch.setattr(overlap.build_index, "__kwdefaults__", {"engine": "bits", "fan_out": 2})
        found = {engine: encode(universe_of(universe), queries, engine) for engine in ENGINES}
    assert found["bits"] == found["ailist"] == oracles.encode(universe, queries)


@given(case=universes_and_queries(kept=True), data=st.data())
def test_queries_split_anywhere_give_the_same_rows(case, data):
    rows, queries = case
    universe = universe_of(rows)
    places = data.draw(cuts(len(queries)))
    pieces = [encode(universe, queries[a:b]) for a, b in pairwise(places)]
    assert [row for piece in pieces for row in piece] == encode(universe, queries)


@given(case=universes_and_queries(kept=True), data=st.data())
def test_a_permutation_of_the_queries_permutes_the_rows(case, data):
    rows, queries = case
    universe = universe_of(rows)
    order = data.draw(st.permutations(range(len(queries))))
    found = encode(universe, queries)
    assert encode(universe, [queries[place] for place in order]) == [found[place] for place in order]


@given(case=universes_and_queries(kept=True))
def test_the_order_of_universe_rows_changes_ids_and_nothing_else(case):
    rows, queries = case
    backwards = rows[::-1]
    found = [{rows[row] for row in hit} for hit in encode(universe_of(rows), queries)]
    assert [{backwards[row] for row in hit} for hit in encode(universe_of(backwards), queries)] == found


@given(rows=universes(kept=True), data=st.data())
def test_repeated_rows_are_one_entry_with_the_first_place(rows, data):
    repeats = data.draw(st.lists(st.sampled_from(rows), max_size=9))
    at = data.draw(st.lists(st.integers(0, len(rows)), min_size=len(repeats), max_size=len(repeats)))
    mixed = list(rows)
    for place, row in zip(at, repeats, strict=True):
        mixed.insert(place, row)
    universe = universe_of(mixed)
    assert universe.regions.to_tuples() == oracles.distinct(mixed)
    assert (universe.report.rows, universe.report.duplicates) == (len(rows), len(repeats))


@given(rows=universes(kept=True))
def test_every_id_has_a_text_that_leads_back_to_it(rows):
    universe = universe_of(rows)
    texts = universe.texts(np.arange(len(rows)))
    assert texts == [f"{chrom}:{start}-{end}" for chrom, start, end in rows]
    found = universe.ids_of(texts)
    assert found.dtype == np.int32
    assert found.tolist() == list(range(len(rows)))


@pytest.mark.parametrize("name", ["chr1", "chr\u00e9:2", "scaffold" * 9, "nul\0"])
def test_many_texts_are_those_of_one_at_a_time(name):
    """A million of them in a second, whatever the names; coordinates stay as the file spells them."""
    rows = [(name if at % 3 else "chrX", 7 * at, 7 * at + 10**9) for at in range(1500)]
    universe = universe_of([*rows[:1499], ("chr2", 10, 20)])
    universe.regions.texts[1499] = ("0010", "20")
    assert universe.texts(range(1500)) == [universe.texts([at])[0] for at in range(1500)]
    assert universe.texts(range(1500))[1499] == "chr2:0010-20"


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "chr1", "chr1:", "chr1:-", "chr1:10", "chr1:10-", "chr1:10-21", "chr2:10-20", "chr1:010-20"),
        *("chr1:+10-20", "chr1:10-20 ", " chr1:10-20", "chr1:10-20-30", "CHR1:10-20", "chr1:1_0-20", "chr1:१०-20"),
        *("chr1:-10-20", "chr1:0-0", "chr1:99999999999999999999-20", "chr1:10-" + "9" * 6000, "<unk>", "chr1:10--20"),
        *(":10-20", "chr1::10-20", "chr1:++10-20", "chr1:" + "0" * 5000 + "10-20", "chr1:²-20"),
    ],
)
def test_a_text_that_no_row_has_is_minus_one(text):
    universe = universe_of([("chr1", 10, 20), ("chr1", 15, 30), ("a:5-6", 7, 8)])
    assert universe.ids_of([text, "a:5-6:7-8", text, "chr1:15-30"]).tolist() == [-1, 2, -1, 1]


def test_coordinate_texts_are_those_of_the_file():
    universe = universe_of_text(b"chr1\t0010\t20\nchr1\t10\t20\nchr1\t+5\t7\n")
    assert universe.texts([0, 1]) == ["chr1:0010-20", "chr1:+5-7"]
    zeros = universe_of_text(b"chr1\t" + b"0" * 60 + b"10\t20\n")
    assert zeros.ids_of(zeros.texts([0])).tolist() == [0]
    assert universe.ids_of(["chr1:0010-20", "chr1:10-20", "chr1:+5-7", "chr1:5-7"]).tolist() == [0, -1, 1, -1]


@given(rows=universes(kept=True))
def test_the_digest_is_the_sha256_of_the_rows_as_text(rows):
    text = "".join(f"{chrom}\t{start}\t{end}\n" for chrom, start, end in rows)
    assert universe_of(rows).digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_digest_keeps_the_texts_of_the_file():
    text = b"chr1\t0010\t20\nchr1\t15\t30\nchr2\t+5\t7\n"
    assert universe_of_text(text).digest == hashlib.sha256(text).hexdigest()


def test_universes_are_equal_when_rows_and_texts_are():
    one, two = universe_of_text(b"a\t1\t2\nb\t3\t4\n"), universe_of([("a", 1, 2), ("b", 3, 4)])
    assert one == two
    assert hash(one) == hash(two)
    assert one != universe_of([("b", 3, 4), ("a", 1, 2)])
    assert one != universe_of_text(b"a\t01\t2\nb\t3\t4\n")
    assert one != universe_of([("a", 1, 2)])
    assert one != "universe"


@given(rows=universes(kept=True))
def test_a_pickle_is_the_same_bytes_before_and_after_use(rows):
    universe = universe_of(rows)
    before = pickle.dumps(universe)
    for engine in ENGINES:
        encode(universe, rows[:3], engine)
    assert universe.digest
    universe.ids_of(["x"])
    assert pickle.dumps(universe) == before
    again = pickle.loads(before)
    assert again == universe == copy.deepcopy(universe)
    assert again.digest == universe.digest
    assert encode(again, rows) == encode(universe, rows)
    assert pickle.dumps(again) == before


def test_a_copy_keeps_the_texts_of_the_file():
    universe = universe_of_text(b"chr1\t0010\t20\n")
    assert pickle.loads(pickle.dumps(universe)).texts([0]) == ["chr1:0010-20"]


def test_a_universe_needs_a_row():
    with pytest.raises(UniverseError, match=r"no regions are left; a universe needs at least one row"):
        Universe.from_regions(Regions.empty())
    nowhere = Regions.from_tuples([("chr1", 9, 5)], invalid="skip")
    with pytest.raises(UniverseError, match=r"no regions are left; a universe needs at least one row"):
        Universe.from_regions(nowhere)


def test_what_is_no_universe_no_engine_and_no_id_is_refused():
    universe = universe_of([("chr1", 1, 5)])
    with pytest.raises(InputError, match=r"^list is no Regions; Regions\.from_tuples\(rows\) makes one$"):
        Universe.from_regions([("chr1", 1, 5)])
    with pytest.raises(InputError, match=r"^engine='tree' is unknown; 'bits' or 'ailist'$"):
        universe.encode(Regions.empty(), engine="tree")
    for wrong in (-1, 1):
        with pytest.raises(VocabularyError, match=rf"^{wrong} is no id of a region; ids run from 0 to 0$"):
            universe.texts([0, wrong])


def test_rows_of_no_chromosome_do_not_enter():
    rows = Regions.from_tuples([("chr1", 9, 5), ("chr1", 1, 2)], invalid="skip")
    assert Universe.from_regions(rows).regions.to_tuples() == [("chr1", 1, 2)]


def test_hits_are_read_only():
    offsets, ids = universe_of([("chr1", 1, 5)]).encode(Regions.from_tuples([("chr1", 1, 2)]))
    assert (offsets.dtype, ids.dtype) == (np.int64, np.int32)
    for array in (offsets, ids):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


def test_rows_of_no_chromosome_hit_nothing():
    universe = universe_of([("chr1", 0, 100)])
    queries = Regions(("chr1",), np.array([-1, 0], np.int32), np.array([0, 0]), np.array([50, 50]))
    assert lists(*universe.encode(queries)) == [[], [0]]


def test_a_chromosome_that_no_row_has_left_changes_nothing():
    regions = Regions(("gone", "chr1", "chr2"), np.array([1, 2], np.int32), np.array([5, 5]), np.array([9, 9]))
    universe = Universe(regions, LoadReport(rows=2))
    assert encode(universe, [("gone", 0, 99), ("chr1", 0, 99), ("chr2", 8, 9)]) == [[], [0], [1]]


def test_no_query_reaches_over_the_end_of_its_chromosome():
    names = [f"c{number}" for number in range(50)]
    universe = universe_of([(name, 0, 10) for name in names])
    top = 2**32 - 1
    asked = [(name, *span) for name in names for span in ((0, top), (9, top), (10, top), (top, top), (top, 0))]
    assert encode(universe, asked) == [hit for number in range(50) for hit in ([number], [number], [], [], [])]


def test_a_universe_says_how_large_it_is():
    universe = universe_of([("chr1", 1, 5), ("chr2", 1, 5)])
    assert (len(universe), universe.n_regions, universe.chrom_names) == (2, 2, ("chr1", "chr2"))
    assert repr(universe) == "Universe(2 regions on 2 chromosomes)"


def test_a_written_universe_reads_back_equal(tmp_path):
    universe = universe_of_text(b"chr2\t0010\t20\textra\nchr1\t+1\t5\nchr1\t1\t7\n")
    for name in ("u.bed", "u.bed.gz"):
        universe.write_bed(tmp_path / name)
        again = Universe.from_bed(tmp_path / name)
        assert again == universe
        assert again.digest == universe.digest


def test_a_loaded_universe_holds_no_python_object_for_each_region():
    count = 20_000
    text = "".join(f"chr{row % 7}\t{50 * row}\t{50 * row + 30}\n" for row in range(count)).encode()
    universe = universe_of_text(text)
    encode(universe, [("chr1", 0, 10**6)])
    index = universe.index("bits")
    arrays = [universe.regions.codes, universe.regions.starts, universe.regions.ends, index.order]
    for each in index.lists:
        arrays += [each.starts, each.ends, each.ranks, *each.levels, each.reach, each.guide.table]
    owned = {id(array if array.base is None else array.base): array for array in arrays if array is not None}
    assert sum(array.nbytes for array in owned.values()) <= 60 * count
    assert not universe.regions.texts


@pytest.mark.parametrize("name", ["regions", "report", "n_regions", "digest", "other"])
def test_a_universe_is_immutable(name):
    """Whoever shares a universe can rely on it."""
    universe = universe_of([("chr1", 1, 5)])
    with pytest.raises(AttributeError, match=rf"a universe's {name} is fixed; Universe\.from_regions\(\.\.\) makes"):
        setattr(universe, name, None)
