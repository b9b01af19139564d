"""``genotok tokenize``: BED files in, token files out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genotok.cli.codes import is_terminal
from genotok.cli.inputs import Input, Shard, list_paths, name_documents, parse_renames, parse_shard, total_bytes
from genotok.cli.places import check_places

if TYPE_CHECKING:  # they load NumPy
    from genotok.cli.report import Form
    from genotok.cli.run import Run
    from genotok.cli.targets import Target

FORMATS = ("jsonl", "tsv", "bed", "parquet", "npz", "gtok")  # as export.writers, which would load NumPy for --help


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT.. | -]", type=click.Path(allow_dash=True))
@click.option(
    "-u",
    "--universe",
    required=True,
    type=click.Path(),
    metavar="UNIVERSE|FOLDER|REPO",
    help="A BED file or .gtu, a folder of a saved tokenizer, or its repository (owner/name).",
)
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True),
    metavar="PATH",
    help="A file, a folder (ends in / or has no ending) that gets one file an input, or - for stdout (default).",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: the ending of PATH, else jsonl.")
@click.option(
    "--from-file",
    type=click.Path(allow_dash=True),
    metavar="LIST",
    help="Read further input paths from a file, one a line.",
)
@click.option(
    "--kind",
    type=click.Choice(["bed", "fragments", "h5ad"]),
    default="bed",
    help="Of all inputs: regions (default), or the cells of fragment files or of .h5ad files, each cell a document.",
)
@click.option(
    "--barcodes",
    type=click.Path(),
    metavar="FILE",
    help="Keep these cells of fragment files, in this order; one a line.",
)
@click.option("--rows", is_flag=True, help="Keep in jsonl, parquet and npz which ids belong to which region.")
@click.option(
    "--sort/--no-sort", default=None, help="Sort regions by chromosome text and start, or keep their order (default)."
)
@click.option(
    "--unmatched",
    type=click.Choice(["drop", "unk", "error"]),
    help="A region without a hit gives nothing (default), the unk id, or an error.",
)
@click.option(
    "--invalid",
    type=click.Choice(["error", "skip", "keep"]),
    help="A bad row, of the universe too, is an error (default), skipped and counted, or kept as gtars keeps it.",
)
@click.option("--keep-empty", is_flag=True, help="Take a file without any region for an empty document, not an error.")
@click.option(
    "--rename-chroms",
    multiple=True,
    callback=parse_renames,
    metavar="auto|OLD=NEW",
    help="Rename chromosomes as the universe spells them (1 to chr1, MT to chrM), or by pairs.",
)
@click.option(
    "--engine", type=click.Choice(["bits", "ailist"]), help="How overlaps are searched; never changes a result."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Processes at most (default 1); one does what is done before others have started.",
)
@click.option(
    "--dask",
    "cluster",
    metavar="ADDRESS|local",
    help="Let the workers of a Dask cluster do it: its scheduler's address or file, or local for --jobs workers here.",
)
@click.option("--shard", callback=parse_shard, metavar="I/N", help="Take every N-th input, beginning with the I-th.")
@click.option("--resume", is_flag=True, help="Leave out inputs whose output in the folder still fits.")
@click.option("--keep-going", is_flag=True, help="Go on after an input that fails; the exit code is then 3.")
@click.option("--strict", is_flag=True, help="Make the exit code 3 if a bad row was skipped.")
@click.option("--report", type=click.Choice(["text", "json", "none"]), help="Default: text, or json for a .json file.")
@click.option("--report-file", type=click.Path(dir_okay=False), help="Write the report there instead of to stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def tokenize(inputs: tuple[str, ...], from_file: str | None, **options: Any) -> int:
    """Tokenize BED files, fragment files or AnnData with a universe.

    INPUT is BED3 to BED12, narrowPeak, broadPeak, bedGraph .., plain, gzip or bgzip; - is standard input; URLs (http,
    s3 ..) are read too, with a * for many. An input becomes a document, named by its path below the folder that all
    inputs share.

    \b
    Examples:
      genotok tokenize -u universe.bed.gz peaks.bed > peaks.jsonl
      zcat peaks.bed.gz | genotok tokenize -u universe.bed.gz - | head -c 100
      genotok tokenize -u universe.bed.gz -o all.npz --rows data/*.narrowPeak
      genotok tokenize -u universe.bed.gz -o tokens/ --format gtok --jobs 8 data/*.bed.gz
      genotok tokenize -u model/ -o tokens/ --from-file list.txt --shard 3/16 --resume
      genotok tokenize -u universe.bed.gz -o tokens/ --format parquet --dask local --jobs 2 data/*.bed.gz
      genotok tokenize -u universe.bed.gz --kind fragments -o cells/ --format parquet atac/*.tsv.gz
      genotok tokenize -u universe.bed.gz --rename-chroms auto --unmatched unk ensembl.bed -o hits.tsv

    An output folder mirrors the inputs' paths and holds a manifest.jsonl; with --resume a stopped run goes on. The
    bytes are the same for every --jobs and every cluster, and all shards together make the same folder as one run.
    """  # noqa: D301  # click wants the character itself
    named = name_documents(list_paths(inputs, from_file))
    read = [("universe", options["universe"]), ("--from-file", from_file), ("--barcodes", options["barcodes"])]
    written = [("output", options["output"]), ("--report-file", options["report_file"])]
    check_places([*read, *(("input", each.path) for each in named)], written)
    return _tokenize(named, **options)


def _tokenize(named: list[Input], *, report: "Form | None", report_file: str | None, **options: Any) -> int:
    # here, so that --help and usage errors need no NumPy
    from genotok.cli.account import Account
    from genotok.cli.progress import show_progress
    from genotok.cli.report import write_report
    from genotok.cli.run import tokenize_inputs
    from genotok.cli.targets import check_report

    run = _plan(named, options)
    check_report(run.target, named, report_file)
    tokenizer, warnings = run.settings.open()
    account = Account(tokenizer, run.settings.universe, run.settings.describe(tokenizer), warnings)
    wanted = not options["quiet"] and _leaves_terminal_alone(run.target) and is_terminal(sys.stderr)
    with show_progress(total_bytes(run.own_inputs) if wanted else 0, wanted=wanted) as advance:
        tokenize_inputs(run, tokenizer, account, advance)
    form = report or ("json" if report_file and report_file.endswith(".json") else "text")
    file = None if report_file is None else Path(report_file)
    write_report(account, form=form, file=file, quiet=options["quiet"], target=run.target.label)
    return account.exit_code(strict=options["strict"])


def _plan(named: list[Input], options: dict[str, Any]) -> "Run":
    """Turn the options into a run, refusing those that do not go together."""
    from genotok.cli.report import say  # here, as above
    from genotok.cli.run import Run
    from genotok.cli.settings import Settings, open_barcodes
    from genotok.cli.targets import check_target, choose_target

    target = choose_target(options["output"], options["format_"])
    check_target(target, named, rows=options["rows"])
    if options["resume"] and target.kind != "folder":
        raise click.UsageError("--resume needs an output folder, as -o tokens/")
    shard: Shard | None = options["shard"]
    if shard is not None and shard.index > len(named) and target.kind != "folder":
        raise click.UsageError(f"shard {shard.index} of {shard.count} has no input: there are {len(named)}")
    refuse_for_cells(named, target.format, options)
    settings = Settings(
        universe=options["universe"],
        format=target.format,
        rows=options["rows"],
        keep_empty=options["keep_empty"],
        rename_chroms=options["rename_chroms"],
        overrides={name: options[name] for name in ("sort", "unmatched", "invalid", "engine")},
        fingerprint=target.kind == "folder",
        kind=options["kind"],
        barcodes=open_barcodes(options["barcodes"]),
        prefix=options["kind"] != "bed" and len(named) > 1 and target.kind != "folder",
    )
    refuse_for_cluster(named, target, options)
    chosen = {key: options[key] for key in ("jobs", "shard", "resume", "keep_going", "cluster")}
    if not options["quiet"]:
        chosen["say"] = say
    return Run(named, target, settings, **chosen)


def refuse_for_cells(named: list[Input], format: str, options: dict[str, Any]) -> None:  # noqa: A002  # the users' word
    """Refuse options that mean nothing for cells, or for one kind of their files."""
    kind = options["kind"]
    if options["barcodes"] is not None and kind != "fragments":
        raise click.UsageError("--barcodes lists cells of fragment files; add --kind fragments")
    if options["barcodes"] == "-" and any(each.is_stdin for each in named):
        raise click.UsageError("standard input can't be both the barcodes and an input")
    if kind == "bed":
        return
    if format in ("tsv", "bed", "gtok"):
        raise click.UsageError(f"a .{format} file holds no cells; use jsonl, parquet or npz")
    for name in ("rows", "sort"):
        if options.get(name):
            raise click.UsageError(f"--{name} is for regions; the tokens of a cell stand in the order of its lines")
    if kind == "h5ad":
        if any(each.is_stdin for each in named):
            raise click.UsageError("standard input can't be an .h5ad file; name the file")
        if options["rename_chroms"] is not None:
            raise click.UsageError("--rename-chroms does not reach into .h5ad files; rename the columns of var")


def refuse_for_cluster(named: list[Input], target: "Target", options: dict[str, Any]) -> None:
    """Refuse what workers of a cluster can't do."""
    address = options["cluster"]
    if address is None:
        return
    if target.kind == "stdout":
        raise click.UsageError("--dask needs a folder or a file that its workers see too, as -o tokens/")
    if any(each.is_stdin for each in named):
        raise click.UsageError("the workers of --dask can't read standard input; name files or URLs")
    if address != "local" and options["jobs"] > 1:
        raise click.UsageError("the cluster says how many workers there are; leave --jobs out")


def _leaves_terminal_alone(target: "Target") -> bool:
    """Tell whether the data goes elsewhere than to the terminal that would show progress."""
    return target.kind != "stdout" or not is_terminal(sys.stdout)
