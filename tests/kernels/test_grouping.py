"""Groups, equal pairs and fields of text: what plain sorting, counting and slicing give."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.digits import words_of
from genotok.kernels.fields import find_fields, hash_words, read_words
from genotok.kernels.grouping import add_equal, distinct_in_rows, group_values, pair_keys, split_keys, stable_order
from genotok.kernels.merging import KeyCounter
from genotok.kernels.ragged import offsets_of
from genotok.kernels.slots import find_keys, put_keys, slots_for

CODES = st.lists(st.integers(0, 5) | st.integers(0, 2**31 - 1), max_size=60)
PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5) | st.just(2**31 - 1)), max_size=60)


@given(CODES)
def test_the_order_is_stable_and_ascending(codes):
    found = stable_order(np.array(codes, dtype=np.int32))
    assert found.tolist() == sorted(range(len(codes)), key=codes.__getitem__)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 99)), max_size=40))
def test_values_of_a_group_stand_together_as_they_came(pairs):
    codes, values = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    offsets, grouped = group_values(codes=codes, values=values, n_groups=7)
    rows = [grouped[offsets[at] : offsets[at + 1]].tolist() for at in range(7)]
    assert rows == [[value for code, value in pairs if code == group] for group in range(7)]


@given(PAIRS)
def test_pairs_are_counted_and_split_by_group(pairs):
    groups, ids = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    keys, counts = add_equal(pair_keys(groups, ids), None)
    offsets, tokens = split_keys(keys, 5)
    rows = np.repeat(np.arange(5), np.diff(offsets).astype(np.intp))
    told = dict(zip(zip(rows.tolist(), tokens.tolist(), strict=True), counts.tolist(), strict=True))
    assert told == Counter(pairs)
    assert list(told) == sorted(told)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 3)), max_size=40), st.integers(1, 8))
def test_a_stream_counts_as_the_whole(pairs, size):
    """Blocks of any size and merges at any time give the sums of all."""
    counter, plain = KeyCounter(waiting=3), Counter()
    for at in range(0, len(pairs), size):
        part = np.array(pairs[at : at + size], dtype=np.int64)
        counter.add(part[:, 0], part[:, 1])
    for key, weight in pairs:
        plain[key] += weight
    keys, sums = counter.finish()
    assert dict(zip(keys.tolist(), sums.tolist(), strict=True)) == dict(sorted(plain.items()))


def test_weights_keep_their_type():
    keys, sums = add_equal(np.array([3, 1, 3]), np.array([0.5, 1.0, 0.25], dtype=np.float32))
    assert keys.tolist() == [1, 3]
    assert sums.tolist() == [1.0, 0.75]
    assert sums.dtype == np.float32


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=6))
def test_rows_keep_each_value_once(rows):
    offsets = offsets_of(np.array([len(row) for row in rows], dtype=np.int64))
    values = np.array([value for row in rows for value in row], dtype=np.int32)
    bounds, kept = distinct_in_rows(offsets=offsets, values=values)
    assert [kept[bounds[at] : bounds[at + 1]].tolist() for at in range(len(rows))] == [sorted(set(row)) for row in rows]


LINES = st.lists(st.lists(st.sampled_from([b"", b"a", b"chr1", b"x" * 20]), min_size=1, max_size=6), max_size=8)


@given(LINES, st.booleans(), st.integers(0, 5))
def test_fields_are_those_of_split(lines, has_comments, column):
    """A column that a line lacks begins behind its end, and only then."""
    text, starts, ends = b"\n" * 16, [], []
    for line in lines:
        text += b"#\t\t\n" * has_comments
        starts.append(len(text))
        text += b"\t".join(line)
        ends.append(len(text))
        text += b"\n"
    buffer = np.frombuffer(text, dtype=np.uint8)
    bounds = {"line_starts": np.array(starts, dtype=np.int64), "line_ends": np.array(ends, dtype=np.int64)}
    first, last = find_fields(text=buffer, **bounds, column=column)
    for line, start, end, line_end in zip(lines, first.tolist(), last.tolist(), ends, strict=True):
        assert (start > line_end) == (column >= len(line))
        assert column >= len(line) or text[start:end] == line[column]


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=20))
def test_fields_are_equal_where_lengths_and_words_are(fields):
    text = b"........" + b"".join(fields)
    ends = np.cumsum([8, *map(len, fields)], dtype=np.int64)[1:]
    lengths = np.array([len(each) for each in fields], dtype=np.int64)
    words = read_words(words=words_of(text), ends=ends, lengths=lengths)
    keys = list(zip(lengths.tolist(), *(word.tolist() for word in words), strict=True))
    hashes = hash_words(words=words, lengths=lengths).tolist()
    for one, key, hashed in zip(fields, keys, hashes, strict=True):
        assert [key == other for other in keys] == [one == other for other in fields]
        alone = b"12345678" + one
        size, end = np.array([len(one)]), np.array([len(alone)])
        again = read_words(words=words_of(alone), ends=end, lengths=size)
        assert hash_words(words=again, lengths=size).tolist() == [hashed]


def test_hashes_are_the_same_on_every_platform():
    text = b"........AAACGAAAGAAATGGG-1"
    words = read_words(words=words_of(text), ends=np.array([26]), lengths=np.array([18]))
    assert hash_words(words=words, lengths=np.array([18])).tolist() == [9270403196628737127]


@pytest.mark.parametrize("spread", [1, 2**40])
def test_keys_are_found_in_a_table_however_crowded(spread):
    """Hashes that all want the first slot are found, and others are not."""
    known = np.arange(0, 300, 2, dtype=np.uint64) * np.uint64(spread)
    slots = slots_for(len(known))
    codes = np.arange(len(known), dtype=np.int32)
    put_keys(slots, hashes=known[:70], codes=codes[:70])
    put_keys(slots, hashes=known[70:], codes=codes[70:])
    asked = np.arange(0, 300, dtype=np.uint64) * np.uint64(spread)
    found = find_keys(slots, hashes=asked, known=known)
    assert found.tolist() == [each // 2 if each % 2 == 0 else -1 for each in range(300)]


def test_an_empty_table_knows_no_key():
    empty = np.empty(0, dtype=np.uint64)
    assert find_keys(slots_for(0), hashes=np.array([5], dtype=np.uint64), known=empty).tolist() == [-1]
