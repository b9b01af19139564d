"""Sets as tokens: frozen sets counted and ranked one by one, back-off by trying every beginning, keys that collide."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genotok.kernels import sets as kernel
from genotok.kernels.ragged import offsets_of
from genotok.kernels.sets import (
    Sets,
    active_members,
    back_off,
    count_keys,
    count_sets,
    find_sets,
    ids_of_rows,
    index_sets,
    part_keys,
    rank_sets,
    set_keys,
)
from motif.golden import subset_answers
from motif.subset import counts_of_subset

ROWS = st.lists(st.frozensets(st.integers(0, 5) | st.just(2**31 - 1), max_size=4), max_size=25)


def sets_of(rows):
    members = [member for row in rows for member in sorted(row)]
    return Sets(offsets_of(np.array([len(row) for row in rows], dtype=np.int64)), np.array(members, dtype=np.int32))


def rows_of(sets):
    bounds = sets.offsets.tolist()
    rows = [sets.members[start:end].tolist() for start, end in pairwise(bounds)]
    assert all(row == sorted(set(row)) for row in rows)
    return [frozenset(row) for row in rows]


@pytest.fixture(params=[64, 1, 0], ids=["good keys", "two keys for all", "one key for all"])
def poor_keys(request, monkeypatch):
    """Keys of so few bits that most sets share one; the empty set keeps its own."""
    good = kernel.splitmix64
    mask = np.uint64(2**request.param - 1)
    monkeypatch.setattr(kernel, "splitmix64", lambda words: good(words) & mask)


@given(ROWS)
def test_equal_sets_have_equal_keys(rows):
    keys = set_keys(sets_of(rows)).tolist()
    assert len(set(zip(rows, keys, strict=True))) == len(set(rows)) == len(set(keys))
    assert all((key == 0) == (not row) for row, key in zip(rows, keys, strict=True))


def test_keys_are_the_same_on_every_platform():
    keys = set_keys(sets_of([{0}, {1}, {0, 1}, set()])).tolist()
    assert keys[:2] == [0x910A2DEC89025CC1, 0x975835DE1C9756CE]
    assert keys[2:] == [sum(keys[:2]) % 2**64, 0]


class TestCounting:
    @pytest.fixture(autouse=True)
    def _keys(self, poor_keys):
        pass

    @given(rows=ROWS)
    def test_sets_are_counted_as_frozen_sets_are(self, rows):
        counted = count_sets(sets_of(rows))
        found = rows_of(counted.sets)
        assert dict(zip(found, counted.counts.tolist(), strict=True)) == Counter(rows)
        assert len(found) == len(set(rows))
        assert [rows.index(each) for each in found] == counted.rows.tolist()

    @given(rows=ROWS, others=ROWS)
    def test_counts_of_parts_add_up(self, rows, others):
        parts = [count_sets(sets_of(part)) for part in (rows, others)]
        both = [*rows_of(parts[0].sets), *rows_of(parts[1].sets)]
        total = count_sets(sets_of(both), weights=np.concatenate([part.counts for part in parts]))
        assert dict(zip(rows_of(total.sets), total.counts.tolist(), strict=True)) == Counter(rows + others)

    @given(rows=ROWS, min_count=st.integers(0, 3), max_ids=st.integers(0, 12))
    def test_sets_are_ranked_by_count_then_members(self, rows, min_count, max_ids):
        ranked = rank_sets(count_sets(sets_of(rows)), min_count=min_count, max_ids=max_ids)
        counts = Counter(rows)
        wanted = sorted((-n, sorted(row)) for row, n in counts.items() if row and n >= min_count)[: max(max_ids - 2, 0)]
        assert rows_of(ranked.sets) == [frozenset(), *(frozenset(row) for _, row in wanted)]
        assert ranked.counts.tolist() == [counts[frozenset()], *(-n for n, _ in wanted)]
        for row, known in zip(ranked.rows.tolist(), rows_of(ranked.sets), strict=True):
            assert rows[row] == known if row >= 0 else known not in rows

    @given(known=ROWS.map(lambda rows: list(dict.fromkeys(rows))), asked=ROWS)
    def test_a_set_is_found_where_it_stands(self, known, asked):
        found = find_sets(index_sets(sets_of(known)), sets_of(asked))
        assert found.tolist() == [known.index(row) if row in known else -1 for row in asked]

    @given(known=ROWS, data=st.data())
    def test_the_longest_beginning_names_a_set(self, known, data):
        """Tried one by one, from the whole set down to nothing; values closer than 1e-9 are equal."""
        known = [frozenset(), *dict.fromkeys(row for row in known if row)]
        values = st.sampled_from([0.5, 0.5 + 1e-12, 0.75, 2.0])
        rows = data.draw(st.lists(st.dictionaries(st.integers(0, 5), values, max_size=5), max_size=12))
        expected = []
        for row in rows:
            order = sorted(row, key=lambda member: (-round(row[member] * 1e9), member))
            named = next(
                known.index(frozenset(order[:size]))
                for size in range(len(order), -1, -1)
                if frozenset(order[:size]) in known
            )
            expected.append(named)
        weights = np.array([row[member] for row in rows for member in sorted(row)], dtype=np.float64)
        assert back_off(index_sets(sets_of(known)), sets_of(rows), weights).tolist() == expected


@given(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1 << 56, 2**64 - 1]), max_size=30))
def test_parts_of_keys_are_counted_alone(words):
    offsets, keys = part_keys(np.array(words, dtype=np.uint64))
    parts = [count_keys(keys[start:end]) for start, end in pairwise(offsets.tolist())]
    assert [sorted(set(part.tolist())) for part, _ in parts] == [
        sorted({word for word in words if word >> 56 == top}) for top in range(256)
    ]
    told = {key: n for part, counts in parts for key, n in zip(part.tolist(), counts.tolist(), strict=True)}
    assert told == Counter(words)


def test_halves_are_active_however_they_were_summed():
    values = np.array([0.5, 0.5 - 1e-10, 0.5 - 1e-8, 0.1 + 0.2 + 0.2, 0.7])
    sets, kept = active_members(indptr=np.array([0, 3, 3, 5]), indices=np.array([4, 7, 8, 0, 2]), values=values)
    assert rows_of(sets) == [{4, 7}, set(), {0, 2}]
    assert kept.tolist() == [0.5, 0.5 - 1e-10, 0.1 + 0.2 + 0.2, 0.7]


def test_the_cut_keeps_the_most_frequent():
    """65,536 ids are enough for 65,534 sets beside the empty one and the gap."""
    rows = [{number} for number in range(70_000)] + [{number} for number in range(69_000, 70_000)]
    ranked = rank_sets(count_sets(sets_of(rows)), min_count=1)
    assert ranked.sets.members[:1001].tolist() == [*range(69_000, 70_000), 0]
    assert len(ranked.counts) + 1 == 65_536


def golden_sets():
    golden = subset_answers()
    dense, lengths = counts_of_subset()
    shares, labels = dense / lengths, golden["labels_single"]
    means = np.stack([shares[:, labels == label].mean(axis=1) for label in range(labels.max() + 1)], axis=1)
    rows, columns = np.nonzero(means)
    indptr = offsets_of(np.bincount(rows, minlength=len(means)))
    return golden, *active_members(indptr=indptr, indices=columns, values=means[rows, columns])


def test_the_vocabulary_of_motifs_is_the_golden_one():
    golden, sets, _ = golden_sets()
    ranked = rank_sets(count_sets(sets), min_count=2)
    assert np.array_equal(ranked.sets.offsets, golden["set_offsets"])
    assert np.array_equal(ranked.sets.members, golden["set_members"])
    assert np.array_equal(ranked.counts, golden["set_counts"])


def test_the_tokens_of_motifs_are_the_golden_ones():
    golden, sets, values = golden_sets()
    index = index_sets(rank_sets(count_sets(sets), min_count=2).sets)
    no_gap = np.zeros(len(sets.offsets) - 1, dtype=np.bool_)
    exact = ids_of_rows(find_sets(index, sets), no_gap, unknown=129)
    assert np.array_equal(exact, golden["tokens_unk"])
    assert np.array_equal(ids_of_rows(back_off(index, sets, values), no_gap, unknown=129), golden["tokens_backoff"])


def test_a_gap_is_a_gap_whatever_its_set():
    rows = np.array([-1, 0, 1, 2, 0])
    assert ids_of_rows(rows, np.array([0, 0, 0, 0, 1], dtype=bool), unknown=99).tolist() == [99, 0, 2, 3, 1]
