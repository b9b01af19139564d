"""Views of a document: which rows, in which order. One pass over packed keys a column, so a million rows stay quick."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from genotok.analysis.document import Document
from genotok.analysis.sorting import SortKeys, order_by, sort_keys
from genotok.analysis.textmatch import compile_pattern, rows_containing, rows_matching
from genotok.arrays import Flags, Ids
from genotok.errors import InputError
from genotok.values.names import natural_ranks

Column: TypeAlias = Literal["line", "chrom", "start", "end", "width", "tokens", "id"]
Bounds: TypeAlias = tuple[int | None, int | None]

_COLUMNS = get_args(Column)


@dataclass(frozen=True)
class View:
    """Which rows to show, in which order; the default is all rows in file order.

    ``sort`` lists (column, descending), the first being the most important; ties keep file order. A row is shown when
    it passes every filter that is not None: its chromosome is one of ``chroms``; it hits a region or none (``hit``);
    ``text`` is part of its ``chr:start-end``, case-blind; `re.search` finds ``regexp`` there; some id lies in ``id``,
    its width in ``width`` (inclusive, None is open); it overlaps ``span`` (0-based half-open).
    """

    sort: SortKeys[Column] = ()
    chroms: tuple[str, ...] | None = None
    hit: bool | None = None
    text: str | None = None
    regexp: str | None = None
    id: Bounds | None = None
    width: Bounds | None = None
    span: tuple[int, int] | None = None

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> "View":
        """Read ``{"sort": [[column, descending], ..], "filter": {chrom, hit, text, regexp, id, width, range}}``."""
        _refuse_unknown(fields, ("sort", "filter"))
        chosen = fields.get("filter") or {}
        if not isinstance(chosen, Mapping):
            raise InputError("filter is no mapping", hint="{'chrom': 'chr1', 'hit': true}")
        _refuse_unknown(chosen, ("chrom", "hit", "text", "regexp", "id", "width", "range"))
        chrom = chosen.get("chrom")
        span = _bounds("range", chosen.get("range"))
        return cls(
            sort=sort_keys(fields.get("sort") or [], _COLUMNS),
            chroms=None if chrom is None else _names((chrom,) if isinstance(chrom, str) else chrom),
            hit=_typed("hit", chosen.get("hit"), bool),
            text=_typed("text", chosen.get("text"), str) or None,
            regexp=_pattern(_typed("regexp", chosen.get("regexp"), str)),
            id=_bounds("id", chosen.get("id")),
            width=_bounds("width", chosen.get("width")),
            span=None if span is None else (span[0] or 0, 2**32 if span[1] is None else span[1]),
        )


def order_rows(document: Document, view: View) -> Ids | None:
    """Return the rows of a view in its order, int32; None for all rows in file order."""
    shown = _matching(document, view)
    rows = None if shown is None else np.flatnonzero(shown).astype(np.int32)
    for column, descending in reversed(view.sort):
        rows = order_by(_values_of(document, column), descending, rows)
    return rows


def _matching(document: Document, view: View) -> Flags | None:
    """Flag the rows that pass every filter, None if there is none."""
    tests: list[Flags] = []
    if view.chroms is not None:
        wanted = np.array([*(name in view.chroms for name in document.chrom_names), False])
        tests.append(wanted[document.codes])
    if view.hit is not None:
        tests.append(document.hit == view.hit)
    if view.width is not None:
        tests.append(_within(document.widths(), view.width))
    if view.span is not None:
        tests.append((document.starts < view.span[1]) & (document.ends > view.span[0]))
    if view.id is not None:
        tests.append(rows_with_ids(document, view.id))
    if view.text is not None:
        tests.append(rows_containing(document, view.text))
    if view.regexp is not None:
        tests.append(rows_matching(document, compile_pattern(view.regexp)))
    return np.logical_and.reduce(tests) if tests else None


def rows_with_ids(document: Document, bounds: Bounds) -> Flags:
    """Flag the rows that have a token within the bounds (inclusive): bool (n,)."""
    before = np.zeros(len(document.ids) + 1, dtype=np.int32)
    np.cumsum(_within(document.ids, bounds), dtype=np.int32, out=before[1:])
    at = before[document.offsets]
    return at[1:] > at[:-1]


def _within(values: NDArray[Any], bounds: Bounds) -> Flags:
    low, high = bounds
    inside = np.ones(len(values), dtype=np.bool_)
    if low is not None:
        inside &= values >= low
    if high is not None:
        inside &= values <= high
    return inside


def _values_of(document: Document, column: Column) -> NDArray[Any]:
    if column == "chrom":
        return natural_ranks(document.chrom_names)[document.codes]
    if column == "width":
        return document.widths()
    if column == "id":
        return document.first_ids()
    if column == "tokens":
        return document.counts
    columns: dict[str, NDArray[Any]] = {"line": document.lines, "start": document.starts, "end": document.ends}
    return columns[column]


def _names(names: Any) -> tuple[str, ...]:
    listed = _listed("chrom", names)
    if not all(isinstance(name, str) for name in listed):
        raise InputError("chrom holds something that is no name", hint="a name or a list of names")
    return tuple(listed)


def _bounds(name: str, value: Any) -> Bounds | None:
    if value is None:
        return None
    ends = _listed(name, value)
    if len(ends) != 2 or not all(end is None or (type(end) is int and abs(end) < 2**53) for end in ends):
        raise InputError(f"{name} {value!r} is no range", hint="[low, high], null where it is open")
    return ends[0], ends[1]


def _pattern(text: str | None) -> str | None:
    """Refuse a pattern that is none while the view is read, not when it is asked."""
    return compile_pattern(text).pattern if text else None


def _typed(name: str, value: Any, kind: type) -> Any:
    if value is not None and type(value) is not kind:
        raise InputError(f"{name} {value!r} is no {kind.__name__}")
    return value


def _listed(name: str, value: Any) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise InputError(f"{name} {value!r} is no list")
    return list(value)


def _refuse_unknown(fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [str(key) for key in fields if key not in known]
    if unknown:
        raise InputError(f"unknown {', '.join(unknown)}", hint=f"known: {', '.join(known)}")
