"""``genotok motif encode``: DNA in, tokens of its motifs out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genotok.cli.codes import DONE, is_terminal
from genotok.cli.inputs import list_paths, name_documents, parse_shard
from genotok.cli.motif.options import check_cluster, cluster_option, jobs_option, report_options, tokenizer_option
from genotok.cli.places import check_places

if TYPE_CHECKING:  # it loads NumPy
    from genotok.cli.targets import Target

_CHOSEN = ("jobs", "shard", "resume", "rows", "continuous", "regions", "exact", "cluster")
FORMATS = ("jsonl", "tsv", "bed", "parquet", "npz", "gtok")  # as export.writers, which would load NumPy for --help


@click.command(short_help="Turn DNA into tokens.")
@click.argument("inputs", nargs=-1, metavar="[FASTA.. | DIR | -]", type=click.Path(allow_dash=True))
@tokenizer_option
@click.option(
    "-o",
    "--output",
    type=click.Path(allow_dash=True),
    metavar="PATH",
    help="A file, a folder (ends in / or has no ending) that gets one file an input, or - for stdout (default).",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: the ending of PATH, else jsonl.")
@click.option("--regions", type=click.Path(), metavar="BED", help="Encode these regions alone, a row of ids for each.")
@click.option(
    "--exact",
    is_flag=True,
    help="Cut regions as a run over the whole genome does; slower, as it searches 5 Mb for each.",
)
@click.option("--rows", is_flag=True, help="Keep in jsonl, parquet and npz which ids belong to which region.")
@click.option(
    "--continuous",
    type=click.Path(dir_okay=False),
    metavar="FILE.npz",
    help="Write the share of each cluster in each bin, float32; scipy.sparse.load_npz reads it.",
)
@click.option("--unknown", type=click.Choice(["unk", "backoff"]), help="What names a set without an id.")
@jobs_option
@cluster_option
@click.option("--shard", callback=parse_shard, metavar="I/N", help="Take every N-th input, beginning with the I-th.")
@click.option("--resume", is_flag=True, help="Leave out inputs whose output in the folder still fits.")
@report_options
def encode(inputs: tuple[str, ...], **options: Any) -> int:
    """Cut DNA into bins, and name each by the set of motif clusters in it.

    A sequence becomes a document, a bin a token. The formats are those of genotok tokenize; bed has a line for each
    bin: contig, start, end, text, id. A store that fit or encode made may stand for the FASTA.

    \b
    Examples:
      genotok motif encode -t model/ genome.fa.gz > tokens.jsonl
      genotok motif encode -t model/ genome.fa.gz -o tokens.bed --jobs 2
      genotok motif encode -t model/ genome.fa.gz -o tokens.npz --continuous shares.npz
      genotok motif encode -t model/ genome.fa.gz --regions regions.bed --format tsv
      genotok motif encode -t model/ genome.fa.gz more.fa -o tokens/ --format gtok --shard 2/2 --resume
      genotok motif encode -t paper/ bins/ -o stored.tsv

    With --continuous alone, no tokens are written. The bytes are the same for every --jobs and cluster.
    """  # noqa: D301  # click wants the character itself
    named = name_documents(list_paths(inputs, None))
    folder = options["tokenizer"]
    held = (Path(folder, each) for each in ("arrays.npz", "tokenizer_config.json"))
    read = [("--tokenizer", folder), *(("--tokenizer", str(each)) for each in held), ("--regions", options["regions"])]
    written = [("output", options["output"]), ("--continuous", options["continuous"])]
    check_places(
        [*read, *(("input", each.path) for each in named)], [*written, ("--report-file", options["report_file"])]
    )
    _check(len(named), options)
    from genotok.cli.motif.encoding import Run, encode_inputs  # here, so that --help and usage errors need no NumPy
    from genotok.cli.motif.opening import open_tokenizer
    from genotok.cli.motif.progress import show_phases
    from genotok.cli.motif.words import write_words
    from genotok.cli.targets import check_target

    target = _target(options)
    if target is not None:
        check_target(target, [], rows=options["rows"])
    if options["resume"] and (target is None or target.kind != "folder"):
        raise click.UsageError("--resume needs an output folder, as -o tokens/")
    if target is not None and target.kind == "folder" and (options["continuous"] or options["regions"]):
        raise click.UsageError("--continuous and --regions need one output file, as -o tokens.npz")
    if options["cluster"] is not None:
        if target is not None and target.kind == "stdout":
            raise click.UsageError("--dask needs a folder or a file beside which its workers put bins, as -o tokens/")
        if any(each.is_stdin for each in named):
            raise click.UsageError("standard input goes to no cluster; name files")
    tokenizer = open_tokenizer(options["tokenizer"])
    if options["unknown"]:
        tokenizer = tokenizer.replace(unknown=options["unknown"])
    chosen = {name: options[name] for name in _CHOSEN}
    to_terminal = target is not None and target.kind == "stdout" and is_terminal(sys.stdout)
    with show_phases(wanted=not options["quiet"] and not to_terminal) as progress:
        told = encode_inputs(Run(tokenizer, named, target, progress=progress, **chosen))
    write_words(told.to_dict(), told.lines(), options)
    return DONE


def _check(n_inputs: int, options: dict[str, Any]) -> None:
    """Refuse what does not go together."""
    if options["exact"] and not options["regions"]:
        raise click.UsageError("--exact goes with --regions")
    if options["rows"] and not options["regions"]:
        raise click.UsageError("--rows goes with --regions; of whole sequences every bin has one id")
    if options["regions"] and options["continuous"]:
        raise click.UsageError("--continuous is of whole sequences; leave --regions out")
    if options["regions"] and n_inputs > 1:
        raise click.UsageError("--regions lie in one genome; give one FASTA or store")
    check_cluster(options)
    if options["cluster"] is not None and options["regions"]:
        raise click.UsageError("--dask is for whole sequences; leave --regions out")
    shard = options["shard"]
    if shard is not None and options["regions"]:
        raise click.UsageError("--shard takes whole inputs; leave --regions out")
    if shard is not None and shard.index > n_inputs:
        raise click.UsageError(f"shard {shard.index} of {shard.count} has no input: there are {n_inputs}")


def _target(options: dict[str, Any]) -> "Target | None":
    """Return where tokens go; None if only continuous ones are wanted."""
    from genotok.cli.targets import choose_target  # here, as above

    if options["output"] is None and options["format_"] is None and options["continuous"]:
        return None
    return choose_target(options["output"] or "-", options["format_"])
