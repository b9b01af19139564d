"""Cells as a dataset to train on: cut by sampling, masked, padded; the same items for any number of workers."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.encoding import Layout, Truncation
from genotok.errors import InputError
from genotok.kernels.draws import draw_below, draw_flags, join_seeds
from genotok.tokenizers.interval import IntervalTokenizer, interval_of
from genotok.values.cells import CellTokens
from genotok.values.ragged import RaggedIds

Objective: TypeAlias = Literal["none", "masked", "replaced"]

_ITEMS = ("input_ids", "attention_mask", "labels")
IGNORED = -100  # the label that losses pass over, in torch and transformers
_MASKED, _RANDOM = 0.8, 0.5  # of the chosen: the mask id; of the rest: a random token, the others stay


class CellDataset:
    """Items of c cells, as torch's DataLoader and transformers' Trainer take them; torch is needed for tensors alone.

    ``cells`` are CellTokens, or RaggedIds of one row each; ``tokenizer`` is the one that made them. A cell with more
    than ``max_length`` tokens, those around it included, is cut: 'sample' (default) draws that many uniformly, in
    order, anew in each epoch; True cuts the end; False leaves it. ``max_length`` None is the tokenizer's.
    ``objective``: 'none' · 'masked' chooses a ``share`` of the tokens, of which 80 % become the mask id, 10 % another
    region, 10 % stay, and ``labels`` are the ids of the chosen · 'replaced' makes the chosen other regions, and
    ``labels`` tell 1 for those that changed, else 0. Labels elsewhere are -100. ``columns`` adds values of each cell
    (n,), as batch or type. What an item is depends on ``seed``, epoch and index alone, not on workers or order.

    >>> from genotok import IntervalTokenizer, Regions, Universe
    >>> tokenizer = IntervalTokenizer(Universe.from_regions(Regions.from_tuples([("chr1", 10, 20), ("chr1", 30, 40)])))
    >>> cells = RaggedIds(np.array([0, 1, 1, 0, 1]), np.array([0, 4, 5]))
    >>> dataset = CellDataset(cells, tokenizer, max_length=3, columns={"batch": [7, 8]})
    >>> dataset[1]
    {'input_ids': [1], 'attention_mask': [1], 'batch': 8}
    >>> dataset.collate([dataset[0], dataset[1]], return_tensors="np")["attention_mask"].tolist()
    [[1, 1, 1], [1, 0, 0]]
    """

    def __init__(
        self,
        cells: CellTokens | RaggedIds,
        tokenizer: IntervalTokenizer,
        *,
        max_length: int | None = None,
        truncation: Truncation = "sample",
        objective: Objective = "none",
        share: float = 0.15,
        seed: int = 0,
        columns: Mapping[str, Sequence[Any] | NDArray[Any]] | None = None,
    ) -> None:
        tokenizer = interval_of(tokenizer)
        self.tokens = _tokens_of(cells, tokenizer)
        self.tokenizer, self.truncation, self.seed, self.epoch = tokenizer, truncation, seed, 0
        self.max_length = tokenizer.model_max_length if max_length is None else max_length
        self.objective, self.share = objective, share
        self.columns = {name: _by_place(values) for name, values in (columns or {}).items()}
        if objective not in get_args(Objective):
            raise InputError(f"objective={objective!r} is unknown", hint="'none', 'masked' or 'replaced'")
        if not 0 < share <= 1:
            raise InputError(f"share is {share!r}", hint="the part of tokens to choose, above 0 and at most 1")
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise InputError(f"seed is {seed!r}", hint="a whole number")
        for name, values in self.columns.items():
            if name in _ITEMS:
                raise InputError(f"a column named {name!r} would replace that of each item", hint="rename it")
            if len(values) != len(self.tokens):
                what = f"column {name!r} has {len(values):,} values for {len(self.tokens):,} cells"
                raise InputError(what, hint="one value for each cell")
        self._layout(0)  # refuses wrong settings here, not in a worker

    def _layout(self, index: int) -> Layout:
        seed = join_seeds(self.seed, self.epoch, index)
        return Layout(truncation=self.truncation, max_length=self.max_length, seed=seed)

    def set_epoch(self, epoch: int) -> None:
        """Begin an epoch: what is sampled and masked is drawn anew. Call it before the workers of the epoch start."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return one cell: ``input_ids`` and ``attention_mask`` as lists, ``labels`` with an objective, its columns."""
        index = range(len(self))[index]
        ids = self.tokens.row(index)
        alone = RaggedIds(ids, np.array([0, len(ids)], dtype=np.int64))
        laid = self.tokenizer.lay_out(alone, self._layout(index))
        item: dict[str, Any] = {name: rows[0] for name, rows in laid.items()}
        if self.objective != "none":
            changed, labels = self._choose(np.array(item["input_ids"], dtype=np.int64), index)
            item["input_ids"], item["labels"] = changed.tolist(), labels.tolist()
        return {**item, **{name: values[index] for name, values in self.columns.items()}}

    def _choose(self, ids: NDArray[np.int64], index: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Change a share of (t,) ids by the objective; returns them and the labels."""
        n_regions, size = self.tokenizer.n_regions, len(ids)
        seeds = [join_seeds(self.seed, self.epoch, index, purpose) for purpose in range(1, 5)]
        regular = ids < n_regions
        chosen = draw_flags(size, self.share, seeds[0]) & regular
        others = draw_below(size, n_regions, seeds[1])
        if self.objective == "replaced":
            changed = np.where(chosen, others, ids)
            return changed, np.where(regular, (changed != ids).astype(np.int64), IGNORED)
        masked = draw_flags(size, _MASKED, seeds[2])
        random = ~masked & draw_flags(size, _RANDOM, seeds[3])
        changed = np.where(chosen & masked, self.tokenizer.mask_token_id, np.where(chosen & random, others, ids))
        return changed, np.where(chosen, ids, IGNORED)

    def collate(
        self,
        items: Sequence[Mapping[str, Any]],
        *,
        padding: Literal["longest", "max_length"] = "longest",
        pad_to_multiple_of: int | None = None,
        return_tensors: Literal["np", "pt"] = "pt",
    ) -> dict[str, Any]:
        """Make a batch of items: int64 (b, L), padded on the tokenizer's side; columns as they stack (b,).

        Padding has the attention 0 and the label -100. Give it to a DataLoader as ``collate_fn``.
        """
        if not items:
            raise InputError("a batch of no items", hint="give at least one")
        keys = [name for name in ("input_ids", "attention_mask") if name in items[0]]
        to_pad = {name: [item[name] for item in items] for name in keys}
        padded = self.tokenizer.pad(
            to_pad,
            padding=padding,
            max_length=self.max_length,
            pad_to_multiple_of=pad_to_multiple_of,
            return_tensors=return_tensors,
        )
        batch = dict(padded)
        if "labels" in items[0]:
            width, side = batch["input_ids"].shape[1], self.tokenizer.padding_side
            batch["labels"] = _as(return_tensors, _pad_labels([item["labels"] for item in items], width, side))
        for name in (
            each for each in self.columns if each in items[0]
        ):  # a Trainer takes out what its model does not know
            batch[name] = _as(return_tensors, np.asarray([item[name] for item in items]))
        return batch


def _tokens_of(cells: Any, tokenizer: IntervalTokenizer) -> RaggedIds:
    """Return the rows of cells that the tokenizer made, as far as their ids can tell."""
    tokens = cells.tokens if isinstance(cells, CellTokens) else cells
    if not isinstance(tokens, RaggedIds):
        raise InputError(f"{type(cells).__name__} are no cells", hint="give CellTokens, or RaggedIds of a row each")
    most = cells.vocab_size if isinstance(cells, CellTokens) else int(tokens.ids.max(initial=-1)) + 1
    if most > tokenizer.vocab_size or (isinstance(cells, CellTokens) and most < tokenizer.vocab_size):
        what = f"the cells have ids of {most:,} tokens, the tokenizer has {tokenizer.vocab_size:,}"
        raise InputError(what, hint="give the tokenizer that made the cells")
    return tokens


def _by_place(values: Any) -> Any:
    """Take a column of whoever made it by place: pandas would take an index for labels of rows."""
    return values if isinstance(values, (list, tuple)) else np.asarray(values)


def _pad_labels(rows: Sequence[Sequence[int]], width: int, side: str) -> NDArray[np.int64]:
    labels = np.full((len(rows), width), IGNORED, dtype=np.int64)
    for number, row in enumerate(rows):
        labels[number, slice(0, len(row)) if side == "right" else slice(width - len(row), width)] = row
    return labels


def _as(kind: str, values: NDArray[Any]) -> Any:
    """Give numbers as a tensor of torch where that is wanted; texts stay as they are."""
    if kind != "pt" or values.dtype.kind not in "biuf":
        return values
    torch = import_module("torch")  # an extra, and `pad` has said so where it lacks
    return torch.from_numpy(np.ascontiguousarray(values))
