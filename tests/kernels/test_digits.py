"""Integers to text and back: Python's own `int` and `str` are the judges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.bedtext import LABEL_SIGNS, render_bed3
from genotok.kernels.digits import count_digits, join_integers, lead_with_zero, parse_decimals, words_of

integers = st.integers(0, 2**32 - 1) | st.sampled_from([0, 9, 10, 99_999_999, 100_000_000, 999_999_999, 2**31 - 1])
fields = st.lists(st.binary(max_size=12) | integers.map(lambda value: b"%d" % value), min_size=1, max_size=20)


def parse(texts):
    """Parse fields that stand in one buffer, a TAB behind each and enough bytes before the first."""
    text = b"\xff" * 16 + b"\t".join(texts) + b"\t"
    lengths = np.array([len(field) for field in texts], dtype=np.int64)
    ends = 16 + np.cumsum(lengths + 1, dtype=np.int64) - 1
    return parse_decimals(words=words_of(text), text=np.frombuffer(text, np.uint8), ends=ends, lengths=lengths)


@given(texts=fields)
def test_a_field_is_valid_exactly_when_it_is_one_to_ten_digits(texts):
    values, valid = parse(texts)
    expected = [1 <= len(text) <= 10 and text.isdigit() for text in texts]
    assert valid.tolist() == expected
    assert values[valid].tolist() == [int(text) for text, is_valid in zip(texts, expected, strict=True) if is_valid]


@given(texts=st.lists(st.text("0123456789", min_size=1, max_size=10), max_size=9))
def test_a_zero_leads_when_the_number_is_written_shorter_without(texts):
    values = np.array([int(text) for text in texts], dtype=np.int64)
    lengths = np.array([len(text) for text in texts], dtype=np.intp)
    expected = [text != str(int(text)) for text in texts]
    assert np.broadcast_to(lead_with_zero(values=values, lengths=lengths), len(texts)).tolist() == expected


@pytest.mark.parametrize("place", range(10))
def test_one_foreign_byte_at_any_place_makes_a_field_invalid(place):
    for length in range(place + 1, 11):
        good = bytearray(b"1234567890"[:length])
        texts = []
        for byte in range(256):
            field = bytearray(good)
            field[place] = byte
            texts.append(bytes(field))
        values, valid = parse(texts)
        assert np.flatnonzero(valid).tolist() == list(range(48, 58))
        assert values[valid].tolist() == [int(texts[byte]) for byte in range(48, 58)]


@given(values=st.lists(integers, max_size=20), data=st.data())
def test_integers_are_joined_each_with_its_own_separator(values, data):
    separators = data.draw(st.lists(st.integers(1, 255), min_size=len(values), max_size=len(values)))
    text = join_integers(np.array(values, dtype=np.int64), np.array(separators, dtype=np.uint8))
    assert text == b"".join(b"%d%c" % pair for pair in zip(values, separators, strict=True))


def test_more_integers_than_are_rendered_at_a_time_are_joined_in_order():
    values = np.random.default_rng(5).integers(0, 2**32, 100_000)
    text = join_integers(values, np.full(len(values), ord(","), dtype=np.uint8))
    assert text == b",".join(b"%d" % value for value in values.tolist()) + b","


@given(values=st.lists(integers, max_size=20))
def test_digits_are_counted_as_they_are_written(values):
    assert count_digits(np.array(values, dtype=np.int64)).tolist() == [len(str(value)) for value in values]


names_of_rows = st.lists(st.sampled_from([b"chr1", "chré".encode(), b"", b"a\0b", b"x" * 200]), min_size=1, max_size=4)


@given(names=names_of_rows, spans=st.lists(st.tuples(integers, integers), max_size=9), data=st.data())
def test_rows_are_rendered_as_lines_of_three_columns(names, spans, data):
    codes = data.draw(st.lists(st.integers(-1, len(names) - 1), min_size=len(spans), max_size=len(spans)))
    starts, ends = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
    text = render_bed3(names=tuple(names), codes=np.array(codes, np.int32), starts=starts, ends=ends)
    assert text == b"".join(b"%b\t%d\t%d\n" % (names[code], *span) for code, span in zip(codes, spans, strict=True))
    columns = {"codes": np.array(codes, np.int32), "starts": starts.astype(np.uint32), "ends": ends.astype(np.uint32)}
    text = render_bed3(names=tuple(names), signs=LABEL_SIGNS, **columns)
    assert text == b"".join(b"%b:%d-%d\n" % (names[code], *span) for code, span in zip(codes, spans, strict=True))
