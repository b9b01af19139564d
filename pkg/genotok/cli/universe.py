"""``genotok universe``: BED files in, the regions that enough of them cover out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genotok.cli.codes import DONE
from genotok.cli.inputs import Input, list_paths, name_documents
from genotok.cli.places import check_places

if TYPE_CHECKING:  # it loads NumPy
    from genotok.cli.targets import Target
    from genotok.tokenizers.consensus import ConsensusRules

_ASIDE = ("picture", "report_file")  # what is written beside the universe
_MOST = 2**31 - 1  # files, more than there can be
_OTHERWISE = (".gtu", ".bz2", ".xz", ".zst", ".zip", ".npz", ".parquet", ".jsonl", ".gtok", ".h5ad", ".toml")


def _parse_cutoff(_ctx: click.Context, _parameter: click.Parameter, value: str) -> int | float | str:
    """Read ``mean``, a number of files, or a share of them, which has a decimal point or a percent sign."""
    if value == "mean":
        return value
    try:
        cutoff = min(int(value), _MOST) if value.isdecimal() else float(value.removesuffix("%"))
    except ValueError:
        cutoff = 0
    if value.endswith("%"):
        cutoff = float(cutoff) / 100
    if not (cutoff >= 1 if isinstance(cutoff, int) else 0 < cutoff <= 1):
        hint = "write mean, a number of files as 3, or a share of them as 0.5 or 50%"
        raise click.BadParameter(f"{value!r} is no cut-off; {hint}")
    return cutoff


@click.command(short_help="Make a universe of the regions that many BED files share.")
@click.argument("inputs", nargs=-1, metavar="[INPUT.. | -]", type=click.Path(allow_dash=True))
@click.option(
    "-o",
    "--output",
    default="-",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="A BED3 file, gzip if it ends in .gz, or - for stdout (default).",
)
@click.option(
    "--cutoff",
    default="mean",
    callback=_parse_cutoff,
    metavar="N|SHARE|mean",
    help="Files that must cover a base: 3, 0.5, 50%, or each chromosome's mean depth (default).",
)
@click.option(
    "--method",
    type=click.Choice(["cutoff", "ml"]),
    default="cutoff",
    help="Bases deep enough (default), or the most likely regions with soft borders, as BED9.",
)
@click.option(
    "--smooth",
    type=click.IntRange(min=0),
    metavar="BP",
    help="With --method ml: starts, and ends, so close count together (25).",
)
@click.option(
    "--merge", type=click.IntRange(min=0), default=0, metavar="BP", help="Join regions over gaps of at most BP (0)."
)
@click.option(
    "--min-width", type=click.IntRange(min=0), default=0, metavar="BP", help="Then leave out narrower ones (0)."
)
@click.option(
    "--order",
    type=click.Choice(["natural", "text"]),
    default="natural",
    help="Chromosomes as 1 to 22, X, Y, M, then the rest (default), or by text.",
)
@click.option(
    "--chrom-sizes",
    type=click.Path(),
    metavar="FILE|ASSEMBLY",
    help="Lengths for the mean: chrom.sizes, a .fai, or hg38, hg19, .. Default: the largest end.",
)
@click.option(
    "--from-file", type=click.Path(allow_dash=True), metavar="LIST", help="Read further input paths, one a line."
)
@click.option(
    "--invalid", type=click.Choice(["error", "skip", "keep"]), default="error", help="Bad rows, as in tokenize."
)
@click.option("--keep-empty", is_flag=True, help="Count a file without any region, too, instead of refusing it.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Processes (default 1).")
@click.option("--picture", type=click.Path(dir_okay=False), metavar="FILE.svg", help="Draw how the universe fits.")
@click.option("--report", type=click.Choice(["text", "json", "none"]), help="Default: text, or json for a .json file.")
@click.option("--report-file", type=click.Path(dir_okay=False), help="Write the report there instead of to stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def universe(inputs: tuple[str, ...], from_file: str | None, **options: Any) -> int:
    """Make a universe of the regions that many BED files share.

    The depth of a base is the number of files that cover it; a file counts once, however many of its rows lie there.
    Regions are the longest runs of bases whose depth reaches the cut-off. The report says how well the inputs are found
    again: rows that hit a region, bases inside, and how far borders moved.

    \b
    Examples:
      genotok universe data/*.bed.gz -o consensus.bed.gz
      genotok universe data/*.bed.gz --cutoff 0.5 --merge 50 --min-width 100 -o half.bed --picture half.svg
      genotok universe --from-file list.txt --cutoff 2 --jobs 4 -o two.bed.gz --report-file two.json
      genotok universe data/*.bed.gz --method ml --chrom-sizes hg38 -o flexible.bed.gz
      zcat data/*.bed.gz | genotok universe - --merge 100 -q | head -n 3

    With --method ml each base is start, core, end or background, by what the files have there, and regions are the most
    likely path through these (Rymuza et al. 2024). A region then starts before its core, which BED9 gives as the thick
    part, and ends behind it.

    The mean is a chromosome's total depth by its length; a base that no file covers never counts. Standard input is one
    file. The bytes are the same for every --jobs, and memory is that of one file and of all distinct borders.
    """  # noqa: D301  # click wants the character itself
    named = name_documents(list_paths(inputs, from_file))
    read = [("--from-file", from_file), ("--chrom-sizes", options["chrom_sizes"])]
    written = [("output", options["output"]), *((f"--{name.replace('_', '-')}", options[name]) for name in _ASIDE)]
    check_places([*read, *(("input", each.path) for each in named)], written)
    return _make_universe(named, **options)


def _make_universe(named: list[Input], **options: Any) -> int:
    from genotok.cli.consensus import hold_inputs, make_consensus  # here, so that --help and usage errors need no NumPy
    from genotok.cli.consensusreport import write_consensus_report
    from genotok.cli.progress import show_progress
    from genotok.cli.targets import open_sink
    from genotok.export.flexible import write_flexible
    from genotok.io.bed import write_rows

    _settle_method(options)
    if options["picture"] and Path(options["picture"]).suffix.lower() not in (".svg", ""):
        raise click.UsageError(f"--picture {options['picture']} promises another format than SVG; end it in .svg")
    target = _choose_target(options["output"])
    rules = _rules_of(options)
    told = options["report_file"] or options["picture"] or not (options["quiet"] or options["report"] == "none")
    size = sum(each.size for each in named) * (2 if told else 1)
    choices = {name: options[name] for name in ("invalid", "keep_empty", "smooth")}
    with (
        hold_inputs(named, **choices) as files,
        show_progress(size, wanted=not options["quiet"]) as advance,
    ):
        made = make_consensus(files, rules, jobs=options["jobs"], assess=bool(told), advance=advance)
    with open_sink(target) as sink:
        packed = options["output"].endswith(".gz")
        if made.flexible is None:
            write_rows(sink, made.universe.regions, packed=packed)
        else:
            write_flexible(sink, made.flexible, packed=packed)
    if told:
        write_consensus_report(made, target.label, options)
    return DONE


def _settle_method(options: dict[str, Any]) -> None:
    """Refuse choices of the other method; ``smooth`` becomes None where no borders are smoothed."""
    if options["method"] == "cutoff":
        if options["smooth"] is not None:
            raise click.UsageError("--smooth goes with --method ml")
        return
    for name, default in (("cutoff", "mean"), ("merge", 0)):
        if options[name] != default:
            raise click.UsageError(f"--{name} goes with --method cutoff")
    options["smooth"] = 25 if options["smooth"] is None else options["smooth"]


def _rules_of(options: dict[str, Any]) -> "ConsensusRules":
    from genotok.analysis.assemblies import ASSEMBLIES  # here, as above
    from genotok.io.chromsizes import read_chrom_sizes
    from genotok.tokenizers.consensus import ConsensusRules

    sizes = options["chrom_sizes"]
    if sizes is not None:
        sizes = ASSEMBLIES[sizes] if sizes in ASSEMBLIES and not Path(sizes).exists() else read_chrom_sizes(sizes)
    return ConsensusRules(options["cutoff"], options["merge"], options["min_width"], options["order"], sizes)


def _choose_target(output: str) -> "Target":
    from genotok.cli.targets import Target  # here, as above

    if output == "-":
        return Target("stdout", None, "bed")
    path = Path(output)
    if path.is_dir():
        raise click.UsageError(f"{output!r} is a folder; name a file in it")
    if path.suffix.lower() in _OTHERWISE:
        raise click.UsageError(f"{output!r} promises another format than BED; end it in .bed or .bed.gz")
    return Target("file", path, "bed")
