"""JSON from anywhere is parsed, or refused before it can do harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.io.jsontext import DEEPEST, NestingError, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_json_is_what_it_says(value, escaped):
    """What was written comes back, brackets and quotes in texts included."""
    assert parse_json(json.dumps(value, ensure_ascii=escaped).encode(errors="surrogatepass")) == value


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'["]", [', b'["\\"",'])
def test_deep_json_is_refused_unparsed(opening):
    """However long, it raises NestingError and no other; up to the bound it is parsed."""
    with pytest.raises(NestingError, match="it nests too deeply"):
        parse_json(opening * 100_000)
    assert parse_json(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    with pytest.raises(NestingError, match="it nests too deeply"):
        parse_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'"', b'"\\', b"]"])
def test_what_is_no_json_is_a_value_error(content):
    """Cut or foreign bytes end as json ends them."""
    with pytest.raises(ValueError, match=r"Expecting|decode|Unterminated|delimiter"):
        parse_json(content)
