"""A picture and, beside it, the numbers it shows: SVG, or PNG where matplotlib is installed."""

from pathlib import Path

import click

from genotok.io.sinks import atomic_write


def write_picture(path: str, picture: str, table: str) -> None:
    """Write ``x.svg`` or ``x.png``, and ``x.tsv``, and say so."""
    beside = save_picture(Path(path), picture, table)
    click.echo(f"drawn to {path}, its numbers in {beside}", err=True)


def save_picture(path: Path, picture: str, table: str) -> Path:
    """Write a picture, as SVG or drawn as PNG, and its numbers, whose path is returned."""
    beside = path.with_suffix(".tsv")
    content = picture.encode()
    if path.suffix.lower() == ".png":
        from genotok.analysis.png import render_png  # late: an extra draws it

        content = render_png(picture)
    for name, text in ((path, content), (beside, table.encode())):
        with atomic_write(name) as sink:
            sink.write(text)
    return beside
