"""Flexible regions as BED9: the core stands where browsers draw the thick part, as geniml writes and reads them."""

from typing import BinaryIO

from genotok.io.sinks import open_packed
from genotok.tokenizers.flexible import FlexibleRegions

_ROWS = 2**16  # rendered at a time


def write_flexible(file: BinaryIO, found: FlexibleRegions, *, packed: bool) -> None:
    """Write lines of nine columns, cores as thickStart and thickEnd, into an open file; gzip if ``packed``."""
    with open_packed(file, packed=packed) as sink:
        for at in range(0, len(found.regions), _ROWS):
            part = slice(at, at + _ROWS)
            columns = (
                found.regions.starts[part],
                found.regions.ends[part],
                found.core_starts[part],
                found.core_ends[part],
            )
            rows = zip(found.regions.names_of(part), *(column.tolist() for column in columns), strict=True)
            lines = (
                f"{chrom}\t{start}\t{end}\tuniverse\t0\t.\t{core_start}\t{core_end}\t0,0,255\n"
                for chrom, start, end, core_start, core_end in rows
            )
            sink.write("".join(lines).encode())
