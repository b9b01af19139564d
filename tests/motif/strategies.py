"""Drawn sequences and motifs, the odd ones included."""

import numpy as np
from hypothesis import strategies as st

letters = st.sampled_from("ACGT")
pieces = (
    st.text("ACGT", max_size=40)
    | st.builds(lambda word, times: word * times, st.text("ACGT", min_size=1, max_size=5), st.integers(1, 30))
    | st.builds("N".__mul__, st.integers(1, 12))
    | st.sampled_from(["acgtn", "uUT", "RYK", "GCGCGC", "CG"])
)
sequences = st.lists(pieces, max_size=8).map(lambda parts: "".join(parts)[:200])


@st.composite
def motif_columns(draw, most=40):
    """Score columns, now and then with ties, flat columns or a palindrome."""
    size = draw(st.integers(1, most))
    span = draw(st.sampled_from([1, 3, 200]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    table = random.integers(-span, span + 1, (size, 4))
    if draw(st.booleans()):
        half = table[: (size + 1) // 2]
        table = np.concatenate([half, half[::-1, ::-1][size % 2 :]])
    return table.astype(np.int32)


def as_bytes(text):
    return np.frombuffer(text.encode(), dtype=np.uint8)
