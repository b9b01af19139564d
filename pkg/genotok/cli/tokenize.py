"""``genotok tokenize``: BED files in, token files out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genotok.cli.codes import is_terminal
from genotok.cli.inputs import Input, Shard, list_paths, name_documents, parse_renames, parse_shard

if TYPE_CHECKING:  # they load NumPy
    from genotok.cli.report import Form
    from genotok.cli.run import Run
    from genotok.cli.targets import Target

FORMATS = ("jsonl", "tsv", "bed", "npz", "gtok")  # as export.writers, which would load NumPy for --help


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT.. | -]")
@click.option(
    "-u",
    "--universe",
    required=True,
    metavar="UNIVERSE|FOLDER|REPO",
    help="A BED file or .gtu, a folder of a saved tokenizer, or its repository (owner/name).",
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="PATH",
    help="A file, a folder (ends in / or has no ending) that gets one file an input, or - for stdout (default).",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: the ending of PATH, else jsonl.")
@click.option("--from-file", metavar="LIST", help="Read further input paths from a file, one a line.")
@click.option("--rows", is_flag=True, help="Keep in jsonl and npz which ids belong to which region.")
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
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Processes (default 1).")
@click.option("--shard", callback=parse_shard, metavar="I/N", help="Take every N-th input, beginning with the I-th.")
@click.option("--resume", is_flag=True, help="Leave out inputs whose output in the folder still fits.")
@click.option("--keep-going", is_flag=True, help="Go on after an input that fails; the exit code is then 3.")
@click.option("--strict", is_flag=True, help="Make the exit code 3 if a bad row was skipped.")
@click.option("--report", type=click.Choice(["text", "json", "none"]), help="Default: text, or json for a .json file.")
@click.option("--report-file", type=click.Path(dir_okay=False), help="Write the report there instead of to stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def tokenize(inputs: tuple[str, ...], from_file: str | None, **options: Any) -> int:
    """Tokenize BED files with a universe.

    INPUT is BED3 to BED12, narrowPeak, broadPeak, bedGraph .., plain, gzip or bgzip; - is standard input. An input
    becomes a document, named by its path below the folder that all inputs share.

    \b
    Examples:
      genotok tokenize -u universe.bed.gz peaks.bed > peaks.jsonl
      zcat peaks.bed.gz | genotok tokenize -u universe.bed.gz - | head -c 100
      genotok tokenize -u universe.bed.gz -o all.npz --rows data/*.narrowPeak
      genotok tokenize -u universe.bed.gz -o tokens/ --format gtok --jobs 8 data/*.bed.gz
      genotok tokenize -u model/ -o tokens/ --from-file list.txt --shard 3/16 --resume
      genotok tokenize -u universe.bed.gz --rename-chroms auto --unmatched unk ensembl.bed -o hits.tsv

    An output folder mirrors the inputs' paths and holds a manifest.jsonl; with --resume a stopped run goes on. The
    bytes are the same for every --jobs, and all shards together make the same folder as one run.
    """  # noqa: D301  # click wants the character itself
    named = name_documents(list_paths(inputs, from_file))
    return _tokenize(named, **options)


def _tokenize(named: list[Input], *, report: "Form | None", report_file: str | None, **options: Any) -> int:
    # here, so that --help and usage errors need no NumPy
    from genotok.cli.account import Account
    from genotok.cli.progress import show_progress
    from genotok.cli.report import write_report
    from genotok.cli.run import tokenize_inputs

    run = _plan(named, options)
    tokenizer, warnings = run.settings.open()
    account = Account(tokenizer, run.settings.universe, run.settings.describe(tokenizer), warnings)
    total = sum(each.size for each in run.own_inputs)
    with show_progress(total, wanted=not options["quiet"] and _leaves_terminal_alone(run.target)) as advance:
        tokenize_inputs(run, tokenizer, account, advance)
    form = report or ("json" if report_file and report_file.endswith(".json") else "text")
    file = None if report_file is None else Path(report_file)
    write_report(account, form=form, file=file, quiet=options["quiet"], target=run.target.label)
    return account.exit_code(strict=options["strict"])


def _plan(named: list[Input], options: dict[str, Any]) -> "Run":
    """Turn the options into a run, refusing those that do not go together."""
    from genotok.cli.run import Run  # here, as above
    from genotok.cli.settings import Settings
    from genotok.cli.targets import check_target, choose_target

    target = choose_target(options["output"], options["format_"])
    check_target(target, named, options["universe"], rows=options["rows"])
    if options["resume"] and target.kind != "folder":
        raise click.UsageError("--resume needs an output folder, as -o tokens/")
    shard: Shard | None = options["shard"]
    if shard is not None and shard.index > len(named) and target.kind != "folder":
        raise click.UsageError(f"shard {shard.index} of {shard.count} has no input: there are {len(named)}")
    settings = Settings(
        universe=options["universe"],
        format=target.format,
        rows=options["rows"],
        keep_empty=options["keep_empty"],
        rename_chroms=options["rename_chroms"],
        overrides={name: options[name] for name in ("sort", "unmatched", "invalid", "engine")},
        fingerprint=target.kind == "folder",
    )
    keys = ("jobs", "shard", "resume", "keep_going")
    return Run(named, target, settings, **{key: options[key] for key in keys})


def _leaves_terminal_alone(target: "Target") -> bool:
    """Tell whether the data goes elsewhere than to the terminal that would show progress."""
    return target.kind != "stdout" or not is_terminal(sys.stdout)
