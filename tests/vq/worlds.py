"""Sequences, tables and settings that look for trouble."""

from functools import cache

import numpy as np
from hypothesis import strategies as st

from genotok.kernels.bases import classify_letters, letter_classes
from genotok.kernels.tables import reverse_windows

TEXTS = st.text("ACGT", max_size=200) | st.text("ACGTacgtNRUu", max_size=60) | st.text("ACGTN", max_size=40)


@st.composite
def shapes(draw, widest=10):
    """Draw a window and a stride, now and then those that are packed."""
    if draw(st.booleans()) and widest >= 8:
        return draw(st.sampled_from([(8, 4), (8, 8), (9, 4), (9, 8), (10, 4), (10, 8)]))
    window = draw(st.integers(1, widest))
    return window, draw(st.integers(1, window))


@cache
def tables(window, n_levels=1, n_codes=7):
    """Make any codes for all windows."""
    drawn = np.random.default_rng(window).integers(0, n_codes, (n_levels, 4**window))
    return drawn.astype(np.uint16)


@cache
def symmetric_table(window, n_codes=7):
    """Make any codes for all windows, the same for both strands."""
    turned = reverse_windows(window)
    return tables(window, 1, n_codes)[:, np.minimum(np.arange(4**window), turned)]


def bases(text):
    return classify_letters(text.encode(), letter_classes())


def laid(texts):
    """Put sequences one after the other: bases and rows."""
    lengths = [len(text) for text in texts]
    return bases("".join(texts)), np.cumsum([0, *lengths], dtype=np.int64)
