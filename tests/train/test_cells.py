"""Cells to train on: cut, masked and padded, the same whatever the workers do."""

import pickle
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genotok import CellTokens, IntervalTokenizer, RaggedIds, Regions, Universe
from genotok.errors import InputError
from genotok.kernels.draws import draw_below, draw_flags, join_seeds, sample_places
from genotok.kernels.ragged import offsets_of
from genotok.train.cells import IGNORED, CellDataset

REGIONS = [("chr1", 10 * at, 10 * at + 5) for at in range(50)]
TOKENIZER = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(REGIONS)))
FRAMED = TOKENIZER.replace(special_tokens_pattern="cls_sep")


def ragged(rows):
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    return RaggedIds(np.array([each for row in rows for each in row], dtype=np.int32), offsets_of(counts))


CELLS = st.lists(st.lists(st.integers(0, 49), max_size=30), min_size=1, max_size=6)


@settings(max_examples=40)
@given(CELLS, st.integers(2, 20), st.integers(-(2**70), 2**70), st.sampled_from([TOKENIZER, FRAMED]))
def test_long_cells_are_sampled_in_order(rows, max_length, seed, tokenizer):
    """An item is a subsequence of its cell, as long as there is room, and the same each time in one epoch."""
    dataset = CellDataset(ragged(rows), tokenizer, max_length=max_length, seed=seed)
    assert len(dataset) == len(rows)
    around = 2 if tokenizer is FRAMED else 0
    for index, row in enumerate(rows):
        item = dataset[index]
        ids = item["input_ids"][1:-1] if around else item["input_ids"]
        assert len(ids) == min(len(row) or 1, max_length - around)
        rest = iter(row or [TOKENIZER.unk_token_id])
        assert all(any(each == other for other in rest) for each in ids)
        assert item["attention_mask"] == [1] * len(item["input_ids"])
        assert dataset[index] == item == pickle.loads(pickle.dumps(dataset))[index]


def test_each_epoch_draws_anew_and_every_token_gets_its_turn():
    dataset = CellDataset(ragged([list(range(40))]), TOKENIZER, max_length=10)
    seen = Counter()
    for epoch in range(200):
        dataset.set_epoch(epoch)
        seen.update(dataset[0]["input_ids"])
    assert len(seen) == 40
    assert 25 <= min(seen.values()) <= max(seen.values()) <= 80  # 50 expected


@pytest.mark.parametrize("objective", ["masked", "replaced"])
def test_chosen_tokens_are_a_share_and_labels_say_what_they_were(objective):
    row = [at % 50 for at in range(20_000)]
    dataset = CellDataset(ragged([row]), FRAMED, objective=objective, share=0.2, seed=3)
    item = dataset[0]
    ids, labels = np.array(item["input_ids"]), np.array(item["labels"])
    before = np.array([FRAMED.cls_token_id, *row, FRAMED.sep_token_id])
    assert labels[[0, -1]].tolist() == [IGNORED, IGNORED]
    assert ids[[0, -1]].tolist() == [FRAMED.cls_token_id, FRAMED.sep_token_id]
    if objective == "replaced":
        assert np.array_equal(labels[1:-1], (ids != before)[1:-1])
        assert 0.18 < labels[1:-1].mean() < 0.215  # one in fifty is replaced by itself
        assert ids.max() < FRAMED.vocab_size
        return
    chosen = labels != IGNORED
    assert 0.19 < chosen.mean() < 0.21
    assert np.array_equal(labels[chosen], before[chosen])
    assert np.array_equal(ids[~chosen], before[~chosen])
    masked = ids[chosen] == FRAMED.mask_token_id
    same = ids[chosen] == before[chosen]
    assert 0.77 < masked.mean() < 0.83
    assert 0.08 < same.mean() < 0.13
    assert 0.08 < (~masked & ~same).mean() < 0.12


@pytest.mark.parametrize("side", ["right", "left"])
def test_a_batch_is_padded_on_its_side(side):
    tokenizer = TOKENIZER.replace(padding_side=side)
    columns = {"batch_id": [4, 5], "kind": ["B", "T"]}
    dataset = CellDataset(ragged([[1, 2, 3], [7]]), tokenizer, objective="masked", share=1.0, columns=columns)
    batch = dataset.collate([dataset[0], dataset[1]], pad_to_multiple_of=4, return_tensors="np")
    assert list(batch) == ["input_ids", "attention_mask", "labels", "batch_id", "kind"]
    order = slice(None) if side == "right" else slice(None, None, -1)
    assert batch["attention_mask"][:, order].tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]
    assert batch["labels"][1, order].tolist() == [7, IGNORED, IGNORED, IGNORED]
    assert batch["input_ids"][1, order].tolist()[1:] == [tokenizer.pad_token_id] * 3
    assert {batch[name].dtype for name in ("input_ids", "attention_mask", "labels")} == {np.dtype(np.int64)}
    assert (batch["batch_id"].tolist(), batch["kind"].tolist()) == ([4, 5], ["B", "T"])
    known = [{name: value for name, value in dataset[at].items() if name != "kind"} for at in (0, 1)]  # as Trainer does
    assert list(dataset.collate(known, return_tensors="np")) == ["input_ids", "attention_mask", "labels", "batch_id"]


def test_cells_of_a_file_are_taken_as_they_are():
    cells = CellTokens(np.array(["A", "B"]), ragged([[1], [2, 3]]), np.array([1, 2]), TOKENIZER.vocab_size)
    dataset = CellDataset(cells, TOKENIZER, truncation=True, max_length=1)
    assert [dataset[at]["input_ids"] for at in (0, -1)] == [[1], [2]]
    with pytest.raises(IndexError):
        dataset[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"objective": "mlm"}, "objective='mlm' is unknown; 'none', 'masked' or 'replaced'"),
        ({"share": 0}, "share is 0; the part of tokens to choose"),
        ({"columns": {"batch": [1]}}, "column 'batch' has 1 values for 2 cells; one value for each cell"),
        ({"max_length": 0}, "max_length is 0"),
        ({"truncation": "half"}, "truncation is 'half'"),
        ({"seed": "a"}, "seed is 'a'; a whole number"),
        ({"columns": {"labels": [1, 0]}}, "a column named 'labels' would replace that of each item; rename it"),
    ],
)
def test_wrong_settings_are_refused_at_birth(arguments, message):
    with pytest.raises(InputError, match=message):
        CellDataset(ragged([[1], [2]]), TOKENIZER, **arguments)


def test_cells_of_another_tokenizer_are_refused():
    """A model would learn ids that it has no row for; the tokenizer in transformers stands for its own."""
    small = IntervalTokenizer(Universe.from_regions(Regions.from_tuples(REGIONS[:1])))
    cells = CellTokens(np.array(["A"]), ragged([[1]]), np.array([1]), TOKENIZER.vocab_size)
    with pytest.raises(InputError, match="the cells have ids of 57 tokens, the tokenizer has 8; give the tokenizer"):
        CellDataset(cells, small)
    with pytest.raises(InputError, match="the cells have ids of 9 tokens, the tokenizer has 8"):
        CellDataset(ragged([[8]]), small)
    with pytest.raises(InputError, match="list are no cells; give CellTokens, or RaggedIds"):
        CellDataset([[1]], TOKENIZER)
    with pytest.raises(InputError, match="str is no tokenizer of ours"):
        CellDataset(cells, "bert")
    assert CellDataset(cells, SimpleNamespace(interval=TOKENIZER))[0]["input_ids"] == [1]
    with pytest.raises(InputError, match="a batch of no items; give at least one"):
        CellDataset(cells, TOKENIZER).collate([])


def test_draws_are_the_same_on_every_platform():
    assert sample_places(10, 4, 7).tolist() == SAMPLED
    assert draw_below(5, 1000, -1).tolist() == BELOW
    assert draw_flags(8, 0.5, 2**80).tolist() == FLAGS
    assert join_seeds(1, 2, 3) == JOINED
    assert len({join_seeds(*parts) for parts in [(1, 2), (2, 1), (1,), (2,), (0, 1, 2), (1, 2, 0), ()]}) == 7


SAMPLED = [1, 5, 6, 9]
BELOW = [646, 705, 318, 28, 830]
FLAGS = [False, True, True, False, True, True, True, False]
JOINED = 5307755527029816741


@given(st.integers(1, 2**31 - 1), st.integers(0, 2**64))
def test_numbers_stay_below_their_limit(limit, seed):
    drawn = draw_below(50, limit, seed)
    assert drawn.min() >= 0
    assert drawn.max() < limit
