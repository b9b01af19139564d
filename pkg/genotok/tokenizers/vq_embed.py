"""Tokens as vectors, and documents as counts of codes: what models and probes take."""

from collections.abc import Sequence as Listed
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords
from genotok.errors import InputError
from genotok.kernels.nearest import level_vectors, outputs
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_tokens import VQTokens
from genotok.values.codebook import CodeArray
from genotok.values.csr import CsrMatrix
from genotok.values.ragged import RaggedIds
from genotok.values.vqcodes import VQCodes


class VQEmbed(VQTokens):
    """What turns tokens into numbers."""

    def embed(self, tokens: Any, *, levels: bool = False, pool: Literal["mean"] | None = None) -> Any:
        """Return the vectors of tokens, a row of ids, RaggedIds or VQCodes: float32 (n, D), 0 for unknown ones.

        ``levels``: a tuple of such arrays, one for each level. ``pool='mean'`` averages the known tokens of each
        document: (b, D), or (D,) of a row of ids.
        """
        if pool not in (None, "mean"):
            raise InputError(f"pool is {pool!r}", hint="'mean', or None for a vector a token")
        if isinstance(tokens, VQCodes):
            codes, rows = tokens.codes, tokens.rows
        elif isinstance(tokens, RaggedIds):
            each = [self.codes_of_ids(row) for row in tokens]
            codes = np.concatenate([np.empty((len(self.levels), 0), dtype=np.uint16), *each], axis=1)
            rows = offsets_of(np.array([part.shape[1] for part in each], dtype=np.int64))
        else:
            codes = self.codes_of_ids(tokens)
            rows = np.array([0, codes.shape[1]], dtype=np.int64)
        found = self._vectors(codes) if levels else (self._outputs(codes),)
        if pool is not None:
            known = codes[-1] != UNKNOWN_CODE
            found = tuple(_average(each, rows, known) for each in found)
            if not isinstance(tokens, (VQCodes, RaggedIds)):
                found = tuple(each[0] for each in found)
        return found if levels else found[0]

    def _vectors(self, codes: CodeArray) -> tuple[NDArray[np.float32], ...]:
        book = self.codebook
        return tuple(level_vectors(codes, book.quantizer, levels=book.levels, vectors=book.vectors))

    def _outputs(self, codes: CodeArray) -> NDArray[np.float32]:
        book = self.codebook
        return outputs(codes, book.quantizer, levels=book.levels, vectors=book.vectors)

    def bag(self, sequences: Any, levels: Literal["all"] | Listed[int] = "all", log: bool = True) -> CsrMatrix:
        """Count the codes of each document, level beside level: float32 CSR (b, ΣK_n).

        ``sequences`` are an input as `codes` takes it, or VQCodes; unknown tokens are left out. ``levels`` are the
        numbers of those that are counted, 1 the coarsest. ``log`` gives log(1 + count).
        """
        codes = sequences if isinstance(sequences, VQCodes) else self.codes(sequences)
        chosen = range(1, len(self.levels) + 1) if levels == "all" else [levels] if isinstance(levels, int) else levels
        sizes = [self.levels[k - 1] for k in chosen if codes.level(k) is not None]
        width = sum(sizes)
        known = ~codes.unknown
        owners = np.repeat(np.arange(len(codes), dtype=np.int64), np.diff(codes.rows).astype(np.intp))[known] * width
        keys: list[Coords] = []
        start = 0
        for k, size in zip(chosen, sizes, strict=True):
            keys.append(owners + (codes.level(k)[known].astype(np.int64) + start))
            start += size
        found, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *keys]), return_counts=True)
        indptr = np.searchsorted(found, np.arange(len(codes) + 1, dtype=np.int64) * width).astype(np.int64)
        values = np.log1p(counts.astype(np.float64)) if log else counts
        return CsrMatrix(indptr, found % max(width, 1), values.astype(np.float32), (len(codes), width))


def _average(vectors: NDArray[np.float32], rows: Coords, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Average the vectors (n, D) of the known tokens of each document, 0 if there is none: float32 (b, D)."""
    counts = np.diff(offsets_of(known.astype(np.int64))[rows.astype(np.intp)])
    owners = np.repeat(np.arange(len(rows) - 1, dtype=np.intp), np.diff(rows).astype(np.intp))
    sums = np.zeros((len(rows) - 1, vectors.shape[1]), dtype=np.float64)
    np.add.at(sums, owners, vectors)  # those of unknown tokens are 0
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)
