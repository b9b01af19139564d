"""``genotok vq train``: a learned tokenizer from FASTA, by counting windows or by a network."""

from pathlib import Path
from typing import Any

import click

from genotok.cli.codes import DONE
from genotok.cli.motif.options import report_options
from genotok.cli.places import check_places

QUANTIZERS = ("tree", "flat", "hrq", "rvq", "fsq")


def parse_weighted(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Read ``FILE`` or ``FILE@WEIGHT``; a file whose name has an @ stands for itself."""
    found = []
    for value in values:
        name, mark, weight = value.rpartition("@")
        if not mark or Path(value).exists():
            found.append((value, 1.0))
            continue
        try:
            found.append((name, float(weight)))
        except ValueError:
            raise click.BadParameter(f"{value!r}: {weight!r} is no weight; write FILE@30") from None
    return found


def parse_levels(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    """Read numbers between commas, coarse to fine."""
    if value is None:
        return None
    if not all(each.strip().isdecimal() for each in value.split(",")):
        raise click.BadParameter(f"{value!r} is no list of numbers; write 512,4096")
    return tuple(int(each) for each in value.split(","))


def network_options(command: Any) -> Any:
    """Add what only networks have."""
    numbers: tuple[tuple[str, Any, str, str], ...] = (
        ("--steps", int, "N", "Steps of training (1000; paper: one pass); of a table, of tuning ([train]; none)."),
        ("--batch", int, "N", "Crops a step (32; paper: 1024)."),
        ("--crop", int, "BP", "Bases of a crop (384; paper: 512)."),
        ("--lr", float, "RATE", "Rate of AdamW (3e-3; paper: 1e-4)."),
        ("--warmup", float, "SHARE", "Share of the steps without codes (0.1)."),
        ("--beta", float, "B", "Weight of the commitment (0.25; paper: 0.5)."),
        ("--ema", float, "DECAY", "Of the averages that codes follow (0.99)."),
        ("--channels", int, "N", "Of the first layer (32; paper: 256)."),
        ("--width", int, "N", "Of the blocks (32; paper: 384)."),
        ("--expansion", int, "N", "Within a block (2; paper: 4)."),
        ("--blocks", int, "N", "Of encoder and decoder each (6); 0 with a --window of up to 10 can be compiled."),
    )
    command = click.option("--no-rc", is_flag=True, help="Never read crops from their other strand.")(command)
    for name, kind, metavar, words in reversed(numbers):
        command = click.option(name, type=kind, metavar=metavar, help=words)(command)
    return command


@click.command(short_help="Learn a tokenizer from FASTA.")
@click.option(
    "--fasta",
    "sources",
    multiple=True,
    required=True,
    callback=parse_weighted,
    metavar="FILE[@WEIGHT]",
    help="What to learn from, may be repeated; with @30 each of its bases counts 30 times.",
)
@click.option("-o", "--output", type=click.Path(file_okay=False), metavar="DIR", help="The folder of the tokenizer.")
@click.option(
    "--preset",
    default="table",
    show_default=True,
    metavar="table|strided|paper",
    help="Counts of windows (needs no PyTorch), or a network ([train]).",
)
@click.option("--quantizer", metavar="|".join(QUANTIZERS), help="Default: tree, flat for --stride above 1, hrq.")
@click.option("--levels", callback=parse_levels, metavar="N,..", help="Codes of each level, coarse to fine (512,4096).")
@click.option("--window", type=int, metavar="BP", help="Bases of a window (8), or of a network's first layer.")
@click.option("--stride", type=int, metavar="BP", help="Bases from one token to the next (1; strided: 4).")
@click.option("--sigma", type=float, metavar="BP|inf", help="How far from the middle bases of a window matter (2.5).")
@click.option("--rounds", type=int, metavar="N", help="Of k-means (12); 0 leaves the random start.")
@click.option(
    "--symmetric/--stranded", default=None, help="One code for both strands of a window (default with --stride 1)."
)
@network_options
@click.option(
    "--balance", type=float, default=1.0, metavar="B", help="Weigh files by bases^B: 1 all bases alike, 0 all files."
)
@click.option(
    "--held-out", multiple=True, type=click.Path(), metavar="FILE", help="FASTA to judge by, not to learn from."
)
@click.option("--seed", type=int, default=0, metavar="N", help="Decides all that is drawn (0).")
@click.option("--device", default="auto", metavar="auto|cpu|cuda", help="Where a network is trained (auto).")
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Of PyTorch on the processor.")
@click.option("--deterministic", is_flag=True, help="Ask CUDA for the same bytes each time, where it can.")
@click.option("--resume", is_flag=True, help="Go on after the last checkpoint in DIR.")
@click.option("--dry-run", is_flag=True, help="Say what it would take, and train nothing.")
@click.option("--name", metavar="NAME", help="How the card calls it; default: the folder.")
@report_options
def train(**options: Any) -> int:
    """Learn the codes of a tokenizer from DNA.

    Preset table counts the windows of all files and groups them by k-means, in seconds. Presets strided and paper train
    a network that sees more around a token ([train]). The last tenth of each record of 100 kb or more is held out; the
    card tells how many of its bases come back from the tokens, and of those in --held-out. The folder is what encode,
    decode, info and VQTokenizer.from_pretrained open.

    \b
    Examples:
      genotok vq train --fasta genome.fa.gz --levels 16,64 --window 5 -o model/
      genotok vq train --fasta genome.fa.gz --fasta more.fa@30 --window 6 --stride 2 --levels 64 -o strided/
      genotok vq train --fasta genome.fa.gz --levels 16,64 --window 5 --dry-run

    One seed gives the same table on every machine.
    """  # noqa: D301  # click wants the character itself
    output = options["output"]
    if output is None and not options["dry_run"]:
        raise click.UsageError("no place for the tokenizer; name a folder, as -o model/, or ask for --dry-run")
    read = [
        *(("--fasta", name) for name, _ in options["sources"]),
        *(("--held-out", each) for each in options["held_out"]),
    ]
    check_places(read, [("output", output), ("--report-file", options["report_file"])])
    if any(name == "-" for _, name in read):
        raise click.UsageError("train reads its input more than once; name a file instead of -")
    from genotok.cli.motif.words import write_words  # here, so that --help and usage errors need no NumPy
    from genotok.cli.vq.training import estimate_run, train_model

    if options["dry_run"]:
        click.echo("\n".join(estimate_run(options)))
        return DONE
    told, lines = train_model(options)
    write_words(told, lines, options)
    return DONE
