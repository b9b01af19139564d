"""The options of commands that read a track: which bins, which values, which peaks are known."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def track_options(command: Command) -> Command:
    """Add how a track becomes values of bins."""
    for option in (
        click.option(
            "--raw", is_flag=True, help="Take mean values as they are, not the mean of log(1 + value) over bases."
        ),
        click.option(
            "--store", type=click.Path(), metavar="DIR", help="Take the motif bins of a store instead of even ones."
        ),
        click.option(
            "--chrom-sizes",
            type=click.Path(),
            metavar="FILE|ASSEMBLY",
            help="Lengths of contigs: chrom.sizes, a .fai, or hg38, hg19, .. Default: where the track ends.",
        ),
        click.option(
            "--bin", "width", type=click.IntRange(min=1), default=16, metavar="BP", help="Width of even bins (16)."
        ),
    ):
        command = option(command)
    return command
