"""Ids into model inputs: special tokens, truncation, padding, masks and tensors, in the shapes of transformers."""

from collections import UserDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, host_array
from genotok.errors import InputError, missing_extra
from genotok.kernels.draws import sample_places

Side: TypeAlias = Literal["right", "left"]
Pattern: TypeAlias = Literal["none", "cls_sep", "bos", "eos", "bos_eos"]
Padding: TypeAlias = bool | Literal["longest", "max_length", "do_not_pad"]
Truncation: TypeAlias = bool | Literal["sample"]
Document: TypeAlias = tuple[Ids, NDArray[Any] | None]  # ids (t,), and where asked for the query row of each

AROUND: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # roles before and after a document
    "none": ((), ()),
    "cls_sep": (("cls",), ("sep",)),
    "bos": (("bos",), ()),
    "eos": ((), ("eos",)),
    "bos_eos": (("bos",), ("eos",)),
}
_FILLS = {"attention_mask": 0, "token_type_ids": 0, "special_tokens_mask": 1, "region_index": -1}  # in padding


class Encoding(UserDict[str, Any]):
    """Model inputs by name, as a dict and as attributes: one document's lists, or a batch's lists of lists or arrays.

    >>> encoding = Encoding({"input_ids": [4, 5], "attention_mask": [1, 1]})
    >>> encoding["input_ids"], encoding.attention_mask, len(encoding), sorted(dict(**encoding))
    ([4, 5], [1, 1], 2, ['attention_mask', 'input_ids'])
    """

    def __getattr__(self, name: str) -> Any:
        inputs = self.__dict__.get("data", {})  # absent while a copy is being built
        if name not in inputs:
            raise AttributeError(f"this encoding has no {name!r}; it has {', '.join(inputs)}")
        return inputs[name]

    def to(self, device: Any) -> "Encoding":
        """Return the same inputs with tensors on a device of torch, as transformers' encodings do."""
        return Encoding({name: each.to(device) if hasattr(each, "to") else each for name, each in self.data.items()})

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Hand the inputs to pandas, polars, pyarrow or duckdb: a row a document, a column of lists for each name.

        Ids are int32, masks int8, all else int64. Needs the extra ``[arrow]``.
        """
        from genotok.values.arrow import input_columns, open_stream  # late: a page that starts makes no table

        return open_stream(input_columns(self.data), requested_schema)

    def _repr_html_(self) -> str:
        from genotok.analysis.notebook import show_encoding  # upward: notebooks ask the noun itself

        return show_encoding(self)

    def __repr__(self) -> str:
        return f"Encoding({self.data!r})"


@dataclass(frozen=True, kw_only=True)
class Around:
    """The ids around each document, and what marks special and padding tokens: ids from ``first_special`` on."""

    pad_id: int
    first_special: int
    before: Ids
    after: Ids

    def __len__(self) -> int:
        return len(self.before) + len(self.after)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What one call asks for; a keyword with a wrong value raises InputError. ``max_length`` None is no limit."""

    padding: Padding = False
    truncation: Truncation = False
    max_length: int | None = None
    pad_to_multiple_of: int | None = None
    padding_side: Side = "right"
    truncation_side: Side = "right"
    seed: int = 0
    return_tensors: Literal["np", "pt"] | None = None
    return_attention_mask: bool = True
    return_special_tokens_mask: bool = False
    return_offsets: bool = False
    return_length: bool = False

    def __post_init__(self) -> None:
        _choose("padding", self.padding, (False, True, "longest", "max_length", "do_not_pad"))
        _choose("truncation", self.truncation, (False, True, "sample"))
        _choose("padding_side", self.padding_side, ("right", "left"))
        _choose("truncation_side", self.truncation_side, ("right", "left"))
        _choose("return_tensors", self.return_tensors, (None, "np", "pt"))
        for name in ("max_length", "pad_to_multiple_of"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1):
                raise InputError(f"{name} is {value!r}", hint="a positive whole number, or None")
        if self.padding == "max_length" and self.max_length is None:
            raise InputError("padding='max_length' has no length", hint="pass max_length=, or set model_max_length")
        uneven = self.max_length is not None and self.max_length % (self.pad_to_multiple_of or 1)
        if uneven and self.truncation and self.pads:
            raise InputError(
                f"max_length {self.max_length} is no multiple of {self.pad_to_multiple_of}",
                hint="truncate to a multiple of pad_to_multiple_of",
            )

    @property
    def pads(self) -> bool:
        """Whether rows are padded at all."""
        return self.padding not in (False, "do_not_pad")

    def target(self, lengths: Sequence[int]) -> int:
        """Return the length that rows of these lengths are padded to; 0 pads none."""
        if not self.pads:
            return 0
        longest = self.max_length if self.padding == "max_length" else max(lengths, default=0)
        multiple = self.pad_to_multiple_of or 1
        return -(-(longest or 0) // multiple) * multiple

    def kept(self, length: int, around: int) -> slice | NDArray[np.intp]:
        """Say which of ``length`` tokens stay when ``around`` special tokens need room too."""
        if not self.truncation or self.max_length is None:
            return slice(None)
        room = self.max_length - around
        if room < 0:
            raise InputError(f"max_length {self.max_length} has no room for {around} special tokens", hint="raise it")
        if length <= room:
            return slice(None)
        if self.truncation == "sample":
            return sample_places(length, room, self.seed)
        return slice(length - room, length) if self.truncation_side == "left" else slice(room)


def _choose(name: str, value: object, choices: tuple[object, ...]) -> None:
    if not any(value is choice or (isinstance(choice, str) and value == choice) for choice in choices):
        raise InputError(f"{name} is {value!r}", hint=f"one of {', '.join(map(repr, choices))}")


def lay_out(documents: Iterable[Document], layout: Layout, around: Around, *, single: bool) -> Encoding:
    """Turn the ids of documents into model inputs: truncate, add what stands around, mask, pad, stack.

    ``single`` gives the lists of one document instead of a batch's lists of lists; tensors always have a batch axis.
    """
    columns: dict[str, list[NDArray[Any]]] = {}
    for ids, index in documents:
        for name, row in _inputs_of(ids, index, layout, around).items():
            columns.setdefault(name, []).append(row)
    lengths = [len(row) for row in columns.get("input_ids", [])]
    fills = {"input_ids": around.pad_id, **_FILLS}
    data = {
        name: _shaped(_padded(rows, fills[name], layout.target(lengths), layout.padding_side), layout, single)
        for name, rows in columns.items()
    }
    if layout.return_length:  # tokens before padding
        counts = np.array(lengths, dtype=np.int64)
        data["length"] = _tensor(counts, layout) if layout.return_tensors else lengths[0] if single else lengths
    return Encoding(data)


def _inputs_of(ids: Ids, index: NDArray[Any] | None, layout: Layout, around: Around) -> dict[str, NDArray[Any]]:
    """Build the unpadded inputs of one document, each (L,)."""
    kept = layout.kept(len(ids), len(around))
    row = np.concatenate([around.before, ids[kept], around.after]) if len(around) else ids[kept]
    inputs: dict[str, NDArray[Any]] = {"input_ids": row}
    if layout.return_attention_mask:
        inputs["attention_mask"] = np.ones(len(row), dtype=np.int8)
    if layout.return_special_tokens_mask:
        inputs["special_tokens_mask"] = (row >= around.first_special).astype(np.int8)
    if layout.return_offsets:
        assert index is not None
        inputs["region_index"] = np.full(len(row), -1, dtype=np.int64)
        inputs["region_index"][len(around.before) : len(row) - len(around.after)] = index[kept]
    return inputs


def _padded(rows: list[NDArray[Any]], fill: int, target: int, side: Side) -> list[NDArray[Any]]:
    """Extend each row to ``target`` values; longer rows stay."""
    padded = []
    for row in rows:
        missing = target - len(row)
        ends = [row, np.full(missing, fill, dtype=row.dtype)] if missing > 0 else [row]
        padded.append(np.concatenate(ends if side == "right" else ends[::-1]) if missing > 0 else row)
    return padded


def _shaped(rows: list[NDArray[Any]], layout: Layout, single: bool) -> Any:
    """Give rows as lists, or stacked as int64 (b, L)."""
    if not layout.return_tensors:
        return rows[0].tolist() if single else [row.tolist() for row in rows]
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise InputError(
            f"rows of {min(lengths)} to {max(lengths)} tokens make no tensor",
            hint="pass padding=True, with truncation=True where a row exceeds max_length",
        )
    return _tensor(np.stack(rows) if rows else np.empty((0, 0)), layout)


def _tensor(array: NDArray[Any], layout: Layout) -> Any:
    """Give whole numbers as int64, as NumPy or torch."""
    numbers = np.ascontiguousarray(array.astype(np.int64) if array.dtype.kind in "iub" or not array.size else array)
    return as_tensor(numbers, layout.return_tensors)


def as_tensor(array: NDArray[Any], library: Literal["np", "pt"] | None) -> Any:
    """Give an array as it is, or as a tensor of torch that shares its values."""
    if library != "pt":
        return array
    try:
        torch = import_module("torch")  # an extra, and only for those who ask for its tensors
    except ImportError:
        raise missing_extra("torch", "torch") from None
    return torch.from_numpy(array)


def pad_encodings(encodings: Any, layout: Layout, *, pad_id: int) -> Encoding:
    """Pad what calls returned: one mapping (of a document or a batch), or a list of mappings of documents.

    Keys that are known grow with ``input_ids``, others are passed on. One document stays without a batch axis, as in
    transformers. Arrays and tensors come back as such.
    """
    inputs = _joined(encodings)
    ids = inputs["input_ids"]
    first = ids[0] if len(ids) else 0
    single = np.ndim(first) == 0
    layout = replace(layout, return_tensors=layout.return_tensors or _library_of(ids) or _library_of(first))
    fills = {"input_ids": pad_id, **_FILLS}
    columns = {
        name: [_whole_row(name, row) for row in ([value] if single else value)]
        for name, value in inputs.items()
        if name in fills
    }
    lengths = [len(row) for row in columns["input_ids"]]
    if layout.return_attention_mask:
        columns.setdefault("attention_mask", [np.ones(length, dtype=np.int8) for length in lengths])
    data: dict[str, Any] = {}
    for name in dict.fromkeys([*inputs, *columns]):
        if name not in columns:
            data[name] = _passed_on(name, inputs[name], layout)
            continue
        if [len(row) for row in columns[name]] != lengths:
            raise InputError(f"{name} is not as long as input_ids", hint="give one value for each id")
        rows = _padded(columns[name], fills[name], layout.target(lengths), layout.padding_side)
        shaped = _shaped(rows, layout, single)
        data[name] = shaped[0] if single and layout.return_tensors else shaped
    return Encoding(data)


def _joined(encodings: Any) -> dict[str, Any]:
    """Make one mapping of lists of what may be a list of mappings; both must hold ``input_ids``."""
    if isinstance(encodings, Mapping):
        inputs = dict(encodings)
    elif isinstance(encodings, (list, tuple)) and encodings and all(isinstance(each, Mapping) for each in encodings):
        for index, each in enumerate(encodings):
            if set(each) != set(encodings[0]):
                raise InputError(
                    f"keys {', '.join(sorted(each))} differ from {', '.join(sorted(encodings[0]))}",
                    where=f"element {index}",
                    hint="all encodings need the same keys",
                )
        inputs = {name: [each[name] for each in encodings] for name in encodings[0]}
    else:
        raise InputError(f"{type(encodings).__name__} is no encoding", hint="give what calls returned, or a list of it")
    if "input_ids" not in inputs:
        raise InputError(f"no input_ids among {', '.join(map(str, inputs)) or 'no keys'}", hint="pad needs them")
    return inputs


def _library_of(value: Any) -> Literal["np", "pt"] | None:
    """Tell whose tensor a value is, without importing torch."""
    if isinstance(value, np.ndarray):
        return "np"
    return "pt" if type(value).__module__.partition(".")[0] == "torch" else None


def _whole_row(name: str, values: Any) -> NDArray[Any]:
    row = host_array(values)
    if row.ndim != 1 or (row.size and row.dtype.kind not in "iub"):
        raise InputError(f"{name} holds no row of whole numbers", hint="give ids as one call returned them")
    return row.astype(np.int64)


def _passed_on(name: str, value: Any, layout: Layout) -> Any:
    """Leave a foreign key as it is, or make it a tensor like the others."""
    if not layout.return_tensors:
        return value
    try:
        return _tensor(np.asarray(value), layout)
    except (ValueError, TypeError):
        raise InputError(f"{name} makes no tensor", hint="leave it out, or give rows of equal length") from None
