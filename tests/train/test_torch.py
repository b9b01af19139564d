"""The dataset under torch's own DataLoader, and what a model's loss makes of its labels."""

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from genotok import IntervalTokenizer, RaggedIds, Regions, Universe
from genotok.train.cells import CellDataset

pytestmark = pytest.mark.native
TOKENIZER = IntervalTokenizer(
    Universe.from_regions(Regions.from_tuples([("chr1", 10 * at, 10 * at + 5) for at in range(50)]))
)
CELLS = RaggedIds(np.arange(40, dtype=np.int32), np.array([0, 20, 21, 21, 40], dtype=np.int64))


def dataset_of(**options):
    return CellDataset(
        CELLS, TOKENIZER, max_length=8, objective="masked", columns={"batch_id": [0, 1, 0, 1]}, **options
    )


@pytest.mark.parametrize("workers", [0, 1])
def test_a_loader_yields_tensors_ready_to_train(workers):
    """Batches are the dataset's own, whoever makes them; a small model takes them and its loss is finite."""
    dataset = dataset_of()
    start = "spawn" if workers else None
    loader = DataLoader(
        dataset, batch_size=2, collate_fn=dataset.collate, num_workers=workers, multiprocessing_context=start
    )
    batches = list(loader)
    assert [tuple(batch["input_ids"].shape) for batch in batches] == [(2, 8), (2, 8)]
    for first, batch in zip((0, 2), batches, strict=True):
        plain = dataset.collate([dataset[first], dataset[first + 1]], return_tensors="np")
        assert all(batch[name].dtype == torch.int64 for name in batch)
        assert all(np.array_equal(batch[name].numpy(), plain[name]) for name in plain)
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Embedding(TOKENIZER.vocab_size, 4), torch.nn.Linear(4, TOKENIZER.vocab_size))
    logits = model(batches[0]["input_ids"])
    assert torch.isfinite(torch.nn.functional.cross_entropy(logits.flatten(0, 1), batches[0]["labels"].flatten()))


def test_a_loss_sees_the_chosen_tokens_alone():
    dataset = dataset_of(share=0.5)
    batch = dataset.collate([dataset[0]])
    loss = torch.nn.functional.cross_entropy
    logits = torch.zeros((1, batch["labels"].shape[1], TOKENIZER.vocab_size))
    chosen = int((batch["labels"] != -100).sum())
    total = loss(logits.flatten(0, 1), batch["labels"].flatten(), reduction="sum")
    assert total.item() == pytest.approx(chosen * np.log(TOKENIZER.vocab_size), rel=1e-5)
