"""``genotok vq encode``: DNA in, tokens of a learned codebook out."""

import sys
from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE, is_terminal
from genotok.cli.inputs import list_paths, name_documents, parse_shard
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places
from genotok.cli.vq.options import config_of, config_options, model_option

FORMATS = ("jsonl", "tsv", "bed", "parquet", "npz", "gtok")  # as export.writers, which would load NumPy for --help


@click.command(short_help="Turn DNA into tokens.")
@click.argument("inputs", nargs=-1, metavar="[FASTA.. | -]", type=click.Path(allow_dash=True))
@model_option
@click.option(
    "-o",
    "--output",
    type=click.Path(allow_dash=True),
    default="-",
    metavar="PATH",
    help="A file, a folder (ends in / or has no ending) that gets one file an input, or - for stdout (default).",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: the ending of PATH, else jsonl.")
@config_options
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Processes that share the inputs of an output folder (default 1); they change no bit of the result.",
)
@click.option("--shard", callback=parse_shard, metavar="I/N", help="Take every N-th input, beginning with the I-th.")
@click.option("--resume", is_flag=True, help="Leave out inputs whose output in the folder still fits.")
@report_options
def encode(inputs: tuple[str, ...], **options: Any) -> int:
    """Name the window around each place of DNA by the nearest code of a learned codebook.

    A sequence becomes a document. jsonl, npz and parquet have a row of ids for each; tsv has a line for each token:
    document, contig, start, end, ids; bed: contig, start, end, text, ids. Places are those of a token's core, the bases
    it stands for. A sequence that is too short for a token is a document without ids.

    \b
    Examples:
      genotok vq encode genome.fa.gz > tokens.jsonl
      genotok vq encode -t vq-compact genome.fa.gz more.fa -o tokens.npz
      genotok vq encode genome.fa.gz -o tokens.bed --strand canonical --unknown drop
      genotok vq encode genome.fa.gz more.fa -o tokens/ --format npz --jobs 2 --resume
      cat more.fa | genotok vq encode - --layout interleave --format tsv -q

    The bytes are the same for every --jobs.
    """  # noqa: D301  # click wants the character itself
    named = name_documents(list_paths(inputs, None))
    folder = options["tokenizer"]
    held = (Path(folder, each) for each in ("model.npz", "tokenizer_config.json"))
    read = [("--tokenizer", str(each)) for each in held]
    written = [("output", options["output"]), ("--report-file", options["report_file"])]
    check_places([*read, *(("input", each.path) for each in named)], written)
    shard = options["shard"]
    if shard is not None and shard.index > len(named):
        raise click.UsageError(f"shard {shard.index} of {shard.count} has no input: there are {len(named)}")
    from genotok.cli.motif.progress import show_phases  # here, so that --help and usage errors need no NumPy
    from genotok.cli.motif.words import write_words
    from genotok.cli.targets import check_report, check_target, choose_target
    from genotok.cli.vq.encoding import Run, encode_inputs

    target = choose_target(options["output"], options["format_"])
    check_target(target, named if shard is None else shard.take(named), rows=False)
    check_report(target, named, options["report_file"])
    if options["resume"] and target.kind != "folder":
        raise click.UsageError("--resume needs an output folder, as -o tokens/")
    chosen = {name: options[name] for name in ("jobs", "shard", "resume")}
    to_terminal = target.kind == "stdout" and is_terminal(sys.stdout)
    with show_phases(wanted=not options["quiet"] and not to_terminal) as progress:
        told = encode_inputs(Run(folder, config_of(options), named, target, progress=progress, **chosen))
    write_words(told.to_dict(), told.lines(), options)
    return DONE
