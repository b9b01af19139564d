"""Tokens that went through files come back as those that stayed in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.errors import CapacityError
from genotok.io import spill
from genotok.io.spill import CellSpill

BLOCKS = st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=12), max_size=8)


@pytest.mark.parametrize(("held_tokens", "n_files"), [(10**6, 64), (0, 64), (5, 3), (12, 1)])
@given(blocks=BLOCKS)
def test_cells_get_their_tokens_in_the_order_they_came(held_tokens, n_files, blocks):
    with CellSpill(held_tokens=held_tokens, n_files=n_files) as spill:
        for block in blocks:
            pairs = np.array(block, dtype=np.int32).reshape(-1, 2)
            spill.append(pairs[:, 0].copy(), pairs[:, 1].copy())
        offsets, ids = spill.grouped(10)
    flat = [pair for block in blocks for pair in block]
    rows = [ids[offsets[at] : offsets[at + 1]].tolist() for at in range(10)]
    assert rows == [[token for cell, token in flat if cell == at] for at in range(10)]


def test_more_tokens_than_32_bits_are_refused_before_they_are_grouped(monkeypatch):
    monkeypatch.setattr(spill, "MAX_IDS", 3)
    with CellSpill() as pairs:
        pairs.append(np.zeros(4, np.int32), np.zeros(4, np.int32))
        with pytest.raises(CapacityError, match="4 tokens exceed the 3 of one result; give barcodes= in parts"):
            pairs.grouped(1)


def test_files_are_closed_at_the_end():
    with CellSpill(held_tokens=0) as pairs:
        pairs.append(np.zeros(4, np.int32), np.zeros(4, np.int32))
        files = pairs._files
    assert len(files) == 64
    assert all(file.closed for file in files)
