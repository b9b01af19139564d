"""Find a place in a view from what a person types: a position, a region, an id, a token, a line."""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from genotok.analysis.document import Document
from genotok.analysis.views import rows_with_ids
from genotok.arrays import Flags, Ids

_LINE = re.compile(r"line\s+(\d[\d,]*)", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d,]*")
_SPAN = re.compile(r"(\d[\d,]*)(?:\s*-\s*(\d[\d,]*))?")


class Place(NamedTuple):
    """Where in the view, and what to say when it is not what was asked for."""

    found: bool
    position: int | None = None
    row: int | None = None
    note: str | None = None


class Span(NamedTuple):
    """A stretch of a chromosome, 0-based half-open."""

    chrom: str
    start: int
    end: int


def parse_span(text: str) -> Span | None:
    """Read ``chr7:5,500,000`` or ``chr7:1-9``; None for other texts. The name ends at the last colon."""
    name, colon, rest = text.strip().rpartition(":")
    match = _SPAN.fullmatch(rest.strip())
    if not (colon and name and match):
        return None
    start = _number(match[1])
    return Span(name, start, start + 1 if match[2] is None else _number(match[2]))


def locate(
    document: Document,
    order: Ids | None,
    text: str,
    *,
    id_of: Callable[[str], int | None],
    span_of: Callable[[int], Span | None],
) -> Place:
    """Find the first row of a view (``order`` as of `order_rows`) that ``text`` speaks of, else the nearest one.

    ``id_of`` looks a token's text up, ``span_of`` gives the region of an id (None for special tokens).
    """
    text = text.strip()
    if not text:
        return Place(False, note="type a position (chr7:5,500,000), a region (chr7:1-9), an id or a token")
    if match := _LINE.fullmatch(text):
        return _place_of(document.lines == min(_number(match[1]), 2**31 - 1), order, f"line {match[1]} gave no row")
    if text in document.chrom_names:
        return _place_of(document.codes == document.chrom_names.index(text), order, f"no row on {text} in this view")
    token = _number(text) if _NUMBER.fullmatch(text) else id_of(text)
    if token is not None:
        place = _place_of(rows_with_ids(document, (token, token)), order, f"no row has token {token:,}")
        span = None if place.found else span_of(token)
        return place if span is None else _near(document, order, span)._replace(found=False)
    span = parse_span(text)
    return Place(False, note=f"'{text}' is no position, id or token") if span is None else _near(document, order, span)


def _near(document: Document, order: Ids | None, span: Span) -> Place:
    """Find the first row that overlaps the span or equals it, else the row closest to it."""
    if span.chrom not in document.chrom_names:
        return Place(False, note=f"no row on {span.chrom}")
    there = document.codes == document.chrom_names.index(span.chrom)
    overlaps = (document.starts < span.end) & (document.ends > span.start)
    overlaps |= (document.starts == span.start) & (document.ends == span.end)
    place = _place_of(there & overlaps, order, "")
    if place.found:
        return place
    rows = np.flatnonzero(there) if order is None else order[there[order]]
    if not len(rows):
        return Place(False, note=f"no row on {span.chrom} in this view")
    starts, ends = document.starts[rows].astype(np.int64), document.ends[rows].astype(np.int64)
    gaps = np.maximum(np.maximum(starts - span.end, span.start - ends), 0)
    row = int(rows[np.argmin(gaps)])
    label = f"{span.chrom}:{document.starts[row]:,}-{document.ends[row]:,}"
    note = f"nothing there; nearest is {label} ({format_bases(int(gaps.min()))})"
    return _place_of(np.arange(len(document), dtype=np.int32) == row, order, "")._replace(found=False, note=note)


def _place_of(wanted: Flags, order: Ids | None, otherwise: str) -> Place:
    """Return the first wanted row of the view."""
    shown = wanted if order is None else wanted[order]
    position = int(np.argmax(shown)) if shown.size else 0
    if not shown.size or not shown[position]:
        return Place(False, note=otherwise)
    return Place(True, position, position if order is None else int(order[position]))


def format_bases(bases: int) -> str:
    """Render a length for people: 999 bp, 2.1 kb, 5.5 Mb."""
    for size, unit in ((1_000_000, "Mb"), (1_000, "kb")):
        if bases >= size:
            return f"{bases / size:.1f} {unit}"
    return f"{bases} bp"


def _number(text: str) -> int:
    return int(text.replace(",", "")[:18])
