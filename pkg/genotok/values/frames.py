"""Tables that others made: which of their columns are chromosome, start and end."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeAlias

import numpy as np

from genotok.arrays import Coords, Ids
from genotok.errors import InputError, missing_extra
from genotok.values.bounds import Invalid
from genotok.values.columns import coded_names, whole_numbers

_NAMES = {
    "chromosome": ("chrom", "chr", "chromosome", "seqname", "seqnames", "seqid", "contig", "#chrom"),
    "start": ("chromstart", "start", "begin"),
    "end": ("chromend", "end", "stop"),
}
_Table: TypeAlias = tuple[list[Any], Callable[[int], Any]]  # column names, and the column at a place


def is_table(value: object) -> bool:
    """Tell whether a value has columns: a mapping, a structured array, a data frame, or an Arrow stream of one."""
    return (
        isinstance(value, Mapping)
        or is_lazy(value)
        or getattr(getattr(value, "dtype", None), "names", None) is not None
        or (hasattr(value, "columns") and (hasattr(value, "iloc") or hasattr(value, "get_column")))
        or _is_split(value)
        or (hasattr(value, "schema") and hasattr(value, "column"))
        or (hasattr(value, "__arrow_c_stream__") and not hasattr(value, "to_list") and not hasattr(value, "to_pylist"))
    )


def is_lazy(value: object) -> bool:
    """Tell whether a value is a plan for a table rather than a table (polars LazyFrame, dask DataFrame)."""
    kind = type(value)  # asking the value itself would make polars resolve its plan
    return (hasattr(kind, "collect_schema") and not hasattr(kind, "get_column")) or (
        hasattr(kind, "columns") and hasattr(kind, "compute") and hasattr(value, "dask")
    )


def _is_split(value: object) -> bool:
    """Tell whether a value is a PyRanges of 0.1, which keeps a data frame for each chromosome and strand."""
    return hasattr(type(value), "df") and hasattr(value, "dfs")


def columns_of(frame: Any, *, invalid: Invalid = "error") -> tuple[tuple[str, ...], Ids, Coords, Coords]:
    """Return (chromosome names by first appearance, codes int32 (n,), starts and ends int64 (n,)) of a table.

    Columns are found by name, whatever the case: chrom, chr, chromosome, seqname(s), seqid, contig, #chrom; chromStart,
    start, begin; chromEnd, end, stop. None or two candidates raise InputError. Under ``invalid='skip'`` a missing name
    has code -1, and a value that is no whole number becomes one that every rule refuses; else IntervalError.

    >>> names, codes, starts, ends = columns_of({"Chr": ["chr1", "chr1"], "START": [1, 5], "Stop": [4, 9]})
    >>> names, codes.tolist(), starts.tolist(), ends.tolist()
    (('chr1',), [0, 0], [1, 5], [4, 9])
    """
    names, column = _open(frame)
    places = {role: _find(role, names) for role in _NAMES}
    chroms, starts, ends = (column(places[role]) for role in _NAMES)
    chrom_names, codes = coded_names(chroms, str(names[places["chromosome"]]), invalid=invalid)
    start_numbers = whole_numbers(starts, str(names[places["start"]]), invalid=invalid)
    end_numbers = whole_numbers(ends, str(names[places["end"]]), invalid=invalid)
    if not len(codes) == len(start_numbers) == len(end_numbers):
        raise InputError(
            f"{len(codes)} chromosomes, {len(start_numbers)} starts and {len(end_numbers)} ends",
            hint="columns must be equally long",
        )
    return chrom_names, codes, start_numbers, end_numbers


def lacks_columns(frame: Any) -> list[str]:
    """List the roles (chromosome, start, end) that no column of a table can have.

    >>> lacks_columns({"chrom": [], "gene": []})
    ['start', 'end']
    """
    names = [name.strip().lower() for name in _open(frame)[0] if isinstance(name, str)]
    return [role for role, known in _NAMES.items() if not any(name in known for name in names)]


def _find(role: str, names: list[Any]) -> int:
    """Find the place of the one column that can be meant."""
    places = [at for at, name in enumerate(names) if isinstance(name, str) and name.strip().lower() in _NAMES[role]]
    if len(places) == 1:
        return places[0]
    if places:
        raise InputError(
            f"columns {' and '.join(repr(names[at]) for at in places)} could both be the {role}",
            hint="drop or rename one",
        )
    raise InputError(
        f"no column is the {role} (columns: {', '.join(map(str, names[:12])) or 'none'})",
        hint=f"name it one of {', '.join(_NAMES[role])}",
    )


def _open(frame: Any) -> _Table:
    """Reach the columns of a table by place, whoever made it."""
    if is_lazy(frame):
        raise InputError(f"a lazy {type(frame).__name__} has no rows yet", hint="collect first: pass frame.collect()")
    if _is_split(frame):
        # all rows, in the order in which PyRanges itself shows them; without any, its columns have no names
        return _open(frame.df) if len(frame) else (list(_NAMES), lambda _: [])
    if isinstance(frame, Mapping):
        keys = list(frame)
        return keys, lambda at: frame[keys[at]]
    if isinstance(frame, np.ndarray) and frame.dtype.names is not None:
        fields = list(frame.dtype.names)
        return fields, lambda at: frame[fields[at]]
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):  # pandas and its kin
        return list(frame.columns), lambda at: frame.iloc[:, at]
    if hasattr(frame, "get_column") and hasattr(frame, "columns"):  # polars
        return list(frame.columns), lambda at: frame.get_column(frame.columns[at])
    if hasattr(frame, "schema") and hasattr(frame, "column"):  # Table and RecordBatch of pyarrow or arro3
        return list(frame.schema.names), lambda at: _arrow_column(frame.column(at))
    if hasattr(frame, "__arrow_c_stream__"):
        return _open_stream(frame)
    raise InputError(f"{type(frame).__name__} is no table", hint="give a data frame, or a dict of three columns")


def _open_stream(stream: Any) -> _Table:
    """Reach the columns of a table that speaks nothing but Arrow's C stream, with pyarrow or arro3."""
    try:
        return _open_by_pyarrow(stream)
    except ImportError:
        pass  # the extra brings the other one
    except (TypeError, ValueError) as error:  # pyarrow's own errors derive from these
        raise _no_table(stream, error) from None
    try:
        core = import_module("arro3.core")  # an extra, hence not at the top
    except ImportError:
        raise missing_extra("arrow", "arro3") from None
    try:
        table = core.Table.from_arrow(stream)
    except Exception as error:  # arro3's own errors derive from nothing narrower
        raise _no_table(stream, error) from None
    return _open(table)


def _arrow_column(column: Any) -> Any:
    """Return a column of pyarrow as it is, and the values of one of arro3, which does not code names."""
    return column if hasattr(column, "dictionary_encode") else column.to_pylist()


def _open_by_pyarrow(stream: Any) -> _Table:
    return _open(import_module("pyarrow").table(stream))  # loaded where it is there, hence not at the top


def _no_table(stream: Any, error: Exception) -> InputError:
    return InputError(f"{type(stream).__name__} streams no table ({error})", hint="stream three columns")
