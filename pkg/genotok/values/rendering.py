"""Regions as BED3 text: the one spelling that files and digests share."""

from genotok.kernels.bedtext import render_bed3
from genotok.values.regions import Regions


def render_rows(regions: Regions, rows: slice) -> bytes:
    """Render a run of rows (with explicit start and stop) as ``chrom TAB start TAB end LF``, texts as read."""
    names = tuple(name.encode() for name in (*regions.chrom_names, ""))
    codes, starts, ends = regions.codes[rows], regions.starts[rows], regions.ends[rows]
    text = render_bed3(names=names, codes=codes, starts=starts, ends=ends)
    odd = [row for row in regions.texts if rows.start <= row < rows.stop]
    if not odd:
        return text
    lines = text.split(b"\n")
    for row in odd:
        start, end = regions.texts[row]
        lines[row - rows.start] = f"{regions.name_of(row)}\t{start}\t{end}".encode()
    return b"\n".join(lines)
