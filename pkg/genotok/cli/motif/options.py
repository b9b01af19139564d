"""Options that several commands on motifs have, spelled once; nothing here loads NumPy."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_REPORT = ("text", "json", "none")


def motifs_option(command: Command) -> Command:
    """Add which motifs."""
    return click.option(
        "--motifs",
        default="jaspar2022",
        show_default=True,
        metavar="FILE|jaspar2022",
        help="JASPAR, MEME, TRANSFAC or .npz; or jasparYEAR, jasparYEAR-TAXON.",
    )(command)


def reading_options(command: Command) -> Command:
    """Add what becomes of bad motifs, and of versions of one."""
    words = "Take several versions of one motif id, too."
    command = click.option("--versions", type=click.Choice(["one", "all"]), default="one", help=words)(command)
    words = "A bad motif (or, of fit, a bad hit): an error by default, or left out and counted."
    return click.option("--invalid", type=click.Choice(["error", "skip"]), default="error", help=words)(command)


def threshold_options(command: Command) -> Command:
    """Add from which score on a window is a hit."""
    command = click.option(
        "--background",
        metavar="A,C,G,T|genome",
        help="Shares of the letters that scores are made against (0.25 each), or genome: those of the input.",
    )(command)
    command = click.option(
        "--relative",
        type=float,
        metavar="SHARE",
        help="Least score, from the lowest possible (0) to the highest (1). Default 0.8.",
    )(command)
    return click.option(
        "--pvalue", type=float, metavar="P", help="Least score by its chance instead, as 1e-4; exact, for each motif."
    )(command)


def tokenizer_option(command: Command) -> Command:
    """Add which tokenizer."""
    return click.option(
        "-t",
        "--tokenizer",
        required=True,
        type=click.Path(),
        metavar="FOLDER|REPO",
        help="What fit wrote, or its repository (owner/name).",
    )(command)


def jobs_option(command: Command) -> Command:
    """Add how many processes."""
    words = "Processes (default 1); they change no bit of the result."
    return click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help=words)(command)


def cluster_option(command: Command) -> Command:
    """Add who else works."""
    return click.option(
        "--dask",
        "cluster",
        metavar="ADDRESS|local",
        help="Let a Dask cluster cut blocks: its scheduler's address or file, or local for --jobs workers here.",
    )(command)


def check_cluster(options: dict[str, Any]) -> None:
    """Refuse what goes with no cluster."""
    if options["cluster"] is not None and options["cluster"] != "local" and options["jobs"] > 1:
        raise click.UsageError("the cluster says how many workers there are; leave --jobs out")


def report_options(command: Command) -> Command:
    """Add what is told, and where."""
    command = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")(command)
    command = click.option(
        "--report-file", type=click.Path(dir_okay=False), help="Write the report there instead of to stderr."
    )(command)
    words = "Default: text, or json for a .json file."
    return click.option("--report", type=click.Choice(_REPORT), help=words)(command)


def json_option(command: Command) -> Command:
    """Add a form for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def plot_option(command: Command) -> Command:
    """Add a picture, whose name promises what it is."""
    return click.option(
        "--plot",
        callback=_check_plot,
        type=click.Path(dir_okay=False),
        metavar="FILE.svg|FILE.png",
        help="Draw it, PNG by [motif]; its numbers go to FILE.tsv beside.",
    )(command)


def _check_plot(_ctx: click.Context, _parameter: click.Parameter, path: str | None) -> str | None:
    """Refuse a name that promises another picture than SVG or PNG."""
    if path is not None and not path.lower().endswith((".svg", ".png")):
        raise click.UsageError(f"--plot {path} promises another format than SVG or PNG; end it in .svg or .png")
    return path


def plot_places(path: str | None) -> list[tuple[str, str | None]]:
    """Return what a picture takes: its file, and that of its numbers."""
    return [] if path is None else [("--plot", path), ("the table beside --plot", f"{path[:-4]}.tsv")]
