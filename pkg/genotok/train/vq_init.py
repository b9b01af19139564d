"""Where a codebook begins: k-means over what the encoder says, so that no code starts far from all rows."""

from typing import Any

from genotok.errors import ConfigError
from genotok.kernels.draws import join_seeds
from genotok.train.libraries import load_torch
from genotok.train.vq_ema import DECAY, EmaCodebook, count_rows, draw_rows

ROUNDS = 10
ROWS_A_CODE = 64  # that k-means wants
_FEWEST = 16  # rows a code that it can do with


def start_codebook(rows: Any, n_codes: int, *, seed: int, batch: int, decay: float = DECAY) -> EmaCodebook:
    """Make a codebook of the means that ``ROUNDS`` of k-means find in (n, D) rows; ``batch`` are the rows of a step.

    It starts from distinct rows drawn by ``seed``; a mean that no row is nearest to is put on another row. Counts are
    those of a batch of so many rows.
    """
    torch = load_torch()
    with torch.no_grad():
        rows = rows.detach().float()
        codebook = EmaCodebook(_distinct(rows, n_codes, seed), rows.new_ones(n_codes), decay=0.0)
        for number in range(ROUNDS):
            codebook.update(rows, codebook.nearest(rows))
            empty = torch.nonzero(codebook.counts == 0).flatten()
            if len(empty):
                codebook.vectors[empty] = rows[draw_rows(rows, len(empty), join_seeds(seed, number + 1))]
        counts = count_rows(codebook.nearest(rows), n_codes)
        return EmaCodebook(codebook.vectors, counts * (batch / len(rows)), decay=decay)


def _distinct(rows: Any, n_codes: int, seed: int) -> Any:
    """Return (n_codes, D) rows drawn by ``seed``, no two alike."""
    torch = load_torch()
    if len(rows) < _FEWEST * n_codes:
        hint = f"give more sequence, or fewer codes: {_FEWEST} tokens a code are needed"
        raise ConfigError(f"{len(rows):,} tokens for {n_codes:,} codes", hint=hint)
    unique = torch.unique(rows, dim=0)
    if len(unique) < n_codes:
        hint = "give more sequence, or fewer codes"
        raise ConfigError(f"the corpus has {len(unique):,} different tokens for {n_codes:,} codes", hint=hint)
    return unique[draw_rows(unique, n_codes, seed)]
