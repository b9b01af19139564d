"""``genotok motif scan``: where motifs occur in DNA."""

import sys
from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE, is_terminal
from genotok.cli.inputs import open_stdin
from genotok.cli.motif.options import jobs_option, motifs_option, reading_options, report_options, threshold_options
from genotok.cli.places import check_places


@click.command(short_help="Find motifs in DNA.")
@click.argument("fasta", nargs=-1, required=True, metavar="FASTA..", type=click.Path())
@motifs_option
@threshold_options
@reading_options
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True, dir_okay=False),
    metavar="FILE",
    help="Gzip if it ends in .gz; - is stdout (default).",
)
@click.option("--bed", is_flag=True, help="Write BED6 instead of JASPAR's seven columns.")
@jobs_option
@report_options
def scan(fasta: tuple[str, ...], **options: Any) -> int:
    """Find every window, on both strands, that scores at least its motif's threshold.

    A line a hit, sorted by contig, start, motif and strand: contig, start, end (0-based, half-open), matrix id, 1000
    times the relative score, -100 times log10 of the p-value, strand. No hit lies over an unknown letter. FASTA may be
    - for standard input.

    \b
    Examples:
      genotok motif scan genome.fa.gz -o hits.tsv.gz
      genotok motif scan genome.fa.gz --pvalue 1e-4 --bed -q | head -n 3
      genotok motif scan genome.fa.gz --motifs motifs.meme --background genome --jobs 2 -o hits.bed --bed

    At the default threshold there are about three hits a base for JASPAR's vertebrates: mind the disk. The bytes are
    the same for every --jobs.
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    read = [("--motifs", options["motifs"]), *(("input", each) for each in fasta)]
    check_places(read, [("output", output), ("--report-file", options["report_file"])])
    if options["bed"] and output.removesuffix(".gz").endswith(".tsv"):
        raise click.UsageError(f"--bed and -o {output} disagree")
    if options["background"] == "genome" and "-" in fasta:
        raise click.UsageError("--background genome reads its input twice; name a file instead of -")
    from genotok.cli.motif.opening import open_motifs, read_background, rule_of  # here, so that --help needs no NumPy
    from genotok.cli.motif.progress import show_phases
    from genotok.cli.motif.scanning import Scan, scan_files
    from genotok.cli.motif.words import write_words
    from genotok.cli.targets import Target, open_sink
    from genotok.values.search import MotifSearch

    rule = rule_of(options["pvalue"], options["relative"])
    motifs = open_motifs(options["motifs"], invalid=options["invalid"], versions=options["versions"])
    motifs = motifs.against(read_background(options["background"], fasta))
    bed = options["bed"] or output.removesuffix(".gz").endswith(".bed")
    work = Scan(MotifSearch(motifs, rule), bed=bed, packed=output.endswith(".gz"))
    target = Target("stdout", None, "tsv") if output == "-" else Target("file", Path(output), "tsv")
    wanted = not options["quiet"] and (output != "-" or not is_terminal(sys.stdout))
    with show_phases(wanted=wanted) as progress, open_sink(target) as sink:
        sources = [open_stdin() if each == "-" else each for each in fasta]
        told = scan_files(work, sources, sink, jobs=options["jobs"], progress=progress)
    write_words(told.to_dict(), told.lines(target.label), options)
    return DONE
