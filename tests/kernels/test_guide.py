"""Counting smaller numbers through a guide: binary search is the judge."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.guide import build_guide, count_before

numbers = st.lists(st.integers(0, 60) | st.integers(-(2**40), 2**40), max_size=50).map(sorted)
needles = st.lists(st.integers(-5, 65) | st.integers(-(2**41), 2**41), max_size=30)


@given(numbers=numbers, needles=needles)
def test_as_many_numbers_are_smaller_as_binary_search_says(numbers, needles):
    ascending, asked = np.array(numbers, dtype=np.int64), np.array(needles, dtype=np.int64)
    counts = count_before(build_guide(ascending), ascending, asked)
    assert counts.dtype == np.intp
    assert counts.tolist() == np.searchsorted(ascending, asked).tolist()


@given(numbers=numbers)
def test_a_table_is_no_longer_than_four_times_its_numbers(numbers):
    ascending = np.array(numbers, dtype=np.int64)
    assert len(build_guide(ascending).table) <= 4 * max(len(numbers), 1) + 2


def test_a_crowd_in_one_bucket_is_searched():
    crowd = np.concatenate([[0], np.arange(1_000, 2_000), [2**32]]).astype(np.int64)
    asked = np.arange(900, 2_100, dtype=np.int64)
    assert np.array_equal(count_before(build_guide(crowd), crowd, asked), np.searchsorted(crowd, asked))


def test_needles_that_lie_further_off_than_32_bits_count_none_or_all():
    far = np.array([2**40, 2**40 + 1, 2**40 + 2], dtype=np.int64)
    asked = np.array([-(2**33), 2**40 - 2**32 + 1, 2**40 + 1, 2**40 + 2**32, 2**62], dtype=np.int64)
    assert count_before(build_guide(far), far, asked).tolist() == [0, 0, 1, 3, 3]
