"""A masked language model of tokens: BERT by transformers, an embedding summed over levels, a head for each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.kernels.draws import draw_flags, draw_words, join_seeds
from genotok.train.libraries import load_torch, load_transformers
from genotok.train.mlm_config import MlmConfig
from genotok.train.mlm_tokens import Table, TokenSpace

_HIDDEN, _REPLACED = 0.8, 0.5  # of the chosen become the mask; of the rest, some other token
_NEVER = -100.0  # what special ids are biased by, as none is ever right


@dataclass(frozen=True)
class MlmMeasures:
    """What a model makes of hidden tokens: mean cross-entropy in nats, and share of codes right; of each level too."""

    loss: float
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    tokens: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}


def chance_loss(space: TokenSpace) -> float:
    """Return the loss of guessing all codes alike: the mean of log K over levels."""
    return sum(log(size) for size in space.sizes) / len(space.sizes)


def mask_tokens(ids: Table, space: TokenSpace, *, share: float, seed: int) -> tuple[Table, NDArray[np.bool_]]:
    """Choose a ``share`` of the known tokens and hide them; at least one if there is any.

    ``ids`` are (b, N, t). Of the chosen 80 % become the mask in all levels, 10 % another token, 10 % stay. Returns the
    ids to read, and which tokens were chosen, (b, t); special ids, unknown tokens among them, never are.
    """
    b, levels, t = ids.shape
    known = space.is_known(ids)
    chosen = known & draw_flags(b * t, share, join_seeds(seed, 1)).reshape(b, t)
    if not chosen.any() and known.any():
        first = np.argmin(np.where(known.ravel(), draw_words(b * t, join_seeds(seed, 1)), np.uint64(2**64 - 1)))
        chosen.ravel()[first] = True
    hidden = chosen & draw_flags(b * t, _HIDDEN, join_seeds(seed, 2)).reshape(b, t)
    replaced = chosen & ~hidden & draw_flags(b * t, _REPLACED, join_seeds(seed, 3)).reshape(b, t)
    others = space.draw(b * t, join_seeds(seed, 4)).reshape(levels, b, t).transpose(1, 0, 2)
    found = np.where(hidden[:, None], space.mask, np.where(replaced[:, None], others, ids))
    return found.astype(np.int64), chosen


def build_masked_model(config: MlmConfig, space: TokenSpace) -> Any:
    """Return a `BertForMaskedLM` with random weights that are decided by the seed.

    Its vocabulary is the whole of the space; the output shares the embedding's weights. Special ids, which are never an
    answer, are biased far down.
    """
    library, torch = load_transformers(), load_torch()
    shape = library.BertConfig(
        vocab_size=space.rows,
        hidden_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.ffn,
        max_position_embeddings=config.tokens,
        type_vocab_size=1,
        pad_token_id=space.pad,
        hidden_dropout_prob=config.dropout,
        attention_probs_dropout_prob=config.dropout,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(join_seeds(config.seed, 11) % 2**63)
        model = library.BertForMaskedLM(shape)
    with torch.no_grad():
        model.cls.predictions.bias[sum(space.sizes) :] = _NEVER
    return model


def read_hidden(model: Any, ids: Any) -> Any:
    """Return what a BERT makes of ids, int64 (b, N, t), whose embeddings are summed over levels: float (b, t, D)."""
    bert = getattr(model, "bert", model)
    there = (ids[:, 0] != bert.config.pad_token_id).to(ids.dtype)
    each = bert.embeddings.word_embeddings(ids)
    return bert(inputs_embeds=each.sum(dim=1, dtype=each.dtype), attention_mask=there).last_hidden_state


def level_logits(model: Any, hidden: Any, space: TokenSpace) -> tuple[Any, ...]:
    """Return for some tokens, (m, D), the logits of the codes of each level: float32 (m, K_n) each."""
    logits = model.cls(hidden).float()
    return tuple(logits[:, start : start + size] for start, size in zip(space.starts, space.sizes, strict=True))


def masked_loss(model: Any, ids: Any, masked: Any, chosen: Any, space: TokenSpace) -> tuple[Any, list[Any], list[Any]]:
    """Return the loss, the losses of the levels, and for each level which of the hidden tokens are right."""
    torch = load_torch()
    found = level_logits(model, read_hidden(model, masked)[chosen], space)
    answers = ids.transpose(1, 2)[chosen]  # (m, N)
    losses, right = [], []
    for level, logits in enumerate(found):
        wanted = answers[:, level] - int(space.starts[level])
        losses.append(torch.nn.functional.cross_entropy(logits, wanted))
        right.append(logits.argmax(dim=1) == wanted)
    return sum(losses) / len(losses), losses, right


def measure(model: Any, rows: Iterable[tuple[Table, Table, NDArray[np.bool_]]], space: TokenSpace) -> MlmMeasures:
    """Measure a model on batches of ids, ids to read, and the tokens that were chosen."""
    torch = load_torch()
    device, levels = next(model.parameters()).device, len(space.sizes)
    sums, rights, tokens = np.zeros(levels), np.zeros(levels), 0
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for batch in rows:
            m = int(batch[2].sum(dtype=np.int64))
            if not m:
                continue
            ids, masked, chosen = on_device(batch, device)
            _, losses, right = masked_loss(model, ids, masked, chosen, space)
            sums += [m * float(each) for each in losses]
            rights += [float(each.sum(dtype=torch.int64)) for each in right]
            tokens += m
    model.train(was_training)
    found = [float(each) for each in sums / max(tokens, 1)]
    accuracies = tuple(float(each) for each in rights / max(tokens, 1))
    return MlmMeasures(sum(found) / levels, tuple(found), accuracies, tokens)


def on_device(arrays: Iterable[NDArray[Any]], device: Any) -> Iterator[Any]:
    """Give arrays as tensors."""
    torch = load_torch()
    return (torch.from_numpy(np.ascontiguousarray(each)).to(device) for each in arrays)


def count_parameters(model: Any) -> dict[str, int]:
    """Count the numbers of tokens' embeddings and of the output's bias, which differ by vocabulary, and all others."""
    found = {"embedding": 0, "rest": 0}
    for name, each in model.named_parameters():
        found["embedding" if is_of_tokens(name) else "rest"] += each.numel()
    return found


def is_of_tokens(name: str) -> bool:
    """Tell if a weight of a `BertForMaskedLM` has a row for each id."""
    return "word_embeddings" in name or name.startswith(("cls.predictions.bias", "cls.predictions.decoder"))
