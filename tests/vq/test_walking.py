"""Two genomes side by side: substitutions are found where they were put, gaps are stepped over."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels.walking import find_differences

SEEDS = st.integers(0, 2**32 - 1)


def changed(random, reference, count, apart=60):
    """Substitute some bases, far enough from each other; returns the genome and where."""
    places = np.sort(random.choice(np.arange(30, len(reference) - 30, apart), count, replace=False))
    genome = reference.copy()
    genome[places] = (genome[places] + random.integers(1, 4, count)) % 4
    return genome, places


def drawn(random, length=3_000):
    return random.integers(0, 4, length).astype(np.uint8)


@given(SEEDS, st.integers(0, 12))
def test_substitutions_are_found_where_they_are(seed, count):
    random = np.random.default_rng(seed)
    reference = drawn(random)
    genome, places = changed(random, reference, count)
    found = find_differences(reference, genome)
    assert found.places.tolist() == places.tolist()
    assert found.bases.tolist() == genome[places].tolist()
    assert (found.inserted, found.deleted, found.reached) == (0, 0, len(reference))


@given(SEEDS, st.integers(1, 60), st.booleans())
def test_gaps_are_stepped_over(seed, size, is_deletion):
    """Behind a gap, substitutions have their place in the reference; next to it, letters may be told as either."""
    random = np.random.default_rng(seed)
    reference = drawn(random)
    genome, places = changed(random, reference, 8)
    at = 1_500
    middle = [] if is_deletion else [random.integers(0, 4, size).astype(np.uint8)]
    genome = np.concatenate([genome[:at], *middle, genome[at + size * is_deletion :]])
    found = find_differences(reference, genome)
    far = (places < at - 30) | (places > at + size + 50)
    assert set(places[far].tolist()) <= set(found.places.tolist())
    assert len(set(found.places.tolist()) - set(places.tolist())) <= 3
    assert (found.inserted, found.deleted) == ((0, size) if is_deletion else (size, 0))
    assert found.reached >= len(reference) - 20


@given(SEEDS)
def test_unknown_bases_are_no_difference_and_ends_may_be_missing(seed):
    random = np.random.default_rng(seed)
    reference = drawn(random)
    genome, places = changed(random, reference, 10)
    genome[700:900] = 4
    found = find_differences(reference, genome[333:2_500])
    kept = places[((places < 700) | (places >= 900)) & (places >= 333) & (places < 2_500)]
    assert found.places.tolist() == kept.tolist()
    assert found.reached == 2_500


def test_genomes_that_have_nothing_in_common_are_told_apart():
    """Not one stretch of 24 bases, or the walk ends where they part for good."""
    random = np.random.default_rng(0)
    reference = drawn(random)
    assert find_differences(reference, drawn(random)) is None
    parted = np.concatenate([reference[:1_000], drawn(random)])
    assert find_differences(reference, parted).reached < 1_100
