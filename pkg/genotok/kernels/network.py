"""The network of a convolutional tokenizer in NumPy: from the bases that a token sees to numbers, and back to bases.

Arrays of channels are (D, n), a channel after the other: what is done to single channels then runs along the memory.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Flags
from genotok.kernels.bases import UNKNOWN, Codes
from genotok.kernels.matmul import multiply

Floats: TypeAlias = NDArray[Any]  # float32, or float64 throughout
Weights: TypeAlias = Mapping[str, NDArray[np.float32]]

EPS = 1e-6  # of every norm
REACH = 3  # tokens that a block sees to either side
_TILE = 4000  # tokens that go through a block together; at powers of 2 all channels would share a few lines of cache
_JOINED = 3  # bases of the stem that are looked up at once
_LETTERS = 5  # the unknown one is the last, and adds nothing
_GELU = (-2 * 0.7978845608028654, -2 * 0.7978845608028654 * 0.044715)


class Affine(NamedTuple):
    """A matrix (m, k) and a bias (m, 1)."""

    weight: Floats
    bias: Floats


class Block(NamedTuple):
    """Seven shifted rows (D, 7), a norm over channels, and two matrices with a GELU between."""

    depthwise: Affine
    norm: Affine
    expand: Affine
    shrink: Affine


class Encoder(NamedTuple):
    """Prepared weights; ``tables`` hold, for one to three neighbouring bases each, the sums of their stem rows."""

    kernel: int
    tables: tuple[Floats, ...]  # (5^j, C0)
    bias: Floats
    norm: Affine
    proj: Affine | None
    blocks: tuple[Block, ...]
    taps: tuple[tuple[int, Affine | None], ...]  # blocks before it, and its projection

    @property
    def width(self) -> int:
        """Channels between the blocks."""
        return len(self.bias) if self.proj is None else len(self.proj.weight)

    @property
    def wide(self) -> int:
        """Channels within a block."""
        return len(self.blocks[0].expand.weight) if self.blocks else 0

    @property
    def halo(self) -> int:
        """Tokens on either side that a token depends on."""
        return REACH * len(self.blocks)


class Decoder(NamedTuple):
    """Prepared weights; ``out`` is (4 k, D), rows by letter, then by place."""

    stride: int
    proj: Affine | None
    blocks: tuple[Block, ...]
    out: Affine

    @property
    def wide(self) -> int:
        """Channels within a block."""
        return len(self.blocks[0].expand.weight) if self.blocks else 0


def prepare_encoder(
    weights: Weights, *, blocks: int, taps: Sequence[int], dtype: type[np.floating[Any]] = np.float32
) -> Encoder:
    """Bring the weights of an encoder into the form in which they are used; float64 is for reference answers."""
    stem = weights["stem.conv.weight"].astype(dtype)  # (C0, 4, k)
    kernel = stem.shape[2]
    return Encoder(
        kernel,
        tuple(_join(stem[:, :, begin : begin + _JOINED]) for begin in range(0, kernel, _JOINED)),
        weights["stem.conv.bias"].astype(dtype),
        _affine(weights, "stem.norm", dtype),
        _affine(weights, "stem.proj", dtype) if "stem.proj.weight" in weights else None,
        tuple(_block(weights, f"blocks.{number}", dtype) for number in range(blocks)),
        tuple(
            (tap, _affine(weights, f"taps.{n}", dtype) if f"taps.{n}.weight" in weights else None)
            for n, tap in enumerate(taps)
        ),
    )


def prepare_decoder(
    weights: Weights, *, stride: int, blocks: int, dtype: type[np.floating[Any]] = np.float32
) -> Decoder:
    """Bring the weights of a decoder into the form in which they are used."""
    out = weights["decoder.out.weight"].astype(dtype)  # (D, 4, k)
    return Decoder(
        stride,
        _affine(weights, "decoder.proj", dtype) if "decoder.proj.weight" in weights else None,
        tuple(_block(weights, f"decoder.blocks.{number}", dtype) for number in range(blocks)),
        Affine(np.ascontiguousarray(out.reshape(len(out), -1).T), weights["decoder.out.bias"].astype(dtype)[:, None]),
    )


def _affine(weights: Weights, name: str, dtype: type[np.floating[Any]]) -> Affine:
    weight, bias = (weights[f"{name}.{part}"].astype(dtype) for part in ("weight", "bias"))
    return Affine(weight if weight.ndim > 1 else weight[:, None], bias[:, None])


def _block(weights: Weights, name: str, dtype: type[np.floating[Any]]) -> Block:
    return Block(*(_affine(weights, f"{name}.{part}", dtype) for part in Block._fields))


def _join(rows: Floats) -> Floats:
    """Add up the rows (C0, 4, j) of all words of j letters, unknown ones adding nothing: (5^j, C0)."""
    table = np.zeros((1, len(rows)), dtype=rows.dtype)
    for place in range(rows.shape[2]):
        letters = np.zeros((_LETTERS, len(rows)), dtype=rows.dtype)
        letters[:UNKNOWN] = rows[:, :, place].T
        table = (table[:, None] + letters).reshape(-1, len(rows))
    return table


class _Room:
    """Memory that tiles share: fresh pages for each of them would cost as much as the sums."""

    def __init__(self, rows: int, wide: int, columns: int, dtype: Any) -> None:
        columns = min(_TILE, columns)
        self._flat = [np.empty(size * columns, dtype=dtype) for size in (rows, wide, wide)]

    def __call__(self, which: int, rows: int, columns: int) -> Floats:
        return self._flat[which][: rows * columns].reshape(rows, columns)


def encode(bases: Codes, encoder: Encoder, *, outside: Flags | None = None, step: int = 1) -> list[Floats]:
    """Return what the encoder says at its taps: (m, D) each, D that of the codes.

    ``bases`` uint8 (k, n), 0..3 or 4 if unknown: the k bases that the stem of each token sees. Neighbours are ``step``
    columns apart: 1 for tokens in a row, n / p for n / p rows of p tokens each, place by place. Tokens ``outside``
    (n,) are none, and add nothing to their neighbours. As each block needs three tokens on either side, m is
    n - 6 · step · blocks: tokens that lack neighbours are left out.

    >>> weights = {"stem.conv.weight": np.eye(2, 4, dtype=np.float32)[:, :, None], "stem.conv.bias": np.zeros(2)}
    >>> weights |= {"stem.norm.weight": np.ones(2), "stem.norm.bias": np.zeros(2)}
    >>> encoder = prepare_encoder(weights, blocks=0, taps=(0,))
    >>> encode(np.array([[0, 1, 4]], np.uint8), encoder)[0].astype(np.float64).round(2).tolist()
    [[0.84, -0.16], [-0.16, 0.84], [0.0, 0.0]]
    """
    n, width = bases.shape[1], encoder.width
    inside = None if outside is None or not outside.any() else np.logical_not(outside).astype(encoder.bias.dtype)
    room = _Room(max(width, len(encoder.bias)), max(width, len(encoder.bias), encoder.wide), n, encoder.bias.dtype)
    pages = [np.empty(width * n, dtype=encoder.bias.dtype) for _ in range(2 if encoder.blocks else 1)]
    x = pages[0].reshape(width, n)
    _stem(bases, encoder, x, room)
    taps: list[Floats] = []
    for done in range(len(encoder.blocks) + 1):
        for tap, projection in encoder.taps:
            if tap == done:
                edge = REACH * step * (len(encoder.blocks) - done)
                seen = x[:, edge : n - edge - 2 * REACH * step * done]
                taps.append(np.ascontiguousarray((seen if projection is None else _map(projection, seen)).T))
        if done < len(encoder.blocks):
            m = x.shape[1] - 2 * REACH * step
            after = pages[1 - done % 2][: width * max(m, 0)].reshape(width, max(m, 0))
            _apply(encoder.blocks[done], _silence(x, inside), after, room, step)
            x = after
    return taps


def decode(vectors: Floats, decoder: Decoder, *, length: int, lead: int, tokens: int = 8192) -> Floats:
    """Return the logits of A, C, G, T at each of ``length`` bases: (length, 4).

    ``vectors`` (n, Dc) are one sequence; the first token's stem begins ``lead`` bases before the first base. So many
    ``tokens`` go through at once.
    """
    stride, n, dtype = decoder.stride, len(vectors), decoder.out.bias.dtype
    kernel = len(decoder.out.weight) // 4
    spread = -(-kernel // stride)  # tokens whose letters reach into the next
    halo = REACH * len(decoder.blocks) + spread
    logits = np.empty((length, 4), dtype=dtype)
    for begin in range(0, length, tokens * stride):
        end = min(begin + tokens * stride, length)
        low, high = begin // stride - halo, (end - 1 + lead) // stride + 1 + halo
        places = np.arange(low, high, dtype=np.int64)
        inside = ((places >= 0) & (places < n)).astype(dtype)
        x = np.zeros((vectors.shape[1], high - low), dtype=dtype)
        x[:, max(-low, 0) : n - low] = vectors[max(low, 0) : max(high, 0)].T
        x = x if decoder.proj is None else _map(decoder.proj, x)
        room = _Room(len(x), decoder.wide, x.shape[1], dtype)
        for block in decoder.blocks:
            after = np.empty((len(x), x.shape[1] - 2 * REACH), dtype=dtype)
            _apply(block, _silence(x, inside), after, room, 1)
            x = after
        first = (low + REACH * len(decoder.blocks)) * stride - lead  # the base where the first column's letters begin
        letters = _spread(_silence(x, inside), decoder, kernel)
        logits[begin:end] = letters[:, begin - first : end - first].T
    return logits


def _silence(x: Floats, inside: Floats | None) -> Floats:
    """Set columns to 0 that are no tokens; ``inside`` is as wide as x was before its edges were left out."""
    if inside is not None:
        edge = (len(inside) - x.shape[1]) // 2
        x *= inside[edge : edge + x.shape[1]]
    return x


def _stem(bases: Codes, encoder: Encoder, out: Floats, room: _Room) -> None:
    """Pick the rows of the letters, add them up, and normalise: (D, n) into ``out``."""
    n, channels = bases.shape[1], len(encoder.bias)
    for begin in range(0, n, _TILE):
        here = bases[:, begin : begin + _TILE]
        columns = here.shape[1]
        rows, part = room(1, columns, channels), room(2, columns, channels)
        rows[:] = encoder.bias
        for number, table in enumerate(encoder.tables):
            words = np.zeros(columns, dtype=np.intp)
            for row in here[number * _JOINED : (number + 1) * _JOINED]:
                words *= _LETTERS
                words += row
            rows += np.take(table, words, axis=0, out=part, mode="clip")  # mode: else out is buffered
        x = room(0, channels, columns)
        x[:] = rows.T
        x = _gelu(_normalise(x, encoder.norm), room(1, channels, columns))
        out[:, begin : begin + columns] = x if encoder.proj is None else _map(encoder.proj, x)


def _apply(block: Block, x: Floats, out: Floats, room: _Room, step: int) -> None:
    """Send (D, n) through a block: (D, n - 6 · step) into ``out``."""
    rows, n = out.shape
    for begin in range(0, n, _TILE):
        end = min(begin + _TILE, n)
        mixed, part = room(0, rows, end - begin), room(1, rows, end - begin)
        np.multiply(x[:, begin:end], block.depthwise.weight[:, :1], out=mixed)
        for place in range(1, 2 * REACH + 1):
            seen = x[:, begin + place * step : end + place * step]
            mixed += np.multiply(seen, block.depthwise.weight[:, place : place + 1], out=part)
        mixed += block.depthwise.bias
        _normalise(mixed, block.norm)
        wide = len(block.expand.weight)
        hidden = _map(block.expand, mixed, room(1, wide, end - begin))
        _gelu(hidden, room(2, wide, end - begin))
        mixed = _map(block.shrink, hidden, room(0, rows, end - begin))
        np.add(mixed, x[:, begin + REACH * step : end + REACH * step], out=out[:, begin:end])


def _map(affine: Affine, x: Floats, out: Floats | None = None) -> Floats:
    mapped = multiply(affine.weight, x, out)
    mapped += affine.bias
    return mapped


def _normalise(x: Floats, norm: Affine) -> Floats:
    """Bring the channels of each column to mean 0 and variance 1, then to the norm's own; in place."""
    x -= x.mean(axis=0, dtype=x.dtype)
    variance = np.einsum("ij,ij->j", x, x)
    variance /= len(x)
    variance += EPS
    x /= np.sqrt(variance, out=variance)
    x *= norm.weight
    x += norm.bias
    return x


def _gelu(x: Floats, power: Floats) -> Floats:
    """Compute x (1 + tanh u) / 2 as x / (1 + exp(-2u)), u = 0.798 (x + 0.0447 x³), in place; tanh is slow in a tab."""
    np.multiply(x, x, out=power)
    power *= _GELU[1]
    power += _GELU[0]
    power *= x
    with np.errstate(over="ignore"):  # infinite far below 0, where x / inf is 0 as it should be
        np.exp(power, out=power)
    power += 1
    x /= power
    return x


def _spread(x: Floats, decoder: Decoder, kernel: int) -> Floats:
    """Let each token add to the logits of the ``kernel`` bases from its own first on: (4, (n - 1) S + k)."""
    parts = multiply(decoder.out.weight, x).reshape(4, kernel, -1)
    reach = (x.shape[1] - 1) * decoder.stride
    letters = np.zeros((4, reach + kernel), dtype=x.dtype)
    letters += decoder.out.bias
    for place in range(kernel):
        letters[:, place : place + reach + 1 : decoder.stride] += parts[:, place]
    return letters
