import json

import numpy as np
import pytest

import genotok.bridge.comparing as comparing
from bridge.tab import Tab, bed_text

UNIVERSE = [("chr1", 10, 20), ("chr1", 15, 30), ("chr2", 5, 9), ("chr1", 30, 40)]
A = b"chr1\t12\t18\nchr1\t11\t12\nchr9\t1\t2\nchr2\t5\t6\n"  # ids 0 1, 0, none, 2
B = b"chr1\t35\t36\nchr1\t10\t11\nchr1\t0\t5\n"  # ids 3, 0, none


@pytest.fixture(scope="module")
def tab():
    tab = Tab()
    tab.open_universe(bed_text(UNIVERSE))
    return tab


@pytest.fixture(scope="module")
def pair(tab):
    return [tab.tokenize(data, name=name, unmatched="unk")[0]["handle"] for data, name in ((A, "a.bed"), (B, "b.bed"))]


def test_two_results_are_compared_by_the_tokens_they_share(tab, pair):
    """Unknown tokens stand for misses and are nothing that two files have in common."""
    said, arrays = tab.call("compare", *pair)
    handle = said.pop("handle")
    cosine = said.pop("cosine")
    assert cosine == pytest.approx(2 / (6 * 2) ** 0.5)
    assert said == {
        "universe": {"name": "u.bed", "digest": tab.session.desk.universe.digest},
        "a": {"name": "a.bed", "tokens": 4, "distinct": 3},
        "b": {"name": "b.bed", "tokens": 2, "distinct": 2},
        "shared": 1,
        "only_a": 2,
        "only_b": 1,
        "jaccard": 0.25,
        "weighted_jaccard": 1 / 5,
        "containment_a": 1 / 3,
        "containment_b": 1 / 2,
    }
    assert arrays == {}
    view = json.dumps({"sort": [["difference", True]]})
    values, rows = tab.call("compared_rows", handle, view, 1, 2)
    assert values == {"total": 4, "first": 1}
    assert {key: array.tolist() for key, array in rows.items()} == {
        "ids": [1, 2],
        "counts_a": [1, 1],
        "counts_b": [0, 0],
        "codes": [0, 1],
        "starts": [15, 5],
        "ends": [30, 9],
    }
    for which, ids in (("all", [0, 1, 2, 3]), ("both", [0]), ("only_a", [1, 2]), ("only_b", [3])):
        assert tab.call("compared_rows", handle, json.dumps({"which": which}), 0, 9)[1]["ids"].tolist() == ids
    assert tab.call("compared_rows", handle, None, 99, 9)[0] == {"total": 4, "first": 4}
    tab.call("forget", handle)
    assert tab.fail("compared_rows", handle, "{}", 0, 9)["code"] == "InputError"


def test_paging_through_a_comparison_sorts_once(tab, pair, monkeypatch):
    calls = []
    real = comparing.order_tokens
    monkeypatch.setattr(comparing, "order_tokens", lambda *arguments: calls.append(1) or real(*arguments))
    handle = tab.call("compare", *pair)[0]["handle"]
    for first in range(4):
        tab.call("compared_rows", handle, '{"sort": [["count_a", true]]}', first, 1)
    assert len(calls) == 1
    tab.call("compared_rows", handle, "{}", 0, 1)
    assert len(calls) == 2


def test_what_has_no_token_has_no_share(tab, pair):
    """Nothing is 0 of nothing: the page is told that there is no value."""
    empty = tab.tokenize(b"chr9\t1\t2\n")[0]["handle"]
    said, _ = tab.call("compare", empty, empty)
    assert [said[key] for key in ("jaccard", "weighted_jaccard", "containment_a", "cosine")] == [None] * 4
    said, _ = tab.call("compare", pair[0], empty)
    assert (said["jaccard"], said["containment_a"], said["containment_b"], said["cosine"]) == (0, 0, None, None)


def test_many_results_are_compared_pair_by_pair(tab, pair):
    values, arrays = tab.call("compare_many", json.dumps([*pair, pair[0]]))
    assert values == {
        "names": ["a.bed", "b.bed", "a.bed"],
        "universe": {"name": "u.bed", "digest": tab.session.desk.universe.digest},
    }
    assert arrays["jaccard"].dtype == np.float32
    assert arrays["jaccard"].tolist() == [1, 0.25, 1, 0.25, 1, 0.25, 1, 0.25, 1]
    assert arrays["shared"].tolist() == [3, 1, 3, 1, 2, 1, 3, 1, 3]
    assert arrays["distinct"].tolist() == [3, 2, 3]


@pytest.mark.parametrize("handles", ["[1]", "{}", "7", json.dumps(list(range(21)))])
def test_too_few_or_too_many_are_refused(tab, handles):
    error = tab.fail("compare_many", handles)
    assert (error["code"], error["hint"]) == ("InputError", "from 2 to 20 of them")


def test_results_of_two_universes_are_never_mixed():
    """Both digests are named; ids of one universe mean nothing in another."""
    tab, handles, digests = Tab(), [], []
    for name, end in (("one.bed", 6), ("two.bed", 7)):
        digests.append(tab.open_universe(b"chr1\t5\t%d\n" % end, name=name)["digest"][:8])
        handles.append(tab.tokenize(b"chr1\t5\t6\n", name=f"in-{name}")[0]["handle"])
    message = (
        f"in-one.bed was made with universe one.bed ({digests[0]}), in-two.bed with two.bed ({digests[1]}); "
        "their ids mean different regions; tokenize both with one universe"
    )
    assert tab.fail("compare", *handles)["message"] == message
    assert tab.fail("compare_many", json.dumps(handles))["message"] == message


@pytest.mark.parametrize(
    ("view", "first", "count"),
    [("[]", 0, 1), ("{", 0, 1), ('{"which": 1}', 0, 1), ("{}", -1, 1), ("{}", 0, 4097), ("{}", 0.5, 1), (7, 0, 1)],
)
def test_wrong_questions_are_refused(tab, pair, view, first, count):
    handle = tab.call("compare", *pair)[0]["handle"]
    assert tab.fail("compared_rows", handle, view, first, count)["code"] == "InputError"
    assert tab.fail("compare", handle, pair[0])["message"].startswith(f"handle {handle} is no result")
