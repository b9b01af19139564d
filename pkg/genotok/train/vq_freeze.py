"""A trained network as a saved model: plain arrays, the same codes by NumPy, and the codes counted on the corpus."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from genotok.errors import ConfigError, TrainingError
from genotok.kernels.bases import Codes
from genotok.kernels.draws import join_seeds
from genotok.kernels.nearest import count_codes, used_bits
from genotok.kernels.tables import UNKNOWN_CODE
from genotok.tokenizers.vq_conv import ConvBackend
from genotok.train.libraries import load_torch
from genotok.train.vq_corpus import Corpus
from genotok.train.vq_network import Network
from genotok.train.vq_presets import NetworkConfig
from genotok.values.codebook import CodeArray, Codebook
from genotok.values.convweights import ConvWeights
from genotok.values.vqmodel import VQModel

NEAR = 1e-4  # of 1 + |z|^2: margins below are within rounding
MOST = 1e-5  # of all tokens may differ, where margins are within rounding
CHANCE = 3  # tokens more: of few tokens, twice as many as on average are no fault
_PIECE = 25_000  # tokens that torch encodes at once
_USAGE_BASES = 4_000_000  # at most, in which codes are counted
_TOKENS = 8192  # encoded at once there
_DRAWN_FOR = 6  # what a seed is drawn for: codes counted


class SelfTest(NamedTuple):
    """Tokens that torch and NumPy encoded, and how many of their codes differ, all of them within rounding."""

    tokens: int
    differing: int


def freeze_network(network: Network, *, half: bool = True) -> tuple[ConvWeights, Codebook]:
    """Return the weights and the codebook of a network as arrays; ``half`` rounds them to what float16 holds."""
    arrays = {name: _array(value, half) for name, value in network.weights.items()}
    vectors = tuple(_array(value, half) for value in network.quantiser.vectors())
    config = network.config
    return ConvWeights(network.shape, arrays), Codebook(config.quantizer, config.levels, vectors)


def _array(value: Any, half: bool) -> NDArray[np.float32]:
    array = np.asarray(value.detach().cpu().numpy(), dtype=np.float32)
    rounded: NDArray[np.float32] = array.astype(np.float16).astype(np.float32) if half else array
    return rounded


def thaw_network(config: NetworkConfig, weights: ConvWeights, codebook: Codebook) -> Network:
    """Return the network of frozen arrays, on the processor."""
    torch = load_torch()
    network = Network(config)
    with torch.no_grad():
        for name, weight in network.weights.items():
            weight.copy_(torch.from_numpy(weights[name].copy()))
    network.quantiser.take([torch.from_numpy(each.copy()) for each in codebook.vectors])
    return network


def open_network(model: VQModel) -> Network:
    """Return the network of a saved model as torch has it, on the processor; ConfigError if training makes no such."""
    if model.network is None:
        raise ConfigError("this model is a table", hint="networks are trained by presets strided and paper")
    shape, book = model.network.shape, model.codebook
    config = NetworkConfig(
        quantizer=book.quantizer,
        levels=book.levels,
        window=shape.kernel,
        stride=shape.stride,
        channels=shape.channels,
        width=shape.width,
        expansion=shape.expansion,
        blocks=shape.blocks,
    )
    if config.shape != shape:
        raise ConfigError(f"training makes no network of {shape}", hint=f"but one of {config.shape}")
    return thaw_network(config, model.network, book)


def freeze_model(
    network: Network, *, usage: Sequence[NDArray[np.uint64]] = (), card: dict[str, Any] | None = None, half: bool = True
) -> VQModel:
    """Return a network as a saved model, which covers every base and knows an unknown token by its core."""
    weights, codebook = freeze_network(network, half=half)
    config = network.config
    return VQModel(
        codebook,
        None,
        weights,
        window=config.window,
        stride=config.stride,
        ends="same",
        unknown_scope="core",
        usage=tuple(usage),
        card=card or {},
    )


def check_frozen(network: Network, model: VQModel, bases: Codes) -> SelfTest:
    """Encode uint8 bases (L,) by torch and by NumPy; TrainingError unless codes differ by rounding alone.

    A code may differ where the two nearest are within 1e-4 (1 + |z|^2) of each other, for one token in 10^5 and
    three more. ``network`` is that of `thaw_network`.
    """
    torch = load_torch()
    assert model.network is not None
    backend = ConvBackend(model.codebook, model.network)
    size = _PIECE * model.stride
    tokens = differing = 0
    for at in range(0, len(bases), size):
        piece = np.ascontiguousarray(bases[at : at + size])
        with torch.no_grad():
            taps, known = network.encode(torch.from_numpy(piece)[None])
            ours = network.quantiser(taps)
        found = backend.codes(
            piece,
            rows=np.array([0, len(piece)], np.int64),
            ends=model.ends,
            unknown_scope=model.unknown_scope,
            unknown="unk",
            margins=True,
        )
        assert found.margins is not None
        mask = known[0].numpy()
        if not np.array_equal(mask, found.codes[0] != UNKNOWN_CODE):
            raise TrainingError("torch and NumPy do not agree which tokens are unknown", hint="report it as a bug")
        wrong = (ours.codes.numpy() != found.codes[:, mask]).any(axis=0)
        norms = np.max([_squares(each) for each in ours.residuals or taps], axis=0)
        near = found.margins[:, mask].min(axis=0) <= NEAR * (1 + norms)
        if (wrong & ~near).any():
            place = at // model.stride + int(np.flatnonzero(mask)[np.flatnonzero(wrong & ~near)[0]])
            raise TrainingError(f"torch and NumPy give token {place:,} other codes", hint="report it as a bug")
        tokens, differing = tokens + len(mask), differing + int(np.count_nonzero(wrong))
    if differing > MOST * tokens + CHANCE:
        raise TrainingError(f"{differing:,} of {tokens:,} tokens differ by rounding", hint="train in float32")
    return SelfTest(tokens, differing)


def _squares(rows: Any) -> NDArray[np.float64]:
    norms: NDArray[np.float64] = np.square(rows.numpy(), dtype=np.float64).sum(axis=1, dtype=np.float64)
    return norms


def count_usage(
    network: Network, corpus: Corpus, *, bases: int | None = None
) -> tuple[tuple[NDArray[np.uint64], ...], float]:
    """Count the codes of each level in crops of so many ``bases`` of the corpus; also the bits of a token as used.

    None are as many as the corpus has, and 4 Mb at most.
    """
    torch = load_torch()
    config, sizes = network.config, network.quantiser.sizes
    sampler = corpus.sampler(config.crop)
    wanted = min(_USAGE_BASES, corpus.bases) if bases is None else bases
    batch = max(_TOKENS * config.stride // config.crop, 1)
    found: list[Any] = []
    with torch.no_grad():
        for step in range(-(-wanted // (config.crop * batch))):
            crops = sampler.draw(batch, seed=join_seeds(config.seed, _DRAWN_FOR), step=step)
            taps, _ = network.encode(torch.from_numpy(crops).to(network.device))
            found.append(network.quantiser(taps).codes.cpu().numpy().astype(np.uint16))
    codes: CodeArray = np.concatenate(found, axis=1)
    return tuple(count_codes(level, size) for level, size in zip(codes, sizes, strict=True)), used_bits(codes, sizes)
