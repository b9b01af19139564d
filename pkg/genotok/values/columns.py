"""Names and numbers from whoever made them, as codes and int64: nothing is rounded, parsed or guessed."""

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import Coords, Ids
from genotok.errors import InputError, IntervalError
from genotok.values.bounds import Invalid

FAR = 2**62  # beyond every rule, so clipping there changes no verdict and can't wrap
UNREADABLE = -FAR  # stands, under invalid='skip', for a value that is no whole number; every rule refuses it


def whole_numbers(values: Any, name: str, *, invalid: Invalid = "error") -> Coords:
    """Turn a column into int64 (n,); floats pass if they are whole.

    Missing, fractional and textual values raise IntervalError with their row, or become UNREADABLE under
    ``invalid='skip'``. Booleans, dates and the like are InputErrors.

    >>> whole_numbers([1, 2.0, np.uint8(3)], "start").tolist()
    [1, 2, 3]
    """
    array = _as_array(values, name)
    if array.dtype.kind in "OUST":
        numbers, bad = _numbers_of_objects(array.astype(object), name)
    elif array.dtype.kind == "f":
        bad = ~np.isfinite(array) | (np.floor(array) != array)
        numbers = np.clip(np.where(bad, 0, array), -FAR, FAR).astype(np.int64)
    elif array.dtype.kind in "iu":
        bad = np.zeros(len(array), dtype=np.bool_)
        numbers = (np.minimum(array, FAR) if array.dtype == np.uint64 else array).astype(np.int64)
    else:
        raise InputError(f"column {name!r} holds {array.dtype}, not whole numbers", hint="convert it to integers")
    bad |= np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else False
    if bad.any() and invalid != "skip":
        row = int(np.argmax(bad))
        text = isinstance(array[row], (str, bytes)) and array[row].strip().isdigit()
        hint = "it is text: convert the column to integers" if text else "fill or drop such rows"
        raise IntervalError(f"{name} {_shown(array[row])} is not a whole number", row=row, hint=hint)
    return np.where(bad, UNREADABLE, numbers) if bad.any() else numbers


def _as_array(values: Any, name: str) -> NDArray[Any]:
    """View a column as a 1-D array; booleans among the numbers of a list are seen before NumPy hides them."""
    if isinstance(values, (list, tuple)) and any(issubclass(kind, (bool, np.bool_)) for kind in set(map(type, values))):
        raise InputError(f"column {name!r} holds booleans", hint="give whole numbers")
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US" and isinstance(values, (list, tuple)):
            array = np.array(values, dtype=object)  # a text among numbers would make texts of them all
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    except Exception:  # polars has whole numbers of 128 bits, NumPy has none
        if not hasattr(values, "to_list"):
            raise
        array = np.array(values.to_list(), dtype=object)
    if array.ndim != 1:
        raise InputError(
            f"column {name!r} is {'one value' if array.ndim == 0 else 'nested'}, not a column of numbers",
            hint="give one number for each row",
        )
    return array


def _numbers_of_objects(array: NDArray[Any], name: str) -> tuple[Coords, NDArray[np.bool_]]:
    """Convert Python objects one kind at a time; (n,) numbers and flags of those that are no whole numbers."""
    items = array.tolist()
    kinds = set(map(type, items))
    if any(issubclass(kind, (bool, np.bool_)) for kind in kinds):
        raise InputError(f"column {name!r} holds booleans", hint="give whole numbers")
    if kinds == {int}:  # the frequent case, without a call for each value
        within = [item if -FAR < item < FAR else (FAR if item > 0 else -FAR) for item in items]
        return np.array(within, dtype=np.int64), np.zeros(len(items), dtype=np.bool_)
    whole = [_whole(item) for item in items]
    bad = np.array([number is None for number in whole], dtype=np.bool_)
    return np.array([number or 0 for number in whole], dtype=np.int64), bad


def _whole(item: Any) -> int | None:
    if isinstance(item, (int, np.integer)):
        return max(-FAR, min(FAR, int(item)))
    decimal = type(item).__name__ == "Decimal"  # by name, so that a start need not load its module
    if (decimal or isinstance(item, (float, np.floating))) and isfinite(item) and item == int(item):
        return max(-FAR, min(FAR, int(item)))
    return None


def _shown(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)


def coded_names(values: Any, name: str = "chrom", *, invalid: Invalid = "error") -> tuple[tuple[str, ...], Ids]:
    """Turn a column of texts into (names by first appearance, int32 codes (n,)).

    A missing name raises IntervalError with its row, or has code -1 under ``invalid='skip'``. Categories are read by
    code, and those that no row has are left out.

    >>> names, codes = coded_names(["chr2", "chr1", "chr2"])
    >>> names, codes.tolist()
    (('chr2', 'chr1'), [0, 1, 0])
    """
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise InputError(f"column {name!r} is one value, not a column of names", hint="give one name for each row")
    names, codes = _codes_of(values, name)
    missing = np.flatnonzero(codes < 0)
    if missing.size and invalid != "skip":
        raise IntervalError("the chromosome name is missing", row=int(missing[0]), hint="fill or drop such rows")
    for each in names:
        _check_name(each, name)
    return _by_appearance(names, codes)


def _codes_of(values: Any, name: str) -> tuple[list[Any], Ids]:
    """Find the cheapest way to code a column: by its own categories, its library's hashing, its runs, or a dict."""
    if hasattr(values, "cat") and hasattr(values.cat, "codes"):  # pandas Series of categories
        return list(values.cat.categories), np.asarray(values.cat.codes, dtype=np.int32)
    if hasattr(values, "categories") and hasattr(values, "codes"):  # pandas Categorical
        return list(values.categories), np.asarray(values.codes, dtype=np.int32)
    if hasattr(values, "dictionary_encode"):  # pyarrow
        coded_by_runs = hasattr(values.type, "run_end_type")  # which pyarrow can't code otherwise
        return _codes_of_objects(values.to_pylist(), name) if coded_by_runs else _codes_of_arrow(values)
    if hasattr(values, "to_physical"):  # polars
        return _codes_of_polars(values, name)
    if hasattr(values, "factorize"):  # pandas Series, Index, extension arrays
        codes, names = values.factorize()
        return list(names), np.asarray(codes, dtype=np.int32)
    if isinstance(values, np.ndarray) and values.dtype.kind in "US" and values.ndim == 1:
        return _codes_of_runs(values, name)
    to_list: Callable[[], Any] | None = getattr(values, "to_list", None) or getattr(values, "tolist", None)
    return _codes_of_objects(to_list() if to_list is not None else list(values), name)


def _codes_of_arrow(values: Any) -> tuple[list[Any], Ids]:
    """Read Arrow's dictionary of each chunk; chunks may have different ones."""
    table: dict[Any, int] = {}
    codes = [np.empty(0, np.int32)]
    for chunk in getattr(values, "chunks", [values]):
        coded = chunk if hasattr(chunk, "dictionary") else chunk.dictionary_encode()
        here = [-1 if each is None else table.setdefault(each, len(table)) for each in coded.dictionary.to_pylist()]
        places = np.asarray(coded.indices.fill_null(len(here)))
        codes.append(np.array([*here, -1], dtype=np.int32)[places])
    return list(table), np.concatenate(codes)


def _codes_of_polars(values: Any, name: str) -> tuple[list[Any], Ids]:
    """Read polars' own categories; its strings are made categories first."""
    polars = import_module("polars")  # loaded already, as ``values`` is its Series
    if values.dtype == polars.String:
        values = values.cast(polars.Categorical)
    if values.dtype not in (polars.Categorical, polars.Enum):
        return _codes_of_objects(values.to_list(), name)
    present = values.drop_nulls().unique()
    numbers = np.asarray(present.to_physical().to_numpy(), dtype=np.int64)  # (k,) polars' own, in no order
    order = np.argsort(numbers)
    found = np.searchsorted(numbers[order], values.to_physical().cast(polars.Int64).fill_null(-1).to_numpy())
    return present.gather(order).to_list(), np.where(values.is_null().to_numpy(), -1, found).astype(np.int32)


def _codes_of_runs(values: NDArray[Any], name: str) -> tuple[list[Any], Ids]:
    """Code a text array by its runs of equal neighbours, which are few in sorted files."""
    heads = np.flatnonzero(np.concatenate([[True] * bool(len(values)), values[1:] != values[:-1]]))
    texts = values[heads].tolist()
    try:
        names, codes = _codes_of_objects([each.decode() if isinstance(each, bytes) else each for each in texts], name)
    except UnicodeDecodeError:
        raise InputError(f"column {name!r} holds bytes that are not UTF-8", hint="decode it") from None
    return names, np.repeat(codes, np.diff(heads, append=len(values)).astype(np.intp))


def _codes_of_objects(values: Iterable[Any], name: str) -> tuple[list[Any], Ids]:
    values = values if isinstance(values, (list, tuple)) else list(values)
    try:
        distinct = list(dict.fromkeys(values))
    except TypeError:
        raise InputError(f"column {name!r} holds nested values", hint="give one name for each row") from None
    names = [each for each in distinct if isinstance(each, str)]
    table = dict.fromkeys(distinct, -1) | {each: code for code, each in enumerate(names)}
    for each in distinct:
        _check_name(each, name)
    return names, np.fromiter(map(table.__getitem__, values), dtype=np.int32, count=len(values))


def _refuse_unless_missing(value: Any, name: str) -> None:
    """Let None, NaN and NA pass as missing names; a number or anything else is a mistake of kind."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return
    if isinstance(value, float) and np.isnan(value):
        return
    raise InputError(
        f"column {name!r} holds {_shown(value)}, which is no text", hint="chromosome names are text: '1', not 1"
    )


def _check_name(value: Any, name: str) -> None:
    """Refuse names that no file could carry; `_refuse_unless_missing` speaks for those of other kinds."""
    if not isinstance(value, str):
        _refuse_unless_missing(value, name)
        return
    if any(letter in "\t\n\r" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise InputError(f"chromosome name {value!r} holds a TAB, a line end or no valid Unicode", hint="rename it")


def check_names(names: Sequence[Any]) -> None:
    """Refuse a list of chromosome names that has one twice, or one that is no name."""
    seen: set[str] = set()
    for each in names:
        if not isinstance(each, str):
            raise InputError(f"chromosome name {_shown(each)} is no text", hint="names are text: '1', not 1")
        _check_name(each, "chrom")
        if each in seen:
            raise InputError(f"chromosome name {each!r} stands twice", hint="codes index distinct names")
        seen.add(each)


def _by_appearance(names: list[str], codes: Ids) -> tuple[tuple[str, ...], Ids]:
    """Order names by first row and drop unused ones: (k,) names and (n,) codes, -1 stays."""
    first = np.full(len(names) + 1, len(codes), dtype=np.int64)  # the last entry takes the rows of no name
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int64)  # of equal codes the last write stays
    used = np.flatnonzero(first[:-1] < len(codes))
    order = used[np.argsort(first[used], kind="stable")]
    renumbered = np.full(len(names) + 1, -1, dtype=np.int32)
    renumbered[order] = np.arange(len(order), dtype=np.int32)
    return tuple(str(names[place]) for place in order.tolist()), renumbered[codes]
