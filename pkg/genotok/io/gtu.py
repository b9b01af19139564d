"""Compact universes (``.gtu``): a third of the size of the gzipped BED, and no text to scan before the first query.

Layout: ``GTU1``, the length of the header as little-endian int32, the header as JSON, then one zlib stream of byte
planes: zig-zag differences of the starts, widths, and the class of each row; planes of zeros only are left out.
"""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genotok.arrays import MAX_IDS, Bytes, Ids, frozen
from genotok.errors import UniverseError
from genotok.io.jsontext import parse_json
from genotok.io.sinks import atomic_write
from genotok.values.regions import Regions
from genotok.values.reports import LoadReport
from genotok.values.universe import Universe

MAGIC = b"GTU1"
NO_CLASS = 255
_LEVEL = 9
_CLASS_PLANE = 8  # planes 0-3 are the starts, 4-7 the widths, lowest byte first


@dataclass(frozen=True, eq=False)
class GtuHeader:
    """What a compact universe says of itself.

    ``digest`` is that of the universe; ``class_codes`` uint8 (n,) index ``class_names`` (255: none), or are None.
    """

    name: str
    assembly: str
    licence: str
    source: str
    digest: str
    class_names: tuple[str, ...] = ()
    class_codes: Bytes | None = None


def write_gtu(
    path: str | PathLike[str], universe: Universe, header: Mapping[str, str], *, classes: Sequence[str] | None = None
) -> None:
    """Write a universe with the texts name, assembly, licence and source of ``header`` (each may be missing).

    ``classes`` gives one word for each row, empty for none; at most 255 different ones.
    """
    data = encode_gtu(universe, header, classes=classes)
    with atomic_write(path) as sink:
        sink.write(data)


def encode_gtu(universe: Universe, header: Mapping[str, str], *, classes: Sequence[str] | None = None) -> bytes:
    """Return the bytes of `write_gtu`; the same universe and header give the same bytes."""
    regions = universe.regions
    class_names, class_codes = _code_classes(classes, len(regions))
    deltas = np.diff(regions.starts, prepend=np.int64(0)).astype(np.int32)  # modulo 2^32: the sum comes back exact
    zigzag = (deltas.view(np.uint32) << np.uint32(1)) ^ (deltas >> 31).view(np.uint32)
    widths = (regions.ends - regions.starts).astype(np.uint32)
    planes = [*_planes_of(zigzag), *_planes_of(widths), class_codes]
    kept = [number for number, plane in enumerate(planes) if plane.any()]
    fields = {
        **{key: header.get(key, "") for key in ("name", "assembly", "licence", "source")},
        "n": len(regions),
        "chroms": _runs_of(regions),
        "digest": universe.digest,
        "planes": kept,
        "classes": class_names,
        "texts": [[row, *texts] for row, texts in sorted(regions.texts.items())],
    }
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode()
    packed = zlib.compress(b"".join(planes[number].tobytes() for number in kept), _LEVEL)
    return MAGIC + struct.pack("<i", len(text)) + text + packed


def read_gtu(data: bytes | bytearray | memoryview, name: str = "universe.gtu") -> tuple[Universe, GtuHeader]:
    """Read a compact universe from its bytes; UniverseError names ``name`` if they are damaged.

    The digest is taken from the header, not computed: `encode_gtu` put it there, and the tests recompute it.
    """
    view = memoryview(data)
    fields, start = _read_header(view, name)
    rows, kept = fields["n"], fields["planes"]
    planes = _inflate(view[start:], rows * len(kept), name)
    columns = {number: planes[at * rows : (at + 1) * rows] for at, number in enumerate(kept)}
    zigzag, widths = (_join_planes(columns, first, rows) for first in (0, 4))
    deltas = (zigzag >> np.uint32(1)) ^ (np.uint32(0) - (zigzag & np.uint32(1)))
    starts = np.cumsum(deltas.view(np.int32), dtype=np.int64) & 0xFFFFFFFF
    ends = (starts + widths) & 0xFFFFFFFF
    texts = {row: (first, last) for row, first, last in fields["texts"]}
    names, codes = _codes_of(fields["chroms"])
    regions = Regions(names, codes, starts, ends, source=fields["name"] or name, texts=texts)
    report = LoadReport(path=regions.source, bytes=len(view), rows=rows, chroms=_rows_by_name(fields))
    universe = Universe(regions, report)
    vars(universe)["digest"] = fields["digest"]  # fills the lazy property: hashing rows would cost more than reading
    class_codes = frozen(columns.get(_CLASS_PLANE, np.zeros(rows, np.uint8))) if fields["classes"] else None
    said = {key: fields[key] for key in ("name", "assembly", "licence", "source", "digest")}
    return universe, GtuHeader(**said, class_names=tuple(fields["classes"]), class_codes=class_codes)


def _code_classes(classes: Sequence[str] | None, rows: int) -> tuple[list[str], Bytes]:
    if classes is None:
        return [], np.zeros(rows, dtype=np.uint8)
    if len(classes) != rows:
        raise UniverseError(f"{len(classes)} classes for {rows} regions", hint="give one for each row, in id order")
    table: dict[str, int] = {}
    codes = [table.setdefault(word, len(table)) if word else NO_CLASS for word in classes]
    if len(table) > NO_CLASS:
        raise UniverseError(f"{len(table)} different classes", hint=f"at most {NO_CLASS} fit one byte")
    return list(table), np.array(codes, dtype=np.uint8)


def _planes_of(values: NDArray[np.uint32]) -> list[Bytes]:
    """Part (n,) numbers into four (n,) byte planes, the lowest first."""
    return [(values >> np.uint32(shift)).astype(np.uint8) for shift in (0, 8, 16, 24)]


def _join_planes(columns: Mapping[int, Bytes], first: int, rows: int) -> NDArray[np.uint32]:
    values = np.zeros(rows, dtype=np.uint32)
    for place in range(4):
        if first + place in columns:
            values |= columns[first + place].astype(np.uint32) << np.uint32(8 * place)
    return values


def _runs_of(regions: Regions) -> list[list[Any]]:
    """List [name, rows] for each run of equal names; any order of rows can be told so."""
    codes = regions.codes
    cuts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    borders = [0, *cuts.tolist(), len(codes)]
    return [[regions.name_of(first), last - first] for first, last in pairwise(borders)]


def _codes_of(runs: list[list[Any]]) -> tuple[tuple[str, ...], Ids]:
    table: dict[str, int] = {}
    codes = np.array([table.setdefault(name, len(table)) for name, _ in runs], dtype=np.int32)
    return tuple(table), np.repeat(codes, np.array([rows for _, rows in runs], dtype=np.intp))


def _rows_by_name(fields: Mapping[str, Any]) -> dict[str, int]:
    rows: dict[str, int] = {}
    for name, count in fields["chroms"]:
        rows[name] = rows.get(name, 0) + count
    return rows


def _damaged(name: str, what: str) -> UniverseError:
    return UniverseError(what, path=name, hint="not a compact universe, or damaged; get the file again")


def _read_header(view: memoryview, name: str) -> tuple[dict[str, Any], int]:
    """Return the checked header, and where the planes start."""
    if bytes(view[:4]) != MAGIC or len(view) < 8:
        raise _damaged(name, "the file does not start with GTU1")
    length = struct.unpack("<i", view[4:8])[0]
    if not 0 <= length <= len(view) - 8:
        raise _damaged(name, "the header is cut")
    try:
        fields = parse_json(bytes(view[8 : 8 + length]))
    except ValueError:
        raise _damaged(name, "the header is no JSON") from None
    if not isinstance(fields, dict) or not _header_is_sound(fields):
        raise _damaged(name, "the header contradicts itself")
    return fields, 8 + length


def _header_is_sound(fields: dict[str, Any]) -> bool:
    """Check types and sums, so that nothing later can fail; keys from later versions are let through."""
    texts = ("name", "assembly", "licence", "source", "digest")
    lists = ("chroms", "planes", "classes", "texts")
    if not all(type(fields.get(key)) is kind for kind, keys in ((str, texts), (list, lists)) for key in keys):
        return False
    rows, kept, runs = fields["n"] if type(fields.get("n")) is int else -1, fields["planes"], fields["chroms"]
    return (
        1 <= rows <= MAX_IDS - 16
        and all(type(number) is int and 0 <= number <= _CLASS_PLANE for number in kept)
        and kept == sorted(set(kept))
        and (len(kept) > 0 or rows == 1)  # without planes all rows would be equal, and huge for free
        and all(_is_tuple(run, str, int) and run[1] > 0 for run in runs)
        and sum(run[1] for run in runs) == rows
        and all(isinstance(word, str) for word in fields["classes"])
        and len(fields["classes"]) <= NO_CLASS
        and all(_is_tuple(text, int, str, str) and 0 <= text[0] < rows for text in fields["texts"])
    )


def _is_tuple(value: Any, *kinds: type) -> bool:
    return (
        type(value) is list
        and len(value) == len(kinds)
        and all(type(item) is kind for item, kind in zip(value, kinds, strict=True))
    )


def _inflate(packed: memoryview, size: int, name: str) -> Bytes:
    """Inflate exactly ``size`` bytes: no more are ever made, whatever the stream claims."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(packed, size + 1)
    except zlib.error as error:
        raise _damaged(name, f"the rows are unreadable ({error})") from None
    if len(plain) != size or not inflater.eof or inflater.unused_data:
        raise _damaged(name, "the rows are cut, or more than the header says")
    return np.frombuffer(plain, dtype=np.uint8)
