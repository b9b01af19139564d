"""Arrays as a safetensors file, of which only what weights need is read: no library, no pickle, nothing trusted."""

import json
from collections.abc import Mapping
from math import prod
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from genotok.errors import BundleError
from genotok.io.jsontext import NestingError, parse_json

MAX_HEADER = 2**20  # bytes
_MAX_DIMENSIONS = 8
_SIZE = 8  # bytes that hold the length of the header
_TYPES: dict[str, np.dtype[Any]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
_KEYS = {"dtype", "shape", "data_offsets"}
_METADATA = "__metadata__"
_HINT = "copy or make the file again"
_DEEPEST = 3  # an object of entries of lists
_SHOWN = 60  # letters of a name in a message


def read_safetensors(source: bytes | str | PathLike[str], name: str | None = None) -> dict[str, NDArray[Any]]:
    """Read all arrays of a file, or of its bytes, by name: float16 and float32, read-only views of what was read.

    ``name`` is for messages. Raises BundleError naming array and cause: a file that is cut, a header that is no JSON
    or longer than 1 MiB, a name that stands twice, a type that is neither F16 nor F32, and bytes that are not those
    of the shapes, one after the other, from the header to the end of the file.

    >>> arrays = read_safetensors(write_safetensors({"a": np.ones((2, 1), np.float32)}))
    >>> arrays["a"].tolist()
    [[1.0], [1.0]]
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    where = name or ("safetensors" if isinstance(source, bytes) else fspath(source))
    size = int.from_bytes(data[:_SIZE], "little")
    if len(data) < _SIZE or size > len(data) - _SIZE:
        _refuse(where, f"a header of {size:,} bytes in a file of {len(data):,}")
    if size > MAX_HEADER:
        _refuse(where, f"a header of {size:,} bytes, expected at most {MAX_HEADER:,}")
    header = _parse(data[_SIZE : _SIZE + size], where)
    arrays: dict[str, NDArray[Any]] = {}
    place = 0
    for each, facts in header.items():
        if each == _METADATA:
            continue
        kind, shape, begin, end = _check(facts, f"{where}, array {_show(each)}")
        if begin != place or end - begin != prod(shape) * kind.itemsize or end > len(data) - _SIZE - size:
            what = f"{kind.name} of shape {shape} in the bytes {begin:,} to {end:,}"
            room = f"{prod(shape) * kind.itemsize:,} bytes from {place:,} on, of {len(data) - _SIZE - size:,}"
            _refuse(f"{where}, array {_show(each)}", f"{what}, expected {room}")
        flat = np.frombuffer(data, dtype=kind, count=prod(shape), offset=_SIZE + size + begin)
        arrays[each] = flat.reshape(shape)
        place = end
    if place != len(data) - _SIZE - size:
        _refuse(where, f"{len(data) - _SIZE - size - place:,} bytes behind the last array")
    return arrays


def write_safetensors(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the bytes of a file that holds arrays of float16 and float32, in their order; equal arrays, equal bytes.

    Any other type raises BundleError.
    """
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    place = 0
    for name, array in arrays.items():
        kind = next((kind for kind, dtype in _TYPES.items() if array.dtype == dtype), None)
        if kind is None or name == _METADATA:
            _refuse(
                f"array {_show(name)}", f"{array.dtype} is not written", "float16 and float32 are; choose another name"
            )
        parts.append(array.astype(_TYPES[kind]).tobytes())
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [place, place + len(parts[-1])]}
        place += len(parts[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _SIZE)  # so that the first array is aligned
    return b"".join([len(text).to_bytes(_SIZE, "little"), text, *parts])


def _parse(text: bytes, where: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in found if names.count(name) > 1)
            _refuse(f"{where}, array {_show(twice)}", "its name stands twice")
        return found

    try:
        header = parse_json(text, deepest=_DEEPEST, object_pairs_hook=unique)
    except BundleError:
        raise
    except NestingError:
        _refuse(where, "its header nests too deeply")
    except ValueError:  # JSON, UTF-8, numbers of too many digits
        _refuse(where, "its header is not JSON")
    if not isinstance(header, dict):
        _refuse(where, "its header is no JSON object")
    return header


def _check(facts: Any, where: str) -> tuple[np.dtype[Any], tuple[int, ...], int, int]:
    """Return type, shape, and the first and last of an array's bytes; they are of the right kinds."""
    if not isinstance(facts, dict) or set(facts) != _KEYS:
        _refuse(where, "its entry does not hold dtype, shape and data_offsets")
    kind = _TYPES.get(facts["dtype"]) if isinstance(facts["dtype"], str) else None
    if kind is None:
        _refuse(where, f"dtype {_show(facts['dtype'])}", "only F16 and F32 are read")
    shape, places = facts["shape"], facts["data_offsets"]
    if not _are_sizes(shape) or len(shape) > _MAX_DIMENSIONS:
        _refuse(where, f"shape {_show(shape)}", f"up to {_MAX_DIMENSIONS} whole numbers")
    if not _are_sizes(places) or len(places) != 2:
        _refuse(where, f"data_offsets {_show(places)}", "two whole numbers")
    return kind, tuple(shape), places[0], places[1]


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(each) is int and 0 <= each < 2**63 for each in values)


def _show(value: Any) -> str:
    text = value if isinstance(value, str) and value.isprintable() and value.isascii() else json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}.."


def _refuse(where: str, what: str, hint: str = _HINT) -> NoReturn:
    raise BundleError(what, where=where, hint=hint)
