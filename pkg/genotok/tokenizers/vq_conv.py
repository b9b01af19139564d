"""What finds the codes of bases by a network: documents of any length, block by block, none seeing another."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from genotok.arrays import Coords, Flags, Offsets
from genotok.errors import BundleError, ConfigError, InputError
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.nearest import Quantised, quantise
from genotok.kernels.network import REACH, Encoder, encode, prepare_encoder
from genotok.kernels.ragged import offsets_of
from genotok.kernels.tables import UNKNOWN_CODE, Ends, count_windows
from genotok.tokenizers.vq_backend import Found
from genotok.tokenizers.vq_config import UnknownPolicy
from genotok.values.codebook import Codebook
from genotok.values.convweights import ConvShape, ConvWeights
from genotok.values.vqmodel import UnknownScope

BLOCK = 8192  # tokens that go through the network at once
_NOWHERE = UNKNOWN + 1  # a base of no document


class ConvBackend:
    """Computes what a network says of each token, and takes the nearest codes.

    Raises BundleError if the codebook does not fit the network.

    >>> from genotok.values.convweights import ConvShape
    >>> plan = ConvShape(kernel=1, channels=1, width=1, blocks=0, taps=(0,))
    >>> weights = ConvWeights(plan, {name: np.zeros(shape, "f4") for name, shape in plan.shapes().items()})
    >>> backend = ConvBackend(Codebook("flat", (2,), (np.array([[1], [0]], "f4"),)), weights)
    >>> backend.codes(np.array([0, 4, 3], np.uint8), rows=np.array([0, 2, 3])).codes.tolist()
    [[1, 65535, 1]]
    """

    in_pieces = False  # tokens depend on their neighbours'

    def __init__(self, codebook: Codebook, weights: ConvWeights) -> None:
        _check_fit(codebook, weights.shape)
        self._codebook, self._shape, self.span = codebook, weights.shape, weights.span
        self._encoder = _prepare(weights, np.float32)

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
        """Return the codes of all levels of all tokens, as Backend says; each document is read as if it were alone.

        Unknown bases add nothing to what the stem says. A token is unknown if its core holds an unknown base, or with
        ``unknown_scope="window"`` if its stem sees one, or sees over an end; ``unknown="majority"`` is for tables
        (ConfigError). ``block`` tokens go through at once: codes do not depend on it but where float32 can't tell two
        of them apart. Margins are differences of squared distances.
        """
        if unknown == "majority":
            hint = "a network reads unknown bases as they are"
            raise ConfigError("unknown='majority' needs a table, and this is a network", hint=hint)
        stream = _Stream(bases, rows, self._shape, ends)
        n_levels, n, halo = len(self._codebook.sizes), int(stream.tokens[-1]), self._encoder.halo
        codes = np.empty((n_levels, n), dtype=np.uint16)
        gaps = np.empty((n_levels, n), dtype=np.float32) if margins else None
        done = 0
        for begin in range(0, stream.size, block):
            piece, outside = stream.cut(begin - halo, min(begin + block, stream.size) + halo)
            seen = sliding_window_view(piece, self._shape.kernel)[:: self._shape.stride]  # (m, k)
            known = np.minimum(seen.T, np.uint8(UNKNOWN))
            found = _quantise(known, self._encoder, self._codebook, outside=outside, margins=margins)
            middle = slice(halo, len(outside) - halo)
            found.codes[:, _is_unknown(piece, seen, self._shape, unknown_scope)[middle]] = UNKNOWN_CODE
            inside = np.flatnonzero(~outside[middle])
            codes[:, done : done + len(inside)] = found.codes[:, inside]
            if gaps is not None and found.margins is not None:
                gaps[:, done : done + len(inside)] = found.margins[:, inside]
            done += len(inside)
        return Found(codes, stream.tokens, gaps)


def encode_windows(
    windows: Codes, codebook: Codebook, weights: ConvWeights, *, dtype: type[np.floating[Any]] = np.float64
) -> Quantised:
    """Find the codes of single tokens from all that each sees: uint16 (N, m), and their margins (N, m).

    ``windows`` uint8 (m, R) are the bases 0..3, 4 if unknown, of m receptive spans; the core begins (R - S) // 2 bases
    behind the first. It is what `ConvBackend` says within long sequences, in float64 unless told otherwise.
    """
    _check_fit(codebook, weights.shape)
    shape, m = weights.shape, len(windows)
    if windows.ndim != 2 or windows.shape[1] != shape.receptive_span:
        raise InputError(f"windows of shape {windows.shape}", hint=f"a token sees {shape.receptive_span} bases")
    seen = sliding_window_view(windows, shape.kernel, axis=1)[:, :: shape.stride]  # (m, p, k)
    places = np.ascontiguousarray(seen.transpose(2, 1, 0)).reshape(shape.kernel, -1)  # (k, p · m)
    return _quantise(places, _prepare(weights, dtype), codebook, step=m, margins=True)


def _prepare(weights: ConvWeights, dtype: type[np.floating[Any]]) -> Encoder:
    return prepare_encoder(weights, blocks=weights.shape.blocks, taps=weights.shape.taps, dtype=dtype)


def _check_fit(codebook: Codebook, shape: ConvShape) -> None:
    """Refuse a codebook of another width, or with other levels than the network has taps."""
    n_taps = len(codebook.levels) if codebook.quantizer == "hrq" else 1
    for name, found, expected in (
        ("numbers in a code", codebook.width, shape.code_width),
        (f"taps of {codebook.quantizer}", n_taps, len(shape.taps)),
    ):
        if found != expected:
            what = f"the codebook asks for {found} {name}, the network has {expected}"
            raise BundleError(what, hint="they belong to different models")


def _quantise(seen: Codes, encoder: Encoder, codebook: Codebook, *, margins: bool, **words: Any) -> Quantised:
    """Find the codes of what the network says of the bases seen (k, n), in its own precision; ``words`` as `encode`."""
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        taps = encode(seen, encoder, **words)
    if not all(np.isfinite(tap).all() for tap in taps):
        raise BundleError("the network's numbers overflow", hint="its weights are damaged; copy or make it again")
    return quantise(
        taps,
        codebook.quantizer,
        levels=codebook.levels,
        vectors=[each.astype(encoder.bias.dtype) for each in codebook.vectors],
        parents=codebook.parents,
        margins=margins,
    )


def _is_unknown(piece: Codes, seen: NDArray[np.uint8], shape: ConvShape, scope: UnknownScope) -> Flags:
    """Tell which of m tokens stand for unknown bases, or see any: bool (m,)."""
    if scope == "window":
        return np.asarray((seen >= UNKNOWN).any(axis=1))
    m = len(seen)
    if UNKNOWN not in piece:
        return np.zeros(m, dtype=np.bool_)
    cores = piece[shape.lead : shape.lead + m * shape.stride].reshape(m, shape.stride)
    return np.asarray((cores == UNKNOWN).any(axis=1))


class _Stream:
    """Documents one after the other, so far apart that no token sees into the next, of which pieces are cut.

    Token t of the stream stands for the bases from t · S on. Only what is cut is ever copied.
    """

    def __init__(self, bases: Codes, rows: Offsets, shape: ConvShape, ends: Ends) -> None:
        self._bases, self._rows, self._shape = bases, rows, shape
        lengths = np.diff(rows)
        counts = count_windows(lengths, window=shape.kernel, stride=shape.stride, ends=ends)
        self.tokens = offsets_of(counts)
        gap = max(REACH, -(-(shape.kernel - shape.stride) // shape.stride))
        self._starts: Coords = self.tokens[:-1] + gap * np.arange(len(counts), dtype=np.int64)
        self._ends: Coords = self._starts + counts
        self.size = int(self._ends[-1]) if len(counts) else 0
        self._first: Coords = self._starts * shape.stride - (shape.lead if ends == "valid" else 0)
        used = lengths if ends == "same" else (counts - 1) * shape.stride + shape.kernel
        self._used: Coords = np.where(counts > 0, used, 0)

    def cut(self, low: int, high: int) -> tuple[Codes, Flags]:
        """Return the bases that the tokens from ``low`` to ``high`` see, and which of these tokens are none."""
        shape = self._shape
        begin = low * shape.stride - shape.lead
        piece = np.full((high - low - 1) * shape.stride + shape.kernel, _NOWHERE, dtype=np.uint8)
        outside = np.ones(high - low, dtype=np.bool_)
        near = range(int(np.searchsorted(self._ends, low, "right")), int(np.searchsorted(self._starts, high, "left")))
        for row in near:
            start, end = int(self._starts[row]), int(self._ends[row])
            outside[max(start - low, 0) : max(end - low, 0)] = False
            to = int(self._first[row]) - begin
            skip = max(-to, 0)
            source = int(self._rows[row])
            part = self._bases[source + skip : source + min(int(self._used[row]), len(piece) - to)]
            piece[to + skip : to + skip + len(part)] = part
        return piece, outside
