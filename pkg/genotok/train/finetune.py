"""A pretrained model fitted to labelled DNA, seed by seed: the epoch that is best on dev rows reads the test rows."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Places
from genotok.errors import InputError, TrainingError
from genotok.kernels.confusion import count_confusion, matthews
from genotok.kernels.draws import draw_words, join_seeds
from genotok.train.finetune_config import FinetuneConfig
from genotok.train.libraries import choose_device, load_torch
from genotok.train.lora import add_lora, merge_lora
from genotok.train.mlm import on_device
from genotok.train.pooling import Documents, embed_documents, sum_known
from genotok.train.vq_stopping import batch_too_large

_HEAD, _ORDER, _DROPOUT = range(1, 4)  # what a seed is drawn for


@dataclass(frozen=True, eq=False)
class LabelledDocuments:
    """Documents, and the class of each: int32 (n,)."""

    documents: Documents
    labels: Ids

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class FinetuneRun:
    """What came of a seed: MCC on dev after each epoch, the best of them (from 1), and class shares of the test rows.

    ``shares`` are float32 (n, classes), ``learned`` counts the numbers that were. ``model`` is the language model with
    what was learned merged into it, ``head`` the weights of the head by name.
    """

    seed: int
    dev: tuple[float, ...]
    epoch: int
    shares: NDArray[np.float32]
    learned: int
    model: Any
    head: dict[str, Any]

    @property
    def predicted(self) -> Ids:
        """The likeliest class of each test row, of equal ones the lowest: int32 (n,)."""
        found: Ids = self.shares.argmax(axis=1).astype(np.int32)
        return found


def build_head(width: int, classes: int, *, dropout: float = 0.1, seed: int = 0) -> Any:
    """Return the module from vectors (n, D) to logits (n, classes): a hidden layer as wide, GELU, dropout."""
    torch = load_torch()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(join_seeds(seed, _HEAD) % 2**63)
        return torch.nn.Sequential(
            torch.nn.Linear(width, width),
            torch.nn.GELU(),
            torch.nn.Dropout(dropout),
            torch.nn.Linear(width, classes),
        )


def finetune(
    model: Any,
    train: LabelledDocuments,
    dev: LabelledDocuments,
    test: LabelledDocuments,
    *,
    config: FinetuneConfig | None = None,
    seeds: Sequence[int] = range(5),
    device: str = "auto",
    on_epoch: Callable[[int, int, float], None] = lambda _seed, _epoch, _mcc: None,
) -> Iterator[FinetuneRun]:
    """Fit a `BertForMaskedLM` to the classes of train rows, anew for each seed; the ``model`` itself stays as it is.

    The mean over the known tokens of a document goes through a hidden layer to the classes. A seed decides the head,
    LoRA, the order of rows and dropout; equal seeds give equal answers on a processor. ``on_epoch`` is told the seed,
    the epoch from 1, and its MCC on dev. TrainingError: the loss is no number, or the memory is too small.
    """
    classes = int(train.labels.max(initial=0)) + 1
    for rows in (train, dev, test):
        if not len(rows) or int(rows.labels.max()) >= classes:
            raise InputError(f"{len(rows)} rows, of classes that train rows lack", hint=f"classes 0 to {classes - 1}")
    config, place = config or FinetuneConfig(), choose_device(device)
    whole = deepcopy(model).to(place)
    vectors = None
    if config.tune == "head":  # the model never changes, so it reads each row once
        vectors = [embed_documents(whole.bert, rows.documents)[0] for rows in (train, dev, test)]
    for seed in seeds:
        try:
            found = _Run(config, whole, (train, dev, test), vectors, classes, seed).finish(on_epoch)
        except (RuntimeError, MemoryError) as fault:
            if (told := batch_too_large(fault, config.batch, "rows")) is None:
                raise
            raise told from fault
        yield found


class _Run:
    """The run of one seed."""

    def __init__(
        self,
        config: FinetuneConfig,
        model: Any,
        splits: tuple[LabelledDocuments, ...],
        vectors: Sequence[NDArray[np.float32]] | None,
        classes: int,
        seed: int,
    ) -> None:
        torch = load_torch()
        self.config, self.splits, self.vectors, self.seed = config, splits, vectors, seed
        self.device = next(model.parameters()).device
        self.model = model if vectors is not None else deepcopy(model)
        width = int(model.config.hidden_size)
        self.head = build_head(width, classes, dropout=config.dropout, seed=seed).to(self.device)
        groups: list[dict[str, Any]] = [{"params": list(self.head.parameters()), "lr": config.rate}]
        if config.tune == "lora":
            learned = add_lora(
                self.model.bert, rank=config.rank, alpha=config.alpha, dropout=config.lora_dropout, seed=seed
            )
            groups.append({"params": learned, "lr": config.rate})
        elif config.tune == "full":
            groups.append({"params": list(self.model.bert.parameters()), "lr": config.full_rate})
        self.learned: list[Any] = [each for group in groups for each in group["params"]]
        self.optimizer = torch.optim.AdamW(groups)

    def finish(self, on_epoch: Callable[[int, int, float], None]) -> FinetuneRun:
        """Learn until it gets no better, and read the test rows with the best weights."""
        torch = load_torch()
        merits, best, kept = list[float](), 0, list[Any]()
        dev, test = self.splits[1:]
        for epoch in range(self.config.epochs):
            self._learn(epoch)
            merits.append(_merit(dev.labels, self._shares(1)))
            on_epoch(self.seed, epoch + 1, merits[-1])
            if epoch == 0 or merits[-1] > merits[best]:
                best, kept = epoch, [each.detach().clone() for each in self.learned]
            if epoch - best >= self.config.patience:
                break
        with torch.no_grad():
            for each, value in zip(self.learned, kept, strict=True):
                each.copy_(value)
        shares = self._shares(2)
        assert len(shares) == len(test), "a row of shares for each row"
        if self.config.tune == "lora":
            merge_lora(self.model.bert)
        head = {name: value.detach().cpu() for name, value in self.head.state_dict().items()}
        count = sum(each.numel() for each in self.learned)
        return FinetuneRun(self.seed, tuple(merits), best + 1, shares, count, self.model.eval(), head)

    def _learn(self, epoch: int) -> None:
        """Read all train rows once, in an order of the epoch's own."""
        torch, train = load_torch(), self.splits[0]
        order = np.argsort(draw_words(len(train), join_seeds(self.seed, _ORDER, epoch)), kind="stable")
        self.model.train(self.vectors is None)
        self.head.train()
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(join_seeds(self.seed, _DROPOUT, epoch) % 2**63)
            for rows in np.array_split(order, -(-len(train) // self.config.batch)):
                (wanted,) = on_device([train.labels[rows].astype(np.int64)], self.device)
                loss = torch.nn.functional.cross_entropy(self._logits(0, rows), wanted)
                if not torch.isfinite(loss):
                    what = f"the loss is no number in epoch {epoch + 1} of seed {self.seed}"
                    raise TrainingError(what, hint="lower the rate")
                self.optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.learned, self.config.clip)
                self.optimizer.step()

    def _logits(self, split: int, rows: Places) -> Any:
        """Return the logits of some rows of a split: (b, classes)."""
        torch = load_torch()
        if self.vectors is not None:
            (found,) = on_device([self.vectors[split][rows]], self.device)
            return self.head(found)
        documents = self.splits[split].documents
        pieces = documents.cut(rows)
        ids, owners = on_device([documents.lay(pieces), pieces.owners.astype(np.int64)], self.device)
        if not len(ids):  # no row has a token
            return self.head(torch.zeros(len(rows), self.model.config.hidden_size, device=self.device))
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            sums, counts = sum_known(self.model.bert, ids, documents.space, owners, len(rows))
        return self.head(sums / counts.clamp(min=1)[:, None])

    def _shares(self, split: int) -> NDArray[np.float32]:
        """Return the shares of the classes for all rows of a split: float32 (n, classes)."""
        torch = load_torch()
        self.model.eval()
        self.head.eval()
        lengths = np.diff(self.splits[split].documents.tokens.rows)
        order = np.argsort(lengths, kind="stable")
        found = list[NDArray[np.float32]]()
        with torch.no_grad():
            for first in range(0, len(order), 2 * self.config.batch):
                logits = self._logits(split, order[first : first + 2 * self.config.batch])
                found.append(logits.float().softmax(dim=1).cpu().numpy())
        shares = np.empty((len(order), found[0].shape[1]), dtype=np.float32)
        shares[order] = np.concatenate(found)
        return shares


def _merit(labels: Ids, shares: NDArray[np.float32]) -> float:
    predicted = shares.argmax(axis=1).astype(np.int32)
    return float(matthews(count_confusion(labels, predicted, classes=shares.shape[1])))
