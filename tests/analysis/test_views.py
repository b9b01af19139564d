import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.documents import NAMES, document_of, documents
from genotok.analysis.views import View, order_rows
from genotok.errors import InputError
from genotok.values.names import natural_key

COLUMNS = {
    "line": lambda row: row.line,
    "chrom": lambda row: natural_key(row.chrom) if row.chrom else (9,),
    "start": lambda row: row.start,
    "end": lambda row: row.end,
    "width": lambda row: row.width,
    "tokens": lambda row: len(row.ids),
    "id": lambda row: row.ids[0] if row.ids else -1,
}


PATTERNS = [
    "",
    "^chr1",
    "^chr1:",
    r"-\d\d",
    "HLA|2:",
    r"[^a]$",
    r"^:",
    r"(?i)hla-a\*",
    r"\s",
    "(.).*\\1$",
    "(?s:.)*",
    "(?m)^c",
]


def bounds(values):
    return st.tuples(st.none() | values, st.none() | values).map(list)


def filters():
    return st.fixed_dictionaries(
        {},
        optional={
            "chrom": st.sampled_from(NAMES) | st.lists(st.sampled_from([*NAMES, "chrNo"]), max_size=3),
            "hit": st.booleans(),
            "text": st.text("chr10:2-HLA*a", max_size=5),
            "regexp": st.sampled_from(PATTERNS),
            "id": bounds(st.integers(0, 10)),
            "width": bounds(st.integers(-5, 20)),
            "range": bounds(st.integers(0, 2**33)),
        },
    )


def within(value, limits):
    low, high = limits
    return (low is None or value >= low) and (high is None or value <= high)


def shows(row, chosen):
    """The definition of the filters."""
    chroms = chosen.get("chrom", [row.chrom])
    start, end = chosen.get("range", (None, None))
    return (
        row.chrom in ([chroms] if isinstance(chroms, str) else chroms)
        and chosen.get("hit", row.hit) == row.hit
        and (not chosen.get("text") or chosen["text"].casefold() in row.label.casefold())
        and ("regexp" not in chosen or re.search(chosen["regexp"], row.label) is not None)
        and ("id" not in chosen or any(within(each, chosen["id"]) for each in row.ids))
        and within(row.width, chosen.get("width", (None, None)))
        and ("range" not in chosen or (row.start < (2**32 if end is None else end) and row.end > (start or 0)))
    )


@given(documents(), st.lists(st.tuples(st.sampled_from(list(COLUMNS)), st.booleans()), max_size=3), filters())
def test_a_view_is_the_filtered_rows_sorted(drawn, sort, chosen):
    """Rows that pass all filters, stably sorted by the keys, the first key being the most important."""
    document, rows = drawn
    expected = [row for row in rows if shows(row, chosen)]
    for column, descending in reversed(sort):
        order = sorted(expected, key=COLUMNS[column])
        if descending:  # equal rows keep their order
            order = sorted(expected, key=COLUMNS[column], reverse=True)
        expected = order
    order = order_rows(document, View.from_dict({"sort": [list(key) for key in sort], "filter": chosen}))
    found = range(len(rows)) if order is None else order.tolist()
    assert list(found) == [row.index for row in expected]


def test_the_plain_view_costs_nothing():
    """No filter and no key: no list of rows is made."""
    assert order_rows(document_of([]), View()) is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"order": []}, "unknown order; known: sort, filter"),
        ({"filter": {"strand": "+"}}, "unknown strand"),
        ({"filter": []}, None),
        ({"filter": 5}, "filter is no mapping"),
        ({"sort": "start"}, "sort 'start' is no list"),
        ({"sort": [["strand", True]]}, r"is no sort key; \[column, descending\] with one of line, chrom"),
        ({"sort": [["start"]]}, "is no sort key"),
        ({"sort": [["start", 1]]}, "is no sort key"),
        ({"filter": {"chrom": 5}}, "chrom 5 is no list"),
        ({"filter": {"chrom": [5]}}, "chrom holds something that is no name"),
        ({"filter": {"hit": "yes"}}, "hit 'yes' is no bool"),
        ({"filter": {"text": 5}}, "text 5 is no str"),
        ({"filter": {"regexp": 5}}, "regexp 5 is no str"),
        (
            {"filter": {"regexp": "chr("}},
            r"pattern, character 4: missing \), unterminated subpattern; Python's regular",
        ),
        ({"filter": {"regexp": "a{99999999999999999999}"}}, "pattern: the repetition number is too large"),
        ({"filter": {"regexp": "a" * 1001}}, "a pattern of 1,001 characters; at most 1,000"),
        ({"filter": {"id": [1]}}, r"id \[1\] is no range"),
        ({"filter": {"width": ["a", None]}}, "is no range"),
        ({"filter": {"range": [0.5, 2]}}, "is no range"),
        ({"filter": {"id": [True, None]}}, "is no range"),
    ],
)
def test_what_is_no_view_is_refused(fields, message):
    """The message says which part, and what is known."""
    if message is None:
        assert View.from_dict(fields) == View()
        return
    with pytest.raises(InputError, match=message):
        View.from_dict(fields)
