"""Values as tables for whoever speaks Arrow: columns over the arrays that are there, built when one is asked for."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Ids, Offsets, host_array
from genotok.errors import InputError, missing_extra

_Width: TypeAlias = type[np.int8] | type[np.int32] | type[np.int64]
_NARROW: dict[str, _Width] = {
    "input_ids": np.int32,
    "attention_mask": np.int8,
    "token_type_ids": np.int8,
    "special_tokens_mask": np.int8,
}
_LONGEST = 2**31 - 1  # values that a list with int32 offsets can hold


class Coded(NamedTuple):
    """A column of texts: (k,) names and int32 (n,) codes, -1 where a row has none (null in the table)."""

    names: Sequence[str]
    codes: Ids


class Lists(NamedTuple):
    """A column of lists of numbers: row ``i`` holds ``values[offsets[i]:offsets[i + 1]]``."""

    values: NDArray[Any]
    offsets: Offsets


Column: TypeAlias = NDArray[Any] | Coded | Lists


def open_stream(columns: Mapping[str, Column], requested_schema: object = None) -> object:
    """Return a PyCapsule of Arrow's C stream, which holds one table of equally long columns.

    Numbers and the values of lists are not copied. Texts are a dictionary (pandas and polars: categories), lists have
    int32 offsets, or int64 where that is too narrow; nothing but texts can be null. ``requested_schema`` is the
    consumer's wish (other types for the same columns), a capsule too. Raises MissingExtraError without the extra
    ``[arrow]``.
    """
    try:
        core = import_module("arro3.core")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("arrow", "arro3") from None
    arrays = [_array_of(core, column) for column in columns.values()]
    fields = [
        core.Field(name, array.type, nullable=isinstance(column, Coded))
        for (name, column), array in zip(columns.items(), arrays, strict=True)
    ]
    stream: object = core.Table.from_arrays(arrays, schema=core.Schema(fields)).__arrow_c_stream__(requested_schema)
    return stream


def input_columns(inputs: Mapping[str, Any]) -> dict[str, Column]:
    """Make columns of model inputs, a row a document: ids int32, masks int8, all else int64."""
    return {name: lists_of(rows, name, _NARROW.get(name, np.int64)) for name, rows in by_document(inputs).items()}


def by_document(inputs: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return, for each name, what each document has: a list or array of values, or one value.

    >>> by_document({"input_ids": [4, 5], "length": 2})
    {'input_ids': [[4, 5]], 'length': [2]}
    """
    ids = inputs.get("input_ids", [])
    single = len(ids) > 0 and np.ndim(host_array(ids[0])) == 0
    return {name: [value] if single else list(value) for name, value in inputs.items()}


def lists_of(rows: Sequence[Any], name: str, dtype: _Width = np.int64) -> Column:
    """Make a column of n rows, each a list of whole numbers, or a number each.

    >>> lists_of([[4, 5], [9]], "input_ids").offsets.tolist()
    [0, 2, 3]
    """
    arrays = [host_array(row) for row in rows]
    if any(array.ndim > 1 or (array.size and array.dtype.kind not in "iub") for array in arrays):
        raise InputError(f"{name} holds something else than whole numbers", hint="leave it out of the table")
    if arrays and all(array.ndim == 0 for array in arrays):
        return np.array(arrays, dtype=dtype)
    offsets = np.cumsum([0, *map(len, arrays)], dtype=np.int64)
    values = np.concatenate([np.empty(0, dtype), *(array.astype(dtype, copy=False) for array in arrays)])
    return Lists(values, offsets)


def _array_of(core: Any, column: Column) -> Any:
    if isinstance(column, Coded):
        return _texts(core, column)
    if isinstance(column, Lists):
        values = core.Array.from_numpy(np.ascontiguousarray(column.values))
        element = core.Field("element", values.type, nullable=False)
        if len(column.values) > _LONGEST:
            offsets = core.Array.from_numpy(column.offsets)
            return core.list_array(offsets, values, type=core.DataType.large_list(element))
        offsets = core.Array.from_numpy(column.offsets.astype(np.int32))
        return core.list_array(offsets, values, type=core.DataType.list(element))
    return core.Array.from_numpy(np.ascontiguousarray(column))  # as it is, where no step lies between the numbers


def _texts(core: Any, column: Coded) -> Any:
    """Take the names by code: each stands once, however many rows have it."""
    kind = core.DataType.dictionary(core.DataType.int32(), core.DataType.string())
    names = core.Array([*column.names, None], core.DataType.string()).cast(kind)  # the last is that of code -1
    return names.take(core.Array.from_numpy(np.where(column.codes < 0, np.int32(len(column.names)), column.codes)))
