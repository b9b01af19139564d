"""What ``genotok fragments`` and ``genotok anndata`` have in common: options, and one input to one output."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from genotok.cli.inputs import Input, name_documents
from genotok.cli.places import check_places

if TYPE_CHECKING:  # it loads NumPy
    from genotok.cli.report import Form

_Command = TypeVar("_Command", bound=Callable[..., Any])
FORMATS = ("jsonl", "parquet", "npz", "h5ad")


def common_options(command: _Command) -> _Command:
    """Add the options that both commands know."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "-u",
        "--universe",
        required=True,
        metavar="UNIVERSE|FOLDER|REPO",
        help="A BED file or .gtu, a folder of a saved tokenizer, or its repository (owner/name).",
    ),
    click.option("-o", "--output", default="-", metavar="PATH", help="A file, or - for stdout (default)."),
    click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: the ending of PATH, else jsonl."),
    click.option(
        "--matrix",
        is_flag=True,
        help="Write how often each token occurs in each cell: .npz (as scipy reads it) or .h5ad, which always does.",
    ),
    click.option(
        "--unmatched",
        type=click.Choice(["drop", "unk", "error"]),
        help="What without a hit gives: nothing (default), the unk id, or an error.",
    ),
    click.option(
        "--invalid",
        type=click.Choice(["error", "skip", "keep"]),
        help="A bad row is an error (default), skipped and counted, or kept as gtars keeps it.",
    ),
    click.option(
        "--engine", type=click.Choice(["bits", "ailist"]), help="How overlaps are searched; never changes a result."
    ),
    click.option("--strict", is_flag=True, help="Make the exit code 3 if a bad row was skipped."),
    click.option(
        "--report", type=click.Choice(["text", "json", "none"]), help="Default: text, or json for a .json file."
    ),
    click.option("--report-file", type=click.Path(dir_okay=False), help="Write the report there instead of to stderr."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
)


def run_cells(path: str, kind: Any, *, weight: Any = "lines", **options: Any) -> int:
    """Do one command: read the cells of ``path``, write them, give the account."""
    read = [("universe", options["universe"]), ("input", path), ("--barcodes", options.get("barcodes"))]
    check_places(read, [("output", options["output"]), ("--report-file", options["report_file"])])
    chosen = _format_of(options["output"], options["format_"], matrix=options["matrix"])
    matrix = options["matrix"] or chosen == "h5ad"
    (source,) = name_documents([path])
    _refuse(source, kind, chosen, matrix=matrix, weight=weight, options=options)
    # here, so that --help and usage errors need no NumPy
    from genotok.cli.account import Account
    from genotok.cli.cellrun import write_cells
    from genotok.cli.progress import show_progress
    from genotok.cli.report import write_report
    from genotok.cli.settings import Settings, open_barcodes

    settings = Settings(
        universe=options["universe"],
        format="npz" if matrix else chosen,  # type: ignore[arg-type]  # h5ad is always a matrix
        rows=False,
        keep_empty=options.get("keep_empty", False),
        rename_chroms=options.get("rename_chroms"),
        overrides={name: options[name] for name in ("unmatched", "invalid", "engine")},
        kind=kind,
        barcodes=open_barcodes(options.get("barcodes")),
        min_fragments=options.get("min_fragments", 0),
        layer=options.get("layer"),
    )
    tokenizer, warnings = settings.open()
    account = Account(tokenizer, settings.universe, settings.describe(tokenizer), warnings)
    with show_progress(source.size, wanted=not options["quiet"] and options["output"] != "-") as advance:
        target = write_cells(source, tokenizer, settings, account, advance, chosen, options["output"], weight, matrix)
    report: Form | None = options["report"]
    file = None if options["report_file"] is None else Path(options["report_file"])
    form = report or ("json" if file is not None and file.suffix == ".json" else "text")
    write_report(account, form=form, file=file, quiet=options["quiet"], target=target)
    return account.exit_code(strict=options["strict"])


def _format_of(output: str, chosen: str | None, *, matrix: bool) -> str:
    """Tell the format of the output, by its ending or as named."""
    ending = "" if output == "-" else Path(output).suffix[1:].lower()
    if output != "-" and (Path(output).is_dir() or output.endswith(("/", "\\"))):
        raise click.UsageError(f"{output!r} is a folder; name a file in it")
    told = ending if ending in FORMATS else None
    if chosen is not None and told is not None and chosen != told:
        raise click.UsageError(f"--format {chosen} and -o {output} disagree")
    if chosen is None and told is None and output != "-":
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise click.UsageError(f"{output!r} tells no format: add --format, or end it in {endings}")
    return chosen or told or ("npz" if matrix else "jsonl")


def _refuse(source: Input, kind: str, chosen: str, *, matrix: bool, weight: str, options: dict[str, Any]) -> None:
    """Refuse what does not go together, or would overwrite what is read."""
    output = options["output"]
    if matrix and chosen not in ("npz", "h5ad"):
        raise click.UsageError(f"a .{chosen} file holds lists of ids; give --matrix a file that ends in .npz or .h5ad")
    if chosen == "h5ad" and output == "-":
        raise click.UsageError("an .h5ad file can't go to standard output; name it with -o")
    if weight == "count" and not matrix:
        raise click.UsageError("--weight count adds up in a matrix; add --matrix, or write an .h5ad file")
    if matrix and options["unmatched"] not in (None, "drop"):
        raise click.UsageError(f"--unmatched {options['unmatched']} is for lists of ids; a matrix counts hits alone")
    if source.is_stdin and options.get("barcodes") == "-":
        raise click.UsageError("standard input can't be both the barcodes and the input")
    if source.is_stdin and kind == "h5ad":
        raise click.UsageError("standard input can't be an .h5ad file; name the file")
