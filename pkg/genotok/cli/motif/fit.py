"""``genotok motif fit``: clusters of motifs and a vocabulary, learnt from a genome."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.inputs import parse_shard
from genotok.cli.motif.options import (
    check_cluster,
    cluster_option,
    jobs_option,
    motifs_option,
    reading_options,
    report_options,
    threshold_options,
)
from genotok.cli.places import check_places


def _parse_sample(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> int | str | None:
    """Read a number of bins, or ``all``."""
    if value is None or value == "all":
        return value
    if not (value.replace("_", "").isdecimal() and int(value) > 0):
        raise click.BadParameter(f"{value!r} is neither a number of bins nor all")
    return int(value)


@click.command(short_help="Learn clusters and a vocabulary from a genome.")
@click.argument("fasta", nargs=-1, metavar="[FASTA..]", type=click.Path())
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    help="Where to save what is learnt.",
)
@click.option(
    "--preset",
    type=click.Choice(["paper", "strict"]),
    default="paper",
    help="Settings of the paper (default), good for continuous tokens; strict, for discrete ones, has rarer hits.",
)
@motifs_option
@threshold_options
@reading_options
@click.option("--linkage", type=click.Choice(["single", "average"]), help="How clusters grow. Default: the preset's.")
@click.option("--distance", type=float, metavar="D", help="Cut clusters here: 1 less the dependence score (0.38).")
@click.option(
    "--ids-sample",
    callback=_parse_sample,
    metavar="N|all",
    help="Bins that the dependence of motifs is measured on, about so many (1000000).",
)
@click.option("--min-count", type=int, metavar="N", help="Bins that a set needs to get an id (10).")
@click.option("--max-vocab", type=int, metavar="N", help="Sets that get an id, at most (65536).")
@click.option("--unknown", type=click.Choice(["unk", "backoff"]), help="What names a set without an id.")
@click.option("--no-cpg", is_flag=True, help="Leave CpG out of the features.")
@click.option("--block", type=int, metavar="BP", help="Work through contigs in pieces so long (5000000).")
@click.option("--seed", type=int, metavar="N", help="Draws the bins of --ids-sample (0).")
@click.option(
    "--hits",
    type=click.Path(),
    metavar="TABLE|FOLDER",
    help="Take these hits (JASPAR's tables, BED6), and scan nothing.",
)
@click.option(
    "--chrom-sizes",
    type=click.Path(),
    metavar="FILE",
    help="With --hits and no FASTA: lengths of contigs. No CpG then.",
)
@click.option("--end-inclusive", is_flag=True, help="Ends in --hits are the last base of each, not the one behind.")
@click.option("--min-score", type=int, metavar="N", help="Leave out weaker --hits: 10 times the relative score in %.")
@click.option("--min-log10p", type=int, metavar="N", help="Leave out likelier --hits: -100 log10 of the p-value.")
@click.option("--store", type=click.Path(file_okay=False), metavar="DIR", help="Keep the bins there, with their ids.")
@click.option("--save-ids", is_flag=True, help="Save the dependence scores of all pairs, too.")
@jobs_option
@cluster_option
@click.option(
    "--shard",
    callback=parse_shard,
    metavar="I/N",
    help="Cut every N-th block into --store, and learn nothing; a last run without it does.",
)
@click.option("--resume", is_flag=True, help="Go on with what an earlier run left in --store, instead of anew.")
@report_options
def fit(fasta: tuple[str, ...], **options: Any) -> int:
    """Learn clusters of motifs, and the sets of clusters that are words, from a genome.

    The folder is what encode, info, describe, zipf and coverage open, as does MotifTokenizer.from_pretrained in Python.
    With --store the bins of the genome are kept; then a run that was interrupted goes on with --resume, and several
    machines may share the blocks.

    \b
    Examples:
      genotok motif fit genome.fa.gz -o model/ --preset strict
      genotok motif fit genome.fa.gz -o paper/ --store bins/ --jobs 2 --min-count 20
      genotok motif fit genome.fa.gz -o shared/ --store parts/ --shard 1/2
      genotok motif fit genome.fa.gz -o shared/ --store parts/ --resume
      genotok motif fit genome.fa.gz -o shared/ --store spread/ --dask local --jobs 2
      genotok motif fit --hits hits.tsv.gz --chrom-sizes genome.sizes -o ready/

    The bytes are the same for every --jobs and cluster, however often a run was interrupted, and for any shards.
    """  # noqa: D301  # click wants the character itself
    _check(fasta, options)
    from genotok.cli.motif.fitting import learn  # here, so that --help and usage errors need no NumPy
    from genotok.cli.motif.words import write_words

    told = learn(fasta, options)
    write_words(told.to_dict(), told.lines(), options)
    return DONE


def _check(fasta: tuple[str, ...], options: dict[str, Any]) -> None:
    """Refuse what does not go together."""
    read = [(f"--{name.replace('_', '-')}", options[name]) for name in ("motifs", "hits", "chrom_sizes")]
    written = [("output", options["output"]), ("--store", options["store"]), ("--report-file", options["report_file"])]
    check_places([*read, *(("input", each) for each in fasta)], written)
    if "-" in fasta:
        raise click.UsageError("fit reads its input more than once; name a file instead of -")
    if not fasta and not (options["hits"] and options["chrom_sizes"]):
        raise click.UsageError("no input; name FASTA files, or --hits with --chrom-sizes")
    if options["chrom_sizes"] and (fasta or not options["hits"]):
        raise click.UsageError("--chrom-sizes stands for the FASTA that --hits lack; give one of both")
    for name in ("end_inclusive", "min_score", "min_log10p"):
        if options[name] not in (None, False) and not options["hits"]:
            raise click.UsageError(f"--{name.replace('_', '-')} is of --hits")
    if options["background"] == "genome" and not fasta:
        raise click.UsageError("--background genome needs a FASTA")
    check_cluster(options)
    if options["cluster"] is not None and options["shard"]:
        raise click.UsageError("--dask shares blocks out among its workers; leave --shard out")
    if options["cluster"] is not None and not options["store"]:
        raise click.UsageError("--dask needs a place for bins that its workers see too, as --store bins/")
    for name in ("shard", "resume"):
        if options[name] and not options["store"]:
            raise click.UsageError(f"--{name} needs a place for bins, as --store bins/")
    if (
        options["store"]
        and not options["resume"]
        and not options["shard"]
        and Path(options["store"], "store.json").exists()
    ):
        raise click.UsageError(f"{options['store']} has bins of an earlier run; add --resume, or name another folder")
