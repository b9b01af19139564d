import json

import numpy as np
import pytest
from hypothesis import given

import oracles
from bridge.tab import Tab, bed_text
from genotok.values.names import natural_key
from strategies import universes_and_queries

UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
TEXT = b"# peaks\nchr2\t5\t9\nchr10\t1\t2\nchr1\t30\t40\nchr1\t0\t16\nchr1\t50\t60\n"


@pytest.fixture(scope="module")
def tab():
    tab = Tab()
    tab.open_universe(bed_text(UNIVERSE))
    return tab


@pytest.fixture(scope="module")
def handle(tab):
    return tab.tokenize(TEXT)[0]["handle"]


@given(universes_and_queries())
def test_summary_and_overview_count_what_is_there(drawn):
    """Regions, hits and tokens by chromosome and in bins add up to those of the definition."""
    universe, queries = drawn
    if not queries:
        return
    tab = Tab()
    tab.open_universe(bed_text(universe))
    said, _ = tab.tokenize(bed_text(queries), unmatched="unk")
    hits = oracles.encode(universe, queries)
    values, arrays = tab.call("summary", said["handle"], 12)
    names = sorted({row[0] for row in queries}, key=natural_key)
    assert values["chrom_names"] == names
    assert arrays["chrom_regions"].tolist() == [sum(row[0] == name for row in queries) for name in names]
    paired = list(zip(queries, hits, strict=True))
    assert arrays["chrom_hits"].tolist() == [sum(bool(ids) for row, ids in paired if row[0] == name) for name in names]
    tokens = [sum(len(ids) or 1 for row, ids in paired if row[0] == name) for name in names]
    assert arrays["chrom_tokens"].tolist() == tokens
    assert (values["regions"], values["regions_hit"]) == (len(queries), sum(map(bool, hits)))
    assert values["unk"] == sum(not ids for ids in hits)
    assert values["tokens"] == sum(tokens)
    assert values["coverage"] == len({each for ids in hits for each in ids}) / len(universe)
    assert arrays["width_regions"].sum() == len(queries)
    assert arrays["width_hits"].sum() == values["regions_hit"]
    grid, bins = tab.call("overview", said["handle"], 50)
    assert grid["chrom_names"] == sorted({row[0] for row in universe}, key=natural_key)
    assert len(bins["bin_starts"]) == len(bins["misses"]) == bins["first_bin"][-1]
    for at, name in enumerate(grid["chrom_names"]):
        part = slice(*bins["first_bin"][at : at + 2])
        assert bins["regions"][part].sum() == sum(row[0] == name for row in universe)
        assert bins["tokens"][part].sum() == sum(universe[each][0] == name for ids in hits for each in ids)
        assert bins["misses"][part].sum() == sum(row[0] == name for row, ids in paired if not ids)
    assert grid["elsewhere"] == sum(row[0] not in grid["chrom_names"] for row, ids in paired if not ids)


def test_rows_show_a_window_of_a_view(tab, handle):
    """With the file's lines, the first ids, and the regions that these stand for."""
    view = json.dumps({"sort": [["start", True]], "filter": {"chrom": "chr1"}})
    values, arrays = tab.call("rows", handle, view, 1, 2)
    assert values == {"total": 3, "first": 1}
    shown = {key: array.tolist() for key, array in arrays.items()}
    assert shown == {
        "rows": [2, 3],
        "lines": [4, 5],
        "codes": [2, 2],
        "starts": [30, 0],
        "ends": [40, 16],
        "counts": [1, 2],
        "ids": [3, 0, 1],
        "id_offsets": [0, 1, 3],
        "id_codes": [0, 0, 0],
        "id_starts": [30, 10, 15],
        "id_ends": [40, 20, 30],
    }
    assert tab.call("rows", handle, view, 99, 5)[0] == {"total": 3, "first": 3}
    assert tab.call("rows", handle, "", 0, 0)[1]["rows"].tolist() == []


def test_rows_list_at_most_eight_ids_each():
    """A row that hits a thousand regions is not sent whole."""
    tab = Tab()
    tab.open_universe(bed_text([("chr1", at, at + 1) for at in range(1000)]))
    said, _ = tab.tokenize(b"chr1\t0\t1000\nchr1\t5\t6\n")
    _, arrays = tab.call("rows", said["handle"], "{}", 0, 10)
    assert arrays["counts"].tolist() == [1000, 1]
    assert arrays["id_offsets"].tolist() == [0, 8, 9]


def test_tokens_are_chips_with_gaps_and_their_neighbours(tab, handle):
    """A row without token shows the nearest region and how far it is."""
    values, arrays = tab.call("tokens", handle, 1, 99)
    assert values == {"total": 6, "first": 1, "n_regions": 4}
    shown = {key: array.tolist() for key, array in arrays.items()}
    assert shown["ids"] == [-1, 3, 0, 1, -1]
    assert shown["rows"] == [1, 2, 3, 3, 4]
    assert shown["codes"] == [-1, 0, 0, 0, 0]
    assert (shown["starts"], shown["ends"]) == ([0, 30, 10, 15, 30], [0, 40, 20, 30, 40])
    assert shown["shared"] == [0, 10, 6, 1, 0]
    assert shown["distances"] == [-1, 0, 0, 0, 10]
    assert shown["occurrences"] == [0, 1, 1, 1, 0]


def test_unknown_tokens_are_misses_too(tab):
    """Under ``unk`` the chip is the unknown token, and still tells what is near; filters count the row as a miss."""
    said, _ = tab.tokenize(b"chr1\t50\t60\nchr1\t16\t17\n", unmatched="unk")
    _, arrays = tab.call("tokens", said["handle"], 0, 1)
    assert (arrays["ids"][0], arrays["starts"][0], arrays["distances"][0]) == (4, 30, 10)
    assert tab.call("rows", said["handle"], '{"filter": {"hit": false}}', 0, 9)[1]["rows"].tolist() == [0]
    _, arrays = tab.call("rows", said["handle"], "{}", 0, 1)
    assert (arrays["id_codes"].tolist(), arrays["id_starts"].tolist()) == ([-1], [0])


def test_rows_are_filtered_by_a_pattern(tab, handle):
    """As Python finds it in ``chr:start-end``; a pattern that is none says where it goes wrong."""
    assert tab.call("rows", handle, '{"filter": {"regexp": "^chr1:[35]"}}', 0, 9)[1]["rows"].tolist() == [2, 4]
    error = tab.fail("rows", handle, '{"filter": {"regexp": "^chr1:[35"}}', 0, 9)
    assert (error["code"], error["where"]) == ("InputError", "pattern, character 7")
    assert error["message"].startswith("pattern, character 7: unterminated character set; ")


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ("chr1:35", 1, True),
        ("chr1:30-40", 1, True),
        ("3", 1, True),
        ("<unk>", None, False),
        ("line 2", 2, True),
        ("chr1:45", 0, False),
    ],
)
def test_find_answers_in_the_order_of_the_view(tab, handle, text, position, found):
    """The position counts within the view that is shown."""
    values, _ = tab.call("find", handle, '{"sort": [["start", true]]}', text)
    assert (values["position"], values["found"]) == (position, found)


def test_texts_are_those_of_the_vocabulary(tab):
    """Ids come as JSON or as a buffer; special tokens have texts too."""
    assert tab.call("texts", "[2, 0, 4]")[0]["texts"] == ["chr2:5-9", "chr1:10-20", "<unk>"]
    assert tab.call("texts", memoryview(np.array([10], np.int32)))[0]["texts"] == ["<sep>"]
    assert tab.fail("texts", "[11]")["message"] == "an id is 11; a whole number from 0 to 10"
    assert tab.fail("texts", json.dumps([0] * 4097))["hint"] == "at most 4,096"


def test_one_view_is_kept(tab, handle, monkeypatch):
    """Paging through a view sorts once."""
    import genotok.bridge.result as result

    calls = []
    real = result.order_rows
    monkeypatch.setattr(result, "order_rows", lambda *arguments: calls.append(1) or real(*arguments))
    view = '{"sort": [["width", false]]}'
    pages = [tab.call("rows", handle, view, first, 2)[1]["rows"].tolist() for first in (0, 2, 4)]
    assert sorted(row for page in pages for row in page) == [0, 1, 2, 3, 4]
    assert len(calls) == 1
