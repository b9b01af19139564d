"""Documents as one vector each: the mean of what a language model makes of their tokens, however long they are."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Places
from genotok.kernels.ragged import offsets_of
from genotok.train.libraries import load_torch
from genotok.train.mlm import on_device, read_hidden
from genotok.train.mlm_tokens import Table, TokenRows, TokenSpace, lay_pieces
from genotok.train.vq_stopping import batch_too_large

_AT_ONCE = 2**14  # tokens of pieces that are read together


class Pieces(NamedTuple):
    """Stretches of documents, (p,): where each begins among all tokens, how many it has, and whose it is."""

    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    owners: Places


@dataclass(frozen=True, eq=False)
class Documents:
    """Tokens of n documents, for a model that knows ``space`` and reads ``longest`` tokens at once."""

    tokens: TokenRows
    space: TokenSpace
    longest: int

    def __len__(self) -> int:
        return len(self.tokens.rows) - 1

    def cut(self, places: Places | None = None) -> Pieces:
        """Cut some documents, or all, into as few pieces as the model can read, about equally long.

        A piece's owner is the place of its document among those that were asked for. A document without tokens has
        no piece.
        """
        at = np.arange(len(self), dtype=np.intp) if places is None else places
        counts = np.diff(self.tokens.rows)[at]
        parts = -(-counts // self.longest)
        owners = np.repeat(np.arange(len(at), dtype=np.intp), parts.astype(np.intp))
        turn = np.arange(len(owners), dtype=np.int64) - offsets_of(parts)[:-1][owners]
        low, high = (counts[owners] * (turn + more) // parts[owners] for more in (0, 1))
        return Pieces(self.tokens.rows[:-1][at][owners] + low, high - low, owners)

    def lay(self, pieces: Pieces) -> Table:
        """Return the ids of some pieces, padded to the longest of them: int64 (p, N, t)."""
        width = int(pieces.counts.max(initial=1))
        parts = {"starts": pieces.starts, "counts": pieces.counts}
        return lay_pieces(self.space, self.tokens.codes, **parts, width=width)


def sum_known(model: Any, ids: Any, space: TokenSpace, owners: Any, n: int) -> tuple[Any, Any]:
    """Sum what a model makes of the known tokens of each of n documents: (n, D), and how many there are (n,).

    ``ids`` are the pieces (p, N, t), ``owners`` (p,) their documents.
    """
    torch = load_torch()
    hidden = read_hidden(model, ids).float()
    known = ((ids[:, 0] != space.unknown) & (ids[:, 0] != space.pad)).to(hidden.dtype)
    sums = torch.einsum("ptd,pt->pd", hidden, known)
    counts = known.sum(dim=1, dtype=known.dtype)
    whole = torch.zeros(n, hidden.shape[2], dtype=hidden.dtype, device=hidden.device)
    return whole.index_add(0, owners, sums), torch.zeros(n, device=hidden.device).index_add(0, owners, counts)


def embed_documents(
    model: Any, documents: Documents, *, batch: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Embed documents by the mean of a model's last layer over their known tokens: float32 (n, D).

    A document without known tokens is 0. The second array, (n,), counts those tokens. The model is put into evaluation
    mode, and reads ``batch`` pieces at once, by default 16,384 tokens. TrainingError if they do not fit the memory.
    """
    torch = load_torch()
    model.eval()
    device, width = next(model.parameters()).device, int(model.config.hidden_size)
    pieces = documents.cut()
    order = np.argsort(pieces.counts, kind="stable")  # pieces of one length need no padding
    step = max(_AT_ONCE // documents.longest, 1) if batch is None else batch
    sums, counts = np.zeros((len(documents), width)), np.zeros(len(documents))
    for first in range(0, len(order), step):
        some = Pieces(*(each[order[first : first + step]] for each in pieces))
        try:
            with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                (ids,) = on_device([documents.lay(some)], device)
                apart = torch.arange(len(some.owners), dtype=torch.int64, device=device)
                summed, counted = sum_known(model, ids, documents.space, apart, len(apart))
        except (RuntimeError, MemoryError) as fault:
            if (told := batch_too_large(fault, step, f"pieces of {documents.longest:,} tokens")) is None:
                raise
            raise told from fault
        np.add.at(sums, some.owners, summed.cpu().numpy())
        np.add.at(counts, some.owners, counted.cpu().numpy())
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32), counts.astype(np.int64)
