"""What finds the codes of bases by a network: documents of any length, block by block, none seeing another."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Offsets
from genotok.errors import BundleError, ConfigError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.nearest import Quantised, quantise
from genotok.kernels.network import REACH, Encoder, decode, encode, prepare_decoder, prepare_encoder
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import UNKNOWN_CODE, Ends, count_windows
from genotok.tokenizers.vq_backend import Found
from genotok.tokenizers.vq_config import UnknownPolicy
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvWeights
from genotok.values.vqmodel import UnknownScope, VQModel

BLOCK = 8192  # tokens that go through the network at once
_NOWHERE = UNKNOWN + 1  # a base of no document


class ConvBackend:
    """Computes what a network says of each token and takes the nearest codes; reads ahead by no more than a block.

    >>> from genotok.values.convweights import ConvShape
    >>> plan = ConvShape(kernel=1, channels=1, width=1, blocks=0, taps=(0,))
    >>> weights = ConvWeights(plan, {name: np.zeros(shape, "f4") for name, shape in plan.shapes().items()})
    >>> book = Codebook("flat", (2,), (np.array([[1], [0]], "f4"),))
    >>> backend = ConvBackend(VQModel(book, None, weights, window=1, stride=1, ends="same", unknown_scope="core"))
    >>> rows = np.array([0, 2, 3])
    >>> backend.codes(np.array([0, 4, 3], np.uint8), rows=rows).codes.tolist()
    [[1, 65535, 1]]
    """

    in_pieces = False  # tokens depend on their neighbours'

    def __init__(self, model: VQModel) -> None:
        if model.network is None:
            raise ConfigError("backend='conv' needs a network, and this model has none", hint="backend='table'")
        check_network(model.codebook, model.network)
        self._weights, self._codebook, self.span = model.network, model.codebook, model.network.span
        self._encoder = _prepare(model.network, np.float32)

    def codes(
        self,
        bases: Codes,
        *,
        rows: Offsets,
        ends: Ends = "same",
        unknown_scope: UnknownScope = "core",
        unknown: UnknownPolicy = "unk",
        margins: bool = False,
        block: int = BLOCK,
    ) -> Found:
        """Return the codes of all levels of all tokens, as Backend says; each document as if it were alone.

        Unknown bases add nothing to what the stem says. A token is unknown if its core holds an unknown base, or with
        ``unknown_scope="window"`` the bases that its stem sees; ``unknown="majority"`` is for tables (ConfigError).
        """
        if unknown == "majority":
            hint = "a network reads windows with unknown bases as they are; 'unk', 'drop' or 'error'"
            raise ConfigError("unknown='majority' needs a table, and this is a network", hint=hint)
        shape = self._weights.shape
        plan = _lay(np.diff(rows), kernel=shape.kernel, stride=shape.stride, ends=ends)
        n_levels, n = len(self._codebook.sizes), int(plan.tokens[-1])
        codes = np.empty((n_levels, n), dtype=np.uint16)
        gaps = np.empty((n_levels, n), dtype=np.float32) if margins else None
        done = 0
        for begin in range(0, plan.size, block):
            here = _cut(bases, rows, plan, begin, min(begin + block, plan.size), self._encoder.halo)
            inside = ~here.outside[self._encoder.halo : len(here.outside) - self._encoder.halo]
            found = _quantise(
                _view(here.bases, shape.kernel, shape.stride), self._encoder, self._codebook, here, margins
            )
            found.codes[:, _is_unknown(here.bases, shape, self._encoder.halo, unknown_scope)] = UNKNOWN_CODE
            last = done + int(np.count_nonzero(inside))
            codes[:, done:last] = found.codes[:, inside]
            if gaps is not None and found.margins is not None:
                gaps[:, done:last] = found.margins[:, inside]
            done = last
        return Found(codes, plan.tokens, gaps)
