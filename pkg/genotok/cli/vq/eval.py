"""``genotok vq eval``: what a plain reader makes of the tokens of each tokenizer."""

from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import jobs_option, json_option, plot_option, plot_places
from genotok.cli.places import check_places

_DEFAULT = (
    "char,kmer3,kmer4,kmer5,kmer6,kmer6-step6,kmer6-step4,kmer6-merged,kmer7-merged,kmer4+5+6,bpe,"
    "random-table,random-codewords,vq-fine,vq-compact,vq-hrq"
)


def split_names(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> list[str] | None:
    """Read names between commas, each once."""
    if value is None:
        return None
    names = [each.strip() for each in value.split(",")]
    if not all(names):
        raise click.BadParameter("a name is empty; write them as char,kmer6,vq-fine")
    return list(dict.fromkeys(names))


def _parse_rows(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[int | None]:
    """Read numbers of train rows, or ``all``."""
    found: list[int | None] = []
    for each in values or ("12000",):
        if each != "all" and not (each.replace("_", "").isdecimal() and int(each) >= 2):
            raise click.BadParameter(f"{each!r} is neither a number of rows nor all")
        found.append(None if each == "all" else int(each))
    return list(dict.fromkeys(found))


@click.command(short_help="Compare tokenizers on labelled DNA.")
@click.option(
    "--sets",
    "folders",
    multiple=True,
    required=True,
    type=click.Path(),
    metavar="DIR",
    help="Folder of sets: <set>/train, dev and test.csv.gz of the columns sequence,label; may be repeated. A FASTA of "
    "headers id|lineage|group makes a set of windows by group.",
)
@click.option("--only", callback=split_names, metavar="SET,..", help="These sets of the folders alone.")
@click.option(
    "--tokenizers",
    callback=split_names,
    default=_DEFAULT,
    metavar="NAME,..",
    help="Baselines (char, kmer6, kmer6-step4, kmer7-merged, kmer4+5+6, bpe, random-table, random-codewords), bundled "
    "models, folders, or NAME=FOLDER.",
)
@click.option("--bpe", type=click.Path(), metavar="FILE", help="tokenizer.json of DNABERT-2; bpe stays out without.")
@click.option("--rows", "sizes", multiple=True, callback=_parse_rows, metavar="N|all", help="Train rows (12000).")
@click.option("--seeds", type=click.IntRange(min=1), default=5, metavar="N", help="Draws of the train rows (5).")
@click.option("--quick", is_flag=True, help="12,000 rows and two seeds, whatever else is said; no networks.")
@click.option(
    "--networks",
    callback=split_names,
    metavar="cnn,transformer",
    help="Train these on the ids too, from scratch; a GPU is worth having ([train]).",
)
@click.option("--no-probe", "without_probe", is_flag=True, help="Train the networks alone.")
@click.option("--epochs", type=click.IntRange(min=1), metavar="N", help="Of networks (12 for cnn, 15 for transformer).")
@click.option(
    "--precision",
    type=click.Choice(["float32", "bfloat16"]),
    default="float32",
    help="Of the products in networks: bfloat16 takes half the time where the machine has it (float32).",
)
@click.option(
    "--sensitivity",
    type=click.Path(),
    metavar="FASTA",
    help="Tell also what a substitution and a shift by a base do to tokens, in 200 windows of its longest record.",
)
@click.option("--device", default="auto", metavar="auto|cpu|cuda", help="Where networks are trained (auto).")
@click.option("--against", callback=split_names, metavar="NAME,..", help="Tell differences against these.")
@click.option("--cache", type=click.Path(file_okay=False), metavar="DIR", help="Keep results, go on with kept ones.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), metavar="FILE.md", help="Page of it; numbers to FILE.json."
)
@plot_option
@jobs_option
@json_option
def eval_(**options: Any) -> int:
    """Compare tokenizers by a frozen probe on sets of labelled DNA ([eval]).

    The log counts of a tokenizer's ids go into a logistic regression, whose strength is chosen on dev rows; the figure
    is the correlation (MCC) on test rows. Each seed draws the train rows anew, and intervals are drawn over test rows
    and seeds, the same for all tokenizers: a difference whose interval holds 0 is told as no difference.

    \b
    Examples:
      genotok vq eval --sets sets/ --tokenizers char,kmer3,random-table --seeds 2
      genotok vq eval --sets sets/ --tokenizers kmer3,kmer4-merged --quick --cache kept/ -o eval.md --plot eval.svg
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    if output is not None and not output.endswith(".md"):
        raise click.UsageError(f"--output {output} promises another format than Markdown; end it in .md")
    for each in options["networks"] or ():
        if each not in ("cnn", "transformer"):
            raise click.UsageError(f"--networks {each} is none of cnn, transformer")
    if options["without_probe"] and (options["quick"] or not options["networks"]):
        raise click.UsageError("--no-probe leaves nothing to do; name --networks, and leave --quick out")
    if options["quick"]:
        options |= {"sizes": [12_000], "seeds": 2, "networks": None}
    written = [] if output is None else [("output", output), ("its numbers", f"{output[:-3]}.json")]
    read = [*(("--sets", each) for each in options["folders"]), ("--bpe", options["bpe"])]
    read.append(("--sensitivity", options["sensitivity"]))
    check_places(read, [*written, *plot_places(options["plot"])])
    from genotok.cli.vq.evaluating import evaluate  # here, so that --help and usage errors need no NumPy

    evaluate(options)
    return DONE
