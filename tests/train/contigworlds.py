"""Small contigs whose signal follows from their tokens, or from their letters."""

import numpy as np

from genotok.train.contigs import BaseContig, TokenContig
from genotok.values.csr import CsrMatrix


def sparse_of(dense):
    """Write a dense matrix as compressed rows."""
    rows, columns = np.nonzero(dense)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(dense)))])
    return CsrMatrix(indptr, columns.astype(np.int32), dense[rows, columns], dense.shape)


def token_contig(n_bins, *, n_features=6, seed=0, name="one"):
    """Bins of 10 to 20 bp; the signal of each is high where feature 0 is, or 1 beside 2."""
    random = np.random.default_rng(seed)
    boundaries = np.concatenate([[0], np.cumsum(random.integers(10, 21, n_bins))])
    dense = (random.random((n_bins, n_features)) * (random.random((n_bins, n_features)) < 0.3)).astype(np.float32)
    signal = dense[:, 0] + dense[:, 1] * np.roll(dense[:, 2], 1) + 0.02
    return TokenContig(name, boundaries, sparse_of(dense), signal[:, None])


def base_contig(n_bases, *, seed=0, name="one"):
    """Letters, some unknown; the signal of 16 bases is their share of G and C."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 4, n_bases).astype(np.uint8)
    codes[random.random(n_bases) < 0.01] = 4
    padded = np.concatenate([codes, np.full(-n_bases % 16, 4, dtype=np.uint8)]).reshape(-1, 16)
    share = ((padded == 1) | (padded == 2)).mean(axis=1)
    return BaseContig(name, codes, share[:, None].astype(np.float32))
