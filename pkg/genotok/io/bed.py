"""BED files in and out."""

from collections.abc import Iterator
from os import PathLike, fspath
from typing import BinaryIO

import numpy as np

from genotok.arrays import Coords
from genotok.io.bedreader import BedReader
from genotok.io.sinks import atomic_write, open_packed
from genotok.io.sources import BLOCK_BYTES, Source, iter_blocks, name_of
from genotok.kernels.growing import GrowingColumn
from genotok.values.bounds import Invalid
from genotok.values.lines import LineMap
from genotok.values.regions import Regions
from genotok.values.rendering import render_rows

_WRITTEN_ROWS = 2**18  # rendered at a time


def iter_bed(
    source: Source,
    *,
    invalid: Invalid = "error",
    allow_empty: bool = False,
    keep_lines: bool = False,
    block_bytes: int = BLOCK_BYTES,
) -> Iterator[Regions]:
    """Yield the rows of a BED file piece by piece; the last piece carries the report."""
    reader = BedReader(name_of(source), invalid=invalid, keep_lines=keep_lines, allow_empty=allow_empty)
    return _pieces(reader, source, block_bytes)


def _pieces(reader: BedReader, source: Source, block_bytes: int = BLOCK_BYTES) -> Iterator[Regions]:
    for block in iter_blocks(source, block_bytes):
        yield from reader.feed_in_pieces(block)
    yield from reader.close_in_pieces()


def read_bed(source: Source, *, invalid: Invalid = "error", allow_empty: bool = False) -> Regions:
    r"""Read a BED file (BED3 to BED12+, narrowPeak, .., plain, gzip or bgzip by content) into columns.

    ``source`` is a path or a binary file. ``invalid`` says what becomes of bad rows: 'error' (default) raises at the
    first, 'skip' drops and counts them, 'keep' takes what gtars takes (reversed rows, coordinates up to 2^32 - 1). The
    result's ``report`` tells what became of every line. Raises BedError, IntervalError, EmptyFileError (unless
    ``allow_empty``), FileNotFoundError, IsADirectoryError.

    >>> from io import BytesIO
    >>> regions = read_bed(BytesIO(b"# peaks\nchr1\t10\t20\nchr2\t5\t9\n"))
    >>> regions.to_tuples(), regions.report.skipped
    ([('chr1', 10, 20), ('chr2', 5, 9)], {'comment': 1})
    """
    return read_rows(source, invalid=invalid, allow_empty=allow_empty, keep_text=False)


def read_rows(
    source: Source, *, invalid: Invalid, allow_empty: bool, keep_text: bool, name: str | None = None
) -> Regions:
    """Read all rows of a file into columns that grow in place: `read_bed`, and what a universe needs beyond it.

    ``name`` is what messages call a source that has another name than the user knows.
    """
    reader = BedReader(name or name_of(source), invalid=invalid, keep_text=keep_text, allow_empty=allow_empty)
    codes, starts, ends = GrowingColumn(np.int32), GrowingColumn(np.int64), GrowingColumn(np.int64)
    skipped: list[Coords] = []
    texts: dict[int, tuple[str, str]] = {}
    rows = 0
    for piece in _pieces(reader, source):
        codes.append(piece.codes)
        starts.append(piece.starts)
        ends.append(piece.ends)
        texts.update({row + rows: text for row, text in piece.texts.items()})
        rows += len(piece)
        assert piece.lines is not None
        skipped.append(piece.lines.skipped)
    report = reader.report
    return Regions(
        tuple(report.chroms),
        codes.finish(),
        starts.finish(),
        ends.finish(),
        source=reader.name,
        lines=LineMap(1, np.concatenate(skipped)),
        texts=texts,
        report=report,
    )


def write_bed(path: str | PathLike[str], regions: Regions) -> None:
    r"""Write regions as BED3 in their order, coordinate texts as read; gzip (no name, no time) if it ends in ``.gz``.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_bed(Path(folder, "a.bed"), Regions.from_tuples([("chr1", 10, 20)]))
    ...     Path(folder, "a.bed").read_text()
    'chr1\t10\t20\n'
    """
    with atomic_write(path) as file:
        write_rows(file, regions, packed=fspath(path).endswith(".gz"))


def write_rows(file: BinaryIO, regions: Regions, *, packed: bool) -> None:
    """Write regions as `write_bed` does into a file that is open; ``packed`` with gzip."""
    with open_packed(file, packed=packed) as sink:
        for at in range(0, len(regions), _WRITTEN_ROWS):
            sink.write(render_rows(regions, slice(at, min(at + _WRITTEN_ROWS, len(regions)))))
