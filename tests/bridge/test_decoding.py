import pytest

from bridge.tab import Tab, bed_text

UNIVERSE = [("chr1", 10, 20), ("chr2", 5, 9), ("chr1", 0, 2**31 - 1)]


@pytest.fixture(scope="module")
def tab():
    tab = Tab()
    tab.open_universe(bed_text(UNIVERSE))
    return tab


def test_ids_become_regions_again(tab):
    """Each with its place in the text; special tokens are no region, unknown words no token."""
    values, arrays = tab.call("decode", "2, 1 \U0001f9ec <unk>\nchr1:10-20 99")
    assert values == {"kind": "ids", "total": 4, "unknown": [[5, 7, "\U0001f9ec"], [25, 27, "99"]], "unknown_total": 2}
    assert {key: array.tolist() for key, array in arrays.items()} == {
        "ids": [2, 1, 3, 0],
        "codes": [0, 1, -1, 0],
        "starts": [0, 5, 0, 10],
        "ends": [2**31 - 1, 9, 0, 20],
        "places": [0, 3, 8, 14],
    }


def test_what_a_result_holds_decodes_to_its_regions(tab):
    """Ids of a tokenized file, pasted as JSON, are the regions that it hit."""
    said, arrays = tab.tokenize(b"chr1\t12\t13\nchr2\t8\t9\n")
    text = str({"input_ids": arrays["ids"].tolist()}).replace("'", '"')
    values, decoded = tab.call("decode", text)
    assert (values["kind"], values["total"]) == ("json", said["tokens"])
    assert decoded["ids"].tolist() == arrays["ids"].tolist()


@pytest.mark.parametrize("text", [None, 7, b"1", ["1"], '{"x": 1}', "1 " * (2**20 + 1), "1" * (2**24 + 1)])
def test_what_holds_no_ids_is_refused_with_a_reason(tab, text):
    assert tab.fail("decode", text)["code"] == "InputError"


def test_ids_need_a_universe():
    assert Tab().fail("decode", "1")["message"] == "no universe is open; choose one first"
