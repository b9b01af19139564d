from collections import Counter
from math import isclose, isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.documents import N_REGIONS, UNK, documents
from genotok.analysis.compare import TokenView, compare_all, count_ids, measure, order_tokens
from genotok.analysis.document import Document
from genotok.errors import InputError
from genotok.values.names import natural_key
from genotok.values.regions import Regions

REGIONS = Regions.from_tuples(
    [("chr10", 5, 9), ("chr2", 7, 9), ("chr10", 1, 3), ("chrX", 1, 9), ("chr2", 7, 8), ("x", 0, 1)]
    + [("chr1", at, at + 9) for at in (4, 3, 2)]
)


def bag_of(rows):
    return Counter(each for row in rows for each in row.ids if each != UNK)


def share(part, whole):
    return part / whole if whole else None


@given(documents(), documents())
def test_similarity_is_what_its_names_say(one, two):
    """Each measure by its definition on bags of tokens; misses are not tokens."""
    a, b = bag_of(one[1]), bag_of(two[1])
    found = measure(count_ids(one[0]), count_ids(two[0]))
    counts = (len(a.keys() & b.keys()), len(a.keys() - b.keys()), len(b.keys() - a.keys()))
    assert (found.shared, found.only_a, found.only_b) == counts
    assert found.jaccard == share(len(a.keys() & b.keys()), len(a.keys() | b.keys()))
    assert found.weighted_jaccard == share((a & b).total(), (a | b).total())
    assert found.containment_a == share(found.shared, len(a))
    assert found.containment_b == share(found.shared, len(b))
    norms = sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))
    assert (found.cosine is None) == (norms == 0)
    if found.cosine is not None:
        assert isclose(found.cosine, sum(a[each] * b[each] for each in a) / norms)
        assert 0 <= found.cosine <= 1


@given(st.lists(documents(), min_size=2, max_size=5))
def test_all_pairs_are_the_pairs_one_by_one(drawn):
    """The matrix holds what each pair gives alone, its diagonal the document with itself."""
    found = compare_all([document for document, _ in drawn])
    bags = [bag_of(rows).keys() for _, rows in drawn]
    assert found.distinct.tolist() == [len(bag) for bag in bags]
    assert found.shared.tolist() == [[len(one & two) for two in bags] for one in bags]
    for row, one in zip(found.jaccard.tolist(), bags, strict=True):
        for value, two in zip(row, bags, strict=True):
            expected = share(len(one & two), len(one | two))
            assert isnan(value) if expected is None else value == np.float32(expected)


def test_more_regions_than_one_word_of_bits():
    """Sets are words of 64 bits: the last region of a universe that fills none counts too."""
    for n_regions in (1, 63, 64, 65, 1000):
        ids = np.array([0, n_regions - 1, n_regions], np.int32)
        document = Document(("c",), *(np.zeros(1, np.int32),) * 4, ids, np.array([0, 3], np.int32), n_regions)
        found = compare_all([document, document])
        assert found.distinct.tolist() == [len({0, n_regions - 1})] * 2
        assert found.jaccard.tolist() == [[1, 1], [1, 1]]


def value_of(token, a, b, column):
    chrom, start, end = REGIONS.to_tuples()[token]
    values = {"id": token, "chrom": natural_key(chrom), "start": start, "end": end, "count_a": a[token]}
    return (values | {"count_b": b[token], "difference": a[token] - b[token]})[column]


COLUMNS = ("id", "chrom", "start", "end", "count_a", "count_b", "difference")
COUNTS = st.lists(st.integers(0, 3), min_size=N_REGIONS, max_size=N_REGIONS)


@given(COUNTS, COUNTS, st.sampled_from(["all", "both", "only_a", "only_b"]), st.data())
def test_a_view_filters_and_orders_as_a_person_would(a, b, which, data):
    """Filter, then stable sorts from the least important column to the first."""
    sort = data.draw(st.lists(st.tuples(st.sampled_from(COLUMNS), st.booleans()), max_size=3))
    kept = {
        "all": lambda token: a[token] or b[token],
        "both": lambda token: a[token] and b[token],
        "only_a": lambda token: a[token] and not b[token],
        "only_b": lambda token: b[token] and not a[token],
    }[which]
    expected = [token for token in range(N_REGIONS) if kept(token)]
    for column, descending in reversed(sort):
        direction = {token: value_of(token, a, b, column) for token in expected}
        expected.sort(key=direction.__getitem__, reverse=descending)
    view = TokenView.from_dict({"which": which, "sort": [list(key) for key in sort]})
    found = order_tokens(np.array(a, np.int32), np.array(b, np.int32), REGIONS, view)
    assert found.dtype == np.int32
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"which": "none"}, r"which 'none' is unknown; one of all, both, only_a, only_b"),
        ({"what": 1}, r"unknown what; known: which, sort"),
        (
            {"sort": [["line", False]]},
            r"\['line', False\] is no sort key; \[column, descending\] with one of id, chrom",
        ),
        ({"sort": "id"}, r"sort 'id' is no list"),
        ({"sort": [["id", 1]]}, r"is no sort key"),
    ],
)
def test_a_wrong_view_is_named(fields, message):
    with pytest.raises(InputError, match=message):
        TokenView.from_dict(fields)
