"""How an answer crosses to the page: JSON text and narrow arrays, and no exception ever."""

import inspect
import json
import math
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from genotok import errors
from genotok.errors import GenotokError, InputError, IntervalError, UnmatchedError

Reply: TypeAlias = tuple[str, tuple[NDArray[Any], ...]]
Answer: TypeAlias = tuple[dict[str, Any], dict[str, NDArray[Any]]]  # plain values, arrays by name

_Owner = TypeVar("_Owner")
_Arguments = ParamSpec("_Arguments")

_CROSSING = (np.dtype(np.int32), np.dtype(np.float32), np.dtype(np.uint8))
_SKIP = {"label": "Skip such lines", "options": {"invalid": "skip"}}
_KEEP = {"label": "Keep as gtars does", "options": {"invalid": "keep"}}


def operation(
    method: Callable[Concatenate[_Owner, _Arguments], Answer],
) -> Callable[..., Reply]:
    """Make a method of the session answer in a `Reply`, whatever it is called with and whatever happens."""
    signature = inspect.signature(method)

    @wraps(method)
    def answer(self: _Owner, *arguments: Any) -> Reply:
        try:
            try:
                signature.bind(self, *arguments)
            except TypeError as error:
                raise InputError(f"{method.__name__}: {error}") from None
            return pack(*method(self, *arguments))  # type: ignore[call-arg]  # bind has checked their number
        except Exception as error:  # the page can't catch: every failure becomes an answer
            return refuse(error)

    return answer


def pack(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Reply:
    """Put plain values and arrays into a reply; uint32 crosses as int32 of the same bits."""
    text = json.dumps({**values, "arrays": list(arrays)}, allow_nan=False, separators=(",", ":"))
    return text, tuple(_narrow(array) for array in arrays.values())


def _narrow(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    if array.dtype == np.uint32:
        return array.view(np.int32)
    if array.dtype not in _CROSSING:
        raise TypeError(f"{array.dtype} would reach JavaScript as something else")
    return array


def refuse(error: Exception) -> Reply:
    """Describe a failure: what to show, and apart from it the trace that helps to find a bug."""
    detail = "".join(traceback.format_exception(error))
    return json.dumps({"error": describe_error(error), "detail": detail, "arrays": []}), ()


def describe_error(error: Exception) -> dict[str, Any]:
    """Return code, message, where, line, hint, and the buttons that may help (label and options to run again with)."""
    fields: dict[str, Any] = {"code": _code_of(error), "message": str(error), "where": None, "line": None}
    fields |= {"hint": None, "action": []}
    if isinstance(error, GenotokError):
        line = error.line if error.line is not None else _line_in(error.where)
        action = getattr(error, "action", None)
        action = _actions(error, line) if action is None else action
        return fields | {"where": error.where, "line": line, "hint": error.hint, "action": action}
    if isinstance(error, MemoryError):
        return fields | {"code": "memory", "message": "the tab has no memory left for this", "hint": "use the terminal"}
    if isinstance(error, OSError):
        return fields | {"code": "OSError"}
    return fields | {"code": "engine", "message": f"the engine failed ({type(error).__name__}: {error})"}


def _code_of(error: Exception) -> str:
    """Name the error by its public class."""
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__), "")


def _line_in(where: str | None) -> int | None:
    """Read the line out of ``peaks.bed:7``."""
    _, colon, number = (where or "").rpartition(":")
    return int(number) if colon and number.isascii() and number.isdigit() else None


def _actions(error: GenotokError, line: int | None) -> list[dict[str, Any]]:
    if isinstance(error, UnmatchedError):
        return [
            {"label": "Leave regions without a token empty", "options": {"unmatched": "drop"}},
            {"label": "Give them the unknown token", "options": {"unmatched": "unk"}},
        ]
    keepable = isinstance(error, IntervalError) and error.keepable
    return [_SKIP] * (line is not None) + [_KEEP] * keepable


# ---------------------------------------------------------------- arguments


def structured(value: Any) -> Any:
    """Return what JSON text says; plain values pass, and JavaScript's null, undefined and "" are an empty mapping."""
    if isinstance(value, (str, bytes)) and value:
        try:
            return json.loads(value, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            raise InputError("an argument is no JSON text") from None
    if isinstance(value, (dict, list, tuple)):
        return value
    if value is None or type(value).__name__ in ("JsNull", "str"):
        return {}
    raise InputError(f"an argument of type {type(value).__name__} is no JSON text")


def _finite(number: str) -> float:
    """Read a number that JSON can also write; ValueError for NaN and infinities."""
    found = float(number)
    if not math.isfinite(found):
        raise ValueError(number)
    return found


def mapping(value: Any, known: tuple[str, ...]) -> dict[str, Any]:
    """Return a structured argument that is a mapping with none but known keys."""
    fields = structured(value)
    if not isinstance(fields, dict):
        raise InputError("options are no mapping", hint=f"known: {', '.join(known)}")
    unknown = [str(key) for key in fields if key not in known]
    if unknown:
        raise InputError(f"unknown option {', '.join(unknown)}", hint=f"known: {', '.join(known)}")
    return fields


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number of the range; JavaScript has no other numbers than floats."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not low <= value <= high:
        raise InputError(f"{name} is {value!r}", hint=f"a whole number from {low:,} to {high:,}")
    return int(value)


def text(name: str, value: Any) -> str:
    """Return a string argument."""
    if not isinstance(value, str):
        raise InputError(f"{name} is {type(value).__name__}, not text")
    return value


def names(name: str, value: Any) -> dict[str, str]:
    """Return a mapping of texts to texts."""
    if not isinstance(value, dict) or not all(isinstance(item, str) for pair in value.items() for item in pair):
        raise InputError(f"{name} maps something else than names to names", hint='{"1": "chr1"}')
    return value


def buffer(name: str, value: Any, dtype: type[np.generic]) -> NDArray[Any]:
    """Copy a typed array of JavaScript, or any buffer of 32-bit whole numbers, into an array (n,)."""
    try:
        found = np.asarray(value.to_py() if hasattr(value, "to_py") else value)
    except (TypeError, ValueError, BufferError):
        found = np.empty(0, np.float64)
    if found.dtype not in (np.dtype(np.int32), np.dtype(np.uint32)) or found.ndim != 1:
        raise InputError(f"{name} is no array of 32-bit whole numbers", hint="pass an Int32Array")
    return found.view(dtype).copy()


def id_list(value: Any, most: int, limit: int) -> NDArray[np.int64]:
    """Return at most ``most`` ids, each from 0 to below ``limit``, given as JSON or as a buffer."""
    if not isinstance(value, (str, list, tuple)):
        value = buffer("ids", value, np.int32).tolist()
    listed = structured(value)
    if not isinstance(listed, (list, tuple)) or len(listed) > most:
        raise InputError("ids are no list, or too many", hint=f"at most {most:,}")
    if listed and set(map(type, listed)) == {int} and 0 <= min(listed) <= max(listed) < limit:
        return np.array(listed, dtype=np.int64)
    return np.array([whole("an id", each, 0, limit - 1) for each in listed], dtype=np.int64)
