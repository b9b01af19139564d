"""The weights of a convolutional tokenizer: one float32 array per name, of the shapes that its plan asks for."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import frozen
from genotok.errors import BundleError, ConfigError
from genotok.kernels.network import REACH

Shapes: TypeAlias = dict[str, tuple[int, ...]]

DEPTHWISE = 2 * REACH + 1  # tokens that a block looks at
_TOP = 65_536  # of any one number of a plan: none that is meant comes near
_BLOCKS = 256  # at most, of encoder or decoder


@dataclass(frozen=True)
class ConvShape:
    """The plan of a network: what its weights are called and how large they are.

    ``kernel`` k bases seen by the stem, ``stride`` S bases a token, ``channels`` C0 of the stem, ``width`` D of the
    blocks, ``expansion`` e, ``blocks``; ``taps`` count the blocks after which codes are read, one tap for each level
    of hrq and one for other quantisers; ``code_width`` Dc of the codewords. ``decoder_blocks`` None: no decoder.

    >>> plan = ConvShape(kernel=9, stride=4, channels=32, width=32, expansion=2, taps=(3, 6))
    >>> plan.receptive_span, plan.lead, plan.code_width, plan.shapes()["blocks.0.expand.weight"]
    (153, 2, 32, (64, 32))
    """

    kernel: int
    stride: int = 1
    channels: int = 256
    width: int = 384
    expansion: int = 4
    blocks: int = 6
    taps: tuple[int, ...] = (6,)
    code_width: int = 0  # 0: as the blocks
    decoder_blocks: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "taps", tuple(self.taps))
        object.__setattr__(self, "code_width", self.code_width or self.width)
        for name, value in asdict(self).items():
            for each in value if name == "taps" else () if value is None else (value,):
                low, top = (0, _BLOCKS) if name in ("taps", "blocks", "decoder_blocks") else (1, _TOP)
                if type(each) is not int or not low <= each <= top:
                    raise ConfigError(f"{name} of a network is {each!r}", hint=f"a whole number from {low} to {top:,}")
        if self.stride > self.kernel:
            what = f"stride {self.stride} leaves bases out that a kernel of {self.kernel} never sees"
            raise ConfigError(what, hint="the stride is at most the kernel")
        if not self.taps or list(self.taps) != sorted(self.taps) or self.taps[-1] > self.blocks:
            what = f"taps after blocks {self.taps} of a network of {self.blocks}"
            raise ConfigError(what, hint="taps ascend and none lies behind the last block")

    @property
    def lead(self) -> int:
        """Bases that the stem of a token sees before the token's own."""
        return (self.kernel - self.stride) // 2

    @property
    def receptive_span(self) -> int:
        """Bases that a token of the last level depends on."""
        return self.kernel + (DEPTHWISE - 1) * self.blocks * self.stride

    def shapes(self) -> Shapes:
        """Name all arrays with their shapes, in the order in which they are written."""
        c0, d, dc = self.channels, self.width, self.code_width
        shapes: Shapes = _pair("stem.conv", (c0, 4, self.kernel)) | _pair("stem.norm", (c0,))
        shapes |= _pair("stem.proj", (d, c0)) if c0 != d else {}
        for each in range(self.blocks):
            shapes |= self._block(f"blocks.{each}")
        for each in range(len(self.taps) if dc != d else 0):
            shapes |= _pair(f"taps.{each}", (dc, d))
        if self.decoder_blocks is not None:
            shapes |= _pair("decoder.proj", (d, dc)) if dc != d else {}
            for each in range(self.decoder_blocks):
                shapes |= self._block(f"decoder.blocks.{each}")
            shapes |= {"decoder.out.weight": (d, 4, self.kernel), "decoder.out.bias": (4,)}
        return shapes

    def _block(self, name: str) -> Shapes:
        d, wide = self.width, self.expansion * self.width
        shapes = _pair(f"{name}.depthwise", (d, DEPTHWISE)) | _pair(f"{name}.norm", (d,))
        return shapes | _pair(f"{name}.expand", (wide, d)) | _pair(f"{name}.shrink", (d, wide))


def _pair(name: str, shape: tuple[int, ...]) -> Shapes:
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


class ConvWeights(Mapping[str, NDArray[np.float32]]):
    """Read-only name -> float32 array, exactly those of ``shape.shapes()``; codewords are the `Codebook`'s.

    float16 is widened once, here. Raises BundleError naming the array: missing, one too many, another shape, another
    type, or a number that is not finite.

    >>> plan = ConvShape(kernel=3, channels=2, width=2, blocks=0, taps=(0,))
    >>> weights = ConvWeights(plan, {name: np.zeros(shape, "f2") for name, shape in plan.shapes().items()})
    >>> len(weights), weights["stem.conv.weight"].dtype, weights.parameters
    (4, dtype('float32'), 30)
    >>> ConvWeights(plan, dict(weights) | {"stem.conv.bias": np.zeros(3, "f4")})
    Traceback (most recent call last):
    genotok.errors.BundleError: weights, array stem.conv.bias: shape (3,); the plan asks for (2,)
    """

    def __init__(self, shape: ConvShape, arrays: Mapping[str, NDArray[Any]]) -> None:
        shapes = shape.shapes()
        for name in arrays:
            if name not in shapes:
                raise _fault(name, "no weight of this network", "remove it, or check the plan")
        for name in shapes:
            if name not in arrays:
                raise _fault(name, "missing", "copy or make the model again")
        self.shape = shape
        self._arrays = {name: _checked(name, arrays[name], wanted) for name, wanted in shapes.items()}

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConvWeights):
            return NotImplemented
        return self.shape == other.shape and all(np.array_equal(self[name], other[name]) for name in self)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:
        return ConvWeights, (self.shape, self._arrays)

    def __repr__(self) -> str:
        return f"ConvWeights({self.shape}, {self.parameters:,} numbers)"

    @property
    def span(self) -> int:
        """Bases that a token of the last level depends on."""
        return self.shape.receptive_span

    @property
    def parameters(self) -> int:
        """Count the numbers in all arrays."""
        return sum(array.size for array in self.values())

    @cached_property
    def digest(self) -> str:
        """SHA-256 of stride and taps as decimal text, then of each name, shape and its numbers as ``<f4``."""
        digest = hashlib.sha256(f"{self.shape.stride} {self.shape.taps}".encode())
        for name, array in self.items():
            digest.update(f"{name} {array.shape}".encode() + array.astype("<f4").tobytes())
        return digest.hexdigest()


def _checked(name: str, values: Any, wanted: tuple[int, ...]) -> NDArray[np.float32]:
    array = np.asarray(values)
    if array.dtype.kind != "f":
        raise _fault(name, f"numbers of type {array.dtype}", "float32 or float16 is asked for")
    if array.shape != wanted:
        raise _fault(name, f"shape {array.shape}", f"the plan asks for {wanted}")
    with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinite, which is refused
        array = np.array(array, dtype=np.float32, order="C")
    if not np.isfinite(array).all():
        raise _fault(name, f"{array[~np.isfinite(array)][0]} among its numbers", "all must be finite")
    return frozen(array)


def _fault(name: str, what: str, hint: str) -> BundleError:
    return BundleError(what, where=f"weights, array {name}", hint=hint)
