"""The arrays of a learned tokenizer in one file: what they are called and how large they are is known beforehand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.errors import BundleError, ConfigError
from genotok.io.zips import read_npz, write_npz
from genotok.values.codebook import MAX_CODES, Codebook, Quantizer
from genotok.values.convweights import ConvShape, ConvWeights
from genotok.values.vqmodel import VQModel
from genotok.values.windowtable import MAX_WINDOW, WindowTable

_LEVEL = 9  # of deflate
_MOST_WIDTH = 65_536
_MOST_LEVELS = 16
_MOST_BLOCKS = 1_000
_FLOATS = ("<f2", "<f4")
_SAVE = "copy the file, or save the tokenizer again"


@dataclass(frozen=True)
class VQPlan:
    """What decides names and shapes of the arrays; ``network`` None: there is none."""

    quantizer: Quantizer
    levels: tuple[int, ...]
    window: int
    stride: int
    code_width: int
    strand_symmetric: bool
    table: bool
    usage: bool
    network: ConvShape | None

    @classmethod
    def of(cls, model: VQModel) -> Self:
        """Return the plan of a model."""
        book = model.codebook
        return cls(
            quantizer=book.quantizer,
            levels=book.levels,
            window=model.window,
            stride=model.stride,
            code_width=book.width,
            strand_symmetric=model.strand_symmetric,
            table=model.table is not None,
            usage=bool(model.usage),
            network=None if model.network is None else model.network.shape,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain values."""
        return asdict(self) | {"levels": list(self.levels)}

    @property
    def sizes(self) -> tuple[int, ...]:
        """Codes of each level."""
        return (int(np.prod(self.levels, dtype=np.int64)),) if self.quantizer == "fsq" else self.levels

    @property
    def table_sizes(self) -> tuple[int, ...]:
        """Codes of each level that the table keeps."""
        kept = self.sizes[-1:] if self.quantizer == "tree" else self.sizes
        return kept if self.table else ()

    def arrays(self) -> dict[str, tuple[tuple[int, ...], tuple[str, ...]]]:
        """Name all arrays, with the shape and the types that each may have."""
        tree, named = self.quantizer == "tree", "codebook_{}" if self.table else "codebooks.{}"
        known: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {}
        for n in range(len(self.table_sizes)):
            known[f"table_{n}"] = (4**self.window,), ("<u2",)
        for n, size in enumerate(() if self.quantizer == "fsq" else self.levels):
            known[named.format(n)] = (size, self.code_width), _FLOATS
        for n in range(len(self.levels) - 1 if tree else 0):
            known[f"parents_{n}"] = (self.levels[-1],), ("<u2",)
        for n, size in enumerate(self.sizes if self.usage else ()):
            known[f"usage_{n}"] = (size,), ("<u8",)
        shapes = {} if self.network is None else self.network.shapes()
        return known | {name: (shape, _FLOATS) for name, shape in shapes.items()}


def read_plan(told: Mapping[str, Any]) -> VQPlan:
    """Take a plan from settings; ConfigError or BundleError for what no model has."""
    levels, quantizer = told["levels"], told["quantizer"]
    if quantizer not in get_args(Quantizer):
        raise ConfigError(f"quantizer is {quantizer!r}", hint=f"one of {', '.join(get_args(Quantizer))}")
    if not isinstance(levels, list) or not 1 <= len(levels) <= _MOST_LEVELS:
        raise BundleError(f"levels are {levels!r}", hint="a list of the numbers of codes of each level")
    for each in levels:
        _check_whole("a level", each, 2, MAX_CODES)
    network = told["network"]
    if network is not None:
        for name in ("blocks", "decoder_blocks"):
            _check_whole(name, network[name] or 0, 0, _MOST_BLOCKS)  # each has names of its own
        network = ConvShape(**(network | {"taps": tuple(network["taps"])}))
    for name in ("table", "usage", "strand_symmetric"):
        if not isinstance(told[name], bool):
            raise BundleError(f"{name} is {told[name]!r}", hint="true or false")
    _check_whole("window", told["window"], 1, 2**20)
    if told["table"] and told["window"] > MAX_WINDOW:
        hint = f"compile needs a span <= {MAX_WINDOW}, this model has {told['window']}"
        raise ConfigError(f"a table of windows of {told['window']} bp", hint=hint)
    if not told["table"] and network is None:
        raise BundleError("there is neither a table nor a network", hint="a model has one of them, or both")
    _check_whole("code_width", told["code_width"], 1, _MOST_WIDTH)
    _check_whole("stride", told["stride"], 1, told["window"])
    return VQPlan(
        quantizer=quantizer,
        levels=tuple(levels),
        window=told["window"],
        stride=told["stride"],
        code_width=told["code_width"],
        strand_symmetric=told["strand_symmetric"],
        table=told["table"],
        usage=told["usage"],
        network=network,
    )


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BundleError(f"{name} is {value!r}", hint=f"expected a whole number from {low:,} to {high:,}")


def pack_arrays(model: VQModel) -> bytes:
    """Return the bytes of ``model.npz``: equal models, equal bytes."""
    file = BytesIO()
    write_npz(file, _arrays_of(model), packed=True, level=_LEVEL)
    return file.getvalue()


def pack_safetensors(model: VQModel) -> bytes:
    """Return the bytes of ``model.safetensors``, without usage, whose counts are no floats.

    A model with a table or with parents raises ConfigError.
    """
    from genotok.io.safetensors import write_safetensors  # late: tables do without

    if model.table is not None or model.codebook.parents:
        raise ConfigError("safetensors hold weights, and this model has codes", hint="weights='npz'")
    arrays = _arrays_of(model)
    return write_safetensors({name: array for name, array in arrays.items() if array.dtype.kind == "f"})


def _arrays_of(model: VQModel) -> dict[str, NDArray[Any]]:
    """Name the arrays of a model, float16 where no number is lost by it."""
    book, arrays = model.codebook, dict[str, NDArray[Any]]()
    columns = {
        "table": () if model.table is None else model.table.codes,
        "codebook": book.vectors,
        "parents": book.parents,
        "usage": model.usage,
    }
    for name, (_, kinds) in VQPlan.of(model).arrays().items():
        if model.network is not None and name in model.network:
            array: NDArray[Any] = model.network[name]
        else:
            column, _, number = name.replace("codebooks.", "codebook_").partition("_")
            array = columns[column][int(number)]
        narrow = kinds == _FLOATS and np.array_equal(array, _halved(array).astype(np.float32))
        arrays[name] = _halved(array) if narrow else array.astype(kinds[-1])
    return arrays


def _halved(array: NDArray[Any]) -> NDArray[np.float16]:
    with np.errstate(over="ignore"):  # what is beyond becomes infinite, and is then stored as it was
        return array.astype("<f2")


def unpack_arrays(packed: bytes, plan: VQPlan, path: str) -> dict[str, Any]:
    """Read the arrays of a model: ``codebook``, ``table``, ``network`` and ``usage`` for VQModel.

    ``packed`` is an npz, or by the name of its ``path`` safetensors. All are checked against the plan before memory is
    taken for them; BundleError names file, array, what was found and what expected.
    """
    wanted = plan.arrays()
    arrays = _read(packed, wanted, path)
    for name in wanted:
        if name not in arrays:
            raise _fault(path, name, "missing", "expected by the settings; " + _SAVE)
    named = "codebook_{}" if plan.table else "codebooks.{}"
    vectors = tuple(arrays[named.format(n)] for n in range(len(plan.levels)) if plan.quantizer != "fsq")
    parents = _numbered(arrays, "parents")
    for name in [each for each in arrays if each.startswith("codebook")]:
        if not np.isfinite(arrays[name]).all():
            raise _fault(path, name, "holds NaN or infinity", "expected finite numbers; " + _SAVE)
    for n, size in enumerate(plan.table_sizes):
        if int(arrays[f"table_{n}"].max()) >= size:
            raise _fault(
                path, f"table_{n}", f"code {int(arrays[f'table_{n}'].max())}", f"expected below {size}; {_SAVE}"
            )
    try:
        book = Codebook(plan.quantizer, plan.levels, vectors, parents)
        table = None
        if plan.table:
            table = WindowTable(plan.window, plan.stride, np.stack(_numbered(arrays, "table")), plan.strand_symmetric)
        network = None
        if plan.network is not None:
            network = ConvWeights(plan.network, {name: arrays[name] for name in plan.network.shapes()})
    except (BundleError, ConfigError) as fault:
        where = f"{path}, {fault.where}" if fault.where else path
        raise type(fault)(fault.what, where=where, hint=fault.hint) from None
    return {"codebook": book, "table": table, "network": network, "usage": _numbered(arrays, "usage")}


def _numbered(arrays: Mapping[str, NDArray[Any]], name: str) -> tuple[NDArray[Any], ...]:
    found = (f"{name}_{n}" for n in range(_MOST_LEVELS))
    return tuple(arrays[each] for each in found if each in arrays)


def _read(packed: bytes, wanted: Mapping[str, Any], path: str) -> dict[str, NDArray[Any]]:
    seen: set[str] = set()

    def check(name: str, shape: tuple[int, ...], kind: "np.dtype[Any]") -> None:
        if name in seen or name not in wanted:
            raise _fault(path, name, "twice in the file" if name in seen else "no array of this model", _SAVE)
        seen.add(name)
        expected, kinds = wanted[name]
        if shape != expected:
            raise _fault(path, name, f"shape {shape}", f"expected {expected}")
        if kind not in [np.dtype(each) for each in kinds]:
            raise _fault(path, name, f"type {kind.str}", f"expected {' or '.join(kinds)}")

    if path.endswith(".safetensors"):
        from genotok.io.safetensors import read_safetensors  # late: tables do without

        arrays = read_safetensors(packed, path)
        for name, array in arrays.items():
            check(name, array.shape, array.dtype)
        return arrays
    try:
        return read_npz(BytesIO(packed), check)
    except BundleError:
        raise
    except (OSError, ValueError, MemoryError) as fault:
        raise BundleError(f"the archive is damaged or cut ({fault})", path=path, hint=_SAVE) from None


def _fault(path: str, name: str, what: str, hint: str) -> BundleError:
    return BundleError(what, where=f"{path}, array {name}", hint=hint)
