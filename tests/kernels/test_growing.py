"""A growing column holds what was appended, whatever the pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import growing
from genotok.kernels.growing import GrowingColumn


@given(pieces=st.lists(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=40), max_size=12))
def test_a_column_is_its_pieces_end_to_end(pieces):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "_FIRST", 4)
        column = GrowingColumn(np.int64)
    for piece in pieces:
        column.append(np.array(piece, dtype=np.int64))
    found = column.finish()
    assert found.tolist() == [value for piece in pieces for value in piece]
    assert found.dtype == np.int64
